package io.quatrain.text

import io.kotest.assertions.throwables.shouldThrow
import io.kotest.core.spec.style.FunSpec
import io.kotest.engine.spec.tempdir
import io.kotest.matchers.shouldBe
import io.kotest.matchers.string.shouldContain
import java.nio.file.Files
import kotlin.random.Random

class ItemsSpec : FunSpec({
    fun items(word: String, text: String, options: Map<String, String> = emptyMap()): List<Item> =
        buildList { ItemFormat(word, options).read(Text.of("it", text), ::add) }
    fun refused(word: String, text: String, options: Map<String, String> = emptyMap()) =
        shouldThrow<CorpusException> { items(word, text, options) }.message!!.also { it.contains('\n') shouldBe false }

    test("lines: every line that is not blank") {
        items("lines", "one\r\ntwo \n\n \nthree\rfour").map { it.text() } shouldBe listOf("one", "two ", "three", "four")
    }

    test("csv: what was written comes back") {
        val random = Random(8)
        repeat(300) {
            val rows = List(1 + random.nextInt(5)) { List(2) { "x" + String(CharArray(random.nextInt(6)) { "a,;\t\"\n\r' "[random.nextInt(9)] }) } }
            val end = listOf("\n", "\r\n")[random.nextInt(2)]
            val separator = listOf(",", ";", "\t")[random.nextInt(3)]
            val csv = (listOf(listOf("text", "who")) + rows).joinToString(end, postfix = if (random.nextBoolean()) end else "") { row ->
                row.joinToString(separator) { if (it.any { c -> c in "$separator\"\n\r" } || random.nextBoolean()) "\"" + it.replace("\"", "\"\"") + "\"" else it }
            }
            items("csv", csv, mapOf("author" to "who", "separator" to separator)).map { listOf(it.text(), it.author()) } shouldBe rows
        }
    }

    test("csv: errors name the line") {
        refused("csv", "a,b\n1,2\n") shouldBe "it:1: needs a column \"text\"; its columns are a, b"
        refused("csv", "text,b\n\"1\n2\",2\n3\n") shouldBe "it:4: has 1 fields; the header has 2"
        refused("csv", "text\n1\n\"abc\n\n") shouldBe "it:3: begins a quoted field that never ends"
        refused("csv", "text\nab\"c\n") shouldContain "it:2: has a quote inside a field"
        refused("csv", "text\n\"ab\"c\n") shouldContain "it:2: has text after a closing quote"
    }

    test("poetry-csv is csv with Chinese columns") {
        items("poetry-csv", "\"题目\",\"朝代\",\"作者\",\"内容\"\n\"夜泊\",\"今\",\"无名\",\"月落孤舟静，潮生远寺钟。\"\n") shouldBe
            listOf(Item("月落孤舟静，潮生远寺钟。", "今", "夜泊", "无名"))
    }

    test("json-lines: fields by name, errors by line") {
        items("json-lines", "{\"body\": \"a\\nb\", \"n\": 3}\n\n{\"body\": \"c\", \"n\": 4}", mapOf("text" to "body", "label" to "n")) shouldBe
            listOf(Item("a\nb", "3"), Item("c", "4"))
        refused("json-lines", "{\"text\": \"a\"}\n{\"txt\": \"a\"}") shouldBe "it:2: needs a text in \"text\"; it has txt"
        refused("json-lines", "{\"text\": \"a\"}\n[1]") shouldBe "it:2: is not a JSON object"
        refused("json-lines", "{\"text\": \"a\"") shouldContain "it:1: is not JSON: "
        refused("json-lines", "[".repeat(100_000)) shouldBe "it:1: JSON nested more than 64 deep at line 1"
    }

    test("chinese-poetry: an array of poems, and poems grouped by form") {
        items("chinese-poetry", """[{"author": "无名", "paragraphs": ["月落孤舟静，", "潮生远寺钟。"], "title": "夜泊", "id": "1"}, {"title": "空", "paragraphs": []}]""") shouldBe
            listOf(Item("月落孤舟静，\n潮生远寺钟。", null, "夜泊", "无名"))
        val grouped = """{"title": "集", "content": [{"type": "五言", "content": [
            {"chapter": "雜詩", "subchapter": "其二", "author": "某", "paragraphs": ["一"]}, {"chapter": "行", "subchapter": null, "author": "某", "paragraphs": ["二"]}]}]}"""
        items("chinese-poetry", grouped) shouldBe listOf(Item("一", "五言", "其二", "某"), Item("二", "五言", "行", "某"))
        items("chinese-poetry", """[{"title": "關雎", "chapter": "國風", "section": "周南", "content": ["關關雎鳩，在河之洲。", "窈窕淑女，君子好逑。"]}]""") shouldBe
            listOf(Item("關關雎鳩，在河之洲。\n窈窕淑女，君子好逑。", null, "關雎", null))
        items("chinese-poetry", """[{"author": "某", "rhythmic": "如夢令", "paragraphs": ["一"]}]""") shouldBe listOf(Item("一", null, "如夢令", "某"))
        refused("chinese-poetry", "[1,") shouldContain "it: is not JSON"
    }

    test("fortune: records between per cent signs, coloured title and author") {
        val esc = "\u001b"
        items("fortune", "$esc[32m《夜泊》$esc[m\n$esc[33m无名$esc[m\n月落孤舟静，\n潮生远寺钟。\n%\n\nplain $esc[1mbold$esc[0m\n%\n") shouldBe
            listOf(Item("月落孤舟静，\n潮生远寺钟。", null, "夜泊", "无名"), Item("plain bold"))
    }

    test("folder: labels come from file names and sub-folders") {
        val root = tempdir().toPath()
        Files.writeString(root.resolve("Irish.txt"), "Ó Briain\nMurphy\n")
        Files.createDirectories(root.resolve("letters"))
        Files.writeString(root.resolve("letters/1.txt"), "Dear\nSir")
        Files.writeString(root.resolve("letters/2.txt"), "Dear Madam")
        ItemFormat("folder").read("$root", null) shouldBe
            listOf(Item("Ó Briain", "Irish"), Item("Murphy", "Irish"), Item("Dear\nSir", "letters"), Item("Dear Madam", "letters"))
        ItemFormat("folder", mapOf("items" to "lines")).read("$root", null).size shouldBe 5
        shouldThrow<CorpusException> { ItemFormat("folder").read("$root/Irish.txt", null) }.message shouldContain "is not a folder"
        ItemFormat("text").read("$root/letters", null).map { it.text() } shouldBe listOf("Dear\nSir", "Dear Madam")
        Files.writeString(root.resolve("Irish.txt"), "\n\n")
        shouldThrow<CorpusException> { ItemFormat("lines").read("$root/*.txt", null) }.message shouldBe "$root/*.txt: has no item in the format \"lines\""
    }

    test("unknown formats and options are refused") {
        shouldThrow<IllegalArgumentException> { ItemFormat("xml") }.message shouldBe
            "unknown item format \"xml\"; known are text, lines, folder, json-lines, csv, poetry-csv, chinese-poetry, fortune"
        shouldThrow<IllegalArgumentException> { ItemFormat("lines", mapOf("text" to "x")) }.message shouldBe "item format \"lines\": unknown option \"text\"; it has none"
        shouldThrow<IllegalArgumentException> { ItemFormat("csv", mapOf("separator" to ";;")) }.message shouldContain "separator must be one character"
        shouldThrow<IllegalArgumentException> { ItemFormat("folder", mapOf("items" to "words")) }.message shouldContain "items must be lines or files"
    }

    test("nothing that is validated on was trained on") {
        val random = Random(10)
        repeat(200) { n ->
            val items = List(random.nextInt(60)) { Item("text ${random.nextInt(30)}", "$it") }
            val share = listOf(0.0, 0.1, 0.5, 0.9)[random.nextInt(4)]
            val split = Items.split(items, share, n.toLong())
            split.training().map { it.text() }.intersect(split.validation().map { it.text() }.toSet()) shouldBe emptySet()
            (split.training() + split.validation()).toSet() shouldBe items.toSet()
            split.training() shouldBe items.filter { it in split.training() }
            split shouldBe Items.split(items, share, n.toLong())
            if (share > 0 && items.map { it.text() }.distinct().size > 1) (split.validation().isNotEmpty() && split.training().isNotEmpty()) shouldBe true
        }
        val many = List(1000) { Item("$it") }
        Items.split(many, 0.1, 1).validation().size shouldBe 100
        (Items.split(many, 0.1, 1) == Items.split(many, 0.1, 2)) shouldBe false
    }

    test("items become a corpus, each between its start and end tokens") {
        val texts = listOf("ab", "b")
        val codec = Codec.fit(Normalization.NONE, CharacterTokenizer.GRAPHEMES, texts, Vocabulary.counting().with(Vocabulary.Special.START, Vocabulary.Special.END))
        val corpus = EncodedCorpus.of(codec, "items", texts)
        corpus.copy(0, corpus.size().toInt()).map { codec.vocabulary().token(it) } shouldBe listOf("<start>", "a", "b", "<end>", "<start>", "b", "<end>")
        (corpus.hash() == EncodedCorpus.of(codec, "items", listOf("a", "bb")).hash()) shouldBe false
    }
})
