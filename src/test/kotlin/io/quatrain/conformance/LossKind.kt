package io.quatrain.conformance

import io.quatrain.format.foreign.ForeignLoss
import io.quatrain.format.foreign.Framework
import io.quatrain.format.foreign.foreignLoss
import io.quatrain.loss.ColumnLoss
import io.quatrain.loss.Reduction
import io.quatrain.loss.Targets
import io.quatrain.node.Activations
import io.quatrain.tensor.Compute
import io.quatrain.tensor.Mask
import io.quatrain.tensor.Sequence
import kotlinx.serialization.json.JsonElement
import kotlinx.serialization.json.JsonNull
import kotlinx.serialization.json.JsonObject
import kotlinx.serialization.json.jsonObject
import kotlinx.serialization.json.jsonPrimitive

/** Where the numbers of column c stand in a row-major tensor whose features are along one axis. */
private class Columns(shape: List<Int>, axis: Int) {
    val rows = shape[axis]
    private val inner = shape.drop(axis + 1).fold(1, Int::times)
    val count = shape.take(axis).fold(1, Int::times) * inner

    fun place(row: Int, column: Int) = (column / inner * rows + row) * inner + column % inner
}

internal object LossKind : Kind {
    private val WEIGHTS = listOf("class_weight", "pos_weight")

    override fun run(case: Case, compute: Compute): JsonElement {
        val described = case.child("loss")
        val framework = case.framework(described)
        val name = described.getValue("name").jsonPrimitive.content
        val options = JsonObject(described + (described["hyperparameters"] as? JsonObject ?: JsonObject(emptyMap())))
        val ofClasses = if ("BCE" in name) WEIGHTS else WEIGHTS + "weight"
        val weights = listOf(case.json, described).flatMap { from -> ofClasses.mapNotNull { from[it] } }
            .firstOrNull { it !is JsonNull }?.let(Tensor::of)
        val loss = foreignLoss(framework, name, JsonObject(options - WEIGHTS - "weight").options("loss $name"), weights?.data)
        val (inputName, input) = listOf("logits", "prediction", "input", "log_prob", "log_probs", "y_pred")
            .firstNotNullOf { key -> case.tensorOrNull(key)?.let { key to it } }
        val target = case.tensorOrNull("target") ?: case.tensor("y_true")
        val answer = when {
            framework == Framework.KERAS -> keras(case, loss, input, target, compute)
            loss.elementwise -> elementwise(case, name, loss, input, target, weights, compute, options)
            else -> classes(case, loss, input, target, compute)
        }
        val expected = case.child("expect")
        return JsonObject(
            mapOf(
                "expect" to JsonObject(
                    buildMap {
                        put("loss", answer.loss.json())
                        answer.gradient?.let { gradient ->
                            put("grad_$inputName", Tensor(input.shape, gradient).json())
                        }
                        if ("log_prob" in expected) put("log_prob", logProbabilities(input, compute))
                    },
                ),
            ),
        )
    }

    private class Answer(val loss: Tensor, val gradient: DoubleArray?)

    private fun Case.cotangent(): Tensor? = tensorOrNull("cotangent")

    /** One prediction and its targets, ready to be judged. */
    private class Judged(val loss: ColumnLoss, val reduction: Reduction?, val y: Sequence, val targets: Targets, val compute: Compute) {
        /** The loss (one number, or one a column), and its gradient [rows × columns] under a cotangent. */
        fun judge(cotangent: DoubleArray?): Pair<DoubleArray, io.quatrain.tensor.Matrix> {
            val gradient = compute.matrix(y.features(), y.batch())
            if (reduction == null) {
                val each = DoubleArray(y.batch())
                loss.evaluateEach(y, targets, each)
                if (cotangent != null) {
                    val own = targets.weights().clone()
                    for (c in own.indices) targets.weights()[c] *= cotangent[c]
                    loss.evaluate(y, targets, 1.0, gradient)
                    own.copyInto(targets.weights())
                }
                return each to gradient
            }
            val value = loss.evaluate(y, targets, reduction, gradient)
            gradient.scale(cotangent?.get(0) ?: 1.0)
            return doubleArrayOf(value) to gradient
        }
    }

    private fun prediction(input: Tensor, columns: Columns, compute: Compute): Sequence {
        val y = Sequence.of(compute, columns.rows, Mask.full(1, columns.count))
        for (c in 0 until columns.count) for (r in 0 until columns.rows) y.all().set(r, c, input.data[columns.place(r, c)])
        return y
    }

