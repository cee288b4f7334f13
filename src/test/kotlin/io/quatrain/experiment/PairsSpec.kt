package io.quatrain.experiment

import io.kotest.assertions.throwables.shouldThrow
import io.kotest.assertions.withClue
import io.kotest.core.spec.style.FunSpec
import io.kotest.engine.spec.tempdir
import io.kotest.matchers.doubles.plusOrMinus
import io.kotest.matchers.ints.shouldBeGreaterThan
import io.kotest.matchers.shouldBe
import io.kotest.matchers.string.shouldContain
import io.kotest.matchers.string.shouldStartWith
import io.quatrain.architecture.CoupletsData
import io.quatrain.architecture.DataDescription
import io.quatrain.architecture.Generation
import io.quatrain.architecture.PairsData
import io.quatrain.architecture.Training
import io.quatrain.architecture.compile
import io.quatrain.architecture.vocab
import io.quatrain.cli.quatrain
import io.quatrain.dsl.JavaCaller
import io.quatrain.dsl.attentive
import io.quatrain.dsl.bridge
import io.quatrain.dsl.couplets
import io.quatrain.dsl.dense
import io.quatrain.dsl.dot
import io.quatrain.dsl.embedding
import io.quatrain.dsl.experiment
import io.quatrain.dsl.graph
import io.quatrain.dsl.gru
import io.quatrain.dsl.lstm
import io.quatrain.dsl.ordinal
import io.quatrain.dsl.pairs
import io.quatrain.dsl.separated
import io.quatrain.dsl.sequential
import io.quatrain.dsl.zeroInput
import io.quatrain.generate.Generator
import io.quatrain.tensor.Compute
import io.quatrain.tensor.Precision
import io.quatrain.text.CorpusException
import io.quatrain.text.Vocabulary
import io.quatrain.train.Evaluator
import io.quatrain.train.TokenSeries
import java.nio.file.Files
import kotlin.math.exp
import kotlin.math.ln
import kotlin.math.pow

