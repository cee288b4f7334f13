package io.quatrain.architecture

import io.quatrain.optimize.Adadelta
import io.quatrain.optimize.Adagrad
import io.quatrain.optimize.Adam
import io.quatrain.optimize.Adamax
import io.quatrain.optimize.Asgd
import io.quatrain.optimize.Constraint
import io.quatrain.optimize.Convention
import io.quatrain.optimize.Ftrl
import io.quatrain.optimize.Lamb
import io.quatrain.optimize.Lion
import io.quatrain.optimize.Nadam
import io.quatrain.optimize.Optimizer
import io.quatrain.optimize.Penalty
import io.quatrain.optimize.RAdam
import io.quatrain.optimize.RProp
import io.quatrain.optimize.RmsProp
import io.quatrain.optimize.Sgd
import io.quatrain.optimize.WeightDecay
import kotlinx.serialization.SerialName
import kotlinx.serialization.Serializable

/** How parameters follow their gradients. */
@Serializable
public sealed interface OptimizerDescription {
    /** The rate that a [Schedule] multiplies. */
    public val learningRate: Double

    /** The engine's form; it remembers, so every run makes its own. */
    public fun optimizer(): Optimizer
}

/** See [Sgd]. */
@Serializable
@SerialName("sgd")
public data class SgdOptimizer @JvmOverloads constructor(
    override val learningRate: Double,
    val momentum: Double = 0.0,
    val nesterov: Boolean = false,
    val dampening: Double = 0.0,
    @Serializable(ConventionSerializer::class) val convention: Convention = Convention.PYTORCH,
) : OptimizerDescription {
    init {
        checkRate(learningRate)
        checkShare("momentum", momentum)
        checkShare("dampening", dampening, one = true)
        require(!nesterov || momentum > 0) { "nesterov needs a momentum; say momentum = 0.9" }
        require(dampening == 0.0 || convention != Convention.KERAS) { "dampening must be 0 in the convention keras, got $dampening" }
    }

    override fun optimizer(): Optimizer = Sgd(momentum, dampening, nesterov, convention)
}

/** See [Adagrad]. */
@Serializable
@SerialName("adagrad")
public data class AdagradOptimizer @JvmOverloads constructor(
    override val learningRate: Double = 0.01,
    val epsilon: Double = 1e-10,
    val initialAccumulator: Double = 0.0,
    val rateDecay: Double = 0.0,
    @Serializable(ConventionSerializer::class) val convention: Convention = Convention.PYTORCH,
) : OptimizerDescription {
    init {
        checkRate(learningRate)
        checkNotNegative("epsilon", epsilon, 1.0)
        checkNotNegative("initialAccumulator", initialAccumulator)
        checkNotNegative("rateDecay", rateDecay)
    }

    override fun optimizer(): Optimizer = Adagrad(epsilon, initialAccumulator, rateDecay, convention)
}

/** See [RmsProp]. */
@Serializable
@SerialName("rmsProp")
public data class RmsPropOptimizer @JvmOverloads constructor(
    override val learningRate: Double = 0.001,
    val rho: Double = 0.99,
    val epsilon: Double = 1e-8,
    val momentum: Double = 0.0,
    val centred: Boolean = false,
    @Serializable(ConventionSerializer::class) val convention: Convention = Convention.PYTORCH,
) : OptimizerDescription {
    init {
        checkRate(learningRate)
        checkShare("rho", rho)
        checkNotNegative("epsilon", epsilon, 1.0)
        checkShare("momentum", momentum)
    }

    override fun optimizer(): Optimizer = RmsProp(rho, epsilon, momentum, centred, convention)
}

/** See [Adadelta]. */
@Serializable
@SerialName("adadelta")
public data class AdadeltaOptimizer @JvmOverloads constructor(
    override val learningRate: Double = 1.0,
    val rho: Double = 0.9,
    val epsilon: Double = 1e-6,
) : OptimizerDescription {
    init {
        checkRate(learningRate)
        checkShare("rho", rho)
        checkNotNegative("epsilon", epsilon, 1.0)
    }

    override fun optimizer(): Optimizer = Adadelta(rho, epsilon)
}

/** See [Adam]. */
@Serializable
@SerialName("adam")
public data class AdamOptimizer @JvmOverloads constructor(
    override val learningRate: Double = 0.001,
    val beta1: Double = 0.9,
    val beta2: Double = 0.999,
    val epsilon: Double = 1e-8,
    val amsgrad: Boolean = false,
    @Serializable(ConventionSerializer::class) val convention: Convention = Convention.PYTORCH,
) : OptimizerDescription {
    init {
        checkRate(learningRate)
        checkMoments(beta1, beta2, epsilon)
    }

    override fun optimizer(): Optimizer = Adam(beta1, beta2, epsilon, amsgrad, convention)
}

