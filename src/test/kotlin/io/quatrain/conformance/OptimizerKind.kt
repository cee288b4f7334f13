package io.quatrain.conformance

import io.quatrain.format.foreign.ForeignOptimizer
import io.quatrain.format.foreign.foreignClipping
import io.quatrain.format.foreign.foreignOptimizer
import io.quatrain.node.Parameter
import io.quatrain.optimize.Clipping
import io.quatrain.tensor.Compute
import io.quatrain.tensor.Matrix
import io.quatrain.tensor.Precision
import kotlinx.serialization.json.JsonArray
import kotlinx.serialization.json.JsonElement
import kotlinx.serialization.json.JsonObject
import kotlinx.serialization.json.JsonPrimitive
import kotlinx.serialization.json.double
import kotlinx.serialization.json.int
import kotlinx.serialization.json.jsonArray
import kotlinx.serialization.json.jsonObject
import kotlinx.serialization.json.jsonPrimitive
import kotlin.math.abs

/** Feeds the gradients of a case to an optimizer; where there is a checkpoint, also resumes from it. */
internal object OptimizerKind : Kind {
    override fun run(case: Case, compute: Compute): JsonElement {
        val described = case.child("optimizer")
        val whole = Run(case, compute, described, case.child("params0"))
        case.json["state0"]?.let { whole.restore(it.jsonObject) }
        whole.foreign.optimizer.steps(described["update_count_T"]?.jsonPrimitive?.double?.toLong() ?: 0)
        val answers = whole.steps(from = 0)

        (case.json["checkpoint"] as? JsonObject)?.takeIf { compute.precision() == Precision.FLOAT64 }?.let { checkpoint ->
            val done = checkpoint.getValue("after_step").jsonPrimitive.int
            val resumed = Run(case, compute, described, checkpoint.getValue("params").jsonObject)
            resumed.restore(checkpoint.getValue("state").jsonObject)
            resumed.foreign.optimizer.steps(done.toLong())
            resumed.steps(from = done)
            resumed.shouldEqual(whole)
        }
        return JsonObject(mapOf("expect" to JsonArray(answers)))
    }

    private class Run(private val case: Case, compute: Compute, described: JsonObject, params: JsonObject) {
        private val options = JsonObject(described + (described["hyperparameters"]?.jsonObject ?: JsonObject(emptyMap())))
            .options("optimizer ${described["name"]}")
        val foreign: ForeignOptimizer =
            foreignOptimizer(case.framework(described), described.getValue("name").jsonPrimitive.content, options)
        private val clipping = foreignClipping(options).clipping
        private val shapes = params.mapValues { Tensor.of(it.value).shape }
        private val parameters = params.mapValues { (name, value) ->
            val tensor = Tensor.of(value)
            Parameter(name, compute.matrix(tensor.size, 1).setFrom(tensor.data), true)
        }

        private fun slot(parameter: String, foreignName: String): Matrix? {
            val index = foreign.optimizer.slotNames().indexOf(foreign.slots[foreignName])
            return if (index < 0) null else foreign.optimizer.slots(parameters.getValue(parameter))[index]
        }

        fun restore(state: JsonObject) {
            for ((parameter, values) in state) for ((name, value) in values.jsonObject) {
                if (value is JsonObject) slot(parameter, name)?.setFrom(Tensor.of(value).data)
            }
        }

        /** Makes the remaining steps; answers like `expect`. */
        fun steps(from: Int): List<JsonElement> {
            val expected = case.json.getValue("expect").jsonArray.map { it.jsonObject }
                .associateBy { it.getValue("after_step").jsonPrimitive.int }
            val list = parameters.values.toList()
            return case.json.getValue("steps").jsonArray.drop(from).mapIndexedNotNull { i, step ->
                for ((name, gradient) in step.jsonObject.getValue("grads").jsonObject) {
                    parameters.getValue(name).gradient().setFrom(Tensor.of(gradient).data)
                }
                val factor = clipping.apply(list, Clipping.globalNorm(list))
                val rate = step.jsonObject["lr"]?.jsonPrimitive?.double ?: foreign.rate
                foreign.optimizer.step(list, rate, factor)
                expected[from + i + 1]?.let(::answer)
            }
        }

        private fun answer(expected: JsonObject): JsonElement = JsonObject(
            buildMap {
                put("after_step", JsonPrimitive(expected.getValue("after_step").jsonPrimitive.int))
                put("params", JsonObject(parameters.mapValues { (name, parameter) -> tensor(name, parameter.value()) }))
                (expected["state"] as? JsonObject)?.let { state ->
                    put("state", JsonObject(state.mapValues { (name, values) ->
                        JsonObject(buildMap {
                            if ("step" in values.jsonObject) put("step", JsonPrimitive(foreign.optimizer.steps()))
                            for (key in values.jsonObject.keys) slot(name, key)?.let { put(key, tensor(name, it)) }
                        })
                    }))
                }
            },
        )

        private fun tensor(name: String, matrix: Matrix) = Tensor(shapes.getValue(name), matrix.toDoubles()).json()

        fun shouldEqual(other: Run) {
            for ((name, parameter) in parameters) {
                val expected = other.parameters.getValue(name).value().toDoubles()
                parameter.value().toDoubles().forEachIndexed { i, value ->
                    check(abs(value - expected[i]) <= 1e-9 * (1 + abs(expected[i]))) {
                        "resumed from the checkpoint, $name[$i] became $value instead of ${expected[i]}"
                    }
                }
            }
        }
    }
}
