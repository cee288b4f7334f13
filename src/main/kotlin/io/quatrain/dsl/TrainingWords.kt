package io.quatrain.dsl

import io.quatrain.architecture.AbsoluteDecay
import io.quatrain.architecture.AbsolutePercentageErrorLoss
import io.quatrain.architecture.AdadeltaOptimizer
import io.quatrain.architecture.AdagradOptimizer
import io.quatrain.architecture.AdamOptimizer
import io.quatrain.architecture.AdamWOptimizer
import io.quatrain.architecture.AdamaxOptimizer
import io.quatrain.architecture.AveragedSgdOptimizer
import io.quatrain.architecture.BinaryCrossEntropyLoss
import io.quatrain.architecture.ClipByGlobalNorm
import io.quatrain.architecture.ClipByNorm
import io.quatrain.architecture.ClipByValue
import io.quatrain.architecture.ConstantSchedule
import io.quatrain.architecture.CosineRestartsSchedule
import io.quatrain.architecture.CosineSchedule
import io.quatrain.architecture.CosineSimilarityLoss
import io.quatrain.architecture.CosineWaveSchedule
import io.quatrain.architecture.CoupledDecay
import io.quatrain.architecture.CrossEntropyLoss
import io.quatrain.architecture.CustomSchedule
import io.quatrain.architecture.CyclicSchedule
import io.quatrain.architecture.DecoupledDecay
import io.quatrain.architecture.ExponentialSchedule
import io.quatrain.architecture.FtrlOptimizer
import io.quatrain.architecture.HingeLoss
import io.quatrain.architecture.HuberLoss
import io.quatrain.architecture.InTurnSchedule
import io.quatrain.architecture.InverseSquareRootSchedule
import io.quatrain.architecture.InverseTimeSchedule
import io.quatrain.architecture.KullbackLeiblerLoss
import io.quatrain.architecture.LambOptimizer
import io.quatrain.architecture.LinearSchedule
import io.quatrain.architecture.LionOptimizer
import io.quatrain.architecture.LogCoshLoss
import io.quatrain.architecture.MeanAbsoluteErrorLoss
import io.quatrain.architecture.MeanLoss
import io.quatrain.architecture.MeanSquaredErrorLoss
import io.quatrain.architecture.MilestoneSchedule
import io.quatrain.architecture.NadamOptimizer
import io.quatrain.architecture.OneCycleSchedule
import io.quatrain.architecture.PerEpochSchedule
import io.quatrain.architecture.PiecewiseSchedule
import io.quatrain.architecture.PlateauSchedule
import io.quatrain.architecture.PoissonLoss
import io.quatrain.architecture.PolynomialSchedule
import io.quatrain.architecture.RAdamOptimizer
import io.quatrain.architecture.RPropOptimizer
import io.quatrain.architecture.RateFactor
import io.quatrain.architecture.RiseSchedule
import io.quatrain.architecture.RmsPropOptimizer
import io.quatrain.architecture.Schedule
import io.quatrain.architecture.SgdOptimizer
import io.quatrain.architecture.SmoothAbsoluteErrorLoss
import io.quatrain.architecture.SmoothedSum
import io.quatrain.architecture.SoftmaxCrossEntropyLoss
import io.quatrain.architecture.SquaredLogarithmicErrorLoss
import io.quatrain.architecture.StepSchedule
import io.quatrain.architecture.WarmUpSchedule
import io.quatrain.architecture.WeightPenalty
import io.quatrain.loss.Form
import io.quatrain.optimize.Convention

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
public fun sgd(
    learningRate: Double,
    momentum: Double = 0.0,
    nesterov: Boolean = false,
    dampening: Double = 0.0,
    convention: Convention = Convention.PYTORCH,
): SgdOptimizer = SgdOptimizer(learningRate, momentum, nesterov, dampening, convention)

/** See [AdagradOptimizer]. */
public fun adagrad(
    learningRate: Double = 0.01,
    epsilon: Double = 1e-10,
    initialAccumulator: Double = 0.0,
    rateDecay: Double = 0.0,
    convention: Convention = Convention.PYTORCH,
): AdagradOptimizer = AdagradOptimizer(learningRate, epsilon, initialAccumulator, rateDecay, convention)

/** See [RmsPropOptimizer]. */
public fun rmsProp(
    learningRate: Double = 0.001,
    rho: Double = 0.99,
    epsilon: Double = 1e-8,
    momentum: Double = 0.0,
    centred: Boolean = false,
    convention: Convention = Convention.PYTORCH,
): RmsPropOptimizer = RmsPropOptimizer(learningRate, rho, epsilon, momentum, centred, convention)

/** See [AdadeltaOptimizer]. */
public fun adadelta(
    learningRate: Double = 1.0,
    rho: Double = 0.9,
    epsilon: Double = 1e-6,
): AdadeltaOptimizer = AdadeltaOptimizer(learningRate, rho, epsilon)

