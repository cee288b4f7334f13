package io.quatrain.text

import io.kotest.assertions.throwables.shouldThrow
import io.kotest.core.spec.style.FunSpec
import io.kotest.matchers.shouldBe
import io.quatrain.text.Vocabulary.Special

class VocabularySpec : FunSpec({
    fun counted(vararg tokens: String) = Vocabulary.counting().apply { tokens.forEach(::accept) }

    test("tokens stand by frequency, equal ones by code point") {
        counted("b", "a", "b", "\uffee", "\ud840\udc00", "c").build().tokens() shouldBe listOf("b", "a", "c", "\uffee", "\ud840\udc00")
    }

    test("special tokens come first and count into the size") {
        val vocabulary = counted("x", "y", "y", "z", "z", "z").with(Special.END, Special.UNKNOWN, Special.PADDING).size(5).build()
        vocabulary.tokens() shouldBe listOf("<padding>", "<unknown>", "<end>", "z", "y")
        vocabulary.id(Special.UNKNOWN) shouldBe 1
        vocabulary.id(Special.START) shouldBe Vocabulary.NONE
        vocabulary.id("x") shouldBe 1
        vocabulary.find("x") shouldBe Vocabulary.NONE
        vocabulary.isSpecial(2) shouldBe true
        vocabulary.isSpecial(3) shouldBe false
    }

    test("rare tokens are left out") {
        counted("x", "y", "y").minimumFrequency(2).build().tokens() shouldBe listOf("y")
    }

    test("its plain data makes it again") {
        val vocabulary = counted("ab", "c", "c").with(Special.START, "^").build()
        Vocabulary.of(vocabulary.tokens(), vocabulary.specials()) shouldBe vocabulary
        vocabulary.tokens().forEachIndexed { id, token -> vocabulary.id(token) shouldBe id }
    }

    test("what cannot be a vocabulary is refused") {
        shouldThrow<IllegalArgumentException> { Vocabulary.of(listOf("a", "b", "a")) }.message shouldBe "vocabulary: tokens 0 and 2 are both \"a\""
        shouldThrow<IllegalArgumentException> { Vocabulary.of(listOf("a", "")) }.message shouldBe "vocabulary: token 1 is empty"
        shouldThrow<IllegalArgumentException> { Vocabulary.of(listOf("a"), mapOf(Special.END to "b")) }.message shouldBe
            "vocabulary: the end token \"b\" is not among the tokens"
        shouldThrow<IndexOutOfBoundsException> { Vocabulary.of(listOf("a")).token(1) }.message shouldBe "token id 1: the vocabulary has 1 tokens"
    }

    test("a codec reports what it does not know, and maps it or leaves it out") {
        val without = Codec(Normalization.NONE, CharacterTokenizer.GRAPHEMES, Vocabulary.of(listOf("a", "b")))
        val seen = without.examine("abxé👍x")
        seen.ids().toList() shouldBe listOf(0, 1)
        seen.unknown() shouldBe mapOf("x" to 2L, "é" to 1L, "👍" to 1L)
        val with = Codec(Normalization.NONE, CharacterTokenizer.GRAPHEMES, counted("a", "b").with(Special.UNKNOWN, Special.START, Special.END).build())
        with.encode("axb").toList() shouldBe listOf(3, 0, 4)
        with.decode(1, 3, 0, 4, 2) shouldBe "a\ufffdb"
        without.encodeComplete(listOf("ab", "ax")).map { it.toList() } shouldBe listOf(listOf(0, 1))
    }

    test("a codec decodes to the normalised text") {
        forRandomTexts(times = 500) { text ->
            if (text.isNotEmpty()) {
                val codec = Codec.fit(Normalization.STANDARD, CharacterTokenizer.GRAPHEMES, Text.of("random", text), Vocabulary.counting())
                codec.decode(*codec.encode(text)) shouldBe Normalization.STANDARD.apply(text)
            }
        }
    }
})
