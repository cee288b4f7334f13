package io.quatrain.node

import io.kotest.assertions.throwables.shouldThrow
import io.kotest.core.spec.style.FunSpec
import io.kotest.matchers.doubles.plusOrMinus
import io.kotest.matchers.shouldBe
import io.kotest.matchers.string.shouldContain
import io.quatrain.tensor.Compute
import io.quatrain.tensor.Precision
import io.quatrain.tensor.Randomness
import kotlin.math.abs
import kotlin.math.sqrt

class InitializerSpec : FunSpec({
    val compute = Compute.of(Precision.FLOAT64)

    fun matrix(rows: Int, columns: Int, initializer: Initializer, seed: Long = 11) =
        compute.matrix(rows, columns).also { initializer.fill(it, Randomness(seed, 1)) }

    for ((rows, columns) in listOf(1 to 1, 4 to 4, 7 to 3, 3 to 7, 1 to 5, 5 to 1, 40 to 40, 64 to 17)) {
        test("orthogonal [$rows × $columns]: the shorter side is orthonormal, times the gain") {
            val w = matrix(rows, columns, Initializer.orthogonal(2.0))
            val gram = compute.matrix(minOf(rows, columns), minOf(rows, columns))
            if (rows >= columns) gram.addProduct(true, w, false, w) else gram.addProduct(false, w, true, w)
            for (i in 0 until gram.rows()) for (j in 0 until gram.rows()) {
                gram.get(i, j) shouldBe ((if (i == j) 4.0 else 0.0) plusOrMinus 1e-12)
            }
        }
    }

    test("orthogonal matrices come in every direction: the mean of many is zero, and so of the diagonal") {
        val sums = DoubleArray(4)
        repeat(4000) { seed -> matrix(2, 2, Initializer.orthogonal(1.0), seed.toLong()).toDoubles().forEachIndexed { i, x -> sums[i] += x / 4000 } }
        // deviation of a mean of 4000 values of variance ½ is 0.011
        sums.forEach { it shouldBe (0.0 plusOrMinus 0.05) }
    }

    for ((name, initializer, variance, most) in listOf(
        Distribution("uniform", Initializer.uniform(-2.0, 1.0), 0.75, 2.0),
        Distribution("normal", Initializer.normal(0.0, 0.5), 0.25, null),
        Distribution("truncated normal", Initializer.truncatedNormal(0.0, 1.0), 0.7737, 2.0),
        Distribution("Glorot uniform", Initializer.glorotUniform(), 2.0 / 300, sqrt(6.0 / 300)),
        Distribution("Glorot normal", Initializer.glorotNormal(), 2.0 / 300, null),
        Distribution("He uniform", Initializer.heUniform(), 2.0 / 200, sqrt(6.0 / 200)),
        Distribution("He normal", Initializer.heNormal(), 2.0 / 200, null),
        Distribution("LeCun uniform", Initializer.lecunUniform(), 1.0 / 200, sqrt(3.0 / 200)),
        Distribution("LeCun normal", Initializer.lecunNormal(), 1.0 / 200, null),
        Distribution("by 200", Initializer.uniformBy(200), 1.0 / 600, sqrt(1.0 / 200)),
    )) {
        test("$name has its variance and its bounds; the same seed gives the same numbers") {
            val values = matrix(100, 200, initializer).toDoubles()
            val mean = values.average()
            values.sumOf { (it - mean) * (it - mean) } / values.size shouldBe (variance plusOrMinus 0.05 * variance)
            if (most != null) {
                values.maxOf { abs(it) } shouldBe (most plusOrMinus 0.01 * most)
                (values.maxOf { abs(it) } <= most) shouldBe true
            }
            matrix(100, 200, initializer).toDoubles() shouldBe values
        }
    }

    test("identity, and one initializer a gate") {
        matrix(2, 3, Initializer.identity(0.5)).toDoubles() shouldBe doubleArrayOf(0.5, 0.0, 0.0, 0.5, 0.0, 0.0)
        matrix(4, 1, Initializer.perGate(Initializer.ZEROS, Initializer.constant(1.0))).toDoubles() shouldBe doubleArrayOf(0.0, 0.0, 1.0, 1.0)
        matrix(4, 2, Initializer.perGate(2, Initializer.identity(1.0))).toDoubles() shouldBe doubleArrayOf(1.0, 0.0, 1.0, 0.0, 0.0, 1.0, 0.0, 1.0)
        shouldThrow<IllegalArgumentException> { matrix(3, 1, Initializer.perGate(2, Initializer.ZEROS)) }.message!! shouldContain "3 rows cannot be shared by 2 gates"
    }
})

private data class Distribution(val name: String, val initializer: Initializer, val variance: Double, val most: Double?)
