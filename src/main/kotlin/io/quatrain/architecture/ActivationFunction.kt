package io.quatrain.architecture

import io.quatrain.format.JsonTreeDecoder
import io.quatrain.format.JsonValue
import io.quatrain.format.TYPE_KEY
import io.quatrain.node.Activation
import io.quatrain.node.Activations
import kotlinx.serialization.ExperimentalSerializationApi
import kotlinx.serialization.InternalSerializationApi
import kotlinx.serialization.KSerializer
import kotlinx.serialization.Serializable
import kotlinx.serialization.SerializationException
import kotlinx.serialization.descriptors.PrimitiveKind
import kotlinx.serialization.descriptors.SerialDescriptor
import kotlinx.serialization.descriptors.SerialKind
import kotlinx.serialization.descriptors.buildSerialDescriptor
import kotlinx.serialization.encoding.Decoder
import kotlinx.serialization.encoding.Encoder
import kotlinx.serialization.json.JsonEncoder
import kotlinx.serialization.json.JsonPrimitive
import kotlinx.serialization.json.buildJsonObject

/**
 * An elementwise function by its [word], see [Activations]: `relu`, `leakyRelu(alpha = 0.2)`; in JSON `"relu"`,
 * `{"type": "leakyRelu", "alpha": 0.2}`. [alpha] and [beta] are the numbers that some functions let one choose.
 */
@Serializable(with = ActivationFunctionSerializer::class)
public data class ActivationFunction @JvmOverloads constructor(
    val word: String,
    val alpha: Double? = null,
    val beta: Double? = null,
) {
    init {
        require(word in WORDS) { "unknown activation \"$word\"; there are ${WORDS.joinToString()}" }
        val numbers = numbersOf(word)
        require(alpha == null || numbers >= 1) { "alpha has no meaning for $word" }
        require(beta == null || numbers >= 2) { "beta has no meaning for $word" }
        require(alpha?.isFinite() != false) { "alpha must be finite, got $alpha" }
        require(beta?.isFinite() != false) { "beta must be finite, got $beta" }
    }

    /** The engine's form. */
    public fun activation(): Activation = Activations.named(word, alpha, beta)

    override fun toString(): String =
        if (alpha == null && beta == null) word else listOfNotNull(alpha?.let { "alpha = $it" }, beta?.let { "beta = $it" }).joinToString(prefix = "$word(", postfix = ")")

    public companion object {
        /** Every word, in the order of [Activations]. */
        public val WORDS: List<String> = Activations.names()

        /** How many numbers a function lets one choose, where it does. */
        private val NUMBERS = mapOf(
            "leakyRelu" to 1, "elu" to 1, "celu" to 1, "softplus" to 1, "hardSigmoid" to 2, "hardTanh" to 2,
            "thresholdedRelu" to 1, "softshrink" to 1, "hardshrink" to 1, "scaledTanh" to 2, "affine" to 2,
        )

        /** How many numbers a function lets one choose. */
        public fun numbersOf(word: String): Int = NUMBERS[word] ?: 0

        /** y = z */
        @JvmField
        public val IDENTITY: ActivationFunction = ActivationFunction("identity")

        /** y = tanh z */
        @JvmField
        public val TANH: ActivationFunction = ActivationFunction("tanh")

        /** y = 1 / (1 + e^−z) */
        @JvmField
        public val SIGMOID: ActivationFunction = ActivationFunction("sigmoid")

        /** y = max(0, z) */
        @JvmField
        public val RELU: ActivationFunction = ActivationFunction("relu")
    }
}

/** Writes an activation as its word, or as an object where it has numbers. */
@OptIn(InternalSerializationApi::class, ExperimentalSerializationApi::class)
public object ActivationFunctionSerializer : KSerializer<ActivationFunction> {
    @Serializable
    private class Numbers(val alpha: Double? = null, val beta: Double? = null)

    override val descriptor: SerialDescriptor = buildSerialDescriptor("io.quatrain.activation", SerialKind.ENUM) {
        ActivationFunction.WORDS.forEach { element(it, buildSerialDescriptor("io.quatrain.activation.$it", PrimitiveKind.STRING)) }
    }

    override fun serialize(encoder: Encoder, value: ActivationFunction) {
        when {
            encoder is CodeEncoder -> encoder.encodeCode(value.toString())
            value.alpha == null && value.beta == null -> encoder.encodeEnum(descriptor, ActivationFunction.WORDS.indexOf(value.word))
            encoder is JsonEncoder -> encoder.encodeJsonElement(buildJsonObject {
                put(TYPE_KEY, JsonPrimitive(value.word))
                value.alpha?.let { put("alpha", JsonPrimitive(it)) }
                value.beta?.let { put("beta", JsonPrimitive(it)) }
            })
            else -> throw SerializationException("an activation with numbers is written as JSON or Kotlin only")
        }
    }

    override fun deserialize(decoder: Decoder): ActivationFunction {
        val current = (decoder as? JsonTreeDecoder)?.current as? JsonValue.Object
            ?: return ActivationFunction(ActivationFunction.WORDS[decoder.decodeEnum(descriptor)])
        val word = (current[TYPE_KEY] as? JsonValue.Text)?.value
            ?: throw current.place.missing(TYPE_KEY).error("needs the word of an activation: ${ActivationFunction.WORDS.joinToString()}")
        val numbers = decoder.decodeTyped(Numbers.serializer())
        return ActivationFunction(word, numbers.alpha, numbers.beta)
    }
}
