@file:OptIn(ExperimentalSerializationApi::class, InternalSerializationApi::class)

package io.quatrain.format

import kotlin.reflect.KClass
import kotlinx.serialization.DeserializationStrategy
import kotlinx.serialization.ExperimentalSerializationApi
import kotlinx.serialization.InternalSerializationApi
import kotlinx.serialization.KSerializer
import kotlinx.serialization.PolymorphicSerializer
import kotlinx.serialization.SerialInfo
import kotlinx.serialization.SerializationException
import kotlinx.serialization.descriptors.PolymorphicKind
import kotlinx.serialization.descriptors.SerialDescriptor
import kotlinx.serialization.descriptors.StructureKind
import kotlinx.serialization.descriptors.elementDescriptors
import kotlinx.serialization.descriptors.elementNames
import kotlinx.serialization.encoding.CompositeDecoder
import kotlinx.serialization.encoding.CompositeDecoder.Companion.DECODE_DONE
import kotlinx.serialization.encoding.Decoder
import kotlinx.serialization.internal.AbstractPolymorphicSerializer
import kotlinx.serialization.modules.EmptySerializersModule
import kotlinx.serialization.modules.SerializersModule
import kotlinx.serialization.modules.SerializersModuleCollector

/** The member that says which subclass an object describes: `{"type": "lstm", "units": 100}`. */
public const val TYPE_KEY: String = "type"

/** Said of a family of described classes: the member `"type"` may be left out, since what each class needs tells them apart. */
@SerialInfo
@Target(AnnotationTarget.CLASS)
public annotation class TypeMayBeLeftOut

/**
 * What a [KSerializer] finds behind its [Decoder] when a description is read from JSON: the raw value, so that it can
 * accept several forms (a number or the word `"vocab"`, `"tanh"` or `{"type": "tanh"}`).
 */
public interface JsonTreeDecoder : Decoder {
    /** The value being decoded. Complain with `current.place.error(...)`. */
    public val current: JsonValue

    /** Decodes [current] as the object [serializer] describes; its member `"type"` has been dealt with. */
    public fun <T> decodeTyped(serializer: DeserializationStrategy<T>): T

    /** Decodes as if an empty object stood here: for a word that is short for `{"type": word}`. */
    public fun <T> decodeEmpty(serializer: DeserializationStrategy<T>): T
}

/**
 * Decodes this tree as the [deserializer] asks, and as nothing else: every member must be known, every required one
 * present, every value of its type and range. What is wrong is a [JsonException] at its line, column and path, with
 * the nearest known word; so is an [IllegalArgumentException] thrown by the constructor of a described class, placed
 * at the member its message begins with (`units must be positive, got -1`) or else at the object.
 */
public fun <T> JsonValue.decode(
    deserializer: DeserializationStrategy<T>, module: SerializersModule = EmptySerializersModule(),
): T = ValueDecoder(this, module).decodeSerializableValue(deserializer)

