package io.quatrain.cli

import io.quatrain.architecture.Experiment
import io.quatrain.architecture.Generation
import io.quatrain.architecture.Training
import io.quatrain.experiment.Checkpoint
import io.quatrain.experiment.PairWriter
import io.quatrain.experiment.TextWriter
import io.quatrain.experiment.TrainedModel
import io.quatrain.experiment.VerseForms
import io.quatrain.experiment.Writing
import io.quatrain.experiment.WrittenText
import io.quatrain.experiment.WrittenToken
import io.quatrain.format.quoted
import io.quatrain.tensor.Compute
import io.quatrain.tensor.Precision
import io.quatrain.text.Constraint
import io.quatrain.text.CorpusException
import io.quatrain.text.Text
import io.quatrain.text.verse.VerseForm
import picocli.CommandLine.Command
import picocli.CommandLine.Mixin
import picocli.CommandLine.Option
import picocli.CommandLine.Parameters
import java.nio.ByteBuffer
import java.nio.charset.CharacterCodingException
import java.nio.charset.StandardCharsets
import java.nio.file.Path
import java.util.Locale
import java.util.concurrent.Callable

@Command(
    name = "generate",
    description = ["Let a trained model write. What is not said here is as the experiment's generation block says."],
    mixinStandardHelpOptions = true,
    footer = [
        "",
        "Examples:",
        "  quatrain generate runs/lighthouse --prompt \"The wind \" --length 300 --temperature 0.7",
        "  quatrain generate runs/lighthouse --prompt-file beginning.txt --stop \".\"",
        "  quatrain generate runs/lighthouse --prompt \"The \" --force \"sea\" --log-probabilities",
        "  quatrain generate runs/quatrains --prompt 月在画楼西 --seed 7",
        "  quatrain generate runs/quatrains --samples 20",
        "  quatrain generate runs/quatrains --form 4x5 --heads 春夏秋冬",
        "  quatrain generate runs/poem-clauses --source 月在画楼西 --beam 8 --samples 3",
    ],
)
internal class GenerateCommand : Callable<Int> {
    @Parameters(index = "0", paramLabel = "MODEL", description = ["A model file, or the folder of a run."])
    lateinit var model: Path

    @Option(names = ["--prompt", "-p"], paramLabel = "TEXT", description = ["What the text begins with."])
    var prompt: String? = null

    @Option(
        names = ["--prompt-file"], paramLabel = "FILE",
        description = ["The same from a file, or from standard input: -. A line end at its very end does not count."],
    )
    var promptFile: String? = null

    @Option(names = ["--length", "-n"], paramLabel = "N", description = ["Tokens to write at most."])
    var length: Int? = null

    @Option(names = ["--temperature", "-t"], paramLabel = "X", description = ["0: always the likeliest; 1: as the model thinks; more: wilder."])
    var temperature: Double? = null

    @Option(names = ["--top-k"], paramLabel = "N", description = ["Only the N likeliest tokens; 0: all."])
    var topK: Int? = null

    @Option(names = ["--top-p"], paramLabel = "X", description = ["Only the likeliest tokens that together have probability X; 1: all."])
    var topP: Double? = null

    @Option(names = ["--min-p"], paramLabel = "X", description = ["Only tokens at least X times as likely as the likeliest; 0: all."])
    var minP: Double? = null

    @Option(names = ["--typical"], paramLabel = "X", description = ["Only tokens of typical surprise, up to probability X; 1: all."])
    var typical: Double? = null

    @Option(names = ["--repetition-penalty"], paramLabel = "X", description = ["Above 1: tokens that were just written are less likely; 1: none."])
    var penalty: Double? = null

    @Option(names = ["--repetition-window"], paramLabel = "N", description = ["How many tokens were just written; 0: all."])
    var window: Int? = null

    @Option(names = ["--seed"], paramLabel = "N", description = ["Same seed, same text. Default: another text every time."])
    var seed: Long? = null

