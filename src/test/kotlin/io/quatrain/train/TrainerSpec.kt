package io.quatrain.train

import io.kotest.assertions.throwables.shouldThrow
import io.kotest.core.spec.style.FunSpec
import io.kotest.matchers.doubles.plusOrMinus
import io.kotest.matchers.doubles.shouldBeLessThan
import io.kotest.matchers.shouldBe
import io.kotest.matchers.shouldNotBe
import io.kotest.matchers.string.shouldContain
import io.quatrain.loss.MeanSquaredError
import io.quatrain.loss.Reduction
import io.quatrain.loss.SoftmaxCrossEntropy
import io.quatrain.node.Graph
import io.quatrain.node.GraphPass
import io.quatrain.node.PassSize
import io.quatrain.node.RecurrentPass.Output
import io.quatrain.optimize.Adam
import io.quatrain.optimize.Clipping
import io.quatrain.optimize.LearningRate
import io.quatrain.optimize.Penalty
import io.quatrain.optimize.Sgd
import io.quatrain.tensor.Precision
import kotlin.math.exp
import kotlin.math.ln

class TrainerSpec : FunSpec({
    val text = "the quick brown fox jumps over the lazy dog and the dog sleeps while the fox runs on and on ".repeat(6)
    val letters = text.toSet().sorted()
    val corpus = TokenSource.of(*text.map { letters.indexOf(it) }.toIntArray())
    val crossEntropy = Objective.of(SoftmaxCrossEntropy())

    fun sentences() = Examples.nextToken(
        "x",
        TokenSeries.of(List(41) { i -> IntArray(3 + i % 11) { (i * 5 + it) % letters.size } }),
        "3.dense",
    )

    fun model(threads: Int = 1, dropout: Double = 0.3, precision: Precision = Precision.FLOAT32) =
        SmallGraphs.languageModel(letters.size, 20, precision, threads, dropout)

    fun adam() = Adam(0.9, 0.999, 1e-8)

    /** Falls to half when the loss rises: remembers something. */
    class Halving : LearningRate {
        var rate = 0.01
        var last = 0.0
        override fun at(update: Long, epoch: Double) = rate / (1 + epoch)
        override fun observe(validationLoss: Double) {
            if (validationLoss > last) rate /= 2
            last = validationLoss
        }

        override fun state() = doubleArrayOf(rate, last)
        override fun restore(state: DoubleArray) {
            rate = state[0]
            last = state[1]
        }
    }

    fun trainer(source: BatchSource, options: TrainingOptions, threads: Int = 1, validation: BatchSource? = null): Trainer =
        Trainer(model(threads), crossEntropy, adam(), Halving(), source, options).also { if (validation != null) it.validateOn(validation) }

    val options = TrainingOptions().withClipping(Clipping.byGlobalNorm(1.0)).withValidation(7, true).withSmoothing(0.9, 5.0)

    val sources = mapOf(
        "streams" to { StreamBatches(corpus, 4, 9) },
        "one stream" to { StreamBatches(corpus, 1, 30) },
        "examples" to { ExampleBatches(sentences(), ExampleBatches.Options(6, 11)) },
    )

    test("a loss of an output that the model does not have is refused, not left out") {
        val objective = Objective.of("3.dens", SoftmaxCrossEntropy())
        shouldThrow<IllegalArgumentException> { Trainer(model(), objective, adam(), LearningRate.constant(0.1), StreamBatches(corpus, 4, 9), options) }
            .message shouldBe "objective: the model has no output \"3.dens\"; its outputs are 3.dense"
        shouldThrow<IllegalArgumentException> { Evaluator(model(), objective) }.message shouldContain "no output"
    }

    context("the law of the split run") {
        for ((name, source) in sources) {
            for (threads in listOf(1, 2)) {
                test("$name, $threads threads") {
                    fun fresh() = trainer(source(), options, threads, source())
                    val whole = fresh().also { it.run(45) shouldBe Trainer.End.PAUSED }.save()
                    for (k in listOf(0L, 1L, 7L, 8L, 16L, 31L)) {
                        val saved = fresh().also { it.run(k) }.save()
                        val resumed = fresh().also { it.restore(saved) }
                        resumed.save() shouldBe saved
                        resumed.run(45 - k)
                        resumed.save() shouldBe whole
                        val used = fresh().also { it.run(k + 3); it.restore(saved); it.run(45 - k) }
                        used.save() shouldBe whole
                    }
                }
            }
            test("$name: the same bits on 1, 2 and 8 threads") {
                fun after(threads: Int) = trainer(source(), options, threads, source()).also { it.run(20) }.save()
                val one = after(1)
                after(2) shouldBe one
                after(8) shouldBe one
            }
            test("$name: a stop inside a validation changes nothing") {
                val whole = trainer(source(), options, 1, source()).also { it.run(20) }.save()
                val stopped = trainer(source(), options, 1, source())
                stopped.listen(object : TrainingListener {
                    override fun updated(update: TrainingListener.Update) {
                        if (update.update == 7L) stopped.stop()
                    }
                })
                stopped.run() shouldBe Trainer.End.STOPPED
                stopped.update() shouldBe 7
                stopped.save().longs().getValue("validated")[0] shouldBe 0
                stopped.run(13)
                stopped.save() shouldBe whole
            }
        }
        test("the law can fail: another position is another run") {
            val a = trainer(StreamBatches(corpus, 4, 9), options).also { it.run(3) }
            val b = trainer(StreamBatches(corpus, 4, 9), options).also { it.run(4) }
            a.save() shouldNotBe b.save()
        }
    }

    test("a checkpoint of another model is refused by name") {
        val saved = trainer(StreamBatches(corpus, 4, 9), options).save()
        val other = SmallGraphs.languageModel(letters.size, 21, Precision.FLOAT32)
        shouldThrow<IllegalArgumentException> {
            Trainer(other, crossEntropy, adam(), LearningRate.constant(0.1), StreamBatches(corpus, 4, 9), options).restore(saved)
        }.message shouldContain "1.lstm.wx"
        val more = TrainingState(saved.arrays() + ("weights/9.other" to saved.arrays().getValue("weights/3.dense.b")), saved.longs(), saved.doubles())
        shouldThrow<IllegalArgumentException> { trainer(StreamBatches(corpus, 4, 9), options).restore(more) }
            .message shouldBe "the checkpoint has \"weights/9.other\", the model does not"
        val wider = StreamBatches(corpus, 8, 9)
        val carried = trainer(StreamBatches(corpus, 4, 9), options).also { it.run(3) }.save()
        shouldThrow<IllegalArgumentException> { trainer(wider, options).also { it.restore(carried) }.run(1) }.message shouldContain "4 examples"
        val double = model(precision = Precision.FLOAT64)
        shouldThrow<IllegalArgumentException> {
            Trainer(double, crossEntropy, adam(), Halving(), StreamBatches(corpus, 4, 9), options).restore(saved)
        }.message shouldContain "FLOAT64"
    }

    test("carried state: steps of one text cut into updates give the losses of one long pass") {
        val graph = model(dropout = 0.0, precision = Precision.FLOAT64)
        val short = Evaluator(graph, crossEntropy).evaluate(StreamBatches(corpus, 2, 7))
        val long = Evaluator(graph, crossEntropy).evaluate(StreamBatches(corpus, 2, 1000))
        short.loss() shouldBe (long.loss() plusOrMinus 1e-12)
        short.targets() shouldBe corpus.size() - 1
        short.accuracy() shouldBe (long.accuracy() plusOrMinus 1e-12)
        short.perplexity() shouldBe (exp(short.loss()) plusOrMinus 1e-12)
        short.bitsPerToken() shouldBe (short.loss() / ln(2.0) plusOrMinus 1e-12)
        short.bitsPerCharacter(2.0) shouldBe (short.bitsPerToken() / 2 plusOrMinus 1e-12)
    }

    test("padding changes nothing: batches of any size give the same loss and gradient") {
        val graph = model(dropout = 0.0, precision = Precision.FLOAT64)
        fun loss(batch: Int) = Evaluator(graph, crossEntropy).evaluate(ExampleBatches(sentences(), ExampleBatches.Options(batch, 5)))
        val alone = loss(1)
        for (batch in listOf(2, 7, 41, 64)) {
            loss(batch).loss() shouldBe (alone.loss() plusOrMinus 1e-12)
            loss(batch).accuracy() shouldBe (alone.accuracy() plusOrMinus 1e-12)
        }
        fun gradient(batch: Int): DoubleArray {
            val own = model(dropout = 0.0, precision = Precision.FLOAT64)
            // with a plain sum and a rate of zero, an epoch's gradients add up to the same whatever the batches
            val sum = DoubleArray(own.parameters().sumOf { it.size() })
            val source = ExampleBatches(sentences(), ExampleBatches.Options(batch, 5))
            Trainer(own, crossEntropy.with(Reduction.SUM), Sgd(), LearningRate.constant(0.0), source, TrainingOptions())
                .listen(object : TrainingListener {
                    override fun updated(update: TrainingListener.Update) {
                        own.parameters().flatMap { it.gradient().toDoubles().toList() }.forEachIndexed { i, g -> sum[i] += g }
                    }
                }).run(source.updatesPerEpoch())
            return sum
        }
        val one = gradient(1)
        gradient(7).zip(one).forEach { (a, b) -> a shouldBe (b plusOrMinus 1e-11) }
    }

    test("it learns") {
        val losses = mutableListOf<Double>()
        Trainer(model(dropout = 0.0), crossEntropy, adam(), LearningRate.constant(0.01), StreamBatches(corpus, 8, 16), TrainingOptions.ofEpochs(60))
            .listen(object : TrainingListener {
                override fun epochEnded(epoch: Long, loss: Double) {
                    losses += loss
                }
            }).run() shouldBe Trainer.End.FINISHED
        losses.size shouldBe 60
        losses.last() shouldBeLessThan losses.first() / 3
    }

    test("what listeners are told") {
        val updates = mutableListOf<TrainingListener.Update>()
        val events = mutableListOf<String>()
        val source = StreamBatches(corpus, 4, 9)
        val perEpoch = source.updatesPerEpoch()
        val own = TrainingOptions.ofUpdates(2 * perEpoch + 3).withCheckpoints(10, true).withSampleEvery(12).withSmoothing(0.999, 9 * ln(27.0))
        trainer(source, own, 1, StreamBatches(corpus, 4, 9)).listen(object : TrainingListener {
            override fun updated(update: TrainingListener.Update) {
                updates += update
            }

            override fun epochEnded(epoch: Long, loss: Double) {
                events += "epoch $epoch after ${updates.size}"
                loss shouldBe updates.last().epochLoss
            }

            override fun validated(trainer: Trainer, validation: TrainingListener.Validation) {
                events += "validation after ${updates.size}${if (validation.last) ", last" else ""}"
            }

            override fun checkpoint(trainer: Trainer) {
                events += "checkpoint after ${trainer.update()}"
            }

            override fun sample(trainer: Trainer) {
                events += "sample after ${trainer.update()}"
            }
        }).run() shouldBe Trainer.End.FINISHED

        perEpoch shouldBe 16
        events shouldBe listOf(
            "checkpoint after 10", "sample after 12",
            "validation after 16", "epoch 0 after 16", "checkpoint after 16",
            "checkpoint after 20", "sample after 24", "checkpoint after 30",
            "validation after 32", "epoch 1 after 32", "checkpoint after 32",
            "checkpoint after 35", "validation after 35, last",
        )
        updates.map { it.update } shouldBe (1L..35L).toList()
        var smoothed = 9 * ln(27.0)
        for (update in updates) {
            smoothed = 0.999 * smoothed + (1 - 0.999) * update.loss
            update.smoothedLoss shouldBe smoothed
        }
        updates[15].allTargets shouldBe corpus.size() - 1
        updates[15].progress shouldBe 1.0
        updates[16].epoch shouldBe 1
        updates[16].epochLoss shouldBe (updates[16].meanLoss plusOrMinus 1e-12)
    }

    test("reductions") {
        fun first(reduction: Reduction): TrainingListener.Update {
            lateinit var told: TrainingListener.Update
            Trainer(model(dropout = 0.0), crossEntropy.with(reduction), Sgd(), LearningRate.constant(0.0), StreamBatches(corpus, 4, 9), TrainingOptions())
                .listen(object : TrainingListener {
                    override fun updated(update: TrainingListener.Update) {
                        told = update
                    }
                }).run(1)
            return told
        }
        val mean = first(Reduction.MEAN)
        val sum = first(Reduction.SUM)
        val perExample = first(Reduction.PER_EXAMPLE)
        sum.loss shouldBe (36 * mean.loss plusOrMinus 1e-9)
        perExample.loss shouldBe (9 * mean.loss plusOrMinus 1e-9)
        sum.meanLoss shouldBe (mean.loss plusOrMinus 1e-9)
        sum.gradientNorm shouldBe (36 * mean.gradientNorm plusOrMinus 1e-4)
        perExample.gradientNorm shouldBe (9 * mean.gradientNorm plusOrMinus 1e-4)
    }

    test("a penalty joins the loss and the gradient, before clipping, but not the evaluation") {
        fun first(objective: Objective): Pair<TrainingListener.Update, Graph> {
            lateinit var told: TrainingListener.Update
            val graph = model(dropout = 0.0, precision = Precision.FLOAT64)
            Trainer(graph, objective, Sgd(), LearningRate.constant(0.0), StreamBatches(corpus, 4, 9), TrainingOptions())
                .listen(object : TrainingListener {
                    override fun updated(update: TrainingListener.Update) {
                        told = update
                    }
                }).run(1)
            return told to graph
        }
        val (plain, plainGraph) = first(crossEntropy)
        val (penalised, graph) = first(crossEntropy.with(Penalty(0.0, 0.5)))
        val w = graph.parameters().first()
        val squares = graph.parameters().sumOf { it.value().sumOfSquares() }
        penalised.loss shouldBe (plain.loss + 0.5 * squares plusOrMinus 1e-9)
        penalised.meanLoss shouldBe plain.meanLoss
        w.gradient()[3, 2] shouldBe (plainGraph.parameters().first().gradient()[3, 2] + w.value()[3, 2] plusOrMinus 1e-12)
    }

    test("two outputs, each with its loss and factor") {
        val graph = SmallGraphs().run {
            val h = add("h", lstm("h", 3, 5, output = Output.LAST), features("x", 3))
            add("class", dense("class", 5, 2), h)
            add("number", dense("number", 5, 1), h)
            graph("class", "number")
        }
        val series = NumberSeries.of(Array(10) { i -> FloatArray(12) { (i - it) * 0.1f } }, 3)
        val both = Examples(
            mapOf("x" to series),
            mapOf("class" to TokenSeries.ofClasses(IntArray(10) { it % 2 }), "number" to NumberSeries.of(Array(10) { floatArrayOf(0.1f * it) }, 1)),
            mapOf(),
        )
        fun loss(objective: Objective) = Evaluator(graph, objective).evaluate(ExampleBatches(both, ExampleBatches.Options(4, 1))).loss()
        val classes = loss(Objective.of("class", SoftmaxCrossEntropy()))
        val numbers = loss(Objective.of("number", MeanSquaredError()))
        loss(Objective.of("class", SoftmaxCrossEntropy()).with("number", MeanSquaredError(), 0.5)) shouldBe (classes + numbers / 2 plusOrMinus 1e-12)
    }

    context("divergence") {
        fun weights(graph: Graph) = graph.parameters().map { it.value().toDoubles().toList() }

        test("a loss that is not finite stops before weights change, and names the place") {
            val graph = SmallGraphs(Precision.FLOAT32).run {
                add("y", dense("y", 2, 1), features("x", 2, false))
                graph("y")
            }
            val data = Examples.of("x", NumberSeries.of(Array(4) { FloatArray(2) { if (it == 1) Float.NaN else 1f } }, 2), "y", NumberSeries.of(Array(4) { floatArrayOf(1f) }, 1))
            val before = weights(graph)
            val trainer = Trainer(graph, Objective.of(MeanSquaredError()), Sgd(), LearningRate.constant(0.1), ExampleBatches(data, ExampleBatches.Options(2, 1)), TrainingOptions())
            val thrown = shouldThrow<DivergedException> { trainer.run() }
            thrown.update() shouldBe 1
            thrown.place() shouldBe "input x"
            thrown.message shouldContain "first in input x; mend the data"
            weights(graph) shouldBe before
            trainer.update() shouldBe 0
        }

        test("a rate that is far too large") {
            val graph = model(dropout = 0.0)
            val trainer = Trainer(graph, crossEntropy, Sgd(), LearningRate.constant(1e38), StreamBatches(corpus, 4, 9), TrainingOptions())
            shouldThrow<DivergedException> { trainer.run(50) }.message shouldContain "update"
        }

        test("a gradient that is not finite: the parameter is named, its weights stay") {
            val graph = SmallGraphs(Precision.FLOAT32).run {
                add("y", dense("y", 2, 1), features("x", 2, false))
                graph("y")
            }
            graph.parameters()[0].value().fill(0.0)
            // 2·(y − t)·x overflows where (y − t)² does not
            val data = Examples.of("x", NumberSeries.of(Array(1) { floatArrayOf(3e38f, 3e38f) }, 2), "y", NumberSeries.of(Array(1) { floatArrayOf(1e6f) }, 1))
            val before = weights(graph)
            val trainer = Trainer(graph, Objective.of(MeanSquaredError()), Sgd(), LearningRate.constant(0.1), ExampleBatches(data, ExampleBatches.Options(1, 1)), TrainingOptions())
            val thrown = shouldThrow<DivergedException> { trainer.run() }
            thrown.message shouldContain "gradient"
            thrown.place() shouldBe "parameter y.w"
            weights(graph) shouldBe before
        }

        test("a weight that is not finite is not saved") {
            val trainer = trainer(StreamBatches(corpus, 4, 9), options)
            trainer.graph().parameters()[1].value().set(0, 0, Double.NaN)
            shouldThrow<DivergedException> { trainer.save() }.message shouldContain "1.lstm.wh"
        }

        test("a rate below zero or not a number is refused") {
            for (rate in listOf(-1.0, Double.NaN, Double.POSITIVE_INFINITY)) {
                shouldThrow<IllegalArgumentException> {
                    Trainer(model(), crossEntropy, Sgd(), LearningRate.constant(rate), StreamBatches(corpus, 4, 9), TrainingOptions()).run(1)
                }.message shouldContain "learning rate"
            }
        }
    }

    test("where every target is ignored the loss is 0 and nothing is learned") {
        val graph = model(dropout = 0.0)
        val before = graph.parameters().map { it.value().toDoubles().toList() }
        val ignored = sentences().withWeight("3.dense") { _, _ -> 0.0 }
        val trainer = Trainer(graph, crossEntropy, adam(), LearningRate.constant(0.1), ExampleBatches(ignored, ExampleBatches.Options(6, 1)), TrainingOptions())
        val losses = mutableListOf<Double>()
        trainer.listen(object : TrainingListener {
            override fun updated(update: TrainingListener.Update) {
                losses += update.loss
            }
        })
        trainer.run(5)
        losses shouldBe List(5) { 0.0 }
        graph.parameters().map { it.value().toDoubles().toList() } shouldBe before
        Evaluator(graph, crossEntropy).evaluate(ExampleBatches(ignored, ExampleBatches.Options(6, 1))).loss() shouldBe 0.0
    }

    test("patience") {
        var observed = 0
        val trainer = Trainer(model(), crossEntropy, Sgd(), LearningRate.constant(0.0), StreamBatches(corpus, 4, 9), TrainingOptions.ofEpochs(50).withPatience(3, 0.0))
            .validateOn(StreamBatches(corpus, 4, 9))
            .listen(object : TrainingListener {
                override fun validated(trainer: Trainer, validation: TrainingListener.Validation) {
                    validation.improved shouldBe (observed++ == 0)
                }
            })
        trainer.run() shouldBe Trainer.End.EARLY
        observed shouldBe 4
        trainer.bestUpdate() shouldBe 16
    }

    test("a stop from another thread is honoured between updates, with a checkpoint") {
        val trainer = trainer(StreamBatches(corpus, 4, 9), options)
        var checkpoints = 0
        trainer.listen(object : TrainingListener {
            override fun updated(update: TrainingListener.Update) {
                if (update.update == 5L) Thread { trainer.stop() }.apply { start() }.join()
            }

            override fun checkpoint(trainer: Trainer) {
                checkpoints++
            }
        })
        trainer.run() shouldBe Trainer.End.STOPPED
        trainer.update() shouldBe 5
        checkpoints shouldBe 1
        trainer.run(2) shouldBe Trainer.End.PAUSED
    }

    test("few passes are made, however many updates") {
        val trainer = trainer(StreamBatches(corpus, 4, 9), options)
        val passes = mutableSetOf<GraphPass>()
        val graph = trainer.graph()
        graph.pass(PassSize.of(1, 1))
        val source = StreamBatches(corpus, 4, 9)
        val workspaces = Workspaces(graph, true)
        repeat(40) {
            if (!source.hasNext()) source.begin(source.epoch() + 1)
            passes += workspaces.next(source).pass()
        }
        passes.size shouldBe 1
    }
})
