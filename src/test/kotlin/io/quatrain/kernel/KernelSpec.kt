package io.quatrain.kernel

import io.kotest.assertions.withClue
import io.kotest.core.spec.style.FunSpec
import io.kotest.matchers.doubles.shouldBeLessThanOrEqual
import io.kotest.matchers.ints.shouldBeGreaterThan
import io.kotest.matchers.shouldBe
import java.io.PrintWriter
import java.io.StringWriter
import java.util.spi.ToolProvider
import kotlin.math.abs
import kotlin.math.max
import kotlin.math.exp
import kotlin.math.tanh
import kotlin.random.Random

private val sizes = listOf(0, 1, 3, 15, 17, 33, 65, 1025)

private val kernels: List<Kernel<FloatArray>> =
    listOf(Kernels.plain()) + if (Kernels.hasVector()) listOf(Kernels.vector()) else emptyList()

@Suppress("UNCHECKED_CAST")
private fun erased(kernel: Kernel<*>) = kernel as Kernel<Any>

/** Arrays for one call, and where in each the operands begin. */
private class Operands(val arrays: List<FloatArray>, val offsets: List<Int>) {
    fun copy() = Operands(arrays.map { it.copyOf() }, offsets)
    fun doubles() = arrays.map { array -> DoubleArray(array.size) { array[it].toDouble() } }
}

/** An operation on arrays: [run] gets the arrays, their offsets and n. */
private class Elementwise(
    val name: String,
    val arrays: Int,
    val value: (Random) -> Float = { it.nextFloat() * 4 - 2 },
    val run: Kernel<Any>.(a: List<Any>, o: List<Int>, n: Int) -> Unit,
)

private val elementwise = listOf(
    Elementwise("fill", 1) { a, o, n -> fill(a[0], o[0], n, 0.7) },
    Elementwise("add", 2) { a, o, n -> add(a[0], o[0], a[1], o[1], n) },
    Elementwise("addScaled", 2) { a, o, n -> addScaled(0.3, a[0], o[0], a[1], o[1], n) },
    Elementwise("scale", 1) { a, o, n -> scale(0.3, a[0], o[0], n) },
    Elementwise("multiply", 2) { a, o, n -> multiply(a[0], o[0], a[1], o[1], n) },
    Elementwise("addMultiplied", 3) { a, o, n -> addMultiplied(a[0], o[0], a[1], o[1], a[2], o[2], n) },
    Elementwise("clamp", 1) { a, o, n -> clamp(0.5, a[0], o[0], n) },
    Elementwise("flush", 1) { a, o, n -> flush(a[0], o[0], n) },
    Elementwise("tanh", 2) { a, o, n -> tanh(a[0], o[0], a[1], o[1], n) },
    Elementwise("tanh in place", 1) { a, o, n -> tanh(a[0], o[0], a[0], o[0], n) },
    Elementwise("sigmoid", 2) { a, o, n -> sigmoid(a[0], o[0], a[1], o[1], n) },
    Elementwise("sigmoid in place", 1) { a, o, n -> sigmoid(a[0], o[0], a[0], o[0], n) },
    Elementwise("relu", 2) { a, o, n -> relu(a[0], o[0], a[1], o[1], n) },
    Elementwise("relu in place", 1) { a, o, n -> relu(a[0], o[0], a[0], o[0], n) },
    Elementwise("exp", 2) { a, o, n -> exp(a[0], o[0], a[1], o[1], n) },
    Elementwise("exp in place", 1) { a, o, n -> exp(a[0], o[0], a[0], o[0], n) },
    Elementwise("tanhBackward", 3) { a, o, n -> tanhBackward(a[0], o[0], a[1], o[1], a[2], o[2], n) },
    Elementwise("tanhBackward in place", 2) { a, o, n -> tanhBackward(a[0], o[0], a[1], o[1], a[1], o[1], n) },
    Elementwise("sigmoidBackward", 3) { a, o, n -> sigmoidBackward(a[0], o[0], a[1], o[1], a[2], o[2], n) },
    Elementwise("sigmoidBackward in place", 2) { a, o, n -> sigmoidBackward(a[0], o[0], a[1], o[1], a[1], o[1], n) },
    Elementwise("reluBackward", 3) { a, o, n -> reluBackward(a[0], o[0], a[1], o[1], a[2], o[2], n) },
    Elementwise("clampBackward", 2) { a, o, n -> clampBackward(0.5, a[0], o[0], a[1], o[1], n) },
    Elementwise("reluBackward in place", 2) { a, o, n -> reluBackward(a[0], o[0], a[1], o[1], a[1], o[1], n) },
    Elementwise("sgd", 2) { a, o, n -> sgd(a[0], o[0], a[1], o[1], n, 0.5, 0.1) },
    Elementwise("adagrad", 3, { it.nextFloat() + 0.1f }) { a, o, n ->
        adagrad(a[0], o[0], a[1], o[1], a[2], o[2], n, 0.5, 0.1, 1e-8)
    },
    Elementwise("adam", 4, { it.nextFloat() + 0.1f }) { a, o, n ->
        adam(a[0], o[0], a[1], o[1], a[2], o[2], a[3], o[3], n, 0.5, 0.1, 0.9, 0.999, 1.3, 1e-8)
    },
)

private const val EPSILON = 1.0 / (1 shl 24)

private fun operands(seed: Int, operation: Elementwise, n: Int): Operands {
    val random = Random(seed)
    val offsets = List(operation.arrays) { if (n % 2 == 0) 0 else it * 2 + 3 }
    return Operands(offsets.map { offset -> FloatArray(offset + n + 9) { operation.value(random) } }, offsets)
}

