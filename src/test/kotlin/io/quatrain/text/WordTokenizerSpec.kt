package io.quatrain.text

import io.kotest.core.spec.style.FunSpec
import io.kotest.matchers.shouldBe

class WordTokenizerSpec : FunSpec({
    tokenizerContract("words", WordTokenizer.INSTANCE)

    fun words(text: String) = TokenizerSpec("words").create().tokenize(text)

    test("well-written prose needs no token for its spaces") {
        words("He said: \"No, no!\" (Twice.)\n\"Well-known,\" I don't say.") shouldBe listOf(
            "He", "said", ":", "\"", "No", ",", "no", "!", "\"", "(", "Twice", ".", ")", "\n",
            "\"", "Well", "-", "known", ",", "\"", "I", "don't", "say", ".",
        )
        words("It’s 1,000.5 or 3.") shouldBe listOf("It’s", "1,000.5", "or", "3", ".")
        words("“Quoted” text… naïve e\u0301tude") shouldBe listOf("“", "Quoted", "”", "text", "…", "naïve", "e\u0301tude")
    }

    test("unexpected spaces and missing ones are tokens") {
        words("a+b  (c)") shouldBe listOf("a", "<glue>", "+", "<glue>", "b", " ", " ", "(", "c", ")")
        words(" a . b ") shouldBe listOf(" ", "a", " ", ".", "b", " ")
        words("a\n b\t") shouldBe listOf("a", "\n", " ", "b", "\t")
        words("<glue>") shouldBe listOf("<", "<glue>", "glue", "<glue>", ">")
    }

    test("ideographs are words of their own and expect no spaces") {
        words("床前明月光，LSTM 网络。") shouldBe listOf("床", "前", "明", "月", "光", "，", "LSTM", " ", "网", "络", "。")
    }

    test("an unknown word is shown with the spaces around it") {
        val codec = Codec.fit(Normalization.NONE, WordTokenizer.INSTANCE, Text.of("t", "the cat sat"), Vocabulary.counting().size(3).with(Vocabulary.Special.UNKNOWN))
        codec.decode(*codec.encode("the cat sat")) shouldBe "\ufffd cat sat"
    }
})
