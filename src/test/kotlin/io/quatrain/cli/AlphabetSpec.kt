package io.quatrain.cli

import io.kotest.assertions.withClue
import io.kotest.core.spec.style.FunSpec
import io.kotest.engine.spec.tempdir
import io.kotest.matchers.shouldBe
import io.quatrain.experiment.Checkpoint
import io.quatrain.experiment.TextWriter

/** The alphabet, learned as the samples say, is written without end from each of its 27 characters. */
class AlphabetSpec : FunSpec({
    val letters = ('a'..'z').joinToString("") + " "

    for (sample in listOf("alphabet-rnn", "alphabet-lstm")) test(sample) {
        val out = tempdir().toPath().resolve("run")
        val trained = quatrain("train", "samples/$sample.json", "--out", out, "-q")
        withClue(trained) { trained.status shouldBe 0 }
        val model = Checkpoint.load(out.resolve("last.safetensors")).model
        val starts = letters.map { it.toString() }
        val written = TextWriter(model).writeAll(model.experiment!!.generation.copy(length = 270), prompts = starts)
        val endless = letters.repeat(12)
        for ((at, text) in written.withIndex()) withClue("from '${starts[at]}'") { text.text shouldBe endless.substring(at + 1, at + 271) }
        written.size shouldBe 27
    }
})
