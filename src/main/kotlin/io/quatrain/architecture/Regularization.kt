package io.quatrain.architecture

import io.quatrain.loss.ActivityPenalty
import io.quatrain.optimize.Optimizer
import kotlinx.serialization.SerialName
import kotlinx.serialization.Serializable

/**
 * See [ActivityPenalty]: in training, [size]·mean h² + [change]·mean (h_{t+1} − h_t)² of what a layer gives is added to the loss.
 *
 * @property layer its name (`1.lstm`); null: the model's last recurrent layer
 */
@Serializable
@SerialName("activity")
public data class Activity @JvmOverloads constructor(
    val size: Double = 0.0,
    val change: Double = 0.0,
    val layer: String? = null,
) {
    init {
        checkNotNegative("size", size)
        checkNotNegative("change", change)
    }

    /** The engine's form. */
    public fun penalty(): ActivityPenalty = ActivityPenalty(size, change)

    /** The name of the layer in [model]. */
    internal fun layerOf(model: Model): String {
        if (layer != null) return layer
        val nodes = model.architecture.toGraph().nodes
        return requireNotNull(nodes.lastOrNull { it.layer.stateSizes(it.inputs.map(model::shape)).isNotEmpty() }?.name) {
            "activity: the model has no recurrent layer; name the layer that it is about"
        }
    }
}

/**
 * See [Optimizer.averaging]: an exponential average of every weight, by which the model is judged and saved.
 *
 * @property momentum the share that an average keeps of itself at each update
 * @property overwriteEvery so many updates after which training goes on from the averages; 0: never
 */
@Serializable
@SerialName("average")
public data class WeightAverage @JvmOverloads constructor(val momentum: Double = 0.99, val overwriteEvery: Int = 0) {
    init {
        checkShare("momentum", momentum)
        checkNotNegative("overwriteEvery", overwriteEvery)
    }
}
