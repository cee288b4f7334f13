package io.quatrain.text

import io.kotest.assertions.throwables.shouldThrow
import io.kotest.core.spec.style.FunSpec
import io.kotest.matchers.shouldBe

/** The laws of every tokenizer. */
internal fun FunSpec.tokenizerContract(name: String, tokenizer: Tokenizer, times: Int = 3000) {
    test("$name: tokens join to the text that they were cut from") {
        forRandomTexts(times = times) { tokenizer.detokenize(tokenizer.tokenize(it)) shouldBe it }
    }
    test("$name: streaming gives what joining at once gives, and never takes back") {
        forRandomTexts(times = times / 3) { text ->
            val detokenizer = tokenizer.detokenizer()
            val parts = tokenizer.tokenize(text).map(detokenizer::next) + detokenizer.end()
            parts.joinToString("") shouldBe text
        }
    }
    test("$name: its spec makes an equal tokenizer") {
        val again = tokenizer.spec().create()
        again.spec() shouldBe tokenizer.spec()
        forRandomTexts(times = times / 10) { again.tokenize(it) shouldBe tokenizer.tokenize(it) }
    }
    test("$name: no token is empty") {
        forRandomTexts(times = times / 10) { text -> tokenizer.tokenize(text).none { it.isEmpty() } shouldBe true }
    }
    test("$name: a vocabulary of everything decodes what it encodes") {
        val text = buildString { forRandomTexts(times = times / 3) { append(it) } }
        val codec = Codec.fit(Normalization.NONE, tokenizer, Text.of("random", text), Vocabulary.counting())
        codec.decode(*codec.encode(text)) shouldBe text
    }
}

class TokenizerSpecSpec : FunSpec({
    tokenizerContract("characters", CharacterTokenizer.GRAPHEMES)
    tokenizerContract("code points", CharacterTokenizer.CODE_POINTS)

    test("characters are graphemes unless code points are asked for") {
        TokenizerSpec("characters").create().tokenize("e\u0301𠮷\r\n") shouldBe listOf("e\u0301", "𠮷", "\r\n")
        TokenizerSpec("characters", mapOf("unit" to "code-point")).create().tokenize("e\u0301𠮷") shouldBe listOf("e", "\u0301", "𠮷")
    }

    test("what is unknown is refused by name") {
        shouldThrow<IllegalArgumentException> { TokenizerSpec("letters").create() }.message!!.startsWith("unknown tokenizer \"letters\"; known are characters") shouldBe true
        shouldThrow<IllegalArgumentException> { TokenizerSpec("characters", mapOf("unit" to "byte")).create() }.message shouldBe
            "tokenizer \"characters\": unit must be one of grapheme, code-point, got \"byte\""
        shouldThrow<IllegalArgumentException> { TokenizerSpec("characters", mapOf("units" to "byte")).create() }.message shouldBe
            "tokenizer \"characters\": unknown option \"units\"; known are unit"
    }
})
