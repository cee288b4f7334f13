package io.quatrain.format

import java.io.ByteArrayInputStream
import java.io.InputStream
import java.nio.CharBuffer
import java.nio.channels.Channels
import java.nio.charset.CharacterCodingException
import java.nio.charset.CodingErrorAction
import java.nio.file.Path

/**
 * How much a JSON text may ask for. The defaults hold within 256 MB of heap whatever the text.
 *
 * @property depth lists and objects inside each other
 * @property values values of a tree, counted together
 * @property textLength UTF-16 units of one string or key
 * @property numberLength characters of one number
 * @property bytes bytes of the whole text
 * @property treeBytes bytes of a part that is kept as a tree, when the whole text is longer than that
 */
public data class JsonLimits(
    val depth: Int = 200,
    val values: Int = 500_000,
    val textLength: Int = 8 shl 20,
    val numberLength: Int = 1000,
    val bytes: Long = 64L shl 20,
    val treeBytes: Long = 64L shl 20,
)

/**
 * Strict JSON (RFC 8259) from untrusted bytes. Refused, each with its line, column and path: keys that occur twice,
 * trailing commas, comments, NaN and Infinity, leading zeros, lone surrogates, invalid UTF-8, raw control characters,
 * and whatever exceeds the [JsonLimits]. A byte order mark is allowed at the start. Nothing is recursive.
 *
 * [read] gives a whole text as a tree; inside this package the same reader also walks through texts that are too
 * long for a tree.
 */
