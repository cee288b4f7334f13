@file:OptIn(ExperimentalSerializationApi::class)

package io.quatrain.architecture

import kotlinx.serialization.ExperimentalSerializationApi
import kotlinx.serialization.SerializationStrategy
import kotlinx.serialization.descriptors.SerialDescriptor
import kotlinx.serialization.encoding.AbstractEncoder
import kotlinx.serialization.modules.SerializersModule

/** Descriptions as the source of a script: blocks, one word a line. */
internal object KotlinSource {
    private const val WIDTH = 120
    private const val STEP = "    "

    fun experiment(experiment: Experiment): String = buildString {
        append("experiment {\n")
        experiment.data?.let { append(STEP).append(wrapped("data = " + describe(DataDescription.serializer(), it), STEP)).append('\n') }
        append(STEP).append("architecture = ").append(architecture(experiment.architecture, STEP)).append('\n')
        block("training", properties(Training.serializer(), experiment.training))
        block("generation", properties(Generation.serializer(), experiment.generation))
        append("}\n")
    }

    private fun StringBuilder.block(word: String, properties: List<String>) {
        if (properties.isEmpty()) return
        append(STEP).append(word).append(" {\n")
        properties.forEach { append(STEP).append(STEP).append(wrapped(it, STEP + STEP)).append('\n') }
        append(STEP).append("}\n")
    }

    fun architecture(architecture: Architecture, indent: String = ""): String {
        val (word, lines) = when (architecture) {
            is Sequential -> "sequential" to sequential(architecture)
            is GraphArchitecture -> "graph" to GraphSource(architecture).lines()
        }
        return lines.joinToString("", "$word {\n", "$indent}") { "$indent$STEP${wrapped(it, indent + STEP)}\n" }
    }

    private fun sequential(architecture: Sequential): List<String> =
        listOfNotNull(architecture.input?.let { "input(" + arguments(it) }) + architecture.layers.map(::describe)

    fun arguments(shape: InputShape): String = describe(InputShape.serializer(), shape).substringAfter('(')

    /** Every property that is not its default, or with [defaults] every one, as `name = value`. */
    fun <T> properties(serializer: SerializationStrategy<T>, value: T, defaults: Boolean = false): List<String> =
        PropertyWriter(Layers.module, defaults).apply { encodeSerializableValue(serializer, value) }.written()

    /** [code] on several lines if it is too long for one. */
    fun wrapped(code: String, indent: String): String {
        if (indent.length + code.length <= WIDTH) return code
        val (open, close) = outermostBrackets(code) ?: return code
        val parts = arguments(code, open + 1, close)
        return parts.joinToString("", code.substring(0, open + 1) + "\n", indent + code.substring(close)) {
            "$indent$STEP${wrapped(it, indent + STEP)},\n"
        }
    }

    /** The first pair of round brackets with something in it. */
    private fun outermostBrackets(code: String): Pair<Int, Int>? {
        var open = -1
        scan(code, 0) { at, depth ->
            if (code[at] == '(' && depth == 1 && open < 0) open = at
            if (code[at] == ')' && depth == 0 && open >= 0) {
                if (at > open + 1) return open to at
                open = -1
            }
        }
        return null
    }

    private fun arguments(code: String, from: Int, to: Int): List<String> {
        val parts = mutableListOf<String>()
        var start = from
        scan(code.substring(0, to), from) { at, depth ->
            if (code[at] == ',' && depth == 0) {
                parts += code.substring(start, at).trim()
                start = at + 1
            }
        }
        return parts + code.substring(start, to).trim()
    }

    /** Visits every character outside of string literals with the number of brackets that are open after it. */
    private inline fun scan(code: String, from: Int, visit: (at: Int, depth: Int) -> Unit) {
        var depth = 0
        var quoted = false
        var at = from
        while (at < code.length) {
            val c = code[at]
            if (quoted) {
                if (c == '\\') at++ else if (c == '"') quoted = false
            } else {
                if (c == '"') quoted = true
                if (c == '(') depth++
                if (c == ')') depth--
                visit(at, depth)
            }
            at++
        }
    }
}

/** A graph as Kotlin: a named `val` for every value that is used more than once or has a name of its own; the others are chained. */
private class GraphSource(private val graph: GraphArchitecture) {
    private val layers = graph.nodes.map { describe(it.layer) }
    private val taken = layers.flatMapTo(HashSet()) { text -> Regex("\\w+").findAll(text).map { it.value } }.apply { addAll(RESERVED) }
    private val expressions = HashMap<String, String>()

    fun lines(): List<String> {
        val lines = mutableListOf<String>()
        for (input in graph.inputs) {
            val word = if (input.shape.tokens != null) "tokens" else "features"
            val arguments = KotlinSource.arguments(input.shape).replaceFirst(Regex("^(tokens|features) = "), "")
            lines += "val ${identifier(input.name)} = $word(${quotedKotlin(input.name)}, $arguments"
        }
        graph.nodes.forEachIndexed { i, node ->
            val code = node(i, node)
            if (chained(i, node)) expressions[node.name] = code
            else lines += "val ${identifier(node.name)} = $code"
        }
        lines += graph.outputs.joinToString(prefix = "output(", postfix = ")") { value("outputs", it) }
        return lines
    }

