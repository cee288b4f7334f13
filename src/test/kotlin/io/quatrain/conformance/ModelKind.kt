package io.quatrain.conformance

import io.quatrain.architecture.Dense
import io.quatrain.architecture.Embedding
import io.quatrain.architecture.GraphArchitecture
import io.quatrain.architecture.InputDescription
import io.quatrain.architecture.InputShape
import io.quatrain.architecture.Model
import io.quatrain.architecture.NodeDescription
import io.quatrain.architecture.compile
import io.quatrain.format.foreign.ForeignLoss
import io.quatrain.format.foreign.ForeignRecurrent
import io.quatrain.format.foreign.Framework
import io.quatrain.format.foreign.columnMajor
import io.quatrain.format.foreign.foreignActivationFunction
import io.quatrain.format.foreign.foreignClipping
import io.quatrain.format.foreign.foreignLoss
import io.quatrain.format.foreign.foreignOptimizer
import io.quatrain.format.foreign.foreignSchedule
import io.quatrain.loss.Reduction
import io.quatrain.loss.Targets
import io.quatrain.node.GraphPass
import io.quatrain.node.Parameter
import io.quatrain.node.PassSize
import io.quatrain.optimize.Clipping
import io.quatrain.tensor.Compute
import io.quatrain.tensor.Mask
import io.quatrain.tensor.Sequence
import kotlinx.serialization.json.JsonArray
import kotlinx.serialization.json.JsonElement
import kotlinx.serialization.json.JsonNull
import kotlinx.serialization.json.JsonObject
import kotlinx.serialization.json.JsonPrimitive
import kotlinx.serialization.json.booleanOrNull
import kotlinx.serialization.json.double
import kotlinx.serialization.json.int
import kotlinx.serialization.json.jsonArray
import kotlinx.serialization.json.jsonObject
import kotlinx.serialization.json.jsonPrimitive

private fun JsonObject.text(name: String): String? = (this[name] as? JsonPrimitive)?.takeUnless { it is JsonNull }?.content

/** Embedding, recurrent layers and an output layer, with PyTorch's conventions. */
internal class LanguageModel(case: Case, params: JsonObject, compute: Compute) {
    private val architecture = case.child("architecture")
    private val rnn = architecture.getValue("rnn").jsonObject
    private val perStep = architecture.text("head") != "last_state"
    private val directions = params.getValue("rnn").jsonArray.map { layer -> layer.jsonArray.map { it.jsonObject } }
    private val layer: ForeignRecurrent = recurrent(
        rnn.getValue("cell").jsonPrimitive.content, params.getValue("rnn").jsonArray,
        rnn["reset_after"]?.jsonPrimitive?.booleanOrNull ?: true, rnn["coupled_input_forget"]?.jsonPrimitive?.booleanOrNull ?: false,
        (rnn["clip"] as? JsonPrimitive)?.takeUnless { it is JsonNull }?.double, merge(rnn["merge"]), rnn.text("masked_output") == "carry", rnn.text("activation"),
    )
    private val nodes = RecurrentNodes(layer, wantSequence = perStep, wantLast = !perStep)
    private val embedding = architecture.getValue("embedding").jsonObject
    private val vocabulary = embedding.getValue("vocab").jsonPrimitive.int
    private val size = embedding.getValue("dim").jsonPrimitive.int
    private val out = architecture.getValue("dense").jsonObject.getValue("out").jsonPrimitive.int
    private val activation = architecture.getValue("dense").jsonObject.text("activation")
    private val biased = "bias" in params.getValue("dense").jsonObject
    val model: Model = GraphArchitecture(
        listOf(InputDescription("tokens", InputShape(tokens = vocabulary))),
        listOf(NodeDescription("x", Embedding(vocabulary, size, padding = embedding.text("padding_idx")?.toDouble()?.toInt()), listOf("tokens"))) +
            nodes.nodes + NodeDescription(
                "dense",
                Dense(out, if (activation == null) io.quatrain.architecture.ActivationFunction.IDENTITY else foreignActivationFunction(Framework.PYTORCH, activation), biased),
                (if (perStep) nodes.sequence else nodes.last),
            ),
        listOf("dense"),
    ).compile(compute)
    private val byPath = model.parameters.associateBy { it.path() }

    init {
        set(params)
    }

    fun set(params: JsonObject) {
        val current = recurrent(
            layer.word, params.getValue("rnn").jsonArray, layer.resetAfter, layer.coupled, layer.clip, layer.merge, layer.carried, rnn.text("activation"),
        )
        set("x.e", Tensor.of(params.getValue("embedding")).data)
        val dense = params.getValue("dense").jsonObject
        val weight = Tensor.of(dense.getValue("weight"))
        set("dense.w", columnMajor(weight.data, weight.shape[0], weight.shape[1]))
        if (biased) set("dense.b", Tensor.of(dense.getValue("bias")).data)
        for ((l, places) in nodes.places.withIndex()) for ((d, place) in places.withIndex()) {
            current.matrices(l, d).forEach { (name, numbers) -> set(place.path + name, numbers) }
        }
    }

