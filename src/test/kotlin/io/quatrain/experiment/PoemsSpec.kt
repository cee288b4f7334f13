package io.quatrain.experiment

import io.kotest.assertions.throwables.shouldThrow
import io.kotest.core.spec.style.FunSpec
import io.kotest.engine.spec.tempdir
import io.kotest.matchers.comparables.shouldBeGreaterThan
import io.kotest.matchers.doubles.plusOrMinus
import io.kotest.matchers.shouldBe
import io.kotest.matchers.string.shouldContain
import io.kotest.matchers.string.shouldStartWith
import io.quatrain.architecture.Architecture
import io.quatrain.architecture.CsvData
import io.quatrain.architecture.DataDescription
import io.quatrain.architecture.Generation
import io.quatrain.architecture.Training
import io.quatrain.architecture.compile
import io.quatrain.architecture.vocab
import io.quatrain.cli.quatrain
import io.quatrain.dsl.adam
import io.quatrain.dsl.blanks
import io.quatrain.dsl.dense
import io.quatrain.dsl.embedding
import io.quatrain.dsl.experiment
import io.quatrain.dsl.lastStep
import io.quatrain.dsl.lines
import io.quatrain.dsl.lstm
import io.quatrain.dsl.poems
import io.quatrain.dsl.separated
import io.quatrain.dsl.sequential
import io.quatrain.dsl.text
import io.quatrain.dsl.words
import io.quatrain.tensor.Compute
import io.quatrain.tensor.Precision
import io.quatrain.text.CharacterTokenizer
import io.quatrain.text.Codec
import io.quatrain.text.Normalization
import io.quatrain.text.Vocabulary
import io.quatrain.train.Evaluator
import java.nio.file.Files
import java.nio.file.Path

