package io.quatrain.architecture

import io.quatrain.optimize.Clipping
import kotlinx.serialization.SerialName
import kotlinx.serialization.Serializable

/** How gradients are kept small. */
@Serializable
public sealed interface ClippingDescription {
    /** The engine's form. */
    public fun clipping(): Clipping
}

/** See [Clipping.byValue]. */
@Serializable
@SerialName("clipByValue")
public data class ClipByValue(val limit: Double) : ClippingDescription {
    init {
        checkPositive("limit", limit)
    }

    override fun clipping(): Clipping = Clipping.byValue(limit)
}

/** See [Clipping.byNorm]. */
@Serializable
@SerialName("clipByNorm")
public data class ClipByNorm(val limit: Double) : ClippingDescription {
    init {
        checkPositive("limit", limit)
    }

    override fun clipping(): Clipping = Clipping.byNorm(limit)
}

/** See [Clipping.byGlobalNorm]. */
@Serializable
@SerialName("clipByGlobalNorm")
public data class ClipByGlobalNorm(val limit: Double) : ClippingDescription {
    init {
        checkPositive("limit", limit)
    }

    override fun clipping(): Clipping = Clipping.byGlobalNorm(limit)
}
