package io.quatrain.experiment

import io.quatrain.text.CorpusException
import io.quatrain.text.Text
import io.quatrain.text.TextFiles
import java.nio.ByteBuffer
import java.security.MessageDigest

/** Rows of numbers from csv files: [values] row after row. */
internal class NumberTable(val path: String, val columns: List<String>, val values: DoubleArray) {
    val rows: Int get() = values.size / columns.size

    /** SHA-256 over the numbers. */
    val sha256: String
        get() {
            val bytes = ByteBuffer.allocate(8 * values.size)
            values.forEach { bytes.putDouble(it) }
            return sha256(bytes.array())
        }

    companion object {
        fun sha256(vararg parts: ByteArray): String {
            val digest = MessageDigest.getInstance("SHA-256")
            parts.forEach { digest.update(it) }
            return digest.digest().joinToString("") { "%02x".format(it) }
        }

        /**
         * Reads the named columns, or all that hold numbers. The first row may name the columns.
         *
         * @param positive refuses numbers that have no logarithm
         * @throws CorpusException naming file and line
         */
        fun read(path: String, wanted: List<String>, positive: Boolean = false): NumberTable {
            var names: List<String>? = null
            var places: List<Int> = emptyList()
            var width = 0
            val values = ArrayList<Double>()
            val text = Text.files(TextFiles.find(path), null).read()
            text.lineSequence().forEachIndexed { i, line ->
                if (line.isBlank()) return@forEachIndexed
                val place = "$path:${i + 1}"
                val fields = fields(line.removePrefix("\uFEFF").trimEnd('\r'), place)
                val known = names
                if (known == null) {
                    val numbers = fields.all { it.toDoubleOrNull() != null }
                    if (numbers && wanted.isNotEmpty()) {
                        throw CorpusException(place, "columns are wanted by name ($wanted), so the first row must name them; it holds numbers")
                    }
                    names = if (numbers) List(fields.size) { "${it + 1}" } else fields
                    width = fields.size
                    places = wanted.map { name ->
                        fields.indexOf(name).also { if (it < 0) throw CorpusException(place, "needs a column \"$name\"; its columns are ${fields.joinToString()}") }
                    }
                    if (!numbers) return@forEachIndexed
                }
                if (fields.size != width) throw CorpusException(place, "has ${fields.size} fields; the first row has $width")
                if (places.isEmpty()) {
                    places = fields.indices.filter { fields[it].toDoubleOrNull() != null }
                    if (places.isEmpty()) throw CorpusException(place, "holds no number; its columns are ${names?.joinToString()}")
                }
                for (column in places) {
                    val number = fields[column].toDoubleOrNull()?.takeIf { it.isFinite() }
                        ?: throw CorpusException(place, "column \"${names!![column]}\" needs a number, has \"${fields[column].take(40)}\"; take the row out or fill it in")
                    if (positive && number <= 0) {
                        throw CorpusException(place, "column \"${names!![column]}\" has $number, which has no logarithm; say logarithm = false")
                    }
                    values += number
                }
            }
            if (values.isEmpty()) throw CorpusException(path, "holds no row of numbers")
            return NumberTable(path, places.map { names!![it] }, values.toDoubleArray())
        }

        private fun fields(line: String, place: String): List<String> {
            val fields = ArrayList<String>()
            val field = StringBuilder()
            var quoted = false
            for (c in line) {
                when {
                    c == '"' -> quoted = !quoted
                    c == ',' && !quoted -> {
                        fields += field.trim().toString()
                        field.clear()
                    }
                    else -> field.append(c)
                }
            }
            if (quoted) throw CorpusException(place, "begins a quoted field that never ends")
            return fields + field.trim().toString()
        }
    }
}
