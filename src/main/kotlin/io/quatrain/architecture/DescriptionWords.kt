@file:OptIn(ExperimentalSerializationApi::class)

package io.quatrain.architecture

import kotlin.reflect.KClass
import kotlinx.serialization.DeserializationStrategy
import kotlinx.serialization.ExperimentalSerializationApi
import kotlinx.serialization.KSerializer
import kotlinx.serialization.SerializationStrategy
import kotlinx.serialization.descriptors.PolymorphicKind
import kotlinx.serialization.descriptors.SerialDescriptor
import kotlinx.serialization.descriptors.SerialKind
import kotlinx.serialization.descriptors.elementDescriptors
import kotlinx.serialization.descriptors.elementNames
import kotlinx.serialization.modules.SerializersModuleCollector

/** Every word that an experiment can be written with: types, properties, constants; registered layers included. */
internal object DescriptionWords {
    fun all(): Set<String> {
        val words = LinkedHashSet<String>()
        val seen = HashSet<String>()
        fun visit(descriptor: SerialDescriptor) {
            if (!seen.add(descriptor.serialName)) return
            when (descriptor.kind) {
                is PolymorphicKind -> {
                    words += descriptor.elementDescriptors.last().elementNames
                    types(descriptor).forEach(::visit)
                }
                else -> {
                    words += descriptor.elementNames
                    if (descriptor.kind != SerialKind.ENUM) descriptor.elementDescriptors.forEach(::visit)
                }
            }
        }
        visit(Experiment.serializer().descriptor)
        for (layer in layers()) {
            words += layer.serialName
            visit(layer)
        }
        return words + listOf("experiment", "sequential", "graph", "vocab", "classes", "input", "tokens", "join", "named", "startingFrom", "through")
    }

    /** The members of a closed family. */
    fun types(family: SerialDescriptor): List<SerialDescriptor> = family.elementDescriptors.last().elementDescriptors.toList()

    /** The descriptors of every layer there is. */
    fun layers(): List<SerialDescriptor> {
        val found = ArrayList<SerialDescriptor>()
        Layers.module.dumpTo(object : SerializersModuleCollector {
            override fun <T : Any> contextual(kClass: KClass<T>, provider: (List<KSerializer<*>>) -> KSerializer<*>) = Unit
            override fun <Base : Any> polymorphicDefaultSerializer(baseClass: KClass<Base>, defaultSerializerProvider: (Base) -> SerializationStrategy<Base>?) = Unit
            override fun <Base : Any> polymorphicDefaultDeserializer(baseClass: KClass<Base>, defaultDeserializerProvider: (String?) -> DeserializationStrategy<Base>?) = Unit
            override fun <Base : Any, Sub : Base> polymorphic(baseClass: KClass<Base>, actualClass: KClass<Sub>, actualSerializer: KSerializer<Sub>) {
                if (baseClass == Layer::class) found += actualSerializer.descriptor
            }
        })
        return found
    }
}
