package io.quatrain.format.foreign

import io.quatrain.optimize.LearningRate
import io.quatrain.optimize.ReduceOnPlateau
import io.quatrain.optimize.Schedules
import io.quatrain.optimize.Schedules.Curve
import kotlin.math.max

/**
 * A learning rate by its class name and options in another framework, with its defaults there. PyTorch's schedulers need
 * `base_lr`, the optimizer's learning rate. Update n has the rate in force after n − 1 calls of PyTorch's `step()`, and
 * Keras's rate at step n − 1.
 */
public fun foreignSchedule(framework: Framework, name: String, options: ForeignOptions): LearningRate = when (framework) {
    Framework.PYTORCH -> pytorch(name, options)
    Framework.KERAS -> keras(name, options)
    Framework.ONNX -> throw UnsupportedForeignException("ONNX has no schedules")
}

private fun pytorch(name: String, options: ForeignOptions): LearningRate {
    val rate = options.number("base_lr", 1e-3)
    val gamma = options.number("gamma", 0.1)
    return when (name) {
        "StepLR" -> Schedules.step(rate, gamma, options.number("step_size").toLong())
        "MultiStepLR" ->
            Schedules.multiStep(rate, gamma, *options.numbers("milestones").map { it.toLong() }.toLongArray())
        "ExponentialLR" -> Schedules.exponential(rate, options.number("gamma"))
        "ConstantLR" -> {
            val updates = options.number("total_iters", 5.0).toLong()
            val reduced = LearningRate.constant(rate * options.number("factor", 1.0 / 3))
            reduced.then(updates, LearningRate.constant(rate))
        }
        "LinearLR" -> Schedules.linear(
            rate * options.number("start_factor", 1.0 / 3), rate * options.number("end_factor", 1.0), options.number("total_iters", 5.0),
        )
        "PolynomialLR" ->
            Schedules.polynomial(rate, 0.0, options.number("total_iters", 5.0), options.number("power", 1.0), false)
        "CosineAnnealingLR" -> Schedules.cosineWave(rate, options.number("eta_min", 0.0), options.number("T_max"))
        "CosineAnnealingWarmRestarts" ->
            Schedules.cosineRestarts(rate, options.number("eta_min", 0.0), options.number("T_0"), options.number("T_mult", 1.0), 1.0)
        "OneCycleLR" -> Schedules.oneCycle(
            options.number("max_lr"),
            options.numberOrNull("total_steps")?.toLong() ?: (options.number("epochs") * options.number("steps_per_epoch")).toLong(),
            options.number("pct_start", 0.3), options.number("div_factor", 25.0), options.number("final_div_factor", 1e4),
            if (options.textOrNull("anneal_strategy") == "linear") Curve.LINEAR else Curve.COSINE,
            options.flag("three_phase", false),
        )
        "CyclicLR" -> {
            val up = options.number("step_size_up", 2000.0)
            val mode = options.textOrNull("mode") ?: "triangular"
            Schedules.cyclic(
                rate, options.number("max_lr"), up, options.number("step_size_down", up),
                if (mode == "triangular2") 0.5 else 1.0, if (mode == "exp_range") options.number("gamma", 1.0) else 1.0,
            )
        }
        "ReduceLROnPlateau" -> ReduceOnPlateau(
            rate, options.number("factor", 0.1), options.number("patience", 10.0).toInt(), options.number("threshold", 1e-4),
            options.textOrNull("threshold_mode") != "abs", options.textOrNull("mode") == "max",
            options.number("cooldown", 0.0).toInt(), options.number("min_lr", 0.0), options.number("eps", 1e-8),
        )
        "SequentialLR" -> {
            val parts = options.parts("schedulers").map { pytorch(it.text("name"), it.or(mapOf("base_lr" to rate))) }
            val starts = listOf(0.0) + options.numbers("milestones").toList()
            parts.indices.reversed().drop(1).fold(parts.last()) { rest, i ->
                parts[i].then((starts[i + 1] - starts[i]).toLong(), rest)
            }
        }
        "ChainedScheduler" -> options.parts("schedulers")
            .map { pytorch(it.text("name"), it.or(mapOf("base_lr" to 1.0))) }
            .fold(LearningRate.constant(rate)) { product, part -> product.times(part) }
        "LambdaLR", "MultiplicativeLR" ->
            throw UnsupportedForeignException("PyTorch's $name holds code; write the code as a LearningRate, or as custom(name) { update, epoch -> … }")
        else -> throw UnsupportedForeignException("PyTorch's scheduler $name has no counterpart")
    }
}

private fun keras(name: String, options: ForeignOptions): LearningRate {
    val rate = options.number("initial_learning_rate", 1e-3)
    val alpha = options.number("alpha", 0.0)
    return when (name) {
        "ExponentialDecay" ->
            Schedules.exponential(rate, options.number("decay_rate"), options.number("decay_steps"), options.flag("staircase", false))
        "InverseTimeDecay" ->
            Schedules.inverseTime(rate, options.number("decay_rate"), options.number("decay_steps"), options.flag("staircase", false))
        "PiecewiseConstantDecay" -> Schedules.piecewise(
            options.numbers("boundaries").map { it.toLong() }.toLongArray(), options.numbers("values"),
        )
        "PolynomialDecay" -> Schedules.polynomial(
            rate, options.number("end_learning_rate", 1e-4), options.number("decay_steps"), options.number("power", 1.0), options.flag("cycle", false),
        )
        "CosineDecay" -> {
            val top = options.number("warmup_target", rate)
            val warmUp = if ("warmup_target" in options) options.number("warmup_steps", 0.0) else 0.0
            val fall = Schedules.cosine(top, alpha * top, options.number("decay_steps"))
            if (warmUp == 0.0) fall else Schedules.linear(rate, top, max(1.0, warmUp)).then(warmUp.toLong(), fall)
        }
        "CosineDecayRestarts" -> Schedules.cosineRestarts(
            rate, alpha * rate, options.number("first_decay_steps"), options.number("t_mul", 2.0), options.number("m_mul", 1.0),
        )
        else -> throw UnsupportedForeignException("Keras's schedule $name has no counterpart")
    }
}
