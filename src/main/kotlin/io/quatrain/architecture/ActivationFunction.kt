package io.quatrain.architecture

import io.quatrain.node.Activation
import kotlinx.serialization.SerialName
import kotlinx.serialization.Serializable

/** An elementwise function between layers. */
@Serializable
public enum class ActivationFunction(internal val activation: Activation) {
    /** y = z */
    @SerialName("identity")
    IDENTITY(Activation.IDENTITY),

    /** y = tanh z */
    @SerialName("tanh")
    TANH(Activation.TANH),

    /** y = 1 / (1 + e^−z) */
    @SerialName("sigmoid")
    SIGMOID(Activation.SIGMOID),

    /** y = max(0, z) */
    @SerialName("relu")
    RELU(Activation.RELU),
}
