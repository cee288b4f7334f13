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

/** How many classes the data name, where it is not known yet: `dense(classes)`, in JSON `"units": "classes"`; otherwise as [vocab]. */
public const val classes: Int = Int.MIN_VALUE + 1

/** What the data say about sizes: of the vocabulary, in the place of [vocab], and the number of classes, in that of [classes]; null: not known. */
public data class Sizes @JvmOverloads constructor(val ofVocabulary: Int? = null, val ofClasses: Int? = null) {
    /** [size], or what it stands for where that is known. */
    public fun of(size: Int): Int = when (size) {
        vocab -> ofVocabulary ?: size
        classes -> ofClasses ?: size
        else -> size
    }
}

private val WORDS = mapOf(vocab to "vocab", classes to "classes")

/** A positive number, [vocab] or [classes]. */
public typealias Size = @Serializable(with = SizeSerializer::class) Int

/** Everything that counts units, features or tokens is at most this. */
public const val LARGEST_SIZE: Int = 1 shl 24

/** Refuses what is not a size. */
public fun checkSize(name: String, value: Int, mayBeVocabulary: Boolean = false, mayBeClasses: Boolean = false) {
    if (mayBeVocabulary && value == vocab || mayBeClasses && value == classes) return
    require(value !in WORDS) { "$name must be a number here, not ${WORDS[value]}" }
    require(value > 0) { "$name must be positive, got $value" }
    require(value <= LARGEST_SIZE) { "$name must be at most $LARGEST_SIZE, got $value" }
}

/** Writes [vocab] and [classes] as words. */
public object SizeSerializer : KSerializer<Int> {
    override val descriptor: SerialDescriptor = PrimitiveSerialDescriptor("io.quatrain.Size", PrimitiveKind.INT)

    override fun serialize(encoder: Encoder, value: Int) {
        val word = WORDS[value]
        when {
            word == null -> encoder.encodeInt(value)
            encoder is CodeEncoder -> encoder.encodeCode(word)
            encoder is JsonEncoder -> encoder.encodeJsonElement(JsonPrimitive(word))
            else -> encoder.encodeInt(value)
        }
    }

    override fun deserialize(decoder: Decoder): Int {
        val text = when (decoder) {
            is JsonTreeDecoder -> (decoder.current as? JsonValue.Text)?.value
            else -> return decoder.decodeInt()
        }
        if (text == null) return decoder.decodeInt().also { require(it !in WORDS) { "a size must be positive, got $it" } }
        return WORDS.entries.find { it.value == text }?.key
            ?: throw decoder.current.place.error("needs a whole number or ${WORDS.values.joinToString(" or ") { quoted(it) }}, has the text ${quoted(text)}")
    }
}

/** An encoder that writes Kotlin source. */
public interface CodeEncoder : Encoder {
    /** Writes [code] as it stands. */
    public fun encodeCode(code: String)
}
