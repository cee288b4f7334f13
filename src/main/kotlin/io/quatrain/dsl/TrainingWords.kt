package io.quatrain.dsl

import io.quatrain.architecture.AdagradOptimizer
import io.quatrain.architecture.AdamOptimizer
import io.quatrain.architecture.BinaryCrossEntropyLoss
import io.quatrain.architecture.ClipByGlobalNorm
import io.quatrain.architecture.ClipByValue
import io.quatrain.architecture.ConstantSchedule
import io.quatrain.architecture.CrossEntropyLoss
import io.quatrain.architecture.HuberLoss
import io.quatrain.architecture.KullbackLeiblerLoss
import io.quatrain.architecture.LogCoshLoss
import io.quatrain.architecture.MeanAbsoluteErrorLoss
import io.quatrain.architecture.MeanLoss
import io.quatrain.architecture.MeanSquaredErrorLoss
import io.quatrain.architecture.SgdOptimizer
import io.quatrain.architecture.SmoothAbsoluteErrorLoss
import io.quatrain.architecture.SmoothedSum
import io.quatrain.architecture.SoftmaxCrossEntropyLoss
import io.quatrain.loss.Form

/** See [SoftmaxCrossEntropyLoss]. */
public fun softmaxCrossEntropy(
    labelSmoothing: Double = 0.0,
    classWeights: List<Double>? = null,
): SoftmaxCrossEntropyLoss = SoftmaxCrossEntropyLoss(labelSmoothing, classWeights)

/** See [CrossEntropyLoss]. */
public fun crossEntropy(
    form: Form = Form.PROBABILITIES,
    labelSmoothing: Double = 0.0,
    classWeights: List<Double>? = null,
): CrossEntropyLoss = CrossEntropyLoss(form, labelSmoothing, classWeights)

/** See [BinaryCrossEntropyLoss]. */
public fun binaryCrossEntropy(
    form: Form = Form.LOGITS,
    clip: Double = 0.0,
    labelSmoothing: Double = 0.0,
    positiveWeights: List<Double>? = null,
): BinaryCrossEntropyLoss = BinaryCrossEntropyLoss(form, clip, labelSmoothing, positiveWeights)

/** See [MeanSquaredErrorLoss]. */
public fun meanSquaredError(): MeanSquaredErrorLoss = MeanSquaredErrorLoss

/** See [MeanAbsoluteErrorLoss]. */
public fun meanAbsoluteError(): MeanAbsoluteErrorLoss = MeanAbsoluteErrorLoss

/** See [HuberLoss]. */
public fun huber(delta: Double = 1.0): HuberLoss = HuberLoss(delta)

/** See [SmoothAbsoluteErrorLoss]. */
public fun smoothAbsoluteError(beta: Double = 1.0): SmoothAbsoluteErrorLoss = SmoothAbsoluteErrorLoss(beta)

/** See [LogCoshLoss]. */
public fun logCosh(): LogCoshLoss = LogCoshLoss

/** See [KullbackLeiblerLoss]. */
public fun kullbackLeibler(
    form: Form = Form.LOGITS,
    clip: Double = 0.0,
    targetsAreLogarithms: Boolean = false,
): KullbackLeiblerLoss = KullbackLeiblerLoss(form, clip, targetsAreLogarithms)

/** See [SgdOptimizer]. */
public fun sgd(learningRate: Double): SgdOptimizer = SgdOptimizer(learningRate)

/** See [AdagradOptimizer]. */
public fun adagrad(
    learningRate: Double = 0.01,
    epsilon: Double = 1e-10,
    initialAccumulator: Double = 0.0,
): AdagradOptimizer = AdagradOptimizer(learningRate, epsilon, initialAccumulator)

/** See [AdamOptimizer]. */
public fun adam(
    learningRate: Double = 0.001,
    beta1: Double = 0.9,
    beta2: Double = 0.999,
    epsilon: Double = 1e-8,
): AdamOptimizer = AdamOptimizer(learningRate, beta1, beta2, epsilon)

/** See [ConstantSchedule]. */
public fun constant(): ConstantSchedule = ConstantSchedule

/** See [ClipByValue]. */
public fun clipByValue(limit: Double): ClipByValue = ClipByValue(limit)

/** See [ClipByGlobalNorm]. */
public fun clipByGlobalNorm(limit: Double): ClipByGlobalNorm = ClipByGlobalNorm(limit)

/** See [MeanLoss]. */
public fun meanLoss(): MeanLoss = MeanLoss

/** See [SmoothedSum]. */
public fun smoothedSum(keep: Double = 0.999): SmoothedSum = SmoothedSum(keep)
