package io.quatrain.train

import io.kotest.assertions.throwables.shouldThrow
import io.kotest.assertions.withClue
import io.kotest.core.spec.style.FunSpec
import io.kotest.matchers.doubles.plusOrMinus
import io.kotest.matchers.doubles.shouldBeLessThan
import io.kotest.matchers.shouldBe
import io.kotest.matchers.shouldNotBe
import io.kotest.matchers.string.shouldContain
import io.quatrain.loss.ActivityPenalty
import io.quatrain.loss.SoftmaxCrossEntropy
import io.quatrain.metric.Accuracy
import io.quatrain.metric.ConfusionMatrix
import io.quatrain.metric.LossMetric
import io.quatrain.optimize.Adam
import io.quatrain.optimize.Asgd
import io.quatrain.optimize.LearningRate
import io.quatrain.optimize.Optimizer
import io.quatrain.optimize.Sgd
import io.quatrain.tensor.Precision
import kotlin.math.exp

/** What a trainer does besides losses and updates: averages, penalties of activity, metrics. */
class AveragesSpec : FunSpec({
    val text = "the quick brown fox jumps over the lazy dog and the dog sleeps while the fox runs on and on ".repeat(3)
    val letters = text.toSet().sorted()
    val corpus = TokenSource.of(*text.map { letters.indexOf(it) }.toIntArray())
    val crossEntropy = Objective.of(SoftmaxCrossEntropy())
    fun graph(dropout: Double = 0.0) = SmallGraphs.languageModel(letters.size, 12, Precision.FLOAT64, 1, dropout)
    fun source() = StreamBatches(corpus, 2, 9)
    fun numbers(graph: io.quatrain.node.Graph) = graph.parameters().flatMap { it.value().toDoubles().toList() }

    val keepers: Map<String, () -> Optimizer> = mapOf(
        "exponential averages" to { Adam(0.9, 0.999, 1e-8).averaging(0.8, 0) },
        "averages that are taken over" to { Adam(0.9, 0.999, 1e-8).averaging(0.8, 5) },
        "averaged SGD" to { Asgd(1e-4, 0.75, 3.0) },
    )

    for ((name, make) in keepers) {
        fun trainer(validated: Boolean = true) = Trainer(
            graph(0.2), crossEntropy, make(), LearningRate.constant(0.05), source(), TrainingOptions().withValidation(4, false),
        ).also { if (validated) it.validateOn(source()) }

        test("$name: a split run is the whole run, whatever is judged and saved on the way") {
            val whole = trainer().also { it.run(13) }.save()
            for (k in listOf(0L, 1L, 4L, 6L)) {
                val saved = trainer().also { it.run(k); it.save() }.save()
                val resumed = trainer().also { it.restore(saved) }
                resumed.save() shouldBe saved
                resumed.run(13 - k)
                withClue("after $k") { resumed.save() shouldBe whole }
            }
            val alone = trainer(validated = false).also { it.run(13) }.save()
            alone.arrays() shouldBe whole.arrays()
        }

        test("$name: what is judged and saved is the average, and training goes on from what was learned") {
            val optimizer = make()
            val own = graph()
            val trainer = Trainer(own, crossEntropy, optimizer, LearningRate.constant(0.05), source(), TrainingOptions().withValidation(6, false))
            var judged = Double.NaN
            trainer.validateOn(source()).listen(object : TrainingListener {
                override fun validated(trainer: Trainer, validation: TrainingListener.Validation) {
                    judged = validation.evaluation().loss()
                    Evaluator(own, crossEntropy).evaluate(source()).loss() shouldBe judged
                }
            })
            trainer.run(6)
            val averages = numbers(own)
            val learned = own.parameters().flatMap { optimizer.slots(it)[optimizer.averageSlot()].toDoubles().toList() }
            averages shouldNotBe learned
            trainer.save().array("weights/1.lstm.wx").doubles()!!.toList() shouldBe own.parameters().first { it.path() == "1.lstm.wx" }.value().toDoubles().toList()
            Evaluator(own, crossEntropy).evaluate(source()).loss() shouldBe judged
        }
    }

    test("activity: what a layer gives becomes small where it costs, and the loss says so") {
        fun mean(objective: Objective): Pair<Double, Double> {
            val own = graph()
            var told = 0.0
            Trainer(own, objective, Adam(0.9, 0.999, 1e-8), LearningRate.constant(0.02), source(), TrainingOptions()).listen(object : TrainingListener {
                override fun updated(update: TrainingListener.Update) {
                    told = update.loss - update.meanLoss
                }
            }).run(60)
            val pass = own.pass(io.quatrain.node.PassSize.of(1, 20))
            for (t in 0 until 20) pass.input(own.inputs()[0].name()).setId(t, 0, t % letters.size)
            pass.forward(false)
            val h = pass.signal("1.lstm").value().all()
            return h.sumOfSquares() / (h.rows() * h.columns()) to told
        }
        val (free, nothing) = mean(crossEntropy)
        val (small, paid) = mean(crossEntropy.with("1.lstm", ActivityPenalty(20.0, 5.0)))
        nothing shouldBe (0.0 plusOrMinus 1e-12)
        small shouldBeLessThan free / 4
        (paid > 0) shouldBe true
    }

    test("activity: the parameters' gradients are the slopes of the loss that is told") {
        val own = graph()
        var loss = 0.0
        val objective = crossEntropy.with("1.lstm", ActivityPenalty(2.0, 1.0)).with("3.dense", ActivityPenalty(0.5, 0.0))
        fun told(): Double {
            Trainer(own, objective, Sgd(), LearningRate.constant(0.0), source(), TrainingOptions()).listen(object : TrainingListener {
                override fun updated(update: TrainingListener.Update) {
                    loss = update.loss
                }
            }).run(1)
            return loss
        }
        told()
        val gradients = own.parameters().associateWith { it.gradientToRead().toDoubles() }
        for ((parameter, gradient) in gradients) for (i in gradient.indices step maxOf(1, gradient.size / 7)) {
            val r = i % parameter.rows()
            val c = i / parameter.rows()
            val here = parameter.value().get(r, c)
            fun at(w: Double) = told().also { }.let { parameter.value().set(r, c, w); parameter.changed(); told() }
            val slope = (at(here + 1e-5) - at(here - 1e-5)) / 2e-5
            at(here)
            withClue("${parameter.path()}[$r, $c]") { gradient[i] shouldBe (slope plusOrMinus 1e-7) }
        }
    }

    test("activity of a layer that is not there is refused with the names of those that are") {
        shouldThrow<IllegalArgumentException> {
            Trainer(graph(), crossEntropy.with("7.lstm", ActivityPenalty(1.0, 0.0)), Sgd(), LearningRate.constant(0.1), source(), TrainingOptions())
        }.message shouldContain "no layer \"7.lstm\"; its layers are 0.onehot, 1.lstm"
    }

    test("metrics are measured at every validation, each time anew") {
        val own = graph()
        val matrix = ConfusionMatrix(letters.size)
        val seen = mutableListOf<Evaluation>()
        Trainer(own, crossEntropy, Adam(0.9, 0.999, 1e-8), LearningRate.constant(0.02), source(), TrainingOptions().withValidation(5, false))
            .validateOn(source(), listOf(Accuracy(), LossMetric.perplexity(SoftmaxCrossEntropy()), matrix))
            .listen(object : TrainingListener {
                override fun validated(trainer: Trainer, validation: TrainingListener.Validation) {
                    seen += validation.evaluation()
                }
            }).run(15)
        seen.size shouldBe 3
        for (evaluation in seen) {
            evaluation.metrics().keys.toList() shouldBe listOf("accuracy", "perplexity", "F1")
            evaluation.metrics().getValue("accuracy") shouldBe evaluation.accuracy()
            evaluation.metrics().getValue("perplexity") shouldBe (exp(evaluation.loss()) plusOrMinus 1e-9)
        }
        seen.last().metrics().getValue("F1") shouldBe matrix.value()
        matrix.accuracy() shouldBe (seen.last().accuracy() plusOrMinus 1e-12)
        (0 until letters.size).sumOf(matrix::support) shouldBe seen.last().targets().toDouble()
    }
})
