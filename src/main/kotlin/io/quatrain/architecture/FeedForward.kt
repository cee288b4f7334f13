package io.quatrain.architecture

import io.quatrain.node.ActivationNode
import io.quatrain.node.AdditiveAttentionNode
import io.quatrain.node.DenseNode
import io.quatrain.node.DotAttentionNode
import io.quatrain.node.DropoutNode
import io.quatrain.node.EmbeddingNode
import io.quatrain.node.GatedUnitNode
import io.quatrain.node.Initializer
import io.quatrain.node.LastStepNode
import io.quatrain.node.LayerNormNode
import io.quatrain.node.Merge
import io.quatrain.node.MergeNode
import io.quatrain.node.Node
import io.quatrain.node.OneHotNode
import io.quatrain.node.OrdinalNode
import io.quatrain.node.OverTimeNode
import io.quatrain.node.PReluNode
import io.quatrain.node.RepeatNode
import io.quatrain.node.ReshapeNode
import io.quatrain.node.ReverseNode
import io.quatrain.node.SliceNode
import io.quatrain.node.TiedDenseNode
import io.quatrain.node.Weights
import kotlinx.serialization.SerialName
import kotlinx.serialization.Serializable

/**
 * A learned vector of [size] numbers for each of [vocabulary] tokens.
 *
 * @property padding a token whose vector is zero and learns nothing
 * @property trainable false: the vectors keep their values, for those that were read from elsewhere
 * @property dropout the share of the vocabulary that is zero in a training step (Gal and Ghahramani 2016)
 */
@Serializable
@SerialName("embedding")
public data class Embedding @JvmOverloads constructor(
    val vocabulary: Size,
    val size: Int,
    val weights: Initialization = Uniform(-0.05, 0.05),
    val padding: Int? = null,
    val trainable: Boolean = true,
    val dropout: Double = 0.0,
) : BuiltInLayer {
    init {
        checkSize("vocabulary", vocabulary, mayBeVocabulary = true)
        checkSize("size", size)
        require(padding == null || padding >= 0 && (vocabulary == vocab || padding < vocabulary)) {
            "padding must be a token of the vocabulary, got $padding"
        }
        checkShare("dropout", dropout)
    }

    override fun outputShape(inputs: List<Shape>): Shape = inputs.tokens(vocabulary, "embedding").features(size)

    override fun node(inputs: List<Shape>, weights: Weights): Node =
        EmbeddingNode(weights.matrix("e", size, vocabulary, firstVectors(), trainable), padding ?: -1, dropout)

    private fun firstVectors(): Initializer {
        val all = weights.initializer()
        if (padding == null) return all
        return Initializer { e, random ->
            all.fill(e, random)
            e.columns(padding, padding + 1).fill(0.0)
        }
    }

    override fun withSizes(sizes: Sizes): Layer = copy(vocabulary = sizes.of(vocabulary))

    override fun expectedInput(): Shape = Shape.ofTokens(vocabulary)
}

/** Each of [vocabulary] tokens as a column of zeros with a single one. */
@Serializable
@SerialName("oneHot")
public data class OneHot(val vocabulary: Size) : BuiltInLayer {
    init {
        checkSize("vocabulary", vocabulary, mayBeVocabulary = true)
    }

    override fun outputShape(inputs: List<Shape>): Shape = inputs.tokens(vocabulary, "oneHot").features(vocabulary)

    override fun node(inputs: List<Shape>, weights: Weights): Node = OneHotNode()

    override fun withSizes(sizes: Sizes): Layer = copy(vocabulary = sizes.of(vocabulary))

    override fun expectedInput(): Shape = Shape.ofTokens(vocabulary)
}

/**
 * Each of [vocabulary] tokens as one number, [scale] times its id, where ids stand for quantities. Where they are mere names,
 * an [Embedding] or [OneHot] is learned from more easily.
 */
@Serializable
@SerialName("ordinal")
public data class Ordinal @JvmOverloads constructor(val vocabulary: Size, val scale: Double = 1.0) : BuiltInLayer {
    init {
        checkSize("vocabulary", vocabulary, mayBeVocabulary = true)
        checkPositive("scale", scale)
    }