    @Option(names = ["--stop"], paramLabel = "TEXT", description = ["Stop before this text; may be given several times."])
    var stop: List<String>? = null

    @Option(names = ["--ban"], paramLabel = "TEXT", description = ["Never write these tokens; may be given several times."])
    var ban: List<String>? = null

    @Option(names = ["--force"], paramLabel = "TEXT", description = ["Go on with this text, however unlikely; it counts as written."])
    var force: String? = null

    @Option(names = ["--samples"], paramLabel = "N", description = ["So many texts, written side by side, one after the other here."])
    var samples: Int? = null

    @Option(
        names = ["--beam"], paramLabel = "N",
        description = ["Instead of drawing: the likeliest texts, by a search of this width; --samples of them, best first. 0: draw."],
    )
    var beam: Int? = null

    @Option(
        names = ["--length-power"], paramLabel = "X",
        description = ["A search compares log-probability / tokens^X. 0: prefers short texts; 1, the default: takes the mean."],
    )
    var lengthPower: Double? = null

    @Option(names = ["--log-probabilities"], description = ["After each text, a line for every token that was written: what the model thought of it."])
    var logProbabilities: Boolean? = null

    @Option(names = ["--source"], paramLabel = "TEXT", description = ["Of a model of pairs: what the text answers."])
    var source: String? = null

    @Option(
        names = ["--threads"], paramLabel = "N",
        description = ["Default: one a core, but not more than $ENOUGH_THREADS. They share large weights; the text does not depend on it."],
    )
    var threads: Int? = null

    @Mixin
    var verse: FormOptions = FormOptions()

    override fun call(): Int {
        if (prompt != null && promptFile != null) throw UsageException("give either --prompt or --prompt-file")
        threads?.let { if (it !in 1..Training.MOST_THREADS) throw UsageException("--threads must be from 1 to ${Training.MOST_THREADS}, got $it") }
        val trained = Checkpoint.load(modelFile(model), ::compute).model
        val form = verse.form()
        val generation = generation(trained.experiment?.generation ?: Generation(), form)
        source?.let { return answer(trained, it, generation, form) }
        val writer = TextWriter(trained)
        tellUnknown(writer.unknown(generation.prompt), "the prompt", trained)
        generation.banned.forEach { tellUnknown(writer.unknown(it), "what is banned", trained) }
        tellUnknown(writer.unknown(generation.forced), "what is forced", trained)
        val constraint = form?.let { VerseForms.constraint(it, trained, generation.banned) }?.also { VerseForms.refuseOther(it, trained, generation) } ?: Constraint.NONE
        val seed = generation.seed ?: System.nanoTime()
        when {
            generation.beam > 0 -> show(generation, writer.search(generation, constraint).asSequence())
            generation.samples > 1 -> show(generation, writer.each(generation, seed, constraint))
            else -> stream(generation, writer.steps(generation, seed, 0, constraint))
        }
        return Exit.DONE
    }

    /**
     * For one text what is soonest at work, for several side by side what is fastest. Both give the same bits but for sums, in norms
     * and attention; so it is how many texts that decides, and not how long they get: another length begins the same.
     */
    private fun compute(precision: Precision, experiment: Experiment?): Compute {
        val defaults = experiment?.generation ?: Generation()
        val single = (samples ?: defaults.samples) == 1 && (beam ?: defaults.beam) == 0
        val threads = threads ?: Runtime.getRuntime().availableProcessors().coerceAtMost(ENOUGH_THREADS)
        return if (single) Compute.soonest(precision, threads) else Compute.of(precision, threads)
    }

