package io.quatrain.cli

import io.quatrain.architecture.BitsPerCharacterMetric
import io.quatrain.architecture.ConfusionMatrixMetric
import io.quatrain.architecture.MetricDescription
import io.quatrain.architecture.PerClassMetric
import io.quatrain.architecture.SeriesData
import io.quatrain.architecture.TopKMetric
import io.quatrain.architecture.Training
import io.quatrain.experiment.NumberPredictor
import io.quatrain.experiment.PairWriter
import io.quatrain.experiment.Predictor
import io.quatrain.experiment.TextScore
import io.quatrain.experiment.TextWriter
import io.quatrain.experiment.TrainedModel
import io.quatrain.experiment.TrainingData
import io.quatrain.format.quoted
import io.quatrain.text.Text
import io.quatrain.text.Vocabulary
import io.quatrain.train.Evaluator
import picocli.CommandLine.Command
import picocli.CommandLine.Option
import picocli.CommandLine.Parameters
import java.nio.file.Path
import java.util.Locale
import java.util.concurrent.Callable

/** Says what a model does not know of a text. */
internal fun tellUnknown(unknown: Map<String, Long>, where: String, model: TrainedModel) {
    if (unknown.isEmpty()) return
    val shown = unknown.keys.take(20).joinToString(" ") { quoted(it) } + if (unknown.size > 20) " and ${unknown.size - 20} more" else ""
    val skipped = model.codec?.vocabulary()?.id(Vocabulary.Special.UNKNOWN) == Vocabulary.NONE
    Terminal.log("the model does not know $shown of $where; " + if (skipped) "it goes on without" else "the unknown token stands for it")
}

@Command(
    name = "score",
    description = ["Tell how likely a trained model holds a text: log-probability, perplexity, bits."],
    mixinStandardHelpOptions = true,
    footer = [
        "",
        "Examples:",
        "  quatrain score runs/lighthouse \"The lamp was lit.\"",
        "  quatrain score runs/lighthouse --file other.txt",
        "  quatrain score runs/quatrains 月在画楼西 --tokens",
        "  quatrain score runs/poem-clauses 秋深橘子黄 --source 月在画楼西",
    ],
)
internal class ScoreCommand : Callable<Int> {
    @Parameters(index = "0", paramLabel = "MODEL", description = ["A model file, or the folder of a run."])
    lateinit var model: Path

    @Parameters(index = "1..*", paramLabel = "TEXT", description = ["Texts to score, one by one."])
    var texts: List<String> = emptyList()

    @Option(names = ["--file", "-f"], paramLabel = "FILE", description = ["Score the text in this file, as a whole."])
    var file: Path? = null

    @Option(names = ["--source"], paramLabel = "TEXT", description = ["Of a model of pairs: what the texts answer."])
    var source: String? = null

    @Option(names = ["--tokens"], description = ["A line for every token too."])
    var tokens: Boolean = false

    override fun call(): Int {
        if (texts.isEmpty() == (file == null)) throw UsageException("give either texts to score or --file FILE")
        val trained = loadModel(model).model
        val scored = scoring(trained)
        for (text in file?.let { listOf(Text.file(it).read()) } ?: texts) {
            val score = scored(text)
            tellUnknown(score.unknown, "the text", trained)
            if (file == null && texts.size > 1) println(text)
            if (tokens) score.tokens.zip(score.logProbabilities) { token, each -> println("%9.4f  %s".format(Locale.ROOT, each, quoted(token))) }
            println("tokens           ${Progress.grouped(score.tokens.size.toLong())}")
            println("log-probability  %.4f".format(Locale.ROOT, score.total))
            println("per token        %.4f".format(Locale.ROOT, score.mean))
            println("perplexity       %.4f".format(Locale.ROOT, score.perplexity))
            println("bits/token       %.4f".format(Locale.ROOT, score.bitsPerToken))
        }
        return Exit.DONE
    }

    /** How texts are scored: by themselves, or as answers to the source. */
    private fun scoring(trained: TrainedModel): (String) -> TextScore {
        val source = source ?: return TextWriter(trained)::score
        val writer = PairWriter(trained)
        tellUnknown(writer.unknown(source), "the source", trained)
        return { text -> writer.score(source, text) }
    }
}

@Command(
    name = "predict",
    description = ["Let a trained model name the class of a text, or of images."],
    mixinStandardHelpOptions = true,
    footer = [
        "",
        "Examples:",
        "  quatrain predict runs/names Nakamura O'Brien",
        "  quatrain predict runs/digits-lstm --images t10k-images-idx3-ubyte.gz --labels t10k-labels-idx1-ubyte.gz --count 20",
    ],
)
internal class PredictCommand : Callable<Int> {
    @Parameters(index = "0", paramLabel = "MODEL", description = ["A model file, or the folder of a run."])
    lateinit var model: Path

