package io.quatrain.cli

import io.quatrain.experiment.CurveChart
import io.quatrain.experiment.NumberPredictor
import io.quatrain.experiment.TrainedModel
import picocli.CommandLine.Command
import picocli.CommandLine.Option
import picocli.CommandLine.Parameters
import java.nio.file.Path
import java.util.Locale
import java.util.concurrent.Callable
import kotlin.math.abs

@Command(
    name = "forecast",
    description = ["Let a model that was trained on a series of numbers go on with it: every row is foretold from those before."],
    mixinStandardHelpOptions = true,
    footer = [
        "",
        "The series goes on from the last rows of what the model was trained on, or of --data. It comes out as csv.",
        "",
        "Example:",
        "  quatrain forecast runs/series-airline --steps 24",
    ],
)
internal class ForecastCommand : Callable<Int> {
    @Parameters(index = "0", paramLabel = "MODEL", description = ["A model file, or the folder of a run."])
    lateinit var model: Path

    @Option(names = ["--data"], paramLabel = "CSV", description = ["Go on from the last rows of this file."])
    var data: Path? = null

    @Option(names = ["--steps", "-n"], paramLabel = "N", description = ["So many rows. Default: 10."])
    var steps: Int = 10

    override fun call(): Int {
        if (steps < 1) throw UsageException("--steps must be at least 1, got $steps")
        val trained = loadModel(model).model
        val rows = NumberPredictor(trained).forecast(data, steps)
        println(trained.scale!!.columns.joinToString(",") { if (',' in it || '"' in it) "\"" + it.replace("\"", "\"\"") + "\"" else it })
        for (row in rows) println(row.joinToString(",") { number(it) })
        return Exit.DONE
    }

    private fun number(value: Double) = (if (abs(value) in 1e-3..1e7) "%.4f" else "%.6g").format(Locale.ROOT, value)
}

/** `predict MODEL --images FILE` */
internal fun predictImages(model: TrainedModel, images: Path, labels: Path?, count: Int, top: Int) {
    if (count < 1) throw UsageException("--count must be at least 1, got $count")
    val predictions = NumberPredictor(model).images(images, labels, count, top)
    predictions.forEachIndexed { i, prediction ->
        val ranked = prediction.classes.joinToString("  ") { (label, probability) -> "$label %.4f".format(Locale.ROOT, probability) }
        println("image ${i + 1}  $ranked" + (prediction.label?.let { if (it == prediction.classes[0].first) "" else "  (is $it)" } ?: ""))
    }
    if (labels != null) {
        val right = predictions.count { it.label == it.classes[0].first }
        println("right       ${Progress.grouped(right.toLong())} of ${Progress.grouped(predictions.size.toLong())}, %.4f".format(Locale.ROOT, right.toDouble() / predictions.size))
    }
}

@Command(
    name = "curve",
    description = ["Draw how a run went, or several, as a picture in SVG."],
    mixinStandardHelpOptions = true,
    footer = [
        "",
        "Examples:",
        "  quatrain curve runs/lighthouse > curve.svg",
        "  quatrain curve runs/kafka-rnn runs/kafka-lstm --column smoothed --title kafka > kafka.svg",
    ],
)
internal class CurveCommand : Callable<Int> {
    @Parameters(index = "0..*", arity = "1..*", paramLabel = "RUN", description = ["The folder of a run, or its progress.csv."])
    lateinit var runs: List<Path>

    @Option(names = ["--column"], paramLabel = "NAME", description = ["loss, smoothed, validation, accuracy or a metric of the experiment; may be given several times. Default: loss and validation."])
    var columns: List<String> = listOf("loss", "validation")

    @Option(names = ["--log"], description = ["A logarithmic scale."])
    var logarithmic: Boolean = false

    @Option(names = ["--title"], paramLabel = "TEXT", description = ["Stands above it."])
    var title: String = ""

    override fun call(): Int {
        val lines = CurveChart.read(runs, columns)
        if (lines.isEmpty()) throw UsageException("${runs.joinToString()}: has nothing in the column ${columns.joinToString(" or ")}")
        print(CurveChart(lines, title, logarithmic).svg())
        return Exit.DONE
    }
}
