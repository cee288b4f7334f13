package io.quatrain.generate

import io.kotest.assertions.throwables.shouldThrow
import io.kotest.assertions.withClue
import io.kotest.core.spec.style.FunSpec
import io.kotest.matchers.collections.shouldContainExactly
import io.kotest.matchers.collections.shouldHaveSize
import io.kotest.matchers.doubles.plusOrMinus
import io.kotest.matchers.shouldBe
import io.kotest.matchers.string.shouldContain
import io.quatrain.architecture.ActivationFunction
import io.quatrain.architecture.ActivationLayer
import io.quatrain.architecture.Dense
import io.quatrain.architecture.Layer
import io.quatrain.architecture.compile
import io.quatrain.dsl.embedding
import io.quatrain.dsl.lstm
import io.quatrain.dsl.sequential
import io.quatrain.loss.SoftmaxCrossEntropy
import io.quatrain.node.Graph
import io.quatrain.node.Node
import io.quatrain.node.Parameter
import io.quatrain.node.Pass
import io.quatrain.node.PassSize
import io.quatrain.node.RecurrentPass.Output
import io.quatrain.node.Wiring
import io.quatrain.optimize.Adam
import io.quatrain.optimize.LearningRate
import io.quatrain.tensor.Compute
import io.quatrain.tensor.Matrix
import io.quatrain.tensor.Precision
import io.quatrain.text.Constraint
import io.quatrain.text.Sampling
import io.quatrain.train.Evaluator
import io.quatrain.train.NumberSeries
import io.quatrain.train.Objective
import io.quatrain.train.SmallGraphs
import io.quatrain.train.StreamBatches
import io.quatrain.train.TokenSeries
import io.quatrain.train.TokenSource
import io.quatrain.train.Trainer
import io.quatrain.train.TrainingOptions
import kotlin.math.exp
import kotlin.math.ln

/** Every decoder step plus the mean of the encoder's steps that are there: what attention needs of the graph. */
private class MeanContext : Node {
    override fun parameters(): List<Parameter> = emptyList()

    override fun pass(wiring: Wiring): Pass {
        val decoder = wiring.inputs()[0].value()
        val encoder = wiring.inputs()[1].value()
        val output = wiring.signal(decoder.features())
        return object : Pass(output) {
            override fun forward(training: Boolean) {
                val y = output.value().all().set(decoder.all())
                for (b in 0 until decoder.batch()) {
                    val there = (0 until encoder.steps()).filter { encoder.mask().valid(it, b) }
                    for (t in 0 until decoder.steps()) for (r in 0 until decoder.features()) {
                        val column = t * decoder.batch() + b
                        val mean = there.sumOf { encoder.all()[r, it * decoder.batch() + b] } / there.size
                        y.set(r, column, y[r, column] + mean)
                    }
                }
            }

            override fun backward() = error("forward only")
        }
    }
}