    private fun set(path: String, numbers: DoubleArray) {
        val parameter = byPath.getValue(path)
        parameter.value().setFrom(numbers)
        parameter.changed()
    }

    /** The gradients in the shape of the parameters. */
    fun gradients(): JsonObject {
        fun gradient(path: String) = byPath.getValue(path).gradientToRead().toDoubles()
        val gates = nodes.gates(model) { it.gradientToRead() }
        return JsonObject(mapOf(
            "embedding" to Tensor(listOf(vocabulary, size), gradient("x.e")).json(),
            "rnn" to JsonArray(directions.mapIndexed { l, layer -> JsonArray(layer.mapIndexed { d, direction ->
                JsonObject(direction + ("params" to JsonObject(gates[l][d].mapValues { Tensor(it.value.shape, it.value.data).json() })))
            }) }),
            "dense" to JsonObject(buildMap {
                val w = byPath.getValue("dense.w")
                put("weight", Tensor(listOf(w.rows(), w.columns()), columnMajor(gradient("dense.w"), w.columns(), w.rows())).json())
                if (biased) put("bias", Tensor(listOf(out), gradient("dense.b")).json())
            }),
        ))
    }

    /** One run over [batch, steps] tokens. */
    inner class Run(private val batch: Int, private val steps: Int) {
        val pass: GraphPass = model.pass(PassSize.of(batch, steps).withVariableLengths().withInputGradients())
        private val y: Sequence = pass.signal("dense").value().let { Sequence.over(it.all(), Mask.full(it.steps(), it.batch())) }

        fun forward(tokens: IntArray, lengths: IntArray?) {
            val x = pass.input("tokens")
            for (t in 0 until steps) for (b in 0 until batch) x.setId(t, b, tokens[b * steps + t])
            if (lengths == null) x.mask().setFull() else x.mask().setLengths(lengths)
            pass.forward(true)
        }

        fun logits(): Tensor {
            val numbers = y.all().toDoubles()
            if (!perStep) return Tensor(listOf(batch, out), numbers)
            return Tensor(listOf(batch, steps, out), DoubleArray(numbers.size) { i ->
                val column = i / out % steps * batch + i / out / steps
                numbers[column * out + i % out]
            })
        }

        /** The loss; leaves the gradients in the model. */
        fun backward(loss: ForeignLoss, target: Tensor): Double {
            pass.clearGradients()
            model.parameters.forEach { it.clearGradient() }
            val targets: Targets
            if (loss.ofClasses || y.features() > 0 && target.size == y.steps() * batch && !loss.elementwise) {
                targets = Targets.ofClasses(y.steps() * batch)
                for (t in 0 until y.steps()) for (b in 0 until batch) {
                    val given = target.data[b * y.steps() + t].toInt()
                    targets.classes()[t * batch + b] = if (given == loss.ignored) Targets.IGNORED else given
                }
            } else {
                val values = y.all().compute().matrix(out, y.steps() * batch)
                for (t in 0 until y.steps()) for (b in 0 until batch) for (r in 0 until out) {
                    values.set(r, t * batch + b, target.data[(b * y.steps() + t) * out + r])
                }
                targets = Targets.ofValues(values)
            }
            val gradient = pass.signal("dense").wantedGradient()
            val value = loss.loss.evaluate(y, targets, loss.reduction ?: Reduction.SUM, gradient)
            // PyTorch sums over every element, ours over columns whose features it averages
            val factor = if (loss.elementwise && loss.reduction == Reduction.SUM) out.toDouble() / (if (loss.perBatch) batch else 1) else 1.0
            gradient.scale(factor)
            pass.backward()
            return factor * value
        }
    }
}

internal fun loss(described: JsonObject): ForeignLoss {
    val name = described.getValue("name").jsonPrimitive.content
    val weight = described["weight"]?.takeUnless { it is JsonNull }?.let { Tensor.of(it).data }
    return foreignLoss(Framework.PYTORCH, name, JsonObject(described.filterKeys { it != "weight" }).options("loss $name"), weight)
}

internal object ModelKind : Kind {
    override fun run(case: Case, compute: Compute): JsonElement {
        val indices = case.tensor("indices")
        val run = LanguageModel(case, case.child("params"), compute).let { it.Run(indices.shape[0], indices.shape[1]) to it }
        run.first.forward(indices.ints(), case.tensorOrNull("lengths")?.ints())
        val logits = run.first.logits()
        val value = run.first.backward(loss(case.child("loss")), case.tensor("target"))
        return JsonObject(mapOf("expect" to JsonObject(mapOf(
            "logits" to logits.json(), "loss" to JsonPrimitive(value), "grads" to run.second.gradients(),
        ))))
    }
}

