package io.quatrain.optimize

import io.kotest.core.spec.style.FunSpec
import io.kotest.matchers.doubles.plusOrMinus
import io.kotest.matchers.shouldBe
import io.kotest.matchers.shouldNotBe
import io.quatrain.node.EmbeddingNode
import io.quatrain.node.Noise
import io.quatrain.node.Parameter
import io.quatrain.node.Signal
import io.quatrain.node.Wiring
import io.quatrain.tensor.Compute
import io.quatrain.tensor.Mask
import io.quatrain.tensor.Precision
import io.quatrain.tensor.Randomness
import io.quatrain.tensor.Sequence

private const val SIZE = 19
private const val VOCABULARY = 200

/** An embedding that is looked up and pushed about, its gradient kept sparse or not. */
private class Lookups(precision: Precision, private val sparse: Boolean, threads: Int = 1) {
    private val compute = Compute.of(precision, threads)
    private val random = Randomness(8, 0)
    val e = Parameter("e", compute.matrix(SIZE, VOCABULARY), true).also { parameter ->
        for (c in 0 until VOCABULARY) for (r in 0 until SIZE) parameter.value().set(r, c, random.nextGaussian())
    }
    private val tokens = Sequence.ofTokens(compute, VOCABULARY, Mask.full(4, 5))
    private val pass = EmbeddingNode(e).pass(Wiring(compute, "e", listOf(Signal(tokens, null)), null, true, Noise()))

    fun step(optimizer: Optimizer, clipping: Clipping = Clipping.NONE) {
        if (!sparse) e.gradient()
        e.clearGradient()
        tokens.setIds(IntArray(20) { random.nextInt(VOCABULARY / 2) })
        pass.clearGradients()
        for (c in 0 until 20) for (r in 0 until SIZE) pass.output().wantedGradient().set(r, c, random.nextGaussian())
        pass.backward()
        e.gradientIsSparse() shouldBe sparse
        val parameters = listOf(e)
        optimizer.step(parameters, 0.1, clipping.apply(parameters, Clipping.globalNorm(parameters)))
    }
}

class SparseUpdateSpec : FunSpec({
    val optimizers = mapOf(
        "SGD" to { Sgd() }, "Adagrad" to { Adagrad(1e-10, 0.0) }, "Adagrad of Keras" to { Adagrad(1e-7, 0.1, 0.0, Convention.KERAS) },
        "momentum" to { Sgd(0.9, 0.0, false, Convention.PYTORCH) }, "Adam" to { Adam(0.9, 0.999, 1e-8) },
        "decayed SGD" to { Sgd().decaying(WeightDecay.decoupled(0.1)) },
        "Adagrad, climbing" to { Adagrad(1e-10, 0.1).maximizing() },
    )
    for ((name, make) in optimizers) for (precision in Precision.values()) {
        test("$name in $precision: keeping to the columns looked up changes not a bit") {
            val sparse = Lookups(precision, sparse = true)
            val dense = Lookups(precision, sparse = false)
            val threads = Lookups(precision, sparse = true, threads = 2)
            val (one, other, third) = List(3) { make() }
            repeat(5) {
                sparse.step(one)
                dense.step(other)
                threads.step(third)
            }
            sparse.e.value().toDoubles() shouldBe dense.e.value().toDoubles()
            threads.e.value().toDoubles() shouldBe dense.e.value().toDoubles()
        }
    }

    test("the norm is that of the whole, and clearing clears") {
        val sparse = Lookups(Precision.FLOAT64, sparse = true)
        sparse.step(Sgd())
        sparse.e.touchedCount() shouldNotBe 0
        val norm = Clipping.globalNorm(listOf(sparse.e))
        norm * norm shouldBe (sparse.e.gradientToRead().sumOfSquares() plusOrMinus 1e-10)
        sparse.e.clearGradient()
        sparse.e.touchedCount() shouldBe 0
        sparse.e.gradientToRead().sumOfSquares() shouldBe 0.0
    }

    test("columns that were not looked up are not visited") {
        val sparse = Lookups(Precision.FLOAT64, sparse = true)
        val optimizer = Adagrad(1e-10, 0.0)
        optimizer.slots(sparse.e).single().columns(VOCABULARY - 1, VOCABULARY).fill(Double.NaN)
        sparse.step(optimizer)
        sparse.e.value().finite() shouldBe true             // a visit would have left w − rate·0 / √NaN
    }

    test("coupled decay reaches every column") {
        val sparse = Lookups(Precision.FLOAT64, sparse = true)
        val before = sparse.e.value().toDoubles()
        sparse.step(Sgd().decaying(WeightDecay.coupled(0.5)))
        // a token of the vocabulary's second half is never looked up: w −= 0.1·0.5·w
        sparse.e.value().get(3, VOCABULARY - 1) shouldBe (0.95 * before[(VOCABULARY - 1) * SIZE + 3] plusOrMinus 1e-15)
    }
})
