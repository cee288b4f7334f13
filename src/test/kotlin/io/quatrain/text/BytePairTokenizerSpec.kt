package io.quatrain.text

import io.kotest.assertions.throwables.shouldThrow
import io.kotest.core.spec.style.FunSpec
import io.kotest.matchers.shouldBe
import io.kotest.matchers.string.shouldContain
import kotlin.random.Random

/** The definition: count every pair anew after each merge. */
private fun slowMerges(words: Map<String, Int>, count: Int): List<String> {
    var runs = words.map { (word, n) -> word.codePoints().toArray().map(Character::toString) to n }
    val merges = mutableListOf<String>()
    repeat(count) {
        val pairs = mutableMapOf<Pair<String, String>, Int>()
        for ((run, n) in runs) run.zipWithNext().forEach { pairs.merge(it, n, Int::plus) }
        val best = pairs.entries.filter { it.value > 1 }.minWithOrNull(compareBy<Map.Entry<Pair<String, String>, Int>> { -it.value }.thenBy { it.key.first }.thenBy { it.key.second })
            ?: return merges
        val (left, right) = best.key
        merges += "$left\t$right"
        runs = runs.map { (run, n) ->
            val joined = mutableListOf<String>()
            var i = 0
            while (i < run.size) {
                if (i + 1 < run.size && run[i] == left && run[i + 1] == right) { joined += left + right; i += 2 } else joined += run[i++]
            }
            joined to n
        }
    }
    return merges
}

class BytePairTokenizerSpec : FunSpec({
    val prose = "low lower lowest newer wider the low new widest. ".repeat(20) + "床前明月光，疑是地上霜。举头望明月，低头思故乡。".repeat(5)
    val characters = BytePairTokenizer.train(Text.of("prose", prose), Normalization.NONE, false, 60)
    val bytes = BytePairTokenizer.train(Text.of("prose", prose), Normalization.NONE, true, 60)
    tokenizerContract("byte pairs of characters", characters)
    tokenizerContract("byte pairs of bytes", bytes)
    tokenizerContract("byte pairs without merges", TokenizerSpec("byte-pairs").create(), times = 500)
    tokenizerContract("bytes", ByteTokenizer.INSTANCE)

    test("the merges are those of the definition") {
        val random = Random(6)
        repeat(60) { n ->
            val words = (1..30).associate { String(CharArray(1 + random.nextInt(8)) { "abcA"[random.nextInt(4)] }) to 1 + random.nextInt(4) }
            val text = words.flatMap { (word, count) -> List(count) { word } }.joinToString("\n")
            val trained = BytePairTokenizer.train(Text.of("words", text), Normalization.NONE, false, 25)
            (n to trained.spec().pieces()) shouldBe (n to slowMerges(words, 25))
        }
    }

    test("frequent words become one piece, with their space; pieces never cross a run") {
        characters.tokenize("the lower") shouldBe listOf("t", "h", "e", " lower")
        characters.tokenize("明月") shouldBe listOf("明月")
        characters.tokenize("月a，").size shouldBe 3
        bytes.tokenize("明月").joinToString("") shouldBe "e6988ee69c88"
        (bytes.tokenize("明月").size < 6) shouldBe true
    }

    test("the order of the text does not change what is learned") {
        val shuffled = prose.split(" ").shuffled(Random(1)).joinToString(" ")
        val again = BytePairTokenizer.train(Text.of("prose", "x $prose"), Normalization.NONE, false, 30)
        again.spec().pieces() shouldBe BytePairTokenizer.train(Text.of("prose", "x $prose"), Normalization.NONE, false, 60).spec().pieces().take(30)
        BytePairTokenizer.train(Text.of("prose", " $shuffled "), Normalization.NONE, false, 30).spec().pieces() shouldBe
            BytePairTokenizer.train(Text.of("prose", " ${shuffled.split(" ").reversed().joinToString(" ")} "), Normalization.NONE, false, 30).spec().pieces()
    }

    test("with bytes nothing is unknown, whatever the corpus was") {
        for (tokenizer in listOf(bytes, ByteTokenizer.INSTANCE)) {
            val codec = Codec.fit(Normalization.NONE, tokenizer, Text.of("tiny", "abc"), Vocabulary.counting().minimumFrequency(5))
            codec.vocabulary().size() shouldBe tokenizer.alwaysKnown().size
            val seen = codec.examine("𠮷 月 \u0001")
            seen.unknown() shouldBe emptyMap()
            codec.decode(*seen.ids()) shouldBe "𠮷 月 \u0001"
        }
    }

    test("bytes that never become a character are shown as such, and nothing waits longer than it must") {
        val detokenizer = ByteTokenizer.INSTANCE.detokenizer()
        listOf("e6", "9c", "88", "61", "e6", "61", "9c", "e6", "9c").map(detokenizer::next) shouldBe listOf("", "", "月", "a", "", "\ufffda", "\ufffd", "", "")
        detokenizer.end() shouldBe "\ufffd"
    }

    test("a very long run is no trap") {
        val long = "ab".repeat(200_000)
        characters.detokenize(characters.tokenize(long)) shouldBe long
        BytePairTokenizer.train(Text.of("long", long), Normalization.NONE, false, 10).spec().pieces().first() shouldBe "a\tb"
    }

    test("damaged pieces are refused") {
        for (pieces in listOf(listOf("ab"), listOf("\tb"), listOf("a\t"), listOf("a\tb\tc"), listOf("a\tb", "a\tb"))) {
            shouldThrow<IllegalArgumentException> { TokenizerSpec("byte-pairs", emptyMap(), pieces).create() }.message shouldContain "tokenizer \"byte-pairs\": piece"
        }
        shouldThrow<IllegalArgumentException> { TokenizerSpec("byte-pairs", mapOf("unit" to "byte"), listOf("zz\t00")).create() }.message shouldContain "is not bytes"
    }
})
