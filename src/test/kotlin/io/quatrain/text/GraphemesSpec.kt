package io.quatrain.text

import io.kotest.core.spec.style.FunSpec
import io.kotest.matchers.shouldBe

class GraphemesSpec : FunSpec({
    test("a character is what people see as one") {
        Graphemes.of("e\u0301x") shouldBe listOf("e\u0301", "x")
        Graphemes.of("a\r\nb\n\r") shouldBe listOf("a", "\r\n", "b", "\n", "\r")
        Graphemes.of("👩‍👩‍👧‍👦👍🏽❤\ufe0f") shouldBe listOf("👩‍👩‍👧‍👦", "👍🏽", "❤\ufe0f")
        Graphemes.of("🇺🇸🇨🇦🇫") shouldBe listOf("🇺🇸", "🇨🇦", "🇫")
        Graphemes.of("\u1112\u1161\u11ab한국") shouldBe listOf("\u1112\u1161\u11ab", "한", "국")
        Graphemes.of("床前𠮷光") shouldBe listOf("床", "前", "𠮷", "光")
        Graphemes.of("") shouldBe emptyList()
    }

    test("rules that newer versions of Unicode and older JDKs get differently") {
        Graphemes.of("क्षि") shouldBe listOf("क्षि")                                    // GB9c, since 15.1
        Graphemes.of("क्\u200dष") shouldBe listOf("क्\u200dष")
        Graphemes.of("क\u200cष") shouldBe listOf("क\u200c", "ष")
        Graphemes.of("\u06001") shouldBe listOf("\u06001")                             // GB9b
        Graphemes.of("\u2764\u0903\u200d\u2764") shouldBe listOf("\u2764\u0903\u200d", "\u2764")    // a spacing mark ends GB11
        Graphemes.of("\u0600\u2764\u200d\u2764") shouldBe listOf("\u0600\u2764\u200d\u2764")
        Graphemes.of("👍\u200d\u200d👍") shouldBe listOf("👍\u200d\u200d", "👍")
    }

    test("the characters of any text join to the text, and none can be cut further") {
        forRandomTexts { text ->
            val characters = Graphemes.of(text)
            characters.joinToString("") shouldBe text
            Graphemes.count(text) shouldBe characters.size
            characters.forEach { Graphemes.count(it) shouldBe 1 }
        }
    }

    test("two plain neighbours are a boundary wherever they stand") {
        forRandomTexts { text ->
            val ends = Graphemes.of(text).runningFold(0) { at, character -> at + character.length }.toSet()
            for (i in 1 until text.length) if (Graphemes.isPlainBoundary(text[i - 1], text[i])) (i in ends) shouldBe true
        }
    }

    test("the table does not depend on the JDK: a digest of its answers on a fixed sequence") {
        val random = kotlin.random.Random(5)
        var digest = 7L
        repeat(20_000) {
            val text = buildString { repeat(6) { appendCodePoint(if (random.nextBoolean()) random.nextInt(0x3000) else random.nextInt(0xe000, 0x20000)) } }
            Graphemes.of(text).forEach { digest = digest * 31 + it.length }
        }
        digest shouldBe GRAPHEME_DIGEST
    }
})

private const val GRAPHEME_DIGEST = -4325875992668403244L
