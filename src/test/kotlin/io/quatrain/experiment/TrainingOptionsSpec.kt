package io.quatrain.experiment

import io.kotest.assertions.throwables.shouldThrow
import io.kotest.core.spec.style.FunSpec
import io.kotest.engine.spec.tempdir
import io.kotest.matchers.doubles.plusOrMinus
import io.kotest.matchers.doubles.shouldBeLessThan
import io.kotest.matchers.doubles.shouldBeLessThanOrEqual
import io.kotest.matchers.shouldBe
import io.kotest.matchers.shouldNotBe
import io.kotest.matchers.string.shouldContain
import io.quatrain.architecture.Activity
import io.quatrain.architecture.AveragedSgdOptimizer
import io.quatrain.architecture.BinaryCrossEntropyLoss
import io.quatrain.architecture.CustomSchedule
import io.quatrain.architecture.DecoupledDecay
import io.quatrain.architecture.Dense
import io.quatrain.architecture.Embedding
import io.quatrain.architecture.Experiment
import io.quatrain.architecture.Lstm
import io.quatrain.architecture.MeanSquaredErrorLoss
import io.quatrain.architecture.Output
import io.quatrain.architecture.Sequential
import io.quatrain.architecture.SgdOptimizer
import io.quatrain.architecture.TaskData
import io.quatrain.architecture.TaskKind
import io.quatrain.architecture.TextData
import io.quatrain.architecture.Training
import io.quatrain.architecture.WeightAverage
import io.quatrain.architecture.vocab
import io.quatrain.cli.quatrain
import io.quatrain.dsl.custom
import io.quatrain.format.JsonException
import io.quatrain.train.TrainingListener
import java.nio.file.Files
import java.nio.file.Path
import kotlin.math.sqrt

