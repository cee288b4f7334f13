package io.quatrain.conformance

import io.quatrain.format.foreign.foreignClipping
import io.quatrain.node.Parameter
import io.quatrain.optimize.Clipping
import io.quatrain.tensor.Compute
import kotlinx.serialization.json.JsonElement
import kotlinx.serialization.json.JsonObject
import kotlinx.serialization.json.JsonPrimitive

internal object ClipKind : Kind {
    override fun run(case: Case, compute: Compute): JsonElement {
        val clip = foreignClipping(case.child("clip").options("clipping"))
        val gradients = case.child("grads").mapValues { Tensor.of(it.value) }
        val parameters = gradients.map { (name, tensor) ->
            Parameter(name, compute.matrix(tensor.size, 1), true).also { it.gradient().setFrom(tensor.data) }
        }
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