/**
 * Truncated backpropagation with carried state. PyTorch learns two biases where we have their sum, so what is learned here is
 * every tensor of the case, and the model is set from them before each step.
 */
internal object TrainingKind : Kind {
    override fun run(case: Case, compute: Compute): JsonElement {
        val k = case.json.getValue("k").jsonPrimitive.int
        val steps = case.json.getValue("steps").jsonPrimitive.int
        val tokens = case.tensor("tokens")
        val batch = tokens.shape[0]
        val start = case.child("params0")
        val model = LanguageModel(case, start, compute)
        val run = model.Run(batch, k)
        val loss = loss(case.child("loss"))
        val learned = Learned(start, compute)
        val described = case.child("optimizer")
        val optimizer = foreignOptimizer(Framework.PYTORCH, described.getValue("name").jsonPrimitive.content, JsonObject(flat(described)).options("optimizer"))
        val schedule = (case.json["lr_schedule"] as? JsonObject)?.let { given ->
            val base = mapOf("base_lr" to JsonPrimitive(optimizer.rate))
            foreignSchedule(Framework.PYTORCH, given.getValue("name").jsonPrimitive.content, JsonObject(base + flat(given)).options("schedule"))
        }
        val clipping = clipping(case)
        val expected = case.child("expect")
        var half: JsonElement = JsonNull
        val answers = expected.getValue("per_step").jsonArray.map { it.jsonObject }.mapIndexed { step, wanted ->
            if (wanted["state_reset_before"]?.jsonPrimitive?.booleanOrNull == true) run.pass.clearState() else if (step > 0) run.pass.carryState()
            model.set(learned.values() as JsonObject)
            run.forward(IntArray(batch * k) { i -> tokens.data[i / k * tokens.shape[1] + step * k + i % k].toInt() }, null)
            val target = Tensor(listOf(batch, k), DoubleArray(batch * k) { i -> tokens.data[i / k * tokens.shape[1] + step * k + i % k + 1] })
            val value = run.backward(loss, target)
            learned.setGradients(model.gradients())
            val norm = Clipping.globalNorm(learned.parameters)
            val rate = schedule?.at(step + 1L, step.toDouble()) ?: optimizer.rate
            optimizer.optimizer.step(learned.parameters, rate, clipping.apply(learned.parameters, norm))
            schedule?.observe(value)
            if (step + 1 == steps / 2) half = learned.values()
            JsonObject(mapOf(
                "loss" to JsonPrimitive(value), "lr" to JsonPrimitive(rate), "grad_norm_before_clip" to JsonPrimitive(norm),
            ))
        }
        return JsonObject(mapOf("expect" to JsonObject(mapOf(
            "per_step" to JsonArray(answers), "params_after_half" to half, "params_final" to learned.values(),
        ))))
    }

    /** The members of an object, and of what it keeps them in. */
    private fun flat(json: JsonObject): Map<String, JsonElement> =
        json + listOf("hyperparameters", "kwargs").mapNotNull { json[it] as? JsonObject }.fold(emptyMap<String, JsonElement>()) { all, more -> all + more }

    private fun clipping(case: Case): Clipping {
        for ((name, inside) in listOf("clip_grad_norm" to "max_norm", "clip_grad_value" to "clip_value")) {
            val given = case.json[name]?.takeUnless { it is JsonNull } ?: continue
            return foreignClipping((given as? JsonObject ?: JsonObject(mapOf(inside to given))).options("clipping")).clipping
        }
        return Clipping.NONE
    }

    /** Every tensor of a tree as a parameter. */
    private class Learned(private val tree: JsonElement, compute: Compute) {
        private val byPath = LinkedHashMap<String, Parameter>()

        init {
            tensors("", tree) { path, tensor -> byPath[path] = Parameter(path, compute.matrix(tensor.size, 1).setFrom(tensor.data), true) }
        }

        val parameters = byPath.values.toList()

        private fun tensors(path: String, json: JsonElement, action: (String, Tensor) -> Unit) {
            when {
                json is JsonObject && json.keys == setOf("shape", "data") -> action(path, Tensor.of(json))
                json is JsonObject -> json.forEach { (key, value) -> tensors("$path/$key", value, action) }
                json is JsonArray -> json.forEachIndexed { i, value -> tensors("$path/$i", value, action) }
            }
        }

        fun setGradients(gradients: JsonElement) = tensors("", gradients) { path, tensor -> byPath.getValue(path).gradient().setFrom(tensor.data) }

        fun values(): JsonElement = values("", tree)

        private fun values(path: String, json: JsonElement): JsonElement = when {
            json is JsonObject && json.keys == setOf("shape", "data") -> Tensor(Tensor.of(json).shape, byPath.getValue(path).value().toDoubles()).json()
            json is JsonObject -> JsonObject(json.mapValues { (key, value) -> values("$path/$key", value) })
            json is JsonArray -> JsonArray(json.mapIndexed { i, value -> values("$path/$i", value) })
            else -> json
        }
    }
}
