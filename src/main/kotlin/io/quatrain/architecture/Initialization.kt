package io.quatrain.architecture

import io.quatrain.node.Initializer
import kotlinx.serialization.SerialName
import kotlinx.serialization.Serializable

/** How a matrix of weights gets its first values. */
@Serializable
public sealed interface Initialization {
    /** The engine's form. */
    public fun initializer(): Initializer
}

/** All zero. */
@Serializable
@SerialName("zeros")
public data object Zeros : Initialization {
    override fun initializer(): Initializer = Initializer.ZEROS
}

/** All [value]. */
@Serializable
@SerialName("constant")
public data class Constant(val value: Double) : Initialization {
    override fun initializer(): Initializer = Initializer.constant(value)
}

/** Uniform in [[low], [high]). */
@Serializable
@SerialName("uniform")
public data class Uniform(val low: Double, val high: Double) : Initialization {
    init {
        require(low <= high) { "low must not be above high, got $low and $high" }
    }

    override fun initializer(): Initializer = Initializer.uniform(low, high)
}

/** Normal around [mean]. */
@Serializable
@SerialName("normal")
public data class Normal(val mean: Double = 0.0, val deviation: Double = 0.01) : Initialization {
    init {
        require(deviation >= 0) { "deviation must not be negative, got $deviation" }
    }

    override fun initializer(): Initializer = Initializer.normal(mean, deviation)
}

/** Uniform in ±√(6 / (inputs + outputs)) (Glorot and Bengio 2010). */
@Serializable
@SerialName("glorotUniform")
public data object GlorotUniform : Initialization {
    override fun initializer(): Initializer = Initializer.glorotUniform()
}

/** One initialization for each gate's rows, in the order in which the layer stacks them (LSTM: i, f, o, g). */
@Serializable
@SerialName("perGate")
public data class PerGate(val gates: List<Initialization>) : Initialization {
    init {
        require(gates.isNotEmpty()) { "gates must name one initialization for each gate, got none" }
    }

    override fun initializer(): Initializer = Initializer.perGate(*gates.map { it.initializer() }.toTypedArray())
}