private class ValueDecoder(
    override val current: JsonValue,
    override val serializersModule: SerializersModule,
    private val typed: Boolean = false,
    private val unsigned: Boolean = false,
) : JsonTreeDecoder {

    override fun <T> decodeSerializableValue(deserializer: DeserializationStrategy<T>): T = placed(deserializer) {
        if (deserializer is AbstractPolymorphicSerializer<*>) polymorphic(deserializer) else deserializer.deserialize(this)
    }

    override fun <T> decodeTyped(serializer: DeserializationStrategy<T>): T =
        placed(serializer) { serializer.deserialize(ValueDecoder(current, serializersModule, typed = true)) }

    override fun <T> decodeEmpty(serializer: DeserializationStrategy<T>): T {
        return placed(serializer) { serializer.deserialize(ValueDecoder(none(), serializersModule, typed = true)) }
    }

    private fun none() = JsonValue.Object(current.place, emptyArray(), emptyArray(), null)

    /** The objects that [deserializer] makes check themselves; here their complaints get a place. */
    private inline fun <T> placed(deserializer: DeserializationStrategy<T>, work: () -> T): T = try {
        work()
    } catch (problem: JsonException) {
        throw problem
    } catch (problem: SerializationException) {
        throw current.place.error(oneLine(problem), problem)
    } catch (problem: IllegalArgumentException) {
        throw complaint(deserializer.descriptor, problem)
    } catch (problem: ArithmeticException) {
        throw complaint(deserializer.descriptor, problem)
    }

    private fun complaint(descriptor: SerialDescriptor, problem: RuntimeException): JsonException {
        val message = oneLine(problem)
        val name = FIRST_WORD.find(message)?.groupValues?.get(1)
        val isMember = descriptor.kind == StructureKind.CLASS && !descriptor.isInline && name in descriptor.elementNames
        val place = if (isMember) (current as? JsonValue.Object)?.let { it[name!!]?.place ?: it.place.missing(name) } else null
        return (place ?: current.place).error(message, problem)
    }

    private fun oneLine(problem: Exception) = printable(problem.message ?: problem.javaClass.simpleName, longest = 500)

    private fun <T> polymorphic(deserializer: AbstractPolymorphicSerializer<*>): T {
        val what = deserializer.baseClass.simpleName.orEmpty().removeSuffix("Description").replaceFirstChar { it.lowercase() }
        val known = knownTypes(deserializer)
        val short = (current as? JsonValue.Text)?.value      // "zeros" is short for {"type": "zeros"}
        val word = short ?: typeLeftOut(deserializer.descriptor) ?: typeWord(this, what, known)
        val parts = if (short == null) structure(current, deserializer.descriptor) else ObjectDecoder(none(), deserializer.descriptor, serializersModule, true)
        val actual = deserializer.findPolymorphicSerializerOrNull(parts, word) ?: throw unknownType(current, what, word, known)
        @Suppress("UNCHECKED_CAST")
        return (if (short == null) decodeTyped(actual) else decodeEmpty(actual)) as T
    }

    /** The type that needs a member which the object has, where the object does not say its type and need not. */
    private fun typeLeftOut(family: SerialDescriptor): String? {
        val value = current as? JsonValue.Object ?: return null
        if (TYPE_KEY in value || family.annotations.none { it is TypeMayBeLeftOut }) return null
        return family.getElementDescriptor(1).elementDescriptors.firstOrNull { type ->
            type.elementNames.withIndex().any { (i, name) -> !type.isElementOptional(i) && name in value }
        }?.serialName
    }

    private fun knownTypes(deserializer: AbstractPolymorphicSerializer<*>): List<String> {
        if (deserializer !is PolymorphicSerializer<*>) return deserializer.descriptor.getElementDescriptor(1).elementNames.toList()
        val names = ArrayList<String>()
        serializersModule.dumpTo(object : SerializersModuleCollector {
            override fun <T : Any> contextual(kClass: KClass<T>, provider: (List<KSerializer<*>>) -> KSerializer<*>) = Unit
            override fun <Base : Any> polymorphicDefaultSerializer(
                baseClass: KClass<Base>, defaultSerializerProvider: (Base) -> kotlinx.serialization.SerializationStrategy<Base>?,
            ) = Unit
            override fun <Base : Any> polymorphicDefaultDeserializer(
                baseClass: KClass<Base>, defaultDeserializerProvider: (String?) -> DeserializationStrategy<Base>?,
            ) = Unit
            override fun <Base : Any, Sub : Base> polymorphic(
                baseClass: KClass<Base>, actualClass: KClass<Sub>, actualSerializer: KSerializer<Sub>,
            ) { if (baseClass == deserializer.baseClass) names.add(actualSerializer.descriptor.serialName) }
        })
        return names
    }

    override fun beginStructure(descriptor: SerialDescriptor): CompositeDecoder = structure(current, descriptor)

    private fun structure(value: JsonValue, descriptor: SerialDescriptor): CompositeDecoder = when (descriptor.kind) {
        StructureKind.LIST -> ListDecoder(value as? JsonValue.Array ?: throw wrong("a list"), serializersModule)
        StructureKind.MAP -> MapDecoder(value as? JsonValue.Object ?: throw wrong("an object"), serializersModule)
        else -> ObjectDecoder(value as? JsonValue.Object ?: throw wrong("an object"), descriptor, serializersModule, typed)
    }

    override fun decodeNotNullMark(): Boolean = current !is JsonValue.Null
    override fun decodeNull(): Nothing? = if (current is JsonValue.Null) null else throw wrong("null")

    override fun decodeBoolean(): Boolean = (current as? JsonValue.Truth ?: throw wrong("true or false")).value
    override fun decodeByte(): Byte = whole(Byte.MIN_VALUE, Byte.MAX_VALUE, UByte.MAX_VALUE.toLong()).toByte()
    override fun decodeShort(): Short = whole(Short.MIN_VALUE, Short.MAX_VALUE, UShort.MAX_VALUE.toLong()).toShort()
    override fun decodeInt(): Int = whole(Int.MIN_VALUE, Int.MAX_VALUE, UInt.MAX_VALUE.toLong()).toInt()
    override fun decodeLong(): Long = whole(Long.MIN_VALUE, Long.MAX_VALUE, Long.MAX_VALUE)
    override fun decodeFloat(): Float = (current as? JsonValue.Number ?: throw wrong("a number")).toFloat()
    override fun decodeDouble(): Double = (current as? JsonValue.Number ?: throw wrong("a number")).toDouble()
    override fun decodeString(): String = (current as? JsonValue.Text ?: throw wrong("text")).value
    override fun decodeChar(): Char = decodeString().singleOrNull() ?: throw wrong("a text of one character")
    override fun decodeInline(descriptor: SerialDescriptor): Decoder =
        ValueDecoder(current, serializersModule, unsigned = descriptor.serialName in UNSIGNED)

    override fun decodeEnum(enumDescriptor: SerialDescriptor): Int {
        val word = decodeString()
        val index = enumDescriptor.elementNames.indexOf(word)
        if (index >= 0) return index
        val what = enumDescriptor.serialName.substringAfterLast('.').replaceFirstChar { it.lowercase() }
        throw current.place.error(unknownWord(what, word, enumDescriptor.elementNames.toList(), list = true))
    }

    private fun whole(least: Number, most: Number, unsignedMost: Long): Long {
        val number = current as? JsonValue.Number ?: throw wrong("a whole number")
        return if (unsigned) number.toLong(0, unsignedMost) else number.toLong(least.toLong(), most.toLong())
    }

    private fun wrong(needed: String) = wrongType(current, needed)
}

