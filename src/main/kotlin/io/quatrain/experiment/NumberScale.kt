package io.quatrain.experiment

import io.quatrain.architecture.ScalingKind
import io.quatrain.architecture.SeriesData
import io.quatrain.text.CorpusException
import kotlin.math.exp
import kotlin.math.ln
import kotlin.math.sqrt
import kotlinx.serialization.Serializable

/**
 * How the rows of a series become what a model reads, and back, column by column:
 * <pre>
 *   l_t = x_t or ln x_t      d_t = l_t − l_(t−difference)      s_t = (d_t − shift) / factor
 * </pre>
 * It goes with the model file.
 *
 * @property columns their names
 * @property logarithm whether l_t is ln x_t
 * @property difference 0: d_t is l_t
 * @property window how many rows the model was trained to read at once
 * @property recent the last rows of the data, as they came, row after row: a forecast goes on from there
 */
@Serializable
public data class NumberScale(
    val columns: List<String>,
    val shift: List<Double>,
    val factor: List<Double>,
    val logarithm: Boolean,
    val difference: Int,
    val window: Int,
    val recent: List<Double>,
) {
    init {
        require(columns.isNotEmpty() && shift.size == columns.size && factor.size == columns.size) {
            "numbers: needs a shift and a factor for each of ${columns.size} columns, has ${shift.size} and ${factor.size}"
        }
        require(shift.all { it.isFinite() } && factor.all { it.isFinite() && it > 0 }) { "numbers: shift must be finite and factor finite and positive" }
        require(window > 0) { "numbers: window must be positive, is $window" }
        require(difference >= 0) { "numbers: difference must not be negative, is $difference" }
        require(recent.size % columns.size == 0 && recent.all { it.isFinite() }) { "numbers: recent must hold whole rows of finite numbers" }
    }

    private val width: Int get() = columns.size

    /** What the model reads for rows of the data: [difference] rows fewer. */
    public fun scaled(rows: DoubleArray): DoubleArray {
        val levels = levels(rows, logarithm)
        return differences(levels, difference * width).also { for (i in it.indices) it[i] = (it[i] - shift[i % width]) / factor[i % width] }
    }

    /** The rows of the data for what the model gives; [before] are rows of the data up to the first of them. */
    public fun unscaled(given: DoubleArray, before: DoubleArray): DoubleArray {
        val lag = difference * width
        val levels = levels(before.copyOfRange(before.size - lag, before.size), logarithm) + DoubleArray(given.size)
        for (i in given.indices) levels[lag + i] = given[i] * factor[i % width] + shift[i % width] + (if (lag == 0) 0.0 else levels[i])
        return DoubleArray(given.size) { levels[lag + it].let { level -> if (logarithm) exp(level) else level } }
    }

    internal companion object {
        /** Learns a scale from the first [training] rows; [path] for messages. */
        fun learn(table: NumberTable, training: Int, data: SeriesData): NumberScale {
            val width = table.columns.size
            val shift = DoubleArray(width)
            val factor = DoubleArray(width) { 1.0 }
            val differences = differences(levels(table.values.copyOf(training * width), data.logarithm), data.difference * width)
            for (c in 0 until width) {
                val column = DoubleArray(differences.size / width) { differences[it * width + c] }
                when (data.scaling) {
                    ScalingKind.STANDARD -> {
                        shift[c] = column.average()
                        factor[c] = sqrt(column.sumOf { (it - shift[c]) * (it - shift[c]) } / column.size)
                    }
                    ScalingKind.MIN_MAX -> {
                        shift[c] = column.min()
                        factor[c] = column.max() - column.min()
                    }
                    ScalingKind.NONE -> Unit
                }
                if (factor[c] < 1e-300) factor[c] = 1.0        // a column that does not change
                if (!factor[c].isFinite() || !shift[c].isFinite()) {
                    throw CorpusException(table.path, "column \"${table.columns[c]}\" holds numbers too large to scale")
                }
            }
            val recent = table.values.copyOfRange(maxOf(0, table.rows - data.window - data.difference) * width, table.values.size)
            return NumberScale(table.columns, shift.toList(), factor.toList(), data.logarithm, data.difference, data.window, recent.toList())
        }

        private fun levels(rows: DoubleArray, logarithm: Boolean) = DoubleArray(rows.size) { if (logarithm) ln(rows[it]) else rows[it] }

        private fun differences(levels: DoubleArray, lag: Int) =
            if (lag == 0) levels.copyOf() else DoubleArray(maxOf(0, levels.size - lag)) { levels[it + lag] - levels[it] }
    }
}
