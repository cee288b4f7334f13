package io.quatrain.train

import io.kotest.core.spec.style.FunSpec
import io.kotest.matchers.collections.shouldContainAll
import io.kotest.matchers.comparables.shouldBeGreaterThan
import io.kotest.matchers.shouldBe
import io.quatrain.architecture.compile
import io.quatrain.dsl.SequentialBuilder
import io.quatrain.dsl.dense
import io.quatrain.dsl.embedding
import io.quatrain.dsl.gru
import io.quatrain.dsl.lstm
import io.quatrain.dsl.oneHot
import io.quatrain.dsl.rnn
import io.quatrain.dsl.sequential
import io.quatrain.kernel.slowCores
import io.quatrain.loss.SoftmaxCrossEntropy
import io.quatrain.optimize.Adam
import io.quatrain.optimize.Clipping
import io.quatrain.optimize.LearningRate
import io.quatrain.tensor.Compute
import io.quatrain.tensor.Precision
import java.util.concurrent.ConcurrentHashMap
import java.util.concurrent.CountDownLatch
import java.util.concurrent.Executor
import java.util.concurrent.Executors
import java.util.concurrent.TimeUnit
import java.util.concurrent.atomic.AtomicInteger

/** Layers wide enough that their products really are split. */
class ThreadsSpec : FunSpec({
    fun sentences(vocabulary: Int) =
        TokenSeries.of(List(96) { i -> IntArray(9 + i % 2) { t -> (i * 7919 + t * t * 31) % vocabulary } })

    class Case(val vocabulary: Int, val batch: Int, val splits: Int, val layers: SequentialBuilder.() -> Unit)

    val models = mapOf(
        "lstm, both directions" to Case(600, 24, 100) { embedding(600, 40); lstm(100, bidirectional = true) },
        "gru, two layers" to Case(600, 24, 100) { embedding(600, 40); gru(120, layers = 2) },
        "rnn" to Case(600, 24, 100) { embedding(600, 40); rnn(260) },
        "gradients in halves, lstm" to Case(40, 41, 25) { oneHot(40); lstm(40) },
        "gradients in halves, gru" to Case(40, 41, 25) { embedding(40, 30); gru(50, layers = 2) },
    )

    fun learned(case: Case, compute: Compute): TrainingState {
        val model = sequential {
            case.layers(this)
            dense(case.vocabulary)
        }.compile(compute, seed = 3)
        val graph = model.graph
        val examples = Examples.nextToken(graph.inputs().single().name(), sentences(case.vocabulary), graph.outputs().single())
        val trainer = Trainer(
            graph, Objective.of(SoftmaxCrossEntropy()), Adam(0.9, 0.999, 1e-8), LearningRate.constant(0.003),
            ExampleBatches(examples, ExampleBatches.Options(case.batch, 5)), TrainingOptions().withClipping(Clipping.byGlobalNorm(1.0)),
        )
        trainer.run(5)
        return trainer.save()
    }

    for ((name, case) in models) {
        for (precision in Precision.entries) {
            test("$name, $precision: the same bits on any number of threads, and on a user's executor") {
                val one = learned(case, Compute.of(precision))
                for (threads in listOf(2, 3, 64)) learned(case, Compute.of(precision, threads)) shouldBe one
                val asked = AtomicInteger()
                val pool = Executors.newFixedThreadPool(2)
                val counting = Executor {
                    asked.incrementAndGet()
                    pool.execute(it)
                }
                learned(case, Compute.of(precision, counting, 3)) shouldBe one
                pool.shutdown()
                asked.get() shouldBeGreaterThan case.splits
            }
        }
    }

    test("half of what a slow thread has left is taken over, and the bits are the same") {
        val case = Case(40, 32, 0) { oneHot(40); lstm(40) }
        val caller = Thread.currentThread()
        val begun = mapOf("lstmForward" to CountDownLatch(1), "lstmBackward" to CountDownLatch(1))
        val examples = ConcurrentHashMap.newKeySet<Pair<String, Int>>()
        val slow = slowCores(2) { method, arguments ->
            begun[method]?.let { latch ->
                examples += method to arguments[1] as Int
                if (Thread.currentThread() == caller) {
                    latch.await(10, TimeUnit.SECONDS)
                } else if (latch.count > 0) {
                    latch.countDown()
                    untilItSleeps(caller)
                }
            }
        }
        learned(case, slow) shouldBe learned(case, Compute.of(Precision.FLOAT32))
        examples shouldContainAll begun.keys.flatMap { listOf(it to 16, it to 8) }
    }
})

/** Stays in its first step until the other thread has done all of its own: so there is something to take over, on any machine. */
private fun untilItSleeps(other: Thread) {
    val deadline = System.nanoTime() + 10_000_000_000
    while (other.state != Thread.State.WAITING && System.nanoTime() < deadline) Thread.sleep(1)
}