private fun shouldMatch(actual: FloatArray, expected: DoubleArray, error: (Int) -> Double) {
    for (i in expected.indices) {
        withClue("element $i: got ${actual[i]}, needed ${expected[i]}") {
            abs(actual[i] - expected[i]) shouldBeLessThanOrEqual error(i)
        }
    }
}

private fun FloatArray.bits() = map { it.toRawBits() }

private val columnLengths = listOf(1, 2, 3, 15, 17, 33, 65, 1025, 5000)

/** n numbers from the fourth on, near each other and far apart, in both precisions. */
private fun forNumbersOfAnySize(check: (n: Int, x: FloatArray, wide: DoubleArray) -> Unit) {
    for (n in columnLengths) for (spread in listOf(1f, 30f, 1e4f, 1e30f)) withClue("n $n, numbers of $spread") {
        val random = Random(n)
        val x = FloatArray(n + 5) { (random.nextFloat() - 0.5f) * spread }
        check(n, x, DoubleArray(x.size) { x[it].toDouble() })
    }
}

/** What an operation makes of the n numbers from x's fourth on, in their place, is what it wrote elsewhere from the third on; it leaves the others. */
private fun shouldBeTheSameInPlace(n: Int, x: FloatArray, elsewhere: FloatArray, operation: (FloatArray) -> Unit) {
    val place = x.copyOf().also(operation)
    place.copyOfRange(3, n + 3).bits() shouldBe elsewhere.copyOfRange(2, n + 2).bits()
    (place.take(3) + place.drop(n + 3)) shouldBe (x.take(3) + x.drop(n + 3))
}

/** A matrix with a stride greater than its rows, somewhere inside an array of noise. */
private class Block(val rows: Int, val columns: Int, random: Random, margin: Int = 3) {
    val offset = margin
    val stride = rows + margin
    val array = FloatArray(offset + stride * columns + margin) { random.nextFloat() * 2 - 1 }
    fun doubles() = DoubleArray(array.size) { array[it].toDouble() }
    fun magnitudes() = DoubleArray(array.size) { abs(array[it].toDouble()) }
}

/** One way of computing C += op(A)·op(B). */
private class Product(
    val name: String,
    val transposeA: Boolean,
    val transposeB: Boolean,
    val run: Kernel<Any>.(
        a: Any, ao: Int, lda: Int, b: Any, bo: Int, ldb: Int, c: Any, co: Int, ldc: Int,
        rows: Int, columns: Int, inner: Int,
    ) -> Unit,
)

/** What nobody has written yet. */
private fun spoil(panels: Any?) {
    when (panels) {
        is FloatArray -> panels.fill(1e10f)
        is DoubleArray -> panels.fill(1e10)
        is Array<*> -> panels.forEach(::spoil)
        else -> error("panels of an unknown type")
    }
}

private fun packed(transposed: Boolean) = Product("packed, transposed = $transposed", transposed, false) {
        a, ao, lda, b, bo, ldb, c, co, ldc, rows, columns, inner ->
    val panels = allocatePanels(rows, inner)
    spoil(panels)
    val count = panels(rows)
    val steps = if (rows % 4 == 0) listOf(0, count / 2, count) else (0..count).toList()
    for ((from, to) in steps.zipWithNext().reversed()) pack(a, ao, lda, transposed, rows, inner, panels, from, to)
    addPackedProduct(panels, rows, inner, b, bo, ldb, c, co, ldc, columns)
}

private val products = listOf(
    packed(false),
    packed(true),
    Product("addProductTransposed", transposeA = false, transposeB = true) {
            a, ao, lda, b, bo, ldb, c, co, ldc, rows, columns, inner ->
        addProductTransposed(a, ao, lda, b, bo, ldb, c, co, ldc, rows, columns, inner, max(1, inner), inner)
    },
) + listOf(false, true).flatMap { transposeA ->
    listOf(false, true).map { transposeB ->
        Product("addProduct($transposeA, $transposeB)", transposeA, transposeB) {
                a, ao, lda, b, bo, ldb, c, co, ldc, rows, columns, inner ->
            addProduct(transposeA, a, ao, lda, transposeB, b, bo, ldb, c, co, ldc, rows, columns, inner)
        }
    }
}

private val shapes = buildList {
    val awkward = listOf(0, 1, 3, 15, 17, 33, 65)
    for (rows in awkward) for (inner in awkward) for (columns in 0..18) add(Triple(rows, columns, inner))
    for (columns in listOf(1, 2, 3, 6)) add(Triple(1025, columns, 34))
    add(Triple(33, 1025, 17))
    add(Triple(17, 5, 1025))
    add(Triple(290, 290, 530))
    for (columns in 1..40) add(Triple(271, columns, 37))
    for (columns in listOf(504, 505, 508, 511, 515)) add(Triple(258, columns, 21))
    add(Triple(300, 20, 1290))
    for (columns in listOf(112, 128, 150)) add(Triple(65, columns, 700))
    // More numbers than the second cache keeps: with 512 bits tiles read the next panel ahead. 784 rows end with two flat panels where a tall one would fit.
    add(Triple(705, 25, 700))
    add(Triple(800, 13, 520))
    add(Triple(784, 14, 560))
    add(Triple(48, 17, 9000))
    // Several inner blocks and so many columns that W is read again for every 96 of them, for the last 104 here.
    add(Triple(250, 200, 700))
}

