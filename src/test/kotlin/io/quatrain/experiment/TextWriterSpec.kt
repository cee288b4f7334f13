package io.quatrain.experiment

import io.kotest.assertions.throwables.shouldThrow
import io.kotest.assertions.withClue
import io.kotest.core.spec.style.FunSpec
import io.kotest.engine.spec.tempdir
import io.kotest.matchers.collections.shouldBeEmpty
import io.kotest.matchers.doubles.plusOrMinus
import io.kotest.matchers.shouldBe
import io.kotest.matchers.shouldNotBe
import io.kotest.matchers.string.shouldContain
import io.kotest.matchers.string.shouldStartWith
import io.quatrain.architecture.Generation
import io.quatrain.architecture.compile
import io.quatrain.cli.SmallExperiment
import io.quatrain.cli.quatrain
import io.quatrain.dsl.JavaCaller
import io.quatrain.dsl.dense
import io.quatrain.dsl.embedding
import io.quatrain.dsl.sequential
import io.quatrain.text.CharacterTokenizer
import io.quatrain.text.Codec
import io.quatrain.text.Normalization
import io.quatrain.text.Vocabulary
import io.quatrain.text.Vocabulary.Special
import java.nio.file.Files

class TextWriterSpec : FunSpec({
    val small = SmallExperiment(tempdir().toPath())
    val stream = small.folder.resolve("stream")
    val lines = small.folder.resolve("lines")
    quatrain("train", small.file, "--out", stream, "-q").status shouldBe 0
    quatrain("train", small.changed("\"text\"" to "\"lines\"", "\"updates\": 12" to "\"updates\": 40"), "--out", lines, "-q").status shouldBe 0
    val writers = listOf(stream, lines).map { TextWriter(Checkpoint.load(it.resolve("last.safetensors")).model) }

    test("texts that are written side by side are those that are written one by one") {
        for (writer in writers) {
            val generation = Generation(prompt = "The ", length = 15, temperature = 1.3, topP = 0.9, repetitionPenalty = 1.2, samples = 70, seed = 3, stop = listOf("e"))
            val together = writer.writeAll(generation)
            together.size shouldBe 70
            for (b in listOf(0, 1, 63, 64, 69)) {
                together[b].text shouldBe writer.write(generation, stream = b.toLong()).joinToString("")
                together[b].tokens.map { it.id to it.logProbability } shouldBe writer.tokens(generation, stream = b.toLong()).map { it.id to it.logProbability }.toList()
            }
            together.map { it.text }.distinct().size shouldNotBe 1
            val prompts = listOf("N", "The lamp", "")
            writer.writeAll(generation, prompts = prompts).mapIndexed { b, each ->
                each.text shouldBe writer.write(generation.copy(prompt = prompts[b]), stream = b.toLong()).joinToString("")
            }.size shouldBe 3
        }
    }

    test("log-probabilities are those that score gives, the end among them where the model ended the text") {
        for (writer in writers) {
            val drawn = writer.writeAll(Generation(prompt = "N", length = 300, temperature = 0.3, seed = 5, samples = 3))
            for (written in drawn + writer.search(Generation(prompt = "N", length = 40, beam = 3, samples = 3))) {
                val score = writer.score("N" + written.text)
                val unasked = score.tokens.last() == "<end>" && written.tokens.last().token != "<end>"
                val same = score.logProbabilities.dropLast(if (unasked) 1 else 0).takeLast(written.tokens.size)
                same.zip(written.tokens) { a, b -> a shouldBe (b.logProbability plusOrMinus 1e-4) }.size shouldBe written.tokens.size
                written.logProbability shouldBe (same.sum() plusOrMinus 0.01)
            }
        }
    }

    test("the score of lines is the loss that evaluate tells of them; that of a text read in one stream too") {
        val known = small.text.toFile().readLines()
        val scores = known.map { writers[1].score(it) }
        fun loss(run: java.nio.file.Path) = quatrain("evaluate", run, "--data", small.text).out.lines().first { it.startsWith("loss ") }.removePrefix("loss").trim().toDouble()
        loss(lines) shouldBe (-scores.sumOf { it.total } / scores.sumOf { it.tokens.size } plusOrMinus 1e-4)
        val single = small.folder.resolve("single")
        quatrain("train", small.changed("\"batch\": 2" to "\"batch\": 1", name = "single.json"), "--out", single, "-q").status shouldBe 0
        val writer = TextWriter(Checkpoint.load(single.resolve("best.safetensors")).model)
        loss(single) shouldBe (-writer.score(Files.readString(small.text)).mean plusOrMinus 1e-4)
    }

    test("no token that stands for something else is ever written") {
        val vocabulary = Vocabulary.counting().with(Special.PADDING, Special.UNKNOWN, Special.START).apply { "abc".forEach { accept(it.toString()) } }.build()
        val codec = Codec(Normalization.NONE, CharacterTokenizer.GRAPHEMES, vocabulary)
        val writer = TextWriter(TrainedModel(sequential { embedding(6, 3); dense(6) }.compile(), codec))
        val generation = Generation(length = 100, samples = 4, seed = 1)
        for (written in writer.writeAll(generation) + writer.search(generation.copy(length = 5, beam = 4))) {
            written.tokens.map { it.token }.toSet() - setOf("a", "b", "c") shouldBe emptySet()
        }
    }

    test("what is forced is written first, however unlikely, and what is banned never, in drawing and in searching") {
        for (writer in writers) {
            val generation = Generation(prompt = "The", length = 40, seed = 2, forced = "yyy lamp", banned = listOf("e", " t"), samples = 3)
            val ids = setOf("e", " ", "t")
            for (written in writer.writeAll(generation) + writer.search(generation.copy(beam = 4))) {
                written.text shouldStartWith "yyy lamp"
                written.tokens.drop("yyy lamp".length).map { it.token }.intersect(ids).shouldBeEmpty()
            }
            writer.write(generation.copy(length = 2)).joinToString("") shouldBe "yy"
            writer.search(generation.copy(beam = 4, length = 2, samples = 1)).single().text shouldBe "yy"
        }
    }

    test("a search compares by log-probability / tokens^lengthPower, and gives no more than was asked for") {
        val writer = writers[1]
        for (power in listOf(0.0, 0.7, 1.0)) {
            val found = writer.search(Generation(length = 60, beam = 6, samples = 6, lengthPower = power))
            val scores = found.map { it.logProbability / Math.pow(it.tokens.size.toDouble(), power) }
            scores.zipWithNext { a, b -> (a >= b - 1e-4) shouldBe true }
            writer.search(Generation(length = 60, beam = 6, samples = 2, lengthPower = power)).map { it.text } shouldBe found.take(2).map { it.text }
        }
        writer.search(Generation(length = 0, beam = 2)).single().text shouldBe ""
        shouldThrow<IllegalArgumentException> { Generation(beam = 2, samples = 3) }.message shouldContain "beam must be 0 (draw) or from 3"
        shouldThrow<IllegalArgumentException> { writer.search(Generation()) }.message shouldContain "a search needs a beam"
    }

    test("a search ends texts at a stop text, so that none is found twice") {
        for (writer in writers) {
            val found = writer.search(Generation(prompt = "N", length = 20, beam = 8, samples = 8, stop = listOf("e", "y ")))
            withClue(found.map { it.text }) {
                found.none { "e" in it.text || "y " in it.text } shouldBe true
                found.map { it.text to it.tokens.joinToString("") { token -> token.token } }.distinct().size shouldBe 8
                for (written in found) {
                    val all = written.tokens.filter { it.token != "<end>" }.joinToString("") { it.token }
                    listOf("e", "y ").none { it in all.dropLast(1) } shouldBe true
                }
            }
        }
    }

    test("prompts with and without a text, side by side, in a form") {
        val form = io.quatrain.text.verse.EnglishForm.of("--", 5, 20)
        val constraint = VerseForms.constraint(form, Checkpoint.load(stream.resolve("last.safetensors")).model)
        val generation = Generation(length = 100, seed = 4)
        val prompts = listOf("", "The lamp", "", "N")
        writers[0].writeAll(generation, constraint = constraint, prompts = prompts).forEachIndexed { b, written ->
            withClue(written.text) { form.check(prompts[b] + written.text).shouldBeEmpty() }
            written.text shouldBe writers[0].write(generation.copy(prompt = prompts[b]), stream = b.toLong(), constraint = constraint).joinToString("")
        }
    }

    test("Java reads a text with an iterator, token by token") {
        val generation = Generation(prompt = "The ", length = 12, seed = 9)
        JavaCaller.written(writers[0], generation, 5) shouldBe writers[0].write(generation).take(5).joinToString("")
        JavaCaller.rhymed(writers[0], Checkpoint.load(stream.resolve("last.safetensors")).model, Generation(length = 99)).shouldBeEmpty()
    }

    test("everything that the command line says, the generation block of an experiment says") {
        val block = small.changed(
            "\"length\": 20, \"seed\": 3" to "\"prompt\": \"The\", \"length\": 8, \"seed\": 3, \"forced\": \" sea\", " +
                "\"banned\": [\"e\"], \"beam\": 3, \"samples\": 2, \"lengthPower\": 0.5, \"logProbabilities\": true, \"repetitionPenalty\": 1.1, \"repetitionWindow\": 5",
            name = "block.json",
        )
        val out = small.folder.resolve("block")
        quatrain("train", block, "--out", out, "-q").status shouldBe 0
        val options = arrayOf<Any>("--prompt", "The", "--length", 8, "--seed", 3, "--force", " sea", "--ban", "e", "--samples", 2, "--length-power", 0.5, "--log-probabilities", "--repetition-penalty", 1.1, "--repetition-window", 5)
        for (beam in listOf(3, 0)) {
            val said = quatrain("generate", stream, *options, "--beam", beam)
            val written = quatrain("generate", out, "--beam", beam)
            withClue(said) {
                said.status shouldBe 0
                said.out shouldBe written.out
                said.out.lines().count { it.startsWith("The sea") } shouldBe 2
                said.out.lines().count { it.startsWith("log-probability") } shouldBe 2
                said.out.lines().count { Regex(" *-\\d+\\.\\d{4} {2}\".*\"").matches(it) } shouldBe 16
            }
        }
        quatrain("show", block, "--kts").out shouldContain "forced = \" sea\""
    }

    test("a prompt from a file or from standard input; its last line end does not count") {
        val file = Files.writeString(small.folder.resolve("prompt.txt"), "The lamp\n")
        val said = quatrain("generate", stream, "--prompt", "The lamp", "--length", 9).out
        quatrain("generate", stream, "--prompt-file", file, "--length", 9).out shouldBe said
        quatrain("generate", stream, "--prompt-file", "-", "--length", 9, input = "The lamp\r\n").out shouldBe said
        quatrain("generate", stream, "--prompt-file", small.folder.resolve("none"), "--length", 9).let {
            it.status shouldBe 3
            it.complaint shouldBe "quatrain: ${small.folder.resolve("none")}: does not exist; check the path"
        }
        quatrain("generate", stream, "--prompt", "a", "--prompt-file", file).status shouldBe 2
        quatrain("generate", stream, "--force", "☃").err shouldContain "the model does not know \"☃\" of what is forced"
    }
})
