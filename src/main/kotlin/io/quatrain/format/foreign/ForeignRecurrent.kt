package io.quatrain.format.foreign

import io.quatrain.architecture.ActivationFunction
import io.quatrain.architecture.BuiltInLayer
import io.quatrain.architecture.Gru
import io.quatrain.architecture.GruCell
import io.quatrain.architecture.Lstm
import io.quatrain.architecture.LstmCell
import io.quatrain.architecture.MergeMode
import io.quatrain.architecture.Output
import io.quatrain.architecture.Rnn
import io.quatrain.architecture.RnnCell

/** A row-major tensor, as other frameworks write them: the last index runs fastest. */
public class ForeignTensor(public val shape: List<Int>, public val data: DoubleArray) {
    init {
        require(shape.all { it >= 0 } && shape.fold(1L) { product, size -> product * size } == data.size.toLong()) {
            "a tensor of shape $shape cannot hold ${data.size} numbers"
        }
    }

    /** Slice i of the first index. */
    internal operator fun get(index: Int): ForeignTensor {
        val size = data.size / shape[0]
        return ForeignTensor(shape.drop(1), data.copyOfRange(index * size, (index + 1) * size))
    }

    /** Slices [[from], [to]) of the first index. */
    internal fun part(from: Int, to: Int): ForeignTensor {
        val size = data.size / shape[0]
        return ForeignTensor(listOf(to - from) + shape.drop(1), data.copyOfRange(from * size, to * size))
    }

    internal fun transposed(): ForeignTensor {
        val (rows, columns) = shape
        return ForeignTensor(listOf(columns, rows), DoubleArray(data.size) { i -> data[i % rows * columns + i / rows] })
    }
}

/**
 * One direction of one recurrent layer, gate by gate, which is what every framework's layout can be taken apart into:
 * ```
 * pre_g = W_g·x + b_g + U_g·h + rb_g       p_g: peephole      P: projection
 * ```
 * with gates i, f, g, o of an LSTM, r, z, n of a GRU, h of a simple recurrent network. W_g is [units, inputs], U_g
 * [units, outputs], the biases and peepholes [units]; what is missing is zero.
 */
public class ForeignDirection(
    public val reversed: Boolean,
    public val gate: ActivationFunction,
    public val cell: ActivationFunction,
    public val hidden: ActivationFunction,
    public val weights: Map<String, ForeignTensor>,
)

/**
 * A recurrent layer, or several on each other, of another framework: what it computes, and its weights gate by gate. It can
 * become layers of ours ([stack], [direction]) and their weights ([matrices]), and weights or gradients of ours can
 * become gates again ([gates]).
 *
 * @property word `lstm`, `gru` or `rnn`
 * @property layers for each layer its one or two directions
 * @property resetAfter of a GRU: whether the reset gate works after the product
 * @property coupled of an LSTM: the forget gate is 1 − i, whatever weights it has
 * @property clip pre-activations are kept within ±clip
 * @property merge how two directions become one; null where they stay apart
 * @property carried where a step is not there, the output before it again, instead of zero
 */
