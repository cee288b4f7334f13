package io.quatrain.metric

import io.kotest.assertions.throwables.shouldThrow
import io.kotest.core.spec.style.FunSpec
import io.kotest.matchers.doubles.plusOrMinus
import io.kotest.matchers.shouldBe
import io.kotest.matchers.string.shouldContain
import io.quatrain.loss.MeanSquaredError
import io.quatrain.loss.SoftmaxCrossEntropy
import io.quatrain.loss.Targets
import io.quatrain.tensor.Compute
import io.quatrain.tensor.Mask
import io.quatrain.tensor.Precision
import io.quatrain.tensor.Sequence
import kotlin.math.ln
import kotlin.math.sqrt

private val compute = Compute.of(Precision.FLOAT64)

private fun outputs(vararg columns: List<Double>, mask: Mask = Mask.full(1, columns.size)): Sequence =
    Sequence.of(compute, columns[0].size, mask).apply {
        columns.forEachIndexed { c, column -> column.forEachIndexed { r, y -> all().set(r, c, y) } }
    }

private fun classes(vararg given: Int) = Targets.ofClasses(given.size).apply { given.copyInto(classes()) }

private fun numbers(vararg columns: List<Double>) = Targets.ofValues(outputs(*columns).all())

private fun Metric.of(y: Sequence, targets: Targets): Double { reset(); add(y, targets); return value() }

private val scores = outputs(listOf(3.0, 2.0, 1.0), listOf(1.0, 3.0, 2.0), listOf(0.0, 1.0, 5.0), listOf(2.0, 2.0, 0.0))

class MetricSpec : FunSpec({
    val crossEntropy = SoftmaxCrossEntropy()
    val ofClasses = listOf(
        { LossMetric.of(crossEntropy) }, { LossMetric.perplexity(crossEntropy) }, { LossMetric.bitsPerCharacter(crossEntropy, 2.0) },
        { Accuracy() }, { Accuracy.top(2) }, { ConfusionMatrix(3) },
    )
    val ofNumbers = ErrorMetric.Kind.values().map { { ErrorMetric(it) } } + { LossMetric.of(MeanSquaredError()) }

    for (make in ofClasses + ofNumbers) {
        val name = make().name() + if (make in ofNumbers.toSet()) " of numbers" else " of classes"
        fun targets() = if (make in ofNumbers.toSet()) numbers(listOf(1.0, 0.5, 2.0), listOf(1.0, 3.0, -1.0), listOf(4.0, 1.0, 1.0), listOf(1.0, 1.0, 1.0))
        else classes(0, 2, 2, 1)

        test("$name: what is padded counts for nothing, and two batches count as one") {
            val half = Mask.variable(2, 2)
            fun part(lengths: IntArray) = half.apply { setLengths(lengths) }
            val y = outputs(listOf(3.0, 2.0, 1.0), listOf(1.0, 3.0, 2.0), listOf(0.0, 1.0, 5.0), listOf(2.0, 2.0, 0.0), mask = half)
            val whole = make().of(scores, targets())
            val metric = make()
            part(intArrayOf(2, 0)); metric.add(y, targets())
            part(intArrayOf(0, 2)); metric.add(y, targets())
            metric.value() shouldBe (whole plusOrMinus 1e-12)
            part(intArrayOf(0, 0))
            make().of(y, targets()).isNaN() shouldBe true
        }

        test("$name: a weight of 2 is the column twice") {
            val weighted = targets().apply { weights()[1] = 2.0; weights()[3] = 0.0 }
            val metric = make()
            metric.add(scores, targets().apply { weights()[3] = 0.0 })
            metric.add(scores, targets().apply { weights().fill(0.0); weights()[1] = 1.0 })
            make().of(scores, weighted) shouldBe (metric.value() plusOrMinus 1e-12)
        }
    }

    test("accuracy by hand: of equal outputs the first wins, and an ignored target does not count") {
        Accuracy().of(scores, classes(0, 2, 2, 1)) shouldBe 0.5
        Accuracy.top(2).of(scores, classes(0, 2, 2, 1)) shouldBe 1.0
        Accuracy.top(2).of(scores, classes(2, 0, 0, 2)) shouldBe 0.0
        Accuracy().of(scores, classes(0, 2, 2, Targets.IGNORED)) shouldBe (2.0 / 3 plusOrMinus 1e-15)
        Accuracy().of(scores, numbers(listOf(0.9, 0.1, 0.0), listOf(0.0, 0.4, 0.6), listOf(0.0, 0.0, 1.0), listOf(0.0, 1.0, 0.0))) shouldBe 0.5
    }

    test("yes or no: above the threshold is yes") {
        val y = outputs(listOf(-1.0), listOf(0.3), listOf(0.7))
        Accuracy().of(y, classes(0, 1, 1)) shouldBe 1.0
        Accuracy.above(0.5).of(y, numbers(listOf(0.0), listOf(1.0), listOf(1.0))) shouldBe (2.0 / 3 plusOrMinus 1e-15)
        ConfusionMatrix(2, 0.5).apply { add(y, classes(0, 1, 1)) }.count(1, 0) shouldBe 1.0
    }

    test("confusion, precision, recall, F1 by hand") {
        val matrix = ConfusionMatrix(3)
        matrix.add(scores, classes(0, 2, 2, 1))                  // chosen: 0, 1, 2, 0
        listOf(0 to 0, 2 to 1, 2 to 2, 1 to 0).forEach { (target, chosen) -> matrix.count(target, chosen) shouldBe 1.0 }
        (0..2).map(matrix::precision) shouldBe listOf(0.5, 0.0, 1.0)
        (0..2).map(matrix::recall) shouldBe listOf(1.0, 0.0, 0.5)
        matrix.f1(0) shouldBe (2.0 / 3 plusOrMinus 1e-15)
        matrix.value() shouldBe ((2.0 / 3 + 0 + 2.0 / 3) / 3 plusOrMinus 1e-15)
        matrix.accuracy() shouldBe 0.5
        matrix.support(2) shouldBe 2.0
        matrix.toString() shouldBe "         1         0         0\n         1         0         0\n         0         1         1\n"
    }

    test("perplexity of even odds is the number of classes; bits per character") {
        val even = outputs(listOf(0.0, 0.0, 0.0, 0.0))
        LossMetric.perplexity(crossEntropy).of(even, classes(1)) shouldBe (4.0 plusOrMinus 1e-12)
        LossMetric.bitsPerCharacter(crossEntropy, 4.0).of(even, classes(1)) shouldBe (0.5 plusOrMinus 1e-12)
        LossMetric.of(crossEntropy).of(even, classes(1)) shouldBe (ln(4.0) plusOrMinus 1e-12)
    }

    test("errors by hand") {
        val y = outputs(listOf(1.0, 4.0))
        val target = numbers(listOf(2.0, 2.0))
        ErrorMetric(ErrorMetric.Kind.MAE).of(y, target) shouldBe 1.5
        ErrorMetric(ErrorMetric.Kind.RMSE).of(y, target) shouldBe sqrt(2.5)
        ErrorMetric(ErrorMetric.Kind.MAPE).of(y, target) shouldBe 75.0
    }

    test("a class that is none is refused with its place") {
        shouldThrow<IllegalArgumentException> { Accuracy().of(scores, classes(0, 3, 0, 0)) }.message!! shouldContain "target class 3 at step 0 of example 1"
    }
})
