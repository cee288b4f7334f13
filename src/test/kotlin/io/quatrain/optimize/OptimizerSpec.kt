package io.quatrain.optimize

import io.kotest.assertions.throwables.shouldThrow
import io.kotest.assertions.withClue
import io.kotest.core.spec.style.FunSpec
import io.kotest.matchers.collections.shouldBeEmpty
import io.kotest.matchers.doubles.plusOrMinus
import io.kotest.matchers.doubles.shouldBeLessThan
import io.kotest.matchers.shouldBe
import io.kotest.matchers.string.shouldContain
import io.quatrain.node.Parameter
import io.quatrain.tensor.Compute
import io.quatrain.tensor.Precision
import io.quatrain.tensor.Randomness
import kotlin.math.abs
import kotlin.math.pow
import kotlin.math.sqrt

/** Every optimizer and convention, with a learning rate that suits a bowl of size 1. */
private val optimizers: Map<String, Pair<Double, () -> Optimizer>> = buildMap {
    fun add(name: String, rate: Double, make: () -> Optimizer) = put(name, rate to make)
    add("SGD", 0.1) { Sgd() }
    for (convention in Convention.values()) {
        add("SGD with momentum, $convention", 0.02) { Sgd(0.9, 0.0, false, convention) }
        add("SGD with Nesterov, $convention", 0.02) { Sgd(0.9, 0.0, true, convention) }
        add("Adagrad, $convention", 0.5) { Adagrad(1e-7, 0.1, 0.0, convention) }
        add("RMSprop, $convention", 0.02) { RmsProp(0.9, 1e-7, 0.0, false, convention) }
        add("RMSprop centred with momentum, $convention", 0.003) { RmsProp(0.9, 1e-7, 0.5, true, convention) }
        add("Adam, $convention", 0.05) { Adam(0.9, 0.99, 1e-8, false, convention) }
        add("AMSGrad, $convention", 0.05) { Adam(0.9, 0.99, 1e-8, true, convention) }
        add("Adamax, $convention", 0.05) { Adamax(0.9, 0.99, 1e-8, convention) }
    }
    add("SGD with dampening", 0.1) { Sgd(0.9, 0.9, false, Convention.PYTORCH) }
    add("Adagrad slowing down", 0.5) { Adagrad(1e-10, 0.0, 0.01, Convention.PYTORCH) }
    add("AdamW", 0.05) { Adam.withDecoupledDecay(0.9, 0.99, 1e-8, 0.01) }
    add("Adadelta", 5.0) { Adadelta(0.9, 1e-4) }
    add("Nadam, PyTorch", 0.05) { Nadam(0.9, 0.99, 1e-8, 0.004) }
    add("Nadam, Keras", 0.05) { Nadam(0.9, 0.99, 1e-8, 1.0) }
    add("RAdam", 0.05) { RAdam(0.9, 0.99, 1e-8) }
    add("Lion", 0.02) { Lion(0.9, 0.99) }
    add("Lamb", 0.05) { Lamb(0.9, 0.99, 1e-8) }
    add("Ftrl", 0.5) { Ftrl(-0.5, 0.1, 0.0, 0.0, 0.0, 0.0) }
    add("Ftrl with all options", 0.5) { Ftrl(-0.4, 0.2, 0.01, 0.01, 0.001, 0.1) }
    add("Adam with averages", 0.05) { Adam(0.9, 0.99, 1e-8).averaging(0.7, 0) }
    add("SGD with averages that are taken over", 0.1) { Sgd().averaging(0.5, 3) }
    add("Rprop", 0.05) { RProp() }
    add("ASGD", 0.1) { Asgd(1e-4, 0.75, 5.0) }
    add("SGD with every decay", 0.1) {
        Sgd(0.5, 0.0, false, Convention.PYTORCH).decaying(WeightDecay.coupled(1e-3)).decaying(WeightDecay.absolute(1e-3))
            .decaying(WeightDecay.decoupled(1e-3)).decaying(WeightDecay.afterwards(1e-4))
    }
}

