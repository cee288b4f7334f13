package io.quatrain.architecture

import io.quatrain.loss.CrossEntropy
import io.quatrain.loss.Loss
import io.quatrain.metric.Accuracy
import io.quatrain.metric.ConfusionMatrix
import io.quatrain.metric.ErrorMetric
import io.quatrain.metric.LossMetric
import io.quatrain.metric.Metric
import kotlinx.serialization.SerialName
import kotlinx.serialization.Serializable

/** What is told about a model besides its loss, on data set aside while it is trained, and by `evaluate`. */
@Serializable
public sealed interface MetricDescription {
    /**
     * The engine's form.
     *
     * @throws IllegalArgumentException where the model or its data have nothing that could be measured so
     */
    public fun metric(context: MetricContext): Metric
}

/**
 * What a metric is measured on.
 *
 * @property loss what the model is trained by
 * @property outputs how many numbers it gives at a step
 * @property charactersPerToken how many characters a target stands for on average; null where the data are no text
 */
public class MetricContext(public val loss: Loss, public val outputs: Int, public val charactersPerToken: Double?) {
    internal fun classes(word: String): Int {
        require(outputs > 1 || !loss.yesAbove().isNaN()) {
            "metrics: $word needs classes, but the model gives one number; train it with binaryCrossEntropy, or measure mae, rmse or mape"
        }
        return maxOf(2, outputs)
    }

    internal fun crossEntropy(word: String): CrossEntropy = requireNotNull(loss as? CrossEntropy) {
        "metrics: $word is made of a cross-entropy; train with softmaxCrossEntropy, or leave it out"
    }
}

/** See [Accuracy]: the share of targets whose class was chosen. */
@Serializable
@SerialName("accuracy")
public data object AccuracyMetric : MetricDescription {
    override fun metric(context: MetricContext): Metric = context.classes("accuracy").let { Accuracy.above(context.loss.yesAbove()) }
}

/** See [Accuracy.top]: the share of targets among the [k] classes of the largest outputs. */
@Serializable
@SerialName("topK")
public data class TopKMetric(val k: Int = 5) : MetricDescription {
    init {
        require(k >= 1) { "k must be positive, got $k" }
    }

    override fun metric(context: MetricContext): Metric {
        require(context.classes("topK") > 2) { "metrics: topK needs a model that chooses among more than two classes" }
        return Accuracy.top(k)
    }
}

/** See [ConfusionMatrix]: the mean over the classes of 2·precision·recall / (precision + recall). */
@Serializable
@SerialName("f1")
public data object F1Metric : MetricDescription {
    override fun metric(context: MetricContext): Metric = confusion("f1", context)
}

/** See [ConfusionMatrix]: [F1Metric], and for each class precision, recall, F1 and how often it was the target. */
@Serializable
@SerialName("perClass")
public data object PerClassMetric : MetricDescription {
    override fun metric(context: MetricContext): Metric = confusion("perClass", context)
}

/** See [ConfusionMatrix]: [F1Metric], and how often each class was taken for each. */
@Serializable
@SerialName("confusionMatrix")
public data object ConfusionMatrixMetric : MetricDescription {
    override fun metric(context: MetricContext): Metric = confusion("confusionMatrix", context)
}

/** See [LossMetric.perplexity]: of how many equally likely tokens the model chooses. */
@Serializable
@SerialName("perplexity")
public data object PerplexityMetric : MetricDescription {
    override fun metric(context: MetricContext): Metric = LossMetric.perplexity(context.crossEntropy("perplexity"))
}

/** See [LossMetric.bitsPerCharacter]: comparable between tokenizers. */
@Serializable
@SerialName("bitsPerCharacter")
public data object BitsPerCharacterMetric : MetricDescription {
    override fun metric(context: MetricContext): Metric = LossMetric.bitsPerCharacter(
        context.crossEntropy("bitsPerCharacter"),
        requireNotNull(context.charactersPerToken) { "metrics: bitsPerCharacter needs a text that the model goes on with" },
    )
}

/** See [ErrorMetric]: the mean distance from the target. */
@Serializable
@SerialName("mae")
public data object MaeMetric : MetricDescription {
    override fun metric(context: MetricContext): Metric = ErrorMetric(ErrorMetric.Kind.MAE)
}

/** See [ErrorMetric]: the root of the mean squared distance from the target. */
@Serializable
@SerialName("rmse")
public data object RmseMetric : MetricDescription {
    override fun metric(context: MetricContext): Metric = ErrorMetric(ErrorMetric.Kind.RMSE)
}

/** See [ErrorMetric]: the mean distance in percent of the target. */
@Serializable
@SerialName("mape")
public data object MapeMetric : MetricDescription {
    override fun metric(context: MetricContext): Metric = ErrorMetric(ErrorMetric.Kind.MAPE)
}

private fun confusion(word: String, context: MetricContext): ConfusionMatrix =
    ConfusionMatrix(context.classes(word), context.loss.yesAbove())

/** The engine's metrics; those that are read off the same confusion matrix are one. */
internal fun List<MetricDescription>.metrics(context: MetricContext): List<Metric> = map { it.metric(context) }.distinctBy { it.name() }
