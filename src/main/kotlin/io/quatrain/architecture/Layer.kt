package io.quatrain.architecture

import io.quatrain.node.Node
import io.quatrain.node.Weights
import kotlinx.serialization.KSerializer
import kotlinx.serialization.modules.SerializersModule
import kotlinx.serialization.modules.polymorphic
import kotlinx.serialization.modules.subclass
import kotlin.reflect.KClass

/**
 * The description of a layer: immutable data that checks itself, knows what comes out of it, and makes the node.
 *
 * A layer outside this library is a `@Serializable @SerialName("word")` data class that implements this interface and is
 * announced once with [Layers.register]; then it can be used in the DSL, in JSON, in model files and in checks.
 */
public interface Layer {
    /**
     * What comes out, given what goes in.
     *
     * @throws IllegalArgumentException saying what is needed and what came
     */
    public fun outputShape(inputs: List<Shape>): Shape

    /** The layer at work: its weights are made from [weights]. The shapes have been accepted by [outputShape]. */
    public fun node(inputs: List<Shape>, weights: Weights): Node

    /**
     * Where the output is several values that are read apart: their names. They stand one above the other in equal parts, and a node
     * of a graph reads one as `"layer.name"`. Empty for a layer that gives one value.
     */
    public val outputNames: List<String> get() = emptyList()

    /** The sizes of the parts of the state, in order; empty for a layer without state. */
    public fun stateSizes(inputs: List<Shape>): List<Int> = emptyList()

    /** The same of the state that it ends with, where that is another: then it must start from the state of a layer. */
    public fun finalStateSizes(inputs: List<Shape>): List<Int> = stateSizes(inputs)

    /** This layer with numbers in the place of [vocab] and [classes]. */
    public fun withSizes(sizes: Sizes): Layer = this

    /** What this layer reads when it comes first and nobody says; null when that cannot be known. */
    public fun expectedInput(): Shape? = null
}

/** A layer that comes with this library. */
@kotlinx.serialization.Serializable
public sealed interface BuiltInLayer : Layer

/** Which layers there are. */
public object Layers {
    private val own = LinkedHashMap<KClass<out Layer>, KSerializer<out Layer>>()

    @Volatile
    private var current: SerializersModule = build()

    /** Serializers of every layer, this library's and registered ones. */
    @JvmStatic
    public val module: SerializersModule get() = current

    /** Makes a layer of your own known to JSON, scripts and model files. */
    @JvmStatic
    @Synchronized
    public fun <T : Layer> register(type: KClass<T>, serializer: KSerializer<T>) {
        own[type] = serializer
        current = build()
    }

    /** Makes a layer of your own known to JSON, scripts and model files. */
    public inline fun <reified T : Layer> register(serializer: KSerializer<T>): Unit = register(T::class, serializer)

    @OptIn(kotlinx.serialization.ExperimentalSerializationApi::class)
    private fun build(): SerializersModule = SerializersModule {
        polymorphic(Layer::class) {
            subclassesOfSealed(BuiltInLayer.serializer())
            own.forEach { (type, serializer) ->
                @Suppress("UNCHECKED_CAST") // put there together by register
                subclass(type as KClass<Layer>, serializer as KSerializer<Layer>)
            }
        }
    }
}
