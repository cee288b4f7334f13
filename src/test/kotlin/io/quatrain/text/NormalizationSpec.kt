package io.quatrain.text

import io.kotest.assertions.throwables.shouldThrow
import io.kotest.core.spec.style.FunSpec
import io.kotest.matchers.shouldBe
import io.quatrain.text.Normalization.Step

class NormalizationSpec : FunSpec({
    test("each step does what its word says") {
        fun String.under(vararg words: String) = Normalization.of(words.toList()).apply(this)
        "a\r\nb\rc\n".under("line-ends") shouldBe "a\nb\nc\n"
        "\ufeffab\ufeff".under("byte-order-mark") shouldBe "ab"
        "e\u0301".under("nfc") shouldBe "\u00e9"
        "ﬁ①Ａ".under("nfkc") shouldBe "fi1A"
        "Ａ！\u3000，。".under("half-width") shouldBe "A! ,。"
        "A! ".under("full-width") shouldBe "Ａ！\u3000"
        "ÀÉ ΣΊΣΥΦΟΣ σς İI".under("fold-case") shouldBe "àé σίσυφοσ σσ ii"
        "樓台後園".under("simplified") shouldBe "楼台后园"
        "欲穷千里目，更上一层楼".under("traditional") shouldBe "欲窮千里目，更上一層樓"
        "x".under() shouldBe "x"
    }

    test("applying it again changes nothing") {
        val steps = Step.values().filter { it != Step.SIMPLIFIED && it != Step.TRADITIONAL }
        val random = kotlin.random.Random(7)
        repeat(40) {
            val some = steps.filter { random.nextInt(3) > 0 }.toMutableList()
            if (Step.FULL_WIDTH in some) { some -= Step.HALF_WIDTH; some -= Step.NFKC }
            val normalization = Normalization.of(*some.toTypedArray())
            forRandomTexts(seed = it, times = 200) { text ->
                val once = normalization.apply(text)
                normalization.apply(once) shouldBe once
            }
        }
    }

    test("its words are its serialised form, whatever their order") {
        Normalization.STANDARD.words() shouldBe listOf("line-ends", "byte-order-mark", "nfc")
        Normalization.of(listOf("nfc", "byte-order-mark", "line-ends")) shouldBe Normalization.STANDARD
    }

    test("unknown and contradicting words are refused") {
        shouldThrow<IllegalArgumentException> { Normalization.of(listOf("nfd")) }.message shouldBe
            "unknown normalization \"nfd\"; known are line-ends, byte-order-mark, nfkc, simplified, traditional, fold-case, half-width, full-width, nfc"
        shouldThrow<IllegalArgumentException> { Normalization.of(listOf("simplified", "traditional")) }.message shouldBe
            "normalization cannot be both \"simplified\" and \"traditional\"; leave one out"
    }

    test("no locale changes the case of a letter") {
        val before = java.util.Locale.getDefault()
        try {
            java.util.Locale.setDefault(java.util.Locale.forLanguageTag("tr"))
            Normalization.of(Step.FOLD_CASE).apply("TITLE") shouldBe "title"
            Step.LINE_ENDS.word() shouldBe "line-ends"
        } finally {
            java.util.Locale.setDefault(before)
        }
    }
})
