package io.quatrain.train

import com.sun.management.ThreadMXBean
import io.kotest.assertions.withClue
import io.kotest.core.spec.style.FunSpec
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
import io.quatrain.kernel.Kernels
import io.quatrain.kernel.Workers
import io.quatrain.loss.SoftmaxCrossEntropy
import io.quatrain.node.Graph
import io.quatrain.optimize.Adagrad
import io.quatrain.optimize.Adam
import io.quatrain.optimize.Clipping
import io.quatrain.optimize.LearningRate
import io.quatrain.optimize.Optimizer
import io.quatrain.optimize.Sgd
import io.quatrain.tensor.Compute
import io.quatrain.tensor.Precision
import java.lang.management.ManagementFactory

/**
 * Nothing is allocated in the loop. With kernels whose vectors are not objects that holds in the interpreter, too, so it does not
 * hang on what the compiler does away with. What is made once (a thread's scratch, a pass of another size) is given time.
 */
class AllocationSpec : FunSpec({
    val vocabulary = 500
    val ids = IntArray(40_000) { (it * 7919L + it.toLong() * it % 31).mod(vocabulary) }
    val sentences = TokenSeries.of(List(400) { i -> IntArray(9 + i % 2) { t -> ids[i * 40 + t] } })

    fun stream(@Suppress("UNUSED_PARAMETER") graph: Graph): BatchSource = StreamBatches(TokenSource.of(*ids), 16, 8)

    fun sentences(graph: Graph): BatchSource {
        val examples = Examples.nextToken(graph.inputs().single().name(), sentences, graph.outputs().single())
        return ExampleBatches(examples, ExampleBatches.Options(16, 5))
    }

    class Case(val optimizer: () -> Optimizer, val source: (Graph) -> BatchSource, val layers: SequentialBuilder.() -> Unit)

    val cases = mapOf(
        "one-hot, lstm, Adam" to Case({ Adam(0.9, 0.999, 1e-8) }, ::stream) { oneHot(vocabulary); lstm(64) },
        "embedding, lstm both ways, Adam" to Case({ Adam(0.9, 0.999, 1e-8) }, ::sentences) {
            embedding(vocabulary, 24)
            lstm(80, bidirectional = true)
        },
        "embedding, gru, Adagrad" to Case({ Adagrad(1e-10, 0.0) }, ::stream) { embedding(vocabulary, 24); gru(64) },
        "one-hot, rnn of two layers, plain descent" to Case({ Sgd() }, ::sentences) { oneHot(vocabulary); rnn(64, layers = 2) },
    )

    val kernels = mapOf<String, (Workers) -> Compute>(
        "float64" to { Compute(Precision.FLOAT64, Kernels.doubles(), it) },
        "float32, plain" to { Compute(Precision.FLOAT32, Kernels.plain(), it) },
    )

    for ((name, case) in cases) for ((kernel, compute) in kernels) for (threads in 1..2) {
        test("an update allocates nothing: $name, $kernel, threads $threads") {
            val others = Thread.getAllStackTraces().keys
            val workers = Workers(threads)
            val helpers = (Thread.getAllStackTraces().keys - others).filter { it.name.startsWith("quatrain") }
            val graph = sequential {
                case.layers(this)
                dense(vocabulary)
            }.compile(compute(workers), seed = 3).graph
            val trainer = Trainer(
                graph, Objective.of(SoftmaxCrossEntropy()), case.optimizer(), LearningRate.constant(0.003), case.source(graph),
                TrainingOptions().withClipping(Clipping.byGlobalNorm(0.1)).withValidation(0, false).withCheckpoints(0, false),
            )
            helpers.size shouldBe threads - 1
            val allocated = Allocated(helpers)
            val updates = mutableListOf<Long>()
            while (updates.size < AT_MOST && updates.takeLast(ROW) != nothing) updates += allocated.during { trainer.run(1) }
            withClue(updates) { updates.takeLast(ROW) shouldBe nothing }
            workers.close()
        }
    }
}) {
    private companion object {
        const val ROW = 5
        const val AT_MOST = 60
        val nothing = List(ROW) { 0L }
    }

    /** Bytes that this thread and its helpers allocate. */
    private class Allocated(private val helpers: List<Thread>) {
        private val bean = ManagementFactory.getThreadMXBean() as ThreadMXBean

        fun during(block: () -> Unit): Long {
            val elsewhere = ofHelpers()
            val here = bean.currentThreadAllocatedBytes
            block()
            return bean.currentThreadAllocatedBytes - here + ofHelpers() - elsewhere
        }

        @Suppress("DEPRECATION") // Thread.threadId() came with 19
        private fun ofHelpers() = helpers.sumOf { bean.getThreadAllocatedBytes(it.id) }
    }
}
