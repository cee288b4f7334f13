package io.quatrain.architecture

import io.quatrain.format.unknownWord
import io.quatrain.node.Graph
import io.quatrain.node.GraphPass
import io.quatrain.node.Node
import io.quatrain.node.Parameter
import io.quatrain.node.PassSize
import io.quatrain.node.Weights
import io.quatrain.tensor.Compute
import io.quatrain.tensor.Precision
import java.util.Locale

/** An architecture that has been compiled: shapes known, weights made. */
public class Model internal constructor(
    /** As it was declared, with real numbers in the place of [vocab]. */
    public val architecture: Architecture,
    /** The engine's form. */
    public val graph: Graph,
    private val plan: Plan,
) {
    /** Every weight matrix, in the order of the layers. */
    public val parameters: List<Parameter> = graph.parameters()

    /**
     * A weight matrix by its path: `model.parameter("1.lstm.wh").value()`.
     *
     * @throws IllegalArgumentException naming the paths that there are
     */
    public fun parameter(path: String): Parameter = requireNotNull(parameters.find { it.path() == path }) {
        unknownWord("path", path, parameters.map { it.path() }, list = true)
    }

    /** The shape of an input or of a node's output. */
    public fun shape(name: String): Shape =
        requireNotNull(plan.shapes[name]) { "no node \"$name\"; there are ${plan.shapes.keys}" }

    /** A pass over the whole model. */
    public fun pass(size: PassSize): GraphPass = graph.pass(size)

    /** How many numbers are learned. */
    public val parameterCount: Long get() = plan.parameterCount

    /** The model as it was declared, with output sizes and parameter counts, one layer a line. */
    public fun summary(): String = plan.summary()
}

/**
 * Compiles an architecture: every shape is checked before any weight is made.
 *
 * @param compute the precision and threads to compute with
 * @param seed of the weights' first values
 * @param vocabulary takes the place of [vocab]; needed only where the architecture says `vocab`
 * @param classes takes the place of [io.quatrain.architecture.classes]; needed only where the architecture says `classes`
 * @throws ArchitectureException naming the layer, what it needs and what it was given
 */
@JvmOverloads
public fun Architecture.compile(
    compute: Compute = Compute.of(Precision.FLOAT32),
    seed: Long = 1,
    vocabulary: Int? = null,
    classes: Int? = null,
): Model = compile(compute, seed, Sizes(vocabulary, classes))

/** The same with [sizes] that the data say. */
public fun Architecture.compile(compute: Compute, seed: Long, sizes: Sizes): Model {
    val plan = plan(sizes)
    return plan.model(Weights(compute, seed))
}

/** The shapes of a whole model, without any weight. */
@JvmOverloads
public fun Architecture.plan(vocabulary: Int? = null, classes: Int? = null): Plan = plan(Sizes(vocabulary, classes))

/** The same with [sizes] that the data say. */
public fun Architecture.plan(sizes: Sizes): Plan {
    val known = withSizes(sizes)
    return Plan(known, known.toGraph())
}

/** Every shape and size of a model, worked out before anything is allocated. */
public class Plan internal constructor(public val architecture: Architecture, private val description: GraphArchitecture) {
    /** What every input and node gives. */
    public val shapes: Map<String, Shape>

    private val weightSizes: Map<String, List<WeightSize>>

    /** The nodes, and after each that gives several values these, as slices of it. */
    private val nodes = mutableListOf<NodeDescription>()

    /** How many numbers are learned. */
    public val parameterCount: Long

    /** A weight matrix to come. */
    public data class WeightSize(val path: String, val rows: Int, val columns: Int)

