package io.quatrain.architecture

import io.quatrain.node.BidirectionalNode
import io.quatrain.node.CellOptions
import io.quatrain.node.CellWeights
import io.quatrain.node.ChainNode
import io.quatrain.node.ConcatRnnNode
import io.quatrain.node.DenseNode
import io.quatrain.node.DropoutNode
import io.quatrain.node.GruNode
import io.quatrain.node.GruVariantNode
import io.quatrain.node.Initializer
import io.quatrain.node.LearnedStateNode
import io.quatrain.node.LstmNode
import io.quatrain.node.LstmVariantNode
import io.quatrain.node.Merge
import io.quatrain.node.Node
import io.quatrain.node.Parameter
import io.quatrain.node.RecurrentPass
import io.quatrain.node.ResetBeforeGruNode
import io.quatrain.node.ResidualNode
import io.quatrain.node.RnnNode
import io.quatrain.node.RnnVariantNode
import io.quatrain.node.WeightDropNode
import io.quatrain.node.Weights
import io.quatrain.node.ZoneoutNode
import kotlinx.serialization.SerialName
import kotlinx.serialization.Serializable

/** What a recurrent layer gives. */
@Serializable
public enum class Output(internal val engine: RecurrentPass.Output) {
    /** Its output at every step; zero where a step is not there. */
    @SerialName("sequence")
    SEQUENCE(RecurrentPass.Output.SEQUENCE),

    /** Its output at every step; where a step is not there, the one before again, as Keras does. */
    @SerialName("carried")
    CARRIED(RecurrentPass.Output.CARRIED),

    /** Its output at the last step that it read. */
    @SerialName("last")
    LAST(RecurrentPass.Output.LAST),
}

/**
 * What is random in a recurrent layer while it is trained.
 *
 * @property input dropout of what the first layer reads
 * @property output dropout of what the last layer gives
 * @property recurrent dropout of h_{t−1} on its way into the product (Gal and Ghahramani 2016)
 * @property heldOverTime one dropout mask for all steps of an example
 * @property zoneout the share of h that stays as it was a step ago (Krueger et al. 2017)
 * @property cellZoneout the same for the cell state of an LSTM
 * @property weights dropout of the recurrent weights themselves (Merity et al. 2018)
 */
@Serializable
@SerialName("noise")
public data class Noise @JvmOverloads constructor(
    val input: Double = 0.0,
    val output: Double = 0.0,
    val recurrent: Double = 0.0,
    val heldOverTime: Boolean = true,
    val zoneout: Double = 0.0,
    val cellZoneout: Double = 0.0,
    val weights: Double = 0.0,
) {
    init {
        checkShare("input", input)
        checkShare("output", output)
        checkShare("recurrent", recurrent)
        checkShare("zoneout", zoneout)
        checkShare("cellZoneout", cellZoneout)
        checkShare("weights", weights)
    }
}

/**
 * What a plain LSTM does not have, see [LstmVariantNode].
 *
 * @property gate of the gates i, f, o
 * @property cell of the candidate g
 * @property hidden of the cell state on its way out
 * @property peephole the gates also see the cell state
 * @property coupled the forget gate is 1 − i
 * @property clip pre-activations are kept within ±clip
 * @property projection the hidden state is projected down to so many numbers
 * @property layerNorm both products and the cell state are normalised (Ba et al. 2016)
 * @property cellClip the cell state is kept within ±cellClip
 */
@Serializable
@SerialName("lstmCell")
public data class LstmCell @JvmOverloads constructor(
    val gate: ActivationFunction = ActivationFunction.SIGMOID,
    val cell: ActivationFunction = ActivationFunction.TANH,
    val hidden: ActivationFunction = ActivationFunction.TANH,
    val peephole: Boolean = false,
    val coupled: Boolean = false,
    val clip: Double? = null,
    val projection: Int? = null,
    val layerNorm: Boolean = false,
    val cellClip: Double? = null,
) {
    init {
        clip?.let { checkPositive("clip", it) }
        cellClip?.let { checkPositive("cellClip", it) }
        projection?.let { checkSize("projection", it) }
    }
}

/**
 * What a plain GRU does not have, see [GruVariantNode] and [ResetBeforeGruNode].
 *
 * @property gate of the gates r and z
 * @property hidden of the candidate n
 * @property clip pre-activations are kept within ±clip
 * @property layerNorm the products are normalised
 */
