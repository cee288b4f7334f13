package io.quatrain.conformance

import io.quatrain.format.foreign.ForeignOptions
import io.quatrain.format.foreign.columnMajor
import io.quatrain.format.foreign.foreignActivation
import io.quatrain.node.Activation
import io.quatrain.node.DenseNode
import io.quatrain.node.Noise
import io.quatrain.node.Parameter
import io.quatrain.node.Signal
import io.quatrain.node.Wiring
import io.quatrain.tensor.Compute
import io.quatrain.tensor.Mask
import kotlinx.serialization.json.JsonElement
import kotlinx.serialization.json.JsonNull
import kotlinx.serialization.json.JsonObject
import kotlinx.serialization.json.jsonPrimitive

/** PyTorch's Linear: weight [outputs, inputs]. */
internal object LinearKind : Kind {
    override fun run(case: Case, compute: Compute): JsonElement {
        val weight = case.tensor("weight")
        val (outputs, inputs) = weight.shape
        return dense(case, compute, outputs, columnMajor(weight.data, outputs, inputs), Activation.IDENTITY) {
            columnMajor(it, inputs, outputs) to listOf(outputs, inputs)
        }
    }
}

/** Keras's Dense: kernel [inputs, outputs]. */
internal object DenseKind : Kind {
    override fun run(case: Case, compute: Compute): JsonElement {
        val kernel = case.tensor("kernel")
        val name = case.child("config")["activation"]?.takeUnless { it is JsonNull }?.jsonPrimitive?.content
        val activation = if (name == null) Activation.IDENTITY
        else foreignActivation(case.framework(case.json), name, ForeignOptions("activation $name", emptyMap()))
        return dense(case, compute, kernel.shape[1], kernel.data, activation) { it to kernel.shape }
    }
}

/** @param layout from our W, column by column, to the case's */
private fun dense(
    case: Case, compute: Compute, outputs: Int, w: DoubleArray, activation: Activation, layout: (DoubleArray) -> Pair<DoubleArray, List<Int>>,
): JsonElement {
    val input = case.tensor("input")
    val inputs = input.shape.last()
    val examples = input.size / inputs
    val weight = Parameter("w", compute.matrix(outputs, inputs).setFrom(w), true)
    val bias = case.tensorOrNull("bias")?.let { Parameter("b", compute.matrix(outputs, 1).setFrom(it.data), true) }
    val x = Signal.of(compute, inputs, Mask.full(1, examples), true)
    x.value().all().setFrom(input.data)
    val pass = DenseNode(weight, bias, activation).pass(Wiring(compute, "dense", listOf(x), null, true, Noise()))
    pass.forward(false)
    val shape = input.shape.dropLast(1) + outputs
    val output = Tensor(shape, pass.output().value().all().toDoubles())
    return JsonObject(
        mapOf(
            "expect" to JsonObject(
                buildMap {
                    put("output", output.json())
                    case.tensorOrNull("cotangent")?.let { cotangent ->
                        pass.clearGradients()
                        pass.output().wantedGradient().setFrom(cotangent.data)
                        pass.backward()
                        put("grad_input", Tensor(input.shape, x.wantedGradient().toDoubles()).json())
                        val (data, weightShape) = layout(weight.gradient().toDoubles())
                        put("grad_weight", Tensor(weightShape, data).json())
                        put("grad_kernel", Tensor(weightShape, data).json())
                        bias?.let { put("grad_bias", Tensor(listOf(outputs), it.gradient().toDoubles()).json()) }
                    }
                },
            ),
        ),
    )
}
