package io.quatrain.format

/**
 * What is wrong with a piece of JSON, and where: `poems.json:14:9 $.layers[1].unit: unknown key "unit"; …`.
 *
 * [line] and [column] count from 1, columns in code points.
 */
public class JsonException(
    public val file: String,
    public val line: Int,
    public val column: Int,
    public val path: String,
    public val problem: String,
    cause: Throwable? = null,
) : RuntimeException("${printable(file)}:$line:$column $path: $problem", cause)

/** Where a value stands: its file, its line and column, and its path from the root. */
public class JsonPlace internal constructor(
    public val file: String,
    private val parent: JsonPlace?,
    private val key: String?,
    private val index: Int,
    public val line: Int,
    public val column: Int,
    private val keyLine: Int = line,
    private val keyColumn: Int = column,
) {
    /** `$.architecture.layers[1].units` */
    public val path: String
        get() = buildString {
            append('$')
            generateSequence(this@JsonPlace) { it.parent }.toList().asReversed().drop(1).forEach { append(it.step()) }
        }

    /** Where the key of this member stands; the place itself when it is not a member of an object. */
    internal val ofKey: JsonPlace get() = JsonPlace(file, parent, key, index, keyLine, keyColumn)

    internal fun moved(line: Int, column: Int): JsonPlace = JsonPlace(file, parent, key, index, line, column)

    /** The place of a member that this object does not have. */
    internal fun missing(name: String): JsonPlace = JsonPlace(file, this, name, -1, line, column)

    /** A complaint about the value at this place. */
    public fun error(problem: String, cause: Throwable? = null): JsonException =
        JsonException(file, line, column, path, problem, cause)

    private fun step(): String = when {
        key == null -> "[$index]"
        PLAIN_KEY.matches(key) -> ".$key"
        else -> "[${quoted(key)}]"
    }

    override fun toString(): String = "${printable(file)}:$line:$column $path"
}

/** One value of a JSON text, immutable, with its [place]. Made by [JsonReader]. */
public sealed class JsonValue(public val place: JsonPlace) {

    /** What a message calls this value: `the number 0.5`, `the text "abc"`, `a list`. */
    public abstract val description: String

    /**
     * This value as JSON: on one line, or with an [indent]; in the order in which it was written, or [sorted]: then
     * equal contents give equal texts, numbers as they were written.
     */
    public fun toJson(sorted: Boolean = false, indent: String? = null): String =
        StringBuilder().also { append(it, sorted, indent, "\n") }.toString()

    /** The depth of a tree was limited when it was read, so this may be recursive. */
    internal fun append(out: StringBuilder, sorted: Boolean, indent: String?, newLine: String) {
        when (this) {
            is Object -> {
                val parts = if (sorted) keys.sorted() else keys
                out.list('{', '}', parts, newLine.takeIf { indent != null && parts.isNotEmpty() }, indent, ",") { key, inner ->
                    appendText(out, key).append(if (indent == null) ":" else ": ")
                    getValue(key).append(out, sorted, indent, inner)
                }
            }
            is Array -> {
                val broken = indent != null && items.any { it is Object || it is Array }
                out.list('[', ']', items, newLine.takeIf { broken }, indent, if (indent == null) "," else ", ") { item, inner -> item.append(out, sorted, indent, inner) }
            }
            is Text -> appendText(out, value)
            is Number -> out.append(text)
            is Truth -> out.append(value)
            is Null -> out.append("null")
        }
    }

    private fun <T> StringBuilder.list(
        open: Char, close: Char, parts: List<T>, newLine: String?, indent: String?, comma: String, part: (T, String) -> Unit,
    ) {
        val inner = newLine.orEmpty() + indent.orEmpty()
        append(open)
        parts.forEachIndexed { i, it ->
            if (i > 0) append(if (newLine == null) comma else ",")
            if (newLine != null) append(inner)
            part(it, inner)
        }
        if (newLine != null) append(newLine)
        append(close)
    }

    override fun toString(): String = toJson()

