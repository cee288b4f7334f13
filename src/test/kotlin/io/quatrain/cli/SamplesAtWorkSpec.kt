package io.quatrain.cli

import io.kotest.assertions.withClue
import io.kotest.core.spec.style.FunSpec
import io.kotest.engine.spec.tempdir
import io.kotest.matchers.collections.shouldBeEmpty
import io.kotest.matchers.ints.shouldBeGreaterThan
import io.kotest.matchers.shouldBe
import io.kotest.matchers.string.shouldEndWith
import io.quatrain.architecture.BlanksData
import io.quatrain.architecture.ImagesData
import io.quatrain.architecture.PairDescription
import io.quatrain.architecture.SeriesData
import io.quatrain.architecture.TaskData
import io.quatrain.architecture.TaskKind
import io.quatrain.experiment.Checkpoint
import io.quatrain.experiment.TextWriter
import io.quatrain.experiment.TrainedModel
import io.quatrain.script.Scripts
import java.nio.file.Files
import java.nio.file.Path
import kotlin.io.path.listDirectoryEntries
import kotlin.io.path.readText

/** Every sample is trained for two updates on its own data, and the model is used. */
class SamplesAtWorkSpec : FunSpec({
    val samples = Files.list(Path.of("samples")).use { list -> list.filter { it.toString().endsWith(".json") }.sorted().toList() }

    test("there are samples") { samples.size shouldBeGreaterThan 1 }

    test("every sample has both forms and a place on the page") {
        fun names(ending: String) =
            Path.of("samples").listDirectoryEntries("*$ending").map { it.fileName.toString().removeSuffix(ending) }.toSet()
        val names = names(".json")
        val scripts = names(Scripts.ENDING)
        ((names - scripts) + (scripts - names)).shouldBeEmpty()
        val page = Path.of("samples/README.md").readText()
        val told = Regex("(?m)^## .*|`[^`\n]*`").findAll(page).flatMap { Regex("[a-z-]+").findAll(it.value).map { word -> word.value } }.toSet()
        (names - told).shouldBeEmpty()
    }

    /** Some text that a model knows. */
    fun known(model: TrainedModel) = model.codec!!.vocabulary().tokens().last { it.isNotBlank() }

    for (sample in samples) test("${sample.fileName}") {
        val out = tempdir().toPath().resolve("run")
        val trained = quatrain("train", sample, "--out", out, "--updates", 2, "-q")
        withClue(trained) { trained.status shouldBe 0; trained.out shouldEndWith "checkpoint step 2\n" }
        val model = Checkpoint.load(out.resolve("last.safetensors")).model
        val data = model.experiment!!.data
        val used = when {
            data is ImagesData -> quatrain("predict", out, "--images", "samples/digits/t10k-images-idx3-ubyte.gz", "--count", 2)
            data is SeriesData || data is TaskData && data.kind == TaskKind.SINE -> quatrain("forecast", out, "--steps", 3)
            model.labels.isNotEmpty() && model.codec != null -> quatrain("predict", out, known(model))
            data is PairDescription -> quatrain("generate", out, "--source", known(model), "--length", 8)
            data is BlanksData -> quatrain("fill", out, known(model) + "□")
            runCatching { TextWriter(model) }.isSuccess -> quatrain("generate", out, "--length", 8)
            else -> quatrain("evaluate", out, "--data", sample)
        }
        withClue(used) {
            used.status shouldBe 0
            used.out.length shouldBeGreaterThan 1 // more than a line end; after two updates it may be blanks
        }
        quatrain("info", out).out.lines().any { it.startsWith("digest ") } shouldBe true
        quatrain("show", out).status shouldBe 0
    }
})