/** What a step forward takes, but for sums over numbers side by side, which have another order in vectors. */
private val forward = elementwise.filter {
    it.name.substringBefore(" ") in setOf("fill", "add", "addScaled", "scale", "multiply", "addMultiplied", "clamp", "flush", "tanh", "sigmoid", "relu", "exp")
}

internal class KernelSpec : FunSpec({
    test("the plain product's loop is longer than what C2 inlines: inlined, C2 of JDK 17 makes no vectors of it") {
        val text = StringWriter()
        val file = PlainKernel::class.java.getResource("PlainKernel.class")!!.toString()
        ToolProvider.findFirst("javap").get().run(PrintWriter(text), PrintWriter(text), "-p", "-c", file)
        val code = text.toString().substringAfter(" threeByThree(").substringBefore("\n\n")
        val last = Regex("""(?m)^\s+(\d+): return""").findAll(code).last().groupValues[1].toInt()
        last shouldBeGreaterThan 325
    }

    test("a step forward has the same bits in every kernel, so that a text is the same whichever writes it") {
        fun same(clue: String, compute: (Kernel<FloatArray>) -> List<FloatArray>) = withClue(clue) {
            kernels.map { kernel -> compute(kernel).map { it.bits() } }.distinct().size shouldBe 1
        }
        for (operation in forward) for (n in sizes) same("${operation.name} of $n") { kernel ->
            operands(n, operation, n).also { operation.run(erased(kernel), it.arrays, it.offsets, n) }.arrays
        }
        for (product in products) for ((rows, columns, inner) in shapes) same("${product.name} [$rows x $inner] by [$inner x $columns]") { kernel ->
            val random = Random(rows * 10_007 + columns * 101 + inner)
            val a = if (product.transposeA) Block(inner, rows, random) else Block(rows, inner, random)
            val b = if (product.transposeB) Block(columns, inner, random) else Block(inner, columns, random)
            val c = Block(rows, columns, random)
            product.run(
                erased(kernel), a.array, a.offset, a.stride, b.array, b.offset, b.stride, c.array, c.offset, c.stride, rows, columns, inner,
            )
            listOf(c.array)
        }
        for (units in listOf(1, 3, 15, 17, 33, 65, 600)) {
            val columns = 3
            fun blocks(vararg gates: Int) = Random(units).let { random -> gates.map { Block(it * units, columns, random) } }
            same("lstmForward of $units") { kernel ->
                val (z, c, cNext, tanhC, h) = blocks(4, 1, 1, 1, 1)
                kernel.lstmForward(
                    units, columns, z.array, z.offset, z.stride, c.array, c.offset, c.stride, cNext.array, cNext.offset, cNext.stride,
                    tanhC.array, tanhC.offset, tanhC.stride, h.array, h.offset, h.stride,
                )
                listOf(z, cNext, tanhC, h).map { it.array }
            }
            same("gruForward of $units") { kernel ->
                val (z, q, h, hNext) = blocks(3, 3, 1, 1)
                kernel.gruForward(
                    units, columns, z.array, z.offset, z.stride, q.array, q.offset, q.stride, h.array, h.offset, h.stride,
                    hNext.array, hNext.offset, hNext.stride,
                )
                listOf(z, hNext).map { it.array }
            }
        }
    }

    for (kernel in kernels) {
        context(kernel.name()) {
            for (operation in elementwise) {
                test("${operation.name} is the double kernel's") {
                    for (n in sizes) {
                        val given = operands(n, operation, n)
                        val actual = given.copy()
                        val expected = given.doubles()
                        operation.run(erased(kernel), actual.arrays, actual.offsets, n)
                        operation.run(erased(Kernels.doubles()), expected, given.offsets, n)
                        for ((which, array) in actual.arrays.withIndex()) {
                            val range = given.offsets[which] until given.offsets[which] + n
                            withClue("n $n, array $which") {
                                shouldMatch(array, expected[which]) { i ->
                                    if (i in range) 8 * EPSILON * (1 + abs(expected[which][i])) else 0.0
                                }
                            }
                        }
                    }
                }

                test("${operation.name} does not depend on the position") {
                    val n = 70
                    val given = operands(1, operation, n)
                    val together = given.copy()
                    operation.run(erased(kernel), together.arrays, together.offsets, n)
                    val alone = given.copy()
                    for (i in 0 until n) operation.run(erased(kernel), alone.arrays, alone.offsets.map { it + i }, 1)
                    together.arrays.map { it.bits() } shouldBe alone.arrays.map { it.bits() }
                }
            }

            test("a product of one column has the bits of that column among others, whatever panels are left over") {
                for (rows in 1..420) for (inner in listOf(1, 5)) {
                    val random = Random(rows * 31 + inner)
                    val w = Block(rows, inner, random)
                    val x = Block(inner, 9, random)
                    val b = Block(rows, 1, random)
                    val panels = kernel.allocatePanels(rows, inner)
                    val count = kernel.panels(rows)
                    kernel.pack(w.array, w.offset, w.stride, false, rows, inner, panels, 0, count)
                    for ((from, to) in setOf(0 to count, 0 to count / 2, count / 2 to count, 1 to count, count - 1 to count)) if (from < to) {
                        val together = Block(rows, 9, random)
                        val alone = together.array.copyOf()
                        val set = together.array.copyOf()
                        val setTogether = together.array.copyOf()
                        fun add(y: FloatArray, column: Int, columns: Int) = kernel.addPackedProduct(
                            panels, rows, inner, from, to, x.array, x.offset + column * x.stride, x.stride, y, together.offset + column * together.stride, together.stride, columns,
                        )
                        fun set(y: FloatArray, column: Int, columns: Int) = kernel.setPackedProduct(
                            panels, rows, inner, from, to, x.array, x.offset + column * x.stride, x.stride, b.array, b.offset,
                            y, together.offset + column * together.stride, together.stride, columns,
                        )
                        for (column in 0 until 9) add(alone, column, 1)
                        for (column in 0 until 9) set(set, column, 1)
                        add(together.array, 0, 9)
                        set(setTogether, 0, 9)
                        withClue("$rows rows, inner $inner, panels $from to $to") {
                            alone.bits() shouldBe together.array.bits()
                            set.bits() shouldBe setTogether.bits()
                        }
                    }
                }
            }

            test("draws by chance are the hash's, wherever they begin") {
                for ((key, place) in listOf(1L to 0, -0x123456789ABCDEFL to 1000, 7L shl 32 to Int.MAX_VALUE - 20)) {
                    for (probability in listOf(0.0, 0.3, 0.7, 0.999, 1.0)) for (n in sizes) {
                        val expected = DoubleArray(n + 9) { i ->
                            val drawn = i in 3 until n + 3
                            if (!drawn) 5.0 else if (RandomBits.at(key, place + i - 3) < probability * (1L shl 31)) 1.25 else 0.0
                        }
                        val floats = FloatArray(n + 9) { 5f }.also { kernel.bernoulli(key, place, probability, 1.25, it, 3, n) }
                        val doubles = DoubleArray(n + 9) { 5.0 }.also { Kernels.doubles().bernoulli(key, place, probability, 1.25, it, 3, n) }
                        withClue("key $key, place $place, probability $probability, n $n") {
                            floats.map { it.toDouble() } shouldBe expected.toList()
                            doubles shouldBe expected
                        }
                    }
                }
            }

            test("addProductTransposed of columns in runs has the bits of the same columns side by side") {
                for ((rows, columns, inner) in shapes) for ((run, step) in listOf(1 to 2, 5 to 7, 16 to 33)) {
                    val random = Random(rows * 10_007 + columns * 101 + inner)
                    val apart = (inner + run - 1) / run * step
                    val a = Block(rows, apart, random)
                    val b = Block(columns, apart, random)
                    val c = Block(rows, columns, random)
                    fun joined(x: Block) = FloatArray(x.rows * inner) { x.array[x.offset + it % x.rows + Kernel.column(it / x.rows, run, step) * x.stride] }
                    val expected = c.array.copyOf()
                    val actual = c.array.copyOf()
                    erased(kernel).addProductTransposed(
                        joined(a), 0, rows, joined(b), 0, columns, expected, c.offset, c.stride, rows, columns, inner, max(1, inner), inner,
                    )
                    erased(kernel).addProductTransposed(
                        a.array, a.offset, a.stride, b.array, b.offset, b.stride, actual, c.offset, c.stride, rows, columns, inner, run, step,
                    )
                    withClue("[$rows x $inner] by [$inner x $columns], $run of $step") { actual.bits() shouldBe expected.bits() }
                }
            }

            test("addProductTransposed with sums of columns has the bits of the two apart") {
                for ((rows, columns, inner) in shapes) for ((run, step) in listOf(max(1, inner) to inner, 5 to 7)) {
                    val random = Random(rows * 10_007 + columns * 101 + inner)
                    val a = Block(rows, max(inner, (inner + run - 1) / run * step), random)
                    val b = Block(columns, a.columns, random)
                    val c = Block(rows, columns, random)
                    val sums = Block(rows, 1, random)
                    val expected = listOf(c.array.copyOf(), sums.array.copyOf())
                    val actual = expected.map { it.copyOf() }
                    fun add(to: FloatArray, besides: FloatArray?, anew: Boolean) = erased(kernel).addProductTransposed(
                        a.array, a.offset, a.stride, b.array, b.offset, b.stride, to, c.offset, c.stride, anew, besides, sums.offset,
                        rows, columns, inner, run, step,
                    )
                    add(expected[0], null, false)
                    for (p in 0 until inner) {
                        val column = a.offset + Kernel.column(p, run, step) * a.stride
                        for (r in 0 until rows) expected[1][sums.offset + r] += a.array[column + r]
                    }
                    add(actual[0], actual[1], false)
                    withClue("[$rows x $inner] by [$inner x $columns], $run of $step") {
                        actual.map { it.bits() } shouldBe expected.map { it.bits() }
                    }
                    add(actual[0], null, true)
                    for (j in 0 until columns) expected[0].fill(0f, c.offset + j * c.stride, c.offset + j * c.stride + rows)
                    add(expected[0], null, false)
                    withClue("anew: [$rows x $inner] by [$inner x $columns], $run of $step") { actual[0].bits() shouldBe expected[0].bits() }
                }
            }

            test("addProductOfStrips has the bits of addProductTransposed, whatever the pieces and the ranges of rows") {
                var compared = 0
                for ((rows, columns, inner) in shapes + Triple(70, 1100, 40)) for ((run, step) in listOf(max(1, inner) to inner, 5 to 7)) {
                    val k = erased(kernel)
                    val length = k.stripsLength(columns, inner)
                    if (length == 0) continue
                    compared++
                    val random = Random(rows * 10_007 + columns * 101 + inner)
                    val a = Block(rows, max(inner, (inner + run - 1) / run * step), random)
                    val b = Block(columns, a.columns, random)
                    val c = Block(rows, columns, random)
                    val sums = Block(rows, 1, random)
                    val strips = FloatArray(length + 3) { 1e10f }
                    for (piece in k.stripPieces(columns, inner) - 1 downTo 0) {
                        k.packStrips(b.array, b.offset, b.stride, columns, inner, run, step, strips, 1, piece, piece + 1)
                    }
                    withClue("[$rows x $inner] by [$inner x $columns], $run of $step") {
                        listOf(strips[0], strips[length + 1], strips[length + 2]) shouldBe List(3) { 1e10f }
                        for (anew in listOf(false, true)) for (cut in setOf(0, rows / 3)) {
                            val expected = listOf(c.array.copyOf(), sums.array.copyOf())
                            val actual = expected.map { it.copyOf() }
                            k.addProductTransposed(
                                a.array, a.offset, a.stride, b.array, b.offset, b.stride, expected[0], c.offset, c.stride, anew,
                                expected[1], sums.offset, rows, columns, inner, run, step,
                            )
                            for ((from, to) in listOf(cut to rows, 0 to cut)) {
                                k.addProductOfStrips(
                                    a.array, a.offset + from, a.stride, strips, 1, actual[0], c.offset + from, c.stride, anew,
                                    actual[1], sums.offset + from, to - from, columns, inner, run, step,
                                )
                            }
                            actual.map { it.bits() } shouldBe expected.map { it.bits() }
                        }
                    }
                }
                (compared > 0) shouldBe (kernel.stripsLength(12, 12) > 0)
            }

            for (product in products) {
                test("${product.name} is the double kernel's") {
                    for ((rows, columns, inner) in shapes) {
                        val random = Random(rows * 10_007 + columns * 101 + inner)
                        val a = if (product.transposeA) Block(inner, rows, random) else Block(rows, inner, random)
                        val b = if (product.transposeB) Block(columns, inner, random) else Block(inner, columns, random)
                        val c = Block(rows, columns, random)
                        val actual = c.array.copyOf()
                        product.run(
                            erased(kernel), a.array, a.offset, a.stride, b.array, b.offset, b.stride,
                            actual, c.offset, c.stride, rows, columns, inner,
                        )
                        fun definition(x: DoubleArray, y: DoubleArray, z: DoubleArray): DoubleArray {
                            Kernels.doubles().addProduct(
                                product.transposeA, x, a.offset, a.stride, product.transposeB, y, b.offset, b.stride,
                                z, c.offset, c.stride, rows, columns, inner,
                            )
                            return z
                        }
                        val expected = definition(a.doubles(), b.doubles(), c.doubles())
                        val magnitude = definition(a.magnitudes(), b.magnitudes(), c.magnitudes())
                        withClue("[$rows x $inner] by [$inner x $columns]") {
                            shouldMatch(actual, expected) { i ->
                                val position = i - c.offset
                                val inside = rows > 0 && position in 0 until c.stride * columns && position % c.stride < rows
                                if (inside) (inner + 1) * EPSILON * magnitude[i] else 0.0
                            }
                        }
                    }
                }

                test("${product.name}: a column does not depend on its neighbours") {
                    for ((columns, rows) in listOf(2, 3, 4, 7, 13, 31, 260).flatMap { listOf(it to 67, it to 271) }) {
                        val inner = 300
                        val random = Random(columns)
                        val a = if (product.transposeA) Block(inner, rows, random) else Block(rows, inner, random)
                        val b = if (product.transposeB) Block(columns, inner, random) else Block(inner, columns, random)
                        val c = Block(rows, columns, random)
                        fun compute(target: FloatArray, first: Int, count: Int) = product.run(
                            erased(kernel), a.array, a.offset, a.stride,
                            b.array, b.offset + first * (if (product.transposeB) 1 else b.stride), b.stride,
                            target, c.offset + first * c.stride, c.stride, rows, count, inner,
                        )
                        val together = c.array.copyOf().also { compute(it, 0, columns) }
                        val alone = c.array.copyOf().also { for (j in 0 until columns) compute(it, j, 1) }
                        withClue("$columns columns") { together.bits() shouldBe alone.bits() }
                    }
                }
            }

            test("a product that sets is a product that adds to the bias, bit for bit, whatever the ranges of panels") {
                val k = erased(kernel)
                for ((rows, columns, inner) in shapes.filter { it.first > 0 && it.second > 0 }) {
                    val random = Random(rows + columns + inner)
                    val w = Block(rows, inner, random)
                    val x = Block(inner, columns, random)
                    val b = FloatArray(rows + 2) { random.nextFloat() }
                    val panels = k.allocatePanels(rows, inner)
                    k.pack(w.array, w.offset, w.stride, false, rows, inner, panels, 0, k.panels(rows))
                    for (bias in listOf(null, b)) {
                        val y = Block(rows, columns, random)
                        val before = y.array.copyOf()
                        val expected = before.copyOf()
                        for (j in 0 until columns) {
                            for (r in 0 until rows) expected[y.offset + r + j * y.stride] = if (bias == null) 0f else bias[r + 2]
                        }
                        k.addPackedProduct(panels, rows, inner, x.array, x.offset, x.stride, expected, y.offset, y.stride, columns)
                        k.setPackedProduct(panels, rows, inner, x.array, x.offset, x.stride, bias, 2, y.array, y.offset, y.stride, columns)
                        withClue("[$rows x $inner] by [$inner x $columns], bias ${bias != null}") { y.array.bits() shouldBe expected.bits() }
                        for (cut in setOf(k.panels(rows) - 1, k.panels(rows) / 2)) {
                            val parts = before.copyOf()
                            for ((from, to) in listOf(cut to k.panels(rows), 0 to cut)) k.setPackedProduct(
                                panels, rows, inner, from, to, x.array, x.offset, x.stride, bias, 2, parts, y.offset, y.stride, columns,
                            )
                            withClue("[$rows x $inner] by [$inner x $columns], bias ${bias != null}, cut at $cut") { parts.bits() shouldBe expected.bits() }
                        }
                    }
                }
            }

            test("what has faded is flushed, everything else stays") {
                val least = Math.scalb(1f, -100)
                val small = listOf(
                    0f to 0f, Float.MIN_VALUE to 0f, -Float.MIN_VALUE to 0f, 1e-39f to 0f, -0.2f * least to 0f, 0.6f * least to least,
                    -5.4f * least to -5.5f * least, 1000.3f * least to 1000 * least,
                )
                val large = listOf(Math.scalb(1f, -52), -1.2345678e-12f, 1f, -3e38f, Float.POSITIVE_INFINITY, Float.NEGATIVE_INFINITY, Float.NaN).map { it to it }
                val cases = small + large
                for (shift in cases.indices) {
                    val x = List(cases.size * 3 + 1) { cases[(it + shift) % cases.size] }
                    val flushed = FloatArray(x.size) { x[it].first }.also { kernel.flush(it, 0, x.size) }
                    flushed.map { "$it" } shouldBe x.map { "${it.second}" }
                    kernel.flush(flushed, 0, x.size)
                    withClue("once more") { flushed.map { "$it" } shouldBe x.map { "${it.second}" } }
                }
            }

            test("the best known value of each function is met at special values") {
                val special = listOf(
                    0f, -0f, Float.MIN_VALUE, -Float.MIN_VALUE, 1e-39f, -1e-39f, Float.MAX_VALUE, -Float.MAX_VALUE,
                    Float.POSITIVE_INFINITY, Float.NEGATIVE_INFINITY, Float.NaN, 88.722f, 88.723f, 88.73f, -87.5f, -103.9f, -104f,
                )
                // Every value in every lane of a vector, and in the rest after it.
                for (shift in special.indices) {
                    val x = FloatArray(special.size * 3 + 1) { special[(it + shift) % special.size] }
                    fun applied(function: (FloatArray, FloatArray) -> Unit) = FloatArray(x.size).also { function(x, it) }
                    val tanh = applied { from, to -> kernel.tanh(from, 0, to, 0, x.size) }
                    val sigmoid = applied { from, to -> kernel.sigmoid(from, 0, to, 0, x.size) }
                    val exp = applied { from, to -> kernel.exp(from, 0, to, 0, x.size) }
                    val relu = applied { from, to -> kernel.relu(from, 0, to, 0, x.size) }
                    val clamp = x.copyOf().also { kernel.clamp(2.0, it, 0, x.size) }
                    val unclamped = FloatArray(x.size) { 7f }.also { kernel.clampBackward(2.0, clamp, 0, it, 0, x.size) }
                    for ((i, v) in x.withIndex()) {
                        withClue("of $v at $i") {
                            unclamped[i] shouldBe if (abs(v) > 2) 0f else 7f
                            when {
                                v.isNaN() -> {
                                    listOf(tanh[i], sigmoid[i], exp[i], relu[i], clamp[i]).all { it.isNaN() } shouldBe true
                                }
                                abs(v) < 1e-30f -> {
                                    tanh[i].toRawBits() shouldBe v.toRawBits()
                                    sigmoid[i] shouldBe 0.5f
                                    exp[i] shouldBe 1f
                                    relu[i].toRawBits() shouldBe (if (v > 0) v else 0f).toRawBits()
                                    clamp[i].toRawBits() shouldBe v.toRawBits()
                                }
                                else -> {
                                    tanh[i] shouldBe (if (v > 0) 1f else -1f)
                                    sigmoid[i] shouldBe (if (v > 0) 1f else 0f)
                                    val precise = exp(v.toDouble()).toFloat()
                                    abs(exp[i].toRawBits() - precise.toRawBits()).toDouble() shouldBeLessThanOrEqual 1.0
                                    relu[i] shouldBe (if (v > 0) v else 0f)
                                    clamp[i] shouldBe (if (v > 0) 2f else -2f)
                                }
                            }
                        }
                    }
                }
            }

            test("tanh, sigmoid and exp err as documented") {
                var bits = 0L
                val x = FloatArray(4096)
                val y = FloatArray(x.size)
                var largestTanh = 0f
                var worstTanh = 0.0
                var worstTanhRatio = 0.0
                var worstSigmoid = 0.0
                var worstExp = 0.0
                while (bits < 1L shl 32) {
                    for (i in x.indices) {
                        x[i] = Float.fromBits(bits.toInt())
                        if (x[i].isNaN() || abs(x[i]) > 87f) x[i] = (bits % 87).toFloat()
                        bits += 4099
                    }
                    kernel.tanh(x, 0, y, 0, x.size)
                    for (i in x.indices) {
                        largestTanh = maxOf(largestTanh, abs(y[i]))
                        val precise = tanh(x[i].toDouble())
                        worstTanh = maxOf(worstTanh, abs(y[i] - precise))
                        if (abs(precise) > 1e-30) worstTanhRatio = maxOf(worstTanhRatio, abs(y[i] / precise - 1))
                    }
                    kernel.sigmoid(x, 0, y, 0, x.size)
                    for (i in x.indices) worstSigmoid = maxOf(worstSigmoid, abs(y[i] - 1 / (1 + exp(-x[i].toDouble()))))
                    kernel.exp(x, 0, y, 0, x.size)
                    for (i in x.indices) worstExp = maxOf(worstExp, abs(y[i] / exp(x[i].toDouble()) - 1))
                }
                largestTanh shouldBe 1f
                worstTanh shouldBeLessThanOrEqual 3.3e-7
                worstTanhRatio shouldBeLessThanOrEqual 3.3e-7
                worstSigmoid shouldBeLessThanOrEqual 1.9e-7
                worstExp shouldBeLessThanOrEqual 1e-7
            }

            test("sums of squares and dot products are exact to double precision") {
                for (n in sizes + 100_000) {
                    val random = Random(n)
                    val x = FloatArray(n + 3) { random.nextFloat() }
                    val y = FloatArray(n + 7) { random.nextFloat() - 0.5f }
                    val wide = x.map { it.toDouble() }.toDoubleArray()
                    val wideY = y.map { it.toDouble() }.toDoubleArray()
                    abs(kernel.sumOfSquares(x, 3, n) - Kernels.doubles().sumOfSquares(wide, 3, n)) shouldBeLessThanOrEqual 1e-14 * n * n
                    abs(kernel.dot(x, 3, y, 7, n) - Kernels.doubles().dot(wide, 3, wideY, 7, n)) shouldBeLessThanOrEqual 1e-14 * n * n
                }
            }

            test("columns: bias, sums, gather and scatter") {
                for (rows in listOf(0, 1, 3, 15, 17, 33, 65)) {
                    val random = Random(rows)
                    val columns = 9
                    val x = Block(rows, columns, random)
                    val table = Block(rows, 4, random)
                    val ids = IntArray(columns + 2) { random.nextInt(4) }
                    fun <A : Any> all(k: Kernel<A>, xs: A, tables: A): List<Double> {
                        val kept = mutableListOf<Double>()
                        k.addToEachColumn(tables, table.offset, xs, x.offset, x.stride, rows, columns)
                        k.addColumnSums(xs, x.offset, x.stride, tables, table.offset, rows, columns)
                        k.scatterAddColumns(xs, x.offset, x.stride, ids, 2, tables, table.offset, table.stride, rows, columns)
                        k.gatherColumns(tables, table.offset, table.stride, ids, 1, null, 0, xs, x.offset, x.stride, rows, columns - 4)
                        k.gatherColumns(
                            tables, table.offset, table.stride, ids, 3, tables, table.offset + table.stride,
                            xs, x.offset + 5 * x.stride, x.stride, rows, columns - 6,
                        )
                        for (i in x.array.indices) kept += k.get(xs, i)
                        for (i in table.array.indices) kept += k.get(tables, i)
                        return kept
                    }
                    val expected = all(Kernels.doubles(), x.doubles(), table.doubles())
                    val actual = all(kernel, x.array.copyOf(), table.array.copyOf())
                    for (i in expected.indices) {
                        abs(actual[i] - expected[i]) shouldBeLessThanOrEqual 64 * EPSILON * (1 + abs(expected[i]))
                    }
                }
            }

            test("lstmForward and lstmBackward are the double kernel's, and each unit is alone") {
                for (units in listOf(1, 3, 15, 17, 33, 65)) {
                    val random = Random(units)
                    val columns = 3
                    val blocks = listOf(
                        Block(4 * units, columns, random), Block(units, columns, random), Block(units, columns, random),
                        Block(units, columns, random), Block(units, columns, random), Block(units, columns, random),
                        Block(units, columns, random),
                    )
                    fun <A : Any> step(k: Kernel<A>, a: List<A>) {
                        val o = blocks.map { it.offset }
                        val d = blocks.map { it.stride }
                        k.lstmForward(
                            units, columns, a[0], o[0], d[0], a[1], o[1], d[1], a[2], o[2], d[2], a[3], o[3], d[3], a[4], o[4], d[4],
                        )
                        k.lstmBackward(
                            units, columns, a[0], o[0], d[0], a[1], o[1], d[1], a[3], o[3], d[3], a[5], o[5], d[5], a[6], o[6], d[6],
                        )
                    }
                    val actual = blocks.map { it.array.copyOf() }.also { step(kernel, it) }
                    val expected = blocks.map { it.doubles() }.also { step(Kernels.doubles(), it) }
                    for (i in actual.indices) shouldMatch(actual[i], expected[i]) { 16 * EPSILON * (1 + abs(expected[i][it])) }

                    // A model of one unit and one example, for each unit of the last example.
                    val column = columns - 1
                    for (unit in 0 until units) {
                        fun one(which: Int, gate: Int = 0) =
                            blocks[which].array[blocks[which].offset + column * blocks[which].stride + gate * units + unit]
                        val a = listOf(FloatArray(4) { one(0, it) }) + (1..6).map { floatArrayOf(one(it)) }
                        kernel.lstmForward(1, 1, a[0], 0, 4, a[1], 0, 1, a[2], 0, 1, a[3], 0, 1, a[4], 0, 1)
                        kernel.lstmBackward(1, 1, a[0], 0, 4, a[1], 0, 1, a[3], 0, 1, a[5], 0, 1, a[6], 0, 1)
                        for (which in 0..6) {
                            for (gate in a[which].indices) {
                                val block = blocks[which]
                                val together = actual[which][block.offset + column * block.stride + gate * units + unit]
                                withClue("$units units, unit $unit, array $which") {
                                    together.toRawBits() shouldBe a[which][gate].toRawBits()
                                }
                            }
                        }
                    }
                }
            }

            test("gruForward and gruBackward are the double kernel's, and each unit is alone") {
                for (units in listOf(1, 3, 15, 17, 33, 65)) {
                    val random = Random(units)
                    val columns = 3
                    val blocks = listOf(
                        Block(3 * units, columns, random), Block(3 * units, columns, random),
                        Block(units, columns, random), Block(units, columns, random), Block(units, columns, random),
                    )
                    fun <A : Any> step(k: Kernel<A>, a: List<A>) {
                        val o = blocks.map { it.offset }
                        val d = blocks.map { it.stride }
                        k.gruForward(units, columns, a[0], o[0], d[0], a[1], o[1], d[1], a[2], o[2], d[2], a[3], o[3], d[3])
                        k.gruBackward(units, columns, a[0], o[0], d[0], a[1], o[1], d[1], a[2], o[2], d[2], a[4], o[4], d[4])
                    }
                    val actual = blocks.map { it.array.copyOf() }.also { step(kernel, it) }
                    val expected = blocks.map { it.doubles() }.also { step(Kernels.doubles(), it) }
                    for (i in actual.indices) shouldMatch(actual[i], expected[i]) { 16 * EPSILON * (1 + abs(expected[i][it])) }

                    val column = columns - 1
                    for (unit in 0 until units) {
                        fun one(which: Int, gate: Int = 0) =
                            blocks[which].array[blocks[which].offset + column * blocks[which].stride + gate * units + unit]
                        val a = List(2) { which -> FloatArray(3) { one(which, it) } } + (2..4).map { floatArrayOf(one(it)) }
                        kernel.gruForward(1, 1, a[0], 0, 3, a[1], 0, 3, a[2], 0, 1, a[3], 0, 1)
                        kernel.gruBackward(1, 1, a[0], 0, 3, a[1], 0, 3, a[2], 0, 1, a[4], 0, 1)
                        for (which in 0..4) {
                            for (gate in a[which].indices) {
                                val block = blocks[which]
                                val together = actual[which][block.offset + column * block.stride + gate * units + unit]
                                withClue("$units units, unit $unit, array $which") {
                                    together.toRawBits() shouldBe a[which][gate].toRawBits()
                                }
                            }
                        }
                    }
                }
            }

            test("softmax and cross-entropy, in place or not, for logits of any size") {
                forNumbersOfAnySize { n, x, wide ->
                    val target = n / 2
                    val gradient = FloatArray(n + 2)
                    val expected = DoubleArray(n + 2)
                    val loss = kernel.softmaxCrossEntropy(x, 3, n, target, 0.5, 0.25, gradient, 2)
                    val expectedLoss = Kernels.doubles().softmaxCrossEntropy(wide, 3, n, target, 0.5, 0.25, expected, 2)
                    abs(loss - expectedLoss) shouldBeLessThanOrEqual 8 * EPSILON * (1 + abs(expectedLoss))
                    shouldMatch(gradient, expected) { 32 * EPSILON * 0.125 }
                    shouldBeTheSameInPlace(n, x, gradient) { kernel.softmaxCrossEntropy(it, 3, n, target, 0.5, 0.25, it, 3) shouldBe loss }
                    val y = x.copyOf()
                    kernel.softmax(y, 3, y, 3, n)
                    Kernels.doubles().softmax(wide, 3, wide, 3, n)
                    shouldMatch(y, wide) { 32 * EPSILON * abs(wide[it]) + java.lang.Float.MIN_NORMAL }
                }
            }

            test("the logarithm of softmax, in place or not, for numbers of any size") {
                forNumbersOfAnySize { n, x, wide ->
                    val y = FloatArray(n + 2)
                    val expected = DoubleArray(n + 2)
                    kernel.logSoftmax(x, 3, y, 2, n)
                    Kernels.doubles().logSoftmax(wide, 3, expected, 2, n)
                    shouldMatch(y, expected) { 8 * EPSILON * (1 + abs(expected[it])) }
                    shouldBeTheSameInPlace(n, x, y) { kernel.logSoftmax(it, 3, it, 3, n) }
                }
            }

            test("softmax and its logarithm backward, in place or not") {
                for (n in columnLengths) {
                    val random = Random(n)
                    val z = DoubleArray(n) { 4 * random.nextDouble() }
                    val dy = FloatArray(n + 5) { random.nextFloat() - 0.3f }
                    for (logarithm in listOf(false, true)) {
                        val exact = DoubleArray(n)
                        if (logarithm) Kernels.doubles().logSoftmax(z, 0, exact, 0, n) else Kernels.doubles().softmax(z, 0, exact, 0, n)
                        val y = FloatArray(n + 1) { if (it == 0) 9f else exact[it - 1].toFloat() }
                        val p = DoubleArray(n) { if (logarithm) exp(y[it + 1].toDouble()) else y[it + 1].toDouble() }
                        val sum = (0 until n).sumOf { dy[it + 3] * if (logarithm) 1.0 else p[it] }
                        val expected = DoubleArray(n + 2) { if (it < 2) 0.0 else if (logarithm) dy[it + 1] - p[it - 2] * sum else p[it - 2] * (dy[it + 1] - sum) }
                        fun run(dz: FloatArray, at: Int, given: FloatArray) =
                            if (logarithm) kernel.logSoftmaxBackward(y, 1, given, 3, dz, at, n) else kernel.softmaxBackward(y, 1, given, 3, dz, at, n)
                        val dz = FloatArray(n + 2)
                        run(dz, 2, dy)
                        withClue("n $n, logarithm $logarithm") {
                            shouldMatch(dz, expected) { 8 * EPSILON * if (it < 2) 0.0 else if (logarithm) 1 + p[it - 2] * abs(sum) else p[it - 2] * (1 + abs(sum)) }
                            shouldBeTheSameInPlace(n, dy, dz) { run(it, 3, it) }
                        }
                    }
                }
            }
        }
    }
})
