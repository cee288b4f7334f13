package io.quatrain.architecture

import io.quatrain.loss.AbsolutePercentageError
import io.quatrain.loss.BinaryCrossEntropy
import io.quatrain.loss.CosineSimilarity
import io.quatrain.loss.CrossEntropy
import io.quatrain.loss.Form
import io.quatrain.loss.Hinge
import io.quatrain.loss.Huber
import io.quatrain.loss.KullbackLeibler
import io.quatrain.loss.LogCosh
import io.quatrain.loss.Loss
import io.quatrain.loss.MeanAbsoluteError
import io.quatrain.loss.MeanSquaredError
import io.quatrain.loss.Poisson
import io.quatrain.loss.SoftmaxCrossEntropy
import io.quatrain.loss.SquaredLogarithmicError
import kotlinx.serialization.SerialName
import kotlinx.serialization.Serializable

/** What training makes small. */
@Serializable
public sealed interface LossDescription {
    /** The engine's form. */
    public fun loss(): Loss
}

/**
 * See [SoftmaxCrossEntropy]: the model's last layer gives logits, the targets are tokens or classes.
 *
 * @property labelSmoothing the share of the target that is spread over all classes
 * @property classWeights one for each class; null: all weigh 1
 */
@Serializable
@SerialName("softmaxCrossEntropy")
public data class SoftmaxCrossEntropyLoss @JvmOverloads constructor(
    val labelSmoothing: Double = 0.0,
    val classWeights: List<Double>? = null,
) : LossDescription {
    init {
        checkShare("labelSmoothing", labelSmoothing)
        checkWeights("classWeights", classWeights)
    }

    override fun loss(): Loss = SoftmaxCrossEntropy(labelSmoothing, classWeights?.toDoubleArray())
}

/** See [CrossEntropy]: for a model that ends in softmax; where there is a choice, let it end in logits and use [SoftmaxCrossEntropyLoss]. */
@Serializable
@SerialName("crossEntropy")
public data class CrossEntropyLoss @JvmOverloads constructor(
    @Serializable(FormSerializer::class) val form: Form = Form.PROBABILITIES,
    val labelSmoothing: Double = 0.0,
    val classWeights: List<Double>? = null,
) : LossDescription {
    init {
        checkShare("labelSmoothing", labelSmoothing)
        checkWeights("classWeights", classWeights)
    }

    override fun loss(): Loss = CrossEntropy(form, labelSmoothing, classWeights?.toDoubleArray())
}

/**
 * See [BinaryCrossEntropy].
 *
 * @property clip keeps probabilities this far from 0 and 1; only for the form probabilities
 * @property positiveWeights the weight of "yes" of every feature, or one for all; null: 1
 */
@Serializable
@SerialName("binaryCrossEntropy")
public data class BinaryCrossEntropyLoss @JvmOverloads constructor(
    @Serializable(FormSerializer::class) val form: Form = Form.LOGITS,
    val clip: Double = 0.0,
    val labelSmoothing: Double = 0.0,
    val positiveWeights: List<Double>? = null,
) : LossDescription {
    init {
        require(form != Form.LOG_PROBABILITIES) { "form must be logits or probabilities, got logProbabilities" }
        require(clip >= 0 && clip < 0.5) { "clip must be at least 0 and below 0.5, got $clip" }
        checkShare("labelSmoothing", labelSmoothing)
        checkWeights("positiveWeights", positiveWeights)
    }

    override fun loss(): Loss = BinaryCrossEntropy(form, clip, labelSmoothing, positiveWeights?.toDoubleArray())
}

/** See [MeanSquaredError]. */
@Serializable
@SerialName("meanSquaredError")
public data object MeanSquaredErrorLoss : LossDescription {
    override fun loss(): Loss = MeanSquaredError()
}

/** See [MeanAbsoluteError]. */
@Serializable
@SerialName("meanAbsoluteError")
public data object MeanAbsoluteErrorLoss : LossDescription {
    override fun loss(): Loss = MeanAbsoluteError()
}

/** See [Huber]. */
@Serializable
@SerialName("huber")
public data class HuberLoss(val delta: Double = 1.0) : LossDescription {
    init {
        checkPositive("delta", delta)
    }

    override fun loss(): Loss = Huber(delta)
}

/** See [Huber.smoothAbsolute]. */
@Serializable
@SerialName("smoothAbsoluteError")
public data class SmoothAbsoluteErrorLoss(val beta: Double = 1.0) : LossDescription {
    init {
        checkNotNegative("beta", beta)
    }

    override fun loss(): Loss = Huber.smoothAbsolute(beta)
}

/** See [LogCosh]. */
@Serializable
@SerialName("logCosh")
public data object LogCoshLoss : LossDescription {
    override fun loss(): Loss = LogCosh()
}

/** See [KullbackLeibler]. */
@Serializable
@SerialName("kullbackLeibler")
public data class KullbackLeiblerLoss @JvmOverloads constructor(
    @Serializable(FormSerializer::class) val form: Form = Form.LOGITS,
    val clip: Double = 0.0,
    val targetsAreLogarithms: Boolean = false,
) : LossDescription {
    init {
        require(clip >= 0 && clip < 0.5) { "clip must be at least 0 and below 0.5, got $clip" }
    }

    override fun loss(): Loss = KullbackLeibler(form, clip, targetsAreLogarithms)
}

/** See [Poisson]; [logarithms]: the model's output is the logarithm of the rate; [epsilon] is added to a rate before its logarithm. */
@Serializable
@SerialName("poisson")
public data class PoissonLoss @JvmOverloads constructor(val logarithms: Boolean = true, val epsilon: Double = 1e-7) : LossDescription {
    init {
        checkPositive("epsilon", epsilon)
    }

    override fun loss(): Loss = Poisson(logarithms, epsilon)
}

/** See [CosineSimilarity]. */
@Serializable
@SerialName("cosineSimilarity")
public data object CosineSimilarityLoss : LossDescription {
    override fun loss(): Loss = CosineSimilarity()
}

/** See [Hinge]. */
@Serializable
@SerialName("hinge")
public data class HingeLoss(val squared: Boolean = false) : LossDescription {
    override fun loss(): Loss = Hinge(squared)
}

/** See [AbsolutePercentageError]. */
@Serializable
@SerialName("absolutePercentageError")
public data object AbsolutePercentageErrorLoss : LossDescription {
    override fun loss(): Loss = AbsolutePercentageError()
}

/** See [SquaredLogarithmicError]. */
@Serializable
@SerialName("squaredLogarithmicError")
public data object SquaredLogarithmicErrorLoss : LossDescription {
    override fun loss(): Loss = SquaredLogarithmicError()
}
