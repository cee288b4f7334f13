package io.quatrain.optimize

import io.kotest.core.spec.style.FunSpec
import io.kotest.matchers.doubles.plusOrMinus
import io.kotest.matchers.shouldBe
import io.quatrain.node.Parameter
import io.quatrain.tensor.Compute
import io.quatrain.tensor.Precision

private fun parameters(vararg gradients: Double) = gradients.map { g ->
    Parameter("w", Compute.of(Precision.FLOAT64).matrix(1, 1), true).also { it.gradient().set(0, 0, g) }
}

private fun clipped(clipping: Clipping, vararg gradients: Double): List<Double> {
    val parameters = parameters(*gradients)
    val factor = clipping.apply(parameters, Clipping.globalNorm(parameters))
    return parameters.map { it.gradient().get(0, 0) * factor }
}

class ClippingSpec : FunSpec({
    test("by value, by norm, by global norm, by hand") {
        clipped(Clipping.NONE, 3.0, -4.0) shouldBe listOf(3.0, -4.0)
        clipped(Clipping.byValue(3.5), 3.0, -4.0) shouldBe listOf(3.0, -3.5)
        clipped(Clipping.byNorm(3.5), 3.0, -4.0) shouldBe listOf(3.0, -3.5)
        clipped(Clipping.byGlobalNorm(2.5, 2.0, Convention.KERAS), 3.0, -4.0) shouldBe listOf(1.5, -2.0)
        clipped(Clipping.byGlobalNorm(2.5), 3.0, -4.0)[0] shouldBe (3 * 2.5 / (5 + 1e-6) plusOrMinus 1e-14)
        clipped(Clipping.byGlobalNorm(2.0, Double.POSITIVE_INFINITY, Convention.KERAS), 3.0, -4.0) shouldBe listOf(1.5, -2.0)
        clipped(Clipping.byGlobalNorm(3.5, 1.0, Convention.KERAS), 3.0, -4.0) shouldBe listOf(1.5, -2.0)
        Clipping.globalNorm(parameters(3.0, -4.0), 3.0) shouldBe (Math.cbrt(91.0) plusOrMinus 1e-12)
    }

    test("small gradients stay what they are, bit for bit") {
        for (clipping in listOf(Clipping.byValue(5.0), Clipping.byNorm(5.0), Clipping.byGlobalNorm(5.1))) {
            clipped(clipping, 3.0, -4.0) shouldBe listOf(3.0, -4.0)
        }
        clipped(Clipping.byGlobalNorm(1.0, 2.0, Convention.KERAS), 0.0) shouldBe listOf(0.0)
    }

    test("one clipping after another sees what the first left") {
        clipped(Clipping.byGlobalNorm(2.5, 2.0, Convention.KERAS).then(Clipping.byValue(1.75)), 3.0, -4.0) shouldBe listOf(1.5, -1.75)
        clipped(Clipping.byValue(3.0).then(Clipping.byGlobalNorm(3.0, 1.0, Convention.KERAS)), 3.0, -4.0) shouldBe listOf(1.5, -1.5)
    }

    test("a gradient that is not finite gives a factor that is not") {
        for (clipping in listOf(Clipping.byValue(1.0), Clipping.byNorm(1.0), Clipping.byGlobalNorm(1.0), Clipping.byGlobalNorm(1.0, 1.0, Convention.KERAS), Clipping.byNorm(1.0).then(Clipping.byValue(1.0)))) {
            for (bad in listOf(Double.NaN, Double.POSITIVE_INFINITY)) {
                val parameters = parameters(1.0, bad)
                clipping.apply(parameters, Clipping.globalNorm(parameters)).isFinite() shouldBe false
            }
        }
    }
})