/** See [AdamOptimizer]. */
public fun adam(
    learningRate: Double = 0.001,
    beta1: Double = 0.9,
    beta2: Double = 0.999,
    epsilon: Double = 1e-8,
    amsgrad: Boolean = false,
    convention: Convention = Convention.PYTORCH,
): AdamOptimizer = AdamOptimizer(learningRate, beta1, beta2, epsilon, amsgrad, convention)

/** See [AdamWOptimizer]. */
public fun adamW(
    learningRate: Double = 0.001,
    decay: Double = 0.01,
    beta1: Double = 0.9,
    beta2: Double = 0.999,
    epsilon: Double = 1e-8,
): AdamWOptimizer = AdamWOptimizer(learningRate, decay, beta1, beta2, epsilon)

/** See [AdamaxOptimizer]. */
public fun adamax(
    learningRate: Double = 0.002,
    beta1: Double = 0.9,
    beta2: Double = 0.999,
    epsilon: Double = 1e-8,
    convention: Convention = Convention.PYTORCH,
): AdamaxOptimizer = AdamaxOptimizer(learningRate, beta1, beta2, epsilon, convention)

/** See [NadamOptimizer]. */
public fun nadam(
    learningRate: Double = 0.002,
    beta1: Double = 0.9,
    beta2: Double = 0.999,
    epsilon: Double = 1e-8,
    momentumDecay: Double = 0.004,
): NadamOptimizer = NadamOptimizer(learningRate, beta1, beta2, epsilon, momentumDecay)

/** See [RAdamOptimizer]. */
public fun rAdam(
    learningRate: Double = 0.001,
    beta1: Double = 0.9,
    beta2: Double = 0.999,
    epsilon: Double = 1e-8,
): RAdamOptimizer = RAdamOptimizer(learningRate, beta1, beta2, epsilon)

/** See [LionOptimizer]. */
public fun lion(
    learningRate: Double = 0.0001,
    beta1: Double = 0.9,
    beta2: Double = 0.99,
): LionOptimizer = LionOptimizer(learningRate, beta1, beta2)

/** See [RPropOptimizer]. */
public fun rProp(
    learningRate: Double = 0.01,
    shrink: Double = 0.5,
    grow: Double = 1.2,
    shortest: Double = 1e-6,
    longest: Double = 50.0,
): RPropOptimizer = RPropOptimizer(learningRate, shrink, grow, shortest, longest)

/** See [AveragedSgdOptimizer]. */
public fun averagedSgd(
    learningRate: Double = 0.01,
    lambda: Double = 1e-4,
    alpha: Double = 0.75,
    averageFrom: Double = 1e6,
): AveragedSgdOptimizer = AveragedSgdOptimizer(learningRate, lambda, alpha, averageFrom)

/** See [CoupledDecay]. */
public fun coupledDecay(coefficient: Double, biases: Boolean = false): CoupledDecay = CoupledDecay(coefficient, biases)

/** See [AbsoluteDecay]. */
public fun absoluteDecay(
    coefficient: Double,
    biases: Boolean = false,
): AbsoluteDecay = AbsoluteDecay(coefficient, biases)

/** See [DecoupledDecay]. */
public fun decoupledDecay(
    coefficient: Double,
    biases: Boolean = false,
): DecoupledDecay = DecoupledDecay(coefficient, biases)

/** See [WeightPenalty]. */
public fun penalty(
    absolute: Double = 0.0,
    square: Double = 0.0,
    biases: Boolean = false,
): WeightPenalty = WeightPenalty(absolute, square, biases)

/** See [ConstantSchedule]. */
public fun constant(): ConstantSchedule = ConstantSchedule

/** See [StepSchedule]. */
public fun stepDecay(factor: Double, every: Int): StepSchedule = StepSchedule(factor, every)

/** See [MilestoneSchedule]. */
public fun milestones(factor: Double, at: List<Int>): MilestoneSchedule = MilestoneSchedule(factor, at)

/** See [ExponentialSchedule]. */
public fun exponential(
    factor: Double,
    every: Int = 1,
    staircase: Boolean = false,
): ExponentialSchedule = ExponentialSchedule(factor, every, staircase)

/** See [InverseTimeSchedule]. */
public fun inverseTime(
    decay: Double,
    every: Int = 1,
    staircase: Boolean = false,
): InverseTimeSchedule = InverseTimeSchedule(decay, every, staircase)

/** See [PiecewiseSchedule]. */
public fun piecewise(
    boundaries: List<Int>,
    factors: List<Double>,
): PiecewiseSchedule = PiecewiseSchedule(boundaries, factors)

/** See [LinearSchedule]. */
public fun linear(updates: Int, end: Double = 0.0): LinearSchedule = LinearSchedule(updates, end)

/** See [PolynomialSchedule]. */
public fun polynomial(
    updates: Int,
    end: Double = 0.0,
    power: Double = 1.0,
    cycle: Boolean = false,
): PolynomialSchedule = PolynomialSchedule(updates, end, power, cycle)

/** See [CosineSchedule]. */
public fun cosine(updates: Int, end: Double = 0.0): CosineSchedule = CosineSchedule(updates, end)

