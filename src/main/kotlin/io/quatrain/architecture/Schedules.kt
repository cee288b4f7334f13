package io.quatrain.architecture

import io.quatrain.optimize.LearningRate
import io.quatrain.optimize.ReduceOnPlateau
import io.quatrain.optimize.ReduceOnRise
import io.quatrain.optimize.Schedules
import kotlinx.serialization.SerialName
import kotlinx.serialization.Serializable
import kotlinx.serialization.Transient

/**
 * What becomes of the optimizer's learning rate, the base, in the course of a run. `end`, `least` and their kin are shares of
 * the base; updates become epochs inside [PerEpochSchedule].
 */
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

/** See [Schedules.step]. */
@Serializable
@SerialName("stepDecay")
public data class StepSchedule(val factor: Double, val every: Int) : Schedule {
    init {
        checkPositive("factor", factor, 1e3)
        checkUpdates("every", every)
    }

    override fun learningRate(base: Double): LearningRate = Schedules.step(base, factor, every.toLong())
}

/** See [Schedules.multiStep]: times [factor] at each of the updates [at]. */
@Serializable
@SerialName("milestones")
public data class MilestoneSchedule(val factor: Double, val at: List<Int>) : Schedule {
    init {
        checkPositive("factor", factor, 1e3)
        checkRising("at", at)
    }

    override fun learningRate(base: Double): LearningRate = Schedules.multiStep(base, factor, *longs(at))
}

/** See [Schedules.exponential]. */
@Serializable
@SerialName("exponential")
public data class ExponentialSchedule @JvmOverloads constructor(
    val factor: Double,
    val every: Int = 1,
    val staircase: Boolean = false,
) : Schedule {
    init {
        checkPositive("factor", factor, 1e3)
        checkUpdates("every", every)
    }

    override fun learningRate(base: Double): LearningRate = Schedules.exponential(base, factor, every.toDouble(), staircase)
}

/** See [Schedules.inverseTime]. */
@Serializable
@SerialName("inverseTime")
public data class InverseTimeSchedule @JvmOverloads constructor(
    val decay: Double,
    val every: Int = 1,
    val staircase: Boolean = false,
) : Schedule {
    init {
        checkNotNegative("decay", decay)
        checkUpdates("every", every)
    }

    override fun learningRate(base: Double): LearningRate = Schedules.inverseTime(base, decay, every.toDouble(), staircase)
}

/** See [Schedules.piecewise]: the base times factors[i] up to the update boundaries[i], then times the last factor. */
@Serializable
@SerialName("piecewise")
public data class PiecewiseSchedule(val boundaries: List<Int>, val factors: List<Double>) : Schedule {
    init {
        checkRising("boundaries", boundaries)
        factors.forEachIndexed { i, factor -> checkPositive("factors[$i]", factor, 1e3) }
        require(factors.size == boundaries.size + 1) { "factors must be one more than the ${boundaries.size} boundaries, got ${factors.size}" }
    }

    override fun learningRate(base: Double): LearningRate = Schedules.piecewise(longs(boundaries), factors.map { base * it }.toDoubleArray())
}

/** See [Schedules.linear]. */
@Serializable
@SerialName("linear")
public data class LinearSchedule @JvmOverloads constructor(val updates: Int, val end: Double = 0.0) : Schedule {
    init {
        checkUpdates("updates", updates)
        checkPart("end", end)
    }

    override fun learningRate(base: Double): LearningRate = Schedules.linear(base, base * end, updates.toDouble())
}

/** See [Schedules.polynomial]. */
@Serializable
@SerialName("polynomial")
public data class PolynomialSchedule @JvmOverloads constructor(
    val updates: Int,
    val end: Double = 0.0,
    val power: Double = 1.0,
    val cycle: Boolean = false,
) : Schedule {
    init {
        checkUpdates("updates", updates)
        checkPart("end", end)
        checkPositive("power", power, 100.0)
    }

    override fun learningRate(base: Double): LearningRate = Schedules.polynomial(base, base * end, updates.toDouble(), power, cycle)
}

