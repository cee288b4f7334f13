package io.quatrain.loss

import io.kotest.assertions.throwables.shouldThrow
import io.kotest.assertions.withClue
import io.kotest.core.spec.style.FunSpec
import io.kotest.matchers.doubles.plusOrMinus
import io.kotest.matchers.shouldBe
import io.kotest.matchers.string.shouldContain
import io.quatrain.kernel.Kernels
import io.quatrain.kernel.Workers
import io.quatrain.tensor.Compute
import io.quatrain.tensor.Mask
import io.quatrain.tensor.Matrix
import io.quatrain.tensor.Precision
import io.quatrain.tensor.Randomness
import io.quatrain.tensor.Sequence
import kotlin.math.abs
import kotlin.math.ln
import kotlin.math.max

private const val STEPS = 3
private const val BATCH = 4
private const val COLUMNS = STEPS * BATCH

/** A loss with a prediction and targets that suit it. */
private class Subject(val name: String, val loss: Loss, val prediction: (Randomness) -> Double, val targets: (Compute) -> Targets)

private fun classes(classes: Int, ignoreSome: Boolean = true) = { _: Compute ->
    Targets.ofClasses(COLUMNS).apply {
        val random = Randomness(3, 0)
        for (c in 0 until COLUMNS) classes()[c] = random.nextInt(classes)
        if (ignoreSome) classes()[5] = Targets.IGNORED
        for (c in 0 until COLUMNS) weights()[c] = 0.5 + random.nextDouble()
        weights()[2] = 0.0
    }
}

private fun values(rows: Int, next: (Randomness) -> Double, normalised: Boolean = false) = { compute: Compute ->
    val random = Randomness(4, 0)
    val matrix = compute.matrix(rows, COLUMNS)
    for (c in 0 until COLUMNS) {
        val column = DoubleArray(rows) { next(random) }
        val sum = if (normalised) column.sum() else 1.0
        for (r in 0 until rows) matrix.set(r, c, column[r] / sum)
    }
    Targets.ofValues(matrix).apply { for (c in 0 until COLUMNS) weights()[c] = 0.5 + random.nextDouble() }
}

private val logits = { random: Randomness -> 2 * random.nextGaussian() }
private val probabilities = { random: Randomness -> 0.05 + 0.9 * random.nextDouble() }
private val logProbabilities = { random: Randomness -> ln(0.05 + 0.9 * random.nextDouble()) }
private val classWeights = doubleArrayOf(0.5, 2.0, 1.0, 0.25, 3.0)
private val distributions = values(5, { it.nextDouble() + 0.1 }, normalised = true)

private val subjects = listOf(
    Subject("softmax", SoftmaxCrossEntropy(), logits, classes(5)),
    Subject("softmax smoothed", SoftmaxCrossEntropy(0.1, null), logits, classes(5)),
    Subject("softmax weighted", SoftmaxCrossEntropy(0.0, classWeights), logits, classes(5)),
    Subject("softmax weighted, smoothed", SoftmaxCrossEntropy(0.2, classWeights), logits, classes(5)),
    Subject("softmax to distributions", SoftmaxCrossEntropy(), logits, distributions),
    Subject("softmax to distributions, weighted, smoothed", SoftmaxCrossEntropy(0.2, classWeights), logits, distributions),
    Subject("cross-entropy of probabilities", CrossEntropy(Form.PROBABILITIES, 0.1, null), probabilities, classes(5)),
    Subject("cross-entropy of one probability", CrossEntropy(Form.PROBABILITIES, 0.0, null), probabilities, classes(5)),
    Subject("cross-entropy of one probability, weighted", CrossEntropy(Form.PROBABILITIES, 0.0, classWeights), probabilities, classes(5)),
    Subject("cross-entropy of one log-probability, weighted", CrossEntropy(Form.LOG_PROBABILITIES, 0.0, classWeights), logProbabilities, classes(5)),
    Subject("cross-entropy of log-probabilities", CrossEntropy(Form.LOG_PROBABILITIES, 0.1, classWeights), logProbabilities, classes(5)),
    Subject("binary of logits", BinaryCrossEntropy(), logits, values(5, probabilities)),
    Subject("binary of logits, weighted", BinaryCrossEntropy(Form.LOGITS, 0.0, 0.1, classWeights), logits, values(5, probabilities)),
    Subject("binary of probabilities", BinaryCrossEntropy(Form.PROBABILITIES, 0.0, 0.0, null), probabilities, values(5, probabilities)),
    Subject("binary of clipped probabilities", BinaryCrossEntropy(Form.PROBABILITIES, 0.2, 0.0, doubleArrayOf(2.0)), probabilities, values(5, probabilities)),
    Subject("mean squared error", MeanSquaredError(), logits, values(5, logits)),
    Subject("mean absolute error", MeanAbsoluteError(), logits, values(5, logits)),
    Subject("huber", Huber(1.3), logits, values(5, logits)),
    Subject("smooth absolute error", Huber.smoothAbsolute(0.7), logits, values(5, logits)),
    Subject("log cosh", LogCosh(), logits, values(5, logits)),
    Subject("absolute percentage error", AbsolutePercentageError(), logits, values(5, logits)),
    Subject("squared logarithmic error", SquaredLogarithmicError(), probabilities, values(5, probabilities)),
    Subject("poisson of logarithms", Poisson(true), logits, values(5, probabilities)),
    Subject("poisson of rates", Poisson(false), probabilities, values(5, probabilities)),
    Subject("cosine similarity", CosineSimilarity(), logits, values(5, logits)),
    Subject("hinge", Hinge(false), logits, values(5, { if (it.nextDouble() < 0.5) -1.0 else 1.0 })),
    Subject("squared hinge", Hinge(true), logits, values(5, { if (it.nextDouble() < 0.5) 0.0 else 1.0 })),
    Subject("divergence of logits", KullbackLeibler(Form.LOGITS, 0.0, false), logits, distributions),
    Subject("divergence of probabilities", KullbackLeibler(Form.PROBABILITIES, 1e-7, false), probabilities, distributions),
    Subject("divergence of log-probabilities", KullbackLeibler(Form.LOG_PROBABILITIES, 0.0, false), logProbabilities, distributions),
    Subject("divergence from logarithms", KullbackLeibler(Form.LOG_PROBABILITIES, 0.0, true), logProbabilities, values(5, logProbabilities)),
)

