package io.quatrain.tensor

import io.kotest.assertions.throwables.shouldThrow
import io.kotest.assertions.withClue
import io.kotest.core.spec.style.FunSpec
import io.kotest.matchers.shouldBe
import io.quatrain.kernel.Kernel
import io.quatrain.kernel.Workers
import io.quatrain.node.Initializer
import io.quatrain.node.Weights
import java.lang.reflect.Proxy
import java.util.concurrent.ConcurrentLinkedQueue
import kotlin.concurrent.thread
import kotlin.random.Random

class ComputeSpec : FunSpec({
    val worth = 1e7

    fun Compute.ranges(n: Int, grain: Int, work: Double = worth): List<IntRange> {
        val ranges = ConcurrentLinkedQueue<IntRange>()
        split(n, grain, work) { from, to -> ranges += from until to }
        return ranges.sortedBy { it.first }
    }

    test("ranges cover everything once and start at multiples of the grain") {
        val compute = Compute.of(Precision.FLOAT64, 3)
        compute.ranges(1000, 7).flatten() shouldBe List(1000) { it }
        compute.ranges(1000, 7).map { it.first % 7 }.toSet() shouldBe setOf(0)
        compute.ranges(1000, 7).size shouldBe 9
        compute.ranges(5, 7) shouldBe listOf(0 until 5)
    }

    test("small work stays in one piece, large work has small ranges last in what is a thread's own") {
        val compute = Compute.of(Precision.FLOAT64, 2)
        compute.ranges(1000, 1, 1e6) shouldBe listOf(0 until 1000)
        compute.ranges(1000, 1, 3e6).map { it.count() } shouldBe listOf(250, 250, 250, 250)
        compute.ranges(1000, 1, 1e7).map { it.count() } shouldBe listOf(250, 125, 125, 250, 125, 125)
        compute.ranges(1000, 1, 1e9).map { it.count() } shouldBe listOf(250, 125, 63, 31, 31).let { it + it }
        compute.ranges(1003, 7, 1e9).flatten() shouldBe List(1003) { it }
        compute.ranges(3, 1, 1e9) shouldBe listOf(0 until 1, 1 until 2, 2 until 3)
    }

    test("on every number of threads, ranges on both sides of a border cover everything once and do not cross it") {
        for (threads in listOf(1, 2, 3, 4, 5, 64)) for (n in listOf(2, 7, 100, 1003)) for (work in listOf(1.0, 1e7, 1e9)) {
            val border = n / 2
            val ranges = ConcurrentLinkedQueue<IntRange>()
            Compute.of(Precision.FLOAT64, threads).split(n, 3, border, work, ranges, null, null, null, 0.0) { found, _, _, _, _, from, to ->
                found += from until to
            }
            withClue("$threads threads, $n, work $work") {
                ranges.sortedBy { it.first }.flatten() shouldBe List(n) { it }
                ranges.none { border in it.first + 1..it.last } shouldBe true
            }
        }
    }

    test("a split within a split runs in its thread, with operands of its own") {
        val compute = Compute.of(Precision.FLOAT64, 2)
        val outer = Array(4) { i -> compute.matrix(1000, 100).fill(i + 1.0) }
        compute.split(4, 1, worth) { from, to -> for (i in from until to) outer[i].addScaled(2.0, outer[i]) }
        List(4) { outer[it].sumOfSquares() } shouldBe List(4) { 9.0 * (it + 1) * (it + 1) * 100_000 }
    }

    test("several threads may split at once") {
        val compute = Compute.of(Precision.FLOAT64, 3)
        val x = compute.matrix(1000, 200).fill(1.0)
        val sums = List(4) { compute.matrix(1000, 200) }
        List(4) { i -> thread { repeat(50) { sums[i].addScaled(i + 1.0, x) } } }.forEach { it.join() }
        sums.map { it.sumOfSquares() } shouldBe List(4) { 2500.0 * (it + 1) * (it + 1) * 200_000 }
    }

    test("after a range that threw, work is shared out as before") {
        val compute = Compute.of(Precision.FLOAT64, 2)
        shouldThrow<ArithmeticException> { compute.split(10, 1, worth) { _, _ -> throw ArithmeticException() } }
        compute.ranges(10, 1).size shouldBe 6
    }

    /** A kernel that notes which panels of a product it was asked for at a time. */
    fun noting(kernel: Kernel<*>, ranges: MutableCollection<IntRange>): Kernel<*> =
        Proxy.newProxyInstance(Kernel::class.java.classLoader, arrayOf(Kernel::class.java)) { _, method, given ->
            val words = given ?: arrayOf()
            if (method.name to words.size in setOf("addPackedProduct" to 12, "setPackedProduct" to 14)) ranges += words[3] as Int until words[4] as Int
            method.invoke(kernel, *words)
        } as Kernel<*>

    test("a product of few columns shares out the rows of large weights, with the same bits") {
        for (precision in Precision.entries) for (columns in listOf(1, 2, 11)) {
            fun product(compute: Compute, rows: Int): List<Double> {
                val random = Random(columns)
                fun matrix(rows: Int, columns: Int) = compute.matrix(rows, columns).setFrom(DoubleArray(rows * columns) { random.nextDouble() - 0.5 })
                val w = PackedMatrix(matrix(rows, 300), false)
                val x = matrix(300, columns)
                return matrix(rows, columns).setProduct(w, x, matrix(rows, 1)).addProduct(w, x).toDoubles().toList()
            }
            val kernel = Compute.of(precision).kernel()
            val expected = product(Compute.of(precision), 2000)
            for (threads in listOf(1, 2, 3, 8)) withClue("$precision, $columns columns, $threads threads") {
                val ranges = ConcurrentLinkedQueue<IntRange>()
                val compute = Compute(precision, noting(kernel, ranges), Workers(threads))
                product(compute, 2000) shouldBe expected
                ranges.flatten().sorted() shouldBe List(2 * kernel.panels(2000)) { it / 2 }
                (ranges.size > 2) shouldBe (threads > 1)
                ranges.clear()
                product(compute, 40)
                ranges.size shouldBe 2
            }
        }
    }

    test("an ojAlgo store shares the numbers of a storable matrix and of a parameter, and copies those of others") {
        for (precision in Precision.entries) {
            val compute = Compute.of(precision)
            val parameter = Weights(compute, 1).matrix("w", 3, 2, Initializer.constant(0.0))
            for (matrix in listOf(compute.storable(3, 2), parameter.value())) {
                matrix.store().set(2, 1, 0.5)
                matrix[2, 1] shouldBe 0.5
                matrix[1, 0] = -0.25
                matrix.store().get(1, 0) shouldBe -0.25
            }
            val view = compute.storable(3, 4).columns(1, 3).set(2, 1, 0.5)
            for (matrix in listOf(view, compute.matrix(3, 4, 2).set(2, 1, 0.5))) {
                matrix.store().get(2, 1) shouldBe 0.5
                matrix.store().set(2, 1, 2.0)
                matrix[2, 1] shouldBe 0.5
            }
        }
    }
})