/** A bowl: loss ½·Σ curvature·(w − bottom)². */
private class Bowl(precision: Precision, threads: Int = 1, rows: Int = 37, columns: Int = 61) {
    private val compute = Compute.of(precision, threads)
    private val size = rows * columns
    val parameter = Parameter("w", compute.matrix(rows, columns), true)
    private val bottom = Randomness(5, 0).let { random -> DoubleArray(size) { random.nextGaussian() } }
    private val curvature = Randomness(6, 0).let { random -> DoubleArray(size) { 0.5 + random.nextDouble() } }

    fun loss(): Double = parameter.value().toDoubles().let { w -> w.indices.sumOf { 0.5 * curvature[it] * (w[it] - bottom[it]).pow(2) } }

    /** @param scale of the gradient itself */
    fun step(optimizer: Optimizer, rate: Double, factor: Double = 1.0, scale: Double = 1.0) {
        val w = parameter.value().toDoubles()
        parameter.gradient().setFrom(DoubleArray(size) { scale * curvature[it] * (w[it] - bottom[it]) })
        optimizer.step(listOf(parameter), rate, factor)
    }
}

private fun close(actual: DoubleArray, expected: DoubleArray, tolerance: Double) {
    actual.size shouldBe expected.size
    actual.indices.forEach { actual[it] shouldBe (expected[it] plusOrMinus tolerance * (1 + abs(expected[it]))) }
}

private fun single(w: Double, g: Double) = Parameter("w", Compute.of(Precision.FLOAT64).matrix(1, 1).set(0, 0, w), true)
    .also { it.gradient().set(0, 0, g) }

private fun after(optimizer: Optimizer, w: Double, g: Double, rate: Double): Double {
    val parameter = single(w, g)
    optimizer.step(listOf(parameter), rate, 1.0)
    return parameter.value().get(0, 0)
}

