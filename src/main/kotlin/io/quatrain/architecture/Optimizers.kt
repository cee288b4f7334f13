package io.quatrain.architecture

import io.quatrain.optimize.Adagrad
import io.quatrain.optimize.Adam
import io.quatrain.optimize.Optimizer
import io.quatrain.optimize.Sgd
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
public data class SgdOptimizer(override val learningRate: Double) : OptimizerDescription {
    init {
        checkRate(learningRate)
    }

    override fun optimizer(): Optimizer = Sgd()
}

/** See [Adagrad]. */
@Serializable
@SerialName("adagrad")
public data class AdagradOptimizer @JvmOverloads constructor(
    override val learningRate: Double = 0.01,
    val epsilon: Double = 1e-10,
    val initialAccumulator: Double = 0.0,
) : OptimizerDescription {
    init {
        checkRate(learningRate)
        checkNotNegative("epsilon", epsilon, 1.0)
        checkNotNegative("initialAccumulator", initialAccumulator)
    }

    override fun optimizer(): Optimizer = Adagrad(epsilon, initialAccumulator)
}

/** See [Adam]. */
@Serializable
@SerialName("adam")
public data class AdamOptimizer @JvmOverloads constructor(
    override val learningRate: Double = 0.001,
    val beta1: Double = 0.9,
    val beta2: Double = 0.999,
    val epsilon: Double = 1e-8,
) : OptimizerDescription {
    init {
        checkRate(learningRate)
        checkShare("beta1", beta1)
        checkShare("beta2", beta2)
        checkNotNegative("epsilon", epsilon, 1.0)
    }

    override fun optimizer(): Optimizer = Adam(beta1, beta2, epsilon)
}

internal fun checkRate(learningRate: Double) {
    checkPositive("learningRate", learningRate, most = 1e4)
}
