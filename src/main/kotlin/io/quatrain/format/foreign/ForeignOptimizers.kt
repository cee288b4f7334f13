package io.quatrain.format.foreign

import io.quatrain.optimize.Adadelta
import io.quatrain.optimize.Adagrad
import io.quatrain.optimize.Adam
import io.quatrain.optimize.Adamax
import io.quatrain.optimize.Asgd
import io.quatrain.optimize.Convention
import io.quatrain.optimize.Ftrl
import io.quatrain.optimize.Lamb
import io.quatrain.optimize.Lion
import io.quatrain.optimize.Nadam
import io.quatrain.optimize.Optimizer
import io.quatrain.optimize.RAdam
import io.quatrain.optimize.RProp
import io.quatrain.optimize.RmsProp
import io.quatrain.optimize.Sgd
import io.quatrain.optimize.WeightDecay

/**
 * Another framework's optimizer.
 *
 * @property rate its learning rate
 * @property slots the optimizer's slots by the names that the other framework gives them in its saved state
 */
public class ForeignOptimizer(public val optimizer: Optimizer, public val rate: Double, public val slots: Map<String, String>)

/** An optimizer by its class name and hyperparameters in another framework, with its defaults there. */
public fun foreignOptimizer(framework: Framework, name: String, options: ForeignOptions): ForeignOptimizer = when (framework) {
    Framework.PYTORCH -> pytorch(name, options)
    Framework.KERAS -> keras(name, options)
    Framework.ONNX -> onnx(name, options)
}

private fun reason(name: String): String = when (name) {
    "LBFGS" -> ": it calls the model several times an update"
    "Adafactor" -> ": it saves memory at a cost that models of this size need not pay; use adam"
    "Muon" -> ": it orthogonalises whole weight matrices, which stacked gates are not"
    else -> ""
}

private fun pytorch(name: String, options: ForeignOptions): ForeignOptimizer {
    val betas = if ("betas" in options) options.numbers("betas") else doubleArrayOf(0.9, 0.999)
    val epsilon = options.number("eps", 1e-8)
    val torch = Convention.PYTORCH
    val (optimizer, usualRate, usualDecay) = when (name) {
        "SGD" -> Triple(
            Sgd(options.number("momentum", 0.0), options.number("dampening", 0.0), options.flag("nesterov", false), torch), 1e-3, 0.0,
        )
        "Adagrad" -> Triple(
            Adagrad(options.number("eps", 1e-10), options.number("initial_accumulator_value", 0.0), options.number("lr_decay", 0.0), torch), 1e-2, 0.0,
        )
        "RMSprop" -> Triple(
            RmsProp(options.number("alpha", 0.99), epsilon, options.number("momentum", 0.0), options.flag("centered", false), torch), 1e-2, 0.0,
        )
        "Adadelta" -> Triple(Adadelta(options.number("rho", 0.9), options.number("eps", 1e-6)), 1.0, 0.0)
        "Adam", "SparseAdam" -> Triple(Adam(betas[0], betas[1], epsilon, options.flag("amsgrad", false), torch), 1e-3, 0.0)
        "AdamW" -> Triple(Adam(betas[0], betas[1], epsilon, options.flag("amsgrad", false), torch), 1e-3, 1e-2)
        "Adamax" -> Triple(Adamax(betas[0], betas[1], epsilon, torch), 2e-3, 0.0)
        "NAdam" -> Triple(Nadam(betas[0], betas[1], epsilon, options.number("momentum_decay", 4e-3)), 2e-3, 0.0)
        "RAdam" -> Triple(RAdam(betas[0], betas[1], epsilon), 1e-3, 0.0)
        "ASGD" -> Triple(Asgd(options.number("lambd", 1e-4), options.number("alpha", 0.75), options.number("t0", 1e6)), 1e-2, 0.0)
        "Rprop" -> {
            val factors = if ("etas" in options) options.numbers("etas") else doubleArrayOf(0.5, 1.2)
            val sizes = if ("step_sizes" in options) options.numbers("step_sizes") else doubleArrayOf(1e-6, 50.0)
            Triple(RProp(factors[0], factors[1], sizes[0], sizes[1]), 1e-2, 0.0)
        }
        else -> throw UnsupportedForeignException("PyTorch's optimizer $name has no counterpart${reason(name)}")
    }
    val decay = options.number("weight_decay", usualDecay)
    if (decay != 0.0) {
        val decoupled = name == "AdamW" || options.flag("decoupled_weight_decay", false)
        optimizer.decaying(if (decoupled) WeightDecay.decoupled(decay) else WeightDecay.coupled(decay))
    }
    if (options.flag("maximize", false)) {
        optimizer.maximizing()
    }
    return ForeignOptimizer(optimizer, options.number("lr", usualRate), when (name) {
        "SGD" -> mapOf("momentum_buffer" to "momentum")
        "Adagrad" -> mapOf("sum" to "s")
        "RMSprop" -> mapOf("square_avg" to "v", "momentum_buffer" to "momentum", "grad_avg" to "mean")
        "Adadelta" -> mapOf("square_avg" to "v", "acc_delta" to "a")
        "Adamax" -> mapOf("exp_avg" to "m", "exp_inf" to "u")
        "ASGD" -> mapOf("ax" to "average")
        "Rprop" -> mapOf("prev" to "previous", "step_size" to "step")
        else -> mapOf("exp_avg" to "m", "exp_avg_sq" to "v", "max_exp_avg_sq" to "u")
    })
}

