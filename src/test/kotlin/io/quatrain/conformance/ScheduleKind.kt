package io.quatrain.conformance

import io.quatrain.format.foreign.foreignSchedule
import io.quatrain.tensor.Compute
import kotlinx.serialization.json.JsonArray
import kotlinx.serialization.json.JsonElement
import kotlinx.serialization.json.JsonNull
import kotlinx.serialization.json.JsonObject
import kotlinx.serialization.json.JsonPrimitive
import kotlinx.serialization.json.double
import kotlinx.serialization.json.jsonArray
import kotlinx.serialization.json.jsonObject
import kotlinx.serialization.json.jsonPrimitive

internal object ScheduleKind : Kind {
    override fun run(case: Case, compute: Compute): JsonElement {
        val described = case.child("schedule")
        val nested = described["hyperparameters"] as? JsonObject ?: JsonObject(emptyMap())
        val name = described.getValue("name").jsonPrimitive.content
        val schedule = foreignSchedule(case.framework(described), name, JsonObject(described + nested).options("schedule $name"))
        val metrics = case.json["metrics"]?.takeUnless { it is JsonNull }?.let { Tensor.of(it).data }
        var seen = 0
        return JsonObject(
            mapOf(
                "expect" to JsonArray(case.json.getValue("expect").jsonArray.map { it.jsonObject.getValue("step").jsonPrimitive.double }.map { step ->
                    while (metrics != null && seen < step) schedule.observe(metrics[seen++])
                    JsonObject(mapOf("step" to JsonPrimitive(step), "lr" to JsonPrimitive(schedule.at(step.toLong() + 1, step))))
                }),
            ),
        )
    }
}