/** Models that read one token after the other, one token out of several, or a whole poem with blanks. */
class PoemsSpec : FunSpec({
    val folder = tempdir().toPath()
    fun file(name: String, text: String) = Files.writeString(folder.resolve(name), text).fileName.toString()
    val rows = file("rows.txt", "\"春风\",\"又\",\"绿\",\"，\",\"江南\",\"岸\",\"。\"\n\"明月\",\"何时\",\"照\",\"，\",\"我\",\"还\",\"。\"\n")
    val plain = file("plain.txt", "春风又绿，江南岸边。\n明月何时，照我还家。\n")
    fun read(data: DataDescription) = TrainingData.read(data, folder)
    val oneOut = sequential { embedding(vocab, 6); lstm(24); lastStep(); dense(vocab) }
    val everyStep = sequential { embedding(vocab, 6); lstm(24); dense(vocab) }
    fun train(name: String, source: DataDescription, model: Architecture, count: Int, weights: Map<String, Double> = emptyMap()): Path {
        val written = experiment {
            data = source
            architecture = model
            training { optimizer = adam(0.03); batch = 4; updates = count; threads = 1; tokenWeights = weights }
            generation { temperature = 0.0; length = 12 }
        }
        val json = folder.resolve("$name.json").also { Files.writeString(it, written.toJson()) }
        val out = folder.resolve(name)
        quatrain("train", json, "--out", out, "-q").also { check(it.status == 0) { it } }
        return out
    }

    context("one token out of several") {
        val data = poems(rows, tokenizer = separated(), validation = 0.0, start = false, window = 3)

        test("every token but the first is told from at most so many before it") {
            val read = read(data)
            val model = oneOut.compile(Compute.of(Precision.FLOAT64), 1, read.vocabularySize)
            Evaluator(model.graph, Training().objective()).evaluate(read.whole(model, Training())).targets() shouldBe 14
        }

        test("it learns rows that are cut already, and goes on from a text that is not") {
            val out = train("one-out", data, oneOut, 120)
            quatrain("generate", out, "--prompt", "春风又").out shouldBe "春风又绿，江南岸。\n"
            quatrain("generate", out, "--prompt", "明月何时", "--beam", "3").out.lines().first() shouldBe "明月何时照，我还。"
            quatrain("evaluate", out, "--data", folder.resolve(rows)).out shouldContain "accuracy    1.0000"
            quatrain("score", out, "明月何时照").status shouldBe 0
        }

        test("a window reads no further back than it is long") {
            val long = train("long", data, oneOut, 30)
            val model = Checkpoint.load(long.resolve("last.safetensors")).model
            val writer = TextWriter(model)
            writer.write(Generation(prompt = "春风又绿，江南", temperature = 0.0, length = 1)).toList() shouldBe
                writer.write(Generation(prompt = "绿，江南", temperature = 0.0, length = 1)).toList()
        }

        test("a window and a model that do not go together are refused with a remedy") {
            fun told(data: DataDescription, model: Architecture) = shouldThrow<IllegalArgumentException> {
                read(data).let { it.batches(model.compile(vocabulary = it.vocabularySize), Training()) }
            }.message
            told(data, everyStep) shouldContain "put lastStep()"
            told(lines(plain, validation = 0.0), oneOut) shouldContain "data.window"
        }
    }

    context("weights of tokens") {
        val data = lines(plain, validation = 0.0)

        test("a token of weight 0 is never learned, the others are") {
            val out = train("weighed", data, everyStep, 150, mapOf("，" to 0.0, "</s>" to 0.001))
            val scored = quatrain("score", out, "--tokens", "春风又绿，江南岸边。").out.lines().associate { line ->
                line.trim().substringAfter("  ") to line.trim().substringBefore(" ").toDoubleOrNull()
            }
            scored.getValue("\"绿\"")!! shouldBeGreaterThan -0.2
            -1.0 shouldBeGreaterThan scored.getValue("\"，\"")!!
        }

        test("they count in training and not in validation") {
            val read = read(lines(plain, validation = 0.5))
            read.tokenWeights(mapOf("<end>" to 0.5, "春" to 2.0)).let { weights ->
                weights[read.codec!!.vocabulary().id(Vocabulary.Special.END)] shouldBe 0.5
                weights[read.codec!!.vocabulary().find("春")] shouldBe 2.0
                weights.sum() shouldBe (weights.size + 0.5 plusOrMinus 1e-12)
            }
            shouldThrow<IllegalArgumentException> { read.tokenWeights(mapOf("x" to 1.0)) }.message shouldContain "no token \"x\"; its special tokens are <start>, <end>"
            shouldThrow<IllegalArgumentException> { Training(tokenWeights = mapOf("春" to -1.0)) }.message shouldContain "\"春\" must be at least 0"
        }
    }

    context("blanks") {
        test("a model fills them, each by itself and all together") {
            val source = blanks(plain, validation = 0.0, share = 0.3)
            val out = train("blanks", source, sequential { embedding(vocab, 8); lstm(24, bidirectional = true); dense(vocab) }, 300)
            val filled = quatrain("fill", out, "春□又绿，江南□边。", "--top", "2")
            filled.status shouldBe 0
            filled.out.lines().let { lines ->
                lines[0] shouldBe "character 2"
                lines[1] shouldStartWith "  风  0."
                lines[3] shouldBe "character 8"
                lines[4] shouldStartWith "  岸  0."
                lines[6] shouldBe "春风又绿，江南岸边。"
            }
            val strange = quatrain("fill", out, "龘春□又绿，江南岸边。", "--top", "1")
            strange.out.lines().first() shouldBe "character 3"
            strange.out.trim().lines().last() shouldBe "龘春风又绿，江南岸边。"
            strange.complaint shouldContain "does not know \"龘\""
            quatrain("fill", out, "春风又绿").let { it.status shouldBe 2; it.complaint shouldContain "write □ for every missing character" }
            quatrain("generate", out).status shouldBe 2
            BlankFiller(Checkpoint.load(out.resolve("last.safetensors")).model).candidates("春□又绿，江南岸边。").single().candidates.sumOf { it.second } shouldBe (1.0 plusOrMinus 0.05)
        }

        test("the blank that the model is surest of is filled first, the others given that") {
            val out = train("unsure", blanks(plain, validation = 0.0, share = 0.5), sequential { embedding(vocab, 8); lstm(12, bidirectional = true); dense(vocab) }, 40)
            val filler = BlankFiller(Checkpoint.load(out.resolve("last.safetensors")).model)
            fun filled(text: String, choose: (List<BlankFiller.Blank>) -> BlankFiller.Blank): String {
                var left = text
                while ('□' in left) choose(filler.candidates(left)).let { left = left.replaceRange(it.place - 1, it.place, it.candidates[0].first) }
                return left
            }
            val poem = "春风又绿，江南岸边。"
            val texts = (0 until 9).flatMap { i -> (i + 1 until 10).map { j -> poem.mapIndexed { k, c -> if (k == i || k == j || k == (i + j) % 7) '□' else c }.joinToString("") } }
            val surest = texts.map { text -> filled(text) { blanks -> blanks.maxBy { it.candidates[0].second } } }
            texts.map { filler.fill(it) } shouldBe surest
            (texts.map { text -> filled(text) { blanks -> blanks.minBy { it.candidates[0].second } } } == surest) shouldBe false
        }

        test("a blank is never filled with the blank, and not with a token that stands for others, however likely the model holds them") {
            val vocabulary = Vocabulary.counting().with(Vocabulary.Special.UNKNOWN).apply { "春风□".forEach { accept(it.toString()) } }.build()
            val model = sequential { embedding(4, 2); dense(4) }.compile()
            val bias = model.parameter("1.dense.b")
            for (token in listOf("□", vocabulary.token(vocabulary.id(Vocabulary.Special.UNKNOWN)))) bias.value().set(vocabulary.find(token), 0, 20.0)
            bias.changed()
            val written = experiment { data = blanks(plain); architecture = model.architecture }
            val filler = BlankFiller(TrainedModel(model, Codec(Normalization.NONE, CharacterTokenizer.GRAPHEMES, vocabulary), experiment = written))
            filler.candidates("春□").single().candidates.map { it.first }.toSet() shouldBe setOf("春", "风")
            filler.fill("□风□").length shouldBe 3
            ('□' in filler.fill("□风□")) shouldBe false
        }

        test("a model that was trained for something else is refused") {
            val out = train("no-blanks", lines(plain, validation = 0.0), everyStep, 2)
            quatrain("fill", out, "春□").let { it.status shouldBe 2; it.complaint shouldContain "was not trained to fill blanks" }
        }
    }

    test("columns of a csv with another separator") {
        val read = read(CsvData(file("table.csv", "who;what;kind\na;\"春;风\";x\nb;又绿;y\n"), column = "what", label = "kind", separator = ";", validation = 0.0))
        read.labels shouldBe listOf("x", "y")
        read.codec!!.vocabulary().find(";") shouldBeGreaterThan -1
    }

    test("sentences: each between start and end, as one stream") {
        val story = file("story.txt", "The lamp was lit. Nobody\ncame up; nobody did!\n\nA title\n\n\"No,\" he said.\n")
        val read = read(text(story, tokenizer = words(), validation = 0.0, sentences = true))
        val vocabulary = read.codec!!.vocabulary()
        vocabulary.find("\n") shouldBe Vocabulary.NONE
        vocabulary.id(Vocabulary.Special.START) shouldBeGreaterThan -1
        read.size shouldContain "${5 + 2 + 7 + 2 + 2 + 2 + 7 + 2} tokens to learn"
    }
})