class PairsSpec : FunSpec({
    val folder = tempdir().toPath()
    fun file(name: String, text: String) = Files.writeString(folder.resolve(name), text).fileName.toString()
    val answers = listOf("ab" to "c", "c" to "ab", "abc" to "cba", "ba" to "bb", "cc" to "abca", "bca" to "a")
    val small = file("pairs.txt", answers.joinToString("") { (source, target) -> "$source\t$target\n" })
    val model = graph {
        val source = tokens("source", vocab)
        val target = tokens("target", vocab)
        val encoder = source.embedding(vocab, 6).lstm(16, layers = 2) named "encoder"
        output(target.embedding(vocab, 6).lstm(16, layers = 2).startingFrom(encoder).dense(vocab) named "next")
    }
    fun read(data: DataDescription) = TrainingData.read(data, folder)

    test("a batch of pairs of different lengths is judged as they are one by one") {
        val data = read(pairs(small, validation = 0.0))
        val compiled = model.compile(Compute.of(Precision.FLOAT64), 3, data.vocabularySize)
        val training = Training(precision = Precision.FLOAT64)
        val judged = listOf(1, 3, 6).map { batch -> Evaluator(compiled.graph, training.objective()).evaluate(data.whole(compiled, training.copy(batch = batch))) }
        judged.forEach {
            it.targets() shouldBe answers.sumOf { (_, target) -> target.length + 1L }
            it.loss() shouldBe (judged[0].loss() plusOrMinus 1e-12)
        }
    }

    val decoders = mapOf(
        "attention" to graph {
            val source = tokens("source", vocab)
            val target = tokens("target", vocab)
            val encoder = source.embedding(vocab, 6).lstm(10, bidirectional = true) named "encoder"
            val start = encoder.bridge(20).startingFrom(encoder) named "start"
            output(join(target.embedding(vocab, 6), encoder).attentive(20, attentionUnits = 12).startingFrom(start).dense(vocab) named "next")
        },
        "attention by dot product" to graph {
            val source = tokens("source", vocab)
            val target = tokens("target", vocab)
            val encoder = source.embedding(vocab, 6).gru(18, layers = 2) named "encoder"
            output(join(target.embedding(vocab, 6), encoder).attentive(18, cell = gru, layers = 2, attention = dot).startingFrom(encoder).dense(vocab) named "next")
        },
        "two directions" to graph {
            val source = tokens("source", vocab)
            val target = tokens("target", vocab)
            val encoder = source.embedding(vocab, 6).lstm(12, bidirectional = true) named "encoder"
            val start = encoder.bridge().startingFrom(encoder) named "start"
            output(target.embedding(vocab, 6).lstm(24).startingFrom(start).dense(vocab) named "next")
        },
        "zero input" to graph {
            val source = tokens("source", vocab)
            val target = tokens("target", vocab)
            val encoder = source.embedding(vocab, 6).lstm(32) named "encoder"
            output(target.zeroInput().lstm(32).startingFrom(encoder).dense(vocab) named "next")
        },
    )

    for ((name, decoder) in decoders) {
        test("$name: judged in a batch as one by one, and token by token as all at once") {
            val data = read(pairs(small, validation = 0.0))
            val compiled = decoder.compile(Compute.of(Precision.FLOAT64), 3, data.vocabularySize)
            val training = Training(precision = Precision.FLOAT64)
            val judged = listOf(1, 4).map { batch -> Evaluator(compiled.graph, training.objective()).evaluate(data.whole(compiled, training.copy(batch = batch))) }
            judged[1].loss() shouldBe (judged[0].loss() plusOrMinus 1e-12)
            val codec = data.codec!!
            val generator = Generator(compiled.graph, "target", "next")
            val total = answers.sumOf { (source, target) ->
                val given = mapOf("source" to TokenSeries.of(listOf(codec.encode(source))))
                val tokens = codec.encode(target) + codec.vocabulary().id(Vocabulary.Special.END)
                val session = generator.session(1, given)
                var last = codec.vocabulary().id(Vocabulary.Special.START)
                tokens.sumOf { token ->
                    session.step(last)
                    last = token
                    val logits = DoubleArray(session.logits().rows()).also { session.logits().copyColumn(0, it, 0) }
                    ln(logits.sumOf { exp(it) }) - logits[token]
                }
            }
            total / judged[0].targets() shouldBe (judged[0].loss() plusOrMinus 1e-10)
        }

        test("$name: learns pairs by heart, and answers greedily and by beam search") {
            val written = experiment {
                data = pairs(small, validation = 0.0)
                architecture = decoder
                training { optimizer = io.quatrain.dsl.adam(learningRate = 0.03); batch = 6; updates = 200; threads = 1 }
            }
            val json = folder.resolve("$name.json").also { Files.writeString(it, written.toJson()) }
            val out = folder.resolve("run $name")
            quatrain("train", json, "--out", out, "-q").status shouldBe 0
            for ((source, target) in answers) {
                quatrain("generate", out, "--source", source, "--temperature", "0").out shouldBe "$target\n"
                quatrain("generate", out, "--source", source, "--beam", "3").out shouldBe "$target\n"
            }
            val writer = PairWriter(Checkpoint.load(out.resolve("last.safetensors")).model)
            val sources = List(70) { answers[it % answers.size].first }
            val wild = Generation(length = 7, temperature = 4.0, topP = 0.95, repetitionPenalty = 1.1, seed = 3)

            withClue("targets that are written side by side are those that are written one by one") {
                val together = writer.writeAll(sources, wild)
                together.size shouldBe 70
                for (b in sources.indices) {
                    together[b].text shouldBe writer.write(sources[b], wild, stream = b.toLong()).joinToString("")
                    together[b].tokens.map { it.id to it.logProbability } shouldBe writer.tokens(sources[b], wild, stream = b.toLong()).map { it.id to it.logProbability }.toList()
                }
                together.map { it.text }.distinct().size shouldBeGreaterThan 10
                val lines = quatrain("generate", out, "--source", "abc", "--samples", 9, "--length", 7, "--temperature", 4, "--top-p", 0.95, "--repetition-penalty", 1.1, "--seed", 3)
                lines.out.lines().dropLast(1) shouldBe writer.writeAll(List(9) { "abc" }, wild).map { it.text }
            }
            JavaCaller.answered(writer, "abc", wild) shouldBe writer.writeAll(listOf("abc", "abc"), wild).map { it.text }.let { (one, other) -> listOf(one, one, other, "") }
            withClue("log-probabilities are those that score gives") {
                val found = writer.search("abc", wild.copy(beam = 4, samples = 4))
                found.size shouldBe 4
                for (written in writer.writeAll(List(5) { "abc" }, wild) + found) {
                    val score = writer.score("abc", written.text)
                    score.logProbabilities.zip(written.tokens) { a, b -> a shouldBe (b.logProbability plusOrMinus 1e-4) }.size shouldBe written.tokens.size
                }
                for (power in listOf(0.0, 1.0)) {
                    writer.search("abc", wild.copy(beam = 4, samples = 4, lengthPower = power))
                        .map { it.logProbability / it.tokens.size.toDouble().pow(power) }.zipWithNext { a, b -> (a >= b - 1e-4) shouldBe true }
                }
                val told = quatrain("generate", out, "--source", "abc", "--temperature", "0", "--log-probabilities").out.lines()
                told.first() shouldBe "cba"
                told.count { Regex(" *-\\d+\\.\\d{4} {2}\".*\"").matches(it) } shouldBe 4        // the end among them
                told.single { it.startsWith("log-probability") } shouldBe "log-probability  %.4f".format(java.util.Locale.ROOT, writer.score("abc", "cba").total)
            }
            withClue("score is the loss that training and evaluate tell") {
                val scores = answers.map { (source, target) -> writer.score(source, target) }
                val loss = -scores.sumOf { it.total } / scores.sumOf { it.tokens.size }
                val told = quatrain("evaluate", out, "--data", folder.resolve(small)).out.lines().first { it.startsWith("loss ") }.removePrefix("loss").trim().toDouble()
                told shouldBe (loss plusOrMinus 1e-4)
                quatrain("score", out, "cba", "--source", "abc").out shouldContain "log-probability  %.4f\n".format(java.util.Locale.ROOT, writer.score("abc", "cba").total)
                quatrain("score", out, "cba").let { it.status shouldBe 2; it.complaint shouldContain "answers a source; give it one: --source" }
                quatrain("generate", out).let { it.status shouldBe 2; it.complaint shouldContain "answers a source; give it one: --source" }
            }
            withClue("stop texts, banned and forced tokens") {
                val stopped = wild.copy(stop = listOf("ab"), seed = 5)
                val all = writer.writeAll(sources, stopped)
                all.none { "ab" in it.text } shouldBe true
                all.any { each -> each.tokens.joinToString("") { it.token }.contains("ab") } shouldBe true
                val forced = wild.copy(forced = "bb", banned = listOf("a"))
                for (written in writer.writeAll(sources, forced) + writer.search("abc", forced.copy(beam = 3, samples = 3))) {
                    written.text shouldStartWith "bb"
                    ('a' in written.text) shouldBe false
                }
                writer.search("c", wild.copy(beam = 3, stop = listOf("b"))).single().text.contains("b") shouldBe false
            }
        }
    }

    test("a model with one input says the likeliest token at each step of the source, with its log-probability") {
        val written = experiment {
            data = pairs(file("turned.txt", "abc\tbca\nbb\tcc\nca\tab\n"), validation = 0.0)
            architecture = sequential { embedding(vocab, 6); gru(12); dense(vocab) }
            training { optimizer = io.quatrain.dsl.adam(learningRate = 0.05); batch = 3; updates = 80; threads = 1 }
        }
        val json = folder.resolve("turned.json").also { Files.writeString(it, written.toJson()) }
        val out = folder.resolve("turned")
        quatrain("train", json, "--out", out, "-q").status shouldBe 0
        quatrain("generate", out, "--source", "cab", "--log-probabilities").out.lines().let { lines ->
            lines[0] shouldBe "abc"
            lines.count { Regex(" *-0\\.\\d{4} {2}\".\"").matches(it) } shouldBe 3
        }
        val writer = PairWriter(Checkpoint.load(out.resolve("last.safetensors")).model)
        writer.writes shouldBe false
        writer.answer("cab").let { it.logProbability shouldBe (it.tokens.sumOf { token -> token.logProbability } plusOrMinus 1e-12) }
        shouldThrow<IllegalArgumentException> { writer.writeAll(listOf("cab"), Generation()) }.message shouldContain "one token for each of the source's"
        quatrain("generate", out).let { it.status shouldBe 2; it.complaint shouldContain "this model answers a source; give it one: --source" }
    }

    test("an encoder and a decoder learn pairs by heart, and answer greedily and by beam search") {
        val written = experiment {
            data = pairs(small, validation = 0.0)
            architecture = model
            training {
                optimizer = io.quatrain.dsl.adam(learningRate = 0.03)
                batch = 6
                updates = 150
                threads = 1
            }
        }
        val json = folder.resolve("answers.json").also { Files.writeString(it, written.toJson()) }
        val out = folder.resolve("run")
        val trained = quatrain("train", json, "--out", out)
        trained.status shouldBe 0
        trained.err shouldContain "quatrain generate $out --source"
        for ((source, target) in answers) {
            quatrain("generate", out, "--source", source, "--temperature", "0").out shouldBe "$target\n"
            quatrain("generate", out, "--source", source, "--beam", "3").out shouldBe "$target\n"
        }
        quatrain("generate", out, "--source", "zz").let {
            it.status shouldBe 2
            it.err shouldContain "knows nothing of the source"
        }
    }

    test("with one input, targets stand at the steps of the source") {
        val shifted = file("shifted.txt", "abc\tbca\nbb\tcc\n")
        val data = read(pairs(shifted, validation = 0.0))
        val compiled = sequential {
            embedding(vocab, 4)
            lstm(5)
            dense(vocab)
        }.compile(Compute.of(Precision.FLOAT64), 1, data.vocabularySize)
        Evaluator(compiled.graph, Training().objective()).evaluate(data.whole(compiled, Training())).targets() shouldBe 5
        shouldThrow<CorpusException> { read(pairs(small, validation = 0.0)).whole(compiled, Training()) }
            .message shouldContain "\"ab\" has 2 tokens and its target 1"
    }

    test("padding that is asked for is read, answered and judged; otherwise it counts nowhere") {
        val shifted = file("padded.txt", "abc\tbca\nbb\tcc\n")
        val data = read(pairs(shifted, validation = 0.0, paddedTo = 5))
        val answering = sequential {
            ordinal(vocab)
            lstm(5)
            dense(vocab)
        }.compile(Compute.of(Precision.FLOAT64), 1, data.vocabularySize)
        data.vocabularySize shouldBe 4
        Evaluator(answering.graph, Training().objective()).evaluate(data.whole(answering, Training())).targets() shouldBe 10
        shouldThrow<IllegalArgumentException> { data.whole(model.compile(vocabulary = data.vocabularySize), Training()) }
            .message shouldContain "paddedTo is for models with one input"
        read(pairs(shifted, validation = 0.0, paddedTo = 2)).size shouldContain "1 pairs to learn"
    }

    test("a line that is no pair is refused") {
        shouldThrow<CorpusException> { read(pairs(file("none.txt", "a\tb\nab\n"))) }.message shouldContain "\"ab\" has 0 of it"
    }

    test("couplets: each clause with the next one of its poem; poems are not torn apart") {
        val poems = file("poems.txt", (0 until 10).joinToString("") { i -> "${'一' + i}a，${'一' + i}b。${'一' + i}c？${'一' + i}d！\n" })
        val data = read(couplets(poems, validation = 0.2))
        data.size shouldContain "24 pairs to learn, 6 to validate"
        val rows = file("rows.txt", "\"春风\",\"又\",\"，\",\"绿\",\"江南\",\"。\",\"明月\",\"？\"\n")
        read(couplets(rows, tokenizer = separated(), validation = 0.0)).let {
            it.size shouldContain "2 pairs to learn"
            it.codec!!.vocabulary().find("江南") shouldBeGreaterThan -1
            it.codec!!.vocabulary().size() shouldBe 5 + 2
        }
        val quotes = file("quotes.txt", "\"他\"\"说\",\"又\",\"，\",\"绿\",\"江\"\n")
        read(couplets(quotes, tokenizer = separated(), validation = 0.0)).let {
            it.codec!!.vocabulary().find("他\"说") shouldBeGreaterThan -1
            it.codec!!.vocabulary().size() shouldBe 4 + 2
        }
        val longer = file("longer.txt", "\"他\"\"说\",\"又\",\"，\",\"绿\"\n")
        read(couplets(longer, tokenizer = separated(), validation = 0.0)).let { uneven ->
            val answering = sequential { embedding(vocab, 4); gru(4); dense(vocab) }.compile(vocabulary = uneven.vocabularySize)
            shouldThrow<CorpusException> { uneven.whole(answering, Training()) }.message shouldContain "\"他\\\"说又\" has 2 tokens and its target 1"
        }
        read(CoupletsData(poems, validation = 0.0)).codec!!.vocabulary().find("，") shouldBe -1
        PairsData("x").withPath("y") shouldBe PairsData("y")
    }
})