@Serializable
@SerialName("gruCell")
public data class GruCell @JvmOverloads constructor(
    val gate: ActivationFunction = ActivationFunction.SIGMOID,
    val hidden: ActivationFunction = ActivationFunction.TANH,
    val clip: Double? = null,
    val layerNorm: Boolean = false,
) {
    init {
        clip?.let { checkPositive("clip", it) }
    }
}

/**
 * What a plain simple recurrent network does not have, see [RnnVariantNode].
 *
 * @property clip pre-activations are kept within ±clip
 * @property layerNorm the products are normalised
 */
@Serializable
@SerialName("rnnCell")
public data class RnnCell @JvmOverloads constructor(val clip: Double? = null, val layerNorm: Boolean = false) {
    init {
        clip?.let { checkPositive("clip", it) }
    }
}

/** An output of its own inside a simple recurrent cell: y = [activation] of V·h + c, of [units] numbers. */
@Serializable
@SerialName("head")
public data class Head @JvmOverloads constructor(
    val units: Size,
    val activation: ActivationFunction = ActivationFunction.SIGMOID,
    val bias: Boolean = true,
) {
    init {
        checkSize("units", units, mayBeVocabulary = true, mayBeClasses = true)
    }
}

/**
 * Long short-term memory (Hochreiter & Schmidhuber 1997).
 *
 * @property units numbers in the hidden and in the cell state
 * @property bidirectional a second one reads the sequence backwards; [merge] says how the two outputs become one, or that they
 *   stay two, see [MergeMode.BOTH]
 * @property layers how many stand on each other, with [dropout] between
 * @property output the whole sequence, or the last step only
 * @property forgetBias the first value of the forget gate's bias, unless [biases] is given
 * @property cell variants of the cell
 * @property noise dropout of other kinds
 * @property residual every layer after the first adds what it reads to what it gives
 * @property learnedState the first state is learned instead of zero
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
    val cell: LstmCell = LstmCell(),
    val noise: Noise = Noise(),
    val residual: Boolean = false,
    val learnedState: Boolean = false,
) : BuiltInLayer {
    private val outputs get() = cell.projection ?: units
    private val stack get() =
        RecurrentStack(outputs, listOf(outputs, units), layers, bidirectional, merge, reversed, output, dropout, noise, residual, learnedState)

    init {
        checkUnits(units)
        stack.check()
        require(forgetBias.isFinite()) { "forgetBias must be finite, got $forgetBias" }
    }

    override val outputNames: List<String> get() = stack.outputNames

    override fun outputShape(inputs: List<Shape>): Shape = stack.outputShape(inputs)

    override fun stateSizes(inputs: List<Shape>): List<Int> = stack.stateSizes()

    override fun node(inputs: List<Shape>, weights: Weights): Node = stack.node(inputs.one().size, weights) { size, part, backwards, given ->
        val gates = if (cell.coupled) 3 else 4
        val wx = part.matrix("wx", gates * units, size, inputWeights.initializer())
        val wh = part.matrix("wh", gates * units, outputs, recurrentWeights.initializer())
        val b = if (bias) part.matrix("b", gates * units, 1, firstBiases()) else null
        val plain = cell == LstmCell() && noise.recurrent == 0.0
        val gains = if (cell.layerNorm) part.gains(gates * units) else null
        val extras = LstmVariantNode.Extras(
            if (cell.peephole) part.matrix("p", (gates - 1) * units, 1, Initializer.ZEROS) else null,
            cell.projection?.let { part.matrix("wp", it, units, recurrentWeights.initializer()) },
            if (cell.layerNorm) part.matrix("gc", units, 1, Initializer.constant(1.0)) else null,
            if (cell.layerNorm) part.matrix("bc", units, 1, Initializer.ZEROS) else null,
        )
        stack.noisy(wh) { remaining ->
            if (plain) LstmNode(wx, remaining, b, backwards, given)
            else LstmVariantNode(
                CellWeights(wx, remaining, b, gains?.first, gains?.second), extras,
                LstmVariantNode.Functions(
                    cell.gate.activation(), cell.cell.activation(), cell.hidden.activation(), cell.cellClip ?: Double.POSITIVE_INFINITY,
                ),
                cell.coupled, noise.options(cell.clip), backwards, given,
            )
        }
    }

    private fun firstBiases(): Initializer = biases?.initializer() ?: when {
        cell.coupled -> Initializer.ZEROS
        else -> Initializer.perGate(Initializer.ZEROS, Initializer.constant(forgetBias), Initializer.ZEROS, Initializer.ZEROS)
    }
}

/**
 * Gated recurrent unit (Cho et al. 2014).
 *
 * @property units numbers in the hidden state
 * @property bidirectional see [Lstm.bidirectional]
 * @property layers see [Lstm.layers]
 * @property resetAfter whether the reset gate works after the product, as in PyTorch and Keras, or before it, as in the paper
 * @property cell variants of the cell
 * @property noise dropout of other kinds
 * @property residual see [Lstm.residual]
 * @property learnedState the first state is learned instead of zero
 */
