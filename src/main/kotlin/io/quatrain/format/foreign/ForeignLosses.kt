package io.quatrain.format.foreign

import io.quatrain.loss.AbsolutePercentageError
import io.quatrain.loss.BinaryCrossEntropy
import io.quatrain.loss.ColumnLoss
import io.quatrain.loss.CosineSimilarity
import io.quatrain.loss.CrossEntropy
import io.quatrain.loss.Form
import io.quatrain.loss.Hinge
import io.quatrain.loss.Huber
import io.quatrain.loss.KullbackLeibler
import io.quatrain.loss.LogCosh
import io.quatrain.loss.MeanAbsoluteError
import io.quatrain.loss.MeanSquaredError
import io.quatrain.loss.Poisson
import io.quatrain.loss.Reduction
import io.quatrain.loss.SoftmaxCrossEntropy
import io.quatrain.loss.SquaredLogarithmicError

/**
 * Another framework's loss.
 *
 * @property reduction null for none: every column's own loss
 * @property elementwise PyTorch's losses of numbers, which reduce over every element: give them one column an element
 * @property perBatch what is summed is divided by the size of the first axis
 * @property ofClasses whether targets are class indices unless they have the prediction's shape
 * @property ignored the class that does not count, or null
 */
public class ForeignLoss(
    public val loss: ColumnLoss,
    public val reduction: Reduction?,
    public val elementwise: Boolean = false,
    public val ofClasses: Boolean = false,
    public val ignored: Int? = null,
    public val perBatch: Boolean = false,
)

/** A loss by its class name and options in another framework, with its defaults there. */
public fun foreignLoss(framework: Framework, name: String, options: ForeignOptions, classWeights: DoubleArray? = null): ForeignLoss =
    when (framework) {
        Framework.PYTORCH -> pytorch(name, options, classWeights)
        Framework.KERAS -> keras(name, options)
        Framework.ONNX -> onnx(name, options, classWeights)
    }

private fun unknown(reduction: String): Nothing = throw UnsupportedForeignException("the reduction \"$reduction\" has no counterpart")

