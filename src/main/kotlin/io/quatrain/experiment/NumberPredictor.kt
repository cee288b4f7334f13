package io.quatrain.experiment

import io.quatrain.architecture.SeriesData
import io.quatrain.generate.Predictor as Engine
import io.quatrain.train.NumberSeries
import java.nio.file.Path
import java.util.Locale
import kotlin.math.abs
import kotlin.math.sqrt

/** What a trained model makes of numbers. */
public class NumberPredictor(private val model: TrainedModel) {
    private val graph = model.model.graph
    private val input = graph.inputs().single().name()

    /** The likeliest classes of each image, best first, and the label that [labels] gives. */
    public fun images(images: Path, labels: Path? = null, count: Int = Int.MAX_VALUE, top: Int = 3): List<ImagePrediction> {
        require(model.labels.isNotEmpty()) { "this model names no classes" }
        val read = ImageTraining.read(images, labels)
        model.model.needFeatures(images.toString(), read.columns)
        val part = read.part(0, minOf(count, read.count))
        return Engine(graph).classify(mapOf(input to part.series()), Int.MAX_VALUE).mapIndexed { i, ranked ->
            ImagePrediction(ranked.filter { it.id() < model.labels.size }.take(top).map { model.labels[it.id()] to it.probability() }, read.classes?.get(i)?.let { "$it" })
        }
    }

    /**
     * The rows that follow a series, each foretold from the ones before, its own among them.
     *
     * @param known a csv file whose last rows are gone on from; null: the rows that the model was trained on
     */
    public fun forecast(known: Path?, steps: Int): List<DoubleArray> {
        val scale = requireNotNull(model.scale) { "this model was not trained on a series of numbers, so it foretells none" }
        require(steps > 0) { "steps must be at least 1, got $steps" }
        val width = scale.columns.size
        require(graph.outputs().size == 1 && model.model.shape(graph.outputs()[0]).size == width) {
            "this model gives ${model.model.shape(graph.outputs()[0])}, a free run needs the $width numbers of a row"
        }
        val rows = if (known == null) scale.recent.toDoubleArray() else {
            val named = (model.experiment?.data as? SeriesData)?.columns.orEmpty()
            val table = NumberTable.read(known.toString(), named, scale.logarithm)
            require(table.columns.size == width) { "$known: has ${table.columns.size} columns of numbers, the model needs $width: ${scale.columns.joinToString()}" }
            table.values
        }
        val needed = scale.difference + 1
        require(rows.size >= needed * width) { "needs at least $needed rows to go on from, has ${rows.size / width}" }
        val window = scale.scaled(rows.copyOfRange(maxOf(0, rows.size - (scale.window + scale.difference) * width), rows.size))
        val read = NumberSeries.of(arrayOf(FloatArray(window.size) { window[it].toFloat() }), width)
        val foretold = Engine(graph).forecast(read, steps, window.size / width).single()
        val values = scale.unscaled(foretold, rows)
        return List(steps) { t -> values.copyOfRange(t * width, (t + 1) * width) }
    }

    /** The errors of rows foretold one at a time, in the unit of the data: of the model, and of saying "as the row before". */
    public fun errors(data: SeriesData, folder: Path): SeriesErrors {
        val scale = requireNotNull(model.scale) { "this model was not trained on a series of numbers" }
        val table = NumberTable.read(resolved(folder, data.path), data.columns, data.logarithm)
        val width = scale.columns.size
        val first = data.window + scale.difference
        val count = table.rows - first
        require(count > 0 && table.columns.size == width) { "${table.path}: needs more than $first rows of $width numbers" }
        val given = Engine(graph).values(mapOf(input to NumberSeries.windows(scale.scaled(table.values), width, count, 1, 0, data.window)))
        var squares = 0.0
        var amounts = 0.0
        var before = 0.0
        for (i in 0 until count) {
            val at = (first + i) * width
            val foretold = scale.unscaled(given[i].copyOfRange(given[i].size - width, given[i].size), table.values.copyOf(at))
            for (c in 0 until width) {
                val truth = table.values[at + c]
                val error = foretold[c] - truth
                squares += error * error
                amounts += abs(error)
                before += (table.values[at - width + c] - truth).let { it * it }
            }
        }
        val n = count * width
        return SeriesErrors(sqrt(squares / n), amounts / n, sqrt(before / n))
    }
}

/** Classes with their probabilities, best first, and the right one where it is known. */
public data class ImagePrediction(val classes: List<Pair<String, Double>>, val label: String?)

/** In the unit of the data. */
public data class SeriesErrors(val rootMeanSquare: Double, val meanAbsolute: Double, val rootMeanSquareOfLast: Double) {
    override fun toString(): String =
        "rms error   %.4f (as the row before: %.4f)\nmean error  %.4f".format(Locale.ROOT, rootMeanSquare, rootMeanSquareOfLast, meanAbsolute)
}
