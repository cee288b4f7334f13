package io.quatrain.experiment

import io.kotest.assertions.throwables.shouldThrow
import io.kotest.assertions.withClue
import io.kotest.core.spec.style.FunSpec
import io.kotest.engine.spec.tempdir
import io.kotest.matchers.collections.shouldBeEmpty
import io.kotest.matchers.shouldBe
import io.kotest.matchers.string.shouldContain
import io.kotest.matchers.string.shouldStartWith
import io.quatrain.cli.quatrain
import io.quatrain.text.verse.ChineseForm
import io.quatrain.text.verse.EnglishForm
import java.nio.file.Files

class VerseFormsSpec : FunSpec({
    val folder = tempdir().toPath()
    fun file(name: String, text: String) = Files.writeString(folder.resolve(name), text)

    test("words for forms") {
        VerseForms.of("4x5") shouldBe ChineseForm.quatrain(5)
        VerseForms.of("五绝") shouldBe ChineseForm.quatrain(5)
        VerseForms.of("8x7:level:rhymed:once") shouldBe ChineseForm.regulated(8, 7, true, true).withoutRepeats()
        VerseForms.of("4x5", heads = "春夏秋冬", firstLine = "春水") shouldBe ChineseForm.quatrain(5).withHeads("春夏秋冬").withFirstLine("春水")
        VerseForms.of("五绝:oblique:entering") shouldBe ChineseForm.regulated(4, 5, false, false).withEnteringTone()
        VerseForms.of("ab-b:20-40") shouldBe EnglishForm.of("ab-b", 20, 40)
        for ((word, part) in listOf("4y5" to "no form \"4y5\"", "4x5:sideways" to "no form", "0x5" to "at least one line", "4x5:level:oblique" to "either", "4x5:rhymed" to "goes with", "4x5:entering" to "entering goes with")) {
            withClue(word) { shouldThrow<IllegalArgumentException> { VerseForms.of(word) }.message shouldContain part }
        }
        VerseForms.of("abab:20-40", heads = "wind", firstLine = "When ") shouldBe EnglishForm.of("abab", 20, 40).withHeads("wind").withFirstLine("When")
        shouldThrow<IllegalArgumentException> { VerseForms.of("abab:20-40", heads = "sea") }.message shouldContain "has 3 letters, the form has 4 lines"
    }

    test("verse check tells where a poem leaves its form") {
        val good = file("good.txt", "雪尽溪桥软，春生柳岸东。\n渔人推户看，一夜水如弓。\n")
        quatrain("verse", "check", good, "--form", "4x5").let {
            it.status shouldBe 0
            it.out shouldBe "keeps the form\n"
        }
        val bad = file("bad.txt", "雪尽溪桥软，春生柳岸东。\n渔人推户看看，一夜水如山。\n\n" + Files.readString(good))
        quatrain("verse", "check", bad, "--form", "4x5").let {
            it.status shouldBe 1
            it.out shouldContain "line 3: has 6 characters; the form has 5"
            it.out shouldContain "line 4, character 5: 山 (shan1, 寒) does not rhyme with 东 (dong1, "
            it.out shouldContain "1 of 2 poems keep the form\n"
        }
        quatrain("verse", "check", good, "--form", "nonsense").status shouldBe 2
        quatrain("verse", "check", good).err shouldContain "--form is missing"
    }

    test("an acrostic in English, drawn and searched, by a model that knows no end of a text") {
        file("log.txt", "The lamp was lit, and the wind went round the house.\nNobody came up the hill that night; nobody ever did.\nQuite a quick jolly buzz, vex fog kept.\n".repeat(3))
        val json = file(
            "log.json",
            """{"quatrain": 1, "data": {"type": "text", "path": "log.txt", "validation": 0.0}, "architecture": {"type": "sequential", "layers": [
                {"type": "embedding", "vocabulary": "vocab", "size": 4}, {"type": "lstm", "units": 5}, {"type": "dense", "units": "vocab"}]},
                "training": {"updates": 4, "steps": 10, "batch": 2, "threads": 1}, "generation": {"prompt": "The", "length": 5}}""",
        )
        val out = folder.resolve("log")
        quatrain("train", json, "--out", out, "--quiet").status shouldBe 0
        val song = folder.resolve("song.txt")
        for (more in listOf<List<Any>>(listOf("--seed", 1), listOf("--seed", 2, "--samples", 2), listOf("--beam", 2), listOf("--seed", 3, "--first-line", "The lamp"))) {
            val heads = if ("--first-line" in more) "TNQt" else "wnqt"
            val written = quatrain("generate", out, "--form", "abab:20-40", "--heads", heads, *more.toTypedArray())
            withClue(written) {
                written.status shouldBe 0
                val poems = written.out.trimEnd().lines().chunked(4)
                poems.size shouldBe if ("--samples" in more) 2 else 1
                for (poem in poems) {
                    Files.writeString(song, poem.joinToString("\n"))
                    quatrain("verse", "check", song, "--form", "abab:20-40", "--heads", heads).out shouldBe "keeps the form\n"
                    quatrain("verse", "check", song, "--form", "abab:20-40", "--heads", "xyzw").out shouldContain "line 4, character 1: is "
                }
            }
        }
        quatrain("generate", out, "--form", "abab:20-40", "--heads", "w9qt").let { it.status shouldBe 2; it.complaint shouldBe "quatrain: verse: line 2 needs \"9\", which is not in the vocabulary; give another, or take a model that has learned it" }
    }

    test("whatever a model has learned, what it writes in a form keeps it") {
        val text = """
            雪尽溪桥软，春生柳岸东。渔人推户看，一夜水如弓。
            小雨青山外，新泥燕子家。老翁扶杖立，数尽一墙花。
            春水平于岸，人家半在舟。门前停橹问，何处是桥头。
            秋来冬去夏，无客到门前。
        """.trimIndent()
        file("poems.txt", text)
        val json = file(
            "poems.json",
            """{"quatrain": 1, "data": {"type": "poems", "path": "poems.txt", "validation": 0.0}, "architecture": {"type": "sequential", "layers": [
                {"type": "embedding", "vocabulary": "vocab", "size": 4}, {"type": "lstm", "units": 5}, {"type": "dense", "units": "vocab"}]},
                "training": {"updates": 2, "threads": 1}, "generation": {"prompt": "雪", "length": 5}}""",
        )
        val out = folder.resolve("run")
        quatrain("train", json, "--out", out, "--quiet").status shouldBe 0
        for (seed in 1..5) {
            val poem = quatrain("generate", out, "--form", "4x5", "--heads", "春夏秋冬", "--seed", seed).out
            withClue(poem) { VerseForms.of("4x5", heads = "春夏秋冬").check(poem).shouldBeEmpty() }
        }
        val best = quatrain("generate", out, "--form", "4x5:once", "--first-line", "雪尽溪桥软", "--beam", "3").out
        withClue(best) { VerseForms.of("4x5:once", firstLine = "雪尽溪桥软").check(best).shouldBeEmpty() }
        val banned = quatrain("generate", out, "--length", "300", "--ban", "，。", "--seed", 1).out
        withClue(banned) { banned.none { it in "，。" } shouldBe true }
        val two = quatrain("generate", out, "--form", "4x5", "--first-line", "雪尽溪桥软，春生柳岸", "--seed", 2).out
        two.startsWith("雪尽溪桥软，春生柳岸") shouldBe true
        quatrain("generate", out, "--form", "4x5", "--first-line", "雪尽溪桥软溪桥").complaint shouldContain "7 characters; the form has 5"
        quatrain("generate", out, "--form", "4x5", "--heads", "春東家頭").complaint shouldContain "needs \"東\", which is not in the vocabulary"
        quatrain("generate", out, "--form", "4x5", "--prompt", "雪尽溪，").let { it.status shouldBe 2; it.complaint shouldContain "leaves the form at its token 4, \"，\"" }
        quatrain("generate", out, "--form", "4x5", "--prompt", "雪尽溪", "--seed", 1).status shouldBe 0
        quatrain("generate", out, "--form", "4x5", "--prompt", "雪尽", "--force", "溪桥软，", "--seed", 1).out shouldStartWith "雪尽溪桥软，"
        quatrain("generate", out, "--form", "4x5", "--prompt", "雪尽", "--force", "溪，").let {
            it.status shouldBe 2
            it.complaint shouldBe "quatrain: verse: what is forced, \"溪，\", leaves the form at its token 2, \"，\""
        }
        quatrain("generate", out, "--form", "4x5", "--ban", "，").let {
            it.status shouldBe 2
            it.out shouldBe ""
            it.complaint shouldBe "quatrain: verse: line 1 needs \"，\", which is banned; ban less, or take another form"
        }
        quatrain("generate", out, "--form", "4x5", "--length", "20").complaint shouldBe "quatrain: verse: 20 tokens are too few for a poem of this form; let the length be at least 24"
        quatrain("generate", out, "--form", "4x5", "--length", "24", "--seed", 1).out.length shouldBe 25
        quatrain("generate", out, "--heads", "春夏秋冬").err shouldContain "--form"
        quatrain("generate", out, "--form", "4x5", "--heads", "东西南北").status shouldBe 2
        val simplifying = file("simplifying.json", Files.readString(json).replace("\"validation\"", "\"normalization\": [\"lineEnds\", \"simplified\"], \"validation\""))
        val simplified = folder.resolve("simplified")
        quatrain("train", simplifying, "--out", simplified, "--quiet").status shouldBe 0
        val acrostic = quatrain("generate", simplified, "--form", "4x5", "--heads", "春東家頭", "--seed", 1).out
        withClue(acrostic) { VerseForms.of("4x5", heads = "春东家头").check(acrostic).shouldBeEmpty() }
    }
})