    private fun node(i: Int, node: NodeDescription): String {
        val place = "${graph.place(node.name)} ${layers[i]}"
        val reads = node.inputs.map { value(place, it) }
        val merge = (node.layer as? MergeLayer)?.takeIf { node.sharedWith == null && reads.size > 1 }
        val reader = reads.singleOrNull() ?: reads.joinToString(prefix = "join(", postfix = ")")
        return when {
            reads.isEmpty() -> throw ArchitectureException("$place: reads nothing; name its inputs")
            merge != null -> reads.joinToString(prefix = describe(MergeMode.serializer(), merge.by) + "(", postfix = ")")
            node.sharedWith != null -> {
                val first = graph.nodes.firstOrNull { it.name == node.sharedWith }
                if (first?.layer != node.layer) throw ArchitectureException("$place: shares the weights of \"${node.sharedWith}\", which is another layer")
                "$reader.through(${value(place, node.sharedWith)})"
            }
            else -> "$reader.${layers[i]}"
        } + (node.state?.let { ".startingFrom(${value(place, it)})" } ?: "") +
            (if (hasOwnName(i, node)) " named ${quotedKotlin(node.name)}" else "")
    }

    private fun hasOwnName(i: Int, node: NodeDescription) = node.name != "$i.${layerWord(node.layer)}"

    /** Only the next node reads it, and nothing else names it. */
    private fun chained(i: Int, node: NodeDescription): Boolean {
        val next = graph.nodes.getOrNull(i + 1) ?: return false
        if (node.layer.outputNames.isNotEmpty()) return false
        val uses = graph.nodes.sumOf { reader -> (reader.inputs + listOfNotNull(reader.state, reader.sharedWith)).count { it == node.name } }
        return uses == 1 && next.inputs == listOf(node.name) && node.name !in graph.outputs && !hasOwnName(i, node)
    }

    private fun value(place: String, name: String): String =
        expressions[name] ?: valueOf(name) ?: throw ArchitectureException("$place: reads \"$name\", which does not stand before it")

    /** One of several values of a node. */
    private fun valueOf(name: String): String? {
        val node = graph.nodes.firstOrNull { name in graph.valuesOf(it.name) } ?: return null
        val value = name.removePrefix(node.name + ".")
        return expressions[node.name]?.let { if (value == "forwards" || value == "backwards") "$it.$value" else "$it.value(${quotedKotlin(value)})" }
    }

    private fun identifier(name: String): String {
        if (name in expressions) throw ArchitectureException("the name \"$name\" is used twice; give every value its own")
        val plain = name.replace(Regex("^(\\d+)\\.(.+)$"), "$2$1").replace(Regex("[^A-Za-z0-9_]"), "_")
        val start = if (plain.isEmpty() || plain[0].isDigit() || plain.all { it == '_' }) "value$plain" else plain
        val free = generateSequence(1) { it + 1 }.map { if (it == 1) start else "${start}_$it" }.first { it !in taken }
        taken += free
        expressions[name] = free
        return free
    }

    private companion object {
        /** Hard keywords, and the words of `graph { }` itself. */
        val RESERVED = ("as break class continue do else false for fun if in interface is null object package return super this " +
            "throw true try typealias typeof val var when while it vocab classes tokens features join output").split(' ')
    }
}

/** Writes an object's properties apart, each as Kotlin. */
private class PropertyWriter(override val serializersModule: SerializersModule, private val defaults: Boolean) : AbstractEncoder() {
    private val names = mutableListOf<String>()
    private val values = mutableListOf<KotlinWriter>()

    fun written(): List<String> = names.zip(values) { name, value -> "$name = $value" }

    override fun shouldEncodeElementDefault(descriptor: SerialDescriptor, index: Int): Boolean = defaults

    override fun encodeElement(descriptor: SerialDescriptor, index: Int): Boolean {
        names += descriptor.getElementName(index)
        values += KotlinWriter(serializersModule)
        return true
    }

    override fun <T> encodeSerializableElement(descriptor: SerialDescriptor, index: Int, serializer: SerializationStrategy<T>, value: T) {
        encodeElement(descriptor, index)
        values.last().encodeSerializableValue(serializer, value)
    }

    override fun <T : Any> encodeNullableSerializableElement(descriptor: SerialDescriptor, index: Int, serializer: SerializationStrategy<T>, value: T?) {
        encodeElement(descriptor, index)
        values.last().encodeNullableSerializableValue(serializer, value)
    }

    override fun encodeValue(value: Any) {
        values.last().encodeValue(value)
    }

    override fun encodeLong(value: Long) {
        values.last().encodeLong(value)
    }

    override fun encodeString(value: String) {
        values.last().encodeString(value)
    }
}
