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

/** See [Initializer.truncatedNormal]: normal around [mean], never more than two deviations away. */
@Serializable
@SerialName("truncatedNormal")
public data class TruncatedNormal(val mean: Double = 0.0, val deviation: Double = 0.01) : Initialization {
    init {
        require(deviation >= 0) { "deviation must not be negative, got $deviation" }
    }

    override fun initializer(): Initializer = Initializer.truncatedNormal(mean, deviation)
}

/** Normal with variance 2 / (inputs + outputs) (Glorot and Bengio 2010). */
@Serializable
@SerialName("glorotNormal")
public data object GlorotNormal : Initialization {
    override fun initializer(): Initializer = Initializer.glorotNormal()
}

/** Uniform in ±√(6 / inputs), for relu (He et al. 2015). */
@Serializable
@SerialName("heUniform")
public data object HeUniform : Initialization {
    override fun initializer(): Initializer = Initializer.heUniform()
}

/** Normal with variance 2 / inputs, for relu (He et al. 2015). */
@Serializable
@SerialName("heNormal")
public data object HeNormal : Initialization {
    override fun initializer(): Initializer = Initializer.heNormal()
}

/** Uniform in ±√(3 / inputs) (LeCun et al. 1998). */
@Serializable
@SerialName("lecunUniform")
public data object LecunUniform : Initialization {
    override fun initializer(): Initializer = Initializer.lecunUniform()
}

/** Normal with variance 1 / inputs, for selu (LeCun et al. 1998; Klambauer et al. 2017). */
@Serializable
@SerialName("lecunNormal")
public data object LecunNormal : Initialization {
    override fun initializer(): Initializer = Initializer.lecunNormal()
}

/** See [Initializer.orthogonal]: [gain] times a matrix with orthonormal columns or rows; for recurrent weights. */
@Serializable
@SerialName("orthogonal")
public data class Orthogonal(val gain: Double = 1.0) : Initialization {
    init {
        require(gain.isFinite()) { "gain must be finite, got $gain" }
    }

    override fun initializer(): Initializer = Initializer.orthogonal(gain)
}

/** [gain] on the diagonal, for recurrent weights with relu (Le, Jaitly and Hinton 2015). */
@Serializable
@SerialName("identity")
public data class Identity(val gain: Double = 1.0) : Initialization {
    init {
        require(gain.isFinite()) { "gain must be finite, got $gain" }
    }

    override fun initializer(): Initializer = Initializer.identity(gain)
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