/** See [Schedules.cosine]. */
@Serializable
@SerialName("cosine")
public data class CosineSchedule @JvmOverloads constructor(val updates: Int, val end: Double = 0.0) : Schedule {
    init {
        checkUpdates("updates", updates)
        checkPart("end", end)
    }

    override fun learningRate(base: Double): LearningRate = Schedules.cosine(base, base * end, updates.toDouble())
}

/** See [Schedules.cosineWave]. */
@Serializable
@SerialName("cosineWave")
public data class CosineWaveSchedule @JvmOverloads constructor(val updates: Int, val end: Double = 0.0) : Schedule {
    init {
        checkUpdates("updates", updates)
        checkPart("end", end)
    }

    override fun learningRate(base: Double): LearningRate = Schedules.cosineWave(base, base * end, updates.toDouble())
}

/** See [Schedules.cosineRestarts]. */
@Serializable
@SerialName("cosineRestarts")
public data class CosineRestartsSchedule @JvmOverloads constructor(
    val first: Int,
    val end: Double = 0.0,
    val lengthen: Double = 1.0,
    val weaken: Double = 1.0,
) : Schedule {
    init {
        checkUpdates("first", first)
        checkPart("end", end)
        require(lengthen >= 1 && lengthen <= 100) { "lengthen must be from 1 to 100, got $lengthen" }
        checkPositive("weaken", weaken, 1.0)
    }

    override fun learningRate(base: Double): LearningRate = Schedules.cosineRestarts(base, base * end, first.toDouble(), lengthen, weaken)
}

/**
 * See [Schedules.oneCycle]; the base is the highest rate.
 *
 * @property straight up and down in lines, not along cosines
 */
@Serializable
@SerialName("oneCycle")
public data class OneCycleSchedule @JvmOverloads constructor(
    val updates: Int,
    val rise: Double = 0.3,
    val divide: Double = 25.0,
    val finalDivide: Double = 1e4,
    val straight: Boolean = false,
    val threePhases: Boolean = false,
) : Schedule {
    init {
        checkUpdates("updates", updates)
        checkShare("rise", rise, one = true)
        checkPositive("divide", divide, 1e9)
        checkPositive("finalDivide", finalDivide, 1e9)
    }

    override fun learningRate(base: Double): LearningRate = Schedules.oneCycle(
        base, updates.toLong(), rise, divide, finalDivide, if (straight) Schedules.Curve.LINEAR else Schedules.Curve.COSINE, threePhases,
    )
}

/** See [Schedules.cyclic]; the base is the highest rate. */
@Serializable
@SerialName("cyclic")
public data class CyclicSchedule @JvmOverloads constructor(
    val lowest: Double,
    val up: Int,
    val down: Int = up,
    val shrink: Double = 1.0,
    val fade: Double = 1.0,
) : Schedule {
    init {
        checkPart("lowest", lowest)
        checkUpdates("up", up)
        checkUpdates("down", down)
        checkPositive("shrink", shrink, 1.0)
        checkPositive("fade", fade, 1.0)
    }

    override fun learningRate(base: Double): LearningRate = Schedules.cyclic(base * lowest, base, up.toDouble(), down.toDouble(), shrink, fade)
}

/** See [Schedules.inverseSquareRoot]; the base is the highest rate. */
@Serializable
@SerialName("inverseSquareRoot")
public data class InverseSquareRootSchedule(val warmUp: Int) : Schedule {
    init {
        checkUpdates("warmUp", warmUp)
    }

    override fun learningRate(base: Double): LearningRate = Schedules.inverseSquareRoot(base, warmUp.toDouble())
}

/** See [ReduceOnPlateau]. */
@Serializable
@SerialName("reduceOnPlateau")
public data class PlateauSchedule @JvmOverloads constructor(
    val factor: Double = 0.1,
    val patience: Int = 10,
    val threshold: Double = 1e-4,
    val relative: Boolean = true,
    val cooldown: Int = 0,
    val least: Double = 0.0,
) : Schedule {
    init {
        checkBelowOne("factor", factor)
        checkNotNegative("patience", patience)
        checkNotNegative("threshold", threshold)
        checkNotNegative("cooldown", cooldown)
        checkPart("least", least)
    }

    override fun learningRate(base: Double): LearningRate = ReduceOnPlateau(base, factor, patience, threshold, relative, false, cooldown, base * least, 0.0)
}