class GeneratorSpec : FunSpec({
    val vocabulary = 7
    fun text(length: Int, seed: Int = 0) = IntArray(length) { (it * it * 3 + it + seed * 5) % vocabulary }
    fun model(precision: Precision = Precision.FLOAT64) = SmallGraphs.languageModel(vocabulary, 6, precision, seed = 3)

    fun column(matrix: Matrix, c: Int) = DoubleArray(matrix.rows()).also { matrix.copyColumn(c, it, 0) }.toList()

    fun List<Double>.shouldBeNear(other: List<Double>, tolerance: Double = 1e-12) {
        size shouldBe other.size
        zip(other).forEach { (a, b) -> a shouldBe (b plusOrMinus tolerance) }
    }

    /** What the graph says in one pass over everything, at every step. */
    fun whole(graph: Graph, tokens: IntArray): List<List<Double>> {
        val pass = graph.pass(PassSize.of(1, tokens.size))
        pass.input().setIds(tokens)
        pass.forward(false)
        return tokens.indices.map { column(pass.output().value().all(), it) }
    }

    fun logProbabilities(logits: List<Double>) = ln(logits.sumOf { exp(it) }).let { sum -> logits.map { it - sum } }

    context("sessions") {
        test("tokens one by one, in chunks, or all at once give the same") {
            val graph = model()
            for (length in listOf(1, 2, 7, 8, 63, 64, 65, 200)) {
                val expected = whole(graph, text(length)).last()
                val atOnce = Generator(graph).session(1).also { it.read(*text(length)) }
                column(atOnce.logits(), 0).shouldBeNear(expected)
                val single = Generator(graph).session(1).also { session -> text(length).forEach { session.step(it) } }
                column(single.logits(), 0).shouldBeNear(expected)
            }
            val session = Generator(graph).session(1)
            session.read(*text(30))
            session.step(3)
            session.read(*text(11, 1))
            column(session.logits(), 0).shouldBeNear(whole(graph, text(30) + 3 + text(11, 1)).last())
            session.restart()
            session.read(*text(4, 2))
            column(session.logits(), 0).shouldBeNear(whole(graph, text(4, 2)).last())
        }

        test("side by side is one by one, whatever the lengths") {
            val graph = model()
            val prompts = listOf(1, 70, 8, 9, 150).mapIndexed { i, length -> text(length, i) }
            val session = Generator(graph).session(5)
            session.read(TokenSeries.of(prompts))
            prompts.forEachIndexed { b, prompt -> column(session.logits(), b).shouldBeNear(whole(graph, prompt).last()) }
            session.step(0, 1, 2, 3, 4)
            prompts.forEachIndexed { b, prompt -> column(session.logits(), b).shouldBeNear(whole(graph, prompt + b).last()) }
            session.reorder(intArrayOf(4, 4, 0, 3, 1))
            session.step(6, 5, 4, 3, 2)
            listOf(4, 4, 0, 3, 1).forEachIndexed { b, from ->
                column(session.logits(), b).shouldBeNear(whole(graph, prompts[from] + from + (6 - b)).last())
            }
            session.reorder(intArrayOf(4, 3, 2, 1, 0))
            session.reorder(intArrayOf(1, 1, 1, 0, 4))          // texts 3, 3, 3, 4, 0 of before, which were 3, 3, 3, 1, 4
            session.step(0, 1, 2, 3, 4)
            listOf(3, 3, 3, 4, 0).forEachIndexed { b, place ->
                val from = listOf(4, 4, 0, 3, 1)[place]
                column(session.logits(), b).shouldBeNear(whole(graph, prompts[from] + from + (6 - place) + b).last())
            }
        }

        test("nothing read, nothing to say") {
            shouldThrow<IllegalStateException> { Generator(model()).session(1).logits() }.message shouldContain "prompt"
        }

        test("a model that reads the future is refused") {
            for (reversed in listOf(false, true)) {
                val graph = SmallGraphs().run {
                    val x = tokens("x", 7)
                    val h = add("h", if (reversed) lstm("h", 7, 4, true) else bidirectional("h", 7, 4), x)
                    add("y", dense("y", if (reversed) 4 else 8, 7), h)
                    graph("y")
                }
                shouldThrow<IllegalArgumentException> { Generator(graph) }.message shouldContain "later steps"
                Generator.ofWindow(graph, "x", "y", 5).session(1).also { it.read(1, 2, 3) }
            }
        }

        test("a window reads its tokens anew") {
            val graph = model()
            val session = Generator.ofWindow(graph, "x", "3.dense", 10).session(2)
            session.read(TokenSeries.of(listOf(text(25), text(4, 1))))
            column(session.logits(), 0).shouldBeNear(whole(graph, text(25).takeLast(10).toIntArray()).last())
            column(session.logits(), 1).shouldBeNear(whole(graph, text(4, 1)).last())
            session.reorder(intArrayOf(1, 0))
            session.step(5, 6)
            column(session.logits(), 0).shouldBeNear(whole(graph, text(4, 1) + 5).last())
            column(session.logits(), 1).shouldBeNear(whole(graph, (text(25) + 6).takeLast(10).toIntArray()).last())
            session.restart()
            session.read(*text(4, 2))
            for (b in 0 until 2) column(session.logits(), b).shouldBeNear(whole(graph, text(4, 2)).last())
        }

        test("a model that gives its last step only") {
            val graph = SmallGraphs().run {
                val h = add("h", lstm("h", 7, 4, output = Output.LAST), tokens("x", 7))
                add("y", dense("y", 4, 7), h)
                graph("y")
            }
            val session = Generator(graph).session(1)
            session.read(*text(20))
            val pass = graph.pass(PassSize.of(1, 20))
            pass.input().setIds(text(20))
            pass.forward(false)
            column(session.logits(), 0).shouldBeNear(column(pass.output().value().all(), 0))
        }
    }

    context("writing") {
        /** Trained to write 0 1 2 3 4 5 6 0 1 2 … */
        val cycle = model(Precision.FLOAT32).also { graph ->
            val source = StreamBatches(TokenSource.of(*IntArray(71) { it % vocabulary }), 2, 7)
            Trainer(graph, Objective.of(SoftmaxCrossEntropy()), Adam(0.9, 0.999, 1e-8), LearningRate.constant(0.03), source, TrainingOptions.ofEpochs(40)).run()
        }

        test("a trained cycle goes on for ever") {
            val writing = Generator(cycle).write(intArrayOf(3), Sampling.GREEDY.sampler(), setOf())
            writing.asSequence().take(200).map { it.id() }.toList() shouldBe List(200) { (it + 4) % vocabulary }
        }

        test("it ends before an end token, or as soon as nobody asks") {
            val ids = Generator(cycle).write(intArrayOf(3), Sampling.GREEDY.sampler(), setOf(1)).asSequence().map { it.id() }.toList()
            ids shouldBe listOf(4, 5, 6, 0)
        }

        test("side by side writes what one by one writes") {
            val prompts = listOf(intArrayOf(1), intArrayOf(2, 3, 4), intArrayOf(5, 1))
            val sampling = Sampling.DEFAULT.withTemperature(1.5).withSeed(9)
            val generator = Generator(cycle)
            val together = generator.writeAll(mapOf(), prompts, sampling, Constraint.NONE, setOf(0), 30)
            prompts.forEachIndexed { b, prompt ->
                generator.write(prompt, sampling.sampler(b.toLong(), Constraint.NONE), setOf(0)).asSequence().take(30).map { it.id() }.toList() shouldBe
                    together[b].map { it.id() }
            }
        }

        test("log-probabilities of choices are the score of the text, and the evaluator's loss") {
            val graph = model()
            val written = Generator(graph).write(intArrayOf(3), Sampling.DEFAULT.withSeed(4).sampler(), setOf()).asSequence().take(100).toList()
            val tokens = intArrayOf(3) + written.map { it.id() }
            val score = Generator(graph).score(*tokens)
            score.logProbabilities().toList().shouldBeNear(written.map { it.logProbability() }, 1e-10)
            val loss = Evaluator(graph, Objective.of(SoftmaxCrossEntropy())).evaluate(StreamBatches(TokenSource.of(*tokens), 1, 13))
            score.total() / 100 shouldBe (-loss.loss() plusOrMinus 1e-10)
            score.perplexity() shouldBe (loss.perplexity() plusOrMinus 1e-8)
            Generator(graph).score(2).logProbabilities().toList() shouldBe emptyList()
        }
    }

    context("beam search") {
        val graph = SmallGraphs.languageModel(4, 5, Precision.FLOAT64, seed = 2)
        val generator = Generator(graph)

        /** Every text of up to [length] tokens after the prompt, with its log-probability; texts with an end token stop there. */
        fun all(prompt: IntArray, length: Int, ends: Set<Int>): List<Pair<List<Int>, Double>> {
            fun grow(text: List<Int>): List<List<Int>> =
                if (text.size == length || text.lastOrNull() in ends) listOf(text) else (0 until 4).flatMap { grow(text + it) }
            return grow(emptyList()).map { it to generator.score(*(prompt + it)).logProbabilities().toList().takeLast(it.size).sum() }
        }

        for (power in listOf(0.0, 1.0)) {
            for (ends in listOf(setOf(), setOf(2))) {
                test("a beam as wide as all texts finds the best of them all: length power $power, ends $ends") {
                    val prompt = intArrayOf(1, 3)
                    val expected = all(prompt, 4, ends).map { (text, p) -> Triple(text, p, p / Math.pow(text.size.toDouble(), power)) }.sortedByDescending { it.third }
                    val found = generator.search(prompt, Generator.Beam(256, 4).withEnds(ends).withLengthPower(power))
                    found.size shouldBe expected.size
                    for (i in 0 until 20) {
                        found[i].tokens() shouldBe expected[i].first
                        found[i].logProbability() shouldBe (expected[i].second plusOrMinus 1e-9)
                        found[i].score() shouldBe (expected[i].third plusOrMinus 1e-9)
                        found[i].ended() shouldBe (found[i].tokens().last() in ends)
                    }
                }
            }
        }

        test("a text that stops is there once, and no longer than that; a wide enough beam finds the best of all that stop") {
            val stops = { text: List<Int> -> text.size >= 2 && text.takeLast(2) == listOf(3, 1) }
            fun grow(text: List<Int>): List<List<Int>> = if (text.size == 4 || stops(text)) listOf(text) else (0 until 4).flatMap { grow(text + it) }
            val expected = grow(emptyList()).map { it to generator.score(*(intArrayOf(1) + it)).total() / it.size }.sortedByDescending { it.second }
            val found = generator.search(intArrayOf(1), Generator.Beam(256, 4).withStop(stops))
            found.size shouldBe expected.size
            for (i in 0 until 30) {
                found[i].tokens() shouldBe expected[i].first
                found[i].ended() shouldBe stops(found[i].tokens())
            }
            generator.search(intArrayOf(1), Generator.Beam(3, 9).withStop { true }).map { it.tokens().size } shouldBe listOf(1, 1, 1)
        }

        test("a beam of one is greedy") {
            val greedy = generator.write(intArrayOf(2), Sampling.GREEDY.sampler(), setOf()).asSequence().take(12).map { it.id() }.toList()
            generator.search(intArrayOf(2), Generator.Beam(1, 12)).single().tokens() shouldBe greedy
        }

        test("a wider beam finds nothing worse, best first, all different") {
            val scores = listOf(1, 2, 4, 16, 64).map { width ->
                val found = generator.search(intArrayOf(0, 2, 1), Generator.Beam(width, 6))
                found shouldHaveSize width
                found.map { it.tokens() }.distinct() shouldHaveSize width
                found.map { it.score() } shouldBe found.map { it.score() }.sortedDescending()
                found.first().score()
            }
            scores.last() shouldBe scores.max()
        }

        test("stopping early changes nothing: the same as a search that always goes to the end") {
            data class Text(val tokens: List<Int>, val p: Double)
            for (prompt in 0 until 4) for (power in listOf(0.0, 0.5, 1.0, 2.0)) for (width in listOf(1, 2, 3)) for (ends in (0 until 4).flatMap { listOf(setOf(it), setOf(it, (it + 1) % 4)) }) {
                val finished = mutableListOf<Pair<List<Int>, Double>>()
                var alive = listOf(Text(listOf(), 0.0))
                for (step in 1..7) {
                    val next = alive.flatMap { text ->
                        logProbabilities(whole(graph, intArrayOf(prompt) + text.tokens).last()).mapIndexed { id, p -> Text(text.tokens + id, text.p + p) }
                    }.sortedByDescending { it.p }
                    next.take(width).filter { it.tokens.last() in ends || step == 7 }.forEach { finished += it.tokens to it.p / Math.pow(step.toDouble(), power) }
                    alive = next.filter { it.tokens.last() !in ends }.take(width)
                }
                val expected = finished.sortedByDescending { it.second }.take(width)
                val found = generator.search(intArrayOf(prompt), Generator.Beam(width, 7).withLengthPower(power).withEnds(ends))
                withClue("ends $ends, prompt $prompt, power $power, width $width") { found.map { it.tokens() } shouldBe expected.map { it.first } }
                if (ends.size > 1) continue                 // a search looks at twice its width for texts that may stop
                val stopped = generator.search(intArrayOf(prompt), Generator.Beam(width, 7).withLengthPower(power).withStop { it.last() in ends })
                stopped.map { it.tokens() } shouldBe expected.map { it.first }
            }
        }

        test("a score names a token that is not of the vocabulary") {
            for (id in listOf(-1, 4, 99)) shouldThrow<IllegalArgumentException> { generator.score(1, 2, id) }.message shouldBe
                "token id $id at 2: the vocabulary has 4 tokens, so ids go from 0 to 3"
        }

        test("banned tokens and constraints") {
            generator.search(intArrayOf(0), Generator.Beam(5, 4).withBanned(setOf(1, 2))).flatMap { it.tokens() }.toSet() shouldBe setOf(0, 3)
            val never = Constraint { written, allowed -> allowed.clear(written.last()) }    // no token twice in a row
            generator.search(intArrayOf(0), Generator.Beam(8, 5).withConstraint(never)).forEach { found ->
                (listOf(0) + found.tokens()).zipWithNext().none { (a, b) -> a == b } shouldBe true
            }
            shouldThrow<IllegalStateException> { generator.search(intArrayOf(0), Generator.Beam(2, 2).withBanned(setOf(0, 1, 2, 3))) }
                .message shouldContain "no token is allowed"
        }
    }

    context("encoder and decoder") {
        fun translator(context: Boolean, precision: Precision = Precision.FLOAT64) = SmallGraphs(precision, seed = 5).run {
            val source = tokens("source", 9)
            val target = tokens("target", vocabulary)
            add("encoder", lstm("encoder", 9, 4), source)
            add("decoder", lstm("decoder", vocabulary, 4), target, state = "encoder")
            val attended = if (context) add("context", MeanContext(), "decoder", "encoder") else "decoder"
            add("y", dense("y", 4, vocabulary), attended)
            add("other", dense("other", 4, 2), "encoder")
            graph("y", "other")
        }

        fun forced(graph: Graph, source: IntArray, target: IntArray): List<Double> {
            val pass = graph.pass(PassSize.of(1, 1).withSteps("source", source.size).withSteps("target", target.size))
            pass.input("source").setIds(source)
            pass.input("target").setIds(target)
            pass.forward(false)
            return column(pass.signal("y").value().all(), target.size - 1)
        }

        for (context in listOf(false, true)) {
            test("step by step is teacher forcing in one pass; many sources are one by one: context $context") {
                val graph = translator(context)
                val generator = Generator(graph, "target", "y")
                generator.given() shouldBe listOf("source")
                val sources = listOf(intArrayOf(1, 8, 3), intArrayOf(4), intArrayOf(2, 2, 7, 0, 5))
                val session = generator.session(3, mapOf("source" to TokenSeries.of(sources)))
                session.read(TokenSeries.of(listOf(text(9), text(2, 1), text(70, 2))))
                session.step(1, 2, 3)
                sources.forEachIndexed { b, source ->
                    val target = listOf(text(9), text(2, 1), text(70, 2))[b] + (b + 1)
                    column(session.logits(), b).shouldBeNear(forced(graph, source, target))
                }
                session.restart()
                session.read(6)
                sources.forEachIndexed { b, source -> column(session.logits(), b).shouldBeNear(forced(graph, source, intArrayOf(6))) }
            }
        }

        test("greedy, sampled, scored and searched") {
            val graph = translator(true)
            val generator = Generator(graph, "target", "y")
            val given = mapOf("source" to TokenSeries.of(listOf(intArrayOf(5, 3, 1))))
            val greedy = generator.write(given, intArrayOf(0), Sampling.GREEDY.sampler(), setOf()).asSequence().take(6).map { it.id() }.toList()
            generator.search(given, intArrayOf(0), Generator.Beam(1, 6)).single().tokens() shouldBe greedy
            val best = generator.search(given, intArrayOf(0), Generator.Beam(20, 6)).first()
            generator.score(given, *(intArrayOf(0) + best.tokens())).total() shouldBe (best.logProbability() plusOrMinus 1e-9)
            generator.writeAll(given, List(3) { intArrayOf(0) }, Sampling.DEFAULT, Constraint.NONE, setOf(), 5).map { it.size } shouldBe listOf(5, 5, 5)
        }

        test("what must be given is named") {
            val generator = Generator(translator(false), "target", "y")
            shouldThrow<IllegalArgumentException> { generator.session(1) }.message shouldContain "[source]"
            shouldThrow<IllegalArgumentException> { Generator(translator(false)) }.message shouldContain "say which one"
            shouldThrow<IllegalArgumentException> { Generator(translator(false), "target", "other") }.message shouldContain "does not depend"
            for ((source, target) in listOf(2 to 3, 3 to 2)) {
                val inputs = mapOf("source" to TokenSeries.of(List(source) { intArrayOf(1, 2) }), "target" to TokenSeries.of(List(target) { intArrayOf(0) }))
                shouldThrow<IllegalArgumentException> { Predictor(translator(false), "y").values(inputs) }.message shouldContain "every example needs all inputs"
            }
        }
    }

    context("predictions") {
        test("classes with probabilities, best first, examples of any length") {
            val graph = SmallGraphs(seed = 4).run {
                val h = add("h", bidirectional("h", 7, 4, Output.LAST), tokens("x", 7))
                add("y", dense("y", 8, 5), h)
                graph("y")
            }
            val sequences = List(150) { text(1 + it % 9, it) }
            val predictor = Predictor(graph)
            val together = predictor.classify(mapOf("x" to TokenSeries.of(sequences)), 5)
            together shouldHaveSize 150
            for (i in listOf(0, 7, 63, 64, 149)) {
                val alone = predictor.classify(mapOf("x" to TokenSeries.of(listOf(sequences[i]))), 5).single()
                together[i].map { it.id() } shouldBe alone.map { it.id() }
                together[i].map { it.probability() }.shouldBeNear(alone.map { it.probability() })
                together[i].sumOf { it.probability() } shouldBe (1.0 plusOrMinus 1e-12)
                together[i].map { it.probability() } shouldBe together[i].map { it.probability() }.sortedDescending()
            }
            predictor.classify(mapOf("x" to TokenSeries.of(sequences)), 3).first() shouldHaveSize 3
        }

        test("a class for every step") {
            val graph = model()
            val steps = Predictor(graph).classifySteps(mapOf("x" to TokenSeries.of(listOf(text(5), text(3)))), 1)
            steps.map { it.size } shouldBe listOf(5, 3)
            steps[0].map { it.single().id() } shouldContainExactly whole(graph, text(5)).map { it.indices.maxBy { r -> it[r] } }
            exp(logProbabilities(whole(graph, text(5))[2]).max()) shouldBe (steps[0][2].single().probability() plusOrMinus 1e-12)
        }

        for (ending in listOf("softmax", "logSoftmax")) {
            test("a model that ends in $ending, in its last layer or behind it, writes, searches and classifies like one that gives logits") {
                val function = ActivationFunction(ending)
                fun graph(last: List<Layer>) = sequential { embedding(vocabulary, 3); lstm(6); last.forEach { add(it) } }.compile(Compute.of(Precision.FLOAT64), seed = 5).graph
                val logits = graph(listOf(Dense(vocabulary)))
                val tokens = text(30)
                for (graph in listOf(graph(listOf(Dense(vocabulary, activation = function))), graph(listOf(Dense(vocabulary), ActivationLayer(function))))) {
                    fun scores(of: Graph) = Generator(of).score(*tokens).logProbabilities().toList()
                    fun written(of: Graph) = Generator(of).write(intArrayOf(3), Sampling.DEFAULT.withSeed(4).sampler(), setOf()).asSequence().take(50).map { it.id() }.toList()
                    fun classes(of: Graph) = Predictor(of).classify(mapOf("input" to TokenSeries.of(listOf(tokens))), vocabulary).single()
                    scores(graph).shouldBeNear(scores(logits))
                    written(graph) shouldBe written(logits)
                    classes(graph) shouldBe classes(logits)
                    Predictor(graph).values(mapOf("input" to TokenSeries.of(listOf(tokens)))).single().take(vocabulary)
                        .sumOf { if (ending == "softmax") it else exp(it) } shouldBe (1.0 plusOrMinus 1e-12)
                }
            }
        }

        test("a free run feeds its output back, with carried state and with a window") {
            val graph = SmallGraphs(seed = 6).run {
                val h = add("h", lstm("h", 2, 5), features("x", 2))
                add("y", dense("y", 5, 2), h)
                graph("y")
            }
            val known = List(2) { b -> FloatArray(2 * (12 + 3 * b)) { kotlin.math.sin(0.3f * it + b) } }
            fun next(columns: List<Double>): List<Double> {
                val pass = graph.pass(PassSize.of(1, columns.size / 2))
                columns.forEachIndexed { i, value -> pass.input().all().set(i % 2, i / 2, value) }
                pass.forward(false)
                return column(pass.output().value().all(), columns.size / 2 - 1)
            }
            for (window in listOf(0, 6)) {
                val foretold = Predictor(graph).forecast(NumberSeries.of(known.toTypedArray(), 2), 5, window)
                known.forEachIndexed { b, series ->
                    var columns = series.map { it.toDouble() }
                    repeat(5) { columns = columns + next(if (window == 0) columns else columns.takeLast(2 * window)) }
                    foretold[b].toList().shouldBeNear(columns.takeLast(10), 1e-10)
                }
            }
        }

        test("values as they come") {
            val graph = model()
            Predictor(graph).values(mapOf("x" to TokenSeries.of(listOf(text(3), text(6)))))[1].toList()
                .shouldBeNear(whole(graph, text(6)).flatten())
        }
    }
})
