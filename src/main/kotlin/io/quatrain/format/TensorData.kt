package io.quatrain.format

import java.nio.ByteBuffer
import java.nio.ByteOrder

/** What the elements of a tensor are, by the names of the safetensors format. */
public enum class TensorType(public val bytes: Int) { F64(8), F32(4), I64(8), I32(4), U8(1) }

/**
 * A named array of numbers, as a file keeps it.
 *
 * In memory the array is column-major, like every matrix here: element (r, c) of [rows × columns] is at
 * `r + c·rows`, and with more dimensions the first one still runs fastest. In files the elements are row-major under
 * the same [shape], which is what other readers of these files expect; the order changes where bytes are read and
 * written, and nowhere else.
 *
 * The array is shared, not copied.
 */
public class TensorData private constructor(
    public val name: String, public val type: TensorType, public val shape: List<Int>, private val array: Any, length: Int,
) {
    public constructor(name: String, array: FloatArray, vararg shape: Int) : this(name, TensorType.F32, shape.toList(), array, array.size)
    public constructor(name: String, array: DoubleArray, vararg shape: Int) : this(name, TensorType.F64, shape.toList(), array, array.size)
    public constructor(name: String, array: LongArray, vararg shape: Int) : this(name, TensorType.I64, shape.toList(), array, array.size)
    public constructor(name: String, array: IntArray, vararg shape: Int) : this(name, TensorType.I32, shape.toList(), array, array.size)
    public constructor(name: String, array: ByteArray, vararg shape: Int) : this(name, TensorType.U8, shape.toList(), array, array.size)

    init {
        requireName(name)
        require(shape.size <= MOST_DIMENSIONS && shape.all { it >= 0 }) { "tensor ${quoted(name)}: ${shapeText(shape)} is not a shape" }
        require(elements(shape) == length.toLong()) { "tensor ${quoted(name)}: ${shapeText(shape)} does not have $length elements" }
    }

    /** How many elements there are. */
    public val size: Int get() = java.lang.reflect.Array.getLength(array)

    public val floats: FloatArray get() = array as? FloatArray ?: throw wrong(TensorType.F32)
    public val doubles: DoubleArray get() = array as? DoubleArray ?: throw wrong(TensorType.F64)
    public val longs: LongArray get() = array as? LongArray ?: throw wrong(TensorType.I64)
    public val ints: IntArray get() = array as? IntArray ?: throw wrong(TensorType.I32)
    public val bytes: ByteArray get() = array as? ByteArray ?: throw wrong(TensorType.U8)

    private fun wrong(needed: TensorType) = IllegalStateException("tensor ${quoted(name)} needs to be $needed, is $type")

    /** Gives [take] the bytes of this tensor as they stand in a file, row-major and little-endian, piece by piece. */
    internal fun writeTo(take: (ByteArray, Int) -> Unit) {
        if (array is FloatArray && isMatrix) return writeMatrix(array, take)
        val buffer = pieces()
        val order = RowMajorOrder(shape)
        var left = size
        while (left > 0) {
            val count = minOf(left, buffer.capacity() / type.bytes)
            buffer.clear()
            when (array) {
                is FloatArray -> repeat(count) { buffer.putFloat(array[order.next()]) }
                is DoubleArray -> repeat(count) { buffer.putDouble(array[order.next()]) }
                is LongArray -> repeat(count) { buffer.putLong(array[order.next()]) }
                is IntArray -> repeat(count) { buffer.putInt(array[order.next()]) }
                is ByteArray -> repeat(count) { buffer.put(array[order.next()]) }
            }
            take(buffer.array(), buffer.position())
            left -= count
        }
    }

    /** Fills this tensor from the bytes of a file, which [fill] puts into the buffer it is given, up to its limit. */
    internal fun readFrom(fill: (ByteBuffer) -> Unit) {
        if (array is FloatArray && isMatrix) return readMatrix(array, fill)
        val buffer = pieces()
        val order = RowMajorOrder(shape)
        var left = size
        while (left > 0) {
            val count = minOf(left, buffer.capacity() / type.bytes)
            buffer.clear().limit(count * type.bytes)
            fill(buffer)
            buffer.flip()
            when (array) {
                is FloatArray -> repeat(count) { array[order.next()] = buffer.getFloat() }
                is DoubleArray -> repeat(count) { array[order.next()] = buffer.getDouble() }
                is LongArray -> repeat(count) { array[order.next()] = buffer.getLong() }
                is IntArray -> repeat(count) { array[order.next()] = buffer.getInt() }
                is ByteArray -> repeat(count) { array[order.next()] = buffer.get() }
            }
            left -= count
        }
    }

    // Weights: the same by whole rows, in loops without calls, since a program that has just started interprets them.

    private val isMatrix get() = shape.size == 2 && shape[1] in 1..PIECE / 4

    private fun writeMatrix(from: FloatArray, take: (ByteArray, Int) -> Unit) {
        val (rows, columns) = shape
        val buffer = pieces()
        val piece = FloatArray(buffer.capacity() / 4)
        for (first in 0 until rows step PIECE / 4 / columns) {
            val count = minOf(PIECE / 4 / columns, rows - first)
            for (block in 0 until columns step BLOCK) {
                val end = minOf(columns, block + BLOCK)
                for (r in 0 until count) for (c in block until end) piece[r * columns + c] = from[first + r + c * rows]
            }
            buffer.clear().asFloatBuffer().put(piece, 0, count * columns)
            take(buffer.array(), 4 * count * columns)
        }
    }

    private fun readMatrix(to: FloatArray, fill: (ByteBuffer) -> Unit) {
        val (rows, columns) = shape
        val buffer = pieces()
        val piece = FloatArray(buffer.capacity() / 4)
        for (first in 0 until rows step PIECE / 4 / columns) {
            val count = minOf(PIECE / 4 / columns, rows - first)
            buffer.clear().limit(4 * count * columns)
            fill(buffer)
            buffer.flip().asFloatBuffer().get(piece, 0, count * columns)
            for (block in 0 until columns step BLOCK) {
                val end = minOf(columns, block + BLOCK)
                for (r in 0 until count) for (c in block until end) to[first + r + c * rows] = piece[r * columns + c]
            }
        }
    }

    private fun pieces() = ByteBuffer.allocate(minOf(size.toLong() * type.bytes, PIECE.toLong()).toInt()).order(ByteOrder.LITTLE_ENDIAN)

    /** The place of the first element that is NaN or infinite, as `[3, 7]`; null when all are finite. */
    internal fun firstNonFinite(): String? {
        val at = when (array) {
            is FloatArray -> array.indexOfFirst { !it.isFinite() }
            is DoubleArray -> array.indexOfFirst { !it.isFinite() }
            else -> -1
        }
        if (at < 0) return null
        var rest = at
        return shape.map { dimension -> (rest % dimension).also { rest /= dimension } }.joinToString(", ", "[", "]")
    }

    override fun toString(): String = "${quoted(name)} $type ${shapeText(shape)}"

    public companion object {
        private const val PIECE = 1 shl 16

        /** Columns at a time: rows or columns that begin a multiple of 1 KB apart meet in few places of the cache. */
        private const val BLOCK = 8

        internal const val MOST_DIMENSIONS = 8
        internal const val LONGEST_NAME = 500

        /** A tensor of zeros. */
        internal fun zeros(name: String, type: TensorType, shape: List<Int>): TensorData {
            val size = elements(shape).toInt()
            val array: Any = when (type) {
                TensorType.F64 -> DoubleArray(size)
                TensorType.F32 -> FloatArray(size)
                TensorType.I64 -> LongArray(size)
                TensorType.I32 -> IntArray(size)
                TensorType.U8 -> ByteArray(size)
            }
            return TensorData(name, type, shape, array, size)
        }

        internal fun requireName(name: String) {
            require(name.isNotEmpty() && name.length <= LONGEST_NAME && name != METADATA_KEY) { "${quoted(name)} cannot name a tensor" }
        }

        /** The product of [shape]; -1 when it exceeds a Long. */
        internal fun elements(shape: List<Int>): Long {
            var product = 1L
            if (0 in shape) return 0
            for (dimension in shape) { product = if (product > Long.MAX_VALUE / dimension) return -1 else product * dimension }
            return product
        }
    }
}

/** The key of a safetensors header that is not a tensor. */
internal const val METADATA_KEY = "__metadata__"

/** `[4 × 3]` */
public fun shapeText(shape: List<Int>): String = shape.joinToString(" × ", "[", "]")

/** The positions of a column-major array in the order of a row-major one. */
internal class RowMajorOrder(shape: List<Int>) {
    private val dimensions = shape.filter { it != 1 }.toIntArray()
    private val strides = dimensions.runningFold(1) { stride, dimension -> stride * dimension }.toIntArray()
    private val index = IntArray(dimensions.size)
    private var position = 0

    fun next(): Int {
        val current = position
        var d = dimensions.size - 1
        while (d >= 0) {
            position += strides[d]
            if (++index[d] < dimensions[d]) break
            position -= strides[d] * dimensions[d]
            index[d] = 0
            d--
        }
        return current
    }
}
