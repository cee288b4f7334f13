package io.quatrain.architecture

import kotlinx.serialization.ExperimentalSerializationApi
import kotlinx.serialization.SerializationStrategy
import kotlinx.serialization.descriptors.PolymorphicKind
import kotlinx.serialization.descriptors.SerialDescriptor
import kotlinx.serialization.descriptors.StructureKind
import kotlinx.serialization.encoding.AbstractEncoder
import kotlinx.serialization.encoding.CompositeEncoder
import kotlinx.serialization.modules.SerializersModule
import kotlinx.serialization.PolymorphicSerializer

/** A layer as a person writes it: `lstm(256, bidirectional = true)`. */
public fun describe(layer: Layer): String = describe(PolymorphicSerializer(Layer::class), layer)

/** The word of a layer: `lstm`. */
public fun layerWord(layer: Layer): String = describe(layer).substringBefore('(')

/** Any description as the Kotlin expression that makes it. */
public fun <T> describe(serializer: SerializationStrategy<T>, value: T): String {
    if (value is Layer) requireAnnounced(value)
    return KotlinWriter(Layers.module).apply { encodeSerializableValue(serializer, value) }.toString()
}

/** A layer of one's own has a word only once it was announced. */
@OptIn(ExperimentalSerializationApi::class)
private fun requireAnnounced(layer: Layer) {
    if (Layers.module.getPolymorphic(Layer::class, layer) != null) return
    val name = layer.javaClass.simpleName
    throw ArchitectureException("the layer $name is not known yet; announce it once, before it is used: Layers.register($name.serializer())")
}

/**
 * Writes descriptions as Kotlin: a class is its serial name called with its properties, those without default first and
 * without name, those that equal their default not at all.
 */
@OptIn(ExperimentalSerializationApi::class)
internal class KotlinWriter(override val serializersModule: SerializersModule) : AbstractEncoder(), CodeEncoder {
    private val text = StringBuilder()
    private val open = ArrayDeque<Frame>()

    private class Frame(val descriptor: SerialDescriptor) {
        var count = 0
        var named = false
    }

    override fun toString(): String = text.toString()

    override fun encodeCode(code: String) {
        text.append(code)
    }

    override fun shouldEncodeElementDefault(descriptor: SerialDescriptor, index: Int): Boolean = false

    override fun beginStructure(descriptor: SerialDescriptor): CompositeEncoder {
        open.addLast(Frame(descriptor))
        when (descriptor.kind) {
            is PolymorphicKind -> Unit
            StructureKind.LIST -> text.append("listOf(")
            StructureKind.MAP -> text.append("mapOf(")
            StructureKind.OBJECT -> text.append(descriptor.serialName.substringAfterLast('.')).append("()")
            else -> text.append(descriptor.serialName.substringAfterLast('.')).append('(')
        }
        return this
    }

    override fun beginCollection(descriptor: SerialDescriptor, collectionSize: Int): CompositeEncoder = beginStructure(descriptor)

    override fun endStructure(descriptor: SerialDescriptor) {
        open.removeLast()
        if (descriptor.kind !is PolymorphicKind && descriptor.kind != StructureKind.OBJECT) text.append(')')
    }

    override fun encodeElement(descriptor: SerialDescriptor, index: Int): Boolean {
        val frame = open.last()
        when (descriptor.kind) {
            is PolymorphicKind -> return index == 1
            StructureKind.MAP -> if (frame.count > 0) text.append(if (index % 2 == 1) " to " else ", ")
            else -> if (frame.count > 0) text.append(", ")
        }
        if (descriptor.kind == StructureKind.CLASS) {
            if (descriptor.isElementOptional(index)) frame.named = true
            if (frame.named) text.append(descriptor.getElementName(index)).append(" = ")
        }
        frame.count++
        return true
    }

    override fun encodeValue(value: Any) {
        text.append(value)
    }

    override fun encodeNull() {
        text.append("null")
    }

    override fun encodeLong(value: Long) {
        text.append(value).append('L')
    }

    override fun encodeString(value: String) {
        text.append(quotedKotlin(value))
    }

    override fun encodeEnum(enumDescriptor: SerialDescriptor, index: Int) {
        text.append(enumDescriptor.getElementName(index))
    }
}

/** [value] as a Kotlin string literal. */
internal fun quotedKotlin(value: String): String = buildString {
    append('"')
    value.forEachIndexed { i, c ->
        val alone = c.isHighSurrogate() && value.getOrNull(i + 1)?.isLowSurrogate() != true ||
            c.isLowSurrogate() && value.getOrNull(i - 1)?.isHighSurrogate() != true
        when {
            c == '\\' || c == '"' || c == '$' -> append('\\').append(c)
            c == '\n' -> append("\\n")
            c == '\t' -> append("\\t")
            c == '\r' -> append("\\r")
            c.category == CharCategory.CONTROL || c.category == CharCategory.FORMAT || alone -> append("\\u%04x".format(c.code))
            else -> append(c)
        }
    }
    append('"')
}
