package io.quatrain.kernel

import io.kotest.assertions.withClue
import io.kotest.core.spec.style.FunSpec
import io.kotest.matchers.doubles.shouldBeLessThan
import io.kotest.matchers.shouldBe
import io.quatrain.tensor.Randomness
import kotlin.math.abs
import kotlin.math.sqrt

/** All bounds are six deviations: of the few thousand comparisons here one in a million repetitions would fail, were keys not fixed. */
internal class RandomBitsSpec : FunSpec({
    val keys = List(4) { Randomness(it.toLong(), "keys").at(0) }
    val places = 1 shl 16

    fun shouldBeHalf(ones: Int, of: Int) = (abs(ones - of / 2.0) / (sqrt(of.toDouble()) / 2)).shouldBeLessThan(6.0)

    test("each bit is one as often as zero, and so is its difference to that of a place, a key or half a key further") {
        for (key in keys) {
            val others = mapOf<String, (Int) -> Int>(
                "itself" to { 0 },
                "the next key" to { RandomBits.at(key + 1, it) },
                "the next key above" to { RandomBits.at(key + (1L shl 32), it) },
                "its negative" to { RandomBits.at(key.inv(), it) },
            ) + listOf(1, 2, 3, 16, 128, 512, 4096).associate { lag -> "$lag places on" to { place -> RandomBits.at(key, place + lag) } }
            for ((name, other) in others) {
                val ones = IntArray(32)
                for (place in 0 until places) {
                    val bits = RandomBits.at(key, place) xor other(place)
                    for (bit in 0 until 32) ones[bit] += bits ushr bit and 1
                }
                ones[31] shouldBe 0
                for (bit in 0 until 31) withClue("$name, bit $bit") { shouldBeHalf(ones[bit], places) }
            }
        }
    }

    test("a changed bit of the place or of the key changes every bit of the result in half of all cases") {
        val changes = List(32) { bit -> Pair(0L, 1 shl bit) } + List(64) { bit -> Pair(1L shl bit, 0) }
        for ((ofKey, ofPlace) in changes) {
            val ones = IntArray(31)
            val cases = 1 shl 14
            for (case in 0 until cases) {
                val key = Randomness(case.toLong(), "avalanche").at(0)
                val bits = RandomBits.at(key, case * 37) xor RandomBits.at(key xor ofKey, case * 37 xor ofPlace)
                for (bit in 0 until 31) ones[bit] += bits ushr bit and 1
            }
            for (bit in 0 until 31) withClue("key changed by $ofKey, place by $ofPlace, bit $bit") { shouldBeHalf(ones[bit], cases) }
        }
    }

    test("a probability is met, in runs of any place") {
        for (key in keys) for (probability in listOf(0.001, 0.1, 0.5, 0.9)) for (start in listOf(0, 1 shl 20, -places / 2)) {
            val limit = RandomBits.limit(probability)
            val hits = (start until start + places).count { RandomBits.at(key, it) < limit }
            val deviation = sqrt(places * probability * (1 - probability))
            withClue("$probability from $start on") { (abs(hits - places * probability) / deviation).shouldBeLessThan(6.0) }
        }
    }
})
