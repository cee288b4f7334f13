package io.quatrain.format.foreign

import io.quatrain.architecture.MergeMode

/**
 * Keras's `SimpleRNN`, `GRU`, `LSTM`, `Bidirectional` around one of them, and `RNN` of `SimpleRNNCell`, `GRUCell`, `LSTMCell` or
 * a list of them. Kernels are [inputs, gates·units]; gates stand i, f, c, o and z, r, h; a GRU that resets after the product has
 * two rows of biases.
 *
 * Keras gives the sequence of `go_backwards` in the order of processing; ours stays in the order of the input. Put a
 * `reverse` layer behind to get Keras's.
 */
public object KerasRecurrent {
    /** @property kernel, recurrentKernel, bias of one direction of one layer */
    public class Weights(public val kernel: ForeignTensor, public val recurrentKernel: ForeignTensor, public val bias: ForeignTensor?)

    /**
     * @param className of the layer
     * @param config its configuration
     * @param weights for each layer, its directions
     */
    public fun of(className: String, config: ForeignOptions, weights: List<List<Weights>>): ForeignRecurrent {
        val merge: MergeMode?
        val directions: List<Pair<String, ForeignOptions>>
        when (className) {
            "Bidirectional" -> {
                merge = when (val mode = config.textOrNull("merge_mode") ?: if (config.has("merge_mode")) null else "concat") {
                    "concat" -> MergeMode.CONCAT
                    "sum" -> MergeMode.SUM
                    "ave" -> MergeMode.MEAN
                    "mul" -> MergeMode.PRODUCT
                    null -> null
                    else -> throw IllegalArgumentException("Keras Bidirectional: merge_mode must be concat, sum, ave, mul or null, got $mode")
                }
                val layer = config.part("layer")
                val word = layer.text("class")
                directions = listOf(word to layer, word to (config.partOrNull("backward_layer") ?: layer))
            }
            else -> {
                merge = MergeMode.CONCAT
                directions = listOf(className to config)
            }
        }
        val (name, first) = directions[0]
        val cells = if (name == "RNN") cells(first) else listOf(name to first)
        require(cells.size == weights.size) { "Keras $className: ${cells.size} layers, weights of ${weights.size}" }
        val words = cells.map { word(it.first) }.distinct()
        if (words.size > 1) throw UnsupportedForeignException("Keras $className of different cells: ${words.joinToString()}")
        val resetAfter = words[0] == "gru" && first.flag("reset_after", true)
        val layers = weights.mapIndexed { l, layer ->
            layer.mapIndexed { d, own ->
                val options = if (name == "RNN") cells[l].second else directions[d].second
                val backwards = if (layer.size == 2) d == 1 else first.flag("go_backwards", false)
                direction(words[0], options, backwards, resetAfter, own)
            }
        }
        return ForeignRecurrent(words[0], layers, resetAfter, merge = merge, carried = !first.flag("zero_output_for_mask", false))
    }

    private fun word(name: String) = when (name) {
        "SimpleRNN", "SimpleRNNCell" -> "rnn"
        "GRU", "GRUCell" -> "gru"
        "LSTM", "LSTMCell" -> "lstm"
        else -> throw UnsupportedForeignException("Keras's $name has no counterpart")
    }

    private fun cells(config: ForeignOptions): List<Pair<String, ForeignOptions>> =
        config.texts("cell").map { it to ForeignOptions("Keras $it", emptyMap()) }

    private fun direction(word: String, options: ForeignOptions, backwards: Boolean, resetAfter: Boolean, own: Weights): ForeignDirection {
        val gates = when (word) { "lstm" -> listOf("i", "f", "g", "o"); "gru" -> listOf("z", "r", "n"); else -> listOf("h") }
        val kernel = own.kernel.transposed()
        val recurrent = own.recurrentKernel.transposed()
        val units = recurrent.shape[1]
        // an activation of None is linear, one that is not said the usual
        fun activation(name: String, usual: String) =
            foreignActivationFunction(Framework.KERAS, if (options.has(name)) options.textOrNull(name) ?: "linear" else usual)
        val hidden = activation("activation", "tanh")
        return ForeignDirection(backwards, activation("recurrent_activation", "sigmoid"), hidden, hidden, buildMap {
            gates.forEachIndexed { g, gate ->
                put("W_$gate", kernel.part(g * units, (g + 1) * units))
                put("U_$gate", recurrent.part(g * units, (g + 1) * units))
                own.bias?.let { bias ->
                    if (word == "gru" && resetAfter) {
                        put("b_$gate", bias[0].part(g * units, (g + 1) * units))
                        put("rb_$gate", bias[1].part(g * units, (g + 1) * units))
                    } else {
                        put("b_$gate", bias.part(g * units, (g + 1) * units))
                    }
                }
            }
        })
    }
}