/** What an experiment says of training reaches the run. */
class TrainingOptionsSpec : FunSpec({
    val text = "The lamp was lit, and the wind went round the house.\nNobody came up the hill that night; nobody ever did.\n"
    fun experiment(training: Training) =
        Experiment(Sequential(listOf(Embedding(vocab, 3), Lstm(4), Dense(vocab))), TextData("text.txt", validation = 0.3), training)

    fun run(training: Training, listener: RunListener = object : RunListener {}): Pair<TrainedModel, Path> {
        val folder = tempdir().toPath().also { Files.writeString(it.resolve("text.txt"), text.repeat(3)) }
        TrainingRun.open(experiment(training), folder, folder.resolve("run"), resume = false).use { it.run(listener) }
        return TrainedModel.load(folder.resolve("run/last.safetensors")) to folder.resolve("run")
    }

    fun TrainedModel.size() = model.parameters.sumOf { it.value().sumOfSquares() }

    val plain = Training(optimizer = SgdOptimizer(0.5), batch = 2, steps = 6, updates = 20, threads = 1)

    test("weight decay") {
        run(plain.copy(weightDecay = DecoupledDecay(0.1, biases = true))).first.size() shouldBeLessThan 0.5 * run(plain).first.size()
    }

    test("the largest norm of a row") {
        val model = run(plain.copy(maxNorm = 0.3)).first.model
        for (parameter in model.parameters.filter { it.columns() > 1 }) for (r in 0 until parameter.rows()) {
            sqrt(parameter.value().rows(r, r + 1).sumOfSquares()) shouldBeLessThanOrEqual 0.3 + 1e-6
        }
    }

    test("averages: the file holds them, best and last, and the run goes on from what was learned") {
        for (training in listOf(plain.copy(average = WeightAverage(0.9)), plain.copy(optimizer = AveragedSgdOptimizer(0.5, averageFrom = 2.0)))) {
            val (averaged, folder) = run(training)
            averaged.digest shouldNotBe run(plain).first.digest
            averaged.provenance.validationLoss shouldNotBe null
            val judged = quatrain("evaluate", folder.resolve("last.safetensors"), "--data", folder.resolveSibling("text.txt"))
            judged.out shouldContain "loss "
            TrainedModel.load(folder.resolve("best.safetensors")).model.parameterCount shouldBe averaged.model.parameterCount
        }
    }

    test("activity: the last recurrent layer by itself, or a layer by its name") {
        val free = run(plain).first.digest
        val named = run(plain.copy(activity = listOf(Activity(size = 3.0, change = 1.0, layer = "1.lstm")))).first.digest
        run(plain.copy(activity = listOf(Activity(size = 3.0, change = 1.0)))).first.digest shouldBe named
        named shouldNotBe free
        shouldThrow<IllegalArgumentException> { run(plain.copy(activity = listOf(Activity(size = 1.0, layer = "1.gru")))) }
            .message shouldContain "activity: the model has no layer \"1.gru\""
    }

    test("a schedule of one's own: code in a program, a name in files, and a message where the code is missing") {
        val rates = mutableListOf<Double>()
        val listener = object : RunListener {
            override fun updated(update: TrainingListener.Update) {
                rates += update.learningRate()
            }
        }
        val (model, _) = run(plain.copy(schedule = custom("halving") { update, _ -> 1.0 / update }), listener)
        rates[3] shouldBe (0.5 / 4 plusOrMinus 1e-12)
        val read = model.experiment!!
        read.training.schedule shouldBe CustomSchedule("halving")
        read.toJson() shouldContain "\"schedule\": {\"type\": \"custom\", \"name\": \"halving\"}"
        read.toKotlin() shouldContain "schedule = custom(\"halving\")"
        shouldThrow<IllegalArgumentException> { run(read.training) }.message shouldContain "schedule custom(\"halving\") is code, which a file does not hold"
    }

    test("metrics: named by train and by evaluate, with tables of the classes") {
        val folder = tempdir().toPath()
        val rows = (0 until 60).joinToString("\n") { i -> if (i % 3 == 0) "aab$i,letters" else if (i % 3 == 1) "zzy$i,late" else "mmm$i,middle" }
        Files.writeString(folder.resolve("names.csv"), "text,label\n$rows\n")
        val file = Files.writeString(folder.resolve("names.json"), """{"quatrain": 1,
            "data": {"type": "csv", "path": "names.csv", "column": "text", "label": "label", "validation": 0.3},
            "architecture": {"layers": [{"type": "embedding", "vocabulary": "vocab", "size": 4}, {"type": "gru", "units": 6, "output": "last"}, {"type": "dense", "units": 3}]},
            "training": {"optimizer": {"type": "adam", "learningRate": 0.05}, "epochs": 6, "batch": 8, "threads": 1,
                         "metrics": ["accuracy", {"type": "topK", "k": 2}, "perClass", "confusionMatrix"]}}""")
        val trained = quatrain("train", file, "--out", folder.resolve("run"))
        trained.status shouldBe 0
        (trained.out + trained.err).let { told ->
            told shouldContain "accuracy 1.000"
            told shouldContain "top 2 1"
            told shouldContain Regex("class +precision +recall +F1 +targets")
            told shouldContain Regex("late +1.0000 +1.0000 +1.0000 +\\d")
            told shouldContain Regex("weighted mean +1.0000")
            told shouldContain Regex("target . chosen +late +letters +middle")
        }
        val judged = quatrain("evaluate", folder.resolve("run"), "--data", folder.resolve("names.csv"), "--top", 3)
        judged.out shouldContain Regex("F1 +1\\.000")
        judged.out shouldContain Regex("top 3 +1\\.000")
        judged.out shouldContain Regex("middle +0 +0 +20")
        quatrain("evaluate", folder.resolve("run"), "--data", folder.resolve("names.csv"), "--bits-per-character").let {
            it.status shouldBe 2
            it.complaint shouldContain "bitsPerCharacter needs a text that the model goes on with"
        }
    }

    test("bits per character of words and of characters, by hand") {
        val folder = tempdir().toPath().also { Files.writeString(it.resolve("text.txt"), text.repeat(3)) }
        for (tokenizer in listOf("characters", "words")) {
            val file = Files.writeString(folder.resolve("$tokenizer.json"), """{"quatrain": 1,
                "data": {"type": "text", "path": "text.txt", "tokenizer": "$tokenizer", "validation": 0.3},
                "architecture": {"layers": [{"type": "oneHot", "vocabulary": "vocab"}, {"type": "rnn", "units": 4}, {"type": "dense", "units": "vocab"}]},
                "training": {"updates": 4, "batch": 2, "steps": 5, "threads": 1, "metrics": ["bitsPerCharacter"]}}""")
            quatrain("train", file, "--out", folder.resolve(tokenizer)).let { (it.out + it.err) shouldContain "bits per character" }
            val judged = quatrain("evaluate", folder.resolve(tokenizer), "--data", folder.resolve("text.txt")).out
            fun told(name: String) = Regex("$name +([0-9.]+)").find(judged)!!.groupValues[1].toDouble()
            val targets = told("targets") + 1
            told("bits per character") shouldBe (told("bits/token") * targets / (3 * text.length) plusOrMinus 0.02)
        }
    }

    test("metrics that a model cannot have are refused with what to do") {
        fun refused(metric: String, training: String, message: String) {
            val folder = tempdir().toPath()
            val file = Files.writeString(folder.resolve("sine.json"), """{"quatrain": 1, "data": {"type": "task", "kind": "sine", "length": 20, "examples": 20},
                "architecture": {"input": {"features": 1}, "layers": [{"type": "rnn", "units": 3}, {"type": "dense", "units": 1}]},
                "training": {$training, "updates": 2, "batch": 2, "metrics": ["$metric"]}}""")
            quatrain("train", file, "--out", folder.resolve("run")).let {
                it.status shouldBe 2
                it.complaint shouldContain message
            }
        }
        refused("accuracy", "\"loss\": \"meanSquaredError\"", "metrics: accuracy needs classes, but the model gives one number; train it with binaryCrossEntropy, or measure mae")
        refused("perplexity", "\"loss\": \"meanSquaredError\"", "metrics: perplexity is made of a cross-entropy")
        Training(loss = BinaryCrossEntropyLoss()).loss.loss().yesAbove() shouldBe 0.0
        Training(loss = MeanSquaredErrorLoss).loss.loss().yesAbove().isNaN() shouldBe true
    }

    test("an architecture in JSON says its type or lets its layers say it") {
        fun read(architecture: String) = Experiment.fromJson("{\"quatrain\": 1, \"architecture\": $architecture}").architecture
        val row = read("""{"layers": [{"type": "embedding", "vocabulary": 9, "size": 3}, {"type": "dense", "units": 9}]}""")
        row shouldBe Sequential(listOf(Embedding(9, 3), Dense(9)))
        val graph = read("""{"inputs": [{"name": "x", "shape": {"features": 2}}], "nodes": [{"name": "y", "layer": {"type": "dense", "units": 1}, "inputs": ["x"]}], "outputs": ["y"]}""")
        graph shouldBe read("""{"type": "graph", "inputs": [{"name": "x", "shape": {"features": 2}}], "nodes": [{"name": "y", "layer": {"type": "dense", "units": 1}, "inputs": ["x"]}], "outputs": ["y"]}""")
        Experiment(row).toJson() shouldContain "\"type\": \"sequential\""
        shouldThrow<JsonException> { read("""{"layer": []}""") }.message shouldContain "the key \"type\" is missing; known architectures: graph, sequential"
        shouldThrow<JsonException> { read("""{"nodes": [], "layers": []}""") }.message shouldContain "unknown key \"layers\"; known: inputs, nodes, outputs"
        shouldThrow<JsonException> { read("""{"type": "sequentiall", "layers": []}""") }.message shouldContain "did you mean \"sequential\""
    }
})
