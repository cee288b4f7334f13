package io.quatrain.node

import io.kotest.core.spec.style.FunSpec
import io.kotest.matchers.shouldBe
import io.quatrain.tensor.Compute
import io.quatrain.tensor.Matrix
import io.quatrain.tensor.Precision

/** A gradient that was cleared is zero to everybody, although its numbers are written by whoever comes first. */
class ParameterSpec : FunSpec({
    val compute = Compute.of(Precision.FLOAT64)
    fun matrix(rows: Int, columns: Int, first: Double) = compute.matrix(rows, columns).setFrom(DoubleArray(rows * columns) { first + it })
    val a = matrix(2, 4, 1.0)
    val b = matrix(3, 4, -5.0)
    val product = compute.matrix(2, 3).addProductTransposed(a, b, 4).toDoubles().toList()
    val sums = listOf(1.0 + 3 + 5 + 7, 2.0 + 4 + 6 + 8)

    fun cleared() = Parameter("w", compute.matrix(2, 3), true).also {
        it.gradient().fill(Double.NaN)
        it.clearGradient()
    }

    fun Matrix.numbers() = toDoubles().toList()

    test("read after it was cleared") {
        cleared().gradient().numbers() shouldBe List(6) { 0.0 }
        cleared().gradientToRead().numbers() shouldBe List(6) { 0.0 }
        cleared().gradientOfColumns(intArrayOf(1)).numbers() shouldBe List(6) { 0.0 }
        cleared().gradientSumOfSquares() shouldBe 0.0
    }

    test("the first product is written, the next is added") {
        val parameter = cleared()
        val bias = compute.matrix(2, 1)
        parameter.addToGradient(a, b, bias, 4)
        parameter.gradientToRead().numbers() shouldBe product
        bias.numbers() shouldBe sums
        parameter.addToGradient(a, b, bias, 2)
        parameter.gradientToRead().numbers() shouldBe product.map { 2 * it }
        bias.numbers() shouldBe sums.map { 2 * it }
        parameter.clearGradient()
        parameter.addToGradient(a, b, null, 4)
        parameter.gradientToRead().numbers() shouldBe product
    }

    test("a product is added to what somebody else has added before") {
        val parameter = cleared()
        parameter.gradient().set(1, 2, 100.0)
        parameter.addToGradient(a, b, null, 4)
        parameter.gradientToRead().numbers() shouldBe product.mapIndexed { i, it -> if (i == 5) it + 100 else it }
    }

    test("a gradient that was never cleared starts from zero") {
        val parameter = Parameter("w", compute.matrix(2, 3), true)
        parameter.addToGradient(a, b, null, 4)
        parameter.gradientIsSparse() shouldBe false
        parameter.gradientToRead().numbers() shouldBe product
    }
})
