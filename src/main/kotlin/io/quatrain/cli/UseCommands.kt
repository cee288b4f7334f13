package io.quatrain.cli

import io.quatrain.architecture.Generation
import io.quatrain.architecture.SeriesData
import io.quatrain.experiment.NumberPredictor
import io.quatrain.experiment.PairWriter
import io.quatrain.experiment.Predictor
import io.quatrain.experiment.TextWriter
import io.quatrain.experiment.TrainedModel
import io.quatrain.experiment.TrainingData
import io.quatrain.experiment.VerseForms
import io.quatrain.format.quoted
import io.quatrain.text.Constraint
import io.quatrain.text.Text
import io.quatrain.text.Vocabulary
import io.quatrain.text.verse.VerseForm
import io.quatrain.train.Evaluator
import picocli.CommandLine.Command
import picocli.CommandLine.Option
import picocli.CommandLine.Parameters
import java.nio.file.Path
import java.util.Locale
import java.util.concurrent.Callable

@Command(
    name = "generate",
    description = ["Let a trained model write."],
    mixinStandardHelpOptions = true,
    footer = [
        "",
        "Examples:",
        "  quatrain generate runs/lighthouse --prompt \"The wind \" --length 300 --temperature 0.7",
        "  quatrain generate runs/quatrains --prompt 月在画楼西 --seed 7",
        "  quatrain generate runs/quatrains --form 4x5 --heads 春夏秋冬",
        "  quatrain generate runs/poem-clauses --source 月在画楼西 --beam 8 --samples 3",
    ],
)
internal class GenerateCommand : Callable<Int> {
    @Parameters(index = "0", paramLabel = "MODEL", description = ["A model file, or the folder of a run."])
    lateinit var model: Path

    @Option(names = ["--prompt", "-p"], paramLabel = "TEXT", description = ["What the text begins with."])
    var prompt: String? = null

    @Option(names = ["--length", "-n"], paramLabel = "N", description = ["Tokens to write at most."])
    var length: Int? = null

    @Option(names = ["--temperature", "-t"], paramLabel = "X", description = ["0: always the likeliest; 1: as the model thinks; more: wilder."])
    var temperature: Double? = null

    @Option(names = ["--top-k"], paramLabel = "N", description = ["Only the N likeliest tokens; 0: all."])
    var topK: Int? = null

    @Option(names = ["--top-p"], paramLabel = "X", description = ["Only the likeliest tokens that together have probability X."])
    var topP: Double? = null

    @Option(names = ["--min-p"], paramLabel = "X", description = ["Only tokens at least X times as likely as the likeliest."])
    var minP: Double? = null

    @Option(names = ["--typical"], paramLabel = "X", description = ["Only tokens of typical surprise, up to probability X."])
    var typical: Double? = null

    @Option(names = ["--repetition-penalty"], paramLabel = "X", description = ["Above 1: tokens that were just written are less likely."])
    var penalty: Double? = null

    @Option(names = ["--seed"], paramLabel = "N", description = ["Same seed, same text. Default: another text every time."])
    var seed: Long? = null

    @Option(names = ["--stop"], paramLabel = "TEXT", description = ["Stop before this text; may be given several times."])
    var stop: List<String>? = null

    @Option(names = ["--samples"], paramLabel = "N", description = ["So many texts, one after the other."])
    var samples: Int = 1

    @Option(names = ["--ban"], paramLabel = "TEXT", description = ["Never write these tokens; may be given several times."])
    var ban: List<String> = emptyList()

    @Option(names = ["--source"], paramLabel = "TEXT", description = ["Of a model of pairs: what the text answers."])
    var source: String? = null

    @Option(names = ["--beam"], paramLabel = "N", description = ["Instead of drawing: the likeliest texts, by a search of this width; --samples of them."])
    var beam: Int? = null

    @picocli.CommandLine.Mixin
    var verse: FormOptions = FormOptions()

