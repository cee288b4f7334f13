package io.quatrain.architecture

import io.quatrain.optimize.LearningRate
import kotlinx.serialization.SerialName
import kotlinx.serialization.Serializable

/** What becomes of the optimizer's learning rate in the course of a run. */
@Serializable
public sealed interface Schedule {
    /** The engine's form, for an optimizer whose rate is [base]; it may remember, so every run makes its own. */
    public fun learningRate(base: Double): LearningRate
}

/** The same rate for every update. */
@Serializable
@SerialName("constant")
public data object ConstantSchedule : Schedule {
    override fun learningRate(base: Double): LearningRate = LearningRate.constant(base)
}