    private fun targets(loss: ForeignLoss, target: Tensor, columns: Columns, compute: Compute): Targets =
        if (loss.ofClasses && target.size == columns.count) {
            Targets.ofClasses(columns.count).also { made ->
                target.ints().forEachIndexed { c, id -> made.classes()[c] = if (id == loss.ignored) Targets.IGNORED else id }
            }
        } else {
            val values = compute.matrix(columns.rows, columns.count)
            for (c in 0 until columns.count) for (r in 0 until columns.rows) values.set(r, c, target.data[columns.place(r, c)])
            Targets.ofValues(values)
        }

    private fun spread(gradient: io.quatrain.tensor.Matrix, columns: Columns) = DoubleArray(columns.rows * columns.count).also { flat ->
        for (c in 0 until columns.count) for (r in 0 until columns.rows) flat[columns.place(r, c)] = gradient.get(r, c)
    }

    /** Cross-entropies of PyTorch and ONNX: classes along the second axis (the only one of a vector). */
    private fun classes(case: Case, loss: ForeignLoss, input: Tensor, target: Tensor, compute: Compute): Answer {
        val columns = Columns(input.shape, if (input.shape.size == 1) 0 else 1)
        val judged = Judged(loss.loss, loss.reduction, prediction(input, columns, compute), targets(loss, target, columns, compute), compute)
        val (values, gradient) = judged.judge(case.cotangent()?.data)
        val shape = if (loss.reduction != null) emptyList() else if (input.shape.size == 1) emptyList() else input.shape.filterIndexed { i, _ -> i != 1 }
        return Answer(Tensor(shape, values), spread(gradient, columns))
    }

    /** PyTorch's losses of numbers: every element is a column of its own. */
    private fun elementwise(
        case: Case, name: String, loss: ForeignLoss, input: Tensor, target: Tensor, positive: Tensor?, compute: Compute, options: JsonObject,
    ): Answer {
        val elementWeights = case.tensorOrNull("weight") ?: options["weight"]?.takeUnless { it is JsonNull }?.let(Tensor::of)
        val groups = positive?.size ?: 1                     // a positive weight for each place along the last axis
        val none = loss.reduction == null
        val values = DoubleArray(if (none) input.size else 1)
        val slopes = DoubleArray(input.size)
        val cotangent = case.cotangent()?.data
        for (group in 0 until groups) {
            val places = (group until input.size step groups).toList()
            val columns = Columns(listOf(1, places.size), 0)
            fun part(tensor: Tensor) = Tensor(listOf(places.size), DoubleArray(places.size) { tensor.data[places[it] % tensor.size] })
            val own = if (positive == null) loss else foreignLoss(Framework.PYTORCH, name, JsonObject(options - WEIGHTS - "weight").options(name), doubleArrayOf(positive.data[group]))
            val targets = targets(own, part(target), columns, compute)
            elementWeights?.let { part(it).data.copyInto(targets.weights()) }
            val judged = Judged(own.loss, if (none) null else Reduction.SUM, prediction(part(input), columns, compute), targets, compute)
            val (part, gradient) = judged.judge(if (none) cotangent?.let { part(Tensor(input.shape, it)).data } else cotangent)
            if (none) places.forEachIndexed { i, place -> values[place] = part[i] } else values[0] += part[0]
            places.forEachIndexed { i, place -> slopes[place] = gradient.get(0, i) }
        }
        val divisor = when {
            none -> 1
            loss.perBatch -> input.shape[0]
            loss.reduction == Reduction.SUM -> 1
            else -> input.size
        }
        for (i in values.indices) values[i] /= divisor.toDouble()
        for (i in slopes.indices) slopes[i] /= divisor.toDouble()
        return Answer(Tensor(if (none) input.shape else emptyList(), values), slopes)
    }

    /** Keras: features along the last axis; a sample weight is repeated over the axes that it does not have. */
    private fun keras(case: Case, loss: ForeignLoss, input: Tensor, target: Tensor, compute: Compute): Answer {
        val columns = Columns(input.shape, input.shape.size - 1)
        val targets = targets(loss, target, columns, compute)
        case.tensorOrNull("sample_weight")?.let { weight ->
            val each = columns.count / weight.size
            for (c in 0 until columns.count) targets.weights()[c] = weight.data[c / each]
        }
        val judged = Judged(loss.loss, loss.reduction, prediction(input, columns, compute), targets, compute)
        val (values, gradient) = judged.judge(case.cotangent()?.data)
        val shape = if (loss.reduction == null) input.shape.dropLast(1) else emptyList()
        return Answer(Tensor(shape, values), spread(gradient, columns))
    }

    private fun logProbabilities(input: Tensor, compute: Compute): JsonElement {
        val columns = Columns(input.shape, 1)
        val logits = prediction(input, columns, compute).all()
        val logs = compute.matrix(columns.rows, columns.count)
        Activations.logSoftmax().forward(logits, logs)
        return Tensor(input.shape, spread(logs, columns)).json()
    }
}