    private fun generation(defaults: Generation, form: VerseForm?): Generation {
        val given = prompt ?: promptFile?.let(::read)
        val count = samples ?: defaults.samples
        if (count < 1) throw UsageException("--samples must be at least 1, got $count")
        val width = beam ?: defaults.beam.let { if (it == 0) 0 else maxOf(it, count) }
        if (width != 0 && width !in count..1000) throw UsageException("--beam must be from $count, the number of samples, to 1000, got $width")
        return defaults.copy(
            prompt = given ?: if (form == null) defaults.prompt else "",
            length = length ?: if (form == null) defaults.length else LONGEST_POEM, temperature = temperature ?: defaults.temperature,
            topK = topK ?: defaults.topK, topP = topP ?: defaults.topP, minP = minP ?: defaults.minP, typical = typical ?: defaults.typical,
            repetitionPenalty = penalty ?: defaults.repetitionPenalty, repetitionWindow = window ?: defaults.repetitionWindow,
            seed = seed ?: defaults.seed, stop = stop ?: defaults.stop, banned = ban ?: defaults.banned, forced = force ?: defaults.forced,
            samples = count, beam = width, lengthPower = lengthPower ?: defaults.lengthPower,
            logProbabilities = logProbabilities ?: defaults.logProbabilities,
        )
    }

    private fun read(file: String): String = (if (file == "-") input() else Text.file(Path.of(file)).read()).removeSuffix("\n").removeSuffix("\r")

    private fun input(): String = try {
        StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(System.`in`.readBytes())).toString()
    } catch (e: CharacterCodingException) {
        throw CorpusException("standard input", "is not text in UTF-8")
    }

    /** A text as it is written. */
    private fun stream(generation: Generation, steps: Sequence<Writing.Step>) {
        print(generation.prompt)
        System.out.flush()
        val tokens = ArrayList<WrittenToken>()
        try {
            for (step in steps) {
                step.token?.let { if (generation.logProbabilities) tokens += it }
                if (step.piece.isEmpty()) continue
                print(step.piece)
                System.out.flush()
                if (System.out.checkError()) return // which is told where the command ends
            }
        } finally {
            println()
        }
        if (generation.logProbabilities) show(tokens)
    }

    /** Texts, as they are there. */
    private fun show(generation: Generation, texts: Sequence<WrittenText>) {
        for (written in texts) {
            println(generation.prompt + written.text)
            if (generation.logProbabilities) show(written.tokens)
            if (System.out.checkError()) return
        }
    }

    private fun show(tokens: List<WrittenToken>) {
        for (token in tokens) println("%9.4f  %s".format(Locale.ROOT, token.logProbability, quoted(token.token)))
        val all = WrittenText("", tokens)
        println("log-probability  %.4f".format(Locale.ROOT, all.logProbability))
        if (tokens.isNotEmpty()) println("perplexity       %.4f".format(Locale.ROOT, all.perplexity))
    }

    private fun answer(trained: TrainedModel, source: String, said: Generation, form: VerseForm?): Int {
        if (form != null || prompt != null || promptFile != null) throw UsageException("--source goes without --form and --prompt; to say how the answer begins, use --force")
        val generation = said.copy(prompt = "")
        val writer = PairWriter(trained)
        tellUnknown(writer.unknown(source), "the source", trained)
        generation.banned.forEach { tellUnknown(writer.unknown(it), "what is banned", trained) }
        tellUnknown(writer.unknown(generation.forced), "what is forced", trained)
        val seed = generation.seed ?: System.nanoTime()
        when {
            !writer.writes -> show(generation, sequenceOf(writer.answer(source)))
            generation.beam > 0 -> show(generation, writer.search(source, generation).asSequence())
            generation.samples > 1 -> show(generation, writer.each(List(generation.samples) { source }, generation, seed))
            else -> stream(generation, writer.steps(source, generation, seed, 0))
        }
        return Exit.DONE
    }

    private companion object {
        const val LONGEST_POEM = 1_000_000 // a form ends by itself
        const val ENOUGH_THREADS = 4 // a step of one text is soon over: more threads wait for one another longer than they work
    }
}
