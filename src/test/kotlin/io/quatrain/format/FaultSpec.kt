package io.quatrain.format

import io.kotest.assertions.throwables.shouldThrow
import io.kotest.assertions.withClue
import io.kotest.core.spec.style.FunSpec
import io.kotest.engine.spec.tempdir
import io.kotest.matchers.collections.shouldBeEmpty
import io.kotest.matchers.shouldBe
import io.kotest.matchers.string.shouldContain
import java.io.ByteArrayOutputStream
import java.nio.file.Files
import java.nio.file.Path
import java.util.zip.GZIPOutputStream
import kotlin.random.Random
import kotlinx.serialization.json.Json
import kotlinx.serialization.json.JsonArray
import kotlinx.serialization.json.JsonElement
import kotlinx.serialization.json.JsonObject
import kotlinx.serialization.json.JsonPrimitive

/** Rows A1–A5, B1–B6, C4 of the list of faults, for both forms of a model file and for descriptions. */
class FaultSpec : FunSpec({
    val seed = System.getProperty("quatrain.seed")?.toLong() ?: 20261122L
    val folder by lazy { tempdir().toPath() }
    val judge by lazy { Judge(folder) }
    val model = sampleModel()
    val safetensors by lazy { folder.resolve("whole.safetensors").also { Safetensors.write(it, model) }.let(Files::readAllBytes)!! }
    val json by lazy { folder.resolve("whole.json").also { JsonModelFile.write(it, model) }.let(Files::readAllBytes)!! }
    fun forms() = listOf("damaged.safetensors" to safetensors, "damaged.json" to json)

    fun tried(what: String, count: Int, failures: List<String>) {
        println("$what: $count tried (seed $seed), ${failures.size} failures")
        failures.take(5).shouldBeEmpty()
    }
    fun refused(bytes: ByteArray, name: String = "damaged.safetensors"): String {
        val file = Files.write(folder.resolve(name), bytes)
        return shouldThrow<ModelFileException> { ModelFiles.read(file) }.also { it.message!!.lines().size shouldBe 1 }.problem
    }

    test("A1: truncated at any byte") {
        val failures = ArrayList<String>()
        for ((name, bytes) in forms()) for (length in bytes.indices) {
            val verdict = judge.model(bytes.copyOf(length), name, model)
            val whole = name.endsWith("json") && String(bytes, length, bytes.size - length).isBlank()
            if (verdict.accepted != whole || verdict.failure != null) failures.add("$name cut to $length: ${verdict.failure ?: "accepted"}")
        }
        tried("A1", safetensors.size + json.size, failures)
        refused(safetensors.copyOf(safetensors.size - 1)) shouldContain "is truncated at byte ${safetensors.size - 1}: tensor \"@mask\" needs the bytes up to ${safetensors.size}"
        refused(safetensors.copyOf(100)) shouldContain "is truncated at byte 100: the header ends at byte"
        refused(json.copyOf(1000)) shouldContain "at byte 1000"
    }

    test("A2: any bit flipped") {
        val random = Random(seed)
        val failures = ArrayList<String>()
        for ((name, bytes) in forms()) for (at in bytes.indices) {
            val damaged = bytes.copyOf().also { it[at] = (it[at].toInt() xor (1 shl random.nextInt(8))).toByte() }
            judge.model(damaged, name, model).failure?.let { failures.add("$name, byte $at: $it") }
        }
        tried("A2", safetensors.size + json.size, failures)
        val data = safetensors.copyOf().also { it[it.size - 1] = (it.last().toInt() xor 1).toByte() }
        refused(data) shouldContain "is damaged: the checksum of its contents is"
    }

    test("A3, B2, B3: blocks and tokens damaged at random") {
        val failures = ArrayList<String>()
        repeat(700) { round ->
            val random = Random(seed + round)
            val damaged = if (random.nextBoolean()) damageBytes(safetensors, random) else damageHeader(safetensors, random)
            judge.model(damaged, "damaged.safetensors", model).failure?.let { failures.add("safetensors $round: $it") }
            val text = if (random.nextBoolean()) damageBytes(json, random) else damageText(String(json), random).toByteArray()
            judge.model(text, "damaged.json", model).failure?.let { failures.add("JSON $round: $it") }
            val description = Sonnet.text.toByteArray()
            val damagedDescription = if (random.nextBoolean()) damageBytes(description, random) else damageText(Sonnet.text, random).toByteArray()
            judge.description(damagedDescription).failure?.let { failures.add("description $round: $it") }
        }
        tried("A3, B", 2100, failures)
    }

    test("A4: other things than a model") {
        val gzip = ByteArrayOutputStream().also { out -> GZIPOutputStream(out).use { it.write(safetensors) } }.toByteArray()
        refused(ByteArray(0)) shouldBe "is empty"
        refused(ByteArray(1)) shouldContain "neither safetensors nor JSON"
        refused(ByteArray(5000)) shouldContain "its first 8 bytes say that the header has 0 bytes"
        refused(gzip) shouldContain "is compressed with gzip"
        refused("PK\u0003\u0004rest of it".toByteArray()) shouldContain "is a zip archive"
        refused(String(json).toByteArray(Charsets.UTF_16)) shouldContain "is text in UTF-16"
        refused("Shall I compare thee to a summer's day?".toByteArray()) shouldContain "begins with 53 68 61 6c"
        refused("{\"a\": 1}".toByteArray()) shouldContain "unknown key \"a\""
        refused("{}".toByteArray()) shouldContain "the key \"sha256\" is missing"
        refused(safetensors + safetensors) shouldContain "bytes follow the last tensor"
        refused(safetensors + 0) shouldContain "1 bytes follow the last tensor"
        refused(json + json) shouldContain "nothing may follow"
        refused(json + 'x'.code.toByte()) shouldContain "nothing may follow"
        val random = Random(seed)
        repeat(200) { refused(random.nextBytes(random.nextInt(1, 5000))) }
    }

    test("A5: other things than a regular file") {
        fun problem(file: Path) = shouldThrow<ModelFileException> { ModelFiles.read(file) }.also { it.message!! shouldContain file.toString() }.problem
        problem(folder.resolve("none")) shouldBe "does not exist"
        problem(folder) shouldContain "is a directory"
        problem(Files.createSymbolicLink(folder.resolve("dangling"), Path.of("gone"))) shouldContain "is a link to gone"
        problem(folder.resolve("loop").also { Files.createSymbolicLink(it, it) }) shouldContain "symbolic link"
        if (Files.exists(Path.of("/dev/zero"))) problem(Path.of("/dev/zero")) shouldContain "not a regular file"
        val secret = Files.write(folder.resolve("secret"), safetensors)
        secret.toFile().setReadable(false)
        if (!Files.isReadable(secret)) problem(secret) shouldContain "permission denied"       // the superuser may read all
    }

    test("B1: nesting without end, wherever it stands") {
        for (depth in listOf(1_000, 30_000, 1_000_000)) for (open in listOf("[", "{\"a\":")) for (closed in listOf(true, false)) withClue("$open × $depth, $closed") {
            val deep = open.repeat(depth) + if (closed) "1" + (if (open == "[") "]" else "}").repeat(depth) else ""
            refused("""{"sha256":"x","quatrain":$deep}""".toByteArray()) shouldContain "nested deeper than 200"
            refused("""{"tensors":{"w":{"shape":$deep}}}""".toByteArray()) shouldContain "nested deeper than 200"
            refused("""{"tensors":{"w":{"data":$deep}}}""".toByteArray()) shouldContain (if (open == "[") "needs a number, has [" else "needs a list of numbers, has {")
            refused(safetensorsBytes("""{"w":$deep}""", ByteArray(0))) shouldContain "nested deeper than 4"
            val metadata = appendText(StringBuilder(), deep)
            refused(safetensorsBytes("""{"__metadata__":{"sha256":"x","quatrain":$metadata}}""", ByteArray(0))) shouldContain "nested deeper than 200"
        }
    }

    test("B3, B4: every value of another kind, every key renamed, removed, unknown or there twice") {
        val failures = ArrayList<String>()
        var count = 0
        val tree = Json.parseToJsonElement(String(json))
        for (changed in swaps(tree)) {
            count++
            judge.model(changed.toString().toByteArray(), "damaged.json", model).let { if (it.accepted || it.failure != null) failures.add("${it.failure ?: "accepted"}: ${changed.toString().take(300)}") }
        }
        for (changed in swaps(Json.parseToJsonElement(Sonnet.text))) {
            count++
            judge.description(changed.toString().toByteArray()).failure?.let { failures.add("$it: $changed") }
        }
        for (open in Regex("\\{\\s*(\"[^\"]*\":)").findAll(String(json))) {
            count++
            val twice = String(json).replaceRange(open.range.first, open.range.first + 1, "{" + open.groupValues[1] + "0,")
            judge.model(twice.toByteArray(), "damaged.json", model).let { if (it.accepted || it.failure != null) failures.add("accepted twice ${open.value}") }
        }
        tried("B3, B4", count, failures)
        refused(String(json).replace("\"dtype\": \"F32\"", "\"dtype\": \"f32\"").toByteArray()) shouldContain
            "$.tensors[\"0.wx\"].dtype: unknown dtype \"f32\"; did you mean \"F32\"? known: F32"
        refused(String(json).replace("\"data\"", "\"dato\"").toByteArray()) shouldContain "$.tensors[\"0.wx\"].dato: unknown key \"dato\"; did you mean \"data\"?"
    }

    test("B6: white space, order of members, escapes and CRLF change nothing") {
        fun reversed(element: JsonElement): JsonElement = when (element) {
            is JsonObject -> JsonObject(element.entries.reversed().associate { it.key to reversed(it.value) })
            is JsonArray -> JsonArray(element.map(::reversed))
            else -> element
        }
        fun read(text: String, name: String = "same.json") = ModelFiles.read(Files.write(folder.resolve(name), text.toByteArray())).checksum
        val text = String(json)
        val tree = Json.parseToJsonElement(text)
        read(tree.toString()) shouldBe model.checksum
        read(reversed(tree).toString()) shouldBe model.checksum
        read("\uFEFF" + text.replace("\n", "\r\n\t ")) shouldBe model.checksum
        read(text.map { if (it.code > 127) "\\u%04x".format(it.code) else it.toString() }.joinToString("").replace("writer", "\\u0077riter")) shouldBe model.checksum
        val length = safetensors[0].toInt() and 0xFF or (safetensors[1].toInt() and 0xFF shl 8)
        val header = String(safetensors, 8, length)
        val data = safetensors.copyOfRange(8 + length, safetensors.size)
        for (same in listOf(header.trim(), reversed(Json.parseToJsonElement(header)).toString(), header.replace("},\"", "},\r\n \""), header.replace("é", "\\u00e9"))) {
            ModelFiles.read(Files.write(folder.resolve("same.safetensors"), safetensorsBytes(same, data))).checksum shouldBe model.checksum
        }
    }

    test("C4: a header may claim what it likes") {
        fun header(shape: String, offsets: String, dtype: String = "F32", data: Int = 16) =
            refused(safetensorsBytes("""{"w":{"dtype":"$dtype","shape":$shape,"data_offsets":$offsets}}""", ByteArray(data)))
        header("[268435456]", "[0,1073741824]") shouldContain "is truncated at byte"
        header("[536870912,512]", "[0,1099511627776]") shouldContain "at most 2147483639 elements"
        header("[65536,65536]", "[0,16]") shouldContain "at most 2147483639 elements"
        header("[2147483647,2147483647,2147483647]", "[0,16]") shouldContain "at most"
        header("[4611686018427387904]", "[0,16]") shouldContain "from 0 to 2147483647"
        header("[-2,-2]", "[0,16]") shouldContain "needs a whole number from 0 to 2147483647, has -2"
        header("[2,2]", "[0,-16]") shouldContain "needs a whole number from 0"
        header("[2,2]", "[16,0]") shouldContain "may not end at 0 before they begin at 16"
        header("[2,2]", "[0,12]") shouldContain "F32 [2 × 2] needs 16 bytes, has 12"
        header("[2,2]", "[0,16]", "F64") shouldContain "F64 [2 × 2] needs 32 bytes, has 16"
        header("[2,2]", "[1,17]", data = 17) shouldContain "begin at 1 and must begin at 0, without gap or overlap"
        header("[2,2]", "[9223372036854775791,9223372036854775807]") shouldContain "must begin at 0"
        header("[2,2]", "[0,16]", "BF16") shouldContain "unknown dtype \"BF16\"; known: F32, F64, I32, I64, U8"
        header("[1,1,1,1,1,1,1,1,1]", "[0,4]") shouldContain "at most 8 dimensions"
        header("[1.0]", "[0,4]") shouldContain "needs a whole number, has 1.0"
        refused(safetensorsBytes("""{"a":{"dtype":"U8","shape":[3],"data_offsets":[0,3]},"b":{"dtype":"U8","shape":[3],"data_offsets":[2,5]}}""", ByteArray(5))) shouldContain
            "tensor \"b\": its data begin at 2 and must begin at 3"
        refused(safetensorsBytes("""{"a":{"dtype":"U8","shape":[1],"data_offset":[0,1]}}""", ByteArray(1))) shouldContain "unknown key \"data_offset\"; did you mean \"data_offsets\"?"
        val lying = safetensors.copyOf().also { it[4] = 0; it[3] = 3; it[2] = 127 }
        refused(lying) shouldContain "is truncated at byte"
        refused(safetensors.copyOf().also { it[3] = 5 }) shouldContain "say that the header has"
        fun tensor(members: String) = refused("""{"sha256":"x","quatrain":{"formatVersion":1},"tensors":{"w":{$members}}}""".toByteArray())
        tensor(""""dtype":"F32","shape":[46341,46341],"data":[1]""") shouldContain "at most 2147483639 elements"
        tensor(""""dtype":"F32","shape":[40000,40000],"data":[1]""") shouldContain "needs 1600000000 numbers, has 1"
        tensor(""""dtype":"F32","shape":[1],"data":[1,2]""") shouldContain "needs 1 numbers, has 2"
        tensor(""""dtype":"F32","shape":[1],"data":[1e39]""") shouldContain "1e39 is too large"
        tensor(""""dtype":"U8","shape":[1],"data":[256]""") shouldContain "from 0 to 255"
        tensor(""""shape":[0],"data":[]""") shouldContain "the key \"dtype\" is missing"
    }

    test("the specs can fail: tensors exchanged behind the same shapes are noticed by the checksum alone") {
        val twins = ModelContainer("""{"formatVersion":1}""", listOf(TensorData("a", floatArrayOf(1f), 1), TensorData("b", floatArrayOf(2f), 1)))
        val file = folder.resolve("twins.safetensors")
        Safetensors.write(file, twins)
        val text = String(Files.readAllBytes(file), Charsets.ISO_8859_1)
        val exchanged = text.replace("\"a\":{", "\"c\":{").replace("\"b\":{", "\"a\":{").replace("\"c\":{", "\"b\":{")
        refused(exchanged.toByteArray(Charsets.ISO_8859_1)) shouldContain "is damaged"
    }
})
