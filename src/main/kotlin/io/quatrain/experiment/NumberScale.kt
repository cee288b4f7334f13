package io.quatrain.experiment

import io.quatrain.architecture.ScalingKind
import io.quatrain.text.CorpusException
import kotlin.math.exp
import kotlin.math.ln
import kotlin.math.sqrt
import kotlinx.serialization.Serializable

/**
 * How the rows of a series become what a model reads, and back: s = (x − shift) / factor, column by column, or the same of
 * ln x. It goes with the model file.
 *
 * @property columns their names
 * @property logarithm whether ln x is scaled, not x
 * @property window how many rows the model was trained to read at once
 * @property recent the last rows of the data, as they came, row after row: a forecast goes on from there
 */
@Serializable
public data class NumberScale(
    val columns: List<String>,
    val shift: List<Double>,
    val factor: List<Double>,
    val logarithm: Boolean,
    val window: Int,
    val recent: List<Double>,
) {
    init {
        require(columns.isNotEmpty() && shift.size == columns.size && factor.size == columns.size) {
            "numbers: needs a shift and a factor for each of ${columns.size} columns, has ${shift.size} and ${factor.size}"
        }
        require(shift.all { it.isFinite() } && factor.all { it.isFinite() && it > 0 }) { "numbers: shift must be finite and factor finite and positive" }
        require(window > 0) { "numbers: window must be positive, is $window" }
        require(recent.size % columns.size == 0 && recent.all { it.isFinite() }) { "numbers: recent must hold whole rows of finite numbers" }
    }

    /** What the model reads for a number of the data. */
    public fun scaled(value: Double, column: Int): Double = ((if (logarithm) ln(value) else value) - shift[column]) / factor[column]

    /** The number of the data for what the model gives. */
    public fun unscaled(value: Double, column: Int): Double = (value * factor[column] + shift[column]).let { if (logarithm) exp(it) else it }

    /** Rows of the data, row after row, as the model reads them. */
    public fun scaled(rows: DoubleArray): DoubleArray = DoubleArray(rows.size) { scaled(rows[it], it % columns.size) }

    internal companion object {
        /** Learns a scale from the first [training] rows; [path] for messages. */
        fun learn(table: NumberTable, training: Int, kind: ScalingKind, logarithm: Boolean, window: Int): NumberScale {
            val width = table.columns.size
            val shift = DoubleArray(width)
            val factor = DoubleArray(width) { 1.0 }
            for (c in 0 until width) {
                val column = DoubleArray(training) { table.values[it * width + c] }.map { if (logarithm) ln(it) else it }
                when (kind) {
                    ScalingKind.STANDARD -> {
                        shift[c] = column.average()
                        factor[c] = sqrt(column.sumOf { (it - shift[c]) * (it - shift[c]) } / training)
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
            val recent = table.values.copyOfRange(maxOf(0, table.rows - window) * width, table.values.size)
            return NumberScale(table.columns, shift.toList(), factor.toList(), logarithm, window, recent.toList())
        }
    }
}