@Serializable
@SerialName("gru")
public data class Gru @JvmOverloads constructor(
    val units: Int,
    val bidirectional: Boolean = false,
    val layers: Int = 1,
    val output: Output = Output.SEQUENCE,
    val dropout: Double = 0.0,
    val merge: MergeMode = MergeMode.CONCAT,
    val reversed: Boolean = false,
    val bias: Boolean = true,
    val resetAfter: Boolean = true,
    val inputWeights: Initialization = GlorotUniform,
    val recurrentWeights: Initialization = GlorotUniform,
    val biases: Initialization = Zeros,
    val cell: GruCell = GruCell(),
    val noise: Noise = Noise(),
    val residual: Boolean = false,
    val learnedState: Boolean = false,
) : BuiltInLayer {
    private val stack get() =
        RecurrentStack(units, listOf(units), layers, bidirectional, merge, reversed, output, dropout, noise, residual, learnedState)

    init {
        checkUnits(units)
        stack.check()
    }

    override val outputNames: List<String> get() = stack.outputNames

    override fun outputShape(inputs: List<Shape>): Shape = stack.outputShape(inputs)

    override fun stateSizes(inputs: List<Shape>): List<Int> = stack.stateSizes()

    override fun node(inputs: List<Shape>, weights: Weights): Node = stack.node(inputs.one().size, weights) { size, part, backwards, given ->
        val wx = part.matrix("wx", 3 * units, size, inputWeights.initializer())
        val options = noise.options(cell.clip)
        val gate = cell.gate.activation()
        val hidden = cell.hidden.activation()
        if (resetAfter) {
            val wh = part.matrix("wh", 3 * units, units, recurrentWeights.initializer())
            val b = if (bias) part.matrix("b", 3 * units, 1, biases.initializer()) else null
            val gains = if (cell.layerNorm) part.gains(3 * units) else null
            val bn = if (bias) part.matrix("bn", units, 1, Initializer.ZEROS) else null
            val plain = cell == GruCell() && noise.recurrent == 0.0
            stack.noisy(wh) { remaining ->
                if (plain) GruNode(wx, remaining, b, bn, backwards, given)
                else GruVariantNode(CellWeights(wx, remaining, b, gains?.first, gains?.second), bn, gate, hidden, options, backwards, given)
            }
        } else {
            val perGate = (recurrentWeights as? PerGate)?.gates?.takeIf { it.size == 3 }
            val both = perGate?.let { PerGate(it.subList(0, 2)) } ?: recurrentWeights
            val wh = part.matrix("wh", 2 * units, units, both.initializer())
            val b = if (bias) part.matrix("b", 3 * units, 1, biases.initializer()) else null
            val gains = if (cell.layerNorm) part.gains(3 * units, 2 * units) else null
            val wn = part.matrix("wn", units, units, (perGate?.last() ?: recurrentWeights).initializer())
            val gn = if (cell.layerNorm) part.matrix("gn", units, 1, Initializer.constant(1.0)) else null
            stack.noisy(wh, wn) { gates, candidate ->
                ResetBeforeGruNode(
                    CellWeights(wx, gates, b, gains?.first, gains?.second), candidate, gn, gate, hidden, options, backwards, given,
                )
            }
        }
    }
}

/**
 * The simple recurrent network (Elman 1990): h_t = [activation] of Wx·x_t + Wh·h_{t−1} + b.
 *
 * @property units numbers in the hidden state
 * @property bidirectional see [Lstm.bidirectional]
 * @property layers see [Lstm.layers]
 * @property head an output of its own inside the cell
 * @property cell variants of the cell
 * @property noise dropout of other kinds
 * @property residual see [Lstm.residual]
 * @property learnedState the first state is learned instead of zero
 */
