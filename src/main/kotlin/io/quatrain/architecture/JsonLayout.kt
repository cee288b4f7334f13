package io.quatrain.architecture

import io.quatrain.format.TYPE_KEY
import kotlinx.serialization.SerializationStrategy
import kotlinx.serialization.json.Json
import kotlinx.serialization.json.JsonArray
import kotlinx.serialization.json.JsonElement
import kotlinx.serialization.json.JsonObject
import kotlinx.serialization.json.JsonPrimitive

/**
 * Descriptions as JSON that a person likes to read: a description without anything but its type is its word
 * (`"loss": "softmaxCrossEntropy"`), what fits on a line stands on a line, objects in a list each on their own.
 */
internal object JsonLayout {
    private const val WIDTH = 100

    fun <T> write(serializer: SerializationStrategy<T>, value: T): String {
        val json = Json {
            serializersModule = Layers.module
            encodeDefaults = false
            classDiscriminator = TYPE_KEY
        }
        val tree = shortened(json.encodeToJsonElement(serializer, value), top = true)
        return StringBuilder().apply { write(tree, "", 0, top = true) }.append('\n').toString()
    }

    private fun shortened(element: JsonElement, top: Boolean = false): JsonElement = when (element) {
        is JsonArray -> JsonArray(element.map { shortened(it) })
        is JsonObject -> (element[TYPE_KEY] as? JsonPrimitive)?.takeIf { !top && element.size == 1 && it.isString }
            ?: JsonObject(element.mapValues { shortened(it.value) })
        else -> element
    }

    private fun StringBuilder.write(element: JsonElement, indent: String, column: Int, top: Boolean = false) {
        val line = if (top) null else line(element)
        val deeper = "$indent  "
        when {
            line != null && column + line.length <= WIDTH -> append(line)
            element is JsonObject -> block('{', '}', element.entries.toList(), indent) { (key, value) ->
                val name = JsonPrimitive(key).toString() + ": "
                append(name)
                write(value, deeper, deeper.length + name.length)
            }
            element is JsonArray -> block('[', ']', element, indent) { write(it, deeper, deeper.length) }
            else -> append(element)
        }
    }

    private fun <T> StringBuilder.block(open: Char, close: Char, items: List<T>, indent: String, each: (T) -> Unit) {
        append(open)
        items.forEachIndexed { i, item ->
            append(if (i == 0) "\n" else ",\n").append(indent).append("  ")
            each(item)
        }
        append('\n').append(indent).append(close)
    }

    /** All on one line; null where it should not be. */
    private fun line(element: JsonElement): String? = when (element) {
        is JsonArray -> {
            val parts = element.map { line(it) }
            if (null in parts || element.size > 1 && element.any { it is JsonObject }) null else parts.joinToString(", ", "[", "]")
        }
        is JsonObject -> {
            val parts = element.entries.map { (key, value) -> line(value)?.let { JsonPrimitive(key).toString() + ": " + it } }
            if (null in parts) null else parts.joinToString(", ", "{", "}")
        }
        else -> element.toString()
    }
}
