package io.quatrain.format

import io.kotest.assertions.throwables.shouldThrow
import io.kotest.assertions.withClue
import io.kotest.core.spec.style.FunSpec
import io.kotest.matchers.collections.shouldContainExactly
import io.kotest.matchers.shouldBe
import io.kotest.matchers.string.shouldContain
import io.kotest.matchers.string.shouldNotContain
import java.nio.file.Files
import java.nio.file.Path
import kotlinx.serialization.json.Json

class JsonReaderSpec : FunSpec({
    fun refusal(text: String, limits: JsonLimits = JsonLimits()) =
        withClue(text.take(80)) { shouldThrow<JsonException> { JsonReader.read(text, "a.json", limits) } }
    fun refusal(bytes: ByteArray) = shouldThrow<JsonException> { JsonReader.read(bytes, "a.json") }
    fun root(text: String) = JsonReader.read(text, "a.json") as JsonValue.Object

    test("every value knows its line, column and path") {
        val tree = root("{\n  \"poem\": {\"lines\": [1, \"月\", {\"a b\": null}]}\n}")
        val list = (tree.getValue("poem") as JsonValue.Object).getValue("lines") as JsonValue.Array
        list.items.map { it.place.toString() } shouldContainExactly listOf(
            "a.json:2:22 $.poem.lines[0]", "a.json:2:25 $.poem.lines[1]", "a.json:2:30 $.poem.lines[2]",
        )
        (list.items[2] as JsonValue.Object).getValue("a b").place.toString() shouldBe "a.json:2:38 $.poem.lines[2][\"a b\"]"
    }

    test("a tree written again is the text") {
        val text = """{"a":[1,-0.5e+3,true,false,null,"x\n\u0001\"\\é月𝄞"],"b":{},"c":[]}"""
        root(text).toJson() shouldBe text
        root("""{"b":1,"a":{"d":1,"c":2}}""").toJson(sorted = true) shouldBe """{"a":{"c":2,"d":1},"b":1}"""
    }

    test("white space, escapes, CRLF and a byte order mark change nothing") {
        val plain = root("""{"a":["é𝄞/"]}""").toJson()
        root("\r\n{ \"\\u0061\"\t:\r\n[ \"\\u00e9\\uD834\\udd1e\\/\" ] }\r\n").toJson() shouldBe plain
        root("\uFEFF{\"a\":[\"é𝄞/\"]}").toJson() shouldBe plain
        root("\uFEFF{\"a\":1}").getValue("a").place.column shouldBe 6
        refusal(" \uFEFF{}").message shouldContain "\\ufeff"
    }

    test("what is not JSON is refused where it stands") {
        refusal("""{"a": {"b": 1, "b": 2}}""").message shouldBe """a.json:1:16 $.a.b: the key "b" occurs twice"""
        refusal("""{"a": 1, "\u0061": 2}""").message shouldContain "occurs twice"
        refusal("[1, 2,]").message shouldBe "a.json:1:7 $[1]: no comma may stand before ]"
        refusal("""{"a": 1,}""").message shouldContain "no comma may stand before }"
        refusal("[1, // one\n 2]").message shouldContain "JSON has no comments"
        refusal("[NaN]").message shouldBe "a.json:1:2 $[0]: NaN is not a JSON number"
        refusal("[-Infinity]").message shouldContain "-Infinity is not a JSON number"
        refusal("[01]").message shouldContain "may not begin with 0"
        refusal("[1.]").message shouldContain "needs a digit"
        refusal("[1x]").message shouldContain "\"1x\" is not a JSON number"
        refusal("[+1]").message shouldContain "needs a value, has +"
        refusal("['a']").message shouldContain "double quotes"
        refusal("{a: 1}").message shouldContain "needs a key in double quotes, has a"
        refusal("[True]").message shouldContain "\"True\" is not JSON"
        refusal("[1 2]").message shouldContain "needs , or ] after this value, has 2"
        refusal("{\"a\" 1}").message shouldContain "needs : after the key \"a\""
        refusal("{} {}").message shouldContain "nothing may follow"
        refusal("").message shouldBe "a.json:1:1 $: needs a value, has the end of the text at byte 0"
        refusal("{\"a\": [1").message shouldContain "the end of the text at byte 8"
        refusal("\"abc").message shouldContain "the text ends at byte 4 inside a text"
    }

    test("text is UTF-8 without control characters and half pairs") {
        refusal("\"a\tb\"").message shouldBe "a.json:1:3 $: the control character U+0009 needs an escape"
        refusal("\"\u0000\"").message shouldContain "U+0000"
        refusal("[\u0000]").message shouldContain "U+0000"
        for (half in listOf("\\ud834", "\\ud834x", "\\ud834\\n", "\\ud834\\u0041", "\\udd1e", "\\ud834\\ud834")) {
            refusal("\"$half\"").message shouldContain "half a surrogate pair"
        }
        refusal("\"\ud834\"").message shouldContain "half a surrogate pair"
        refusal("\"\\x41\"").message shouldContain "backslash"
        refusal("\"\\u00g0\"").message shouldContain "four hexadecimal digits"
        val invalid = listOf("80", "c0af", "c1bf", "e08080", "eda080", "edbfbf", "f08080af", "f4908080", "f5808080", "ff", "c3", "e69c", "c328")
        for (hex in invalid) {
            val bytes = hex.chunked(2).map { it.toInt(16).toByte() }.toByteArray()
            withClue(hex) { refusal("[\"".toByteArray() + bytes + "\"]".toByteArray()).message shouldContain "invalid UTF-8 at byte 2" }
        }
        refusal("{}".toByteArray(Charsets.UTF_16)).message shouldContain "save the file as UTF-8"
    }

    test("numbers keep their text and are checked when they are used") {
        fun number(text: String) = JsonReader.read(text) as JsonValue.Number
        number("-0.10e+01").text shouldBe "-0.10e+01"
        number("2147483647").toInt() shouldBe Int.MAX_VALUE
        number("-9223372036854775808").toLong() shouldBe Long.MIN_VALUE
        number("1e-45").toFloat() shouldBe Float.MIN_VALUE
        number("0e-999999999").toDouble() shouldBe 0.0
        shouldThrow<JsonException> { number("2147483648").toInt() }.problem shouldContain "from -2147483648 to 2147483647"
        shouldThrow<JsonException> { number("9223372036854775808").toLong() }
        shouldThrow<JsonException> { number("1.0").toInt() }.problem shouldBe "needs a whole number, has 1.0"
        for (large in listOf("1e309", "1e1000000000", "-1e309")) shouldThrow<JsonException> { number(large).toDouble() }.problem shouldContain "too large"
        shouldThrow<JsonException> { number("1e39").toFloat() }.problem shouldContain "too large"
        shouldThrow<JsonException> { number("1e-400").toDouble() }.problem shouldContain "too small"
        refusal("[" + "9".repeat(1_000_000) + "]").message shouldContain "longer than 1000 characters"
    }

    test("depth, size, text length and the number of values are limited, whatever the depth") {
        for (depth in listOf(201, 1_000, 10_000, 100_000, 1_000_000)) {
            for (open in listOf("[", "{\"a\":", "[{\"a\":")) {
                refusal(open.repeat(depth)).problem shouldBe "lists and objects are nested deeper than 200"
                val closed = open.reversed().map { if (it == '[') ']' else if (it == '{') '}' else ' ' }.joinToString("")
                refusal("{\"x\":" + open.repeat(depth) + "1" + closed.repeat(depth) + "}").problem shouldContain "nested deeper"
            }
        }
        JsonReader.read("[".repeat(200) + "]".repeat(200))
        refusal("[1,2,3]", JsonLimits(values = 3)).message shouldContain "more than 3 values"
        refusal("\"abcd\"", JsonLimits(textLength = 3)).message shouldContain "longer than 3 characters"
        refusal("   \"abcd\"", JsonLimits(bytes = 8)).message shouldContain "longer than 8 bytes"
    }

    test("a message is one line, whatever the text") {
        refusal("[1 \u001b[31m").message shouldNotContain "\u001b"
        val key = "k\\n\\u202e" + "y".repeat(500)
        val message = refusal("""{"$key": 1, "$key": 2}""").message!!
        message shouldNotContain "\n"
        message shouldNotContain "\u202e"
        (message.length < 300) shouldBe true
    }

    test("only regular files of a legal size are read") {
        val folder = Files.createTempDirectory("json")
        fun refused(path: Path) = shouldThrow<FileReadException> { JsonReader.read(path, JsonLimits(bytes = 100)) }.problem
        refused(folder.resolve("none.json")) shouldBe "does not exist"
        refused(folder) shouldContain "is a directory"
        val link = Files.createSymbolicLink(folder.resolve("link"), Path.of("gone"))
        refused(link) shouldBe "is a link to gone, which does not exist"
        val loop = Files.createSymbolicLink(folder.resolve("loop"), folder.resolve("loop"))
        shouldThrow<FileReadException> { JsonReader.read(loop) }
        if (Files.exists(Path.of("/dev/zero"))) refused(Path.of("/dev/zero")) shouldContain "not a regular file"
        refused(Files.writeString(folder.resolve("long"), " ".repeat(101))) shouldBe "has 101 bytes; at most 100 are read"
        folder.toFile().deleteRecursively()
    }

    test("agrees with another parser on random trees (seed 20261122)") {
        val random = kotlin.random.Random(20261122)
        fun text() = (0 until random.nextInt(6)).joinToString("") { listOf("a", "\"", "\\", "\n", "é", "月", "𝄞", "\u0001")[random.nextInt(8)] }
        fun tree(depth: Int): kotlinx.serialization.json.JsonElement = when (random.nextInt(if (depth > 4) 4 else 6)) {
            0 -> kotlinx.serialization.json.JsonPrimitive(text())
            1 -> kotlinx.serialization.json.JsonPrimitive(random.nextInt())
            2 -> kotlinx.serialization.json.JsonPrimitive(random.nextDouble() * 1e-7)
            3 -> kotlinx.serialization.json.JsonNull
            4 -> kotlinx.serialization.json.JsonArray(List(random.nextInt(12)) { tree(depth + 1) })
            else -> kotlinx.serialization.json.JsonObject((0 until random.nextInt(12)).associate { text() to tree(depth + 1) })
        }
        repeat(300) {
            val element = tree(0)
            val pretty = Json { prettyPrint = random.nextBoolean() }
            Json.parseToJsonElement(JsonReader.read(pretty.encodeToString(element)).toJson()) shouldBe element
        }
    }
})