    override fun call(): Int {
        if (samples < 1) throw UsageException("--samples must be at least 1, got $samples")
        beam?.let { if (it !in samples..1000) throw UsageException("--beam must be from $samples, the number of samples, to 1000, got $it") }
        val trained = loadModel(model).model
        val form = verse.form()
        val defaults = trained.experiment?.generation ?: io.quatrain.architecture.Generation()
        val generation = defaults.copy(
            prompt = prompt ?: if (form == null) defaults.prompt else "",
            length = length ?: if (form == null) defaults.length else LONGEST_POEM, temperature = temperature ?: defaults.temperature,
            topK = topK ?: defaults.topK, topP = topP ?: defaults.topP, minP = minP ?: defaults.minP, typical = typical ?: defaults.typical,
            repetitionPenalty = penalty ?: defaults.repetitionPenalty, seed = seed ?: defaults.seed, stop = stop ?: defaults.stop,
        )
        source?.let { return answer(trained, it, generation, form) }
        val writer = TextWriter(trained)
        tellUnknown(writer.unknown(generation.prompt), "the prompt", trained)
        val constraint = form?.let { VerseForms.constraint(it, trained) }?.also { VerseForms.refuseOther(it, trained, generation.prompt) }
        val allowed = writer.unseenBeginning(generation.prompt).let { VerseForms.behind(it, constraint ?: Constraint.NONE) }.and(banned(trained))
        beam?.let { width ->
            writer.search(generation.prompt, width, generation.length, allowed, constraint).take(samples).forEach { println(it) }
            return Exit.DONE
        }
        val first = generation.seed ?: System.nanoTime()
        for (sample in 0 until samples) {
            print(generation.prompt)
            val text = StringBuilder(generation.prompt)
            for (piece in writer.write(generation, first + sample, constraint = allowed)) {
                print(piece)
                text.append(piece)
                System.out.flush()
                if (System.out.checkError()) return Exit.DONE // which is told where the command ends
                if (constraint != null && constraint.isComplete(trained.codec!!.encode(text.toString()).toList())) break
            }
            println()
        }
        return Exit.DONE
    }

    private fun banned(trained: TrainedModel): Constraint {
        val ids = ban.flatMap { text ->
            val examined = trained.codec!!.examine(text)
            tellUnknown(examined.unknown(), "what is banned", trained)
            examined.ids().toList()
        }
        return Constraint { _, allowed -> ids.forEach(allowed::clear) }
    }

    private fun answer(trained: TrainedModel, source: String, generation: Generation, form: VerseForm?): Int {
        if (form != null || ban.isNotEmpty() || prompt != null) throw UsageException("--source goes without --form, --ban and --prompt")
        val writer = PairWriter(trained)
        tellUnknown(writer.unknown(source), "the source", trained)
        val width = beam
        if (width != null) {
            for (found in writer.search(source, width, generation.length).take(samples)) println("%s  %.4f".format(Locale.ROOT, found.text, found.logProbability))
            return Exit.DONE
        }
        val first = generation.seed ?: System.nanoTime()
        for (sample in 0 until samples) println(writer.write(source, generation, first + sample))
        return Exit.DONE
    }

    private companion object {
        const val LONGEST_POEM = 2000
    }
}

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
    ],
)
internal class ScoreCommand : Callable<Int> {
    @Parameters(index = "0", paramLabel = "MODEL", description = ["A model file, or the folder of a run."])
    lateinit var model: Path

    @Parameters(index = "1..*", paramLabel = "TEXT", description = ["Texts to score, one by one."])
    var texts: List<String> = emptyList()

    @Option(names = ["--file", "-f"], paramLabel = "FILE", description = ["Score the text in this file, as a whole."])
    var file: Path? = null

    @Option(names = ["--tokens"], description = ["A line for every token too."])
    var tokens: Boolean = false

    override fun call(): Int {
        if (texts.isEmpty() == (file == null)) throw UsageException("give either texts to score or --file FILE")
        val trained = loadModel(model).model
        val writer = TextWriter(trained)
        for (text in file?.let { listOf(Text.file(it).read()) } ?: texts) {
            val score = writer.score(text)
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
    footer = ["", "Example:", "  quatrain evaluate runs/lighthouse --data other.txt"],
)
internal class EvaluateCommand : Callable<Int> {
    @Parameters(index = "0", paramLabel = "MODEL", description = ["A model file, or the folder of a run."])
    lateinit var model: Path

    @Option(names = ["--data"], paramLabel = "PATH", required = true, description = ["The file, folder or pattern to judge it on."])
    lateinit var data: String

    override fun call(): Int {
        val trained = loadModel(model, Runtime.getRuntime().availableProcessors()).model
        val experiment = trained.experiment ?: throw UsageException("$model: does not say how its data are read, so it cannot be judged on others")
        val description = experiment.data?.withPath(data) ?: throw UsageException("$model: does not say how its data are read")
        val read = TrainingData.read(description, Path.of("").toAbsolutePath(), trained.codec, trained.labels, scale = trained.scale)
        val source = read.whole(trained.model, experiment.training)
        val evaluation = Evaluator(trained.model.graph, experiment.training.objective()).evaluate(source)
        println("targets     ${Progress.grouped(evaluation.targets())}")
        println("loss        %.4f".format(Locale.ROOT, evaluation.loss()))
        if (description is SeriesData) println(NumberPredictor(trained).errors(description, Path.of("").toAbsolutePath()))
        if (trained.labels.isEmpty() && trained.codec != null) {
            println("perplexity  %.3f".format(Locale.ROOT, evaluation.perplexity()))
            println("bits/token  %.4f".format(Locale.ROOT, evaluation.bitsPerToken()))
        }
        if (!evaluation.accuracy().isNaN()) println("accuracy    %.4f".format(Locale.ROOT, evaluation.accuracy()))
        return Exit.DONE
    }
}
