package io.quatrain.conformance

import io.quatrain.format.foreign.ForeignOptions
import io.quatrain.format.foreign.Framework
import kotlinx.serialization.json.Json
import kotlinx.serialization.json.JsonArray
import kotlinx.serialization.json.JsonElement
import kotlinx.serialization.json.JsonNull
import kotlinx.serialization.json.JsonObject
import kotlinx.serialization.json.JsonPrimitive
import kotlinx.serialization.json.booleanOrNull
import kotlinx.serialization.json.buildJsonArray
import kotlinx.serialization.json.buildJsonObject
import kotlinx.serialization.json.double
import kotlinx.serialization.json.jsonArray
import kotlinx.serialization.json.jsonObject
import kotlinx.serialization.json.jsonPrimitive
import java.io.File

/** Something a case needs that the library does not have. */
internal class Unsupported(reason: String) : RuntimeException(reason)

/** An input that the library refused, as it should. */
internal class Rejected(reason: String) : RuntimeException(reason)

/** One file of the corpus: see the README beside the cases. */
internal class Case(val file: File, val json: JsonObject) {
    val id: String = text("id")
    val kind: String = text("kind")
    val features: List<String> = json["features"]?.jsonArray?.map { it.jsonPrimitive.content } ?: emptyList()

    fun text(name: String): String = json.getValue(name).jsonPrimitive.content

    fun child(name: String): JsonObject = json.getValue(name).jsonObject

    fun tensor(name: String): Tensor = Tensor.of(json.getValue(name))

    fun tensorOrNull(name: String): Tensor? = json[name]?.takeUnless { it is JsonNull }?.let(Tensor::of)

    companion object {
        fun read(file: File): Case = Case(file, Json.parseToJsonElement(file.readText()).jsonObject)
    }
}

/** A row-major tensor. */
internal class Tensor(val shape: List<Int>, val data: DoubleArray) {
    val size get() = data.size

    fun ints() = IntArray(size) { data[it].toInt() }

    fun json(): JsonElement = if (shape.isEmpty()) JsonPrimitive(data[0]) else buildJsonObject {
        put("shape", buildJsonArray { shape.forEach { add(JsonPrimitive(it)) } })
        put("data", buildJsonArray { data.forEach { add(JsonPrimitive(it)) } })
    }

    companion object {
        fun of(json: JsonElement): Tensor = when (json) {
            is JsonObject -> Tensor(
                json.getValue("shape").jsonArray.map { it.jsonPrimitive.double.toInt() },
                json.getValue("data").jsonArray.map(::number).toDoubleArray(),
            )
            is JsonArray -> json.map(::number).toDoubleArray().let { Tensor(listOf(it.size), it) }
            else -> Tensor(emptyList(), doubleArrayOf(number(json)))
        }

        private fun number(json: JsonElement): Double = json.jsonPrimitive.let { value ->
            when (value.booleanOrNull) {
                true -> 1.0
                false -> 0.0
                null -> value.double
            }
        }
    }
}

/** The options of a configuration, for the library's converters. */
internal fun JsonObject.options(what: String): ForeignOptions = ForeignOptions(what, plain())

internal fun JsonObject.plain(): Map<String, Any?> = mapValues { (_, value) -> value.plain() }

private fun JsonElement.plain(): Any? = when (this) {
    is JsonNull -> null
    is JsonObject -> plain()
    is JsonArray -> map { it.plain() }
    is JsonPrimitive -> if (isString) content else booleanOrNull ?: double
}

internal fun Case.framework(described: JsonObject): Framework =
    Framework.named(described["framework"]?.jsonPrimitive?.content ?: text("family").substringBefore('_'))
