package io.quatrain.optimize

import io.kotest.assertions.throwables.shouldThrow
import io.kotest.core.spec.style.FunSpec
import io.kotest.matchers.doubles.plusOrMinus
import io.kotest.matchers.shouldBe
import kotlin.math.sqrt

private fun LearningRate.first(n: Int) = (1L..n).map { at(it, 0.0) }

private fun List<Double>.shouldBeAbout(vararg expected: Double) {
    size shouldBe expected.size
    forEachIndexed { i, rate -> rate shouldBe (expected[i] plusOrMinus 1e-12) }
}

class LearningRateSpec : FunSpec({
    test("by hand") {
        Schedules.step(8.0, 0.5, 2).first(5).shouldBeAbout(8.0, 8.0, 4.0, 4.0, 2.0)
        Schedules.multiStep(8.0, 0.5, 1, 3, 3).first(5).shouldBeAbout(8.0, 4.0, 4.0, 1.0, 1.0)
        Schedules.exponential(8.0, 0.5).first(3).shouldBeAbout(8.0, 4.0, 2.0)
        Schedules.exponential(8.0, 0.25, 2.0, false).first(3).shouldBeAbout(8.0, 4.0, 2.0)
        Schedules.inverseTime(6.0, 1.0, 2.0, false).first(5).shouldBeAbout(6.0, 4.0, 3.0, 2.4, 2.0)
        Schedules.piecewise(longArrayOf(1, 2), doubleArrayOf(3.0, 2.0, 1.0)).first(4).shouldBeAbout(3.0, 3.0, 2.0, 1.0)
        Schedules.linear(1.0, 3.0, 2.0).first(4).shouldBeAbout(1.0, 2.0, 3.0, 3.0)
        Schedules.polynomial(5.0, 1.0, 2.0, 2.0, false).first(4).shouldBeAbout(5.0, 2.0, 1.0, 1.0)
        Schedules.cosine(3.0, 1.0, 2.0).first(4).shouldBeAbout(3.0, 2.0, 1.0, 1.0)
        Schedules.cosineWave(3.0, 1.0, 2.0).first(5).shouldBeAbout(3.0, 2.0, 1.0, 2.0, 3.0)
        Schedules.cosineRestarts(3.0, 1.0, 2.0, 2.0, 0.5).first(9)
            .shouldBeAbout(3.0, 2.0, 2.0, 1.5 + 0.5 * sqrt(0.5), 1.5, 1.5 - 0.5 * sqrt(0.5), 1.5, 1.0 + 0.25 * (1 + Math.cos(Math.PI / 8)), 1.0 + 0.25 * (1 + sqrt(0.5)))
        Schedules.inverseSquareRoot(2.0, 4.0).first(16).let {
            it[1] shouldBe 1.0
            it[3] shouldBe 2.0
            it[15] shouldBe 1.0
        }
        Schedules.cyclic(1.0, 3.0, 2.0, 2.0, 0.5, 1.0).first(9).shouldBeAbout(1.0, 2.0, 3.0, 2.0, 1.0, 1.5, 2.0, 1.5, 1.0)
    }

    test("one after another: the second counts from its own beginning") {
        Schedules.linear(0.0, 4.0, 2.0).then(2, Schedules.exponential(4.0, 0.5)).first(5).shouldBeAbout(0.0, 2.0, 4.0, 2.0, 1.0)
    }

    test("a product, a warm-up") {
        Schedules.step(8.0, 0.5, 1).times(Schedules.step(1.0, 0.1, 2)).first(4).shouldBeAbout(8.0, 4.0, 0.2, 0.1)
        LearningRate.constant(6.0).warmedUp(3).first(4).shouldBeAbout(2.0, 4.0, 6.0, 6.0)
    }

    test("by epochs") {
        val rate = Schedules.step(8.0, 0.5, 2).perEpoch()
        listOf(0.0, 1.9, 2.0, 3.5, 4.0).map { rate.at(77, it) }.shouldBeAbout(8.0, 8.0, 4.0, 4.0, 2.0)
    }

    test("halved when the loss rises") {
        val rate = ReduceOnRise(8.0)
        listOf(3.0, 2.0, 2.5, 2.6, 2.6, 1.0).map { rate.observe(it); rate.at(1, 0.0) }.shouldBeAbout(8.0, 8.0, 4.0, 2.0, 2.0, 2.0)
    }

    test("reduced on a plateau, with a cooldown") {
        val rate = ReduceOnPlateau(8.0, 0.5, 1, 0.0, true, false, 1, 3.0, 0.0)
        listOf(1.0, 1.0, 1.0, 1.0, 1.0, 1.0, 1.0, 0.5).map { rate.observe(it); rate.at(1, 0.0) }.shouldBeAbout(8.0, 8.0, 4.0, 4.0, 4.0, 3.0, 3.0, 3.0)
    }

    test("what a composition remembers is all its parts remember, and resuming goes on exactly") {
        fun made() = Schedules.linear(0.1, 1.0, 3.0).then(3, ReduceOnPlateau(1.0, 0.5, 0)).times(ReduceOnRise(1.0)).perEpoch()
        val losses = listOf(3.0, 2.0, 2.5, 2.6, 2.4, 2.4, 1.0)
        val whole = made()
        losses.forEach(whole::observe)
        val until = made()
        losses.take(4).forEach(until::observe)
        val resumed = made()
        resumed.restore(until.state())
        losses.drop(4).forEach(resumed::observe)
        resumed.state() shouldBe whole.state()
        resumed.at(1, 9.0) shouldBe whole.at(1, 9.0)
        shouldThrow<IllegalArgumentException> { made().restore(doubleArrayOf(1.0)) }
    }
})
