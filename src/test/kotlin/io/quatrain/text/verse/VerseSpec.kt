package io.quatrain.text.verse

import io.kotest.assertions.throwables.shouldThrow
import io.kotest.assertions.withClue
import io.kotest.core.spec.style.FunSpec
import io.kotest.matchers.collections.shouldBeEmpty
import io.kotest.matchers.shouldBe
import io.kotest.matchers.string.shouldContain
import io.quatrain.text.Sampling
import io.quatrain.text.Vocabulary
import io.quatrain.text.Vocabulary.Special
import java.util.BitSet
import kotlin.random.Random

/** Writes with random logits until the poem is complete: only the constraint makes it a poem. */
private fun write(form: VerseForm, vocabulary: Vocabulary, seed: Int, prompt: IntArray = intArrayOf()): String {
    val constraint = form.constraint(vocabulary)
    val random = Random(seed)
    val sampler = Sampling.DEFAULT.withSeed(seed.toLong()).sampler(0, constraint)
    sampler.prompt(*prompt)
    val end = vocabulary.id(Special.END)
    var steps = 0
    while (sampler.written().lastOrNull() != end && !(end == Vocabulary.NONE && constraint.isComplete(sampler.written()))) {
        try {
            sampler.next(FloatArray(vocabulary.size()) { random.nextFloat() * 4 })
        } catch (e: IllegalStateException) {
            throw IllegalStateException("stuck after: " + sampler.written().joinToString("", transform = vocabulary::token), e)
        }
        check(++steps < 2000) { "never ends" }
    }
    return sampler.written().filterNot(vocabulary::isSpecial).joinToString("", transform = vocabulary::token)
}

private const val CHARACTERS =
    "月在画楼西春夏秋冬山水风花雪夜江河日云天地人心家国东南北中上下来去归行思望见闻听声色光明清白红绿青黄高低长远近深浅千万里一二三年时朝暮" +
        "雨霜露寒暖酒诗书琴棋剑客舟船桥路门窗庭院台阁寺钟鼓笛箫歌舞梦醒愁喜泪笑君我子知音情意香烟火灯烛影波浪沙石松竹梅兰菊柳杨桃李"

private fun chinese(vararg specials: Special, extra: String = "，。\nxyz!"): Vocabulary {
    val builder = Vocabulary.counting().with(*specials)
    (CHARACTERS + extra).forEach { builder.accept(it.toString()) }
    return builder.build()
}

class ChineseSoundSpec : FunSpec({
    test("rhyme groups of pinyin syllables") {
        val expected = mapOf(
            "麻" to "a ba jia ya wa gua", "波" to "o bo wo ge e luo", "皆" to "ye jie yue xue lve", "开" to "ai lai wai kuai", "微" to "fei wei gui",
            "豪" to "ao gao yao jiao", "尤" to "ou you qiu lou", "寒" to "an shan yan tian wan yuan quan guan", "文" to "en ren wen yin lin yun jun chun",
            "唐" to "ang yang wang guang xiang", "庚" to "weng ying yong deng xing gong qiong", "齐" to "yi li yu ju qu xu lv er", "支" to "zhi chi shi ri zi ci si",
            "姑" to "wu gu zhu lu",
        )
        for ((group, syllables) in expected) for (syllable in syllables.split(" ")) withClue(syllable) { ChineseSound.RHYMES[ChineseSound.rhyme(syllable)] shouldBe group }
        ChineseSound.rhyme("none") shouldBe -1
    }

    test("readings with their tones; a traditional character sounds as the simplified one") {
        ChineseSound.readings("光").map { "${it.pinyin()} ${it.level()} ${it.oblique()}" } shouldBe listOf("guang1 true false")
        ChineseSound.readings("看").map { it.level() } shouldBe listOf(false, true)
        ChineseSound.readings("樓").first().pinyin() shouldBe "lou2"
        ChineseSound.readings("x").shouldBeEmpty()
    }
})

