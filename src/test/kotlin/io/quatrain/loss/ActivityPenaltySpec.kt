package io.quatrain.loss

import io.kotest.assertions.withClue
import io.kotest.core.spec.style.FunSpec
import io.kotest.matchers.doubles.plusOrMinus
import io.kotest.matchers.shouldBe
import io.quatrain.node.Signal
import io.quatrain.tensor.Compute
import io.quatrain.tensor.Mask
import io.quatrain.tensor.Precision
import io.quatrain.tensor.Randomness

class ActivityPenaltySpec : FunSpec({
    fun signal(withGradient: Boolean): Signal {
        val mask = Mask.variable(4, 3).apply { setLengths(intArrayOf(4, 1, 3)) }
        val random = Randomness(2, 0)
        return Signal.of(Compute.of(Precision.FLOAT64), 2, mask, withGradient).apply {
            for (c in 0 until 12) for (r in 0 until 2) value().all().set(r, c, random.nextGaussian())
        }
    }

    for ((alpha, beta) in listOf(2.0 to 0.0, 0.0 to 1.5, 2.0 to 1.0)) {
        test("size $alpha, change $beta: the gradient is the slope, is added, and is zero where nothing is there") {
            val penalty = ActivityPenalty(alpha, beta)
            val signal = signal(true)
            signal.wantedGradient().fill(7.0)
            penalty.apply(signal)
            val h = signal.value().all()
            val free = Signal(signal.value(), null)
            for (c in 0 until 12) for (r in 0 until 2) {
                val here = h.get(r, c)
                h.set(r, c, here + 1e-6)
                val above = penalty.apply(free)
                h.set(r, c, here - 1e-6)
                val slope = (above - penalty.apply(free)) / 2e-6
                h.set(r, c, here)
                withClue("($r, $c)") {
                    signal.wantedGradient().get(r, c) - 7 shouldBe (slope plusOrMinus 1e-8)
                    if (!signal.value().mask().valid(c)) signal.wantedGradient().get(r, c) shouldBe 7.0
                }
            }
        }
    }

    test("by hand") {
        val signal = Signal.of(Compute.of(Precision.FLOAT64), 1, Mask.full(3, 1), false)
        listOf(1.0, 3.0, 2.0).forEachIndexed { t, value -> signal.value().all().set(0, t, value) }
        ActivityPenalty(3.0, 0.0).apply(signal) shouldBe (14.0 plusOrMinus 1e-12)
        ActivityPenalty(0.0, 2.0).apply(signal) shouldBe (5.0 plusOrMinus 1e-12)
    }

    test("nothing there, nothing to pay") {
        val signal = signal(true)
        signal.value().mask().setLengths(intArrayOf(0, 0, 0))
        ActivityPenalty(1.0, 1.0).apply(signal) shouldBe 0.0
        signal.wantedGradient().sumOfSquares() shouldBe 0.0
    }
})