/** See [CosineWaveSchedule]. */
public fun cosineWave(updates: Int, end: Double = 0.0): CosineWaveSchedule = CosineWaveSchedule(updates, end)

/** See [CosineRestartsSchedule]. */
public fun cosineRestarts(
    first: Int,
    end: Double = 0.0,
    lengthen: Double = 1.0,
    weaken: Double = 1.0,
): CosineRestartsSchedule = CosineRestartsSchedule(first, end, lengthen, weaken)

/** See [OneCycleSchedule]. */
public fun oneCycle(
    updates: Int,
    rise: Double = 0.3,
    divide: Double = 25.0,
    finalDivide: Double = 1e4,
    straight: Boolean = false,
    threePhases: Boolean = false,
): OneCycleSchedule = OneCycleSchedule(updates, rise, divide, finalDivide, straight, threePhases)

/** See [CyclicSchedule]. */
public fun cyclic(
    lowest: Double,
    up: Int,
    down: Int = up,
    shrink: Double = 1.0,
    fade: Double = 1.0,
): CyclicSchedule = CyclicSchedule(lowest, up, down, shrink, fade)

/** See [InverseSquareRootSchedule]. */
public fun inverseSquareRoot(warmUp: Int): InverseSquareRootSchedule = InverseSquareRootSchedule(warmUp)

/** See [PlateauSchedule]. */
public fun reduceOnPlateau(
    factor: Double = 0.1,
    patience: Int = 10,
    threshold: Double = 1e-4,
    relative: Boolean = true,
    cooldown: Int = 0,
    least: Double = 0.0,
): PlateauSchedule = PlateauSchedule(factor, patience, threshold, relative, cooldown, least)

/** See [RiseSchedule]. */
public fun reduceOnRise(factor: Double = 0.5, least: Double = 0.0): RiseSchedule = RiseSchedule(factor, least)

/** See [WarmUpSchedule]. */
public fun warmUp(
    updates: Int,
    schedule: Schedule = ConstantSchedule,
): WarmUpSchedule = WarmUpSchedule(updates, schedule)

/** See [InTurnSchedule]. */
public fun inTurn(updates: Int, first: Schedule, next: Schedule): InTurnSchedule = InTurnSchedule(updates, first, next)

/** See [PerEpochSchedule]. */
public fun perEpoch(schedule: Schedule): PerEpochSchedule = PerEpochSchedule(schedule)

/** See [ClipByValue]. */
public fun clipByValue(limit: Double): ClipByValue = ClipByValue(limit)

/** See [ClipByNorm]. */
public fun clipByNorm(limit: Double): ClipByNorm = ClipByNorm(limit)

/** See [ClipByGlobalNorm]. */
public fun clipByGlobalNorm(limit: Double): ClipByGlobalNorm = ClipByGlobalNorm(limit)

/** See [MeanLoss]. */
public fun meanLoss(): MeanLoss = MeanLoss

/** See [SmoothedSum]. */
public fun smoothedSum(keep: Double = 0.999): SmoothedSum = SmoothedSum(keep)

/** See [LambOptimizer]. */
public fun lamb(
    learningRate: Double = 0.001,
    beta1: Double = 0.9,
    beta2: Double = 0.999,
    epsilon: Double = 1e-7,
): LambOptimizer = LambOptimizer(learningRate, beta1, beta2, epsilon)

/** See [FtrlOptimizer]. */
public fun ftrl(
    learningRate: Double = 0.001,
    power: Double = -0.5,
    initialAccumulator: Double = 0.1,
    absolute: Double = 0.0,
    square: Double = 0.0,
    shrinkage: Double = 0.0,
    beta: Double = 0.0,
): FtrlOptimizer = FtrlOptimizer(learningRate, power, initialAccumulator, absolute, square, shrinkage, beta)

/** See [PoissonLoss]. */
public fun poisson(logarithms: Boolean = true, epsilon: Double = 1e-7): PoissonLoss = PoissonLoss(logarithms, epsilon)

/** See [CosineSimilarityLoss]. */
public fun cosineSimilarity(): CosineSimilarityLoss = CosineSimilarityLoss

/** See [HingeLoss]. */
public fun hinge(squared: Boolean = false): HingeLoss = HingeLoss(squared)

/** See [AbsolutePercentageErrorLoss]. */
public fun absolutePercentageError(): AbsolutePercentageErrorLoss = AbsolutePercentageErrorLoss

/** See [SquaredLogarithmicErrorLoss]. */
public fun squaredLogarithmicError(): SquaredLogarithmicErrorLoss = SquaredLogarithmicErrorLoss

/**
 * A schedule of one's own: `custom("halving") { update, _ -> 1.0 / (1 + update / 1000) }`. See [CustomSchedule].
 */
public fun custom(name: String, factor: RateFactor): CustomSchedule = CustomSchedule(name, factor)

/** The name of a schedule whose code is elsewhere: what a [CustomSchedule] prints as. */
public fun custom(name: String): CustomSchedule = CustomSchedule(name)