class EnteringToneSpec : FunSpec({
    fun entering(character: String) = ChineseSound.readings(character).any { it.entering() }

    test("characters that are level today and were of the entering tone, by rule and by list") {
        for (c in "白德国竹独绝泽学别捉说一七十石出屋笛折夕食") withClue(c) { entering(c.toString()) shouldBe true }
        for (c in "山人春天来时花楼流东头鼻爹靴斜茶华年情") withClue(c) { entering(c.toString()) shouldBe false }
        for (c in "日月落木客雪") withClue(c) { entering(c.toString()) shouldBe false }          // oblique today as then
        entering("國") shouldBe true
    }

    test("characters with one phonetic part had the tone together") {
        for (series in listOf("福幅蝠辐匐", "侠峡狭挟颊夹", "昔惜", "析晰淅", "悉蟋", "十什", "叔淑", "孰熟塾", "息熄", "滑猾", "协胁", "吸级极", "屋", "织职", "出黜拙", "伏袱", "直值植", "白伯拍", "宅", "哲折蜇", "札扎", "读犊牍", "足捉", "局", "菊鞠掬", "绝", "决诀抉", "洁结拮", "杰", "竭歇蝎", "截", "碟蝶谍", "叠", "则", "泽择", "责", "贼", "德得", "服", "佛弗拂", "罚", "发")) {
            for (c in series) withClue("$c of $series") { (ChineseSound.readings("$c").none { it.level() } || entering("$c")) shouldBe true }
        }
    }

    test("every character of the list is level in some reading of today") {
        val list = ChineseSound::class.java.getDeclaredField("ENTERING").apply { isAccessible = true }.get(null) as String
        list.filter { !entering(it.toString()) } shouldBe ""
        list.toSet().size shouldBe list.length
    }
})

