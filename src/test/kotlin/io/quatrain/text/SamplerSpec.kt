package io.quatrain.text

import io.kotest.assertions.throwables.shouldThrow
import io.kotest.core.spec.style.FunSpec
import io.kotest.matchers.doubles.plusOrMinus
import io.kotest.matchers.ints.shouldBeInRange
import io.kotest.matchers.shouldBe
import io.kotest.matchers.string.shouldContain
import kotlin.math.exp
import kotlin.math.ln
import kotlin.random.Random

class SamplerSpec : FunSpec({
    // Probabilities 1/2, 1/4, 1/8, 1/16, 1/16 for tokens 2, 0, 1, 3, 4.
    val logits = doubleArrayOf(ln(0.25), ln(0.125), ln(0.5), ln(0.0625), ln(0.0625))

    fun frequencies(sampling: Sampling, draws: Int = 40_000, constraint: Constraint = Constraint.NONE): List<Double> {
        val counts = IntArray(logits.size)
        val sampler = sampling.sampler(0, constraint)
        repeat(draws) { counts[sampler.next(logits).id()]++ }
        return counts.map { it / draws.toDouble() }
    }

    fun List<Double>.shouldBeNear(vararg expected: Double) = zip(expected.toList()).forEach { (seen, wanted) ->
        if (wanted == 0.0) seen shouldBe 0.0 else seen shouldBe (wanted plusOrMinus 0.012)
    }

    test("a constraint that allows more than there is allows what there is") {
        val everything = Constraint { _, allowed -> allowed.set(0, 1000) }
        frequencies(Sampling.DEFAULT, constraint = everything).shouldBeNear(0.25, 0.125, 0.5, 0.0625, 0.0625)
        Sampling.GREEDY.sampler(0, everything).next(logits).id() shouldBe 2
    }

    test("by default tokens come as often as the model says") {
        frequencies(Sampling.DEFAULT).shouldBeNear(0.25, 0.125, 0.5, 0.0625, 0.0625)
    }

    test("draws fit the exact distribution: chi-square, for plain, tempered and filtered draws of 30 tokens") {
        val random = Random(6)
        val some = DoubleArray(30) { random.nextDouble() * 5 }
        fun exact(logits: DoubleArray, kept: (Int) -> Boolean = { true }): List<Double> {
            val weights = logits.mapIndexed { i, logit -> if (kept(i)) exp(logit) else 0.0 }
            return weights.map { it / weights.sum() }
        }
        val falling = some.indices.sortedByDescending { some[it] }
        val shares = exact(some)
        val nucleus = falling.take(1 + falling.indices.first { n -> falling.take(n + 1).sumOf { shares[it] } >= 0.7 }).toSet()
        val cases = listOf(
            Sampling.DEFAULT to shares,
            Sampling.DEFAULT.withTemperature(0.6) to exact(DoubleArray(30) { some[it] / 0.6 }),
            Sampling.DEFAULT.withTemperature(2.5) to exact(DoubleArray(30) { some[it] / 2.5 }),
            Sampling.DEFAULT.withTopK(8) to exact(some) { it in falling.take(8) },
            Sampling.DEFAULT.withTopP(0.7) to exact(some) { it in nucleus },
            Sampling.DEFAULT.withMinP(0.1) to exact(some) { exp(some[it] - some.max()) >= 0.1 },
            Sampling.DEFAULT.withBanned(setOf(falling[0], 3)) to exact(some) { it != falling[0] && it != 3 },
        )
        for ((sampling, expected) in cases) for (seed in 1L..3L) for (streams in listOf(1, 20_000)) {
            val draws = 20_000
            val counts = IntArray(30)
            val samplers = List(streams) { sampling.withSeed(seed).sampler(it.toLong(), Constraint.NONE) }    // one long text, or many short ones
            repeat(draws) { counts[samplers[it % streams].next(some).id()]++ }
            counts.filterIndexed { i, _ -> expected[i] == 0.0 }.sum() shouldBe 0
            val chi = counts.indices.filter { expected[it] > 0 }.sumOf { (counts[it] - draws * expected[it]).let { d -> d * d } / (draws * expected[it]) }
            val freedom = expected.count { it > 0 } - 1.0
            // Wilson and Hilferty: the cube root of chi²/n is nearly normal; 4 deviations, one chance in 30,000.
            val z = (Math.cbrt(chi / freedom) - (1 - 2 / (9 * freedom))) / kotlin.math.sqrt(2 / (9 * freedom))
            io.kotest.assertions.withClue("$sampling, $streams streams: chi² $chi of $freedom, z $z") { (z < 4) shouldBe true }
        }
    }

    test("temperature sharpens and flattens: p to the power 1/temperature") {
        val squares = listOf(0.0625, 0.015625, 0.25, 0.00390625, 0.00390625)
        frequencies(Sampling.DEFAULT.withTemperature(0.5)).shouldBeNear(*squares.map { it / squares.sum() }.toDoubleArray())
        frequencies(Sampling.DEFAULT.withTemperature(1e6)).shouldBeNear(0.2, 0.2, 0.2, 0.2, 0.2)
        frequencies(Sampling.GREEDY, 50) shouldBe listOf(0.0, 0.0, 1.0, 0.0, 0.0)
    }

    test("top-k, top-p, min-p and typical keep the tokens they should") {
        frequencies(Sampling.DEFAULT.withTopK(2)).shouldBeNear(1 / 3.0, 0.0, 2 / 3.0, 0.0, 0.0)
        frequencies(Sampling.DEFAULT.withTopK(99)).shouldBeNear(0.25, 0.125, 0.5, 0.0625, 0.0625)
        frequencies(Sampling.DEFAULT.withTopK(4)).shouldBeNear(0.25 / 0.9375, 0.125 / 0.9375, 0.5 / 0.9375, 0.0625 / 0.9375, 0.0)  // equal: the lower id
        frequencies(Sampling.DEFAULT.withTopP(0.6)).shouldBeNear(1 / 3.0, 0.0, 2 / 3.0, 0.0, 0.0)
        frequencies(Sampling.DEFAULT.withTopP(0.5)).shouldBeNear(0.0, 0.0, 1.0, 0.0, 0.0)
        frequencies(Sampling.DEFAULT.withTopP(0.501)).shouldBeNear(1 / 3.0, 0.0, 2 / 3.0, 0.0, 0.0)
        frequencies(Sampling.DEFAULT.withMinP(0.25)).shouldBeNear(0.25 / 0.875, 0.125 / 0.875, 0.5 / 0.875, 0.0, 0.0)
        // Entropy is 1.875 bits; surprises are 2, 3, 1, 4, 4 bits: token 0 is nearest, then token 2.
        frequencies(Sampling.DEFAULT.withTypical(0.2)).shouldBeNear(1.0, 0.0, 0.0, 0.0, 0.0)
        frequencies(Sampling.DEFAULT.withTypical(0.7)).shouldBeNear(1 / 3.0, 0.0, 2 / 3.0, 0.0, 0.0)
    }

    test("banned tokens never come, forced ones come first, a constraint is kept") {
        frequencies(Sampling.DEFAULT.withBanned(setOf(2, 4, 77))).shouldBeNear(0.25 / 0.4375, 0.125 / 0.4375, 0.0, 0.0625 / 0.4375, 0.0)
        val sampler = Sampling.GREEDY.withForced(listOf(4, 1)).sampler()
        List(4) { sampler.next(logits).id() } shouldBe listOf(4, 1, 2, 2)
        val alternating = Constraint { written, allowed -> written.lastOrNull()?.let(allowed::clear) }
        val constrained = Sampling.GREEDY.sampler(0, alternating)
        List(4) { constrained.next(logits).id() } shouldBe listOf(2, 0, 2, 0)
        frequencies(Sampling.DEFAULT, 100, alternating.and { _, allowed -> allowed.clear(3, 5) })[3] shouldBe 0.0
        shouldThrow<IllegalStateException> { Sampling.DEFAULT.sampler(0) { _, allowed -> allowed.clear() }.next(logits) }.message shouldBe
            "choice 0: no token is allowed; ban fewer tokens or loosen the constraint"
    }

    test("the repetition penalty makes recent tokens less likely, in its window") {
        val positive = doubleArrayOf(3.0, 2.9, 1.0, -1.0)
        val sampler = Sampling.GREEDY.withRepetitionPenalty(2.0, 1).sampler()
        List(4) { sampler.next(positive).id() } shouldBe listOf(0, 1, 0, 1)      // 3 against 2.9, then 1.5 against 2.9 ...
        val wider = Sampling.GREEDY.withRepetitionPenalty(2.0, 2).sampler()
        List(4) { wider.next(positive).id() } shouldBe listOf(0, 1, 0, 0)        // ... and 1.5 against 1.45
        val prompted = Sampling.GREEDY.withRepetitionPenalty(10.0, 0).sampler().apply { prompt(0, 1) }
        prompted.next(positive).id() shouldBe 2
        prompted.written() shouldBe listOf(0, 1, 2)
    }

    test("the log-probability is the model's own, whatever the filters") {
        val chosen = Sampling.DEFAULT.withTemperature(0.3).withTopK(1).withRepetitionPenalty(3.0, 0).withBanned(setOf(2)).sampler().next(DoubleArray(5) { logits[it] + 7 })
        chosen.id() shouldBe 0
        chosen.logProbability() shouldBe (ln(0.25) plusOrMinus 1e-12)
        Sampling.DEFAULT.withForced(listOf(3)).sampler().next(logits).logProbability() shouldBe (ln(0.0625) plusOrMinus 1e-12)
    }

    test("same seed and stream, same choices; these very ones on every JDK") {
        val random = Random(4)
        val steps = List(200) { FloatArray(50) { random.nextFloat() * 6 } }
        val sampling = Sampling.DEFAULT.withTopP(0.9).withTypical(0.95).withMinP(0.01).withTopK(30).withSeed(42)
        fun ids(sampling: Sampling, stream: Long = 0) = sampling.sampler(stream, Constraint.NONE).let { s -> steps.map { s.next(it).id() } }
        ids(sampling) shouldBe ids(sampling)
        (ids(sampling) == ids(sampling.withSeed(43))) shouldBe false
        (ids(sampling) == ids(sampling, 1)) shouldBe false
        ids(sampling).take(12) shouldBe listOf(45, 13, 34, 19, 17, 47, 35, 47, 15, 34, 24, 24)
        val shifted = FloatArray(60).also { steps[0].copyInto(it, 10) }
        sampling.sampler().next(shifted, 10, 50).id() shouldBe ids(sampling)[0]
    }

    test("every filter keeps at least one token, and only allowed ones") {
        val random = Random(9)
        repeat(2000) {
            val some = FloatArray(1 + random.nextInt(40)) { random.nextInt(-3, 4) * if (random.nextInt(9) == 0) 40f else 1f }
            val banned = some.indices.filter { random.nextInt(3) == 0 }.toSet().let { if (it.size == some.size) emptySet() else it }
            val sampling = Sampling(random.nextInt(3) * 0.7, random.nextInt(5), 1 - random.nextDouble() * 0.99, random.nextDouble(), 1 - random.nextDouble() * 0.99,
                1 + random.nextDouble(), random.nextInt(4), banned, emptyList(), it.toLong())
            val chosen = sampling.sampler().next(some)
            chosen.id() shouldBeInRange some.indices
            (chosen.id() in banned) shouldBe false
            exp(chosen.logProbability()) shouldBe (0.5 plusOrMinus 0.5)
        }
    }

    test("logits that are no numbers are refused") {
        shouldThrow<IllegalArgumentException> { Sampling.DEFAULT.sampler().next(floatArrayOf(0f, Float.NaN)) }.message shouldBe
            "choice 0: the logit of token 1 is NaN; the weights are damaged or training diverged"
        shouldThrow<IllegalArgumentException> { Sampling.GREEDY.sampler().next(floatArrayOf(Float.POSITIVE_INFINITY)) }.message shouldContain "is Infinity"
        shouldThrow<IllegalArgumentException> { Sampling.GREEDY.sampler().next(doubleArrayOf()) }.message shouldBe "choice 0: there are no logits"
    }

    test("options out of range are refused by name") {
        for ((make, message) in listOf<Pair<() -> Sampling, String>>(
            { Sampling.DEFAULT.withTemperature(-1.0) } to "sampling: temperature must be 0 (greedy) or more, got -1.0",
            { Sampling.DEFAULT.withTemperature(Double.NaN) } to "temperature",
            { Sampling.DEFAULT.withTopK(-1) } to "topK",
            { Sampling.DEFAULT.withTopP(0.0) } to "topP",
            { Sampling.DEFAULT.withMinP(1.5) } to "minP",
            { Sampling.DEFAULT.withTypical(2.0) } to "typical",
            { Sampling.DEFAULT.withRepetitionPenalty(0.0, 1) } to "repetitionPenalty",
            { Sampling.DEFAULT.withRepetitionPenalty(1.0, -1) } to "repetitionWindow",
        )) shouldThrow<IllegalArgumentException> { make() }.message shouldContain message
    }
})

