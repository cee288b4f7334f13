package io.quatrain.architecture

import io.quatrain.format.TypeMayBeLeftOut
import kotlinx.serialization.SerialName
import kotlinx.serialization.Serializable

/**
 * A model as a person declares it: layers in a row ([Sequential]) or a graph ([GraphArchitecture]). Immutable data; the
 * DSL, scripts and JSON all make it. In JSON its type may be left out: what has `layers` is sequential, what has `nodes` a graph.
 */
@Serializable
@TypeMayBeLeftOut
public sealed interface Architecture {
    /** The same as a graph, which is what gets compiled. */
    public fun toGraph(): GraphArchitecture

    /** How a node of [toGraph] is called in messages: `layers[1]`, `node "encoder"`. */
    public fun place(node: String): String

    /** The same with numbers in the place of [vocab] and [classes]. */
    public fun withSizes(sizes: Sizes): Architecture
}

/** Layers in a row. [input] is what the first one reads; it may be left out where the first layer tells. */
@Serializable
@SerialName("sequential")
public data class Sequential(val layers: List<Layer>, val input: InputShape? = null) : Architecture {
    init {
        require(layers.isNotEmpty()) { "layers must not be empty: a model has at least one layer" }
        require(layers.size <= 1000) { "layers must be at most 1000, got ${layers.size}" }
    }

    override fun toGraph(): GraphArchitecture {
        val names = layers.mapIndexed { i, layer -> "$i.${layerWord(layer)}" }
        val shape = input ?: InputShape.of(
            layers[0].expectedInput() ?: throw ArchitectureException(
                "layers[0] ${describe(layers[0])}: cannot know what it reads; say input(features = …) or input(tokens = …) before it",
            ),
        )
        return GraphArchitecture(
            inputs = listOf(InputDescription(INPUT, shape)),
            nodes = layers.mapIndexed { i, layer -> NodeDescription(names[i], layer, listOf(if (i == 0) INPUT else names[i - 1])) },
            outputs = listOf(names.last()),
        )
    }

    override fun place(node: String): String = "layers[${node.substringBefore('.')}]"

    override fun withSizes(sizes: Sizes): Sequential =
        Sequential(layers.map { it.withSizes(sizes) }, input?.withSizes(sizes))

    public companion object {
        /** The name of a sequential model's input. */
        public const val INPUT: String = "input"

        /** Layers in a row, for Java callers. */
        @JvmStatic
        public fun of(vararg layers: Layer): Sequential = Sequential(layers.toList())
    }
}

/** What an input is: [tokens] of a vocabulary or [features] numbers; [sequence] false: one value an example. */
@Serializable
public data class InputShape(val tokens: Size? = null, val features: Int? = null, val sequence: Boolean = true) {
    init {
        require((tokens == null) != (features == null)) { "tokens or features must be given, one of the two" }
        tokens?.let { checkSize("tokens", it, mayBeVocabulary = true) }
        features?.let { checkSize("features", it) }
    }

    internal fun shape(): Shape = (tokens?.let(Shape::ofTokens) ?: Shape.ofFeatures(features!!)).let { if (sequence) it else it.vector() }

    internal fun withSizes(sizes: Sizes): InputShape = copy(tokens = tokens?.let(sizes::of))

    internal companion object {
        fun of(shape: Shape): InputShape =
            if (shape.tokens) InputShape(tokens = shape.size, sequence = shape.sequence)
            else InputShape(features = shape.size, sequence = shape.sequence)
    }
}

/** Named inputs, named nodes in an order in which each reads only what stands before it, and the names of the outputs. */
@Serializable
@SerialName("graph")
public data class GraphArchitecture(
    val inputs: List<InputDescription>,
    val nodes: List<NodeDescription>,
    val outputs: List<String>,
) : Architecture {
    init {
        require(inputs.isNotEmpty()) { "inputs must not be empty: a model reads something" }
        require(nodes.isNotEmpty()) { "nodes must not be empty: a model has at least one layer" }
        require(outputs.isNotEmpty()) { "outputs must not be empty: a model gives something" }
        require(nodes.size <= 1000) { "nodes must be at most 1000, got ${nodes.size}" }
    }

    override fun toGraph(): GraphArchitecture = this

    /** Where a node gives several values: their names. */
    internal fun valuesOf(name: String): List<String> =
        nodes.firstOrNull { it.name == name }?.layer?.outputNames.orEmpty().map { "$name.$it" }

    override fun place(node: String): String = "node \"$node\""

    override fun withSizes(sizes: Sizes): GraphArchitecture = GraphArchitecture(
        inputs.map { it.copy(shape = it.shape.withSizes(sizes)) },
        nodes.map { it.copy(layer = it.layer.withSizes(sizes)) },
        outputs,
    )
}

/** An input and its name. */
@Serializable
public data class InputDescription(val name: String, val shape: InputShape)

/**
 * A layer at its place in a graph.
 *
 * @property inputs what it reads: inputs of the graph, nodes before it, or of a node that gives several values one, `"node.value"`
 * @property state the node whose final state this one starts from
 * @property sharedWith an earlier node of the same layer, whose weights this one uses
 */
@Serializable
public data class NodeDescription(
    val name: String,
    val layer: Layer,
    val inputs: List<String>,
    val state: String? = null,
    val sharedWith: String? = null,
)

/** A model that cannot be built as it is described. The message names the layer, what it needs and what it was given. */
public class ArchitectureException(message: String) : IllegalArgumentException(message)
