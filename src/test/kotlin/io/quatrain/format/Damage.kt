package io.quatrain.format

import java.lang.management.ManagementFactory
import java.nio.ByteBuffer
import java.nio.ByteOrder
import java.nio.channels.FileChannel
import java.nio.file.Path
import java.nio.file.StandardOpenOption.CREATE
import java.nio.file.StandardOpenOption.WRITE
import kotlin.random.Random
import kotlinx.serialization.SerialName
import kotlinx.serialization.Serializable
import kotlinx.serialization.json.Json
import kotlinx.serialization.json.JsonArray
import kotlinx.serialization.json.JsonElement
import kotlinx.serialization.json.JsonNull
import kotlinx.serialization.json.JsonObject
import kotlinx.serialization.json.JsonPrimitive

/** What became of one attempt to read damaged bytes; [failure] is null when the promise was kept. */
internal class Verdict(val accepted: Boolean, val failure: String?)

/** Reads damaged files and judges: the same contents, or one clear line; nothing else, and at once. */
internal class Judge(private val folder: Path, private val patience: Long = 2_000) {

    private val clock = ManagementFactory.getThreadMXBean()

    /** [bytes] as a model file that should be [original] or be refused. */
    fun model(bytes: ByteArray, name: String, original: ModelContainer): Verdict {
        val file = folder.resolve(name)
        FileChannel.open(file, CREATE, WRITE).use { it.write(ByteBuffer.wrap(bytes), 0); it.truncate(bytes.size.toLong()) }     // to empty it first would wait for the disk
        return judged(file.toString()) {
            val read = try { ModelFiles.read(file) } catch (refusal: ModelFileException) { return@judged refusal }
            if (read.checksum != original.checksum || read.metadata.toJson(sorted = true) != original.metadata.toJson(sorted = true)) "SILENT ACCEPTANCE" else null
        }
    }

    /** [bytes] as a description; what is accepted must be what another parser makes of it. */
    fun description(bytes: ByteArray): Verdict = judged("damaged.json") {
        val read = try { JsonReader.read(bytes, "damaged.json").let { it to it.decode(Sonnet.serializer()) } } catch (refusal: JsonException) { return@judged refusal }
        val text = String(bytes).removePrefix("\uFEFF")
        val other = Json.parseToJsonElement(text)
        if (Json.parseToJsonElement(read.first.toJson()) != other) "SILENT ACCEPTANCE of another tree"
        else if (Json.decodeFromJsonElement(Sonnet.serializer(), other) != read.second) "SILENT ACCEPTANCE of another description" else null
    }

    private fun judged(name: String, work: () -> Any?): Verdict {
        val start = clock.currentThreadCpuTime            // of this thread, so that a busy machine is not taken for a hang
        val outcome = try { work() } catch (problem: Throwable) { "CRASH $problem at ${problem.stackTrace.take(4)}" }
        val time = (clock.currentThreadCpuTime - start) / 1_000_000
        val failure = when {
            time > patience -> "HANG of $time ms"
            outcome is String -> outcome
            outcome is Exception -> outcome.message!!.let { message ->
                if (!message.startsWith(name)) "message does not name the file: $message"
                else if (message.any { it < ' ' }) "message is not one line: $message"
                else if (message.length > 2000) "message is too long: ${message.take(200)}" else null
            }
            else -> null
        }
        return Verdict(outcome == null, failure)
    }
}

/** A description with everything a description may have, for damage. */
@Serializable
internal data class Sonnet(
    val name: String,
    val layers: List<Line>,
    val rate: Double = 0.1,
    val seed: Long = 1,
    val limits: Map<String, Float> = emptyMap(),
    val note: String? = null,
) {
    @Serializable sealed class Line
    @Serializable @SerialName("lstm") data class Lstm(val units: Int, val twice: Boolean = false) : Line() {
        init { require(units > 0) { "units must be positive, got $units" } }
    }
    @Serializable @SerialName("dropout") data class Dropout(val rate: Double, val first: Line? = null) : Line() {
        init { require(rate in 0.0..1.0) { "rate must be from 0 to 1, got $rate" } }
    }

    companion object {
        val sample = Sonnet("月 \"\n", listOf(Lstm(100, true), Dropout(0.5, Lstm(3)), Dropout(0.25)), 1e-3, 42, mapOf("clip" to 5f, "a b" to -1.5e-7f), "n")
        val text: String = JsonText.encode(serializer(), sample)
    }
}

