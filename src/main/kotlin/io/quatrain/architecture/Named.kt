@file:JvmName("Named")

package io.quatrain.architecture

import io.quatrain.format.JsonException
import io.quatrain.format.JsonReader
import io.quatrain.format.TYPE_KEY
import io.quatrain.format.decode
import kotlinx.serialization.PolymorphicSerializer
import kotlinx.serialization.json.JsonArray
import kotlinx.serialization.json.JsonElement
import kotlinx.serialization.json.JsonNull
import kotlinx.serialization.json.JsonObject
import kotlinx.serialization.json.JsonPrimitive

/**
 * A layer by its word and its options, as in JSON: for Java, which has no named arguments.
 * ```
 * new SequentialBuilder()
 *     .add(layer("embedding", Map.of("vocabulary", 5000, "size", 128)))
 *     .add(layer("lstm", Map.of("units", 256, "bidirectional", true, "output", "last")))
 * ```
 *
 * @param options numbers, truth values, texts, and lists and maps of them
 * @throws IllegalArgumentException naming the layer, what is wrong, and the nearest word that is known
 */
@JvmOverloads
public fun layer(word: String, options: Map<String, Any?> = emptyMap()): Layer {
    val json = JsonObject(mapOf(TYPE_KEY to JsonPrimitive(word)) + options.mapValues { element(it.value) })
    try {
        return JsonReader.read(json.toString()).decode(PolymorphicSerializer(Layer::class), Layers.module)
    } catch (e: JsonException) {
        throw IllegalArgumentException("layer \"$word\"${e.path.removePrefix("$").removePrefix(".").let { if (it.isEmpty() || it == TYPE_KEY) "" else ", $it" }}: ${e.problem}", e)
    }
}

private fun element(value: Any?): JsonElement = when (value) {
    null -> JsonNull
    is Number -> JsonPrimitive(value)
    is Boolean -> JsonPrimitive(value)
    is String -> JsonPrimitive(value)
    is Iterable<*> -> JsonArray(value.map(::element))
    is Map<*, *> -> JsonObject(value.entries.associate { it.key.toString() to element(it.value) })
    else -> throw IllegalArgumentException("an option is a number, a truth value, a text, a list or a map, got ${value.javaClass.name}")
}
