package io.quatrain.script

import io.kotest.assertions.withClue
import io.kotest.core.spec.style.FunSpec
import io.kotest.engine.spec.tempdir
import io.kotest.matchers.collections.shouldContainAll
import io.kotest.matchers.shouldBe
import io.quatrain.architecture.DataDescription
import io.quatrain.architecture.Dense
import io.quatrain.architecture.DescriptionWords
import io.quatrain.architecture.Experiment
import io.quatrain.architecture.LossDescription
import io.quatrain.architecture.MetricDescription
import io.quatrain.architecture.OptimizerDescription
import io.quatrain.architecture.RandomDescriptions
import io.quatrain.architecture.Schedule
import io.quatrain.architecture.Sequential
import io.quatrain.architecture.Shape
import io.quatrain.architecture.architectureFromJson
import io.quatrain.architecture.layerWord
import io.quatrain.architecture.plan
import io.quatrain.architecture.toJson
import io.quatrain.architecture.toKotlin
import java.nio.file.Files
import kotlin.random.Random

/** JSON, Kotlin and script are three forms of one value. */
class ThreeFormsSpec : FunSpec({
    val before = System.getProperty("quatrain.cache")
    beforeSpec { System.setProperty("quatrain.cache", tempdir().path) }
    afterSpec { if (before == null) System.clearProperty("quatrain.cache") else System.setProperty("quatrain.cache", before) }

    /** One script for many experiments, each in a function of its own: compiling is slow. */
    fun throughScript(experiments: List<Experiment>): List<*> {
        val functions = experiments.mapIndexed { i, experiment -> "fun experiment$i() = " + experiment.toKotlin() }
        val script = functions.joinToString("\n") + experiments.indices.joinToString(prefix = "listOf(", postfix = ")") { "experiment$it()" }
        return Scripts.value(script, "many.model.kts") as List<*>
    }

    test("random experiments: JSON → Kotlin → script → JSON") {
        val seed = System.getProperty("quatrain.seed")?.toLong() ?: Random.nextLong()
        println("ThreeFormsSpec: -Dquatrain.seed=$seed")
        withClue("-Dquatrain.seed=$seed") {
            val random = RandomDescriptions(Random(seed))
            val experiments = List(20) { random.experiment() }
            for (experiment in experiments) {
                Experiment.fromJson(experiment.toJson()) shouldBe experiment
                Experiment.fromJson(experiment.toJson()).toJson() shouldBe experiment.toJson()
                architectureFromJson(experiment.architecture.toJson()) shouldBe experiment.architecture
            }
            throughScript(experiments).zip(experiments) { read, written -> withClue(written.toKotlin()) { read shouldBe written } }
        }
    }

    test("every layer, loss, optimizer, schedule and data word has its word in Kotlin") {
        val random = RandomDescriptions(Random(1))
        val base = Experiment(Sequential.of(Dense(1)))
        fun types(vararg kinds: kotlinx.serialization.KSerializer<*>) = kinds.flatMap { DescriptionWords.types(it.descriptor) }
        fun <T : Any> every(family: kotlinx.serialization.KSerializer<T>): List<T> =
            (List(200) { random.draw(family) } + types(family).map { random.drawLeast(family, it.serialName) }).distinctBy { it::class }
        val layers = List(40 * RandomDescriptions.LAYERS.size) { random.layer() }
        layers.map { layerWord(it) } shouldContainAll RandomDescriptions.LAYERS.map { it.serialName }
        val experiments = layers.distinctBy { layerWord(it) }.map { base.copy(architecture = Sequential.of(it)) } +
            every(LossDescription.serializer()).map { base.copy(training = base.training.copy(loss = it)) } +
            every(OptimizerDescription.serializer()).map { base.copy(training = base.training.copy(optimizer = it)) } +
            every(Schedule.serializer()).map { base.copy(training = base.training.copy(schedule = it)) } +
            every(MetricDescription.serializer()).map { base.copy(training = base.training.copy(metrics = listOf(it))) } +
            every(DataDescription.serializer()).map { base.copy(data = it) }
        experiments.size shouldBe RandomDescriptions.LAYERS.size + types(
            LossDescription.serializer(), OptimizerDescription.serializer(), Schedule.serializer(), MetricDescription.serializer(), DataDescription.serializer(),
        ).size
        throughScript(experiments) shouldBe experiments
    }

    test("two directions as two values, in three forms") {
        val script = """
            graph {
                val x = features("x", 3)
                val read = x.lstm(4, bidirectional = true, merge = both) named "read"
                val gru1 = join(read.forwards, read.backwards).merge(sum).gru(2, bidirectional = true, merge = both)
                output(gru1.backwards, gru1.forwards.dense(5))
            }
        """.trimIndent()
        val json = """{"inputs": [{"name": "x", "shape": {"features": 3}}], "nodes": [
            {"name": "read", "layer": {"type": "lstm", "units": 4, "bidirectional": true, "merge": "both"}, "inputs": ["x"]},
            {"name": "1.merge", "layer": {"type": "merge", "by": "sum"}, "inputs": ["read.forwards", "read.backwards"]},
            {"name": "2.gru", "layer": {"type": "gru", "units": 2, "bidirectional": true, "merge": "both"}, "inputs": ["1.merge"]},
            {"name": "3.dense", "layer": {"type": "dense", "units": 5}, "inputs": ["2.gru.forwards"]}
            ], "outputs": ["2.gru.backwards", "3.dense"]}"""
        val architecture = architectureFromJson(json)
        architecture.plan().shapes.getValue("read.backwards") shouldBe Shape.ofFeatures(4)
        Scripts.value(script, "apart.model.kts") shouldBe architecture
        val written = architecture.toKotlin()
        withClue(written) { Scripts.value(written, "written.model.kts") shouldBe architecture }
        architectureFromJson(architecture.toJson()) shouldBe architecture
    }

    test("a hand-written file in JSON and as a script") {
        val folder = tempdir().toPath()
        val script = folder.resolve("both.model.kts")
        Files.writeString(script, """
            experiment {
                data = text("sea/*.txt", tokenizer = words(), vocabulary = vocabulary(size = 5000, rare = skip), validation = 0.05)
                architecture = graph {
                    val source = tokens("source", 50)
                    val target = tokens("target", 50)
                    val encoder = source.embedding(50, 6).lstm(8, layers = 2) named "encoder"
                    val next = target.embedding(50, 6).lstm(8, layers = 2).startingFrom(encoder).dense(50) named "next"
                    output(next)
                }
                training {
                    optimizer = sgd(0.5, momentum = 0.9)
                    schedule = warmUp(100, cosine(5000, end = 0.1))
                    clipping = clipByGlobalNorm(5.0)
                    reduction = sum
                    epochs = 3
                    weightDecay = decoupledDecay(0.01)
                }
                generation { prompt = "The "; temperature = 0.8; stop = listOf("\n\n") }
            }
        """.trimIndent())
        val json = """
            {
              "quatrain": 1,
              "data": {
                "type": "text",
                "path": "sea/*.txt",
                "tokenizer": "words",
                "vocabulary": {"size": 5000, "rare": "skip"},
                "validation": 0.05
              },
              "architecture": {
                "type": "graph",
                "inputs": [
                  {"name": "source", "shape": {"tokens": 50}},
                  {"name": "target", "shape": {"tokens": 50}}
                ],
                "nodes": [
                  {
                    "name": "0.embedding",
                    "layer": {"type": "embedding", "vocabulary": 50, "size": 6},
                    "inputs": ["source"]
                  },
                  {
                    "name": "encoder",
                    "layer": {"type": "lstm", "units": 8, "layers": 2},
                    "inputs": ["0.embedding"]
                  },
                  {
                    "name": "2.embedding",
                    "layer": {"type": "embedding", "vocabulary": 50, "size": 6},
                    "inputs": ["target"]
                  },
                  {
                    "name": "3.lstm",
                    "layer": {"type": "lstm", "units": 8, "layers": 2},
                    "inputs": ["2.embedding"],
                    "state": "encoder"
                  },
                  {"name": "next", "layer": {"type": "dense", "units": 50}, "inputs": ["3.lstm"]}
                ],
                "outputs": ["next"]
              },
              "training": {
                "reduction": "sum",
                "optimizer": {"type": "sgd", "learningRate": 0.5, "momentum": 0.9},
                "schedule": {
                  "type": "warmUp",
                  "updates": 100,
                  "schedule": {"type": "cosine", "updates": 5000, "end": 0.1}
                },
                "clipping": {"type": "clipByGlobalNorm", "limit": 5.0},
                "weightDecay": {"type": "decoupledDecay", "coefficient": 0.01},
                "epochs": 3
              },
              "generation": {"prompt": "The ", "temperature": 0.8, "stop": ["\n\n"]}
            }
        """.trimIndent() + "\n"
        val experiment = Scripts.read(script)
        experiment.toJson() shouldBe json
        Experiment.fromJson(json) shouldBe experiment
        experiment.toKotlin() shouldBe """
            experiment {
                data = text("sea/*.txt", tokenizer = words(), vocabulary = vocabulary(size = 5000, rare = skip), validation = 0.05)
                architecture = graph {
                    val source = tokens("source", 50)
                    val target = tokens("target", 50)
                    val encoder = source.embedding(50, 6).lstm(8, layers = 2) named "encoder"
                    val next = target.embedding(50, 6).lstm(8, layers = 2).startingFrom(encoder).dense(50) named "next"
                    output(next)
                }
                training {
                    reduction = sum
                    optimizer = sgd(0.5, momentum = 0.9)
                    schedule = warmUp(100, schedule = cosine(5000, end = 0.1))
                    clipping = clipByGlobalNorm(5.0)
                    weightDecay = decoupledDecay(0.01)
                    epochs = 3
                }
                generation {
                    prompt = "The "
                    temperature = 0.8
                    stop = listOf("\n\n")
                }
            }
        """.trimIndent() + "\n"
    }
})