/** The damage of rows A1–A4: truncated, flipped, and blocks deleted, zeroed, repeated, swapped, random or inserted. */
internal fun damageBytes(bytes: ByteArray, random: Random): ByteArray {
    if (bytes.isEmpty()) return random.nextBytes(random.nextInt(1, 64))
    val from = random.nextInt(bytes.size)
    val length = minOf(bytes.size - from, if (random.nextBoolean()) random.nextInt(1, 9) else 1 shl random.nextInt(13))
    val to = random.nextInt(bytes.size)
    fun replaced(block: ByteArray) = bytes.copyOf().also { block.copyInto(it, from, 0, minOf(block.size, it.size - from)) }
    return when (random.nextInt(13)) {
        0 -> bytes.copyOf(from)
        1, 2, 3 -> bytes.copyOf().also { copy -> repeat(random.nextInt(1, 4)) { val at = random.nextInt(copy.size); copy[at] = (copy[at].toInt() xor (1 shl random.nextInt(8))).toByte() } }
        4 -> bytes.copyOfRange(0, from) + bytes.copyOfRange(from + length, bytes.size)
        5 -> replaced(ByteArray(length))
        6 -> bytes.copyOfRange(0, from + length) + bytes.copyOfRange(from, bytes.size)
        7 -> replaced(bytes.copyOfRange(to, minOf(bytes.size, to + length)))
        8 -> replaced(random.nextBytes(length))
        9 -> bytes.copyOfRange(0, from) + random.nextBytes(length) + bytes.copyOfRange(from, bytes.size)
        10 -> bytes + (if (random.nextBoolean()) bytes else random.nextBytes(length))
        11 -> bytes.copyOf().also { it.fill(0, maxOf(0, bytes.size / 4096 * 4096), bytes.size) }
        else -> bytes.copyOf().also { it[from] = random.nextInt(256).toByte() }
    }
}

private val NUMBERS = listOf("1e309", "NaN", "Infinity", "-Infinity", "2147483648", "9223372036854775808", "-1", "0", "0.5", "1e1000000000", "-0",
    "4294967296", "1099511627776", "4611686018427387904", "01", "1.", ".5", "+1", "0x10", "1e", "1e-400", "1e39", "3", "100", "00", "-")
private val WORDS = listOf("\"\"", "\"F64\"", "\"F16\"", "\"Lstm\"", "\"lstm\"", "\"\\u0000\"", "\"\\ud800\"", "null", "true", "[]", "{}", "[[]]", "{\"a\":1}", "\"x\"",
    "\u0000", "// c\n", "/* c */", ",", ",,", "'a'", "\uFEFF", "\"unclosed", "\t", "\n", "\r\n", "   ", "\"a\u0001\"", "\"a\" \"b\"", "None")
private val TOKEN = Regex("\"(?:[^\"\\\\]|\\\\.)*\"|-?[0-9][0-9.eE+-]*|[\\[\\]{},:]|true|false|null")

/** The damage of rows B and C4: tokens replaced by awkward ones, removed, repeated, swapped, or nested deep. */
internal fun damageText(text: String, random: Random): String {
    val tokens = TOKEN.findAll(text).toList()
    if (tokens.isEmpty()) return text + WORDS.random(random)
    val token = tokens.random(random).range
    fun replaced(by: String) = text.replaceRange(token, by)
    return when (random.nextInt(10)) {
        0, 1 -> tokens.filter { it.value[0] == '-' || it.value[0].isDigit() }.ifEmpty { tokens }.random(random).let { text.replaceRange(it.range, NUMBERS.random(random)) }
        2 -> replaced(WORDS.random(random))
        3 -> replaced("")
        4 -> replaced(text.substring(token) + text.substring(token))
        5 -> replaced(tokens.random(random).value)
        6 -> text.substring(0, token.first) + WORDS.random(random) + text.substring(token.first)
        7 -> tokens.filter { it.value == "{" }.ifEmpty { tokens }.random(random).let { open ->
            val member = Regex("\"(?:[^\"\\\\]|\\\\.)*\"\\s*:\\s*(?:\"[^\"]*\"|[0-9.eE+-]+|\\[[^\\[\\]{}]*])").findAll(text).toList().randomOrNull(random)?.value ?: "\"a\":1"
            text.replaceRange(open.range, "{$member,")
        }
        8 -> replaced(listOf("[", "{\"a\":", "[{\"b\":").random(random).repeat(random.nextInt(1, 400)) + if (random.nextBoolean()) "1" else "")
        else -> tokens.random(random).range.let { other ->
            val (a, b) = if (token.first <= other.first) token to other else other to token
            if (a == b) text else text.substring(0, a.first) + text.substring(b) + text.substring(a.last + 1, b.first) + text.substring(a) + text.substring(b.last + 1)
        }
    }
}

/** [damageText] within the header of a safetensors file, whose length is then right again. */
internal fun damageHeader(bytes: ByteArray, random: Random): ByteArray {
    val length = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).getLong(0).toInt()
    var header = String(bytes, 8, length)
    repeat(random.nextInt(1, 3)) { header = damageText(header, random) }
    return safetensorsBytes(header, bytes.copyOfRange(8 + length, bytes.size))
}

/** [tree] with every value in turn replaced by every other kind, every key renamed or removed, and unknown keys added. */
internal fun swaps(tree: JsonElement): Sequence<JsonElement> = sequence {
    for (other in listOf(JsonNull, JsonPrimitive(true), JsonPrimitive(-1), JsonPrimitive(0.5), JsonPrimitive("x"), JsonArray(emptyList()), JsonObject(emptyMap()))) {
        if (other != tree) yield(other)
    }
    if (tree is JsonArray) for (i in tree.indices) {
        for (changed in swaps(tree[i])) yield(JsonArray(tree.toMutableList().also { it[i] = changed }))
        yield(JsonArray(tree.filterIndexed { at, _ -> at != i }))
    }
    if (tree is JsonObject) {
        for ((key, value) in tree) {
            for (changed in swaps(value)) yield(JsonObject(tree + (key to changed)))
            yield(JsonObject(tree - key))
            yield(JsonObject(tree - key + (key + "x" to value)))
        }
        yield(JsonObject(tree + ("unknown" to JsonPrimitive(1))))
    }
}