private fun pytorch(name: String, options: ForeignOptions, classWeights: DoubleArray?): ForeignLoss {
    val reduction = options.textOrNull("reduction") ?: "mean"
    val classLike = when (reduction) {
        "mean" -> Reduction.MEAN
        "sum" -> Reduction.SUM
        "none" -> null
        "batchmean" -> Reduction.SUM
        else -> unknown(reduction)
    }
    val smoothing = options.number("label_smoothing", 0.0)
    val ignored = options.number("ignore_index", -100.0).toInt()
    val loss = when (name.removeSuffix("Loss")) {
        "CrossEntropy" -> return ForeignLoss(SoftmaxCrossEntropy(smoothing, classWeights), classLike, false, true, ignored)
        "NLL" -> return ForeignLoss(CrossEntropy(Form.LOG_PROBABILITIES, 0.0, classWeights), classLike, false, true, ignored)
        "MSE" -> MeanSquaredError()
        "L1" -> MeanAbsoluteError()
        "SmoothL1" -> Huber.smoothAbsolute(options.number("beta", 1.0))
        "Huber" -> Huber(options.number("delta", 1.0))
        "BCE" -> BinaryCrossEntropy(Form.PROBABILITIES, 0.0, 0.0, null)
        "BCEWithLogits" -> BinaryCrossEntropy(Form.LOGITS, 0.0, 0.0, classWeights)
        "KLDiv" -> KullbackLeibler(Form.LOG_PROBABILITIES, 0.0, options.flag("log_target", false))
        "PoissonNLL" -> when {
            options.flag("full", false) -> throw UnsupportedForeignException("PyTorch's PoissonNLLLoss with the Stirling term (full), which no prediction changes")
            else -> Poisson(options.flag("log_input", true), options.number("eps", 1e-8))
        }
        else -> throw UnsupportedForeignException("PyTorch's loss $name has no counterpart; ${REASONS[name] ?: "a loss of one's own extends ValueLoss"}")
    }
    return ForeignLoss(loss, if (reduction == "mean") Reduction.MEAN_OVER_COUNT else classLike, elementwise = true, perBatch = reduction == "batchmean")
}

private fun keras(name: String, options: ForeignOptions): ForeignLoss {
    val reduction = when (val given = options.textOrNull("reduction") ?: "sum_over_batch_size") {
        "sum_over_batch_size", "mean" -> Reduction.MEAN_OVER_COUNT
        "mean_with_sample_weight" -> Reduction.MEAN
        "sum" -> Reduction.SUM
        "none" -> null
        else -> unknown(given)
    }
    val logits = options.flag("from_logits", false)
    val smoothing = options.number("label_smoothing", 0.0)
    val classes = if (logits) SoftmaxCrossEntropy(smoothing, null) else CrossEntropy(Form.PROBABILITIES, smoothing, null)
    return when (name) {
        "BinaryCrossentropy" -> ForeignLoss(
            if (logits) BinaryCrossEntropy(Form.LOGITS, 0.0, smoothing, null)
            else BinaryCrossEntropy(Form.PROBABILITIES, KERAS_CLIP, smoothing, null), reduction,
        )
        "CategoricalCrossentropy" -> ForeignLoss(classes, reduction)
        "SparseCategoricalCrossentropy" ->
            ForeignLoss(classes, reduction, ofClasses = true, ignored = options.numberOrNull("ignore_class")?.toInt())
        "MeanSquaredError" -> ForeignLoss(MeanSquaredError(), reduction)
        "MeanAbsoluteError" -> ForeignLoss(MeanAbsoluteError(), reduction)
        "Huber" -> ForeignLoss(Huber(options.number("delta", 1.0)), reduction)
        "LogCosh" -> ForeignLoss(LogCosh(), reduction)
        "MeanAbsolutePercentageError" -> ForeignLoss(AbsolutePercentageError(), reduction)
        "MeanSquaredLogarithmicError" -> ForeignLoss(SquaredLogarithmicError(), reduction)
        "Poisson" -> ForeignLoss(Poisson(false), reduction)
        "CosineSimilarity" -> ForeignLoss(CosineSimilarity(), reduction)
        "Hinge" -> ForeignLoss(Hinge(false), reduction)
        "SquaredHinge" -> ForeignLoss(Hinge(true), reduction)
        "KLDivergence" -> ForeignLoss(KullbackLeibler(Form.PROBABILITIES, KERAS_CLIP, false), reduction)
        else -> throw UnsupportedForeignException("Keras's loss $name has no counterpart; ${REASONS[name] ?: "a loss of one's own extends ValueLoss"}")
    }
}

private const val KERAS_CLIP = 1e-7

private val REASONS = mapOf(
    "CTCLoss" to "it sums over alignments, which no layer here gives",
    "CTC" to "it sums over alignments, which no layer here gives",
    "GaussianNLLLoss" to "it needs a variance beside the prediction",
    "BinaryFocalCrossentropy" to "rare classes are helped by class weights",
    "CategoricalFocalCrossentropy" to "rare classes are helped by class weights",
    "Dice" to "it is of images, not of sequences",
    "Tversky" to "it is of images, not of sequences",
)

private fun onnx(name: String, options: ForeignOptions, classWeights: DoubleArray?): ForeignLoss {
    val reduction = when (val given = options.textOrNull("reduction") ?: "mean") {
        "mean" -> Reduction.MEAN
        "sum" -> Reduction.SUM
        "none" -> null
        else -> unknown(given)
    }
    val loss = when (name) {
        "SoftmaxCrossEntropyLoss" -> SoftmaxCrossEntropy(0.0, classWeights)
        "NegativeLogLikelihoodLoss" -> CrossEntropy(Form.LOG_PROBABILITIES, 0.0, classWeights)
        else -> throw UnsupportedForeignException("ONNX's loss $name has no counterpart")
    }
    return ForeignLoss(loss, reduction, ofClasses = true, ignored = options.numberOrNull("ignore_index")?.toInt())
}