class OptimizerSpec : FunSpec({
    for ((name, entry) in optimizers) {
        val (rate, make) = entry

        test("$name goes down the bowl") {
            val bowl = Bowl(Precision.FLOAT64)
            val before = bowl.loss()
            val optimizer = make()
            repeat(200) { bowl.step(optimizer, rate) }
            bowl.loss() shouldBeLessThan before / 20
        }

        test("$name: 9 steps are 4 steps, then 5 from what the slots and the count of steps hold") {
            val whole = Bowl(Precision.FLOAT64)
            val first = make()
            repeat(9) { whole.step(first, rate) }

            val split = Bowl(Precision.FLOAT64)
            val until = make()
            repeat(4) { split.step(until, rate) }
            val resumed = make().apply { steps(until.steps()) }
            until.slots(split.parameter).forEachIndexed { i, slot -> resumed.slots(split.parameter)[i].set(slot) }
            repeat(5) { split.step(resumed, rate) }
            split.parameter.value().toDoubles() shouldBe whole.parameter.value().toDoubles()
        }

        test("$name: a factor is as good as a scaled gradient; threads and precision change nothing") {
            fun run(bowl: Bowl): DoubleArray {
                val optimizer = make()
                repeat(5) { bowl.step(optimizer, rate, 0.7) }
                return bowl.parameter.value().toDoubles()
            }
            val one = run(Bowl(Precision.FLOAT64))
            run(Bowl(Precision.FLOAT64, threads = 2)) shouldBe one
            close(run(Bowl(Precision.FLOAT32)), one, 2e-4)
            run(Bowl(Precision.FLOAT32, threads = 2)) shouldBe run(Bowl(Precision.FLOAT32))

            val scaled = Bowl(Precision.FLOAT64)
            val optimizer = make()
            repeat(5) { scaled.step(optimizer, rate, scale = 0.7) }
            close(scaled.parameter.value().toDoubles(), one, 1e-12)
        }

        test("$name: what is remembered of a gradient that came once fades to zero, not to subnormal numbers") {
            for (precision in Precision.entries) {
                val single = precision == Precision.FLOAT32
                val least = if (single) java.lang.Float.MIN_NORMAL.toDouble() else java.lang.Double.MIN_NORMAL
                val parameter = Parameter("w", Compute.of(precision).matrix(5, 8), true)
                val optimizer = make()
                repeat(if (single) 4_000 else 10_000) { step ->
                    parameter.gradient().fill(if (step > 1) 0.0 else if (single) 1e-14 else 1e-135)
                    optimizer.step(listOf(parameter), rate, 1.0)
                }
                for (slot in optimizer.slots(parameter)) {
                    withClue(precision) { slot.toDoubles().filter { it != 0.0 && abs(it) < least }.shouldBeEmpty() }
                }
            }
        }

        test("$name climbs when told to maximize") {
            val upwards = Bowl(Precision.FLOAT64)
            val down = Bowl(Precision.FLOAT64)
            val climbing = make().maximizing()
            val descending = make()
            repeat(3) {
                upwards.step(climbing, rate)
                down.step(descending, rate, -1.0)
            }
            upwards.parameter.value().toDoubles() shouldBe down.parameter.value().toDoubles()
        }
    }

    test("by hand: where epsilon stands") {
        after(Adam(0.9, 0.99, 0.5), 1.0, 2.0, 0.1) shouldBe (1 - 0.1 * 2 / (2 + 0.5) plusOrMinus 1e-12)
        after(Adam(0.9, 0.99, 0.5, false, Convention.KERAS), 1.0, 2.0, 0.1) shouldBe
            (1 - 0.1 * 0.1 / 0.1 * 0.2 / (0.2 + 0.5) plusOrMinus 1e-12)
        after(Adagrad(0.5, 0.0, 0.0, Convention.PYTORCH), 1.0, 2.0, 0.1) shouldBe (1 - 0.2 / 2.5 plusOrMinus 1e-12)
        after(Adagrad(0.5, 0.0, 0.0, Convention.KERAS), 1.0, 2.0, 0.1) shouldBe (1 - 0.2 / sqrt(4.5) plusOrMinus 1e-12)
    }

    test("one step of Keras's own tests") {
        fun stepped(optimizer: Optimizer): DoubleArray {
            val parameter = Parameter("w", Compute.of(Precision.FLOAT64).matrix(4, 1).setFrom(doubleArrayOf(1.0, 2.0, 3.0, 4.0)), true)
            parameter.gradient().setFrom(doubleArrayOf(1.0, 6.0, 7.0, 2.0))
            optimizer.step(listOf(parameter), 0.5, 1.0)
            return parameter.value().toDoubles()
        }
        close(stepped(Lamb(0.9, 0.999, 1e-7)), doubleArrayOf(-0.3693, 0.6307, 1.6307, 2.6307), 1e-4)
        close(stepped(Ftrl(-0.5, 0.1, 0.0, 0.0, 0.0, 0.0)), doubleArrayOf(0.2218, 1.3954, 2.3651, 2.8814), 1e-4)
    }

    test("Ftrl: what gains less than λ1 is exactly 0") {
        after(Ftrl(-0.5, 0.1, 5.0, 0.0, 0.0, 0.0), 0.0, 1.0, 0.5) shouldBe 0.0
        // l = 1, clamp 0.25, n' = 1.1
        after(Ftrl(-0.5, 0.1, 0.25, 0.0, 0.0, 0.0), 0.0, 1.0, 0.5) shouldBe (-0.75 * 0.5 / sqrt(1.1) plusOrMinus 1e-12)
    }

    test("averages by hand: the first is the weight, and they may be taken over") {
        fun run(every: Int): Pair<Double, Double> {
            val parameter = single(1.0, 1.0)
            val optimizer = Sgd().averaging(0.75, every)
            repeat(3) {
                parameter.gradient().set(0, 0, 1.0)
                optimizer.step(listOf(parameter), 0.1, 1.0)
            }
            return parameter.value().get(0, 0) to optimizer.slots(parameter)[optimizer.averageSlot()].get(0, 0)
        }
        val average = 0.75 * (0.75 * 0.9 + 0.25 * 0.8) + 0.25 * 0.7
        run(0).let { (w, a) -> w shouldBe (0.7 plusOrMinus 1e-12); a shouldBe (average plusOrMinus 1e-12) }
        run(3).let { (w, a) -> w shouldBe (average plusOrMinus 1e-12); a shouldBe (average plusOrMinus 1e-12) }
        shouldThrow<IllegalStateException> { Asgd().averaging(0.9, 0) }.message shouldContain "kept already"
    }

    test("by hand: decay, and its order") {
        after(Sgd().decaying(WeightDecay.coupled(0.5)), 2.0, 1.0, 0.1) shouldBe (2 - 0.1 * (1 + 1) plusOrMinus 1e-12)
        after(Sgd().decaying(WeightDecay.absolute(0.5)), -2.0, 1.0, 0.1) shouldBe (-2 - 0.1 * (1 - 0.5) plusOrMinus 1e-12)
        after(Sgd().decaying(WeightDecay.decoupled(0.5)), 2.0, 1.0, 0.1) shouldBe (2 * (1 - 0.05) - 0.1 plusOrMinus 1e-12)
        after(Sgd().decaying(WeightDecay.afterwards(0.5)), 2.0, 1.0, 0.1) shouldBe (0.5 * (2 - 0.1) plusOrMinus 1e-12)
        after(Sgd().decaying(WeightDecay.coupled(0.5).where { it.path() != "w" }), 2.0, 1.0, 0.1) shouldBe (1.9 plusOrMinus 1e-12)
    }

    test("a parameter that is not trained stays") {
        val frozen = Parameter("w", Compute.of(Precision.FLOAT64).matrix(1, 1).set(0, 0, 3.0), false)
        Sgd().decaying(WeightDecay.decoupled(0.5)).step(listOf(frozen), 0.1, 1.0)
        frozen.value().get(0, 0) shouldBe 3.0
    }

    test("constraints hold after a step") {
        val compute = Compute.of(Precision.FLOAT64)
        fun stepped(constraint: Constraint): DoubleArray {
            val parameter = Parameter("w", compute.matrix(2, 2).setFrom(doubleArrayOf(3.0, -0.1, 4.0, 0.2)), true)
            Sgd().constrained(constraint) { true }.step(listOf(parameter), 0.1, 1.0)
            return parameter.value().toDoubles()
        }
        close(stepped(Constraint.maxNormOfRows(1.0)), doubleArrayOf(0.6, -0.1, 0.8, 0.2), 1e-12)
        close(stepped(Constraint.maxNormOfColumns(5.0)), doubleArrayOf(3.0, -0.1, 4.0, 0.2), 1e-12)
        close(stepped(Constraint.maxNormOfColumns(2.0)), doubleArrayOf(3.0 * 2 / sqrt(9.01), -0.1 * 2 / sqrt(9.01), 4 * 2 / sqrt(16.04), 0.2 * 2 / sqrt(16.04)), 1e-12)
        close(stepped(Constraint.notNegative()), doubleArrayOf(3.0, 0.0, 4.0, 0.2), 1e-12)
    }

    test("a penalty's gradient is its slope") {
        val penalty = Penalty(0.3, 0.7)
        val parameter = single(-1.5, 0.0)
        val parameters = listOf(parameter)
        penalty.value(parameters) shouldBe (0.3 * 1.5 + 0.7 * 2.25 plusOrMinus 1e-12)
        penalty.addGradients(parameters)
        val h = 1e-6
        parameter.value().set(0, 0, -1.5 + h)
        val above = penalty.value(parameters)
        parameter.value().set(0, 0, -1.5 - h)
        parameter.gradient().get(0, 0) shouldBe ((above - penalty.value(parameters)) / (2 * h) plusOrMinus 1e-8)
    }

    test("ASGD's average is the mean of the weights since it began") {
        val bowl = Bowl(Precision.FLOAT64, rows = 1, columns = 2)
        val optimizer = Asgd(0.0, 0.75, 2.0)
        val seen = mutableListOf<DoubleArray>()
        repeat(8) {
            bowl.step(optimizer, 0.1)
            seen += bowl.parameter.value().toDoubles()
        }
        // μ is 1 until step 4 = t0 + 2, then 1/2, 1/3 …
        val expected = DoubleArray(2) { i -> seen.subList(3, 8).sumOf { it[i] } / 5 }
        close(optimizer.slots(bowl.parameter)[optimizer.averageSlot()].toDoubles(), expected, 1e-12)
    }

    test("options that make no sense are refused by name") {
        shouldThrow<IllegalArgumentException> { Adam(1.0, 0.9, 1e-8) }.message shouldContain "beta1 must be 0 or more and below 1, got 1.0"
        shouldThrow<IllegalArgumentException> { WeightDecay.coupled(-1.0) }.message shouldContain "weight decay must be 0 or more, got -1.0"
        shouldThrow<IllegalArgumentException> { Sgd(0.9, 0.5, false, Convention.KERAS) }.message shouldContain "dampening must be 0"
    }
})
