package io.quatrain.cli

import io.quatrain.architecture.BlanksData
import io.quatrain.architecture.Experiment
import io.quatrain.architecture.Generation
import io.quatrain.architecture.PairDescription
import io.quatrain.architecture.TaskData
import io.quatrain.experiment.ExperimentFiles
import io.quatrain.experiment.TextWriter
import io.quatrain.experiment.TrainedModel
import io.quatrain.experiment.TrainingRun
import io.quatrain.train.DivergedException
import io.quatrain.train.Trainer
import picocli.CommandLine.Command
import picocli.CommandLine.Option
import picocli.CommandLine.Parameters
import java.nio.file.Files
import java.nio.file.Path
import java.util.concurrent.Callable
import java.util.concurrent.CountDownLatch
import java.util.concurrent.TimeUnit

@Command(
    name = "train",
    description = ["Train the model that an experiment file describes, then let it write."],
    mixinStandardHelpOptions = true,
    footer = [
        "",
        "Examples:",
        "  quatrain train samples/lighthouse.json",
        "  quatrain train samples/quatrains.model.kts --data poems.txt --out runs/tang",
        "  quatrain train samples/lighthouse.json --out runs/lighthouse --resume --epochs 40",
        "",
        "Ctrl-C writes a checkpoint; the same command with --resume goes on from it, bit for bit.",
    ],
)
internal class TrainCommand : Callable<Int> {
    @Parameters(index = "0", paramLabel = "EXPERIMENT", description = ["An experiment file: .json or .model.kts."])
    lateinit var file: Path

    @Option(names = ["--data"], paramLabel = "PATH", description = ["Learn from this file, folder or pattern instead of the experiment's."])
    var data: String? = null

    @Option(names = ["--out", "-o"], paramLabel = "DIR", description = ["Where checkpoints go. Default: runs/NAME, or the next free one."])
    var out: Path? = null

    @Option(names = ["--resume"], description = ["Go on from the last checkpoint in the folder; start anew where there is none."])
    var resume: Boolean = false

    @Option(names = ["--epochs"], paramLabel = "N", description = ["End after so many epochs."])
    var epochs: Int? = null

    @Option(names = ["--updates"], paramLabel = "N", description = ["End after so many updates."])
    var updates: Int? = null

    @Option(names = ["--seed"], paramLabel = "N", description = ["Of the first weights, the order and dropout."])
    var seed: Long? = null

    @Option(names = ["--threads"], paramLabel = "N", description = ["Default: one a core. The result does not depend on it."])
    var threads: Int? = null

    @Option(names = ["--quiet", "-q"], description = ["Tell only about checkpoints and problems."])
    var quiet: Boolean = false

    override fun call(): Int {
        val experiment = changed(ExperimentFiles.read(file))
        val base = if (data != null) Path.of("").toAbsolutePath() else file.toAbsolutePath().parent
        val folder = folder()
        return TrainingRun.open(experiment, base, folder, resume).use { run -> train(run) }
    }

    private fun changed(experiment: Experiment): Experiment {
        var changed = experiment
        data?.let { path -> changed = changed.copy(data = (changed.data ?: throw UsageException("$file describes no data, so --data has nothing to replace")).also { if (it is TaskData) throw UsageException("$file makes its data (${it.path}), so --data has nothing to replace") }.withPath(path)) }
        if (epochs != null || updates != null) changed = changed.copy(training = changed.training.copy(epochs = epochs, updates = updates))
        seed?.let { changed = changed.copy(training = changed.training.copy(seed = it)) }
        threads?.let { changed = changed.copy(training = changed.training.copy(threads = it)) }
        return changed
    }

    /** The folder that was asked for, or a new one; a run that is there is never written over. */
    private fun folder(): Path {
        val given = out
        if (given != null) {
            if (given.toString().isEmpty()) throw UsageException("--out is empty; name a folder, . for this one")
            if (Files.exists(given) && !Files.isDirectory(given)) throw UsageException("--out $given: is a file; a folder is needed")
            if (!resume && Files.exists(given.resolve(TrainingRun.LAST))) {
                throw UsageException("$given: holds a run already; go on with it by --resume, or choose another --out")
            }
            return given
        }
        val name = file.fileName.toString().removeSuffix(".json").removeSuffix(".kts").removeSuffix(".model")
        val candidates = generateSequence(1) { it + 1 }.map { Path.of("runs", if (it == 1) name else "$name-$it") }
        val free = candidates.first { !Files.exists(it.resolve(TrainingRun.LAST)) }
        if (!resume) return free
        return candidates.takeWhile { it != free }.lastOrNull() ?: free
    }