class StopConditionSpec : FunSpec({
    fun stream(text: String, cuts: Random, vararg stops: String): Pair<String, String?> {
        val watch = StopCondition.at(*stops).watch()
        val shown = StringBuilder()
        var at = 0
        while (at < text.length && !watch.stopped()) {
            val end = (at + cuts.nextInt(4)).coerceAtMost(text.length)
            shown.append(watch.next(text.substring(at, end)))
            at = end
        }
        return shown.append(watch.end()).toString() to watch.found()
    }

    test("nothing of a stop text is shown, wherever the tokens end") {
        val random = Random(2)
        repeat(3000) {
            val text = String(CharArray(random.nextInt(30)) { "ab\n"[random.nextInt(3)] })
            val stops = List(random.nextInt(1, 4)) { String(CharArray(random.nextInt(1, 5)) { "ab\n"[random.nextInt(3)] }) }.toTypedArray()
            val (shown, found) = stream(text, random, *stops)
            if (stops.none { it in text }) {
                shown shouldBe text
                found shouldBe null
            } else {
                text.startsWith(shown + found) shouldBe true
                stops.none { it in shown } shouldBe true
            }
        }
    }

    test("text that cannot become a stop text is shown at once") {
        val watch = StopCondition.at("END").watch()
        watch.next("the ") shouldBe "the "
        watch.next("E") shouldBe ""
        watch.next("x EN") shouldBe "Ex "
        watch.next("D more") shouldBe ""
        watch.found() shouldBe "END"
        watch.next("more") shouldBe ""
        watch.end() shouldBe ""
    }

    test("of stop texts that begin together the longest is the one that was found") {
        for (stops in listOf(arrayOf("ab", "abc"), arrayOf("abc", "ab"))) {
            val watch = StopCondition.at(*stops).watch()
            watch.next("xabcd") shouldBe "x"
            watch.found() shouldBe "abc"
        }
    }

    test("an empty stop text is refused, no stop text never stops") {
        shouldThrow<IllegalArgumentException> { StopCondition.at("") }
        StopCondition.at().watch().next("any") shouldBe "any"
    }
})
