package io.quatrain.text

import io.kotest.assertions.throwables.shouldThrow
import io.kotest.core.spec.style.FunSpec
import io.kotest.matchers.shouldBe
import io.kotest.matchers.string.shouldContain
import kotlin.random.Random

class EncodedCorpusSpec : FunSpec({
    fun fit(text: String) = EncodedCorpus.fit(Normalization.NONE, CharacterTokenizer.GRAPHEMES, Text.of("text", text), Vocabulary.counting())

    test("a corpus holds the ids of its text, whatever the size of the vocabulary") {
        val random = Random(1)
        for (kinds in listOf(3, 256, 257, 65_536, 65_537)) {
            val text = buildString {
                for (i in 0 until kinds) appendCodePoint(0x20000 + i)
                repeat(200_000) { appendCodePoint(0x20000 + random.nextInt(kinds)) }
            }
            val fitted = fit(text)
            fitted.codec().vocabulary().size() shouldBe kinds
            val ids = fitted.codec().encode(text)
            val corpus = fitted.corpus()
            corpus.size() shouldBe ids.size.toLong()
            corpus.copy(0, ids.size).contentEquals(ids) shouldBe true
            repeat(1000) { random.nextInt(ids.size).let { i -> corpus.id(i.toLong()) shouldBe ids[i] } }
            val range = corpus.range(100, 1100)
            range.copy(10, 20).toList() shouldBe ids.slice(110 until 130)
            (corpus.memory() <= (ids.size + 65_536L) * (if (kinds <= 256) 1 else if (kinds <= 65_536) 2 else 4)) shouldBe true
        }
    }

    test("training and validation share no token, no line, and together are the corpus") {
        val text = (1..500).joinToString("") { "line number $it\n" }
        val fitted = fit(text)
        for (share in listOf(0.0, 0.1, 0.25, 0.5, 0.999)) {
            val split = fitted.corpus().split(share)
            val training = fitted.codec().decode(*split.training().copy(0, split.training().size().toInt()))
            val validation = fitted.codec().decode(*split.validation().copy(0, split.validation().size().toInt()))
            training + validation shouldBe text
            if (training.isNotEmpty()) training.last() shouldBe '\n'
            (kotlin.math.abs(validation.length - share * text.length) <= text.length / 100.0 + 1) shouldBe true
        }
        shouldThrow<IllegalArgumentException> { fitted.corpus().split(1.0) }
        shouldThrow<IllegalArgumentException> { fitted.corpus().split(Double.NaN) }
    }

    test("a corpus of which nothing is known is refused; what is unknown is counted") {
        val codec = Codec(Normalization.NONE, CharacterTokenizer.GRAPHEMES, Vocabulary.of(listOf("a")))
        shouldThrow<CorpusException> { EncodedCorpus.of(codec, Text.of("letters", "xyz")) }.message shouldContain "letters: has no token"
        EncodedCorpus.of(codec, Text.of("letters", "axxa")).unknown() shouldBe mapOf("x" to 2L)
        shouldThrow<CorpusException> { EncodedCorpus.of(codec, Text.of("nothing", "")) }.message shouldBe "nothing: is empty; a text is needed"
    }

    test("indexes outside are refused") {
        val corpus = fit("abc").corpus()
        shouldThrow<IndexOutOfBoundsException> { corpus.id(3) }
        shouldThrow<IndexOutOfBoundsException> { corpus.copy(1, 3) }
        shouldThrow<IndexOutOfBoundsException> { corpus.range(0, 4) }
        shouldThrow<IndexOutOfBoundsException> { corpus.range(1, 2).id(1) }
    }
})
