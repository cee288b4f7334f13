package io.quatrain.format.foreign

/** Whose names and conventions a configuration is written in. */
public enum class Framework {
    KERAS, PYTORCH, ONNX;

    public companion object {
        /** "keras", "torch" or "pytorch", "onnx" or "onnxruntime" */
        public fun named(name: String): Framework = when (name.lowercase()) {
            "keras", "tensorflow" -> KERAS
            "torch", "pytorch" -> PYTORCH
            "onnx", "onnxruntime" -> ONNX
            else -> throw IllegalArgumentException("unknown framework \"$name\"; there are keras, torch, onnx")
        }
    }
}

/** Something of another framework that Quatrain has no counterpart for. */
public class UnsupportedForeignException(message: String) : IllegalArgumentException(message)

/**
 * The options of another framework's optimizer, schedule, loss or layer, as its configuration names them. Values are
 * Boolean, Number, String, List, Map or null; null is the same as not there.
 */
public class ForeignOptions(public val what: String, private val values: Map<String, Any?>) {
    public operator fun contains(name: String): Boolean = values[name] != null

    public fun number(name: String): Double = numberOrNull(name) ?: throw needs(name, "a number")

    public fun number(name: String, usual: Double): Double = numberOrNull(name) ?: usual

    /** Numbers may be written as text: "inf" is infinite. */
    public fun numberOrNull(name: String): Double? = when (val value = values[name]) {
        null -> null
        is Number -> value.toDouble()
        is String -> when (value.lowercase()) {
            "inf", "infinity" -> Double.POSITIVE_INFINITY
            else -> value.toDoubleOrNull() ?: throw needs(name, "a number")
        }
        else -> throw needs(name, "a number")
    }

    public fun flag(name: String, usual: Boolean): Boolean = when (val value = values[name]) {
        null -> usual
        is Boolean -> value
        else -> throw needs(name, "true or false")
    }

    public fun text(name: String): String = textOrNull(name) ?: throw needs(name, "a text")

    public fun textOrNull(name: String): String? = when (val value = values[name]) {
        null -> null
        is String -> value
        else -> throw needs(name, "a text")
    }

    public fun numbers(name: String): DoubleArray =
        (values[name] as? List<*> ?: throw needs(name, "a list of numbers"))
            .map { (it as? Number ?: throw needs(name, "a list of numbers")).toDouble() }.toDoubleArray()

    /** A text or a list of texts. */
    public fun texts(name: String): List<String> = when (val value = values[name]) {
        is String -> listOf(value)
        is List<*> -> value.map { it as? String ?: throw needs(name, "a list of texts") }
        else -> throw needs(name, "a list of texts")
    }

    /** Whether the name stands there at all, be it with null. */
    public fun has(name: String): Boolean = name in values

    /** A configuration inside this one. */
    public fun part(name: String): ForeignOptions = partOrNull(name) ?: throw needs(name, "an object")

    /** A configuration inside this one. */
    public fun partOrNull(name: String): ForeignOptions? = when (val value = values[name]) {
        null -> null
        is Map<*, *> -> ForeignOptions("$what $name", value.entries.associate { it.key.toString() to it.value })
        else -> throw needs(name, "an object")
    }

    /** A list of configurations: schedules in a sequence. */
    public fun parts(name: String): List<ForeignOptions> =
        (values[name] as? List<*> ?: throw needs(name, "a list")).mapIndexed { i, part ->
            val map = part as? Map<*, *> ?: throw needs(name, "a list of objects")
            ForeignOptions("$what $name[$i]", map.entries.associate { it.key.toString() to it.value })
        }

    /** These, and defaults for what they do not have. */
    public fun or(defaults: Map<String, Any?>): ForeignOptions =
        ForeignOptions(what, defaults + values.filterValues { it != null })

    private fun needs(name: String, need: String) =
        IllegalArgumentException("$what: \"$name\" needs $need, got ${values[name]}")
}