    /** Members in the order in which they were written; no key occurs twice. */
    public class Object internal constructor(
        place: JsonPlace, private val names: kotlin.Array<String>, private val values: kotlin.Array<JsonValue>,
        private val indices: Map<String, Int>?,             // of the names; null when they are few
    ) : JsonValue(place) {
        public val keys: List<String> get() = names.asList()
        public operator fun contains(key: String): Boolean = find(key) >= 0
        public operator fun get(key: String): JsonValue? = find(key).let { if (it < 0) null else values[it] }

        /** The member called [key]; a [JsonException] that names the key when there is none. */
        public fun getValue(key: String): JsonValue = get(key) ?: throw place.error("needs the key ${quoted(key)}")

        private fun find(key: String): Int = if (indices == null) names.indexOf(key) else indices[key] ?: -1
        override val description: String get() = "an object"

        internal companion object { const val FEW = 8 }
    }

    /** A list. */
    public class Array internal constructor(place: JsonPlace, private val values: kotlin.Array<JsonValue>) : JsonValue(place) {
        public val items: List<JsonValue> get() = values.asList()
        override val description: String get() = "a list"
    }

    /** A string. */
    public class Text internal constructor(place: JsonPlace, public val value: String) : JsonValue(place) {
        override val description: String get() = "the text ${quoted(value)}"
    }

    /** A number, kept as it was written; a conversion that would change it is refused. */
    public class Number internal constructor(place: JsonPlace, public val text: String) : JsonValue(place) {
        override val description: String get() = "the number ${printable(text, 40)}"

        /** The whole number from [least] to [most] that is written here. */
        public fun toLong(least: Long = Long.MIN_VALUE, most: Long = Long.MAX_VALUE): Long {
            if (!WHOLE.matches(text)) throw place.error("needs a whole number, has ${printable(text, 40)}")
            val number = if (text.length > LONGEST_LONG) null else text.toLongOrNull()
            if (number == null || number !in least..most)
                throw place.error("needs a whole number from $least to $most, has ${printable(text, 40)}")
            return number
        }

        public fun toInt(): Int = toLong(Int.MIN_VALUE.toLong(), Int.MAX_VALUE.toLong()).toInt()

        /** The nearest double; too large or too small for one is refused. */
        public fun toDouble(): Double = text.toDouble().also { fits(it.isInfinite(), it == 0.0, "64-bit") }

        /** The nearest float; too large or too small for one is refused. */
        public fun toFloat(): Float = text.toFloat().also { fits(it.isInfinite(), it == 0f, "32-bit") }

        private fun fits(infinite: Boolean, zero: Boolean, kind: String) {
            if (infinite) throw place.error("the number ${printable(text, 40)} is too large for a $kind number")
            if (zero && !isZero(text)) throw place.error("the number ${printable(text, 40)} is too small for a $kind number")
        }
    }

    /** true or false. */
    public class Truth internal constructor(place: JsonPlace, public val value: Boolean) : JsonValue(place) {
        override val description: String get() = value.toString()
    }

    /** null. */
    public class Null internal constructor(place: JsonPlace) : JsonValue(place) {
        override val description: String get() = "null"
    }
}

/** Whether a JSON number is 0 however it is written: every digit before the exponent is 0. */
internal fun isZero(number: String): Boolean {
    for (letter in number) if (letter in '1'..'9') return false else if (letter == 'e' || letter == 'E') return true
    return true
}

/** [text] as a JSON string with the fewest escapes; `\u00xx` for control characters. */
internal fun appendText(out: StringBuilder, text: String): StringBuilder {
    out.append('"')
    for (letter in text) when (letter) {
        '"' -> out.append("\\\"")
        '\\' -> out.append("\\\\")
        '\n' -> out.append("\\n")
        '\r' -> out.append("\\r")
        '\t' -> out.append("\\t")
        '\b' -> out.append("\\b")
        '\u000c' -> out.append("\\f")
        else -> if (letter < ' ') out.append("\\u00").append(HEX[letter.code shr 4]).append(HEX[letter.code and 15]) else out.append(letter)
    }
    return out.append('"')
}

internal const val HEX: String = "0123456789abcdef"
private const val LONGEST_LONG = 20
private val PLAIN_KEY = Regex("[A-Za-z_][A-Za-z0-9_]{0,59}")
private val WHOLE = Regex("-?[0-9]+")
