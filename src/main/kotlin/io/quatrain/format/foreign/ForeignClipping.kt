package io.quatrain.format.foreign

import io.quatrain.optimize.Clipping
import io.quatrain.optimize.Convention

/**
 * Another framework's clipping of gradients.
 *
 * @property order the p of the norm that is limited, or null where none is
 */
public class ForeignClipping(public val clipping: Clipping, public val order: Double?)

/** Keras: `clipvalue`, `clipnorm`, `global_clipnorm`. PyTorch: `clip_value`; `max_norm` and `norm_type`. */
public fun foreignClipping(options: ForeignOptions): ForeignClipping = when {
    "clipvalue" in options -> ForeignClipping(Clipping.byValue(options.number("clipvalue")), null)
    "clipnorm" in options -> ForeignClipping(Clipping.byNorm(options.number("clipnorm")), null)
    "global_clipnorm" in options ->
        ForeignClipping(Clipping.byGlobalNorm(options.number("global_clipnorm"), 2.0, Convention.KERAS), 2.0)
    "clip_value" in options -> ForeignClipping(Clipping.byValue(options.number("clip_value")), null)
    "max_norm" in options -> options.number("norm_type", 2.0).let { order ->
        ForeignClipping(Clipping.byGlobalNorm(options.number("max_norm"), order, Convention.PYTORCH), order)
    }
    else -> ForeignClipping(Clipping.NONE, null)
}