@Serializable
@SerialName("rnn")
public data class Rnn @JvmOverloads constructor(
    val units: Int,
    val activation: ActivationFunction = ActivationFunction.TANH,
    val bidirectional: Boolean = false,
    val layers: Int = 1,
    val output: Output = Output.SEQUENCE,
    val dropout: Double = 0.0,
    val merge: MergeMode = MergeMode.CONCAT,
    val reversed: Boolean = false,
    val bias: Boolean = true,
    val inputWeights: Initialization = GlorotUniform,
    val recurrentWeights: Initialization = GlorotUniform,
    val biases: Initialization = Zeros,
    val head: Head? = null,
    val cell: RnnCell = RnnCell(),
    val noise: Noise = Noise(),
    val residual: Boolean = false,
    val learnedState: Boolean = false,
) : BuiltInLayer {
    private val stack get() = RecurrentStack(
        head?.units ?: units, listOf(units), layers, bidirectional, merge, reversed, output, dropout, noise, residual, learnedState,
    )

    init {
        checkUnits(units)
        stack.check()
    }

    override val outputNames: List<String> get() = stack.outputNames

    override fun outputShape(inputs: List<Shape>): Shape = stack.outputShape(inputs)

    override fun stateSizes(inputs: List<Shape>): List<Int> = stack.stateSizes()

    override fun withSizes(sizes: Sizes): Layer = copy(head = head?.copy(units = sizes.of(head.units)))

    override fun node(inputs: List<Shape>, weights: Weights): Node = stack.node(inputs.one().size, weights) { size, part, backwards, given ->
        val wx = part.matrix("wx", units, size, inputWeights.initializer())
        val wh = part.matrix("wh", units, units, recurrentWeights.initializer())
        val b = if (bias) part.matrix("b", units, 1, biases.initializer()) else null
        val gains = if (cell.layerNorm) part.gains(units) else null
        val plain = cell == RnnCell() && noise.recurrent == 0.0
        val f = activation.activation()
        val recurrent = stack.noisy(wh) { remaining ->
            if (plain) RnnNode(wx, remaining, b, f, backwards, given)
            else RnnVariantNode(CellWeights(wx, remaining, b, gains?.first, gains?.second), f, noise.options(cell.clip), backwards, given)
        }
        if (head == null) recurrent else {
            val v = part.matrix("v", head.units, units, inputWeights.initializer())
            val c = if (head.bias) part.matrix("c", head.units, 1, biases.initializer()) else null
            ChainNode(listOf(recurrent, DenseNode(v, c, head.activation.activation())), listOf(1, 0))
        }
    }
}

/**
 * The simple recurrent network of introductions, see [ConcatRnnNode]: hidden state and output are both linear in [x; h].
 *
 * @property units numbers in the hidden state
 * @property outputs numbers in the output
 */
@Serializable
@SerialName("concatRnn")
public data class ConcatRnn @JvmOverloads constructor(
    val units: Int,
    val outputs: Size,
    val output: Output = Output.SEQUENCE,
    val reversed: Boolean = false,
    val bias: Boolean = true,
    val weights: Initialization = GlorotUniform,
    val biases: Initialization = Zeros,
) : BuiltInLayer {
    init {
        checkUnits(units)
        checkSize("outputs", outputs, mayBeVocabulary = true, mayBeClasses = true)
    }

    override fun outputShape(inputs: List<Shape>): Shape {
        val shape = inputs.oneSequence().features(outputs)
        return if (output == Output.LAST) shape.vector() else shape
    }

    override fun stateSizes(inputs: List<Shape>): List<Int> = listOf(outputs, units)

    override fun withSizes(sizes: Sizes): Layer = copy(outputs = sizes.of(outputs))

    override fun node(inputs: List<Shape>, weights: Weights): Node = ConcatRnnNode(
        weights.matrix("wx", outputs + units, inputs.one().size, this.weights.initializer()),
        weights.matrix("wh", outputs + units, units, this.weights.initializer()),
        if (bias) weights.matrix("b", outputs + units, 1, biases.initializer()) else null,
        reversed,
        output.engine,
    )
}

private fun checkUnits(units: Int) {
    checkSize("units", units)
    require(units <= LARGEST_SIZE / 8) { "units must be at most ${LARGEST_SIZE / 8}, got $units" }
}

private fun Noise.options(clip: Double?) = CellOptions(clip ?: Double.POSITIVE_INFINITY, recurrent, heldOverTime)

/** Gains of the products with the input and with the state. */
private fun Weights.gains(rows: Int, recurrentRows: Int = rows): Pair<Parameter, Parameter> =
    matrix("gx", rows, 1, Initializer.constant(1.0)) to matrix("gh", recurrentRows, 1, Initializer.constant(1.0))