/** The parts of a list, map or object; elements are decoded by [ValueDecoder]. */
private abstract class PartsDecoder(final override val serializersModule: SerializersModule) : CompositeDecoder {
    abstract fun part(index: Int): JsonValue
    private fun decoder(index: Int) = ValueDecoder(part(index), serializersModule)

    override fun endStructure(descriptor: SerialDescriptor) = Unit
    override fun decodeBooleanElement(descriptor: SerialDescriptor, index: Int) = decoder(index).decodeBoolean()
    override fun decodeByteElement(descriptor: SerialDescriptor, index: Int) = decoder(index).decodeByte()
    override fun decodeShortElement(descriptor: SerialDescriptor, index: Int) = decoder(index).decodeShort()
    override fun decodeIntElement(descriptor: SerialDescriptor, index: Int) = decoder(index).decodeInt()
    override fun decodeLongElement(descriptor: SerialDescriptor, index: Int) = decoder(index).decodeLong()
    override fun decodeFloatElement(descriptor: SerialDescriptor, index: Int) = decoder(index).decodeFloat()
    override fun decodeDoubleElement(descriptor: SerialDescriptor, index: Int) = decoder(index).decodeDouble()
    override fun decodeCharElement(descriptor: SerialDescriptor, index: Int) = decoder(index).decodeChar()
    override fun decodeStringElement(descriptor: SerialDescriptor, index: Int) = decoder(index).decodeString()
    override fun decodeInlineElement(descriptor: SerialDescriptor, index: Int): Decoder =
        decoder(index).decodeInline(descriptor.getElementDescriptor(index))

    override fun <T> decodeSerializableElement(
        descriptor: SerialDescriptor, index: Int, deserializer: DeserializationStrategy<T>, previousValue: T?,
    ): T = decoder(index).decodeSerializableValue(deserializer)