private fun prediction(compute: Compute, rows: Int, next: (Randomness) -> Double): Sequence {
    val mask = Mask.variable(STEPS, BATCH)
    mask.setLengths(intArrayOf(3, 1, 2, 3))
    val random = Randomness(1, 0)
    return Sequence.of(compute, rows, mask).apply {
        for (c in 0 until COLUMNS) for (r in 0 until rows) all().set(r, c, next(random))
    }
}

private fun gradientOf(compute: Compute, loss: Loss, y: Sequence, targets: Targets, reduction: Reduction): Matrix =
    compute.matrix(y.features(), COLUMNS).also { it.fill(99.0); loss.evaluate(y, targets, reduction, it) }

class LossSpec : FunSpec({
    val compute = Compute.of(Precision.FLOAT64)

    for (subject in subjects) {
        for (reduction in Reduction.values()) {
            test("${subject.name}, $reduction: the gradient is the slope, and what is padded or ignored counts for nothing") {
                val y = prediction(compute, 5, subject.prediction)
                val targets = subject.targets(compute)
                val gradient = gradientOf(compute, subject.loss, y, targets, reduction)
                val h = 1e-6
                for (c in 0 until COLUMNS) for (r in 0 until 5) {
                    val here = y.all().get(r, c)
                    y.all().set(r, c, here + h)
                    val above = subject.loss.evaluate(y, targets, reduction, null)
                    y.all().set(r, c, here - h)
                    val below = subject.loss.evaluate(y, targets, reduction, null)
                    y.all().set(r, c, here)
                    val slope = (above - below) / (2 * h)
                    withClue("($r, $c)") { gradient.get(r, c) shouldBe (slope plusOrMinus 1e-7 * max(1.0, abs(slope) * 10)) }
                    if (targets.weight(y, c) == 0.0) gradient.get(r, c) shouldBe 0.0
                }
            }
        }

        test("${subject.name}: the columns' losses add up to the sum; threads and precision change nothing") {
            val y = prediction(compute, 5, subject.prediction)
            val targets = subject.targets(compute)
            val sum = subject.loss.evaluate(y, targets, 1.0, null)
            val each = DoubleArray(COLUMNS)
            (subject.loss as ColumnLoss).evaluateEach(y, targets, each)
            each.sum() shouldBe (sum plusOrMinus 1e-12)

            val narrow = Compute.of(Precision.FLOAT32, 2)
            val close = subject.loss.evaluate(prediction(narrow, 5, subject.prediction), subject.targets(narrow), 1.0, null)
            close shouldBe (sum plusOrMinus 1e-4 * max(1.0, abs(sum)))
        }

        test("${subject.name}: a batch of which nothing counts has loss 0 and gradient 0") {
            val y = prediction(compute, 5, subject.prediction)
            y.mask().setLengths(intArrayOf(0, 0, 0, 0))
            val targets = subject.targets(compute)
            for (reduction in listOf(Reduction.MEAN, Reduction.MEAN_OVER_COUNT, Reduction.SUM)) {
                subject.loss.evaluate(y, targets, reduction, null) shouldBe 0.0
                gradientOf(compute, subject.loss, y, targets, reduction).sumOfSquares() shouldBe 0.0
            }
        }
    }

    test("ignoring every target gives loss 0") {
        val y = prediction(compute, 5, logits)
        val targets = Targets.ofClasses(COLUMNS).apply { classes().fill(Targets.IGNORED) }
        SoftmaxCrossEntropy(0.1, classWeights).evaluate(y, targets, Reduction.MEAN, null) shouldBe 0.0
    }

    for (precision in Precision.values()) {
        test("softmax cross-entropy at logits of ±10000 in $precision, by hand") {
            val narrow = Compute.of(precision)
            val y = Sequence.of(narrow, 3, Mask.full(1, 2))
            doubleArrayOf(1e4, 0.0, -1e4).forEachIndexed { r, z -> y.all().set(r, 0, z); y.all().set(r, 1, z) }
            val targets = Targets.ofClasses(2)
            targets.classes()[0] = 0
            targets.classes()[1] = 2
            val gradient = narrow.matrix(3, 2)
            for (loss in listOf(SoftmaxCrossEntropy(), SoftmaxCrossEntropy(0.0, doubleArrayOf(1.0, 1.0, 1.0)))) {
                loss.evaluate(y, targets, 1.0, gradient) shouldBe 2e4
                gradient.toDoubles() shouldBe doubleArrayOf(0.0, 0.0, 0.0, 1.0, 0.0, -1.0)
            }
        }

        test("binary cross-entropy at logits of ±10000 in $precision, by hand") {
            val narrow = Compute.of(precision)
            val y = Sequence.of(narrow, 2, Mask.full(1, 1))
            y.all().set(0, 0, 1e4).set(1, 0, -1e4)
            val targets = Targets.ofValues(narrow.matrix(2, 1).set(1, 0, 1.0))
            val gradient = narrow.matrix(2, 1)
            BinaryCrossEntropy().evaluate(y, targets, 1.0, gradient) shouldBe 1e4
            gradient.toDoubles() shouldBe doubleArrayOf(0.5, -0.5)
        }
    }

    for (precision in Precision.values()) for (classes in listOf(1, 5, 700)) {
        for ((form, numbers) in listOf(Form.LOGITS to logits, Form.PROBABILITIES to probabilities, Form.LOG_PROBABILITIES to logProbabilities))
        test("smoothed and weighted cross-entropy of $classes classes in $precision from $form: a class is the distribution that has it alone") {
            val narrow = Compute.of(precision)
            val y = prediction(narrow, classes, numbers)
            if (form == Form.PROBABILITIES && classes > 1) {            // clipped below, and above
                y.all().set(classes - 1, 3, 0.0)
                y.all().fillColumn(4, 1e-12).set(0, 4, 1.0)
            }
            val ids = classes(classes)(narrow)
            val distribution = narrow.matrix(classes, COLUMNS)
            for (c in 0 until COLUMNS) if (ids.classes()[c] >= 0) distribution.set(ids.classes()[c], c, 1.0)
            val values = Targets.ofValues(distribution)
            ids.weights().copyInto(values.weights())
            values.weights()[5] = 0.0
            val random = Randomness(8, 0)
            val tolerance = if (precision == Precision.FLOAT64) 1e-13 else 1e-6
            for (smoothing in listOf(0.0, 0.1, 0.9)) for (weights in listOf(null, DoubleArray(classes) { if (it == 2) 0.0 else 0.1 + random.nextDouble() })) {
                val loss = if (form == Form.LOGITS) SoftmaxCrossEntropy(smoothing, weights) else CrossEntropy(form, smoothing, weights)
                fun results(targets: Targets): List<Double> {
                    val each = DoubleArray(COLUMNS).also { loss.evaluateEach(y, targets, it) }
                    val gradient = narrow.matrix(classes, COLUMNS).also { it.fill(99.0); loss.evaluate(y, targets, 0.7, it) }
                    return each.toList() + gradient.toDoubles().toList()
                }
                withClue("smoothing $smoothing, ${if (weights == null) "no " else ""}weights") {
                    results(ids).zip(results(values)).forEachIndexed { i, (one, other) ->
                        withClue(i) { one shouldBe (other plusOrMinus tolerance * max(1.0, abs(other))) }
                    }
                }
            }
        }
    }

    for (compute32 in listOf(Compute.of(Precision.FLOAT32), Compute(Precision.FLOAT32, Kernels.plain(), Workers(1)))) {
        test("binary cross-entropy of float32 logits is that of float64, near 0 and far from it, with the ${compute32.kernel().name()} kernel") {
            for (rows in listOf(1, 3, 88, 511, 512, 600)) {
                val random = Randomness(rows.toLong(), 0)
                val columns = 37
                val z = DoubleArray(rows * columns) { (random.nextGaussian() * if (it % 3 == 0) 30 else 2).toFloat().toDouble() }
                val t = DoubleArray(rows * columns) { if (it % 5 == 0) random.nextDouble().toFloat().toDouble() else random.nextInt(2).toDouble() }
                doubleArrayOf(0.0, -0.0, 1e-30, -1e-40, 100.0, -100.0).forEachIndexed { i, special -> if (i < z.size) z[i] = special.toFloat().toDouble() }
                for ((smoothing, weights) in listOf(0.0 to null, 0.1 to doubleArrayOf(2.5), 0.0 to DoubleArray(rows) { 0.5 + it % 3 })) {
                    fun results(compute: Compute): Pair<DoubleArray, DoubleArray> {
                        val y = Sequence.of(compute, rows, Mask.full(1, columns)).also { it.all().setFrom(z) }
                        val targets = Targets.ofValues(compute.matrix(rows, columns).setFrom(t))
                        for (c in 0 until columns) targets.weights()[c] = if (c % 7 == 3) 0.0 else 0.5 + c % 4
                        val loss = BinaryCrossEntropy(Form.LOGITS, 0.0, smoothing, weights)
                        val gradient = compute.matrix(rows, columns).fill(99.0)
                        loss.evaluate(y, targets, 0.7, gradient)
                        return DoubleArray(columns).also { loss.evaluateEach(y, targets, it) } to gradient.toDoubles()
                    }
                    val (losses, slopes) = results(compute32)
                    val (exactLosses, exactSlopes) = results(compute)
                    for (c in 0 until columns) withClue("$rows rows, column $c") {
                        losses[c] shouldBe (exactLosses[c] plusOrMinus 5e-7 * exactLosses[c] + 1e-37)
                    }
                    for (i in slopes.indices) withClue("$rows rows, z ${z[i]}, t ${t[i]}") {
                        // with a target between 0 and 1 two parts are taken from each other
                        val parts = if (t[i] in setOf(0.0, 1.0) && smoothing == 0.0) abs(exactSlopes[i]) else 2.0 * 3.5 * 0.7 * 2.5 / rows
                        slopes[i] shouldBe (exactSlopes[i] plusOrMinus 6e-7 * parts + 1e-37)
                    }
                }
            }
        }
    }

    test("a float32 prediction may have float64 targets") {
        val narrow = Compute.of(Precision.FLOAT32)
        for (subject in subjects.filter { it.name.startsWith("binary") || it.name.startsWith("mean") }) {
            val y = prediction(narrow, 5, subject.prediction)
            val (wide, same) = listOf(compute, narrow).map { subject.loss.evaluate(y, subject.targets(it), 1.0, narrow.matrix(5, COLUMNS)) }
            withClue(subject.name) { wide shouldBe (same plusOrMinus 1e-5) }
        }
    }

    test("weights of steps and examples multiply") {
        val targets = Targets.ofClasses(6)
        targets.setWeights(3, 2, doubleArrayOf(1.0, 2.0, 3.0), doubleArrayOf(1.0, 10.0))
        targets.weights() shouldBe doubleArrayOf(1.0, 10.0, 2.0, 20.0, 3.0, 30.0)
    }

    test("a target that is no class is refused with its place") {
        val y = prediction(compute, 5, logits)
        val targets = Targets.ofClasses(COLUMNS).apply { classes()[6] = 5 }
        val message = shouldThrow<IllegalArgumentException> { SoftmaxCrossEntropy().evaluate(y, targets, 1.0, null) }.message!!
        message shouldContain "target class 5 at step 1 of example 2"
        message shouldContain "0 to 4"
    }

    test("targets of another size are refused") {
        val y = prediction(compute, 5, logits)
        shouldThrow<IllegalArgumentException> { MeanSquaredError().evaluate(y, Targets.ofValues(compute.matrix(4, COLUMNS)), 1.0, null) }
            .message shouldContain "5 features a step, the targets have 4"
        shouldThrow<IllegalArgumentException> { MeanSquaredError().evaluate(y, Targets.ofClasses(COLUMNS - 1), 1.0, null) }
            .message shouldContain "12 columns (3 steps of 4 examples)"
    }
})