    private fun train(run: TrainingRun): Int {
        if (!quiet) {
            Terminal.log(run.model.model.summary().trimEnd())
            Terminal.log("${run.data.path}: ${run.data.size}")
            if (run.experiment.training.metrics.isNotEmpty() && !run.validates) {
                Terminal.log("metrics are measured on data that are set aside, and none are; set some aside (validation), or measure with: ${Terminal.command} evaluate")
            }
            if (run.experiment.training.patience > 0 && !run.validates) {
                Terminal.log("patience counts validations on data that are set aside, and none are: it will not end this run; set some aside (validation)")
            }
            Terminal.log("${run.folder}: " + (run.resumedAt?.let { "going on after update ${Progress.grouped(it)}" } ?: "a new run"))
        }
        val writer = if (run.experiment.data is PairDescription) null else writer(run.model)
        val generation = run.experiment.generation
        val progress = Progress(run, quiet, writer?.let { { text(it, generation.copy(length = minOf(200, generation.length)), run.updates) } })
        val finished = CountDownLatch(1)
        val hook = Thread {
            run.stop()
            finished.await(4500, TimeUnit.MILLISECONDS)
        }
        Runtime.getRuntime().addShutdownHook(hook)
        val end = try {
            run.run(progress)
        } catch (e: Throwable) {
            Terminal.clearStatus()
            if (e is DivergedException && Files.exists(run.last)) Terminal.log("the last good checkpoint is ${run.last}")
            ended(finished, hook)
            throw e
        }
        Terminal.clearStatus()
        if (end == Trainer.End.STOPPED) {
            System.err.println("quatrain: interrupted after update ${Progress.grouped(run.updates)}; go on with: ${Terminal.command} ${again(run)}")
            run.close()
            finished.countDown()
            Thread.sleep(Long.MAX_VALUE) // the JVM is ending
        }
        ended(finished, hook)
        if (!quiet) {
            Terminal.log((if (end == Trainer.End.EARLY) "no better for ${run.experiment.training.patience} validations; " else "") + "done after ${Progress.grouped(run.updates)} updates")
            ClassTables.print(run.model, run.metrics, run.experiment.training.metrics)
            if (writer != null) {
                println()
                println(generation.prompt + text(writer, generation, 0))
                println()
            }
            val written = if (Files.exists(run.best)) run.best else run.last
            Terminal.log("the model is $written; ${next(run, writer != null)}")
        }
        return Exit.DONE
    }

    private fun ended(finished: CountDownLatch, hook: Thread) {
        finished.countDown()
        runCatching { Runtime.getRuntime().removeShutdownHook(hook) } // too late where the JVM is ending
    }

    /** What the model that a run has made is for. */
    private fun next(run: TrainingRun, writes: Boolean): String {
        val data = run.experiment.data
        val (wish, words) = when {
            data is PairDescription -> "try it" to "generate ${run.folder} --source \"…\""
            run.model.scale != null -> "let it go on" to "forecast ${run.folder}"
            run.model.codec == null -> "use it" to "predict ${run.folder} --images …"
            data is BlanksData -> "try it" to "fill ${run.folder} \"…\""
            writes -> "let it write more" to "generate ${run.folder}"
            else -> "try it" to "predict ${run.folder} \"…\""
        }
        return "$wish with: ${Terminal.command} $words"
    }

    /** The arguments that go on with a run. */
    private fun again(run: TrainingRun): String {
        val words = mutableListOf("train", file.toString())
        data?.let { words += listOf("--data", it) }
        words += listOf("--out", run.folder.toString(), "--resume")
        epochs?.let { words += listOf("--epochs", "$it") }
        updates?.let { words += listOf("--updates", "$it") }
        seed?.let { words += listOf("--seed", "$it") }
        return words.joinToString(" ") { if (Regex("[\\p{L}\\p{N}._/:=+,@-]+").matches(it)) it else "'" + it.replace("'", "'\\''") + "'" }
    }

    private fun writer(model: TrainedModel): TextWriter? = try {
        TextWriter(model)
    } catch (_: IllegalArgumentException) {
        null
    }

    private fun text(writer: TextWriter, generation: Generation, salt: Long): String =
        if (generation.beam > 0) writer.search(generation.copy(samples = 1)).joinToString("") { it.text }
        else writer.write(generation, (generation.seed ?: 1L) + salt).joinToString("")
}
