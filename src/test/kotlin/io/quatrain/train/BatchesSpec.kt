package io.quatrain.train

import io.kotest.assertions.throwables.shouldThrow
import io.kotest.core.spec.style.FunSpec
import io.kotest.matchers.collections.shouldContainExactly
import io.kotest.matchers.collections.shouldHaveSize
import io.kotest.matchers.ints.shouldBeLessThanOrEqual
import io.kotest.matchers.shouldBe
import io.kotest.matchers.shouldNotBe
import io.kotest.matchers.string.shouldContain
import io.quatrain.loss.Targets
import io.quatrain.node.Graph
import io.quatrain.node.GraphPass
import io.quatrain.node.RecurrentPass.Output

class BatchesSpec : FunSpec({
    fun languageModel(vocabulary: Int) = SmallGraphs.languageModel(vocabulary, 2)

    fun passes(graph: Graph, source: BatchSource): (() -> Pair<GraphPass, Targets>) {
        val made = mutableMapOf<Any, Pair<GraphPass, Map<String, Targets>>>()
        return {
            source.next()
            val (pass, targets) = made.getOrPut(source.size()) { graph.pass(source.size()).let { it to source.targets(it) } }
            source.fill(pass, targets)
            pass to targets.values.single()
        }
    }

    context("streams") {
        for ((tokens, batch, steps) in listOf(
            Triple(2, 1, 5), Triple(26, 1, 25), Triple(101, 1, 25), Triple(100, 7, 5), Triple(103, 4, 25), Triple(5, 8, 3), Triple(1000, 10, 11),
        )) {
            test("$tokens tokens, $batch streams, $steps steps: every token but the first is a target once, in order") {
                val text = StreamBatches(TokenSource.of(*IntArray(tokens) { it }), batch, steps)
                val next = passes(languageModel(tokens), text)
                val seen = List(batch) { mutableListOf<Int>() }
                repeat(2) { epoch ->
                    text.begin(epoch.toLong())
                    seen.forEach { it.clear() }
                    var updates = 0L
                    while (text.hasNext()) {
                        val (pass, targets) = next()
                        text.startsAnew(0) shouldBe (updates++ == 0L)
                        for (t in 0 until steps) for (b in 0 until batch) {
                            val target = targets.classes()[t * batch + b]
                            if (target != Targets.IGNORED) {
                                pass.input().ids()!![t * batch + b] shouldBe target - 1
                                seen[b] += target
                            }
                        }
                    }
                    updates shouldBe text.updatesPerEpoch()
                    seen.flatten() shouldContainExactly (1 until tokens).toList()
                    (seen.maxOf { it.size } - seen.minOf { it.size }) shouldBeLessThanOrEqual 1
                }
            }
        }

        test("whole updates only") {
            val text = StreamBatches(TokenSource.of(*IntArray(104) { it }), 2, 10, StreamBatches.Options().withWholeUpdates())
            text.updatesPerEpoch() shouldBe 5
            StreamBatches(TokenSource.of(*IntArray(104) { it }), 2, 10).updatesPerEpoch() shouldBe 6
        }

        test("weights of tokens") {
            val source = StreamBatches(TokenSource.of(0, 1, 2, 1), 1, 3, StreamBatches.Options().withWeightOf { if (it == 1) 0.25 else 1.0 })
            passes(languageModel(3), source)().second.weights().toList() shouldBe listOf(0.25, 1.0, 0.25)
        }

        test("one token is no text") {
            shouldThrow<IllegalArgumentException> { StreamBatches(TokenSource.of(3), 1, 5) }.message shouldContain "at least 2 tokens"
        }

        test("a model that returns its last step only cannot be trained at every step") {
            val last = SmallGraphs().run {
                add("h", lstm("h", 4, 2, output = Output.LAST), tokens("x", 4))
                graph("h")
            }
            shouldThrow<IllegalArgumentException> { passes(last, StreamBatches(TokenSource.of(0, 1, 2), 1, 2))() }
                .message shouldContain "every step"
        }
    }

    context("examples") {
        val sequences = List(53) { i -> IntArray(2 + i * 7 % 19) { (i + it) % 50 } }
        val examples = Examples.nextToken("x", TokenSeries.of(sequences), "3.dense")

        fun seen(source: ExampleBatches, epoch: Long = 0): List<List<Int>> {
            val next = passes(languageModel(50), source)
            source.begin(epoch)
            return buildList {
                while (source.hasNext()) {
                    val (pass, targets) = next()
                    val batch = source.size().batch()
                    val columns = source.current(IntArray(batch)).take(source.count())
                    for (b in 0 until batch) {
                        val sequence = sequences[columns.getOrElse(b) { columns[0] }]
                        for (t in 0 until pass.input().steps()) {
                            val counts = b < columns.size && t < sequence.size - 1
                            pass.input().mask().valid(t, b) shouldBe (t < sequence.size - 1)
                            targets.classes()[t * batch + b] shouldBe if (counts) sequence[t + 1] else Targets.IGNORED
                            targets.weights()[t * batch + b] shouldBe if (counts) 1.0 else 0.0
                            if (t < sequence.size - 1) pass.input().ids()!![t * batch + b] shouldBe sequence[t]
                        }
                    }
                    add(columns)
                }
            }
        }

        for (options in listOf(ExampleBatches.Options(8, 3), ExampleBatches.Options(8, 3).inOrder(), ExampleBatches.Options(1, 3), ExampleBatches.Options(100, 3), ExampleBatches.Options(8, 3).withBucket(2))) {
            test("every example is in exactly one update: $options") {
                val updates = seen(ExampleBatches(examples, options))
                updates.flatten().sorted() shouldContainExactly sequences.indices.toList()
                updates shouldHaveSize (53 + minOf(53, options.batch) - 1) / minOf(53, options.batch)
            }
        }

        test("the order is a function of seed and epoch, and a position goes on with it") {
            fun source(seed: Long = 3) = ExampleBatches(examples, ExampleBatches.Options(8, seed))
            val first = seen(source())
            seen(source()) shouldBe first
            seen(source(), epoch = 1) shouldNotBe first
            seen(source(4)) shouldNotBe first
            val resumed = source().also { it.position(longArrayOf(0, 4)) }
            val rest = buildList {
                while (resumed.hasNext()) {
                    resumed.next()
                    add(resumed.current(IntArray(8)).take(resumed.count()))
                }
            }
            rest shouldBe first.drop(4)
        }

        test("without shuffling and bucketing, the given order") {
            seen(ExampleBatches(examples, ExampleBatches.Options(8, 3).inOrder().withBucket(1))).flatten() shouldBe sequences.indices.toList()
        }

        test("bucketing puts examples of like length together") {
            fun padding(bucket: Int) = ExampleBatches(examples, ExampleBatches.Options(8, 3).withBucket(bucket)).let { source ->
                var columns = 0
                while (source.hasNext()) {
                    source.next()
                    columns += source.size().batch() * source.size().stepsOf().getValue("x")
                }
                columns
            }
            padding(100) shouldBeLessThanOrEqual padding(1) * 7 / 10
        }

        test("steps are rounded up to few sizes") {
            (1..40).map { ExampleBatches.rounded(it) }.distinct() shouldBe listOf(1, 2, 3, 4, 5, 6, 7, 8, 10, 12, 14, 16, 20, 24, 28, 32, 40)
            (1..1000).all { ExampleBatches.rounded(it) >= it && ExampleBatches.rounded(it) <= it * 5 / 4 } shouldBe true
        }

        test("numbers, one class for each example, weights") {
            val series = NumberSeries.of(arrayOf(floatArrayOf(1f, 2f, 3f, 4f), floatArrayOf(5f, 6f)), 2)
            val graph = SmallGraphs().run {
                add("h", lstm("h", 2, 3, output = Output.LAST), features("x", 2))
                graph("h")
            }
            val source = ExampleBatches(
                Examples.of("x", series, "h", TokenSeries.ofClasses(intArrayOf(2, 1))).withWeight("h") { i, _ -> 0.5 + i },
                ExampleBatches.Options(2, 1).inOrder(),
            )
            val (pass, targets) = passes(graph, source)()
            source.current(IntArray(2)).toList() shouldBe listOf(1, 0)      // sorted by length
            pass.input().all().toDoubles().toList() shouldBe listOf(5.0, 6.0, 1.0, 2.0, 0.0, 0.0, 3.0, 4.0)
            targets.classes().toList() shouldBe listOf(1, 2)
            targets.weights().toList() shouldBe listOf(1.5, 0.5)
        }

        test("pairs for an encoder and a decoder") {
            val graph = SmallGraphs().run {
                add("encoder", lstm("encoder", 9, 2), tokens("source", 9))
                add("decoder", lstm("decoder", 9, 2), tokens("target", 9), state = "encoder")
                add("y", dense("y", 2, 9), "decoder")
                graph("y")
            }
            val pairs = Examples.pairs("source", TokenSeries.of(listOf(intArrayOf(5, 6, 7))), "target", TokenSeries.of(listOf(intArrayOf(1, 3, 4, 2))), "y")
            val (pass, targets) = passes(graph, ExampleBatches(pairs, ExampleBatches.Options(4, 1)))()
            pass.input("source").ids()!!.toList() shouldBe listOf(5, 6, 7)
            pass.input("target").ids()!!.toList() shouldBe listOf(1, 3, 4)
            targets.classes().toList() shouldBe listOf(3, 4, 2)
        }

        test("the last token of windows") {
            val windows = Examples.lastToken("x", TokenSeries.of(listOf(intArrayOf(5, 6, 7, 8), intArrayOf(1, 2))), "y", 2)
            val read = windows.inputs().getValue("x") as TokenSeries
            val told = windows.targets().getValue("y") as TokenSeries
            List(read.size()) { i -> List(read.length(i)) { read.id(i, it) } } shouldBe listOf(listOf(5), listOf(5, 6), listOf(6, 7), listOf(1))
            List(told.size()) { told.id(it, 0) } shouldBe listOf(6, 7, 8, 2)
        }

        test("a weight for every class, on streams and on examples, pass after pass") {
            val graph = languageModel(3)
            val examples = ExampleBatches(Examples.nextToken("x", TokenSeries.of(listOf(intArrayOf(0, 1, 2, 1))), "3.dense"), ExampleBatches.Options(1, 1))
            for (source in listOf(StreamBatches(TokenSource.of(0, 1, 2, 1), 1, 3), examples)) {
                val weighed = WeighedTokens(source, doubleArrayOf(1.0, 0.5, 0.0))
                val next = passes(graph, weighed)
                repeat(2) {
                    weighed.begin(it.toLong())
                    next().second.weights().toList() shouldBe listOf(0.5, 0.0, 0.5)
                }
            }
            shouldThrow<IllegalArgumentException> { WeighedTokens(examples, doubleArrayOf(-1.0)) }.message shouldContain "-1.0"
        }

        test("blanks: some tokens of every sequence, others in every epoch, the same again for the same epoch") {
            val graph = languageModel(12)
            val texts = List(6) { i -> intArrayOf(0) + IntArray(8) { 2 + (i + it) % 9 } + intArrayOf(11, 1) }      // 0, 1 special; 11 the blank
            fun source(share: Double) = BlankBatches("x", TokenSeries.of(texts), "3.dense", 11, 2, share, ExampleBatches.Options(6, 5).inOrder())
            fun epoch(source: BlankBatches, epoch: Long) = source.begin(epoch).let { passes(graph, source)() }.let { (pass, targets) ->
                val read = pass.input().ids()!!.toList()
                val wanted = targets.classes().toList()
                for (t in 0 until 11) for (b in 0 until 6) {
                    val (id, target) = read[t * 6 + b] to wanted[t * 6 + b]
                    if (target == Targets.IGNORED) id shouldBe texts[b][t] else { id shouldBe 11; target shouldBe texts[b][t]; target shouldNotBe 11 }
                }
                for (b in 0 until 6) (0 until 11).count { wanted[it * 6 + b] != Targets.IGNORED } shouldNotBe 0
                wanted
            }
            val rare = source(1e-9)
            epoch(rare, 0).count { it != Targets.IGNORED } shouldBe 6                       // at least one each
            epoch(source(0.999999), 0).count { it != Targets.IGNORED } shouldBe 6 * 8       // and never a special token
            val half = source(0.5)
            val first = epoch(half, 0)
            epoch(half, 1) shouldNotBe first
            epoch(half, 0) shouldBe first
            half.position(longArrayOf(1, 0))
            passes(graph, half)().second.classes().toList() shouldBe epoch(source(0.5), 1)
        }

        test("windows of a series") {
            val windows = NumberSeries.windows(DoubleArray(10) { it.toDouble() }, 1, 3, 2, 1, 4)
            List(3) { i -> List(4) { t -> windows.value(i, t, 0) } } shouldBe
                listOf(listOf(1.0, 2.0, 3.0, 4.0), listOf(3.0, 4.0, 5.0, 6.0), listOf(5.0, 6.0, 7.0, 8.0))
            shouldThrow<IllegalArgumentException> { NumberSeries.windows(DoubleArray(10), 1, 4, 2, 1, 4) }
        }

        test("an example without steps, and series of different sizes, are refused") {
            shouldThrow<IllegalArgumentException> {
                Examples.nextToken("x", TokenSeries.of(listOf(intArrayOf(1, 2), intArrayOf(1))), "y")
            }.message shouldContain "example 1 of input \"x\""
            shouldThrow<IllegalArgumentException> {
                Examples.of("x", TokenSeries.of(listOf(intArrayOf(1, 2))), "y", TokenSeries.ofClasses(intArrayOf(1, 2)))
            }.message shouldContain "examples"
        }
    }
})