    override fun outputShape(inputs: List<Shape>): Shape = inputs.tokens(vocabulary, "ordinal").features(1)

    override fun node(inputs: List<Shape>, weights: Weights): Node = OrdinalNode(scale)

    override fun withSizes(sizes: Sizes): Layer = copy(vocabulary = sizes.of(vocabulary))

    override fun expectedInput(): Shape = Shape.ofTokens(vocabulary)
}

private fun List<Shape>.tokens(vocabulary: Int, word: String): Shape {
    val input = one()
    require(input.tokens) { "needs token ids but is given $input; $word comes first in a model" }
    require(input.size == vocabulary) { "is made for $vocabulary tokens but is given $input" }
    return input
}

/**
 * A fully connected layer, at every step alike: [activation] of W·x + b.
 *
 * @property tiedTo the name of an embedding before this layer (`0.embedding`), whose vectors then are the rows of W
 */
@Serializable
@SerialName("dense")
public data class Dense @JvmOverloads constructor(
    val units: Size,
    val activation: ActivationFunction = ActivationFunction.IDENTITY,
    val bias: Boolean = true,
    val weights: Initialization = GlorotUniform,
    val biases: Initialization = Zeros,
    val tiedTo: String? = null,
) : BuiltInLayer {
    init {
        checkSize("units", units, mayBeVocabulary = true, mayBeClasses = true)
    }

    override fun outputShape(inputs: List<Shape>): Shape = inputs.oneOfFeatures().features(units)

    override fun node(inputs: List<Shape>, weights: Weights): Node {
        val size = inputs.one().size
        if (tiedTo != null) {
            val e = weights.existing("$tiedTo.e")
            require(e.columns() == units && e.rows() == size) {
                "tiedTo: the vectors of \"$tiedTo\" are ${e.columns()} of ${e.rows()} numbers, and this layer needs $units of $size"
            }
            return TiedDenseNode(e, bias(weights), activation.activation())
        }
        return DenseNode(weights.matrix("w", units, size, this.weights.initializer()), bias(weights), activation.activation())
    }

    private fun bias(weights: Weights) = if (bias) weights.matrix("b", units, 1, biases.initializer()) else null

    override fun withSizes(sizes: Sizes): Layer = copy(units = sizes.of(units))
}

/**
 * In training, each value is dropped with probability [rate] and the others grow by 1 / (1 − rate); in use nothing
 * happens. [heldOverTime]: one choice for all steps of an example.
 */
@Serializable
@SerialName("dropout")
public data class Dropout @JvmOverloads constructor(val rate: Double, val heldOverTime: Boolean = false) : BuiltInLayer {
    init {
        require(rate >= 0 && rate < 1) { "rate must be at least 0 and below 1, got $rate" }
    }

    override fun outputShape(inputs: List<Shape>): Shape = inputs.oneOfFeatures()

    override fun node(inputs: List<Shape>, weights: Weights): Node = DropoutNode(rate, heldOverTime)
}

/** [function] of every value. */
@Serializable
@SerialName("activation")
public data class ActivationLayer(val function: ActivationFunction) : BuiltInLayer {
    override fun outputShape(inputs: List<Shape>): Shape = inputs.oneOfFeatures()

    override fun node(inputs: List<Shape>, weights: Weights): Node = ActivationNode(function.activation())
}

/** See [GatedUnitNode]: the second half of the features, through [gate], multiplies the first. */
@Serializable
@SerialName("glu")
public data class Glu @JvmOverloads constructor(val gate: ActivationFunction = ActivationFunction.SIGMOID) : BuiltInLayer {
    override fun outputShape(inputs: List<Shape>): Shape {
        val input = inputs.oneOfFeatures()
        require(input.size % 2 == 0) { "needs an even number of features but is given $input" }
        return input.features(input.size / 2)
    }

    override fun node(inputs: List<Shape>, weights: Weights): Node = GatedUnitNode(gate.activation())
}

/**
 * See [PReluNode].
 *
 * @property shared one slope for all features
 * @property slopes the first slopes
 */
