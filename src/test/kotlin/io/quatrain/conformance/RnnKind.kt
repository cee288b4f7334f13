package io.quatrain.conformance

import io.quatrain.architecture.ActivationFunction
import io.quatrain.architecture.GraphArchitecture
import io.quatrain.architecture.InputDescription
import io.quatrain.architecture.InputShape
import io.quatrain.architecture.LastStep
import io.quatrain.architecture.Layer
import io.quatrain.architecture.MergeLayer
import io.quatrain.architecture.MergeMode
import io.quatrain.architecture.Model
import io.quatrain.architecture.NodeDescription
import io.quatrain.architecture.Reverse
import io.quatrain.architecture.compile
import io.quatrain.format.foreign.ForeignDirection
import io.quatrain.format.foreign.ForeignOptions
import io.quatrain.format.foreign.ForeignRecurrent
import io.quatrain.format.foreign.ForeignTensor
import io.quatrain.format.foreign.Framework
import io.quatrain.format.foreign.KerasRecurrent
import io.quatrain.format.foreign.OnnxRecurrent
import io.quatrain.format.foreign.PyTorchRecurrent
import io.quatrain.format.foreign.UnsupportedForeignException
import io.quatrain.format.foreign.foreignActivationFunction
import io.quatrain.node.GraphPass
import io.quatrain.node.PassSize
import io.quatrain.node.StatePort
import io.quatrain.tensor.Compute
import io.quatrain.tensor.Matrix
import io.quatrain.tensor.Precision
import kotlinx.serialization.json.JsonArray
import kotlinx.serialization.json.JsonElement
import kotlinx.serialization.json.JsonNull
import kotlinx.serialization.json.JsonObject
import kotlinx.serialization.json.JsonPrimitive
import kotlinx.serialization.json.boolean
import kotlinx.serialization.json.booleanOrNull
import kotlinx.serialization.json.double
import kotlinx.serialization.json.int
import kotlinx.serialization.json.jsonArray
import kotlinx.serialization.json.jsonObject
import kotlinx.serialization.json.jsonPrimitive
import kotlin.math.abs

/**
 * Recurrent layers of other frameworks. Where a case has its layer in the framework's own layout, the library converts that,
 * and what comes out must be the canonical form.
 */
internal object RnnKind : Kind {
    override fun run(case: Case, compute: Compute): JsonElement {
        val described = case.child("canonical")
        val canonical = canonical(described)
        val native = case.json["native"]?.let { native(it.jsonObject) }
        native?.layer?.shouldBe(canonical)
        val layer = native?.layer?.named(canonical) ?: canonical
        val stateful = described["stateful"]?.jsonPrimitive?.boolean ?: false
        var carried: List<List<List<DoubleArray>>>? = null
        val answers = described.getValue("calls").jsonArray.map { it.jsonObject }.mapIndexed { i, call ->
            val given = RecurrentCall.of(call)
            if (i == 0) native?.call?.shouldBe(given)
            val run = RecurrentRun(layer, compute, call.getValue("expect").jsonObject, call["cotangent"] as? JsonObject, native?.call ?: given)
            val reset = call["reset_state_before"]?.jsonPrimitive?.booleanOrNull ?: false
            run.forward(if (stateful && !reset) carried else null)
            carried = run.state()
            run.answer()
        }
        return JsonObject(mapOf("calls" to JsonArray(answers)))
    }

    private class Native(val layer: ForeignRecurrent, val call: RecurrentCall?)

    private fun native(json: JsonObject): Native? = when (json.getValue("framework").jsonPrimitive.content) {
        "onnx", "onnxruntime" -> onnx(json).let { Native(it.layer, RecurrentCall.of(it)) }
        "keras" -> try {
            Native(keras(json), null)
        } catch (e: UnsupportedForeignException) {
            null // a cell that was written for the test
        }
        "torch" -> Native(pytorch(json), null)
        else -> null
    }
}

private fun JsonObject.child(name: String) = getValue(name).jsonObject