public class ForeignRecurrent(
    public val word: String,
    public val layers: List<List<ForeignDirection>>,
    public val resetAfter: Boolean = true,
    public val coupled: Boolean = false,
    public val clip: Double? = null,
    public val merge: MergeMode? = MergeMode.CONCAT,
    public val carried: Boolean = false,
) {
    private val gates = when (word) {
        "lstm" -> if (coupled) listOf("i", "o", "g") else listOf("i", "f", "o", "g")
        "gru" -> listOf("r", "z", "n")
        "rnn" -> listOf("h")
        else -> throw UnsupportedForeignException("recurrent layers of kind \"$word\"; there are lstm, gru, rnn")
    }
    private val all = layers.flatten()
    private val biased = all.any { direction -> direction.weights.keys.any { it.startsWith("b_") || it.startsWith("rb_") } }
    private val peephole = word == "lstm" && all.any { direction -> gates.any { "p_$it" in direction.weights } }

    init {
        require(layers.isNotEmpty() && layers.all { it.size in 1..2 }) { "every recurrent layer has one or two directions" }
        for ((l, layer) in layers.withIndex()) for ((d, direction) in layer.withIndex()) check("layer $l, direction $d", l, direction)
    }

    private fun check(place: String, l: Int, direction: ForeignDirection) {
        fun shape(name: String, vararg expected: Int) {
            val tensor = direction.weights[name] ?: return
            require(tensor.shape == expected.toList()) { "$place: $name has the shape ${tensor.shape}, needs ${expected.toList()}" }
        }
        val units = units(direction)
        val inputs = direction.weights.getValue("W_${gates[0]}").shape.getOrElse(1) { 0 }
        for (gate in gates) {
            require("W_$gate" in direction.weights && "U_$gate" in direction.weights) { "$place: W_$gate or U_$gate is missing" }
            shape("W_$gate", units, inputs)
            shape("U_$gate", units, outputs(direction))
            listOf("b_", "rb_", "p_").forEach { shape(it + gate, units) }
        }
        shape("P", outputs(direction), units)
        if (l > 0) {
            val given = layers[l - 1].map(::outputs).let { if (merge == MergeMode.CONCAT) it.sum() else it[0] }
            require(inputs == given) { "$place: reads $inputs numbers, but the layer below gives $given" }
        }
    }

    private fun units(direction: ForeignDirection) =
        requireNotNull(direction.weights["W_${gates[0]}"]) { "W_${gates[0]} is missing" }.shape[0]

    private fun outputs(direction: ForeignDirection) = direction.weights["P"]?.shape?.get(0) ?: units(direction)

    /** How many numbers the first layer reads. */
    public val inputs: Int get() = layers[0][0].weights.getValue("W_${gates[0]}").shape[1]

    /** How many numbers one direction of a layer gives. */
    public fun outputs(layer: Int, direction: Int): Int = outputs(layers[layer][direction])

    private fun output(layer: Int, last: Boolean) = when {
        layer < layers.size - 1 -> Output.SEQUENCE
        last -> Output.LAST
        carried -> Output.CARRIED
        else -> Output.SEQUENCE
    }

    /** One direction of one layer as a layer of ours; [last]: the topmost gives its last step only. */
    public fun direction(layer: Int, direction: Int, last: Boolean = false): BuiltInLayer =
        described(layers[layer][direction], 1, false, layers[layer][direction].reversed, output(layer, last))

    /** Everything as one layer of ours, or null where one of ours cannot say it; [last]: its last step only. */
    public fun stack(last: Boolean = false): BuiltInLayer? {
        val first = layers[0]
        val two = first.size == 2
        val mergesAlike = !two || merge != null && !first[0].reversed && first[1].reversed
        val alike = layers.all { layer ->
            layer.size == first.size && layer.indices.all { d ->
                val direction = layer[d]
                direction.reversed == first[d].reversed && direction.gate == first[0].gate && direction.cell == first[0].cell &&
                    direction.hidden == first[0].hidden && units(direction) == units(first[0]) && outputs(direction) == outputs(first[0])
            }
        }
        if (!mergesAlike || !alike) return null
        return described(first[0], layers.size, two, !two && first[0].reversed, output(layers.size - 1, last))
    }

    private fun described(direction: ForeignDirection, count: Int, two: Boolean, reversed: Boolean, output: Output): BuiltInLayer {
        val units = units(direction)
        val by = merge ?: MergeMode.CONCAT
        return when (word) {
            "lstm" -> Lstm(
                units, two, count, output, merge = by, reversed = reversed, bias = biased,
                cell = LstmCell(
                    direction.gate, direction.cell, direction.hidden, peephole, coupled, clip, direction.weights["P"]?.shape?.get(0),
                ),
            )
            "gru" -> Gru(
                units, two, count, output, merge = by, reversed = reversed, bias = biased, resetAfter = resetAfter,
                cell = GruCell(direction.gate, direction.hidden, clip),
            )
            else -> Rnn(units, direction.hidden, two, count, output, merge = by, reversed = reversed, bias = biased, cell = RnnCell(clip))
        }
    }

    /** Where [stack] keeps the weights of one direction of one layer, below its own path: "", "0.", "1.backwards.". */
    public fun pathInStack(layer: Int, direction: Int): String = buildString {
        if (layers.size > 1) append(layer).append('.')
        if (layers[layer].size > 1) append(if (direction == 0) "forwards." else "backwards.")
    }

    /** The weights of one direction of one layer by our names (wx, wh, b, …), each column after column. */
    public fun matrices(layer: Int, direction: Int): Map<String, DoubleArray> {
        val from = layers[layer][direction]
        val units = units(from)
        fun stacked(names: List<String>, columns: Int, prefix: String) = DoubleArray(names.size * units * columns) { i ->
            val row = i % (names.size * units)
            val column = i / (names.size * units)
            from.weights.getValue(prefix + names[row / units]).data[row % units * columns + column]
        }
        fun vector(names: List<String>, vararg prefixes: String) = DoubleArray(names.size * units) { i ->
            prefixes.sumOf { prefix -> from.weights[prefix + names[i / units]]?.data?.get(i % units) ?: 0.0 }
        }
        val inside = if (word == "gru" && resetAfter) gates.dropLast(1) else gates
        return buildMap {
            put("wx", stacked(gates, from.weights.getValue("W_${gates[0]}").shape[1], "W_"))
            if (word == "gru" && !resetAfter) {
                put("wh", stacked(gates.dropLast(1), units, "U_"))
                put("wn", stacked(gates.takeLast(1), units, "U_"))
            } else {
                put("wh", stacked(gates, outputs(from), "U_"))
            }
            if (biased) {
                put("b", vector(inside, "b_", "rb_") + if (inside.size < gates.size) vector(listOf("n"), "b_") else DoubleArray(0))
                if (inside.size < gates.size) put("bn", vector(listOf("n"), "rb_"))
            }
            if (peephole) put("p", vector(gates - "g", "p_"))
            from.weights["P"]?.let { put("wp", columnMajor(it.data, it.shape[0], it.shape[1])) }
        }
    }

    /**
     * What stands in [ours] (weights or gradients by our names), gate by gate, with the names and shapes that this direction's
     * weights had. Of two biases that are added, both get what ours has: right for gradients.
     */
    public fun gates(layer: Int, direction: Int, ours: Map<String, DoubleArray>): Map<String, ForeignTensor> {
        val from = layers[layer][direction]
        val units = units(from)
        fun rows(name: String, gate: String, order: List<String>, columns: Int): DoubleArray {
            val all = ours.getValue(name)
            val height = order.size * units
            return DoubleArray(units * columns) { i -> all[i % columns * height + order.indexOf(gate) * units + i / columns] }
        }
        return from.weights.mapValues { (name, tensor) ->
            val gate = name.substringAfter('_', "")
            val numbers = when {
                name == "P" -> columnMajor(ours.getValue("wp"), tensor.shape[1], tensor.shape[0])
                gate !in gates -> DoubleArray(tensor.data.size)
                name.startsWith("W_") -> rows("wx", gate, gates, tensor.shape[1])
                name.startsWith("U_") && word == "gru" && !resetAfter ->
                    if (gate == "n") rows("wn", gate, listOf("n"), units) else rows("wh", gate, gates.dropLast(1), units)
                name.startsWith("U_") -> rows("wh", gate, gates, tensor.shape[1])
                name == "rb_n" && resetAfter -> ours.getValue("bn").copyOf()
                name.startsWith("b_") || name.startsWith("rb_") -> rows("b", gate, gates, 1)
                name.startsWith("p_") && gate != "g" -> rows("p", gate, gates - "g", 1)
                else -> DoubleArray(tensor.data.size)
            }
            ForeignTensor(tensor.shape, numbers)
        }
    }
}

/**
 * An activation as a description, by any spelling of its name ("LeakyRelu", "hard_sigmoid"). [alpha] and [beta] are dropped
 * where the function has no such number.
 */
public fun foreignActivationFunction(framework: Framework, name: String, alpha: Double? = null, beta: Double? = null): ActivationFunction {
    val plain = name.replace("_", "").replace("-", "").lowercase()
    val word = when (plain) {
        "linear" -> "identity"
        else -> ActivationFunction.WORDS.firstOrNull { it.lowercase() == plain }
            ?: throw UnsupportedForeignException("the activation $name has no counterpart; there are ${ActivationFunction.WORDS.joinToString()}")
    }
    val usual = when {
        framework != Framework.ONNX && word == "hardSigmoid" -> 1.0 / 6 to 0.5
        framework == Framework.KERAS && word == "leakyRelu" -> 0.2 to null
        else -> null to null
    }
    return when (ActivationFunction.numbersOf(word)) {
        0 -> ActivationFunction(word)
        1 -> ActivationFunction(word, alpha ?: usual.first)
        else -> ActivationFunction(word, alpha ?: usual.first, beta ?: usual.second)
    }
}
