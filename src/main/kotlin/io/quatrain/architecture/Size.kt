package io.quatrain.architecture

import io.quatrain.format.JsonTreeDecoder
import io.quatrain.format.JsonValue
import io.quatrain.format.quoted
import kotlinx.serialization.KSerializer
import kotlinx.serialization.Serializable
import kotlinx.serialization.descriptors.PrimitiveKind
import kotlinx.serialization.descriptors.PrimitiveSerialDescriptor
import kotlinx.serialization.descriptors.SerialDescriptor
import kotlinx.serialization.encoding.Decoder
import kotlinx.serialization.encoding.Encoder
import kotlinx.serialization.json.JsonEncoder
import kotlinx.serialization.json.JsonPrimitive

/**
 * The size of the vocabulary of the data that a model will be trained on, where it is not known yet: `dense(vocab)`,
 * in JSON `"units": "vocab"`. The real number takes its place when the model is compiled.
 */
public const val vocab: Int = Int.MIN_VALUE

/** A positive number, or [vocab]. */
public typealias Size = @Serializable(with = SizeSerializer::class) Int

/** Everything that counts units, features or tokens is at most this. */
public const val LARGEST_SIZE: Int = 1 shl 24

/** Refuses what is not a size. */
public fun checkSize(name: String, value: Int, mayBeVocabulary: Boolean = false) {
    if (mayBeVocabulary && value == vocab) return
    require(value != vocab) { "$name must be a number here, not vocab" }
    require(value > 0) { "$name must be positive, got $value" }
    require(value <= LARGEST_SIZE) { "$name must be at most $LARGEST_SIZE, got $value" }
}

/** Writes [vocab] as the word. */
public object SizeSerializer : KSerializer<Int> {
    override val descriptor: SerialDescriptor = PrimitiveSerialDescriptor("io.quatrain.Size", PrimitiveKind.INT)

    override fun serialize(encoder: Encoder, value: Int) {
        when {
            value != vocab -> encoder.encodeInt(value)
            encoder is CodeEncoder -> encoder.encodeCode("vocab")
            encoder is JsonEncoder -> encoder.encodeJsonElement(JsonPrimitive("vocab"))
            else -> encoder.encodeInt(value)
        }
    }

    override fun deserialize(decoder: Decoder): Int {
        val text = when (decoder) {
            is JsonTreeDecoder -> (decoder.current as? JsonValue.Text)?.value
            else -> return decoder.decodeInt()
        }
        return when (text) {
            null -> decoder.decodeInt().also { require(it != vocab) { "a size must be positive, got $it" } }
            "vocab" -> vocab
            else -> throw decoder.current.place.error("needs a whole number or \"vocab\", has the text ${quoted(text)}")
        }
    }
}

/** An encoder that writes Kotlin source. */
public interface CodeEncoder : Encoder {
    /** Writes [code] as it stands. */
    public fun encodeCode(code: String)
}