private fun keras(json: JsonObject): ForeignRecurrent {
    val weights = json.getValue("weights").jsonArray.map { it.jsonObject }
        .groupBy { it.getValue("layer").jsonPrimitive.int }.toSortedMap().values
        .map { layer -> layer.sortedBy { it.getValue("direction").jsonPrimitive.int }.map { own ->
            KerasRecurrent.Weights(tensor(own.getValue("kernel")), tensor(own.getValue("recurrent_kernel")), own["bias"]?.takeUnless { it is JsonNull }?.let(::tensor))
        } }
    return KerasRecurrent.of(json.getValue("class").jsonPrimitive.content, json.child("config").options("Keras"), weights)
}

private fun pytorch(json: JsonObject): ForeignRecurrent = PyTorchRecurrent.of(
    json.getValue("module").jsonPrimitive.content, json.child("kwargs").options("PyTorch"),
    json.child("state_dict").mapValues { tensor(it.value) },
)

/** Calls that an implementation must refuse. */
internal object RnnInvalidKind : Kind {
    override fun run(case: Case, compute: Compute): JsonElement {
        try {
            val native = case.child("native")
            when (Framework.named(native["framework"]?.jsonPrimitive?.content ?: case.text("family"))) {
                Framework.ONNX -> onnx(native)
                Framework.PYTORCH -> pytorch(native)
                Framework.KERAS -> keras(native)
            }
        } catch (e: IllegalArgumentException) {
            throw Rejected(e.message.orEmpty())
        }
        return JsonNull
    }
}

internal fun onnx(json: JsonObject): OnnxRecurrent = OnnxRecurrent.of(
    json.getValue("op").jsonPrimitive.content,
    (json["attributes"] as? JsonObject ?: JsonObject(emptyMap())).options("ONNX"),
    json.getValue("inputs").jsonObject.filterValues { it is JsonObject }.mapValues { tensor(it.value) },
)

internal fun tensor(json: JsonElement): ForeignTensor = Tensor.of(json).let { ForeignTensor(it.shape, it.data) }

/** The framework-neutral form. */
internal fun canonical(json: JsonObject): ForeignRecurrent {
    val options = json["options"]?.jsonObject ?: JsonObject(emptyMap())
    return recurrent(
        json.getValue("cell").jsonPrimitive.content, json.getValue("layers").jsonArray,
        options["reset_after"]?.jsonPrimitive?.booleanOrNull ?: true,
        options["coupled_input_forget"]?.jsonPrimitive?.booleanOrNull ?: false,
        (options["clip"] as? JsonPrimitive)?.takeUnless { it is JsonNull }?.double,
        merge(options["merge"]), options["masked_output"]?.jsonPrimitive?.content == "carry", null,
    )
}

internal fun merge(json: JsonElement?): MergeMode? = when (val name = json?.takeUnless { it is JsonNull }?.jsonPrimitive?.content ?: "concat") {
    "concat" -> MergeMode.CONCAT
    "sum" -> MergeMode.SUM
    "ave" -> MergeMode.MEAN
    "mul" -> MergeMode.PRODUCT
    "none" -> null
    else -> throw Unsupported("merge $name")
}

/** @param activation of every direction of a simple recurrent network, where the directions do not say it themselves */
internal fun recurrent(
    word: String, layers: JsonArray, resetAfter: Boolean, coupled: Boolean, clip: Double?, merge: MergeMode?, carried: Boolean, activation: String?,
): ForeignRecurrent = ForeignRecurrent(word, layers.map { layer ->
    layer.jsonArray.map { it.jsonObject }.map { direction ->
        val functions = direction["activations"] as? JsonObject ?: JsonObject(emptyMap())
        fun function(name: String, usual: String) = when (val given = functions[name]) {
            null, JsonNull -> foreignActivationFunction(Framework.ONNX, usual)
            is JsonObject -> foreignActivationFunction(
                Framework.ONNX, given.getValue("name").jsonPrimitive.content,
                (given["alpha"] as? JsonPrimitive)?.takeUnless { it is JsonNull }?.double, (given["beta"] as? JsonPrimitive)?.takeUnless { it is JsonNull }?.double,
            )
            else -> foreignActivationFunction(Framework.ONNX, given.jsonPrimitive.content)
        }
        ForeignDirection(
            direction["reverse"]?.jsonPrimitive?.booleanOrNull ?: false,
            function("gate", "sigmoid"), function("cell", "tanh"), function("hidden", activation ?: "tanh"),
            direction.getValue("params").jsonObject.filterValues { it is JsonObject }.mapValues { tensor(it.value) },
        )
    }
}, resetAfter, coupled, clip, merge, carried)