private fun keras(name: String, options: ForeignOptions): ForeignOptimizer {
    val beta1 = options.number("beta_1", 0.9)
    val epsilon = options.number("epsilon", 1e-7)
    val beta2 = options.number("beta_2", if (name == "Lion") 0.99 else 0.999)
    val keras = Convention.KERAS
    val optimizer = when (name) {
        "SGD" -> Sgd(options.number("momentum", 0.0), 0.0, options.flag("nesterov", false), keras)
        "Adagrad" -> Adagrad(epsilon, options.number("initial_accumulator_value", 0.1), 0.0, keras)
        "RMSprop" -> RmsProp(options.number("rho", 0.9), epsilon, options.number("momentum", 0.0), options.flag("centered", false), keras)
        "Adadelta" -> Adadelta(options.number("rho", 0.95), epsilon)
        "Adam", "AdamW" -> Adam(beta1, beta2, epsilon, options.flag("amsgrad", false), keras)
        "Adamax" -> Adamax(beta1, beta2, epsilon, keras)
        "Nadam" -> Nadam(beta1, beta2, epsilon, 1.0)
        "Lion" -> Lion(beta1, beta2)
        "Lamb" -> Lamb(beta1, beta2, epsilon)
        "Ftrl" -> Ftrl(
            options.number("learning_rate_power", -0.5), options.number("initial_accumulator_value", 0.1),
            options.number("l1_regularization_strength", 0.0), options.number("l2_regularization_strength", 0.0),
            options.number("l2_shrinkage_regularization_strength", 0.0), options.number("beta", 0.0),
        )
        else -> throw UnsupportedForeignException("Keras's optimizer $name has no counterpart${reason(name)}")
    }
    val decay = options.number("weight_decay", if (name == "AdamW") 4e-3 else 0.0)
    if (decay != 0.0 && !options.flag("weight_decay_excluded_for_this_variable", false)) {
        optimizer.decaying(WeightDecay.decoupled(decay))
    }
    if (options.flag("use_ema", false)) {
        optimizer.averaging(options.number("ema_momentum", 0.99), options.number("ema_overwrite_frequency", 0.0).toInt())
    }
    return ForeignOptimizer(optimizer, options.number("learning_rate", if (name == "SGD") 0.01 else 0.001), when (name) {
        "SGD" -> mapOf("momentum" to "momentum")
        "Adagrad" -> mapOf("accumulator" to "s")
        "RMSprop" -> mapOf("velocity" to "v", "momentum" to "momentum", "average_gradient" to "mean")
        "Adadelta" -> mapOf("accumulated_grad" to "v", "accumulated_delta_var" to "a")
        "Adamax" -> mapOf("m" to "m", "u" to "u")
        "Lion" -> mapOf("momentum" to "m")
        "Ftrl" -> mapOf("accumulator" to "n", "linear" to "l")
        else -> mapOf("momentum" to "m", "velocity" to "v", "velocity_hat" to "u")
    })
}

/** ONNX's training operators. Their count of updates done before, T, is the optimizer's [Optimizer.steps]. */
private fun onnx(name: String, options: ForeignOptions): ForeignOptimizer {
    val onnx = Convention.ONNX
    val (optimizer, slots) = when (name) {
        "Adagrad" -> Adagrad(options.number("epsilon", 0.0), 0.0, options.number("decay_factor", 0.0), onnx) to
            mapOf("accumulator" to "s")
        "Adam" -> Adam(options.number("alpha", 0.9), options.number("beta", 0.999), options.number("epsilon", 0.0), false, onnx) to
            mapOf("m" to "m", "v" to "v")
        "Momentum" -> Sgd(options.number("alpha"), 1 - options.number("beta"), options.text("mode") == "nesterov", onnx) to
            mapOf("momentum" to "momentum")
        else -> throw UnsupportedForeignException("ONNX's optimizer $name has no counterpart")
    }
    optimizer.decaying(WeightDecay.coupled(options.number("norm_coefficient", 0.0)))
        .decaying(WeightDecay.afterwards(options.number("norm_coefficient_post", 0.0)))
    return ForeignOptimizer(optimizer, options.number("learning_rate"), slots)
}
