package io.quatrain.conformance

import io.quatrain.tensor.Precision
import kotlinx.serialization.json.JsonArray
import kotlinx.serialization.json.JsonElement
import kotlinx.serialization.json.JsonNull
import kotlinx.serialization.json.JsonObject
import kotlinx.serialization.json.JsonPrimitive
import kotlinx.serialization.json.booleanOrNull
import kotlinx.serialization.json.double
import kotlinx.serialization.json.jsonObject
import kotlin.math.abs
import kotlin.math.max

/** Holds what a case expects against what came: the rules of compare.py. */
internal class Comparison(private val case: Case, private val precision: Precision) {
    private var compared = 0
    private val failures = mutableListOf<String>()

    /** What does not fit, in words; empty where all does. */
    fun failures(actual: JsonElement): List<String> {
        val expected = if (case.kind == "rnn") {
            JsonObject(mapOf("calls" to JsonArray((case.child("canonical").getValue("calls") as JsonArray).map { it.jsonObject.getValue("expect") })))
        } else {
            JsonObject(mapOf("expect" to case.json.getValue("expect")))
        }
        compare("", expected, actual)
        if (compared == 0 && failures.isEmpty()) failures += "nothing compared"
        return failures
    }

    private fun compare(path: String, expected: JsonElement, actual: JsonElement?) {
        when {
            expected is JsonObject && expected.keys == setOf("shape", "data") -> leaf(path, expected, actual)
            expected is JsonObject -> expected.forEach { (key, value) -> compare("$path/$key", value, (actual as? JsonObject)?.get(key)) }
            expected is JsonArray && expected.isNotEmpty() && expected.all { it is JsonPrimitive && it.isNumber } -> leaf(path, expected, actual)
            expected is JsonArray -> expected.forEachIndexed { i, value -> compare("$path/$i", value, (actual as? JsonArray)?.getOrNull(i)) }
            expected is JsonPrimitive && expected.isNumber -> leaf(path, expected, actual)
        }
    }

    private val JsonPrimitive.isNumber get() = !isString && this !is JsonNull && booleanOrNull == null

    private fun leaf(path: String, expected: JsonElement, actual: JsonElement?) {
        if (path.endsWith("/after_step") || path.endsWith("/step")) return
        if (actual == null || actual is JsonNull) {
            val optional = "/rb_" in path || path.endsWith("/loss") && "/grads" in path
            if (!optional) failures += "$path: missing"
            return
        }
        val want = Tensor.of(expected)
        val have = Tensor.of(actual)
        if (have.shape != want.shape) {
            failures += "$path: shape ${have.shape}, expected ${want.shape}"
            return
        }
        val (absolute, relative) = tolerance(path)
        for (i in 0 until want.size) {
            val error = abs(have.data[i] - want.data[i])
            if (!have.data[i].isFinite() || error > absolute + relative * abs(want.data[i])) {
                failures += "$path[$i]: ${have.data[i]}, expected ${want.data[i]}; off by $error, allowed $absolute + $relative·|expected|"
                return
            }
        }
        compared++
    }

    private fun tolerance(path: String): Pair<Double, Double> {
        val usual = case.json["tolerance"] as? JsonObject ?: JsonObject(emptyMap())
        fun of(json: JsonObject, name: String) = (json[name] as? JsonPrimitive)?.double ?: 0.0
        val (absolute, relative) = when {
            case.kind == "training" && "/per_step" in path -> 1e-12 to of(usual, "loss_rtol")
            case.kind == "training" -> of(usual, "params_atol") to of(usual, "params_rtol")
            "grad" in path -> (case.json["gradient_tolerance"] as? JsonObject ?: usual).let { of(it, "atol") to of(it, "rtol") }
            else -> of(usual, "atol") to of(usual, "rtol")
        }
        return if (precision == Precision.FLOAT32) max(absolute, 2e-4) to max(relative, 2e-4) else absolute to relative
    }
}
