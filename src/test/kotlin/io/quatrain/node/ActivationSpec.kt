package io.quatrain.node

import io.kotest.assertions.throwables.shouldThrow
import io.kotest.assertions.withClue
import io.kotest.core.spec.style.FunSpec
import io.kotest.matchers.collections.shouldBeEmpty
import io.kotest.matchers.doubles.plusOrMinus
import io.kotest.matchers.doubles.shouldBeLessThanOrEqual
import io.kotest.matchers.shouldBe
import io.kotest.matchers.string.shouldContain
import io.quatrain.kernel.FloatSeries
import io.quatrain.kernel.Kernels
import io.quatrain.kernel.Workers
import io.quatrain.tensor.Compute
import io.quatrain.tensor.Matrix
import io.quatrain.tensor.Precision
import io.quatrain.tensor.Randomness
import java.io.PrintWriter
import java.io.StringWriter
import java.util.spi.ToolProvider
import kotlin.math.abs
import kotlin.math.ln
import kotlin.math.pow
import kotlin.math.tanh

private fun filled(compute: Compute, rows: Int, columns: Int, seed: Long): Matrix {
    val random = Randomness(seed, 0)
    return compute.matrix(rows, columns).apply { for (c in 0 until columns) for (r in 0 until rows) set(r, c, 3 * random.nextGaussian()) }
}

private fun Activation.at(z: Double): Double {
    val compute = Compute.of(Precision.FLOAT64)
    val y = compute.matrix(1, 1)
    forward(compute.matrix(1, 1).set(0, 0, z), y)
    return y.get(0, 0)
}

private val numbers = listOf(null to null, 0.3 to null, null to 0.7, 0.8 to 1.6)

/** Those that keep the precision of their tails. */
private val accurate = setOf("silu", "swish", "mish", "softplus", "logSigmoid", "elu", "selu", "celu")

/** Those that compare, and take what is not a number for small. */
private val steps = setOf("thresholdedRelu", "softshrink", "hardshrink")

