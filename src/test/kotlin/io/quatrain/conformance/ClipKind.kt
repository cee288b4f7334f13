package io.quatrain.conformance

import io.quatrain.format.foreign.foreignClipping
import io.quatrain.node.Parameter
import io.quatrain.optimize.Clipping
import io.quatrain.tensor.Compute
import kotlinx.serialization.json.JsonElement
import kotlinx.serialization.json.JsonObject
import kotlinx.serialization.json.JsonPrimitive
import kotlinx.serialization.json.jsonPrimitive

internal object ClipKind : Kind {
    /** Where only the type says what the limit is of. */
    private fun named(clip: JsonObject): Map<String, JsonElement> {
        val limit = listOf("value", "limit", "max_value", "max").firstNotNullOfOrNull { clip[it] } ?: return clip
        return when (clip["type"]?.jsonPrimitive?.content) {
            "value" -> clip + ("clip_value" to limit)
            "norm", "global_norm" -> clip + ("max_norm" to limit)
            else -> clip
        }
    }

    override fun run(case: Case, compute: Compute): JsonElement {
        val clip = foreignClipping(JsonObject(named(case.child("clip"))).options("clipping"))
        val gradients = case.child("grads").mapValues { Tensor.of(it.value) }
        val parameters = gradients.map { (name, tensor) ->
            Parameter(name, compute.matrix(tensor.size, 1), true).also { it.gradient().setFrom(tensor.data) }
        }
        if (clip.clipping === Clipping.NONE) throw Unsupported("clipping by ${case.child("clip")}")
        val norm = clip.order?.let { Clipping.globalNorm(parameters, it) }
        val factor = clip.clipping.apply(parameters, Clipping.globalNorm(parameters))
        return JsonObject(
            mapOf(
                "expect" to JsonObject(
                    mapOf(
                        "grads" to JsonObject(parameters.associate { parameter ->
                            parameter.path() to Tensor(gradients.getValue(parameter.path()).shape, parameter.gradient().scale(factor).toDoubles()).json()
                        }),
                        "total_norm" to JsonPrimitive(norm),
                    ),
                ),
            ),
        )
    }
}
