package io.quatrain.dsl

import io.quatrain.architecture.GraphArchitecture
import io.quatrain.architecture.InputDescription
import io.quatrain.architecture.InputShape
import io.quatrain.architecture.Layer
import io.quatrain.architecture.MergeLayer
import io.quatrain.architecture.MergeMode
import io.quatrain.architecture.NodeDescription
import io.quatrain.architecture.Sequential
import io.quatrain.architecture.layerWord

/** Marks the blocks of the DSL, so that a word belongs to the innermost. */
@DslMarker
@Target(AnnotationTarget.CLASS, AnnotationTarget.TYPE)
public annotation class QuatrainDsl

/** What layer words can be said to: the layers of a row, or a value of a graph. */
@QuatrainDsl
public interface LayerScope<out R> {
    /** Adds a layer; every word of the DSL is one call of this. */
    public fun add(layer: Layer): R
}

/** The best-known word: `sequential { embedding(5000, 128); lstm(256); dense(5000) }`. */
public inline fun sequential(block: SequentialBuilder.() -> Unit): Sequential = SequentialBuilder().apply(block).build()

/** Layers in a row. */
@QuatrainDsl
public class SequentialBuilder : LayerScope<SequentialBuilder> {
    private val layers = mutableListOf<Layer>()
    private var input: InputShape? = null

    override fun add(layer: Layer): SequentialBuilder = apply { layers += layer }

    /** What the first layer reads: [tokens] of a vocabulary, or [features] numbers. Needed where the layer cannot tell. */
    @JvmOverloads
    public fun input(tokens: Int? = null, features: Int? = null, sequence: Boolean = true): SequentialBuilder =
        apply { input = InputShape(tokens, features, sequence) }

    public fun build(): Sequential = Sequential(layers.toList(), input)
}

/**
 * Named inputs, several inputs and outputs, shared and merged values:
 * ```
 * graph {
 *     val source = tokens("source", 5000)
 *     val target = tokens("target", 5000)
 *     val encoder = source.embedding(5000, 64).lstm(128) named "encoder"
 *     output(target.embedding(5000, 64).lstm(128).startingFrom(encoder).dense(5000) named "next")
 * }
 * ```
 */
public inline fun graph(block: GraphBuilder.() -> Unit): GraphArchitecture = GraphBuilder().apply(block).build()

/** A graph in the making. */
@QuatrainDsl
public class GraphBuilder {
    private val inputs = mutableListOf<InputDescription>()
    private val nodes = mutableListOf<Value>()
    private val outputs = mutableListOf<Value>()

    /** A value of the graph: an input, or what a layer gives. Layer words said to it read it. */
    public inner class Value internal constructor(
        private var ownName: String,
        private val layer: Layer?,
        private val reads: List<Value>,
        private val of: Value? = null,
    ) : LayerScope<Value> {
        /** The name in files, messages and outputs. */
        public val name: String get() = if (of == null) ownName else "${of.name}.$ownName"
        private var state: Value? = null
        private var shared: Value? = null

        override fun add(layer: Layer): Value = this@GraphBuilder.node(layer, listOf(this))

        /** Gives the value a name of its own. */
        public infix fun named(name: String): Value = apply {
            require(layer != null) { "\"${this.name}\" has its name already" }
            ownName = name
        }

        /** One of the values of a layer that gives several, see [Layer.outputNames]. */
        public fun value(name: String): Value {
            val names = layer?.outputNames.orEmpty()
            require(name in names) {
                "\"${this.name}\" has no value \"$name\"; " +
                    if (names.isEmpty()) "it gives one: for two directions apart say merge = both" else "there are ${names.joinToString()}"
            }
            return this@GraphBuilder.Value(name, null, emptyList(), this)
        }

        /** What the forward direction gives, of a layer with `merge = both`. */
        public val forwards: Value get() = value("forwards")

        /** What the backward direction gives, of a layer with `merge = both`. */
        public val backwards: Value get() = value("backwards")

        /** The layer starts from the final state of another. */
        public infix fun startingFrom(other: Value): Value = apply {
            require(layer != null) { "\"$name\" is no layer, so it has no state to start from" }
            state = other
        }

        /** The layer of another value, with its weights, read this one. */
        public infix fun through(other: Value): Value = this@GraphBuilder.join(this).through(other)

        internal fun sharing(other: Value): Value = apply { shared = other }

        internal fun layerToShare(): Layer = requireNotNull(layer) { "input \"$name\" has no weights to share" }

        internal fun description(): NodeDescription =
            NodeDescription(name, layer!!, reads.map { it.name }, state?.name, shared?.name)
    }

    private fun node(layer: Layer, reads: List<Value>): Value =
        Value("${nodes.size}.${layerWord(layer)}", layer, reads).also { nodes += it }

    private fun input(name: String, shape: InputShape): Value {
        inputs += InputDescription(name, shape)
        return Value(name, null, emptyList())
    }

    /** An input of token ids below [vocabulary], at every step or ([sequence] false) one. */
    @JvmOverloads
    public fun tokens(name: String, vocabulary: Int, sequence: Boolean = true): Value =
        input(name, InputShape(tokens = vocabulary, sequence = sequence))

    /** An input of [size] numbers, at every step or ([sequence] false) once. */
    @JvmOverloads
    public fun features(name: String, size: Int, sequence: Boolean = true): Value =
        input(name, InputShape(features = size, sequence = sequence))

    /** Several values, for a layer that reads several: `join(a, b).merge(sum)`. */
    public inner class Joined internal constructor(private val values: List<Value>) : LayerScope<Value> {
        override fun add(layer: Layer): Value = this@GraphBuilder.node(layer, values)

        /** The layer of another value, with its weights, read these. */
        public infix fun through(other: Value): Value = add(other.layerToShare()).sharing(other)
    }

    /** Several values, for the layer word that follows. */
    public fun join(vararg values: Value): Joined = Joined(values.toList())

    /** Any layer that reads several values. */
    public fun join(layer: Layer, vararg values: Value): Value = node(layer, values.toList())

    /** One above the other. */
    public fun concat(vararg values: Value): Value = join(MergeLayer(MergeMode.CONCAT), *values)

    /** Their sum. */
    public fun sum(vararg values: Value): Value = join(MergeLayer(MergeMode.SUM), *values)

    /** Their mean. */
    public fun mean(vararg values: Value): Value = join(MergeLayer(MergeMode.MEAN), *values)

    /** Their elementwise product. */
    public fun product(vararg values: Value): Value = join(MergeLayer(MergeMode.PRODUCT), *values)

    /** What the model gives. */
    public fun output(vararg values: Value) {
        outputs += values
    }

    public fun build(): GraphArchitecture =
        GraphArchitecture(inputs.toList(), nodes.map { it.description() }, outputs.map { it.name })
}