public class JsonReader internal constructor(
    private val input: InputStream,
    private val file: String,
    private val limits: JsonLimits = JsonLimits(),
) {
    private class Frame(val place: JsonPlace, val isObject: Boolean) {
        val keys = ArrayList<String>(2)
        val values = ArrayList<JsonValue>(2)
        var indices: HashMap<String, Int>? = null           // of the keys, once there are many
        var key: String? = null
        var keyLine = 0
        var keyColumn = 0
        var index = -1

        fun addKey(key: String): Boolean {
            if (keys.size == JsonValue.Object.FEW) indices = HashMap<String, Int>().also { keys.forEachIndexed { i, name -> it[name] = i } }
            if (if (indices == null) key in keys else indices!!.putIfAbsent(key, keys.size) != null) return false
            return keys.add(key)
        }
    }

    private val buffer = ByteArray(1 shl 13)
    private var at = 0
    private var end = 0
    private var before = 0L                             // bytes that were in earlier buffers
    private var line = 1
    private var column = 1                              // of the next code point
    private var values = 0
    private val frames = ArrayList<Frame>()
    private val keyCache = HashMap<String, String>()
    private val text = StringBuilder()
    private val number = ByteArray(limits.numberLength)
    private var numberEnd = 0

    init {
        if (peek() == 0xEF) {
            next()
            if (next() != 0xBB || next() != 0xBF) throw fail("invalid UTF-8 at byte ${before + at - 1}")
            column = 1
        } else if (peek() == 0xFE || peek() == 0xFF) throw fail("invalid UTF-8 at byte 0; save the file as UTF-8")
    }

    /** The one value of this text, and nothing after it. */
    internal fun document(): JsonValue = value().also { finish() }

    // ---- walking

    /** Steps into the object that stands here. */
    internal fun beginObject() {
        if (peekToken() != '{'.code) throw fail("needs an object, has ${describeNext()}")
        push(isObject = true)
    }

    /** The next key of the object, its value to be read next; null at the end of the object, which is then left. */
    internal fun nextKey(): String? {
        val frame = frames.last()
        if (frame.key == null && peekToken() == '}'.code) { next(); frames.removeAt(frames.lastIndex); return null }
        if (frame.key != null && !comma('}')) { frames.removeAt(frames.lastIndex); return null }
        readKey(frame)
        return frame.key
    }

    /** Calls [take] at every number of the list that stands here, which may hold nothing else. */
    internal fun numbers(take: () -> Unit) {
        if (peekToken() != '['.code) throw fail("needs a list of numbers, has ${describeNext()}")
        push(isObject = false)
        val frame = frames.last()
        if (peekToken() == ']'.code) next() else do {
            frame.index++
            val first = peekToken()
            if (first != '-'.code && first !in DIGITS) throw fail("needs a number, has ${describeNext()}")
            scanNumber()
            take()
        } while (comma(']'))
        frames.removeAt(frames.lastIndex)
    }

    /** The number that [numbers] stands at. */
    internal fun numberText(): String = String(number, 0, numberEnd, Charsets.ISO_8859_1)

    /** Nothing but white space may follow. */
    internal fun finish() {
        if (peekToken() >= 0) throw fail("nothing may follow the end of the value, has ${describeNext()}")
    }

    /** A complaint about where the reader stands. */
    internal fun fail(problem: String): JsonException = here().error(problem)

    /** Where the value stands that comes next or is being read. */
    internal fun here(): JsonPlace = frames.lastOrNull().let { frame ->
        if (frame == null) JsonPlace(file, null, null, -1, line, column)
        else if (frame.isObject && frame.key == null) frame.place.moved(line, column)
        else if (frame.isObject) JsonPlace(file, frame.place, frame.key, -1, line, column, frame.keyLine, frame.keyColumn)
        else JsonPlace(file, frame.place, null, maxOf(frame.index, 0), line, column)
    }

    // ---- the tree

    /** The value that stands here, as a tree. */
    internal fun value(): JsonValue {
        val base = frames.size
        val start = before + at
        while (true) {
            var done: JsonValue? = when (peekToken()) {
                '{'.code -> {
                    push(isObject = true)
                    if (peekToken() == '}'.code) { next(); pop() } else { readKey(frames.last()); null }
                }
                '['.code -> {
                    push(isObject = false)
                    if (peekToken() == ']'.code) { next(); pop() } else { frames.last().index = 0; null }
                }
                else -> scalar()
            }
            while (done != null) {
                if (++values > limits.values) throw fail("holds more than ${limits.values} values")
                if (before + at - start > limits.treeBytes) throw fail("is longer than ${limits.treeBytes} bytes")
                if (frames.size == base) return done
                val frame = frames.last()
                frame.values.add(done)
                done = if (!comma(if (frame.isObject) '}' else ']')) pop()
                else { if (frame.isObject) readKey(frame) else frame.index++; null }
            }
        }
    }

    private fun push(isObject: Boolean) {
        if (frames.size >= limits.depth) throw fail("lists and objects are nested deeper than ${limits.depth}")
        val place = here()
        next()
        frames.add(Frame(place, isObject))
    }

    private fun pop(): JsonValue = frames.removeAt(frames.lastIndex).run {
        if (isObject) JsonValue.Object(place, keys.toTypedArray(), values.toTypedArray(), indices)
        else JsonValue.Array(place, values.toTypedArray())
    }

    /** True after a comma, false after [close]. */
    private fun comma(close: Char): Boolean {
        val token = peekToken()
        if (token == close.code) { next(); return false }
        if (token != ','.code) throw fail("needs , or $close after this value, has ${describeNext()}")
        next()
        if (peekToken() == close.code) throw fail("no comma may stand before $close")
        return true
    }

    private fun readKey(frame: Frame) {
        if (peekToken() != '"'.code) throw fail("needs a key in double quotes, has ${describeNext()}")
        frame.keyLine = line
        frame.keyColumn = column
        val fresh = readText()
        val key = keyCache[fresh] ?: fresh
        if (keyCache.size < MOST_CACHED && key === fresh) keyCache[fresh] = fresh
        frame.key = key
        if (!frame.addKey(key)) {
            throw JsonPlace(file, frame.place, key, -1, frame.keyLine, frame.keyColumn).error("the key ${quoted(key)} occurs twice")
        }
        if (peekToken() != ':'.code) throw fail("needs : after the key ${quoted(key)}, has ${describeNext()}")
        next()
    }

    private fun scalar(): JsonValue {
        val first = peekToken()
        val place = here()
        return when {
            first == '"'.code -> JsonValue.Text(place, readText())
            first == '-'.code || first in DIGITS -> { scanNumber(); JsonValue.Number(place, numberText()) }
            isLetter(first) -> when (val word = readWord()) {
                "true" -> JsonValue.Truth(place, true)
                "false" -> JsonValue.Truth(place, false)
                "null" -> JsonValue.Null(place)
                "NaN", "Infinity" -> throw place.error("$word is not a JSON number")
                else -> throw place.error("${quoted(word)} is not JSON; text needs double quotes")
            }
            else -> throw place.error("needs a value, has ${describeNext()}")
        }
    }

    private fun readWord(): String = buildString {
        while (isLetter(peek()) && length < 20) append(next().toChar())
    }

    /** Reads `-?(0|[1-9][0-9]*)(.[0-9]+)?([eE][+-]?[0-9]+)?` into [number]. */
    private fun scanNumber() {
        numberEnd = 0
        if (peek() == '-'.code) {
            takeDigit()
            if (peek() == 'I'.code) throw fail("-Infinity is not a JSON number")
        }
        if (peek() == '0'.code) {
            takeDigit()
            if (peek() in DIGITS) throw fail("a number may not begin with 0")
        } else takeDigits()
        if (peek() == '.'.code) { takeDigit(); takeDigits() }
        if (peek() == 'e'.code || peek() == 'E'.code) {
            takeDigit()
            if (peek() == '+'.code || peek() == '-'.code) takeDigit()
            takeDigits()
        }
        if (isLetter(peek())) throw fail("${quoted(numberText().takeLast(20) + peek().toChar())} is not a JSON number")
    }

    private fun takeDigits() {
        if (peek() !in DIGITS) throw fail("needs a digit in the number, has ${describeNext()}")
        while (peek() in DIGITS) takeDigit()
    }

    private fun takeDigit() {
        if (numberEnd == number.size) throw fail("a number may not be longer than ${limits.numberLength} characters")
        number[numberEnd++] = next().toByte()
    }

    private fun readText(): String {
        next()
        text.setLength(0)
        while (true) {
            val byte = peek()
            when {
                byte < 0 -> throw ended("inside a text")
                byte == '"'.code -> { next(); return text.toString() }
                byte == '\\'.code -> readEscape()
                byte < 0x20 -> throw fail("the control character U+%04X needs an escape".format(byte))
                byte < 0x80 -> text.append(next().toChar())
                else -> text.appendCodePoint(readMultibyte())
            }
            if (text.length > limits.textLength) throw fail("a text may not be longer than ${limits.textLength} characters")
        }
    }

    private fun readEscape() {
        next()
        when (val byte = peek()) {
            '"'.code, '\\'.code, '/'.code -> text.append(next().toChar())
            'b'.code -> { next(); text.append('\b') }
            'f'.code -> { next(); text.append('\u000c') }
            'n'.code -> { next(); text.append('\n') }
            'r'.code -> { next(); text.append('\r') }
            't'.code -> { next(); text.append('\t') }
            'u'.code -> {
                val unit = readUnit()
                if (unit.isLowSurrogate()) throw loneSurrogate(unit)
                text.append(unit)
                if (unit.isHighSurrogate()) {
                    if (peek() != '\\'.code) throw loneSurrogate(unit)
                    next()
                    if (peek() != 'u'.code) throw loneSurrogate(unit)
                    val low = readUnit()
                    if (!low.isLowSurrogate()) throw loneSurrogate(unit)
                    text.append(low)
                }
            }
            else -> throw if (byte < 0) ended("inside a text") else fail("a backslash may not stand before ${describeNext()}")
        }
    }

    private fun loneSurrogate(unit: Char) = fail("\\u%04x is half a surrogate pair".format(unit.code))

    private fun readUnit(): Char {
        next()
        var unit = 0
        repeat(4) {
            val byte = peek()
            val digit = if (byte in 0..0x7f) Character.digit(byte, 16) else -1
            if (byte < 0) throw ended("inside a text")
            if (digit < 0) throw fail("\\u needs four hexadecimal digits, has ${describeNext()}")
            next()
            unit = unit * 16 + digit
        }
        return unit.toChar()
    }

    /** One code point of two to four bytes; overlong forms, surrogates and values above U+10FFFF are invalid. */
    private fun readMultibyte(): Int {
        val start = before + at
        val place = here()
        fun invalid() = place.error("invalid UTF-8 at byte $start")
        val first = next()
        val more = when (first) { in 0xC2..0xDF -> 1; in 0xE0..0xEF -> 2; in 0xF0..0xF4 -> 3; else -> throw invalid() }
        var point = first and (0x3F shr more)
        repeat(more) {
            val byte = peek()
            if (byte < 0) throw ended("inside a character")
            if (byte and 0xC0 != 0x80) throw invalid()
            point = (point shl 6) or (next() and 0x3F)
        }
        if (more == 2 && (point < 0x800 || point in 0xD800..0xDFFF) || more == 3 && point !in 0x10000..0x10FFFF) throw invalid()
        return point
    }

    // ---- bytes

    /** The next byte that is not white space, not consumed; negative at the end. */
    private fun peekToken(): Int {
        while (true) {
            val byte = peek()
            if (byte != ' '.code && byte != '\n'.code && byte != '\r'.code && byte != '\t'.code) return byte
            next()
        }
    }

    private fun peek(): Int = if (at < end) buffer[at].toInt() and 0xFF else fill()

    private fun next(): Int {
        val byte = peek()
        if (byte < 0) return byte
        at++
        if (byte == '\n'.code) { line++; column = 1 } else if (byte and 0xC0 != 0x80) column++
        return byte
    }

    private fun fill(): Int {
        before += end
        at = 0
        end = maxOf(0, input.read(buffer))
        if (before + end > limits.bytes) throw fail("a text may not be longer than ${limits.bytes} bytes")
        return if (end == 0) -1 else buffer[0].toInt() and 0xFF
    }

    private fun ended(where: String) = fail("the text ends at byte ${before + at} $where")

    private fun describeNext(): String {
        val byte = peek()
        return when {
            byte < 0 -> "the end of the text at byte ${before + at}"
            byte == '/'.code || byte == '#'.code -> "${byte.toChar()} (JSON has no comments)"
            byte == '\''.code -> "' (text needs double quotes)"
            byte < 0x20 || byte == 0x7F -> "the control character U+%04X".format(byte)
            byte < 0x80 -> byte.toChar().toString()
            else -> try { quoted(String(Character.toChars(readMultibyte()))) } catch (_: JsonException) { "a byte that is not UTF-8" }
        }
    }

    public companion object {
        /** Reads the JSON [text], called [file] in messages. */
        public fun read(text: String, file: String = "text", limits: JsonLimits = JsonLimits()): JsonValue {
            val encoder = Charsets.UTF_8.newEncoder()
                .onMalformedInput(CodingErrorAction.REPORT).onUnmappableCharacter(CodingErrorAction.REPORT)
            val bytes = try {
                encoder.encode(CharBuffer.wrap(text))
            } catch (problem: CharacterCodingException) {
                throw JsonException(file, 1, 1, "$", "the text holds half a surrogate pair", problem)
            }
            return JsonReader(ByteArrayInputStream(bytes.array(), 0, bytes.limit()), file, limits).document()
        }

        /** Reads JSON from [bytes] in UTF-8, called [file] in messages. */
        public fun read(bytes: ByteArray, file: String, limits: JsonLimits = JsonLimits()): JsonValue =
            JsonReader(ByteArrayInputStream(bytes), file, limits).document()

        /** Reads the JSON file [path]. Throws [FileReadException] unless it is a readable regular file of a legal size. */
        public fun read(path: Path, limits: JsonLimits = JsonLimits()): JsonValue =
            RegularFile.open(path, limits.bytes).use { channel ->
                RegularFile.reading(path) { JsonReader(Channels.newInputStream(channel), path.toString(), limits).document() }
            }

        private const val MOST_CACHED = 1000
        private val DIGITS = '0'.code..'9'.code
        private fun isLetter(byte: Int) = byte in 'A'.code..'Z'.code || byte in 'a'.code..'z'.code
    }
}