    @Parameters(index = "1..*", arity = "0..*", paramLabel = "TEXT", description = ["Texts to name the class of."])
    var texts: List<String> = emptyList()

    @Option(names = ["--images"], paramLabel = "FILE", description = ["Images in idx form, plain or gzipped."])
    var images: Path? = null

    @Option(names = ["--labels"], paramLabel = "FILE", description = ["Their classes, to count how many are right."])
    var labels: Path? = null

    @Option(names = ["--count"], paramLabel = "N", description = ["Only the first N images."])
    var count: Int = Int.MAX_VALUE

    @Option(names = ["--top"], paramLabel = "N", description = ["So many classes. Default: 3."])
    var top: Int = 3

    override fun call(): Int {
        if (top < 1) throw UsageException("--top must be at least 1, got $top")
        val images = images
        if (images == null == texts.isEmpty()) throw UsageException("texts or --images must be given, one of the two")
        if (images == null && labels != null) throw UsageException("--labels go with --images")
        if (images != null) {
            predictImages(loadModel(model).model, images, labels, count, top)
            return Exit.DONE
        }
        val trained = loadModel(model).model
        val predictor = Predictor(trained)
        for (text in texts) {
            tellUnknown(predictor.unknown(text), quoted(text), trained)
            println(text)
            for ((label, probability) in predictor.predict(text).take(top)) println("  %-20s %.4f".format(Locale.ROOT, label, probability))
        }
        return Exit.DONE
    }
}

@Command(
    name = "evaluate",
    description = ["Judge a trained model on data."],
    mixinStandardHelpOptions = true,
    footer = [
        "",
        "Examples:",
        "  quatrain evaluate runs/lighthouse --data other.txt --bits-per-character",
        "  quatrain evaluate runs/names --data more-names/ --per-class --confusion --top 3",
        "",
        "The metrics that the experiment lists are measured too.",
    ],
)
internal class EvaluateCommand : Callable<Int> {
    @Parameters(index = "0", paramLabel = "MODEL", description = ["A model file, or the folder of a run."])
    lateinit var model: Path

    @Option(names = ["--data"], paramLabel = "PATH", required = true, description = ["The file, folder or pattern to judge it on."])
    lateinit var data: String

    @Option(names = ["--per-class"], description = ["A table of precision, recall and F1 of every class."])
    var perClass: Boolean = false

    @Option(names = ["--confusion"], description = ["A table of how often each class was taken for each."])
    var confusion: Boolean = false

    @Option(names = ["--top"], paramLabel = "K", description = ["The share of targets among the K likeliest; may be given several times."])
    var top: List<Int> = emptyList()

    @Option(names = ["--bits-per-character"], description = ["The loss in bits per character, comparable between tokenizers."])
    var bitsPerCharacter: Boolean = false

    private fun asked(training: Training): List<MetricDescription> {
        top.firstOrNull { it < 1 }?.let { throw UsageException("--top must be at least 1, got $it") }
        return training.metrics + listOfNotNull(
            PerClassMetric.takeIf { perClass }, ConfusionMatrixMetric.takeIf { confusion }, BitsPerCharacterMetric.takeIf { bitsPerCharacter },
        ) + top.map { TopKMetric(it) }
    }

    override fun call(): Int {
        val trained = loadModel(model, Runtime.getRuntime().availableProcessors()).model
        val experiment = trained.experiment ?: throw UsageException("$model: does not say how its data are read, so it cannot be judged on others")
        val description = experiment.data?.withPath(data) ?: throw UsageException("$model: does not say how its data are read")
        val read = TrainingData.read(description, Path.of("").toAbsolutePath(), trained.codec, trained.labels, scale = trained.scale)
        val source = read.whole(trained.model, experiment.training)
        val asked = asked(experiment.training)
        val metrics = experiment.training.copy(metrics = asked).metrics(trained.model, read.charactersPerToken)
        val evaluation = Evaluator(trained.model.graph, experiment.training.objective(), metrics).evaluate(source)
        println("targets     ${Progress.grouped(evaluation.targets())}")
        println("loss        %.4f".format(Locale.ROOT, evaluation.loss()))
        if (description is SeriesData) println(NumberPredictor(trained).errors(description, Path.of("").toAbsolutePath()))
        if (trained.labels.isEmpty() && trained.codec != null) {
            println("perplexity  %.3f".format(Locale.ROOT, evaluation.perplexity()))
            println("bits/token  %.4f".format(Locale.ROOT, evaluation.bitsPerToken()))
        }
        if (!evaluation.accuracy().isNaN()) println("accuracy    %.4f".format(Locale.ROOT, evaluation.accuracy()))
        for ((name, value) in evaluation.metrics() - listOf("accuracy", "perplexity")) println("%-11s %s".format(Locale.ROOT, name, ClassTables.shown(value)))
        ClassTables.print(trained, metrics, asked)
        return Exit.DONE
    }
}
