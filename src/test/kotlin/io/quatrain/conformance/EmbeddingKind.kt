package io.quatrain.conformance

import io.quatrain.format.foreign.validWhereNot
import io.quatrain.node.EmbeddingNode
import io.quatrain.node.Noise
import io.quatrain.node.Parameter
import io.quatrain.node.Signal
import io.quatrain.node.Wiring
import io.quatrain.tensor.Compute
import io.quatrain.tensor.Mask
import io.quatrain.tensor.Sequence
import kotlinx.serialization.json.JsonElement
import kotlinx.serialization.json.JsonObject
import kotlinx.serialization.json.JsonPrimitive
import kotlinx.serialization.json.JsonArray
import kotlinx.serialization.json.doubleOrNull

/** Weights [vocabulary, size], which row after row are our [size × vocabulary] column after column. */
internal object EmbeddingKind : Kind {
    override fun run(case: Case, compute: Compute): JsonElement {
        val weights = case.tensor("weights")
        val (vocabulary, size) = weights.shape
        val indices = case.tensor("indices")
        val e = Parameter("e", compute.matrix(size, vocabulary).setFrom(weights.data), true)
        val padding = (case.json["padding_idx"] as? JsonPrimitive)?.doubleOrNull?.toInt()?.let { if (it < 0) it + vocabulary else it } ?: -1
        val tokens = Sequence.ofTokens(compute, vocabulary, Mask.full(1, indices.size))
        tokens.setIds(indices.ints())
        val pass = EmbeddingNode(e, padding, 0.0).pass(Wiring(compute, "embedding", listOf(Signal(tokens, null)), null, true, Noise()))
        pass.forward(false)
        val output = Tensor(indices.shape + size, pass.output().value().all().toDoubles())
        return JsonObject(
            mapOf(
                "expect" to JsonObject(
                    buildMap {
                        put("output", output.json())
                        case.tensorOrNull("cotangent")?.let { cotangent ->
                            pass.clearGradients()
                            pass.output().wantedGradient().setFrom(cotangent.data)
                            pass.backward()
                            put("grad_weights", Tensor(weights.shape, e.gradient().toDoubles()).json())
                        }
                    },
                ),
            ),
        )
    }
}

/** Which steps are there where token 0 is padding. */
internal object EmbeddingMaskKind : Kind {
    override fun run(case: Case, compute: Compute): JsonElement {
        val indices = case.tensor("indices")
        val mask = Mask.variable(indices.size, 1)
        mask.setValid(validWhereNot(0, indices.ints()))
        val shape = JsonArray(indices.shape.map { JsonPrimitive(it) })
        val data = JsonArray((0 until indices.size).map { JsonPrimitive(mask.valid(it)) })
        return JsonObject(mapOf("expect" to JsonObject(mapOf("mask" to JsonObject(mapOf("shape" to shape, "data" to data))))))
    }
}
