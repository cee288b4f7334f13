package io.quatrain.cli

import io.quatrain.architecture.Experiment
import io.quatrain.architecture.Sizes
import io.quatrain.architecture.compile
import io.quatrain.architecture.plan
import io.quatrain.architecture.toJson
import io.quatrain.architecture.toKotlin
import io.quatrain.experiment.Checkpoint
import io.quatrain.experiment.ExperimentFiles
import io.quatrain.experiment.TrainingData
import io.quatrain.format.ModelFileException
import io.quatrain.node.PassSize
import io.quatrain.tensor.Compute
import io.quatrain.tensor.Precision
import io.quatrain.text.CorpusException
import io.quatrain.train.GradientCheck
import picocli.CommandLine.Command
import picocli.CommandLine.Option
import picocli.CommandLine.Parameters
import java.nio.file.Files
import java.nio.file.LinkOption
import java.nio.file.Path
import java.util.Locale
import java.util.concurrent.Callable

/** An experiment file or a trained model, and the sizes that its data say. */
private class Described(file: Path, data: String?) {
    val checkpoint: Checkpoint?
    val experiment: Experiment
    val sizes: Sizes

    /** What is wrong with the data, where sizes could not be taken from them. */
    var unreadable: CorpusException? = null
        private set

    init {
        if (!Files.isDirectory(file) && ExperimentFiles.isExperiment(file)) {
            checkpoint = null
            experiment = ExperimentFiles.read(file)
            val description = experiment.data?.let { if (data == null) it else it.withPath(data) }
            val base = if (data != null) Path.of("").toAbsolutePath() else file.toAbsolutePath().parent
            var standIn = false
            val wanted = experiment.toJson()
            sizes = if ("\"vocab\"" !in wanted && "\"classes\"" !in wanted) Sizes() else try {
                if (description == null) STAND_IN.also { standIn = true }
                else TrainingData.read(description, base).sizes
            } catch (e: CorpusException) {
                unreadable = e
                standIn = true
                STAND_IN
            }
            if (standIn) {
                Terminal.log(
                    "${unreadable?.message ?: "$file describes no data"}; a vocabulary of ${STAND_IN.ofVocabulary}" +
                        (if ("\"classes\"" in wanted) " and ${STAND_IN.ofClasses} classes stand in" else " stands in") + "; --data PATH gives the real one",
                )
            }
        } else {
            checkpoint = loadModel(file)
            if (data != null) throw UsageException("$file: is a trained model and has its sizes; leave --data out, or give the experiment it was trained from")
            experiment = (checkpoint.model.experiment ?: Experiment(checkpoint.model.model.architecture)).copy(architecture = checkpoint.model.model.architecture)
            sizes = Sizes()
        }
    }

    private companion object {
        val STAND_IN = Sizes(100, 10)
    }
}

@Command(
    name = "show",
    description = ["Print a model as it was declared, with sizes and parameter counts; or the other form of an experiment."],
    mixinStandardHelpOptions = true,
    footer = ["", "Examples:", "  quatrain show samples/lighthouse.json", "  quatrain show samples/lighthouse.json --kts > lighthouse.model.kts"],
)
internal class ShowCommand : Callable<Int> {
    @Parameters(index = "0", paramLabel = "FILE", description = ["An experiment (.json, .model.kts), a model file, or the folder of a run."])
    lateinit var file: Path

    @Option(names = ["--json"], description = ["Print the experiment as JSON."])
    var json: Boolean = false

    @Option(names = ["--kts"], description = ["Print the experiment as a Kotlin script."])
    var kts: Boolean = false

    @Option(names = ["--data"], paramLabel = "PATH", description = ["Data to take the size of the vocabulary, or the number of classes, from."])
    var data: String? = null

    override fun call(): Int {
        if (json && kts) throw UsageException("give either --json or --kts")
        if (data != null && (json || kts)) throw UsageException("--data goes without --json and --kts: an experiment is printed as it was written")
        if (json || kts) {
            val experiment = if (ExperimentFiles.isExperiment(file)) ExperimentFiles.read(file) else Described(file, null).experiment
            print(if (json) experiment.toJson() else experiment.toKotlin())
        } else {
            val described = Described(file, data)
            print(described.experiment.architecture.plan(described.sizes).summary())
        }
        return Exit.DONE
    }
}

@Command(
    name = "check",
    description = ["Check a model: shapes, every derivative against its slope in double precision, memory and time."],
    mixinStandardHelpOptions = true,
    footer = ["", "Example:", "  quatrain check samples/lighthouse.json"],
)
internal class CheckCommand : Callable<Int> {
    @Parameters(index = "0", paramLabel = "FILE", description = ["An experiment (.json, .model.kts), a model file, or the folder of a run."])
    lateinit var file: Path

    @Option(names = ["--data"], paramLabel = "PATH", description = ["Data to take the size of the vocabulary, or the number of classes, from."])
    var data: String? = null