/** See [ReduceOnRise]: halves when the loss rises. */
@Serializable
@SerialName("reduceOnRise")
public data class RiseSchedule @JvmOverloads constructor(val factor: Double = 0.5, val least: Double = 0.0) : Schedule {
    init {
        checkBelowOne("factor", factor)
        checkPart("least", least)
    }

    override fun learningRate(base: Double): LearningRate = ReduceOnRise(base, factor, base * least)
}

/** See [LearningRate.warmedUp]: [schedule], times a straight rise over the first [updates]. */
@Serializable
@SerialName("warmUp")
public data class WarmUpSchedule @JvmOverloads constructor(val updates: Int, val schedule: Schedule = ConstantSchedule) : Schedule {
    init {
        checkUpdates("updates", updates)
    }

    override fun learningRate(base: Double): LearningRate = schedule.learningRate(base).warmedUp(updates.toLong())
}

/** See [LearningRate.then]: [first] for so many [updates], then [next], which counts from the beginning. */
@Serializable
@SerialName("inTurn")
public data class InTurnSchedule(val updates: Int, val first: Schedule, val next: Schedule) : Schedule {
    init {
        checkUpdates("updates", updates)
    }

    override fun learningRate(base: Double): LearningRate = first.learningRate(base).then(updates.toLong(), next.learningRate(base))
}

/** See [LearningRate.perEpoch]: what [schedule] says of updates is meant of epochs. */
@Serializable
@SerialName("perEpoch")
public data class PerEpochSchedule(val schedule: Schedule) : Schedule {
    override fun learningRate(base: Double): LearningRate = schedule.learningRate(base).perEpoch()
}

/** Times what [RateFactor] says; see [CustomSchedule]. */
public fun interface RateFactor {
    /**
     * What the base rate is multiplied by: at least 0.
     *
     * @param update counts from 1
     * @param epoch how many times the data was gone through before this update, with its fraction
     */
    public fun at(update: Long, epoch: Double): Double
}

/**
 * A schedule of one's own, as code: PyTorch's LambdaLR, Keras's LearningRateScheduler. Files hold its [name] only, so a model that
 * was trained by it can be used and shown, but to go on with the training takes the program or script that has the code.
 * Two are equal when their names are.
 */
@Serializable
@SerialName("custom")
public data class CustomSchedule @JvmOverloads constructor(
    val name: String,
    @Transient private val factor: RateFactor? = null,
) : Schedule {
    override fun learningRate(base: Double): LearningRate {
        val code = requireNotNull(factor) {
            "schedule custom(\"$name\") is code, which a file does not hold; train from a script or a program, or use a schedule of words"
        }
        return LearningRate { update, epoch -> base * code.at(update, epoch) }
    }

    override fun equals(other: Any?): Boolean = other is CustomSchedule && other.name == name

    override fun hashCode(): Int = name.hashCode()

    override fun toString(): String = "CustomSchedule(name=$name)"
}

private fun checkUpdates(name: String, value: Int) = require(value > 0) { "$name must be positive, got $value" }

/** A share of the base. */
private fun checkPart(name: String, value: Double) = checkShare(name, value, one = true)

private fun checkBelowOne(name: String, value: Double) = require(value > 0 && value < 1) { "$name must be above 0 and below 1, got $value" }

private fun checkRising(name: String, values: List<Int>) {
    require(values.isNotEmpty()) { "$name must not be empty" }
    values.forEachIndexed { i, value ->
        require(value > (values.getOrNull(i - 1) ?: 0)) { "$name must be positive and rise, got $values" }
    }
}

private fun longs(values: List<Int>) = values.map { it.toLong() }.toLongArray()