class ChineseFormSpec : FunSpec({
    fun messages(form: ChineseForm, poem: String) = form.check(poem).map { it.toString() }
    val ascent = "白日依山尽，黄河入海流。\n欲穷千里目，更上一层楼。"     // 王之涣, 仄起

    test("a poem in its form has no findings, whether or not its lines are broken") {
        ChineseForm.quatrain(5).check(ascent).shouldBeEmpty()
        ChineseForm.quatrain(5).check(ascent.replace("\n", "")).shouldBeEmpty()
        ChineseForm.quatrain(5).withoutRepeats().check(ascent).shouldBeEmpty()
        ChineseForm.quatrain(5).withHeads("白黄欲更").check(ascent).shouldBeEmpty()
    }

    test("findings say where, what was needed and what came") {
        messages(ChineseForm.quatrain(5), "白日依山尽，黄河入海。欲穷千里目！更上一层光。") shouldBe listOf(
            "line 2: has 4 characters; the form has 5",
            "line 3: ends with \"！\"; the form has \"，\"",
            "line 4, character 5: 光 (guang1, 唐) does not rhyme with 海 (hai3, 开) in line 2",
        )
        messages(ChineseForm.quatrain(5), "白日依山尽，黄河入海流。欲穷千里目，更上一层流。春") shouldBe
            listOf("has 5 lines; the form has 4", "line 4, character 5: 流 rhymes with itself; another character is needed")
        messages(ChineseForm.quatrain(5).withHeads("春夏秋冬"), ascent).size shouldBe 4
        messages(ChineseForm.quatrain(5).withFirstLine("月在画楼西"), ascent).first() shouldBe "line 1, character 1: is 白; the form wants 月"
        messages(ChineseForm.quatrain(5).withoutRepeats(), "白日依山尽，黄河入山流。欲穷千里目，更上一层楼。") shouldBe
            listOf("line 2, character 4: 山 was in line 1 already; the form allows no repetition")
        messages(ChineseForm.quatrain(5), "") shouldBe listOf("has 0 lines; the form has 4")
    }

    test("the tones of regulated verse are those of the textbook") {
        fun tones(form: ChineseForm) = form.lines().joinToString(" ") { it.tones()!! }
        tones(ChineseForm.regulated(4, 5, false, false)) shouldBe "中仄平平仄 平平仄仄平 中平平仄仄 中仄仄平平"
        tones(ChineseForm.regulated(4, 5, true, false)) shouldBe "中平平仄仄 中仄仄平平 中仄平平仄 平平仄仄平"
        tones(ChineseForm.regulated(4, 5, false, true)) shouldBe "中仄仄平平 平平仄仄平 中平平仄仄 中仄仄平平"
        tones(ChineseForm.regulated(4, 5, true, true)) shouldBe "平平仄仄平 中仄仄平平 中仄平平仄 平平仄仄平"
        tones(ChineseForm.regulated(4, 7, true, false)) shouldBe "中平中仄平平仄 中仄平平仄仄平 中仄中平平仄仄 中平中仄仄平平"
        tones(ChineseForm.regulated(4, 7, false, true)) shouldBe "中仄平平仄仄平 中平中仄仄平平 中平中仄平平仄 中仄平平仄仄平"
        for (lines in listOf(4, 8)) for (characters in listOf(5, 7)) for (level in listOf(true, false)) for (first in listOf(true, false)) {
            val form = ChineseForm.regulated(lines, characters, level, first)
            form.lines().forEachIndexed { i, line ->
                line.tones()!!.last() shouldBe if (line.rhyme() == null) '仄' else '平'
                // 粘 and 对: the second characters of a couplet differ, those of its neighbours are alike.
                if (i > 0) (line.tones()!![1] == form.lines()[i - 1].tones()!![1]) shouldBe (i % 2 == 0)
            }
            form.lines()[0].tones()!![1] shouldBe if (level) '平' else '仄'
        }
        messages(ChineseForm.regulated(4, 5, false, false), ascent) shouldBe                       // 一 had an entering tone
            listOf("line 4, character 3: 一 (yi1, 齐) stands where the form wants oblique (仄)")
        messages(ChineseForm.regulated(4, 5, false, false).withEnteringTone(), ascent).shouldBeEmpty()
        messages(ChineseForm.regulated(4, 5, true, false), ascent).first() shouldBe "line 1, character 2: 日 (ri4, 支) stands where the form wants level (平)"
    }

    test("whatever the model wants, what is written under the constraint keeps the form") {
        val forms = mapOf(
            "quatrain" to ChineseForm.quatrain(5),
            "seven" to ChineseForm.quatrain(7).withHeads("春夏秋冬"),
            "no repeats" to ChineseForm.quatrain(5).withoutRepeats(),
            "all" to ChineseForm.regulated(8, 7, true, true).withoutRepeats(),
            "regulated" to ChineseForm.regulated(4, 5, false, true).withFirstLine("月在画楼西").withoutRepeats(),
            "entering" to ChineseForm.regulated(4, 5, true, false).withEnteringTone().withFirstLine("秋风，").withHeads("秋山江天").withoutRepeats(),
            "two rhymes" to ChineseForm(listOf("a", "b", "a", "b").map { ChineseForm.Line(3, "。\n", it) }, false),
        )
        val without = chinese()
        val with = chinese(Special.START, Special.END, Special.UNKNOWN)
        for ((name, form) in forms) for (seed in 1..15) {
            withClue("$name, seed $seed") { form.check(write(form, if (seed % 2 == 0) with else without, seed)).shouldBeEmpty() }
        }
    }

    test("a prompt is the beginning of the poem, special tokens are not") {
        val vocabulary = chinese(Special.START, Special.END)
        val prompt = intArrayOf(vocabulary.id(Special.START)) + "月在画楼西，".map { vocabulary.find("$it") }
        val poem = write(ChineseForm.quatrain(5), vocabulary, 3, prompt)
        poem.startsWith("月在画楼西，") shouldBe true
        ChineseForm.quatrain(5).check(poem).shouldBeEmpty()
        write(ChineseForm.quatrain(5).withFirstLine("月在画楼西，秋风江"), vocabulary, 4).startsWith("月在画楼西，秋风江") shouldBe true
        write(ChineseForm.quatrain(5).withFirstLine("月在画楼西"), vocabulary, 4).startsWith("月在画楼西，") shouldBe true
    }

    test("tokens of several characters are allowed where all of them are") {
        val vocabulary = Vocabulary.of(listOf("春风", "明月", "江上", "夜", "，", "。", "楼。", "，\n"))
        val form = ChineseForm(listOf(ChineseForm.Line(3, "，", null), ChineseForm.Line(2, "。", null)), true)
        fun next(vararg written: String) = BitSet().apply { set(0, vocabulary.size()) }.also { allowed ->
            form.constraint(vocabulary).narrow(written.map(vocabulary::find), allowed)
        }.stream().toArray().map(vocabulary::token)
        next() shouldBe listOf("春风", "明月", "江上", "夜")
        next("春风") shouldBe listOf("夜")
        next("春风", "夜") shouldBe listOf("，")
        next("春风", "夜", "，", "夜") shouldBe listOf("夜", "楼。")
        next("春风", "夜", "，", "夜", "楼。") shouldBe emptyList()
    }

    test("a form that the vocabulary cannot write is refused before a word is written") {
        val few = Vocabulary.of(listOf("春", "风", "，", "。", "\n"))
        shouldThrow<IllegalArgumentException> { ChineseForm.quatrain(5).withHeads("春夏秋冬").constraint(few) }.message shouldBe
            "verse: line 2 needs \"夏\", which is not in the vocabulary; give another, or take a model that has learned it"
        shouldThrow<IllegalArgumentException> { ChineseForm.quatrain(5).constraint(few) }.message shouldContain "no rhyme group has 2 characters"
        shouldThrow<IllegalArgumentException> { ChineseForm.quatrain(5).constraint(Vocabulary.of(listOf("春"))) }.message shouldContain "needs \"，\""
    }

    test("a poem that is complete may end, but not where its end is forbidden") {
        val vocabulary = chinese(Special.END)
        val end = vocabulary.id(Special.END)
        val constraint = ChineseForm(listOf(ChineseForm.Line(1, "。", null)), true).constraint(vocabulary)
        for (forbidden in listOf(false, true)) {
            val allowed = BitSet().apply { set(0, vocabulary.size()); set(end, !forbidden) }
            constraint.narrow(listOf("月", "。").map(vocabulary::find), allowed)
            allowed shouldBe BitSet().apply { set(end, !forbidden) }
        }
    }

    test("banned tokens are not there to write a form with") {
        val vocabulary = chinese()
        fun ids(text: String) = text.map { vocabulary.find("$it") }.toSet()
        shouldThrow<IllegalArgumentException> { ChineseForm.quatrain(5).constraint(vocabulary, ids("，")) }.message shouldBe
            "verse: line 1 needs \"，\", which is banned; ban less, or take another form"
        // Rhymes are planned with what is left: of each group but one, all characters but one are banned.
        val groups = CHARACTERS.map { "$it" }.distinct().groupBy { c -> ChineseSound.readings(c).map { it.rhyme() }.distinct() }
        val kept = groups.getValue(listOf(ChineseSound.RHYMES.indexOf("庚"))).take(3)
        val banned = groups.filterKeys { it.size > 1 }.values.flatten() + groups.filterKeys { it.size == 1 }.values.flatMap { it - kept.toSet() }.groupBy { ChineseSound.readings(it)[0].rhyme() }.values.flatMap { it.drop(1) }
        val tokens = ids(banned.joinToString(""))
        val constraint = ChineseForm.of(6, 2).constraint(vocabulary, tokens)
        for (seed in 1L..10L) {
            val sampler = Sampling.DEFAULT.withSeed(seed).withBanned(tokens).sampler(0, constraint)
            while (!constraint.isComplete(sampler.written())) sampler.next(FloatArray(vocabulary.size()))
            ChineseForm.of(6, 2).check(sampler.written().joinToString("", transform = vocabulary::token)).shouldBeEmpty()
        }
        constraint.fewest(emptyList()) shouldBe 6 * 3 + 2
        EnglishForm.of("--", 5, 20).constraint(Vocabulary.of(listOf("a", " ", "\n", "the "))).fewest(listOf(0, 1)) shouldBe 3
    }

    test("forms that contradict themselves are refused") {
        shouldThrow<IllegalArgumentException> { ChineseForm.quatrain(5).withHeads("春夏秋") }.message shouldBe "verse: \"春夏秋\" has 3 characters, the form has 4 lines; give one for each line"
        shouldThrow<IllegalArgumentException> { ChineseForm.quatrain(5).withFirstLine("月在画楼西边") }
        shouldThrow<IllegalArgumentException> { ChineseForm.quatrain(5).withFirstLine("月在画，楼西") }.message shouldBe
            "verse: line 1 is given as \"月在画\", 3 characters; the form has 5"
        shouldThrow<IllegalArgumentException> { ChineseForm.quatrain(5).withHeads("春夏秋冬").withFirstLine("月在画楼西") }.message shouldBe
            "verse: line 1 cannot begin both with \"春\" and with \"月在画楼西\""
        shouldThrow<IllegalArgumentException> { ChineseForm.quatrain(5).withFirstLine("一，二，三，四，五") }.message shouldContain "5 lines to begin with"
        shouldThrow<IllegalArgumentException> { ChineseForm.quatrain(5).withHeads("春夏春冬").withoutRepeats().constraint(chinese()) }.message shouldBe
            "verse: line 3, character 1 is given as 春, which is given in line 1 already; the form allows no repetition"
        shouldThrow<IllegalArgumentException> { ChineseForm.regulated(4, 5, true, false).withFirstLine("月在画楼西").constraint(chinese()) }.message shouldBe
            "verse: line 1, character 2 is given as 在 (zai4, 开), and the form wants level (平); give another, or take a form without tones"
        shouldThrow<IllegalArgumentException> { ChineseForm.quatrain(0) }
        shouldThrow<IllegalArgumentException> { ChineseForm.Line(2, "，", null, "平", "") }
        shouldThrow<IllegalArgumentException> { ChineseForm.regulated(4, 6, true, true) }
    }
})