/** A function at some places: with its numbers said or left out, it is the same. */
private fun values(function: ActivationFunction): List<Double> {
    val compute = Compute.of(Precision.FLOAT64)
    val z = compute.matrix(1, 41)
    for (c in 0 until 41) z.set(0, c, (c - 20) / 4.0)
    return compute.matrix(1, 41).also { function.activation().forward(z, it) }.toDoubles().toList()
}

/** The weights of both must be the same; names that one has and the other lacks must be zero. */
private fun ForeignRecurrent.shouldBe(other: ForeignRecurrent) {
    fun same(what: String, a: Any?, b: Any?) = check(a == b) { "converted: $what is $a, not $b" }
    same("cell", word, other.word)
    same("layers", layers.map { it.size }, other.layers.map { it.size })
    if (word == "gru") same("resetAfter", resetAfter, other.resetAfter)
    same("coupled", coupled, other.coupled)
    check(abs((clip ?: 0.0) - (other.clip ?: 0.0)) < 1e-6) { "converted: clip is $clip, not ${other.clip}" }
    if (layers[0].size == 2) same("merge", merge, other.merge)
    for ((l, layer) in layers.withIndex()) for ((d, direction) in layer.withIndex()) {
        val wanted = other.layers[l][d]
        same("reversed", direction.reversed, wanted.reversed)
        val functions = when (word) { "lstm" -> listOf(ForeignDirection::gate, ForeignDirection::cell, ForeignDirection::hidden); "gru" -> listOf(ForeignDirection::gate, ForeignDirection::hidden); else -> listOf(ForeignDirection::hidden) }
        functions.forEach { function ->
            val (a, b) = listOf(function(direction), function(wanted))
            check(values(a).zip(values(b)).all { (x, y) -> abs(x - y) < 1e-6 }) { "converted: activation is $a, not $b" }
        }
        for (name in direction.weights.keys + wanted.weights.keys) {
            val a = direction.weights[name]?.data?.toList()
            val b = wanted.weights[name]?.data?.toList()
            val zero = (a ?: b)!!.all { it == 0.0 }
            check(a == b || zero && (a == null || b == null)) { "converted: $name of layer $l, direction $d differs from the canonical form" }
        }
    }
}

/** The converted layer, with the names that the case asks for. */
private fun ForeignRecurrent.named(other: ForeignRecurrent) = ForeignRecurrent(
    word,
    layers.mapIndexed { l, layer -> layer.mapIndexed { d, direction ->
        val names = other.layers[l][d].weights.keys
        ForeignDirection(direction.reversed, direction.gate, direction.cell, direction.hidden, direction.weights.filterKeys { it in names || it.startsWith("b_") || it.startsWith("rb_") })
    } },
    resetAfter, coupled, clip, merge, other.carried,
)

