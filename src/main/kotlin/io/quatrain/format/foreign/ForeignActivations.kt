package io.quatrain.format.foreign

import io.quatrain.node.Activation
import io.quatrain.node.Activations

/** Another framework's activation by its name there, with its defaults there. */
public fun foreignActivation(framework: Framework, name: String, options: ForeignOptions): Activation {
    val plain = name.replace("_", "").replace("-", "").lowercase()
    val alpha = options.numberOrNull("alpha")
    val beta = options.numberOrNull("beta")
    return when (framework) {
        Framework.ONNX -> known(name, plain, alpha, beta)
        Framework.PYTORCH -> when (plain) {
            "leakyrelu" -> Activations.leakyRelu(options.number("negative_slope", alpha ?: 0.01))
            "hardsigmoid" -> Activations.hardSigmoid(alpha ?: (1.0 / 6), beta ?: 0.5)
            "hardtanh" -> Activations.hardTanh(options.number("min_val", alpha ?: -1.0), options.number("max_val", beta ?: 1.0))
            "softplus" -> Activations.softplus(options.number("beta", alpha ?: 1.0))
            "softshrink", "hardshrink" -> Activation.named(plain, options.number("lambd", options.number("lambda", alpha ?: 0.5)), null)
            "threshold" -> thresholded(options)
            "gelu" -> if (options.textOrNull("approximate") == "tanh") Activations.geluTanh() else Activations.gelu()
            "prelu" -> Activations.leakyRelu(options.number("weight", alpha ?: 0.25))
            "rrelu" -> Activations.leakyRelu((options.number("lower", 1.0 / 8) + options.number("upper", 1.0 / 3)) / 2)    // in use
            else -> known(name, plain, alpha, beta)
        }
        Framework.KERAS -> when (plain) {
            "leakyrelu" -> Activations.leakyRelu(options.number("negative_slope", alpha ?: 0.2))
            "hardsigmoid" -> Activations.hardSigmoid(alpha ?: (1.0 / 6), beta ?: 0.5)
            "gelu" -> if (options.flag("approximate", false)) Activations.geluTanh() else Activations.gelu()
            else -> known(name, plain, alpha, beta)
        }
    }
}

private fun known(name: String, plain: String, alpha: Double?, beta: Double?): Activation {
    val word = if (plain == "exp") "exponential" else plain
    if (Activations.names().none { it.lowercase() == word }) {
        throw UnsupportedForeignException("the function $name has no counterpart; there are ${Activations.names().joinToString()}")
    }
    return Activation.named(word, alpha, beta)
}

private fun thresholded(options: ForeignOptions): Activation {
    if (options.number("value", 0.0) != 0.0) {
        throw UnsupportedForeignException("${options.what}: a threshold with a value other than 0")
    }
    return Activations.thresholdedRelu(options.number("threshold"))
}
