package io.quatrain.architecture

import io.quatrain.node.ActivationNode
import io.quatrain.node.DenseNode
import io.quatrain.node.DropoutNode
import io.quatrain.node.EmbeddingNode
import io.quatrain.node.LastStepNode
import io.quatrain.node.Merge
import io.quatrain.node.MergeNode
import io.quatrain.node.Node
import io.quatrain.node.OneHotNode
import io.quatrain.node.Weights
import kotlinx.serialization.SerialName
import kotlinx.serialization.Serializable

/** A learned vector of [size] numbers for each of [vocabulary] tokens. */
@Serializable
@SerialName("embedding")
public data class Embedding @JvmOverloads constructor(
    val vocabulary: Size,
    val size: Int,
    val weights: Initialization = Uniform(-0.05, 0.05),
) : BuiltInLayer {
    init {
        checkSize("vocabulary", vocabulary, mayBeVocabulary = true)
        checkSize("size", size)
    }

    override fun outputShape(inputs: List<Shape>): Shape = inputs.tokens(vocabulary, "embedding").features(size)

    override fun node(inputs: List<Shape>, weights: Weights): Node =
        EmbeddingNode(weights.matrix("e", size, vocabulary, this.weights.initializer()))

    override fun withVocabulary(size: Int): Layer = if (vocabulary == vocab) copy(vocabulary = size) else this

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

    override fun withVocabulary(size: Int): Layer = if (vocabulary == vocab) copy(vocabulary = size) else this

    override fun expectedInput(): Shape = Shape.ofTokens(vocabulary)
}

private fun List<Shape>.tokens(vocabulary: Int, word: String): Shape {
    val input = one()
    require(input.tokens) { "needs token ids but is given $input; $word comes first in a model" }
    require(input.size == vocabulary) { "is made for $vocabulary tokens but is given $input" }
    return input
}

/** A fully connected layer, at every step alike: [activation] of W·x + b. */
@Serializable
@SerialName("dense")
public data class Dense @JvmOverloads constructor(
    val units: Size,
    val activation: ActivationFunction = ActivationFunction.IDENTITY,
    val bias: Boolean = true,
    val weights: Initialization = GlorotUniform,
    val biases: Initialization = Zeros,
) : BuiltInLayer {
    init {
        checkSize("units", units, mayBeVocabulary = true)
    }

    override fun outputShape(inputs: List<Shape>): Shape = inputs.oneOfFeatures().features(units)

    override fun node(inputs: List<Shape>, weights: Weights): Node = DenseNode(
        weights.matrix("w", units, inputs.one().size, this.weights.initializer()),
        if (bias) weights.matrix("b", units, 1, biases.initializer()) else null,
        activation.activation(),
    )

    override fun withVocabulary(size: Int): Layer = if (units == vocab) copy(units = size) else this
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

/** The last step of every example that is there. */
@Serializable
@SerialName("lastStep")
public data object LastStep : BuiltInLayer {
    override fun outputShape(inputs: List<Shape>): Shape = inputs.oneSequence().vector()

    override fun node(inputs: List<Shape>, weights: Weights): Node = LastStepNode()
}

/** Several values of the same steps as one, see [Merge]. */
@Serializable
@SerialName("merge")
public data class MergeLayer(val by: MergeMode = MergeMode.CONCAT) : BuiltInLayer {
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

/** How several values become one. */
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
}
