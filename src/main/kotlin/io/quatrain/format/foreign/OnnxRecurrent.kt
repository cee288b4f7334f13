package io.quatrain.format.foreign

import io.quatrain.architecture.ActivationFunction

/**
 * A call of ONNX's `LSTM`, `GRU` or `RNN`: the layer, and what it is called with. Gates are stacked i, o, f, c and z, r, h;
 * peepholes i, o, f; `B` holds the input's and the state's biases one after the other; with `layout = 1` the batch comes
 * first.
 *
 * @property layer the layer and its weights
 * @property input [batch, steps, features]
 * @property lengths of the examples, or null for full ones
 * @property initialHidden for each direction [batch, outputs], or null for zero
 * @property initialCell for each direction [batch, units], or null for zero
 */
public class OnnxRecurrent private constructor(
    public val layer: ForeignRecurrent,
    public val input: ForeignTensor,
    public val lengths: IntArray?,
    public val initialHidden: List<ForeignTensor>?,
    public val initialCell: List<ForeignTensor>?,
) {
    public companion object {
        /**
         * @param operator `LSTM`, `GRU` or `RNN`
         * @throws IllegalArgumentException where shapes or lengths do not fit
         */
        public fun of(operator: String, attributes: ForeignOptions, inputs: Map<String, ForeignTensor>): OnnxRecurrent {
            fun needed(name: String) = requireNotNull(inputs[name]) { "ONNX $operator: the input $name is missing" }
            val word = operator.lowercase()
            val gates = when (word) {
                "lstm" -> listOf("i", "o", "f", "g")
                "gru" -> listOf("z", "r", "n")
                "rnn" -> listOf("h")
                else -> throw UnsupportedForeignException("ONNX's operator $operator; there are LSTM, GRU, RNN")
            }
            val direction = attributes.textOrNull("direction") ?: "forward"
            val reversed = when (direction) {
                "forward" -> listOf(false)
                "reverse" -> listOf(true)
                "bidirectional" -> listOf(false, true)
                else -> throw IllegalArgumentException("ONNX $operator: direction must be forward, reverse or bidirectional, got $direction")
            }
            val w = needed("W")
            val r = needed("R")
            val b = inputs["B"]
            val p = inputs["P"]
            val units = attributes.numberOrNull("hidden_size")?.toInt()
                ?: requireNotNull(r.shape.getOrNull(2)) { "ONNX $operator: R has the shape ${r.shape}, needs three indices" }
            require(units > 0) { "ONNX $operator: hidden_size must be positive, got $units" }
            val layout = attributes.number("layout", 0.0)
            require(layout == 0.0 || layout == 1.0) { "ONNX $operator: layout must be 0 or 1, got $layout" }
            fun shape(name: String, tensor: ForeignTensor?, vararg expected: Int) {
                require(tensor == null || tensor.shape == expected.toList()) {
                    "ONNX $operator: $name has the shape ${tensor!!.shape}, needs ${expected.toList()}"
                }
            }
            val batchFirst = layout == 1.0
            val x = needed("X")
            require(x.shape.size == 3) { "ONNX $operator: X has the shape ${x.shape}, needs three indices" }
            val input = if (batchFirst) x else swapped(x)
            val (batch, steps, features) = input.shape
            shape("W", w, reversed.size, gates.size * units, features)
            shape("R", r, reversed.size, gates.size * units, units)
            shape("B", b, reversed.size, 2 * gates.size * units)
            shape("P", p, reversed.size, 3 * units)
            val functions = functions(operator, word, attributes, reversed.size)
            val directions = reversed.mapIndexed { d, backwards ->
                val (gate, cell, hidden) = functions[d]
                ForeignDirection(backwards, gate, cell, hidden, buildMap {
                    gates.forEachIndexed { g, name ->
                        fun rows(tensor: ForeignTensor, at: Int) = tensor[d].part(at * units, (at + 1) * units)
                        put("W_$name", rows(w, g))
                        put("U_$name", rows(r, g))
                        b?.let {
                            put("b_$name", rows(it, g))
                            put("rb_$name", rows(it, gates.size + g))
                        }
                    }
                    p?.let { listOf("i", "o", "f").forEachIndexed { g, name -> put("p_$name", it[d].part(g * units, (g + 1) * units)) } }
                })
            }
            val layer = ForeignRecurrent(
                word, listOf(directions),
                resetAfter = attributes.number("linear_before_reset", 0.0) != 0.0,
                coupled = attributes.number("input_forget", 0.0) != 0.0,
                clip = attributes.numberOrNull("clip")?.takeIf { it > 0 && it < Float.MAX_VALUE },     // 0 stands for none, as in onnxruntime
            )
            fun state(name: String): List<ForeignTensor>? = inputs[name]?.let { given ->
                require(given.shape.size == 3) { "ONNX $operator: $name has the shape ${given.shape}, needs three indices" }
                val tensor = if (batchFirst) swapped(given) else given
                shape(name, tensor, reversed.size, batch, units)
                reversed.indices.map { tensor[it] }
            }
            val lengths = inputs["sequence_lens"]?.let { given ->
                require(given.shape == listOf(batch)) { "ONNX $operator: sequence_lens has the shape ${given.shape}, needs [$batch], one length an example" }
                given.data.forEachIndexed { i, length ->
                    require(length == Math.rint(length)) { "ONNX $operator: sequence_lens[$i] is $length, must be a whole number" }
                }
                IntArray(batch) { i -> given.data[i].toInt() }.onEachIndexed { i, length ->
                    require(length in 0..steps) { "ONNX $operator: sequence_lens[$i] is $length, must be from 0 to $steps, the steps of X" }
                }
            }
            return OnnxRecurrent(layer, input, lengths, state("initial_h"), state("initial_c"))
        }

        /** The first two indices exchanged. */
        private fun swapped(tensor: ForeignTensor): ForeignTensor {
            val (first, second, size) = tensor.shape
            return ForeignTensor(listOf(second, first, size), DoubleArray(tensor.data.size) { i ->
                val k = i % size
                val f = i / size % first
                val s = i / size / first
                tensor.data[(f * second + s) * size + k]
            })
        }

        /** Of each direction: gate, cell, hidden. α and β are listed for those functions only that have them. */
        private fun functions(
            operator: String, word: String, attributes: ForeignOptions, directions: Int,
        ): List<Triple<ActivationFunction, ActivationFunction, ActivationFunction>> {
            val each = when (word) { "lstm" -> 3; "gru" -> 2; else -> 1 }
            val usual = when (word) { "lstm" -> listOf("Sigmoid", "Tanh", "Tanh"); "gru" -> listOf("Sigmoid", "Tanh"); else -> listOf("Tanh") }
            val names = if ("activations" in attributes) attributes.texts("activations") else List(directions) { usual }.flatten()
            require(names.size == each * directions) { "ONNX $operator: needs ${each * directions} activations, got ${names.size}" }
            val alphas = ArrayDeque(if ("activation_alpha" in attributes) attributes.numbers("activation_alpha").toList() else emptyList())
            val betas = ArrayDeque(if ("activation_beta" in attributes) attributes.numbers("activation_beta").toList() else emptyList())
            val functions = names.map { name ->
                val plain = foreignActivationFunction(Framework.ONNX, name)
                val numbers = ActivationFunction.numbersOf(plain.word)
                // ONNX's Softplus, Elu, … : the numbers that its own definition has
                val alpha = if (numbers >= 1 && plain.word != "softplus") alphas.removeFirstOrNull() else null
                val beta = if (numbers >= 2) betas.removeFirstOrNull() else null
                ActivationFunction(plain.word, alpha, beta)
            }
            return List(directions) { d ->
                val own = functions.subList(d * each, (d + 1) * each)
                when (word) {
                    "lstm" -> Triple(own[0], own[1], own[2])
                    "gru" -> Triple(own[0], own[1], own[1])
                    else -> Triple(own[0], own[0], own[0])
                }
            }
        }
    }
}
