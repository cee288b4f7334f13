package io.quatrain.tensor

import io.kotest.assertions.throwables.shouldThrow
import io.kotest.assertions.withClue
import io.kotest.core.spec.style.FunSpec
import io.kotest.matchers.shouldBe
import kotlin.random.Random

/**
 * Where threads share a large batch, columns lie in halves, and where columns would begin a multiple of 4 KB apart, numbers are left
 * free between them: nothing but the place of the numbers is another.
 */
class ColumnPlacesSpec : FunSpec({
    val steps = 7
    val rows = 12

    fun numbers(count: Int, seed: Int) = Random(seed).let { random -> DoubleArray(count) { random.nextDouble() * 2 - 1 } }

    class Operands(val y: Matrix, val x: Matrix, val z: Matrix, val w: Matrix, val column: Matrix, val ids: IntArray, val batch: Int) {
        val compute: Compute = y.compute()
        fun packed() = PackedMatrix(w, false)
    }

    val operations = mapOf<String, Operands.() -> Any>(
        "set" to { y.set(x) },
        "set rows" to { y.setRows(2, x.rows(0, 5)) },
        "add rows" to { y.rows(1, 6).addRows(x, 3) },
        "columns" to { y.setColumn(3, x, batch + 20).addColumn(batch - 1, x, 40).addScaledColumn(2, 0.5, x, 33).fillColumn(batch + 17, 2.0).scaleColumn(30, 3.0) },
        "copy numbers" to { DoubleArray(500).also { y.copyTo(77, 500, it) }.toList() },
        "set numbers" to { y.also { it.setFrom(77, 500, numbers(500, 9)) } },
        "copy floats" to { FloatArray(rows * y.columns()).also { y.copyTo(it, 0) }.toList() },
        "set floats" to { y.setFrom(FloatArray(rows * y.columns()) { it * 0.5f }, 0) },
        "store" to { y.store().toRawCopy1D().toList() },
        "gather" to { y.setGathered(w, ids, column, batch) },
        "scatter" to { compute.matrix(rows, rows).addScattered(x, ids, batch) },
        "product" to { y.setProduct(packed(), x, column, batch).addProduct(packed(), z, batch) },
        "product, steps unknown" to { y.setProduct(packed(), x) },
        "product of one step" to { y.also { it.columns(batch, 2 * batch).addProduct(packed(), x.columns(0, batch)) } },
        "product of some examples" to { y.also { it.columns(5, batch - 3).addProduct(packed(), x.columns(batch + 5, 2 * batch - 3)) } },
        "weight gradient" to { compute.matrix(rows, rows).addProductTransposed(x, z, batch) },
        "weight and bias gradients" to {
            val sums = compute.matrix(rows, 1)
            val product = compute.matrix(rows, rows).addProductTransposed(x, z, sums, batch)
            listOf(product.toDoubles().toList(), sums.toDoubles().toList())
        },
        "weight gradient that is set" to { compute.matrix(rows, rows).fill(3.0).setProductTransposed(x, z, null, batch) },
        "weight gradient, rows fewer than columns" to { compute.matrix(4, rows).addProductTransposed(x.rows(3, 7), z, batch) },
        "weight gradient of a shift in time" to {
            compute.matrix(rows, rows).addProductTransposed(x.columns(batch, steps * batch), z.columns(0, (steps - 1) * batch), batch)
        },
        "weight gradient, steps unknown" to { compute.matrix(rows, rows).addProductTransposed(x, z, steps * batch) },
        "small product" to { compute.matrix(rows, rows).addProduct(false, x, true, z) },
        "small product into steps" to { y.addProduct(true, w, false, x) },
        "fill, scale, add" to { y.fill(0.5).addScaled(2.0, x).scale(1.5).add(z).multiply(x).clamp(0.7) },
        "rows: fill, scale, add" to { y.also { it.rows(2, 9).scale(1.5).add(z.rows(1, 8)).multiply(x.rows(0, 7)) } },
        "one step: fill, scale, add" to { y.also { it.columns(batch, 2 * batch).fill(0.5).add(z.columns(0, batch)).clamp(0.7) } },
        "clear" to { y.clear(batch) },
        "clear some rows" to { y.also { it.rows(2, 9).clear(batch) } },
        "by chance" to { y.draw(Bernoulli.dropout(Randomness(3, "a place"), 0.3)) },
        "by steps" to { y.multiplyBySteps(z.columns(batch, 2 * batch)) },
        "multiplied" to { y.addMultiplied(x, z).addMultipliedByColumn(column, x).multiplyByColumn(column) },
        "multiplied column sums" to { compute.matrix(rows, 1).addMultipliedColumnSums(0, x, z) },
        "normalize" to {
            val ones = compute.matrix(rows, 1).fill(1.0)
            val scales = compute.matrix(1, steps, batch)
            y.normalizeColumns(1e-5, ones, scales)
            listOf(y.toDoubles().toList(), x.normalizeColumnsGradient(y, ones, scales).toDoubles().toList())
        },
        "functions" to { y.setTanh(x).add(z.setSigmoid(x)).add(x.setRelu(z)).multiply(z.setExp(x)) },
        "slopes" to { y.setTanhGradient(x, z).add(x.setSigmoidGradient(z, y)).add(z.setReluGradient(x, y)).clampGradient(x, 0.5) },
        "each column" to { y.addToEachColumn(column).add(x.setEachColumn(column)) },
        "column sums" to { compute.matrix(rows, 1).addColumnSums(x, batch) },
        "softmax" to { listOf(y.setSoftmax(x).toDoubles().toList(), z.setSoftmaxGradient(y, x).toDoubles().toList()) },
        "logarithm of softmax" to { listOf(y.setLogSoftmax(x).toDoubles().toList(), z.setLogSoftmaxGradient(y, x).toDoubles().toList()) },
        "cross-entropy" to { List(y.columns()) { x.softmaxCrossEntropy(it, ids[it], 1.0, 0.5, y, it) } + y.toDoubles().toList() },
        "sums" to { listOf(y.sumOfSquares(40), y.dot(x), y.dot(40, z, 50), y.rowOfMaximum(batch + 18), y.finite()) },
        "LSTM, every step" to {
            val c = compute.matrix(3, steps, batch)
            val next = compute.matrix(3, steps, batch)
            val tanh = compute.matrix(3, steps, batch)
            y.lstmForward(c, next, tanh, z.rows(0, 3))
            y.lstmBackward(next, tanh, x.rows(4, 7), c)
            listOf(y, next, tanh, z, c).map { it.toDoubles().toList() }
        },
        "GRU, every step" to {
            val h = compute.matrix(4, steps, batch).add(z.rows(2, 6))
            y.gruForward(x, h, z.rows(0, 4))
            y.gruBackward(x, h, z.rows(4, 8))
            listOf(y, x, z).map { it.toDoubles().toList() }
        },
    )

    for (precision in Precision.entries) for (batch in listOf(32, 33, 46)) {
        /** @param places how the columns of y, x and z lie */
        fun result(threads: Int, places: List<Place>, operation: Operands.() -> Any): Any {
            val compute = Compute.of(precision, threads)
            val all = places.mapIndexed { i, place ->
                when (place) {
                    Place.PLAIN -> compute.matrix(rows, steps * batch)
                    Place.STEPS -> compute.matrix(rows, steps, batch)
                    Place.GAPS -> Matrix(compute, rows, steps * batch, batch, false, 5, true)
                    Place.STEPS_AND_GAPS -> Matrix(compute, rows, steps * batch, batch, threads == 2, 5, true)
                }.also { it.setFrom(numbers(rows * steps * batch, i)) }
            }
            all.map { it.halved() } shouldBe places.map { threads == 2 && it in listOf(Place.STEPS, Place.STEPS_AND_GAPS) }
            val result = Operands(
                all[0], all[1], all[2], compute.matrix(rows, rows).setFrom(numbers(rows * rows, 4)),
                compute.matrix(rows, 1).setFrom(numbers(rows, 5)), IntArray(steps * batch) { it * 5 % rows }, batch,
            ).operation()
            return if (result is Matrix) result.toDoubles().toList() else result
        }

        for ((name, operation) in operations) {
            test("$name, $precision, batch $batch") {
                val expected = result(1, List(3) { Place.STEPS }, operation)
                for (y in Place.entries) for (x in Place.entries) for (z in Place.entries) {
                    withClue("$y, $x, $z") { result(2, listOf(y, x, z), operation) shouldBe expected }
                }
            }
        }
    }

    test("sums of squares, of all steps, of one and of some examples") {
        fun sums(threads: Int): List<Double> {
            val x = Compute.of(Precision.FLOAT32, threads).matrix(rows, steps, 33).setFrom(numbers(rows * steps * 33, 1))
            return listOf(x, x.columns(33, 66), x.columns(33, 50), x.columns(40, 60), x.rows(1, 6)).map { it.sumOfSquares() }
        }
        sums(2) shouldBe sums(1)
    }

    test("large sweeps and products are cut between the halves") {
        fun everything(threads: Int): List<List<Double>> {
            val compute = Compute.of(Precision.FLOAT32, threads)
            val x = compute.matrix(65, 40, 33).also { it.setFrom(numbers(65 * 40 * 33, 1)) }
            val y = x.another(150)
            y.setProduct(PackedMatrix(compute.matrix(150, 65).setFrom(numbers(150 * 65, 2)), false), x, null, 33)
            val z = y.another(150).add(y).scale(0.25).setTanh(y).multiply(y)
            val drawn = y.another(150).draw(Bernoulli.dropout(Randomness(3, "a place"), 0.3))
            return listOf(y, z, drawn).map { it.toDoubles().toList() }
        }
        for (threads in listOf(2, 4, 64)) everything(threads) shouldBe everything(1)
    }

    test("views are what they were: of steps, of some examples, of rows, of views") {
        val compute = Compute.of(Precision.FLOAT32, 2)
        val numbers = numbers(rows * steps * 33, 1)
        val halved = compute.matrix(rows, steps, 33).setFrom(numbers)
        val gaps = Matrix(compute, rows, steps * 33, 33, true, 3, true).setFrom(numbers)
        val plain = compute.matrix(rows, steps * 33).setFrom(numbers)
        fun check(view: Matrix.() -> Matrix) {
            halved.view().toDoubles().toList() shouldBe plain.view().toDoubles().toList()
            gaps.view().toDoubles().toList() shouldBe plain.view().toDoubles().toList()
        }
        check { columns(0, steps * 33) }
        check { columns(66, 165).rows(3, 9).columns(33, 66).columns(10, 20) }
        check { columns(33, 66).columns(4, 30).columns(2, 20).columns(3, 9) }
        check { columns(16, 17) }
        check { columns(33 + 16, 66) }
        check { columns(33, 33 + 16) }
        check { columns(40, 40) }
        shouldThrow<IndexOutOfBoundsException> { halved.columns(0, steps * 33 + 1) }
    }

    test("on one thread as on two, columns of several steps are whole steps") {
        for (threads in 1..2) {
            val x = Compute.of(Precision.FLOAT64, threads).matrix(3, 4, 33)
            shouldThrow<IllegalArgumentException> { x.columns(20, 40) }
                .message shouldBe "columns 20…40 of steps of 33 examples: take whole steps, or examples of one step"
            shouldThrow<IllegalArgumentException> { x.columns(10, 76) }
        }
    }

    test("too many numbers are refused as in any matrix") {
        for (threads in 1..2) {
            shouldThrow<IllegalArgumentException> { Compute.of(Precision.FLOAT32, threads).matrix(3, 70_000, 40_000) }
                .message shouldBe "a matrix of [3 × 2147483647] cannot be made: at most 2^31 − 9 numbers"
        }
    }

    test("values over time are not packed") {
        val x = Compute.of(Precision.FLOAT64, 2).matrix(3, 4, 33)
        shouldThrow<IllegalArgumentException> { PackedMatrix(x, false) }
            .message shouldBe "values over time cannot be packed; copy them: compute.matrix(rows, columns).set(values)"
    }

    test("large sweeps of columns with gaps are split, and leave others' numbers alone") {
        for (threads in listOf(1, 2, 4)) for (rows in listOf(1023, 1024)) {
            val compute = Compute.of(Precision.FLOAT32, threads)
            val x = compute.matrix(rows, 5, 33).setFrom(numbers(rows * 165, 1))
            val y = x.another(rows).fill(2.0).multiply(x).columns(33, 132).add(x.columns(66, 165)).scale(0.5)
            val expected = DoubleArray(rows * 99) { (2 * x.get(it % rows, 33 + it / rows) + x.get(it % rows, 66 + it / rows)) * 0.5f }
            y.toDoubles().map { it.toFloat() } shouldBe expected.map { it.toFloat() }
            x.rows(3, 700).fill(1.0)
            x.get(2, 40) shouldBe numbers(rows * 165, 1)[40 * rows + 2].toFloat().toDouble()
            x.get(700, 40) shouldBe numbers(rows * 165, 1)[40 * rows + 700].toFloat().toDouble()
        }
    }

    test("gradients of large weights") {
        // The second has so few columns that halves of the batch are summed apart.
        for ((columns, steps) in listOf(300 to 20, 100 to 40)) for (batch in listOf(31, 45)) for (precision in Precision.entries) {
            fun gradients(threads: Int, places: List<Place>): List<List<Double>> {
                val compute = Compute.of(precision, threads)
                val (x, y) = places.mapIndexed { i, place ->
                    val size = if (i == 0) 400 else columns
                    val matrix = if (place == Place.PLAIN) compute.matrix(size, steps * batch) else compute.matrix(size, steps, batch)
                    matrix.setFrom(numbers(size * steps * batch, i))
                }
                val gradient = compute.matrix(400, columns).fill(0.5)
                val sums = compute.matrix(400, 1)
                repeat(2) { gradient.addProductTransposed(x, y, sums, batch) }
                return listOf(gradient.toDoubles().toList(), sums.toDoubles().toList())
            }
            val expected = gradients(1, List(2) { Place.STEPS })
            for (threads in listOf(2, 3)) for (x in listOf(Place.PLAIN, Place.STEPS)) for (y in listOf(Place.PLAIN, Place.STEPS)) {
                withClue("$columns columns, $precision, batch $batch, $threads threads, $x, $y") {
                    gradients(threads, listOf(x, y)) shouldBe expected
                }
            }
        }
    }

    test("numbers are left free where columns of several steps would begin a multiple of 4 KB apart") {
        fun gap(precision: Precision, rows: Int, steps: Int) = Compute.of(precision).matrix(rows, steps, 3).gap()
        gap(Precision.FLOAT32, 1024, 5) shouldBe 16
        gap(Precision.FLOAT32, 3072, 5) shouldBe 16
        gap(Precision.FLOAT64, 512, 5) shouldBe 8
        gap(Precision.FLOAT32, 512, 5) shouldBe 0
        gap(Precision.FLOAT32, 1025, 5) shouldBe 0
        gap(Precision.FLOAT32, 1024, 1) shouldBe 0
        gap(Precision.FLOAT32, 0, 5) shouldBe 0
    }

    test("halves are for several threads, several steps and large batches") {
        fun halved(threads: Int, steps: Int, batch: Int) = Compute.of(Precision.FLOAT32, threads).matrix(2, steps, batch).halved()
        halved(2, 5, 32) shouldBe true
        halved(64, 5, 40) shouldBe true
        halved(1, 5, 32) shouldBe false
        halved(3, 5, 32) shouldBe false
        halved(64, 5, 33) shouldBe false
        halved(2, 1, 32) shouldBe false
        halved(2, 5, 31) shouldBe false
    }
})

/** How columns lie: one after the other, in halves where there are two threads, with gaps, or both. */
private enum class Place { PLAIN, STEPS, GAPS, STEPS_AND_GAPS }
