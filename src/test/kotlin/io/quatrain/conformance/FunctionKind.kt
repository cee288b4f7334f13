package io.quatrain.conformance

import io.quatrain.format.foreign.Framework
import io.quatrain.format.foreign.foreignActivation
import io.quatrain.tensor.Compute
import io.quatrain.tensor.Matrix
import kotlinx.serialization.json.JsonElement
import kotlinx.serialization.json.JsonObject
import kotlinx.serialization.json.JsonPrimitive
import kotlinx.serialization.json.intOrNull

/** A function of a tensor, along an axis where it has one. */
internal object FunctionKind : Kind {
    /** A name may end with whose function it is, where there are several: hardsigmoid_onnx. */
    private fun named(case: Case): Pair<String, Framework> {
        val name = case.text("function").lowercase()
        val whose = listOf("torch", "onnx", "keras").firstOrNull { name.endsWith("_$it") } ?: return name to case.framework(case.json)
        return name.removeSuffix("_$whose") to Framework.named(whose)
    }

    override fun run(case: Case, compute: Compute): JsonElement {
        val nested = listOf("parameters", "params", "kwargs", "args", "attributes", "hyperparameters")
            .mapNotNull { case.json[it] as? JsonObject }.fold(case.json) { all, more -> JsonObject(all + more) }
        val (name, framework) = named(case)
        val function = foreignActivation(framework, name, nested.options("function $name"))
        val input = case.tensor("input")
        val given = listOf("axis", "dim").firstNotNullOfOrNull { (nested[it] as? JsonPrimitive)?.intOrNull } ?: -1
        val axis = if (given < 0) given + input.shape.size else given
        val rows = input.shape.getOrElse(axis) { 1 }
        val inner = input.shape.drop(axis + 1).fold(1, Int::times)
        val columns = if (rows == 0) 0 else input.size / rows

        fun matrix(tensor: Tensor) = compute.matrix(rows, columns).also { matrix ->
            for (c in 0 until columns) for (r in 0 until rows) matrix.set(r, c, tensor.data[(c / inner * rows + r) * inner + c % inner])
        }

        fun tensor(matrix: Matrix) = Tensor(input.shape, DoubleArray(input.size)).also { tensor ->
            for (c in 0 until columns) for (r in 0 until rows) tensor.data[(c / inner * rows + r) * inner + c % inner] = matrix.get(r, c)
        }.json()

        val z = matrix(input)
        val y = compute.matrix(rows, columns)
        function.forward(z, y)
        fun backward(dy: Matrix) = compute.matrix(rows, columns).also { function.backward(z, y, dy, it) }
        return JsonObject(
            mapOf(
                "expect" to JsonObject(
                    buildMap {
                        put("output", tensor(y))
                        put("derivative", tensor(backward(compute.matrix(rows, columns).fill(1.0))))
                        case.tensorOrNull("cotangent")?.let { cotangent ->
                            val dz = tensor(backward(matrix(cotangent)))
                            listOf("vjp", "grad_input", "grad").forEach { put(it, dz) }
                        }
                    },
                ),
            ),
        )
    }
}