/** See [Adam.withDecoupledDecay]. */
@Serializable
@SerialName("adamW")
public data class AdamWOptimizer @JvmOverloads constructor(
    override val learningRate: Double = 0.001,
    val decay: Double = 0.01,
    val beta1: Double = 0.9,
    val beta2: Double = 0.999,
    val epsilon: Double = 1e-8,
) : OptimizerDescription {
    init {
        checkRate(learningRate)
        checkNotNegative("decay", decay)
        checkShare("beta1", beta1)
        checkShare("beta2", beta2)
        checkNotNegative("epsilon", epsilon, 1.0)
    }

    override fun optimizer(): Optimizer = Adam.withDecoupledDecay(beta1, beta2, epsilon, decay)
}

/** See [Adamax]. */
@Serializable
@SerialName("adamax")
public data class AdamaxOptimizer @JvmOverloads constructor(
    override val learningRate: Double = 0.002,
    val beta1: Double = 0.9,
    val beta2: Double = 0.999,
    val epsilon: Double = 1e-8,
    @Serializable(ConventionSerializer::class) val convention: Convention = Convention.PYTORCH,
) : OptimizerDescription {
    init {
        checkRate(learningRate)
        checkMoments(beta1, beta2, epsilon)
    }

    override fun optimizer(): Optimizer = Adamax(beta1, beta2, epsilon, convention)
}

/** See [Nadam]. */
@Serializable
@SerialName("nadam")
public data class NadamOptimizer @JvmOverloads constructor(
    override val learningRate: Double = 0.002,
    val beta1: Double = 0.9,
    val beta2: Double = 0.999,
    val epsilon: Double = 1e-8,
    val momentumDecay: Double = 0.004,
) : OptimizerDescription {
    init {
        checkRate(learningRate)
        checkMoments(beta1, beta2, epsilon)
        checkNotNegative("momentumDecay", momentumDecay)
    }

    override fun optimizer(): Optimizer = Nadam(beta1, beta2, epsilon, momentumDecay)
}

/** See [RAdam]. */
@Serializable
@SerialName("rAdam")
public data class RAdamOptimizer @JvmOverloads constructor(
    override val learningRate: Double = 0.001,
    val beta1: Double = 0.9,
    val beta2: Double = 0.999,
    val epsilon: Double = 1e-8,
) : OptimizerDescription {
    init {
        checkRate(learningRate)
        checkMoments(beta1, beta2, epsilon)
    }

    override fun optimizer(): Optimizer = RAdam(beta1, beta2, epsilon)
}

/** See [Lion]. */
@Serializable
@SerialName("lion")
public data class LionOptimizer @JvmOverloads constructor(
    override val learningRate: Double = 0.0001,
    val beta1: Double = 0.9,
    val beta2: Double = 0.99,
) : OptimizerDescription {
    init {
        checkRate(learningRate)
        checkShare("beta1", beta1)
        checkShare("beta2", beta2)
    }

    override fun optimizer(): Optimizer = Lion(beta1, beta2)
}

/** See [RProp]. */
@Serializable
@SerialName("rProp")
public data class RPropOptimizer @JvmOverloads constructor(
    override val learningRate: Double = 0.01,
    val shrink: Double = 0.5,
    val grow: Double = 1.2,
    val shortest: Double = 1e-6,
    val longest: Double = 50.0,
) : OptimizerDescription {
    init {
        checkRate(learningRate)
        require(shrink > 0 && shrink < 1) { "shrink must be above 0 and below 1, got $shrink" }
        require(grow > 1 && grow <= 1e6) { "grow must be above 1 and at most 1000000, got $grow" }
        checkNotNegative("shortest", shortest)
        require(longest >= shortest && longest <= 1e6) { "longest must be at least shortest, $shortest, and at most 1000000, got $longest" }
    }

    override fun optimizer(): Optimizer = RProp(shrink, grow, shortest, longest)
}

/** See [Asgd]. */
@Serializable
@SerialName("averagedSgd")
public data class AveragedSgdOptimizer @JvmOverloads constructor(
    override val learningRate: Double = 0.01,
    val lambda: Double = 1e-4,
    val alpha: Double = 0.75,
    val averageFrom: Double = 1e6,
) : OptimizerDescription {
    init {
        checkRate(learningRate)
        checkNotNegative("lambda", lambda)
        checkNotNegative("alpha", alpha)
        checkNotNegative("averageFrom", averageFrom, 1e18)
    }

    override fun optimizer(): Optimizer = Asgd(lambda, alpha, averageFrom)
}

