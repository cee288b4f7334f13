package io.quatrain

import io.kotest.assertions.withClue
import io.kotest.core.spec.style.FunSpec
import io.kotest.engine.spec.tempdir
import io.kotest.matchers.ints.shouldBeGreaterThan
import io.kotest.matchers.shouldBe
import io.kotest.matchers.string.shouldEndWith
import io.quatrain.architecture.Experiment
import io.quatrain.cli.quatrain
import io.quatrain.experiment.Checkpoint
import io.quatrain.experiment.ExperimentFiles
import io.quatrain.experiment.TextWriter
import java.nio.file.Files
import java.nio.file.Path

/** Every sample: both forms are equal, each is trained for two updates on its own data, and the model is used. */
class SamplesSpec : FunSpec({
    val root = Path.of(System.getProperty("basedir") ?: "").toAbsolutePath()
    val files = Files.list(root.resolve("samples")).use { list -> list.filter { Files.isRegularFile(it) && ExperimentFiles.isExperiment(it) }.sorted().toList() }
    val names = files.groupBy { it.fileName.toString().removeSuffix(".json").removeSuffix(".model.kts") }

    test("there are samples") { files.size shouldBeGreaterThan 1 }

    for ((name, forms) in names) test(name) {
        System.setProperty("quatrain.cache", root.resolve("target/script-cache").toString())
        val read = forms.associateWith { ExperimentFiles.read(it) }
        withClue(forms) { read.values.distinct().size shouldBe 1 }
        val experiment = read.values.first()
        Experiment.fromJson(experiment.toJson()) shouldBe experiment
        val out = tempdir().toPath().resolve("run")
        val trained = quatrain("train", forms.first(), "--out", out, "--updates", 2, "-q")
        withClue(trained) { trained.status shouldBe 0; trained.out shouldEndWith "checkpoint step 2\n" }
        val model = Checkpoint.load(out.resolve("last.safetensors")).model
        val used = when {
            model.labels.isNotEmpty() && model.codec != null -> quatrain("predict", out, model.codec!!.vocabulary().tokens().last { it.isNotBlank() })
            runCatching { TextWriter(model) }.isSuccess -> quatrain("generate", out, "--length", 8)
            else -> quatrain("info", out)
        }
        withClue(used) { used.status shouldBe 0 }
        quatrain("info", out).status shouldBe 0
        quatrain("show", forms.first()).status shouldBe 0
    }
})