class ActivationSpec : FunSpec({
    val compute = Compute.of(Precision.FLOAT64)
    val floats = mapOf("plain" to Compute(Precision.FLOAT32, Kernels.plain(), Workers(1)), "fastest" to Compute.of(Precision.FLOAT32))

    for (name in Activations.names()) for ((alpha, beta) in numbers) {
        val activation = Activation.named(name, alpha, beta)
        val what = "$name($alpha, $beta)"

        test("$what: the derivative is the slope") {
            val z = filled(compute, 5, 7, 1)
            val dy = filled(compute, 5, 7, 2)
            val y = compute.matrix(5, 7)
            val dz = compute.matrix(5, 7)
            fun loss(): Double {
                activation.forward(z, y)
                return y.toDoubles().zip(dy.toDoubles()).sumOf { it.first * it.second }
            }
            loss()
            activation.backward(if (activation.needsInput()) z else y, y, dy, dz)
            val h = 1e-6
            for (c in 0 until 7) for (r in 0 until 5) {
                val here = z.get(r, c)
                z.set(r, c, here + h)
                val above = loss()
                z.set(r, c, here - h)
                val slope = (above - loss()) / (2 * h)
                z.set(r, c, here)
                withClue("at $here") { dz.get(r, c) shouldBe (slope plusOrMinus 1e-6 * (1 + abs(slope))) }
            }
        }

        test("$what: in place, in blocks, on threads and in float32 it is the same") {
            val z = filled(compute, 61, 33, 3)
            val y = compute.matrix(61, 33)
            activation.forward(z, y)
            val expected = y.toDoubles()
            val dy = filled(compute, 61, 33, 4)
            val dz = compute.matrix(61, 33)
            activation.backward(z, y, dy, dz)

            val threads = Compute.of(Precision.FLOAT64, 2)
            val other = filled(threads, 61, 33, 3)
            val inPlace = if (activation.needsInput()) threads.matrix(61, 33) else other
            activation.forward(other, inPlace)
            inPlace.toDoubles() shouldBe expected
            val gradient = filled(threads, 61, 33, 4)
            activation.backward(other, inPlace, gradient, gradient)
            gradient.toDoubles() shouldBe dz.toDoubles()

            val narrow = Compute.of(Precision.FLOAT32)
            val single = narrow.matrix(61, 33)
            activation.forward(filled(narrow, 61, 33, 3), single)
            single.toDoubles().forEachIndexed { i, value -> value shouldBe (expected[i] plusOrMinus 2e-5 * (1 + abs(expected[i]))) }
        }

        for ((kernel, narrow) in floats) test("$what: float32 is as near as it is said to be, $kernel") {
            val at = DoubleArray(20_001) { ((it - 10_000) * 0.004).toFloat().toDouble() } +
                DoubleArray(400) { (if (it % 2 == 0) 1 else -1) * 10.0.pow(-30 + it * 0.08).toFloat().toDouble() }
            val z = compute.matrix(1, at.size).setFrom(at)
            val y = compute.matrix(1, at.size)
            activation.forward(z, y)
            val slope = compute.matrix(1, at.size).fill(1.0)
            activation.backward(z, y, slope, slope)
            val narrowZ = narrow.matrix(1, at.size).setFrom(at)
            val narrowY = narrow.matrix(1, at.size)
            activation.forward(narrowZ, narrowY)
            val narrowSlope = narrow.matrix(1, at.size).fill(1.0)
            activation.backward(narrowZ, narrowY, narrowSlope, narrowSlope)
            val largest = slope.toDoubles().filter { abs(it) < 1e30 }.maxOf(::abs)
            for (i in at.indices) {
                val expected = y.get(0, i)
                if (abs(expected) > 1e30) continue
                withClue("at ${at[i]}") {
                    val error = abs(narrowY.get(0, i) - expected)
                    error shouldBeLessThanOrEqual 3e-7 * maxOf(1.0, abs(at[i]), abs(expected))
                    if (name in accurate && (name != "softplus" || alpha == null) && abs(expected) > 1e-35) error shouldBeLessThanOrEqual 4e-7 * abs(expected)
                    val atCorner = listOfNotNull(alpha, beta).any { abs(at[i] - it) < 1e-6 }     // on which side, rounding decides
                    if (!atCorner) abs(narrowSlope.get(0, i) - slope.get(0, i)) shouldBeLessThanOrEqual 6e-7 * largest
                }
            }
        }

        test("$what: float32 in blocks, on threads and of NaN") {
            if (name in listOf("softmax", "logSoftmax")) return@test
            fun everything(threads: Int): List<Double> {
                val narrow = Compute.of(Precision.FLOAT32, threads)
                val z = filled(narrow, 61, 333, 3).also { it.set(3, 3, Double.NaN) }
                val y = narrow.matrix(61, 333)
                activation.forward(z, y)
                y.get(3, 3).isNaN() shouldBe (name !in steps)
                val d = filled(narrow, 61, 333, 4)
                activation.backward(z, y, d, d)
                y.set(3, 3, 0.0)
                d.set(3, 3, 0.0)
                val part = narrow.matrix(7, 333)
                activation.forward(z.rows(20, 27), part)
                part.toDoubles().toList() shouldBe narrow.matrix(7, 333).set(y.rows(20, 27)).toDoubles().toList()
                return y.toDoubles().toList() + d.toDoubles().toList()
            }
            everything(2) shouldBe everything(1)
        }

        test("$what: finite far out") {
            for (z in listOf(-700.0, -40.0, 40.0, 700.0)) {
                val input = compute.matrix(1, 1).set(0, 0, z)
                val y = compute.matrix(1, 1)
                val gradient = compute.matrix(1, 1).set(0, 0, 1.0)
                activation.forward(input, y)
                activation.backward(input, y, gradient, gradient)
                y.finite() shouldBe true
                gradient.finite() shouldBe true
            }
        }
    }

    test("no loop of float32 calls a method that the compiler might not take in") {
        for (kind in FloatFormula::class.java.declaredClasses.toList() + FloatFormula::class.java + FloatSeries::class.java) {
            val text = StringWriter()
            val file = kind.getResource("${kind.name.substringAfterLast('.')}.class")!!.toString()
            ToolProvider.findFirst("javap").get().run(PrintWriter(text), PrintWriter(text), "-p", "-c", file)
            val called = Regex("invoke(static|special|virtual).*// (?:Interface)?Method (\\S+):").findAll(text.toString()).map { it.groupValues[2] }.toSet()
            val ofArrays = setOf("exponentials", "tails", "io/quatrain/kernel/FloatSeries.logOfOnePlus")
            withClue("${kind.name} calls $called") {
                (called - ofArrays).filter { !it.startsWith("java/lang/Math.") && !it.endsWith("\"<init>\"") }.shouldBeEmpty()
            }
        }
    }

    test("by hand") {
        Activation.named("Leaky_ReLU", 0.5, null).at(-2.0) shouldBe -1.0
        Activation.named("elu", 2.0, null).at(-1.0) shouldBe (2 * (1 / Math.E - 1) plusOrMinus 1e-15)
        Activation.named("hard-sigmoid", null, null).at(1.0) shouldBe 0.7
        Activation.named("softplus", null, null).at(0.0) shouldBe (ln(2.0) plusOrMinus 1e-15)
        Activation.named("scaledtanh", 2.0, 3.0).at(0.5) shouldBe (2 * tanh(1.5) plusOrMinus 1e-15)
        Activation.named("thresholdedRelu", 1.5, null).at(1.5) shouldBe 0.0
        Activation.named("affine", 2.0, 3.0).at(4.0) shouldBe 11.0
        // Φ(1), Φ(−3.5) from tables
        Activation.named("gelu", null, null).at(1.0) shouldBe (0.841344746068542949 plusOrMinus 1e-15)
        Activation.named("gelu", null, null).at(-3.5) / -3.5 shouldBe (2.32629079035525e-4 plusOrMinus 1e-17)
    }

    test("softmax of large numbers") {
        val z = compute.matrix(3, 1).set(0, 0, 1e4).set(1, 0, 1e4).set(2, 0, -1e4)
        val y = compute.matrix(3, 1)
        Activation.named("softmax", null, null).forward(z, y)
        y.toDoubles() shouldBe doubleArrayOf(0.5, 0.5, 0.0)
        Activation.named("logSoftmax", null, null).forward(z, y)
        y.toDoubles() shouldBe doubleArrayOf(-ln(2.0), -ln(2.0), -2e4 - ln(2.0))
    }

    test("an unknown name is refused with the known ones") {
        shouldThrow<IllegalArgumentException> { Activation.named("tanhh", null, null) }.message!! shouldContain "unknown activation \"tanhh\"; there are identity"
    }
})