/** What every recurrent layer does alike: layers on each other, two directions, whole sequence or last step, noise. */
internal class RecurrentStack(
    private val size: Int,
    private val cellState: List<Int>,
    private val layers: Int,
    private val bidirectional: Boolean,
    private val merge: MergeMode,
    private val reversed: Boolean,
    private val output: Output,
    private val dropout: Double,
    private val noise: Noise,
    private val residual: Boolean,
    private val learnedState: Boolean,
) {
    fun check() {
        require(layers in 1..100) { "layers must be from 1 to 100, got $layers" }
        checkShare("dropout", dropout)
        require(!(bidirectional && reversed)) { "reversed has no meaning where both directions are read (bidirectional)" }
        require(bidirectional || merge != MergeMode.BOTH) { "merge = both needs two directions; say bidirectional = true" }
        require(noise.cellZoneout == 0.0 || cellState.size > 1) { "noise.cellZoneout needs a cell state, which only an lstm has" }
        require(!(residual && output == Output.LAST && layers > 1)) {
            "residual needs the whole sequence of every layer; use output = sequence, and lastStep() after it"
        }
    }

    private val outputSize get() = if (bidirectional && merge.merge == Merge.CONCAT) 2 * size else size

    val outputNames get() = if (merge == MergeMode.BOTH) listOf("forwards", "backwards") else emptyList()

    private val partSizes get() = if (learnedState) cellState + 1 else cellState

    fun outputShape(inputs: List<Shape>): Shape {
        val shape = inputs.oneSequence().features(outputSize)
        return if (output == Output.LAST) shape.vector() else shape
    }

    fun stateSizes(): List<Int> = List(layers * (if (bidirectional) 2 else 1)) { partSizes }.flatten()

    /** The cell with everything that works from outside: dropped weights, zoneout. */
    fun noisy(wh: Parameter, cell: (Parameter) -> Node): Node = dropping(wh, "weights") { remaining -> zoned(cell(remaining)) }

    /** The same for a cell whose recurrent weights are two matrices. */
    fun noisy(wh: Parameter, wn: Parameter, cell: (Parameter, Parameter) -> Node): Node = dropping(wh, "weights") { gates ->
        dropping(wn, "candidate weights") { candidate -> zoned(cell(gates, candidate)) }
    }

    private fun dropping(w: Parameter, name: String, cell: (Parameter) -> Node): Node =
        if (noise.weights == 0.0) cell(w) else WeightDropNode(w, cell, noise.weights, name)

    private fun zoned(cell: Node): Node {
        val zoneouts = listOf(noise.zoneout, noise.cellZoneout).take(cellState.size)
        return if (zoneouts.all { it == 0.0 }) cell else ZoneoutNode(cell, zoneouts)
    }

    /** @param cell one layer in one direction: the size of its input, its weights, whether it reads backwards, its output */
    fun node(
        inputSize: Int,
        weights: Weights,
        cell: (size: Int, part: Weights, backwards: Boolean, output: RecurrentPass.Output) -> Node,
    ): Node {
        val links = mutableListOf<Node>()
        val parts = mutableListOf<Int>()
        fun link(node: Node, stateParts: Int = 0) {
            links += node
            parts += stateParts
        }
        fun one(inputs: Int, part: Weights, backwards: Boolean, given: RecurrentPass.Output): Node {
            val plain = cell(inputs, part, backwards, given)
            if (!learnedState) return plain
            return LearnedStateNode(plain, cellState.mapIndexed { i, rows -> part.matrix("s$i", rows, 1, Initializer.ZEROS) })
        }
        if (noise.input > 0) link(DropoutNode(noise.input, noise.heldOverTime))
        for (layer in 0 until layers) {
            val inputs = if (layer == 0) inputSize else outputSize
            val part = if (layers == 1) weights else weights.of(layer.toString())
            val given = if (layer == layers - 1) output.engine else RecurrentPass.Output.SEQUENCE
            if (layer > 0 && dropout > 0) link(DropoutNode(dropout, false))
            val node = if (bidirectional) {
                BidirectionalNode(one(inputs, part.of("forwards"), false, given), one(inputs, part.of("backwards"), true, given), merge.merge)
            } else {
                one(inputs, part, reversed, given)
            }
            link(if (residual && layer > 0) ResidualNode(node) else node, (if (bidirectional) 2 else 1) * partSizes.size)
        }
        if (noise.output > 0) link(DropoutNode(noise.output, noise.heldOverTime))
        return links.singleOrNull() ?: ChainNode(links, parts)
    }
}