    override fun call(): Int {
        val described = Described(file, data)
        val experiment = described.experiment
        val plan = experiment.architecture.plan(described.sizes)
        print(plan.summary())
        println("shapes fit")
        val proven = experiment.architecture.compile(Compute.of(Precision.FLOAT64), experiment.training.seed, described.sizes)
        val result = GradientCheck().withSteps(4).withBatch(2).withElements(40).check(proven.graph)
        println(result)
        val training = experiment.training
        val model = experiment.architecture.compile(training.compute(), training.seed, described.sizes)
        val before = used()
        val pass = model.pass(PassSize.of(training.batch, training.steps).forTraining())
        val bytes = maxOf(0, used() - before)
        val number = if (training.precision == Precision.FLOAT32) 4 else 8
        val weights = model.parameterCount * number * (2 + training.optimizer().slotNames().size)
        println("memory: %,d MB for weights, gradients and the optimizer, about %,d MB for one pass of %d × %d steps".format(Locale.ROOT, weights shr 20, bytes shr 20, training.batch, training.steps))
        repeat(2) { pass.forward(true) }
        var best = Double.MAX_VALUE
        repeat(5) {
            val start = System.nanoTime()
            pass.forward(true)
            pass.clearGradients()
            pass.backward()
            best = minOf(best, (System.nanoTime() - start) * 1e-9)
        }
        println("time: about %.1f ms an update, %,.0f steps/s on %d threads (%s)".format(Locale.ROOT, best * 1e3, training.batch * training.steps / best, model.graph.compute().threads(), model.graph.compute().kernel().name()))
        described.unreadable?.let { throw it }
        return if (result.correct()) Exit.DONE else Exit.FAILED
    }

    private fun used(): Long {
        System.gc()
        return Runtime.getRuntime().let { it.totalMemory() - it.freeMemory() }
    }
}

@Command(name = "info", description = ["Tell what a model file holds and where it comes from."], mixinStandardHelpOptions = true)
internal class InfoCommand : Callable<Int> {
    @Parameters(index = "0", paramLabel = "MODEL", description = ["A model file, or the folder of a run."])
    lateinit var file: Path

    override fun call(): Int {
        val checkpoint = loadModel(file)
        val model = checkpoint.model
        val from = model.provenance
        print(model.model.summary())
        checkpoint.step?.let { println("step $it") }
        println("digest ${checkpoint.digest}")
        println("precision ${model.model.graph.compute().precision().name.lowercase()}")
        model.codec?.let { println("vocabulary ${it.vocabulary().size()} ${it.tokenizer().spec().word()}") }
        if (model.labels.isNotEmpty()) println("classes ${model.labels.joinToString()}")
        println("written by quatrain ${from.quatrain}, seed ${from.seed}, ${from.updates} updates, ${from.epochs} epochs")
        if (from.corpus.isNotEmpty()) println("trained on ${from.corpus}, sha256 ${from.corpusSha256}")
        from.trainingLoss?.let { println("training loss %.4f".format(Locale.ROOT, it)) }
        from.validationLoss?.let { println("validation loss %.4f".format(Locale.ROOT, it)) }
        return Exit.DONE
    }
}

@Command(
    name = "convert",
    description = ["Write a model or checkpoint in the other form: safetensors, or JSON where the name ends in .json."],
    mixinStandardHelpOptions = true,
    footer = ["", "Example:", "  quatrain convert runs/lighthouse lighthouse.json"],
)
internal class ConvertCommand : Callable<Int> {
    @Parameters(index = "0", paramLabel = "MODEL", description = ["A model file, or the folder of a run."])
    lateinit var file: Path

    @Parameters(index = "1", paramLabel = "OUT", description = ["The file to write: .json or .safetensors."])
    lateinit var out: Path

    override fun call(): Int {
        if (listOf(".json", ".safetensors").none { out.toString().lowercase(Locale.ROOT).endsWith(it) }) throw UsageException("$out: must end in .json or .safetensors")
        if (Files.exists(out, LinkOption.NOFOLLOW_LINKS)) throw UsageException("$out: exists already; choose another name or delete it")
        val checkpoint = loadModel(file)
        checkpoint.save(out)
        println("digest ${checkpoint.digest}")
        return Exit.DONE
    }
}

@Command(
    name = "load-many",
    description = ["Read paths from standard input, a line each, and answer OK and the digest, or ERR and the reason, a line each."],
    mixinStandardHelpOptions = true,
)
internal class LoadManyCommand : Callable<Int> {
    override fun call(): Int {
        val paths = System.`in`.bufferedReader(Charsets.UTF_8)
        while (true) {
            val line = paths.readLine() ?: return Exit.DONE
            val answer = try {
                "OK " + Checkpoint.load(Path.of(line)).digest
            } catch (e: Throwable) {
                "ERR " + Failure.of(e).message
            }
            println(answer.replace('\n', ' ').replace('\r', ' '))
            System.out.flush()
        }
    }
}