    init {
        val found = LinkedHashMap<String, Shape>()
        for (input in description.inputs) {
            fail("input \"${input.name}\"", input.name in found) { "this name is used twice; give every input its own" }
            val shape = input.shape.shape()
            fail("input \"${input.name}\"", shape.size == vocab) { UNKNOWN_VOCABULARY }
            found[input.name] = shape
        }
        val positions = description.nodes.withIndex().associate { it.value.name to it.index }
        description.nodes.forEachIndexed { position, node ->
            val place = place(node)
            fail(place, node.name in found) { "the name \"${node.name}\" is used twice; give every node its own" }
            fail(place, node.inputs.isEmpty()) { "reads nothing; name its inputs" }
            for (name in node.inputs + listOfNotNull(node.state, node.sharedWith)) {
                if (name in found) continue
                val later = positions[name] ?: positions[name.substringBeforeLast('.')]
                fail(place, later == null) { "reads \"$name\", which is no input and no node; there are ${found.keys.joinToString()}" }
                fail(place, true) { cycleOr(position, name) }
            }
            val inputs = node.inputs.map(found::getValue)
            node.inputs.forEach { name -> fail(place, description.valuesOf(name).isNotEmpty()) { apart(name) } }
            val given = at(place) {
                require(node.layer.withSizes(Sizes(ofVocabulary = LARGEST_SIZE)) == node.layer) { UNKNOWN_VOCABULARY }
                require(node.layer.withSizes(Sizes(ofClasses = LARGEST_SIZE)) == node.layer) { UNKNOWN_CLASSES }
                node.layer.outputShape(inputs)
            }
            found[node.name] = given
            nodes += node
            description.valuesOf(node.name).forEachIndexed { i, value ->
                fail("node \"$value\"", value in positions) { "is the name of a value of $place; choose another" }
                val size = given.size / node.layer.outputNames.size
                found[value] = given.features(size)
                nodes += NodeDescription(value, Slice(i * size, (i + 1) * size), listOf(node.name))
            }
            at(place) { checkState(node, found) }
            node.sharedWith?.let { other -> at(place) { checkShared(node, other, inputs, found) } }
        }
        for (output in description.outputs) {
            val several = description.valuesOf(output).isNotEmpty()
            fail(if (architecture is Sequential) architecture.place(output) else "outputs", several) { apart(output) }
            fail("outputs", output !in found) { "\"$output\" is no node; there are ${found.keys.joinToString()}" }
        }
        checkReached()
        shapes = found
        val planning = Weights.planning()
        weightSizes = description.nodes.filter { it.sharedWith == null }.associate { node ->
            node.name to at(place(node)) { planning.sizes().size.also { node.layer.node(node.inputs.map(found::getValue), planning.of(node.name)) } }
                .let { before -> planning.sizes().drop(before) }
                .map { WeightSize(it.path(), it.rows(), it.columns()) }
        }
        parameterCount = weightSizes.values.sumOf { sizes -> sizes.sumOf { it.rows.toLong() * it.columns } }
    }

    private fun place(node: NodeDescription) = "${architecture.place(node.name)} ${describe(node.layer)}"

