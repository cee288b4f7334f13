package io.quatrain.architecture

import io.quatrain.node.BidirectionalNode
import io.quatrain.node.ChainNode
import io.quatrain.node.DropoutNode
import io.quatrain.node.Initializer
import io.quatrain.node.LstmNode
import io.quatrain.node.Node
import io.quatrain.node.RecurrentPass
import io.quatrain.node.Weights
import kotlinx.serialization.SerialName
import kotlinx.serialization.Serializable

/** What a recurrent layer gives. */
@Serializable
public enum class Output {
    /** Its output at every step. */
    @SerialName("sequence")
    SEQUENCE,

    /** Its output at the last step that it read. */
    @SerialName("last")
    LAST,
}

/**
 * Long short-term memory (Hochreiter & Schmidhuber 1997).
 *
 * @property units numbers in the hidden and in the cell state
 * @property bidirectional a second one reads the sequence backwards; [merge] says how the two outputs become one
 * @property layers how many stand on each other, with [dropout] between
 * @property output the whole sequence, or the last step only
 * @property forgetBias the first value of the forget gate's bias, unless [biases] is given
 */
@Serializable
@SerialName("lstm")
public data class Lstm @JvmOverloads constructor(
    val units: Int,
    val bidirectional: Boolean = false,
    val layers: Int = 1,
    val output: Output = Output.SEQUENCE,
    val dropout: Double = 0.0,
    val merge: MergeMode = MergeMode.CONCAT,
    val reversed: Boolean = false,
    val bias: Boolean = true,
    val forgetBias: Double = 1.0,
    val inputWeights: Initialization = GlorotUniform,
    val recurrentWeights: Initialization = GlorotUniform,
    val biases: Initialization? = null,
) : BuiltInLayer {
    private val stack get() = RecurrentStack(units, layers, bidirectional, merge, reversed, output, dropout)

    init {
        stack.check()
        require(forgetBias.isFinite()) { "forgetBias must be finite, got $forgetBias" }
    }

    override fun outputShape(inputs: List<Shape>): Shape = stack.outputShape(inputs)

    override fun stateSizes(inputs: List<Shape>): List<Int> = stack.stateSizes(listOf(units, units))

    override fun node(inputs: List<Shape>, weights: Weights): Node =
        stack.node(inputs.one().size, stateParts = 2, weights) { size, part, backwards, output ->
            LstmNode(
                part.matrix("wx", 4 * units, size, inputWeights.initializer()),
                part.matrix("wh", 4 * units, units, recurrentWeights.initializer()),
                if (bias) part.matrix("b", 4 * units, 1, firstBiases()) else null,
                backwards,
                output,
            )
        }

    private fun firstBiases(): Initializer = biases?.initializer() ?: Initializer.perGate(
        Initializer.ZEROS, Initializer.constant(forgetBias), Initializer.ZEROS, Initializer.ZEROS,
    )
}

/** What every recurrent layer does alike: layers on each other, two directions, whole sequence or last step. */
internal class RecurrentStack(
    val units: Int,
    val layers: Int,
    val bidirectional: Boolean,
    val merge: MergeMode,
    val reversed: Boolean,
    val output: Output,
    val dropout: Double,
) {
    fun check() {
        checkSize("units", units)
        require(units <= LARGEST_SIZE / 8) { "units must be at most ${LARGEST_SIZE / 8}, got $units" }
        require(layers in 1..100) { "layers must be from 1 to 100, got $layers" }
        require(dropout >= 0 && dropout < 1) { "dropout must be at least 0 and below 1, got $dropout" }
        require(!(bidirectional && reversed)) { "reversed has no meaning where both directions are read (bidirectional)" }
    }

    private val outputSize get() = if (bidirectional && merge == MergeMode.CONCAT) 2 * units else units

    fun outputShape(inputs: List<Shape>): Shape {
        val shape = inputs.oneSequence().features(outputSize)
        return if (output == Output.LAST) shape.vector() else shape
    }

    fun stateSizes(cell: List<Int>): List<Int> = List(layers * (if (bidirectional) 2 else 1)) { cell }.flatten()

    /** @param cell one layer in one direction: the size of its input, its weights, whether it reads backwards, its output */
    fun node(
        inputSize: Int,
        stateParts: Int,
        weights: Weights,
        cell: (size: Int, part: Weights, backwards: Boolean, output: RecurrentPass.Output) -> Node,
    ): Node {
        val links = mutableListOf<Node>()
        val parts = mutableListOf<Int>()
        for (layer in 0 until layers) {
            val size = if (layer == 0) inputSize else outputSize
            val part = if (layers == 1) weights else weights.of(layer.toString())
            val given = if (layer == layers - 1 && output == Output.LAST) RecurrentPass.Output.LAST else RecurrentPass.Output.SEQUENCE
            if (layer > 0 && dropout > 0) {
                links += DropoutNode(dropout, false)
                parts += 0
            }
            links += if (bidirectional) {
                BidirectionalNode(
                    cell(size, part.of("forwards"), false, given),
                    cell(size, part.of("backwards"), true, given),
                    merge.merge,
                )
            } else {
                cell(size, part, reversed, given)
            }
            parts += if (bidirectional) 2 * stateParts else stateParts
        }
        return links.singleOrNull() ?: ChainNode(links, parts)
    }
}
