@file:OptIn(ExperimentalSerializationApi::class)

package io.quatrain.architecture

import io.quatrain.format.JsonException
import io.quatrain.format.JsonReader
import io.quatrain.format.decode
import kotlin.random.Random
import kotlinx.serialization.DeserializationStrategy
import kotlinx.serialization.ExperimentalSerializationApi
import kotlinx.serialization.PolymorphicSerializer
import kotlinx.serialization.descriptors.PolymorphicKind
import kotlinx.serialization.descriptors.PrimitiveKind
import kotlinx.serialization.descriptors.SerialDescriptor
import kotlinx.serialization.descriptors.SerialKind
import kotlinx.serialization.descriptors.StructureKind
import kotlinx.serialization.descriptors.elementDescriptors
import kotlinx.serialization.descriptors.elementNames
import kotlinx.serialization.json.JsonArray
import kotlinx.serialization.json.JsonElement
import kotlinx.serialization.json.JsonNull
import kotlinx.serialization.json.JsonObject
import kotlinx.serialization.json.JsonPrimitive

/** Draws descriptions of every kind from what their serializers say of themselves, so that a new one is drawn without being named here. */
class RandomDescriptions(private val random: Random) {
    fun experiment(): Experiment = Experiment(
        architecture(),
        if (random.nextInt(5) == 0) null else draw(DataDescription.serializer()),
        draw(Training.serializer()),
        draw(Generation.serializer()),
    )

    fun architecture(): Architecture = if (random.nextBoolean()) sequential() else graph()

    fun layer(): Layer = draw(PolymorphicSerializer(Layer::class))

    private fun sequential() = Sequential(List(random.nextInt(1, 5)) { layer() }, if (random.nextBoolean()) null else draw(InputShape.serializer()))

    private fun graph(): GraphArchitecture {
        val taken = HashSet<String>()
        fun name(default: String): String = (if (random.nextInt(3) > 0) default else NAMES.random(random)).let { if (taken.add(it)) it else default.also(taken::add) }
        val inputs = List(random.nextInt(1, 4)) { InputDescription(name("in$it"), draw(InputShape.serializer())) }
        val nodes = ArrayList<NodeDescription>()
        repeat(random.nextInt(1, 7)) { i ->
            val values = inputs.map { it.name } + nodes.flatMap(::values)
            val shared = nodes.filter { random.nextInt(6) == 0 }.randomOrNull(random)
            val layer = shared?.layer ?: layer()
            val count = if (layer is MergeLayer || random.nextInt(4) == 0) random.nextInt(2, 4) else 1
            val default = "$i.${layerWord(layer)}"
            nodes += NodeDescription(
                name(default), layer, List(count) { values.takeLast(3).random(random) },
                nodes.filter { random.nextInt(5) == 0 }.randomOrNull(random)?.name, shared?.name,
            )
        }
        return GraphArchitecture(inputs, nodes, List(random.nextInt(1, 3)) { nodes.flatMap(::values).random(random) })
    }

    private fun values(node: NodeDescription) = node.layer.outputNames.map { "${node.name}.$it" }.ifEmpty { listOf(node.name) }

    /** A value that its own checks accept. */
    fun <T> draw(serializer: DeserializationStrategy<T>): T {
        repeat(10_000) {
            try {
                return JsonReader.read(json(serializer.descriptor, 0).toString()).decode(serializer, Layers.module)
            } catch (_: JsonException) {
            }
        }
        error("nothing that ${serializer.descriptor.serialName} accepts was drawn")
    }

    /** The member of a family that is called [word], with nothing but what it needs. */
    fun <T> drawLeast(family: DeserializationStrategy<T>, word: String): T {
        val kind = family.descriptor.kind
        val types = if (kind is PolymorphicKind.OPEN) LAYERS else family.descriptor.elementDescriptors.last().elementDescriptors.toList()
        val type = types.first { it.serialName == word }
        repeat(10_000) {
            val needed = (0 until type.elementsCount).filter { !type.isElementOptional(it) }
                .associate { type.getElementName(it) to json(type.getElementDescriptor(it), 2) }
            try {
                return JsonReader.read(JsonObject(mapOf("type" to JsonPrimitive(word)) + needed).toString()).decode(family, Layers.module)
            } catch (_: JsonException) {
            }
        }
        error("nothing that $word accepts was drawn")
    }

    private fun json(descriptor: SerialDescriptor, depth: Int): JsonElement {
        if (descriptor.isNullable && random.nextInt(3) == 0) return JsonNull
        return when (val kind = descriptor.kind) {
            is PolymorphicKind -> {
                val types = if (kind is PolymorphicKind.OPEN) LAYERS else descriptor.elementDescriptors.last().elementDescriptors.toList()
                val type = types.filter { depth < 4 || it.kind == StructureKind.OBJECT }.ifEmpty { types }.random(random)
                val members = if (type.kind == StructureKind.OBJECT) emptyMap() else members(type, depth)
                if (members.isEmpty() && random.nextBoolean()) JsonPrimitive(type.serialName) else JsonObject(mapOf("type" to JsonPrimitive(type.serialName)) + members)
            }
            StructureKind.CLASS -> JsonObject(members(descriptor, depth))
            StructureKind.LIST -> JsonArray(List(random.nextInt(4)) { json(descriptor.getElementDescriptor(0), depth + 1) })
            StructureKind.MAP -> JsonObject(List(random.nextInt(3)) { STRINGS.random(random) to json(descriptor.getElementDescriptor(1), depth + 1) }.toMap())
            SerialKind.ENUM -> JsonPrimitive(descriptor.elementNames.toList().random(random))
            PrimitiveKind.BOOLEAN -> JsonPrimitive(random.nextBoolean())
            PrimitiveKind.INT -> if (descriptor.serialName.startsWith("io.quatrain.Size") && random.nextBoolean()) JsonPrimitive(listOf("vocab", "classes").random(random)) else JsonPrimitive(random.nextInt(0, 40))
            PrimitiveKind.LONG -> JsonPrimitive(random.nextLong())
            PrimitiveKind.DOUBLE -> JsonPrimitive(NUMBERS.random(random))
            PrimitiveKind.STRING -> JsonPrimitive(STRINGS.random(random))
            else -> error("cannot draw ${descriptor.kind} ${descriptor.serialName}")
        }
    }

    private fun members(descriptor: SerialDescriptor, depth: Int): Map<String, JsonElement> =
        (0 until descriptor.elementsCount).filter { !descriptor.isElementOptional(it) || random.nextInt(3) == 0 }
            .associate { descriptor.getElementName(it) to json(descriptor.getElementDescriptor(it), depth + 1) }

    companion object {
        /** This library's layers; other specs register layers of their own in the same process. */
        val LAYERS: List<SerialDescriptor> = BuiltInLayer.serializer().descriptor.elementDescriptors.last().elementDescriptors.toList()

        private val NUMBERS = listOf(0.0, 1e-7, 0.001, 0.1, 1.0 / 3, 0.5, 0.9, 0.999, 1.0, 1.5, 5.0, 250.0, 123456.789)
        private val STRINGS = listOf("a.txt", "月在画楼西", "say \"no\"", "C:\\x\$y\${z}", "two\nlines\tand a tab", "\u0001\u200b\ud83d\ude00e\u0301", ";", "UTF-8", "GB18030", "x, y) (z")
        private val NAMES = listOf("encoder", "val", "sum", "a b", "月", "lstm", "2", "_", "x.y", "tokens", "output", "vocab", "classes", "say \"no\"", "7.lstm")
    }
}