/** See [Lamb]. */
@Serializable
@SerialName("lamb")
public data class LambOptimizer @JvmOverloads constructor(
    override val learningRate: Double = 0.001,
    val beta1: Double = 0.9,
    val beta2: Double = 0.999,
    val epsilon: Double = 1e-7,
) : OptimizerDescription {
    init {
        checkRate(learningRate)
        checkMoments(beta1, beta2, epsilon)
    }

    override fun optimizer(): Optimizer = Lamb(beta1, beta2, epsilon)
}

/** See [Ftrl]. */
@Serializable
@SerialName("ftrl")
public data class FtrlOptimizer @JvmOverloads constructor(
    override val learningRate: Double = 0.001,
    val power: Double = -0.5,
    val initialAccumulator: Double = 0.1,
    val absolute: Double = 0.0,
    val square: Double = 0.0,
    val shrinkage: Double = 0.0,
    val beta: Double = 0.0,
) : OptimizerDescription {
    init {
        checkRate(learningRate)
        require(power in -1.0..0.0) { "power must be from -1 to 0, got $power" }
        checkNotNegative("initialAccumulator", initialAccumulator)
        checkNotNegative("absolute", absolute)
        checkNotNegative("square", square)
        checkNotNegative("shrinkage", shrinkage)
        checkNotNegative("beta", beta)
    }

    override fun optimizer(): Optimizer = Ftrl(power, initialAccumulator, absolute, square, shrinkage, beta)
}

/** The numbers of Adam and of all that keep a mean of the gradients and of their squares. */
private fun checkMoments(beta1: Double, beta2: Double, epsilon: Double) {
    checkShare("beta1", beta1)
    checkShare("beta2", beta2)
    checkNotNegative("epsilon", epsilon, 1.0)
}

internal fun checkRate(learningRate: Double) {
    checkPositive("learningRate", learningRate, most = 1e4)
}

/** What pulls weights towards zero. */
@Serializable
public sealed interface WeightDecayDescription {
    /** How strongly. */
    public val coefficient: Double

    /** Whether biases decay too. */
    public val biases: Boolean

    /** The engine's form. */
    public fun weightDecay(): WeightDecay
}

/** See [WeightDecay.coupled]. */
@Serializable
@SerialName("coupledDecay")
public data class CoupledDecay @JvmOverloads constructor(
    override val coefficient: Double,
    override val biases: Boolean = false,
) : WeightDecayDescription {
    init {
        checkNotNegative("coefficient", coefficient)
    }

    override fun weightDecay(): WeightDecay = chosen(WeightDecay.coupled(coefficient))
}

/** See [WeightDecay.absolute]. */
@Serializable
@SerialName("absoluteDecay")
public data class AbsoluteDecay @JvmOverloads constructor(
    override val coefficient: Double,
    override val biases: Boolean = false,
) : WeightDecayDescription {
    init {
        checkNotNegative("coefficient", coefficient)
    }

    override fun weightDecay(): WeightDecay = chosen(WeightDecay.absolute(coefficient))
}

/** See [WeightDecay.decoupled]. */
@Serializable
@SerialName("decoupledDecay")
public data class DecoupledDecay @JvmOverloads constructor(
    override val coefficient: Double,
    override val biases: Boolean = false,
) : WeightDecayDescription {
    init {
        checkNotNegative("coefficient", coefficient)
    }

    override fun weightDecay(): WeightDecay = chosen(WeightDecay.decoupled(coefficient))
}

/**
 * See [Penalty]: [absolute]·Σ|w| + [square]·Σw² is added to the loss.
 *
 * @property biases whether biases count too
 */
@Serializable
@SerialName("penalty")
public data class WeightPenalty @JvmOverloads constructor(
    val absolute: Double = 0.0,
    val square: Double = 0.0,
    val biases: Boolean = false,
) {
    init {
        checkNotNegative("absolute", absolute)
        checkNotNegative("square", square)
    }

    /** The engine's form. */
    public fun penalty(): Penalty = Penalty(absolute, square) { biases || it.columns() > 1 }
}

/** Biases are the parameters of one column. */
private fun WeightDecayDescription.chosen(decay: WeightDecay): WeightDecay =
    if (biases) decay else decay.where { it.columns() > 1 }

/** The engine's optimizer with decay, with every row of a weight matrix kept to the norm [maxNorm], and with averages. */
internal fun OptimizerDescription.optimizer(decay: WeightDecayDescription?, maxNorm: Double?, average: WeightAverage?): Optimizer {
    val optimizer = optimizer()
    if (decay != null) optimizer.decaying(decay.weightDecay())
    if (maxNorm != null) optimizer.constrained(Constraint.maxNormOfRows(maxNorm)) { it.columns() > 1 }
    if (average != null) optimizer.averaging(average.momentum, average.overwriteEvery)
    return optimizer
}