/** What a layer is called with: [batch, steps, features], lengths or a mask, initial states. */
internal class RecurrentCall(
    val input: Tensor,
    val lengths: IntArray?,
    val mask: BooleanArray?,
    val hidden: List<List<Tensor>>?,
    val cell: List<List<Tensor>>?,
) {
    fun shouldBe(other: RecurrentCall) {
        check(input.shape == other.input.shape && input.data.contentEquals(other.input.data)) { "converted: the input differs from the canonical form" }
        check((lengths ?: IntArray(input.shape[0]) { input.shape[1] }).contentEquals(other.lengths ?: IntArray(input.shape[0]) { input.shape[1] })) { "converted: the lengths differ" }
        fun numbers(states: List<List<Tensor>>?) = states?.flatten()?.flatMap { it.data.toList() }?.takeIf { all -> all.any { it != 0.0 } }
        check(numbers(hidden) == numbers(other.hidden) && numbers(cell) == numbers(other.cell)) { "converted: the initial state differs" }
    }

    companion object {
        fun of(call: JsonObject): RecurrentCall {
            val state = call["initial_state"] as? JsonObject
            fun states(name: String) = (state?.get(name) as? JsonArray)?.map { layer -> layer.jsonArray.map(Tensor::of) }
            return RecurrentCall(
                Tensor.of(call.getValue("input")),
                call["lengths"]?.takeUnless { it is JsonNull }?.let { Tensor.of(it).ints() },
                call["mask"]?.takeUnless { it is JsonNull }?.let { mask ->
                    val data = if (mask is JsonObject) mask.getValue("data").jsonArray.toList() else mask.jsonArray.flatMap { row -> if (row is JsonArray) row.toList() else listOf(row) }
                    BooleanArray(data.size) { data[it].jsonPrimitive.let { v -> v.booleanOrNull ?: (v.double != 0.0) } }
                },
                states("h"), states("c"),
            )
        }

        fun of(onnx: OnnxRecurrent) = RecurrentCall(
            onnx.input.let { Tensor(it.shape, it.data) }, onnx.lengths, null,
            onnx.initialHidden?.let { listOf(it.map { t -> Tensor(t.shape, t.data) }) },
            onnx.initialCell?.let { listOf(it.map { t -> Tensor(t.shape, t.data) }) },
        )
    }
}

/** Where a layer's direction stands in a model: its node, the first part of its state there, and the path of its weights. */
internal class Place(val node: String, val part: Int, val path: String)

/** A recurrent layer of another framework as part of a graph of ours. */
internal class RecurrentNodes(private val layer: ForeignRecurrent, private val wantSequence: Boolean, private val wantLast: Boolean) {
    val nodes = mutableListOf<NodeDescription>()
    val places: List<List<Place>>
    var sequence: List<String> = emptyList()
        private set
    var last: List<String> = emptyList()
        private set
    val parts = if (layer.word == "lstm") 2 else 1

    init {
        val stack = if (wantSequence && wantLast) null else layer.stack(last = wantLast)
        places = if (stack != null) stacked(stack) else byHand()
    }

    private fun add(name: String, node: Layer, vararg inputs: String): String {
        nodes += NodeDescription(name, node, inputs.toList())
        return name
    }

    private fun stacked(stack: Layer): List<List<Place>> {
        add("rnn", stack, "x")
        if (wantLast) last = listOf("rnn") else sequence = listOf("rnn")
        var part = 0
        return layer.layers.indices.map { l ->
            layer.layers[l].indices.map { d -> Place("rnn", part, "rnn." + layer.pathInStack(l, d)).also { part += parts } }
        }
    }

    private fun byHand(): List<List<Place>> {
        var below = "x"
        return layer.layers.indices.map { l ->
            val top = l == layer.layers.size - 1
            val both = layer.layers[l].indices.map { d -> add("rnn$l$d", layer.direction(l, d, last = !wantSequence && top), below) }
            if (top) {
                if (wantSequence) sequence = merged("sequence", both) else last = merged("last", both)
                if (wantSequence && wantLast) {
                    last = merged("last", both.mapIndexed { d, name ->
                        add("last$d", LastStep, if (layer.layers[l][d].reversed) add("turned$d", Reverse, name) else name)
                    })
                }
            } else {
                below = merged("between$l", both).single()
            }
            both.map { Place(it, 0, "$it.") }
        }
    }