class EnglishFormSpec : FunSpec({
    val letters = (('a'..'z') + ('A'..'Z') + " .,'-!\n".toList()).map { it.toString() }

    test("what rhymes by spelling") {
        for ((word, rhyme) in mapOf("light" to "ight", "Night" to "ight", "lake" to "ake", "free" to "ee", "the" to "e", "day" to "ay", "my" to "y", "blue" to "ue",
            "a" to "a", "don't" to "ont", "rhythm" to "ythm", "hmm" to "", "" to "")) withClue(word) { EnglishForm.rhyme(word) shouldBe rhyme }
    }

    test("findings say where, what was needed and what came") {
        val form = EnglishForm.of("aab-", 10, 30)
        form.check("the moon gives its light,\nto all of the night.\n\nand then the day\nno rhyme needed here").shouldBeEmpty()
        form.check("the moon gives its light\nin the morning it shines and shines\nlight light light\nhmm").map { it.toString() } shouldBe listOf(
            "line 2: has 35 characters; the form has 10 to 30", "line 2: \"shines\" does not rhyme with \"light\"", "line 4: has 3 characters; the form has 10 to 30",
        )
        EnglishForm.of("aa", 5, 30).check("all the light\nof a light\nmore").map { it.toString() } shouldBe
            listOf("has 3 lines; the form has 2", "line 2: \"light\" rhymes with itself; another word is needed")
    }

    test("whatever the model wants, what is written under the constraint keeps the form") {
        for (vocabulary in listOf(Vocabulary.of(letters), Vocabulary.of(letters + "<end>", mapOf(Special.END to "<end>")), Vocabulary.of(letters + listOf("ght", "the ", "\n\n", "ay\n")))) {
            for (form in listOf(EnglishForm.of("abab", 20, 30), EnglishForm.of("aaaa", 12, 12), EnglishForm.of("--", 1, 5), EnglishForm.of("abbaabbacdcdcd", 30, 45))) for (seed in 1..8) {
                withClue("${form.lines().size} lines of ${form.lines()[0].longest()}, vocabulary of ${vocabulary.size()}, seed $seed") {
                    val poem = write(form, vocabulary, seed)
                    withClue(poem) {
                        form.check(poem).shouldBeEmpty()
                        poem.lines().none { it.endsWith(" ") } shouldBe true
                    }
                }
            }
        }
    }

    test("acrostics and given first lines: checked, refused where they contradict, and kept whatever the model wants") {
        val wind = EnglishForm.of("abab", 20, 30).withHeads("WIND")
        wind.check("when all the lamps are lit\nI see the rain and the night\nno gull will ever sit\nDown on the harbour light").shouldBeEmpty()
        wind.check("when all the lamps are lit\nA sea, the rain and the night\nno gull will ever sit\ndown on the harbour light").map { it.toString() } shouldBe
            listOf("line 2, character 1: is \"A\"; the form wants \"I\"")
        EnglishForm.of("--", 3, 30).withFirstLine("The lamp ").check("The Lamp burned\nall night").map { it.toString() } shouldBe
            listOf("line 1, character 5: is \"L\"; the form wants \"l\"")
        EnglishForm.of("abab", 20, 30).withHeads("WI ND") shouldBe wind
        wind.withFirstLine("When") shouldBe EnglishForm.of("abab", 20, 30).withFirstLine("When").withHeads("wIND".uppercase())
        for ((make, message) in listOf<Pair<() -> Any, String>>(
            { wind.withHeads("SEA") } to "verse: \"SEA\" has 3 letters, the form has 4 lines",
            { wind.withFirstLine("The lamp") } to "verse: line 1 cannot begin both with \"W\" and with \"The lamp\"",
            { wind.withFirstLine("What a long and windy night it was") } to "verse: a line is given as \"What a long and windy night it was\", 34 characters; the form has at most 30",
            { EnglishForm.of("a", 20, 30).withFirstLine("a\nb") } to "cannot begin with a space or a line end",
            { EnglishForm.of("aa", 5, 13).withFirstLine("hmm-hmm-hmm").withFirstLine("hmm-hmm-hmms").constraint(Vocabulary.of(letters)) } to "12 characters; the form has at most 13, two of them to find a rhyme",
            { EnglishForm.of("aa", 5, 13).withFirstLine("be, scratched").constraint(Vocabulary.of(letters)) } to "13 characters; the form has at most 13, two of them",
        )) withClue(message) { shouldThrow<IllegalArgumentException> { make() }.message shouldContain message }
        val without = Vocabulary.of(letters.filter { it.lowercase() != "q" } + "é")
        shouldThrow<IllegalArgumentException> { EnglishForm.of("--", 5, 30).withHeads("qa").constraint(without) }.message shouldBe "verse: line 1 needs \"q\", which is not in the vocabulary; give another, or take a model that has learned it"
        shouldThrow<IllegalArgumentException> { EnglishForm.of("--", 5, 30).withFirstLine("café 1").constraint(without) }.message shouldBe "verse: line 1 needs \"1\", which is not in the vocabulary; give another, or take a model that has learned it"

        // A given line cannot end before it is written whole.
        val all = Vocabulary.of(letters)
        val marks = "x marks the night"
        val marked = EnglishForm.of("a-", 3, 30).withFirstLine(marks).constraint(all)
        for (i in marks.indices) {
            val allowed = BitSet().apply { set(0, all.size()) }.also { marked.narrow(marks.take(i).map { c -> all.find("$c") }, it) }
            allowed.stream().toArray().map(all::token) shouldBe listOf(marks.substring(i, i + 1))
        }

        val small = Vocabulary.of(letters.filter { it[0] !in 'A'..'Z' })
        for (vocabulary in listOf(Vocabulary.of(letters), small, Vocabulary.of(letters + listOf("Wh", "whe", "ght", "ay\n")))) {
            for (form in listOf(wind, EnglishForm.of("aaaa", 12, 12).withHeads("ieou"), EnglishForm.of("ab-ab", 12, 40).withHeads("xyzzy").withFirstLine("x marks the night"))) for (seed in 1..8) {
                val poem = write(form, vocabulary, seed)
                withClue("seed $seed: $poem") { form.check(poem).shouldBeEmpty() }
            }
        }
    }

    test("a form that the vocabulary cannot write is refused") {
        shouldThrow<IllegalArgumentException> { EnglishForm.of("aa", 20, 30).constraint(Vocabulary.of(listOf("a"))) }.message shouldContain "no line feed"
        shouldThrow<IllegalArgumentException> { EnglishForm.of("aa", 20, 30).constraint(Vocabulary.of(listOf("a", "\n"))) }.message shouldContain "\"b\" is not in the vocabulary"
        shouldThrow<IllegalArgumentException> { EnglishForm.of("aa", 5, 8) }.message shouldContain "longest must be at least 12"
    }
})