@Serializable
@SerialName("pRelu")
public data class PRelu @JvmOverloads constructor(
    val shared: Boolean = false,
    val slopes: Initialization = Constant(0.25),
) : BuiltInLayer {
    override fun outputShape(inputs: List<Shape>): Shape = inputs.oneOfFeatures()

    override fun node(inputs: List<Shape>, weights: Weights): Node =
        PReluNode(weights.matrix("a", if (shared) 1 else inputs.one().size, 1, slopes.initializer()))
}

/** The last step of every example that is there. */
@Serializable
@SerialName("lastStep")
public data object LastStep : BuiltInLayer {
    override fun outputShape(inputs: List<Shape>): Shape = inputs.oneSequence().vector()

    override fun node(inputs: List<Shape>, weights: Weights): Node = LastStepNode()
}

/** Every example backwards; padding stays where it is. */
@Serializable
@SerialName("reverse")
public data object Reverse : BuiltInLayer {
    override fun outputShape(inputs: List<Shape>): Shape = inputs.oneSequence()

    override fun node(inputs: List<Shape>, weights: Weights): Node = ReverseNode()
}

/** A value without steps at every one of [steps] steps. */
@Serializable
@SerialName("repeat")
public data class Repeat(val steps: Int) : BuiltInLayer {
    init {
        require(steps in 1..1_000_000) { "steps must be from 1 to 1000000, got $steps" }
    }

    override fun outputShape(inputs: List<Shape>): Shape {
        val input = inputs.oneOfFeatures()
        require(!input.sequence) { "needs a value without steps but is given $input; put lastStep() or meanOverTime() before it" }
        return input.sequence()
    }

    override fun node(inputs: List<Shape>, weights: Weights): Node = RepeatNode(steps)
}

/** The mean of every feature over the steps that are there. */
@Serializable
@SerialName("meanOverTime")
public data object MeanOverTime : BuiltInLayer {
    override fun outputShape(inputs: List<Shape>): Shape = inputs.oneSequence().vector()

    override fun node(inputs: List<Shape>, weights: Weights): Node = OverTimeNode(OverTimeNode.How.MEAN)
}

/** The greatest of every feature over the steps that are there. */
@Serializable
@SerialName("maxOverTime")
public data object MaxOverTime : BuiltInLayer {
    override fun outputShape(inputs: List<Shape>): Shape = inputs.oneSequence().vector()

    override fun node(inputs: List<Shape>, weights: Weights): Node = OverTimeNode(OverTimeNode.How.MAX)
}

/** Features [[from], [to]), counted from 0. */
@Serializable
@SerialName("slice")
public data class Slice(val from: Int, val to: Int) : BuiltInLayer {
    init {
        require(from in 0..<to) { "from must be at least 0 and below to, got $from and $to" }
    }

    override fun outputShape(inputs: List<Shape>): Shape {
        val input = inputs.oneOfFeatures()
        require(to <= input.size) { "needs $to features but is given $input" }
        return input.features(to - from)
    }

    override fun node(inputs: List<Shape>, weights: Weights): Node = SliceNode(from, to)
}

/** The same numbers in steps of [features], a divisor or a multiple of the features before. */
@Serializable
@SerialName("reshape")
public data class Reshape(val features: Int) : BuiltInLayer {
    init {
        checkSize("features", features)
    }

    override fun outputShape(inputs: List<Shape>): Shape {
        val input = inputs.oneOfFeatures()
        require(input.size % features == 0 || features % input.size == 0) {
            "needs a divisor or a multiple of $features features but is given $input"
        }
        require(input.sequence || input.size % features == 0) { "has one step of ${input.size} features, which are too few for $features" }
        return input.features(features).sequence()
    }

    override fun node(inputs: List<Shape>, weights: Weights): Node = ReshapeNode(features)
}

/** Every step's features with mean 0 and deviation 1, times a learned gain, plus a learned bias. */
@Serializable
@SerialName("layerNorm")
public data class LayerNorm @JvmOverloads constructor(val epsilon: Double = 1e-5, val bias: Boolean = true) : BuiltInLayer {
    init {
        checkPositive("epsilon", epsilon, 1.0)
    }

    override fun outputShape(inputs: List<Shape>): Shape = inputs.oneOfFeatures()