    private fun merged(name: String, both: List<String>): List<String> = when {
        both.size == 1 || layer.merge == null -> both
        else -> listOf(add(name, MergeLayer(layer.merge!!), *both.toTypedArray()))
    }

    /** Puts the layer's weights into a model. */
    fun setWeights(model: Model) = eachMatrix(model) { parameter, numbers ->
        parameter.value().setFrom(numbers)
        parameter.changed()
    }

    private fun eachMatrix(model: Model, action: (io.quatrain.node.Parameter, DoubleArray) -> Unit) {
        val parameters = model.parameters.associateBy { it.path() }
        for ((l, layerPlaces) in places.withIndex()) for ((d, place) in layerPlaces.withIndex()) {
            layer.matrices(l, d).forEach { (name, numbers) -> action(parameters.getValue(place.path + name), numbers) }
        }
    }

    /** What every parameter's [of] says, gate by gate. */
    fun gates(model: Model, of: (io.quatrain.node.Parameter) -> Matrix): List<List<Map<String, ForeignTensor>>> {
        val parameters = model.parameters.associateBy { it.path() }
        return places.mapIndexed { l, layerPlaces -> layerPlaces.mapIndexed { d, place ->
            layer.gates(l, d, layer.matrices(l, d).keys.associateWith { name -> of(parameters.getValue(place.path + name)).toDoubles() })
        } }
    }
}