    override fun <T : Any> decodeNullableSerializableElement(
        descriptor: SerialDescriptor, index: Int, deserializer: DeserializationStrategy<T?>, previousValue: T?,
    ): T? = decoder(index).let {
        if (deserializer.descriptor.isNullable || it.decodeNotNullMark()) it.decodeSerializableValue(deserializer) else it.decodeNull()
    }
}

private class ListDecoder(private val list: JsonValue.Array, module: SerializersModule) : PartsDecoder(module) {
    private var index = 0
    override fun decodeCollectionSize(descriptor: SerialDescriptor) = list.items.size
    override fun decodeElementIndex(descriptor: SerialDescriptor) = if (index < list.items.size) index++ else DECODE_DONE
    override fun part(index: Int) = list.items[index]
}

/** Keys and values by turns, as kotlinx.serialization reads a map. */
private class MapDecoder(private val map: JsonValue.Object, module: SerializersModule) : PartsDecoder(module) {
    private var index = 0
    override fun decodeCollectionSize(descriptor: SerialDescriptor) = map.keys.size
    override fun decodeElementIndex(descriptor: SerialDescriptor) = if (index < 2 * map.keys.size) index++ else DECODE_DONE
    override fun part(index: Int): JsonValue {
        val key = map.keys[index / 2]
        val value = map.getValue(key)
        return if (index % 2 == 1) value else JsonValue.Text(value.place.ofKey, key)
    }
}

private class ObjectDecoder(
    private val value: JsonValue.Object, descriptor: SerialDescriptor, module: SerializersModule, typed: Boolean,
) : PartsDecoder(module) {
    private val indices: List<Int>
    private var next = 0

    init {
        val names = descriptor.elementNames.toList()
        val members = if (typed && TYPE_KEY !in names) value.keys - TYPE_KEY else value.keys
        if (descriptor.kind !is PolymorphicKind) {
            members.firstOrNull { it !in names }?.let { throw unknownKey(value, it, names) }
            names.indices.firstOrNull { !descriptor.isElementOptional(it) && names[it] !in value }
                ?.let { throw value.place.missing(names[it]).error("the key ${quoted(names[it])} is missing") }
        }
        indices = members.map(names::indexOf)
    }

    override fun decodeElementIndex(descriptor: SerialDescriptor) = if (next < indices.size) indices[next++] else DECODE_DONE
    private val names = descriptor.elementNames.toList()
    override fun part(index: Int) = value.getValue(names[index])
}

/** A complaint about [value]: it is not [needed]. */
public fun wrongType(value: JsonValue, needed: String): JsonException =
    value.place.error("needs $needed, has ${value.description}")

/** A complaint about the member [key] of [value], which may only have [known] keys. */
public fun unknownKey(value: JsonValue.Object, key: String, known: Collection<String>): JsonException =
    value.getValue(key).place.ofKey.error(unknownWord("key", key, known, list = nearestWord(key, known) == null))

internal fun unknownType(value: JsonValue, what: String, word: String, known: Collection<String>): JsonException {
    val place = (value as? JsonValue.Object)?.get(TYPE_KEY)?.place ?: value.place
    return place.error(unknownWord("$what type", word, known, list = true))
}

/** The word under `"type"` of the object that [decoder] stands at. */
internal fun typeWord(decoder: JsonTreeDecoder, what: String, known: Collection<String>): String {
    val value = decoder.current as? JsonValue.Object ?: throw wrongType(decoder.current, "${article(what)} $what: an object with a \"$TYPE_KEY\"")
    val type = value[TYPE_KEY]
        ?: throw value.place.missing(TYPE_KEY).error("the key \"$TYPE_KEY\" is missing; known ${what}s: ${known.sorted().joinToString(", ")}")
    return (type as? JsonValue.Text ?: throw wrongType(type, "the name of ${article(what)} $what")).value
}

private fun article(word: String) = if (word.take(1).let { it.isNotEmpty() && it in "aeiou" }) "an" else "a"

private val FIRST_WORD = Regex("^[\"'`]?([A-Za-z_][A-Za-z0-9_]*)")
private val UNSIGNED = setOf("kotlin.UByte", "kotlin.UShort", "kotlin.UInt")
