package io.quatrain.tensor

import io.kotest.assertions.throwables.shouldThrow
import io.kotest.assertions.withClue
import io.kotest.core.spec.style.FunSpec
import io.kotest.matchers.shouldBe
import kotlin.random.Random

/** A large batch is summed in two halves, which have a sum each or, of a large matrix, one after the other the same. */
class ExampleSumsSpec : FunSpec({
    val steps = 30

    fun random(compute: Compute, rows: Int, columns: Int, seed: Int): Matrix {
        val random = Random(seed)
        return compute.matrix(rows, columns).setFrom(DoubleArray(rows * columns) { random.nextDouble() * 2 - 1 })
    }

    /** The examples [from, to) of every step. */
    fun part(x: Matrix, batch: Int, from: Int, to: Int): Matrix {
        val numbers = x.toDoubles()
        val width = (to - from) * x.rows()
        return x.compute().matrix(x.rows(), steps * (to - from)).setFrom(
            DoubleArray(steps * width) { numbers[(it / width * batch + from) * x.rows() + it % width] },
        )
    }

    class Sum(val rows: Int, val columns: Int, val add: Matrix.(x: Matrix, y: Matrix, ids: IntArray, batch: Int) -> Unit)

    val sums = mapOf(
        "product" to Sum(150, 40) { x, y, _, batch -> addProductTransposed(x, y, batch) },
        "scatter" to Sum(150, 40) { x, _, ids, batch -> addScattered(x, ids, batch) },
        "product, and sums of columns besides" to Sum(150, 40) { x, y, _, batch -> addProductTransposed(x, y, compute().matrix(150, 1), batch) },
        "sums of columns besides a product" to Sum(150, 1) { x, _, _, batch ->
            compute().matrix(150, 40).addProductTransposed(x, random(compute(), 40, x.columns(), 4), this, batch)
        },
        "sums of columns besides a product of fewer rows than columns" to Sum(30, 1) { x, _, _, batch ->
            compute().matrix(30, 400).addProductTransposed(x, random(compute(), 400, x.columns(), 4), this, batch)
        },
        "product into some rows of a matrix" to Sum(150, 40) { x, y, _, batch ->
            val whole = compute().matrix(160, 40)
            set(whole.rows(5, 155).set(this).addProductTransposed(x, y, batch))
        },
        "column sums" to Sum(150, 1) { x, _, _, batch -> addColumnSums(x, batch) },
        "product of a large matrix" to Sum(400, 300) { x, y, _, batch -> addProductTransposed(x, y, batch) },
        "sums of columns besides a product of a large matrix" to Sum(400, 1) { x, _, _, batch ->
            compute().matrix(400, 300).addProductTransposed(x, random(compute(), 300, x.columns(), 4), this, batch)
        },
    )

    for ((name, sum) in sums) for (precision in Precision.entries) for (batch in listOf(31, 32, 45)) {
        test("$name, $precision, batch $batch") {
            fun summed(threads: Int, add: Matrix.(x: Matrix, y: Matrix, ids: IntArray) -> Unit): List<Double> {
                val compute = Compute.of(precision, threads)
                val ids = IntArray(steps * batch) { it * 7 % sum.columns }
                val x = random(compute, sum.rows, steps * batch, 1)
                val y = random(compute, sum.columns, steps * batch, 2)
                val result = random(compute, sum.rows, sum.columns, 3)
                repeat(2) { result.add(x, y, ids) }         // what the second half's sum was before must not count
                return result.toDoubles().toList()
            }

            val once = summed(1) { x, y, ids -> sum.add(this, x, y, ids, 1) }
            fun inHalves(oneSum: Boolean) = summed(1) { x, y, ids ->
                val second = if (oneSum) this else compute().matrix(sum.rows, sum.columns)
                for ((from, to) in listOf(0 to batch / 2, batch / 2 to batch)) {
                    val its = IntArray(steps * (to - from)) { ids[it / (to - from) * batch + from + it % (to - from)] }
                    sum.add(if (from == 0) this else second, part(x, batch, from, to), part(y, batch, from, to), its, 1)
                }
                if (!oneSum) add(second)
            }
            val ways = listOf(once, inHalves(oneSum = true), inHalves(oneSum = false))
            ways.distinct().size shouldBe 3
            val expected = ways[if (batch < 32) 0 else if (name.endsWith("product of a large matrix")) 1 else 2]
            for (threads in listOf(1, 2, 3, 64)) {
                withClue("$threads threads") { summed(threads) { x, y, ids -> sum.add(this, x, y, ids, batch) } shouldBe expected }
            }
        }
    }

    for (precision in Precision.entries) for (batch in listOf(31, 45)) for ((rows, columns) in listOf(150 to 40, 30 to 700, 400 to 300)) {
        test("a product that is set is the product added to zero, $precision, batch $batch, $rows × $columns") {
            for (threads in listOf(1, 2, 3)) {
                val compute = Compute.of(precision, threads)
                val x = random(compute, rows, steps * batch, 1)
                val y = random(compute, columns, steps * batch, 2)
                val expected = compute.matrix(rows, columns).addProductTransposed(x, y, batch).toDoubles().toList()
                withClue("$threads threads") {
                    val set = random(compute, rows, columns, 3)
                    repeat(2) { set.setProductTransposed(x, y, null, batch).toDoubles().toList() shouldBe expected }
                    set.setProductTransposed(x.columns(0, 0), y.columns(0, 0), null, batch).toDoubles().toSet() shouldBe setOf(0.0)
                }
            }
        }
    }

    test("columns that are no whole steps are refused") {
        val x = Compute.of(Precision.FLOAT64).matrix(3, 10)
        val y = Compute.of(Precision.FLOAT64).matrix(2, 10)
        for (batch in listOf(0, 4)) for (sum in listOf<Matrix.() -> Unit>(
            { addProductTransposed(x, y, batch) }, { addScattered(x, IntArray(10), batch) },
        )) {
            shouldThrow<IllegalArgumentException> { x.compute().matrix(3, 2).sum() }
                .message shouldBe "[3 × 10] is not whole steps of $batch examples"
        }
    }
})