/** One call of a layer, forward and where gradients are expected backward. */
internal class RecurrentRun(
    private val layer: ForeignRecurrent,
    compute: Compute,
    private val expect: JsonObject,
    private val cotangent: JsonObject?,
    private val call: RecurrentCall,
) {
    private val wantsGradients = "grads" in expect
    private val batch = call.input.shape[0]
    private val steps = call.input.shape[1]
    private val nodes: RecurrentNodes
    private val model: Model
    private val pass: GraphPass

    init {
        fun wants(name: String) = name in expect || wantsGradients && cotangent != null && name in cotangent
        val wantLast = wants("last_output")
        nodes = RecurrentNodes(layer, wants("output") || !wantLast, wantLast)
        val architecture = GraphArchitecture(
            listOf(InputDescription("x", InputShape(features = layer.inputs))), nodes.nodes, (nodes.sequence + nodes.last).distinct(),
        )
        model = architecture.compile(compute)
        nodes.setWeights(model)
        val size = PassSize.of(batch, steps).withVariableLengths()
        pass = model.pass(if (wantsGradients) size.withInputGradients() else size)
    }

    private fun port(l: Int, d: Int, of: (io.quatrain.node.Pass) -> StatePort): StatePort {
        val place = nodes.places[l][d]
        return of(pass.pass(place.node)).parts(place.part, place.part + nodes.parts)
    }

    fun forward(carried: List<List<List<DoubleArray>>>?) {
        val x = pass.input("x")
        x.all().setFrom(columns(call.input))
        call.lengths?.let { x.mask().setLengths(it) }
        call.mask?.let { mask -> x.mask().setValid(BooleanArray(mask.size) { c -> mask[c % batch * steps + c / batch] }) }
        for ((l, directions) in nodes.places.withIndex()) for (d in directions.indices) {
            val start = port(l, d) { it.initialState() }.values()
            val given = listOf(call.hidden, call.cell)
            start.forEachIndexed { p, part ->
                val numbers = given[p]?.get(l)?.get(d)?.data ?: carried?.get(l)?.get(d)?.get(p)
                if (numbers != null) part.setFrom(numbers)
            }
        }
        pass.forward(false)
    }

    fun state(): List<List<List<DoubleArray>>> = nodes.places.mapIndexed { l, directions ->
        directions.indices.map { d -> port(l, d) { it.finalState() }.values().map { it.toDoubles() } }
    }

    /** [batch, steps, features] → [features × steps·batch] */
    private fun columns(tensor: Tensor): DoubleArray {
        val size = tensor.shape[2]
        return DoubleArray(tensor.size) { i ->
            val column = i / size
            tensor.data[(column % batch * steps + column / batch) * size + i % size]
        }
    }

    private fun sequenceTensor(matrix: Matrix): Tensor {
        val size = matrix.rows()
        val numbers = matrix.toDoubles()
        return Tensor(listOf(batch, steps, size), DoubleArray(numbers.size) { i ->
            val k = i % size
            val t = i / size % steps
            val b = i / size / steps
            numbers[(t * batch + b) * size + k]
        })
    }

    private fun vectorTensor(matrix: Matrix) = Tensor(listOf(batch, matrix.rows()), matrix.toDoubles())

    private fun outputs(names: List<String>, of: (Matrix) -> Tensor): JsonElement {
        val values = names.map { of(pass.signal(it).value().all()).json() }
        return if (layer.merge == null && values.size > 1) JsonArray(values) else values.single()
    }

    private fun states(part: Int, of: (StatePort) -> Matrix): JsonElement = JsonArray(nodes.places.mapIndexed { l, directions ->
        JsonArray(directions.indices.map { d -> vectorTensor(of(port(l, d) { if (part < 0) it.initialState() else it.finalState() })).json() })
    })

    fun answer(): JsonElement = JsonObject(buildMap {
        if ("output" in expect) put("output", outputs(nodes.sequence, ::sequenceTensor))
        if ("last_output" in expect) put("last_output", outputs(nodes.last, ::vectorTensor))
        if ("h_n" in expect) put("h_n", states(0) { it.values()[0] })
        if ("c_n" in expect) put("c_n", states(0) { it.values()[1] })
        if (wantsGradients) put("grads", gradients())
    })

    private fun gradients(): JsonElement {
        var loss = 0.0
        pass.clearGradients()
        pass.recurrent().values.forEach { it.initialState().clearGradients() }
        model.parameters.forEach { it.clearGradient() }
        fun add(value: Matrix, gradient: Matrix, cotangent: DoubleArray) {
            val numbers = value.toDoubles()
            for (i in numbers.indices) loss += numbers[i] * cotangent[i]
            gradient.add(gradient.compute().matrix(gradient.rows(), gradient.columns()).setFrom(cotangent))
        }
        fun tensors(json: JsonElement?): List<Tensor> = when (json) {
            null, JsonNull -> emptyList()
            is JsonArray -> json.map(Tensor::of)
            else -> listOf(Tensor.of(json))
        }
        val given = cotangent ?: JsonObject(emptyMap())
        tensors(given["output"]).forEachIndexed { i, tensor -> pass.signal(nodes.sequence[i]).let { add(it.value().all(), it.wantedGradient(), columns(tensor)) } }
        tensors(given["last_output"]).forEachIndexed { i, tensor -> pass.signal(nodes.last[i]).let { add(it.value().all(), it.wantedGradient(), tensor.data) } }
        for ((p, name) in listOf("h_n", "c_n").withIndex()) {
            (given[name] as? JsonArray)?.forEachIndexed { l, directions ->
                directions.jsonArray.forEachIndexed { d, tensor ->
                    if (tensor !is JsonNull) port(l, d) { it.finalState() }.let { add(it.values()[p], it.gradients()[p], Tensor.of(tensor).data) }
                }
            }
        }
        pass.backward()
        return JsonObject(mapOf(
            "loss" to JsonPrimitive(loss),
            "input" to sequenceTensor(pass.inputSignal("x").wantedGradient()).json(),
            "initial_state" to JsonObject(buildMap {
                put("h", states(-1) { it.gradients()[0] })
                if (nodes.parts == 2) put("c", states(-1) { it.gradients()[1] })
            }),
            "params" to params(nodes.gates(model) { it.gradientToRead() }),
        ))
    }
}

internal fun params(gates: List<List<Map<String, ForeignTensor>>>): JsonElement = JsonArray(gates.map { layer ->
    JsonArray(layer.map { direction -> JsonObject(direction.mapValues { Tensor(it.value.shape, it.value.data).json() }) })
})
