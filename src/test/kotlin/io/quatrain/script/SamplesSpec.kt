package io.quatrain.script

import io.kotest.core.spec.style.FunSpec
import io.kotest.engine.spec.tempdir
import io.kotest.matchers.collections.shouldNotBeEmpty
import io.kotest.matchers.shouldBe
import io.quatrain.architecture.Experiment
import io.quatrain.architecture.plan
import java.nio.file.Files
import java.nio.file.Path
import kotlin.io.path.listDirectoryEntries

/** Every sample in both forms, which say the same. */
class SamplesSpec : FunSpec({
    val before = System.getProperty("quatrain.cache")
    beforeSpec { System.setProperty("quatrain.cache", tempdir().path) }
    afterSpec { if (before == null) System.clearProperty("quatrain.cache") else System.setProperty("quatrain.cache", before) }

    for (json in Path.of("samples").listDirectoryEntries("*.json").sorted().also { it.shouldNotBeEmpty() }) {
        test("${json.fileName}") {
            val experiment = Experiment.readJson(json)
            val script = json.resolveSibling(json.fileName.toString().removeSuffix(".json") + Scripts.ENDING)
            Files.exists(script) shouldBe true
            Scripts.read(script) shouldBe experiment
            Experiment.fromJson(experiment.toJson()) shouldBe experiment
            experiment.architecture.plan(vocabulary = 100, classes = 6).summary().isNotEmpty() shouldBe true
        }
    }
})
