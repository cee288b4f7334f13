@file:OptIn(ExperimentalSerializationApi::class, InternalSerializationApi::class)

package io.quatrain.format

import kotlin.reflect.KClass
import kotlinx.serialization.ExperimentalSerializationApi
import kotlinx.serialization.InternalSerializationApi
import kotlinx.serialization.KSerializer
import kotlinx.serialization.SerializationException
import kotlinx.serialization.descriptors.PolymorphicKind
import kotlinx.serialization.descriptors.SerialDescriptor
import kotlinx.serialization.descriptors.buildSerialDescriptor
import kotlinx.serialization.encoding.Decoder
import kotlinx.serialization.encoding.Encoder
import kotlinx.serialization.json.JsonEncoder
import kotlinx.serialization.json.JsonObject
import kotlinx.serialization.json.JsonPrimitive
import kotlinx.serialization.json.jsonObject

/**
 * Serialises an open family of descriptions by the word of each: `{"type": "lstm", "units": 100}`. The classes come
 * from [members], asked at every use, so that a family can grow; the word of a class is its `@SerialName`.
 *
 * @param what what messages call a member of the family: `unknown layer type "Lstm"; did you mean "lstm"?`
 * @param shorthand whether `"tanh"` may stand for `{"type": "tanh"}`; it is then also written so
 */
public open class WordSerializer<T : Any>(
    private val what: String,
    private val shorthand: Boolean = false,
    private val members: () -> Map<KClass<out T>, KSerializer<out T>>,
) : KSerializer<T> {

    override val descriptor: SerialDescriptor = buildSerialDescriptor("io.quatrain.$what", PolymorphicKind.OPEN)

    override fun deserialize(decoder: Decoder): T {
        val tree = decoder as? JsonTreeDecoder ?: throw SerializationException("a $what is read from a JsonValue only")
        val known = members().values.associateBy { it.descriptor.serialName }
        val short = (tree.current as? JsonValue.Text)?.value.takeIf { shorthand }
        val word = short ?: typeWord(tree, what, known.keys)
        val actual = known[word] ?: throw unknownType(tree.current, what, word, known.keys)
        return if (short == null) tree.decodeTyped(actual) else tree.decodeEmpty(actual)
    }

    override fun serialize(encoder: Encoder, value: T) {
        val json = encoder as? JsonEncoder ?: throw SerializationException("a $what is written as JSON only")
        val actual = members()[value::class]
            ?: throw SerializationException("no $what serializer for ${value.javaClass.name}")
        @Suppress("UNCHECKED_CAST")
        val written = json.json.encodeToJsonElement(actual as KSerializer<T>, value).jsonObject
        val word = JsonPrimitive(actual.descriptor.serialName)
        json.encodeJsonElement(if (shorthand && written.isEmpty()) word else JsonObject(mapOf(TYPE_KEY to word) + written))
    }
}
