package io.quatrain.architecture

import io.quatrain.node.AttentiveNode
import io.quatrain.node.BridgeNode
import io.quatrain.node.Initializer
import io.quatrain.node.Node
import io.quatrain.node.Weights
import io.quatrain.node.ZeroInputNode
import kotlinx.serialization.SerialName
import kotlinx.serialization.Serializable

/** Which recurrent cell. */
@Serializable
public enum class RecurrentCell(internal val parts: Int) {
    /** See [Lstm]. */
    @SerialName("lstm")
    LSTM(2),

    /** See [Gru]. */
    @SerialName("gru")
    GRU(1),

    /** See [Rnn]. */
    @SerialName("rnn")
    RNN(1);

    internal fun layer(units: Int, layers: Int, dropout: Double): BuiltInLayer = when (this) {
        LSTM -> Lstm(units, layers = layers, dropout = dropout)
        GRU -> Gru(units, layers = layers, dropout = dropout)
        RNN -> Rnn(units, layers = layers, dropout = dropout)
    }
}

/** How well a step of a memory answers. */
@Serializable
public enum class AttentionScore {
    /** A small network of both (Bahdanau et al. 2015). */
    @SerialName("additive")
    ADDITIVE,

    /** Their dot product (Luong et al. 2015); the memory has as many features as the decoder units. */
    @SerialName("dot")
    DOT,
}

/**
 * A decoder that looks at an encoder before each of its steps and reads what it saw, see [AttentiveNode]. The first input is
 * what it reads, the second the encoder's steps; it gives, at every step, its output and what it saw: [units] + the encoder's
 * features. Its state is that of [cell]: an encoder of the same cell, units and layers, or a [Bridge], can be where it starts.
 *
 * @property layers of the cell, with [dropout] between
 * @property attentionUnits of the additive score; null: as many as [units]
 */
@Serializable
@SerialName("attentive")
public data class Attentive @JvmOverloads constructor(
    val units: Int,
    val cell: RecurrentCell = RecurrentCell.LSTM,
    val layers: Int = 1,
    val attention: AttentionScore = AttentionScore.ADDITIVE,
    val attentionUnits: Int? = null,
    val dropout: Double = 0.0,
    val weights: Initialization = GlorotUniform,
) : BuiltInLayer {
    private val stack get() = cell.layer(units, layers, dropout)

    init {
        checkSize("units", units)
        attentionUnits?.let { checkSize("attentionUnits", it) }
        require(attentionUnits == null || attention == AttentionScore.ADDITIVE) { "attentionUnits are those of additive attention; leave them out" }
        stack
    }

    override fun outputShape(inputs: List<Shape>): Shape {
        val (read, memory) = inputs.queryAndMemory()
        require(read.sequence) { "needs steps to read but is given $read" }
        require(attention != AttentionScore.DOT || memory.size == units) {
            "a dot product needs an encoder of $units features, as many as units, and is given $memory; put a dense behind it, or use additive attention"
        }
        return read.features(units + memory.size)
    }

    override fun stateSizes(inputs: List<Shape>): List<Int> = stack.stateSizes(inputs.take(1))

    override fun node(inputs: List<Shape>, weights: Weights): Node {
        val (read, memory) = inputs
        val cellNode = stack.node(listOf(read.features(read.size + memory.size)), weights.of("cell"))
        val additive = if (attention == AttentionScore.DOT) null else (attentionUnits ?: units).let { size ->
            AttentiveNode.Additive(
                weights.matrix("wq", size, units, this.weights.initializer()),
                weights.matrix("wm", size, memory.size, this.weights.initializer()),
                weights.matrix("b", size, 1, Initializer.ZEROS),
                weights.matrix("v", size, 1, this.weights.initializer()),
            )
        }
        return AttentiveNode(cellNode, cell.parts * (layers - 1), additive)
    }
}

/**
 * Makes of the final state of a bidirectional encoder the state that a decoder of one direction starts from, see [BridgeNode]:
 * it reads the encoder's output and starts from the encoder; the decoder starts from it.
 *
 * @property units of the decoder; null: those of both directions together, without weights
 * @property cell of the encoder and the decoder
 * @property layers of the encoder and the decoder
 */
@Serializable
@SerialName("bridge")
public data class Bridge @JvmOverloads constructor(
    val units: Int? = null,
    val cell: RecurrentCell = RecurrentCell.LSTM,
    val layers: Int = 1,
    val weights: Initialization = GlorotUniform,
) : BuiltInLayer {
    init {
        units?.let { checkSize("units", it) }
        require(layers in 1..1000) { "layers must be from 1 to 1000, got $layers" }
    }

    override fun outputShape(inputs: List<Shape>): Shape {
        val encoder = inputs.oneOfFeatures()
        require(encoder.size % 2 == 0) { "reads an encoder of two directions, whose features are an even number, and is given $encoder" }
        return encoder.features(units ?: encoder.size).vector()
    }

    override fun stateSizes(inputs: List<Shape>): List<Int> = List(2 * layers * cell.parts) { inputs.one().size / 2 }

    override fun finalStateSizes(inputs: List<Shape>): List<Int> = List(layers * cell.parts) { units ?: inputs.one().size }

    override fun node(inputs: List<Shape>, weights: Weights): Node {
        val size = inputs.one().size / 2
        val names = (0 until layers).flatMap { layer -> List(cell.parts) { part -> "$layer.${"hc"[part]}" } }
        val learned = if (units == null) null else names.map { name ->
            weights.of(name).let { it.matrix("w", units, 2 * size, this.weights.initializer()) to it.matrix("v", units, 1, Initializer.ZEROS) }
        }
        return BridgeNode(size, layers, cell.parts, learned?.map { it.first }, learned?.map { it.second })
    }
}

/**
 * Zeros of [size] at every step of what it reads: for a decoder that is given nothing but the state it starts from, so that
 * only the number of steps comes through.
 */
@Serializable
@SerialName("zeroInput")
public data class ZeroInput @JvmOverloads constructor(val size: Int = 1) : BuiltInLayer {
    init {
        checkSize("size", size)
    }

    override fun outputShape(inputs: List<Shape>): Shape = inputs.one().features(size)

    override fun node(inputs: List<Shape>, weights: Weights): Node = ZeroInputNode(size)
}
