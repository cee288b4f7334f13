package io.quatrain.text

import io.kotest.assertions.throwables.shouldThrow
import io.kotest.core.spec.style.FunSpec
import io.kotest.matchers.shouldBe
import io.kotest.matchers.string.shouldContain

class SeparatedTokenizerSpec : FunSpec({
    val rows = "\"春风\",\"又\",\"绿\",\"，\"\n\"春\",\"又\",\"\"\"\",\"a,b\"\n"
    val poems = SeparatedTokenizer.train(Text.of("rows", rows), Normalization.NONE, ",", "\"", "")

    test("a row is cut where it says so: quotes, doubled quotes, separators inside quotes") {
        poems.tokenize("\"春风\",\"又\",\"绿\",\"，\"") shouldBe listOf("春风", "又", "绿", "，")
        poems.tokenize("\"春\",\"又\",\"\"\"\",\"a,b\"") shouldBe listOf("春", "又", "\"", "a,b")
        poems.tokenize("春风,又,,绿\n\"又\"") shouldBe listOf("春风", "又", "绿", "\n", "又")
    }

    test("a text that nobody cut is cut into the longest tokens that are known, else into characters") {
        poems.tokenize("又春风绿春又，") shouldBe listOf("又", "春风", "绿", "春", "又", "，")
        poems.tokenize("春𠮷风") shouldBe listOf("春", "𠮷", "风")
        poems.detokenize(poems.tokenize("又春风绿\n春又")) shouldBe "又春风绿\n春又"
    }

    test("what stands between tokens when they are joined") {
        val words = SeparatedTokenizer.train(Text.of("rows", "the lamp was lit\n"), Normalization.NONE, " ", "", " ")
        words.tokenize("the lamp") shouldBe listOf("the", "lamp")
        words.detokenize(listOf("the", "lamp", "\n", "was", "lit")) shouldBe "the lamp\nwas lit"
    }

    test("it comes back from its plain data, tokens and all") {
        val again = poems.spec().create()
        again.spec() shouldBe poems.spec()
        poems.spec().options() shouldBe emptyMap()
        again.tokenize("又春风绿") shouldBe poems.tokenize("又春风绿")
        TokenizerSpec("separated", mapOf("separator" to " ", "joint" to " ")).create().spec().options() shouldBe mapOf("separator" to " ", "joint" to " ")
    }

    test("what cannot part tokens is refused") {
        shouldThrow<IllegalArgumentException> { SeparatedTokenizer.of(", ", "\"", "") }.message shouldContain "separator must be one character"
        shouldThrow<IllegalArgumentException> { SeparatedTokenizer.of(",", ",", "") }.message shouldContain "another than the separator"
        shouldThrow<IllegalArgumentException> { TokenizerSpec("separated", mapOf("seperator" to ";")).create() }.message shouldContain "unknown option \"seperator\""
    }
})
