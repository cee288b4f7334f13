package io.quatrain.cli

import io.quatrain.architecture.ConfusionMatrixMetric
import io.quatrain.architecture.MetricDescription
import io.quatrain.architecture.PerClassMetric
import io.quatrain.experiment.TrainedModel
import io.quatrain.format.quoted
import io.quatrain.metric.ConfusionMatrix
import io.quatrain.metric.Metric
import java.util.Locale

/** What a confusion matrix says, class by class, as tables for a person to read. */
internal class ClassTables(private val matrix: ConfusionMatrix, private val name: (Int) -> String) {
    private val shown = (0 until matrix.classes()).filter(matrix::occurs)
    private val width = (shown.map { name(it).length } + "weighted mean".length).max()

    /** Precision, recall, F1 and support, as scikit-learn's classification_report has them. */
    fun perClass(): String = buildString {
        fun row(label: String, vararg values: Any) = appendLine(label.padEnd(width) + values.joinToString("") { "%11s".format(Locale.ROOT, it) })
        fun shares(vararg values: Double) = values.map { "%.4f".format(Locale.ROOT, it) }.toTypedArray()
        row("class", "precision", "recall", "F1", "targets")
        for (c in shown.sortedByDescending(matrix::support).take(MOST_ROWS)) {
            row(name(c), *shares(matrix.precision(c), matrix.recall(c), matrix.f1(c)), number(matrix.support(c)))
        }
        if (shown.size > MOST_ROWS) appendLine("and ${shown.size - MOST_ROWS} more, which were the target more seldom")
        val all = number(shown.sumOf(matrix::support))
        row("mean", *shares(matrix.macro(matrix::precision), matrix.macro(matrix::recall), matrix.macro(matrix::f1)), all)
        row("weighted mean", *shares(matrix.weighted(matrix::precision), matrix.weighted(matrix::recall), matrix.weighted(matrix::f1)), all)
    }

    /** A row for each target class, a column for each that was chosen. */
    fun confusion(): String {
        if (shown.size > MOST_COLUMNS) {
            return "the confusion matrix of ${shown.size} classes is too wide to read; --per-class lists them\n"
        }
        val cells = shown.map { target -> shown.map { number(matrix.count(target, it)) } }
        val column = (cells.flatten().map { it.length } + shown.map { name(it).length }).max().coerceAtMost(12) + 2
        return buildString {
            appendLine("target \\ chosen".padEnd(maxOf(width, 15)) + shown.joinToString("") { name(it).take(column - 2).padStart(column) })
            shown.zip(cells) { target, row -> appendLine(name(target).padEnd(maxOf(width, 15)) + row.joinToString("") { it.padStart(column) }) }
        }
    }

    private fun number(weight: Double) = if (weight == Math.rint(weight)) Progress.grouped(weight.toLong()) else "%.2f".format(Locale.ROOT, weight)

    companion object {
        private const val MOST_ROWS = 200
        private const val MOST_COLUMNS = 40

        /** Metrics on the line of a validation. */
        fun line(metrics: Map<String, Double>): String =
            metrics.filterKeys { it != "accuracy" && it != "perplexity" }.entries.joinToString("") { (name, value) -> "  $name ${shown(value)}" }

        fun shown(value: Double): String = if (value.isNaN()) "–" else "%.4g".format(Locale.ROOT, value)

        /** The tables that were asked for. */
        fun print(model: TrainedModel, metrics: List<Metric>, asked: List<MetricDescription>) {
            val matrix = metrics.filterIsInstance<ConfusionMatrix>().firstOrNull() ?: return
            val tables = ClassTables(matrix, names(model, matrix.classes()))
            if (PerClassMetric in asked) println("\n" + tables.perClass().trimEnd())
            if (ConfusionMatrixMetric in asked) println("\n" + tables.confusion().trimEnd())
        }

        private fun names(model: TrainedModel, classes: Int): (Int) -> String {
            val vocabulary = model.codec?.vocabulary()
            return when {
                model.labels.size == classes -> model.labels::get
                model.labels.isEmpty() && vocabulary?.size() == classes -> { id -> quoted(vocabulary.token(id)) }
                classes == 2 -> { answer -> if (answer == 0) "no" else "yes" }
                else -> Int::toString
            }
        }
    }
}