    private fun apart(name: String): String {
        val values = description.valuesOf(name)
        return if (architecture is Sequential) "both outputs of ${architecture.place(name)} are left apart, and a row has one value: merge them there, or write a graph"
        else "\"$name\" gives ${values.size} values: name ${values.joinToString(" or ") { "\"$it\"" }}"
    }

    private fun checkState(node: NodeDescription, found: Map<String, Shape>) {
        val inputs = node.inputs.map(found::getValue)
        val source = node.state
        if (source == null) {
            require(node.layer.finalStateSizes(inputs) == node.layer.stateSizes(inputs)) { "must start from the state of a layer; say .startingFrom(…), in JSON \"state\": \"…\"" }
            return
        }
        val from = description.nodes.firstOrNull { it.name == source }
        val given = from?.layer?.finalStateSizes(from.inputs.map(found::getValue)) ?: emptyList()
        val needed = node.layer.stateSizes(inputs)
        require(needed.isNotEmpty()) { "has no state, so it cannot start from that of \"$source\"" }
        require(given == needed) {
            "needs a state of sizes $needed but \"$source\" gives $given; use the same units, layers and directions on both"
        }
    }

    private fun checkShared(node: NodeDescription, other: String, inputs: List<Shape>, found: Map<String, Shape>) {
        val first = description.nodes.firstOrNull { it.name == other }
        require(first != null) { "\"$other\" is an input; weights are shared with a node" }
        require(first.layer == node.layer) { "shares the weights of \"$other\", which is another layer: ${describe(first.layer)}" }
        val given = first.inputs.map(found::getValue)
        require(given.map { it.size } == inputs.map { it.size }) { "shares the weights of \"$other\", which reads ${given.joinToString()}, not ${inputs.joinToString()}" }
    }

    private fun cycleOr(position: Int, name: String): String {
        val byName = description.nodes.associateBy { it.name }
        val start = description.nodes[position].name
        val trail = mutableListOf(start)
        val seen = HashSet<String>()
        fun reaches(at: String): Boolean {
            if (at == start) return true
            if (!seen.add(at)) return false
            trail += at
            val node = byName[at]
            if (node != null && (node.inputs.map { if (it in byName) it else it.substringBeforeLast('.') } + listOfNotNull(node.state)).any(::reaches)) return true
            trail.removeLast()
            return false
        }
        return if (reaches(name)) "reads itself in a circle: ${(trail + start).joinToString(" ← ")}; a graph has no cycles"
        else "reads \"$name\", which stands after it; put \"$name\" first"
    }

    private fun checkReached() {
        val byName = nodes.associateBy { it.name }
        val reached = HashSet<String>()
        val open = ArrayDeque(description.outputs)
        while (open.isNotEmpty()) {
            val name = open.removeLast()
            if (!reached.add(name)) continue
            byName[name]?.let { node -> open += node.inputs + listOfNotNull(node.state) }
        }
        description.nodes.firstOrNull { it.name !in reached }?.let {
            throw ArchitectureException("${place(it)}: nothing reads it and it is no output; leave it out or add it to the outputs")
        }
        nodes.firstOrNull { it.name !in reached }?.let {
            throw ArchitectureException("${architecture.place(it.inputs.single())}: nothing reads its value \"${it.name}\"; read it, or leave out a direction")
        }
        description.inputs.firstOrNull { it.name !in reached }?.let {
            throw ArchitectureException("input \"${it.name}\": nothing reads it; leave it out")
        }
    }

    private fun <T> at(place: String, body: () -> T): T = try {
        body()
    } catch (e: ArchitectureException) {
        throw e
    } catch (e: IllegalArgumentException) {
        throw ArchitectureException("$place: ${e.message}")
    }

    private fun fail(place: String, condition: Boolean, message: () -> String) {
        if (condition) throw ArchitectureException("$place: ${message()}")
    }

    /** Every weight matrix, in the order of the layers. */
    public fun weights(): List<WeightSize> = weightSizes.values.flatten()

    /** Refuses a model whose weights cannot fit into this JVM's memory. */
    internal fun checkMemory(compute: Compute) {
        val bytes = parameterCount * (if (compute.precision() == Precision.FLOAT32) 4 else 8)
        val limit = Runtime.getRuntime().maxMemory()
        if (bytes > limit) {
            throw ArchitectureException(
                "the model has %,d parameters, which take %,d MB; this JVM may use %,d MB: make it smaller or raise -Xmx"
                    .format(Locale.ROOT, parameterCount, bytes shr 20, limit shr 20),
            )
        }
    }

    internal fun model(weights: Weights): Model {
        checkMemory(weights.compute())
        return Model(architecture, graph(weights), this)
    }

    internal fun graph(weights: Weights): Graph {
        val nodes = HashMap<String, Node>()
        val vertices = this.nodes.map { node ->
            val made = node.sharedWith?.let(nodes::getValue)
                ?: node.layer.node(node.inputs.map(shapes::getValue), weights.of(node.name))
            nodes[node.name] = made
            Graph.Vertex(node.name, made, node.inputs, node.state)
        }
        val inputs = description.inputs.map { input ->
            val shape = shapes.getValue(input.name)
            Graph.Input(input.name, shape.size, shape.tokens, shape.sequence)
        }
        return Graph(weights.compute(), inputs, vertices, description.outputs)
    }

    /** The model as it was declared, one layer a line. */
    public fun summary(): String {
        val sequential = architecture is Sequential
        val rows = description.nodes.map { node ->
            val label = if (sequential) describe(node.layer) else buildString {
                append(node.name).append(" = ").append(describe(node.layer)).append(" of ").append(node.inputs.joinToString())
                node.state?.let { append(", starting from ").append(it) }
                node.sharedWith?.let { append(", weights of ").append(it) }
            }
            val count = weightSizes[node.name].orEmpty().sumOf { it.rows.toLong() * it.columns }
            Triple(label, shapes.getValue(node.name).size.toString(), if (count == 0L) "" else grouped(count))
        }
        val total = grouped(parameterCount)
        val first = rows.maxOf { it.first.length } + 2
        val second = maxOf(6, rows.maxOf { it.second.length })
        val third = maxOf(total.length, rows.maxOf { it.third.length }) + 4
        return buildString {
            if (!sequential) description.inputs.forEach { appendLine("${it.name}: ${shapes.getValue(it.name)}") }
            for ((label, size, count) in rows) appendLine((label.padEnd(first) + size.padStart(second) + count.padStart(third)).trimEnd())
            appendLine("".padEnd(first + second) + total.padStart(third) + " parameters")
        }
    }

    private fun grouped(n: Long) = "%,d".format(Locale.ROOT, n)

    private companion object {
        const val UNKNOWN_VOCABULARY =
            "the size of the vocabulary is not known here; give a number in the place of vocab, or compile with vocabulary = …"
        const val UNKNOWN_CLASSES =
            "how many classes there are is not known here, the data name none; give a number in the place of classes, or compile with classes = …"
    }
}