    override fun node(inputs: List<Shape>, weights: Weights): Node = inputs.one().size.let { size ->
        LayerNormNode(
            weights.matrix("g", size, 1, Initializer.constant(1.0)),
            if (bias) weights.matrix("b", size, 1, Initializer.ZEROS) else null,
            epsilon,
        )
    }
}

/**
 * What the first input (a decoder) looks at in the second (an encoder), by dot product, see [DotAttentionNode].
 *
 * @property scaled the products are divided by √size
 */
@Serializable
@SerialName("dotAttention")
public data class DotAttention @JvmOverloads constructor(val scaled: Boolean = false) : BuiltInLayer {
    override fun outputShape(inputs: List<Shape>): Shape {
        val (query, memory) = inputs.queryAndMemory()
        require(query.size == memory.size) { "needs two inputs of one size, given $query and $memory; put a dense before one, or use additiveAttention" }
        return query.features(memory.size)
    }

    override fun node(inputs: List<Shape>, weights: Weights): Node =
        DotAttentionNode(if (scaled) 1 / kotlin.math.sqrt(inputs[0].size.toDouble()) else 1.0)
}

/** What the first input (a decoder) looks at in the second (an encoder), by a network of [units], see [AdditiveAttentionNode]. */
@Serializable
@SerialName("additiveAttention")
public data class AdditiveAttention @JvmOverloads constructor(val units: Int, val weights: Initialization = GlorotUniform) : BuiltInLayer {
    init {
        checkSize("units", units)
    }

    override fun outputShape(inputs: List<Shape>): Shape {
        val (query, memory) = inputs.queryAndMemory()
        return query.features(memory.size)
    }

    override fun node(inputs: List<Shape>, weights: Weights): Node = AdditiveAttentionNode(
        weights.matrix("wq", units, inputs[0].size, this.weights.initializer()),
        weights.matrix("wm", units, inputs[1].size, this.weights.initializer()),
        weights.matrix("b", units, 1, Initializer.ZEROS),
        weights.matrix("v", units, 1, this.weights.initializer()),
    )
}

internal fun List<Shape>.queryAndMemory(): List<Shape> {
    require(size == 2) { "takes two inputs, what looks and what is looked at; given $size" }
    forEach { listOf(it).oneOfFeatures() }
    listOf(this[1]).oneSequence()
    return this
}

/** Several values of the same steps as one, see [Merge]. */
@Serializable
@SerialName("merge")
public data class MergeLayer(val by: MergeMode = MergeMode.CONCAT) : BuiltInLayer {
    init {
        require(by != MergeMode.BOTH) { "by: both leaves apart, which is for the two directions of a recurrent layer; use concat, sum, mean or product" }
    }

    override fun outputShape(inputs: List<Shape>): Shape {
        require(inputs.size >= 2) { "takes two or more inputs, given ${inputs.size}" }
        inputs.forEach { listOf(it).oneOfFeatures() }
        require(inputs.all { it.sequence == inputs[0].sequence }) {
            "cannot merge values with steps and values without: ${inputs.joinToString()}"
        }
        if (by == MergeMode.CONCAT) return inputs[0].features(inputs.sumOf { it.size })
        require(inputs.all { it.size == inputs[0].size }) { "needs inputs of one size, given ${inputs.joinToString()}" }
        return inputs[0]
    }

    override fun node(inputs: List<Shape>, weights: Weights): Node = MergeNode(by.merge)
}

/** How several values become one. [BOTH] is for the two directions of a recurrent layer only. */
@Serializable
public enum class MergeMode(internal val merge: Merge) {
    /** One above the other. */
    @SerialName("concat")
    CONCAT(Merge.CONCAT),

    @SerialName("sum")
    SUM(Merge.SUM),

    @SerialName("mean")
    MEAN(Merge.MEAN),

    /** Elementwise. */
    @SerialName("product")
    PRODUCT(Merge.PRODUCT),

    /**
     * Not at all: the two directions are two values, which other nodes of a graph read as `"layer.forwards"` and
     * `"layer.backwards"`. Between the layers of a stack they are concatenated.
     */
    @SerialName("both")
    BOTH(Merge.CONCAT),
}
