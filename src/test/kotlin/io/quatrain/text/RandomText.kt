package io.quatrain.text

import kotlin.random.Random

/** Random text of the kinds that break tokenizers; a failure is replayed with its seed. */
internal object RandomText {
    private val pieces = listOf(
        "a", "B", "z", "don't", "3.14", "1,000", "the", " ", " ", " ", "  ", "\n", "\t", "\r\n", "\r", ".", ",", "!", "\"", "'", "(", ")", "-", "—", "…", "_",
        "<", ">", "<glue>", "##", "é", "e\u0301", "ß", "İ", "ﬁ", "Ａ", "！", "\u3000", "床前明月光", "，", "。", "後", "后", "𠮷", "ありがとう", "한국어", "\u1112\u1161\u11ab",
        "👩‍👩‍👧‍👦", "🇺🇸🇨🇦", "👍🏽", "❤\ufe0f", "क्षि", "\u200d", "\u0301", "\u200c", "ไทย", "العربية", "\ufeff", "\u00a0", "\u2028", "\ud83d\ude00", "\u0000",
    )

    fun of(random: Random): String = buildString {
        repeat(random.nextInt(24)) {
            if (random.nextInt(8) == 0) {
                var codePoint: Int
                do codePoint = random.nextInt(0x110000) while (codePoint in 0xd800..0xdfff)
                appendCodePoint(codePoint)
            } else {
                append(pieces[random.nextInt(pieces.size)])
            }
        }
    }
}

/** Tries a law on [times] random texts; says which text and which seed broke it. */
internal fun forRandomTexts(seed: Int = 20261122, times: Int = 3000, law: (String) -> Unit) {
    val random = Random(seed)
    repeat(times) { n ->
        val text = RandomText.of(random)
        try {
            law(text)
        } catch (e: Throwable) {
            throw AssertionError("text $n of seed $seed: ${text.map { "\\u%04x".format(it.code) }.joinToString("")}", e)
        }
    }
}
