package io.quatrain.format

import java.io.OutputStream
import java.nio.channels.Channels
import java.nio.file.Path

/**
 * A model as JSON and nothing else:
 *
 *     {"sha256": "…", "quatrain": {…}, "tensors": {"0.wx": {"dtype": "F32", "shape": [4, 3], "data": [0.25, …]}, …}}
 *
 * Data are row-major. Numbers are written so that they read back exactly, and the checksum is that of
 * [ModelContainer.checksum], so white space and the order of members do not matter.
 */
public object JsonModelFile {
    /** Longer files are refused. */
    private val LIMITS = JsonLimits(bytes = 8L shl 30)
    private const val MOST_TENSORS = 100_000

    /** Writes [model] to [file] atomically; fails as [Safetensors.write] does. */
    public fun write(file: Path, model: ModelContainer, operations: FileOperations = FileOperations.system) {
        requireFinite(file, model.tensors)
        AtomicFile.write(file, operations) { out ->
            val text = StringBuilder("{\n  \"sha256\": \"${model.checksum}\",\n  \"quatrain\": ")
            model.metadata.append(text, sorted = false, indent = "  ", newLine = "\n  ")
            text.append(",\n  \"tensors\": {")
            model.tensors.forEachIndexed { i, tensor ->
                appendText(text.append(if (i == 0) "\n    " else ",\n    "), tensor.name)
                text.append(": {\"dtype\": \"${tensor.type}\", \"shape\": [${tensor.shape.joinToString(", ")}], \"data\": [")
                appendData(text, tensor, out)
                text.append("]}")
            }
            flush(text.append(if (model.tensors.isEmpty()) "}\n}\n" else "\n  }\n}\n"), out)
        }
    }

    private fun appendData(text: StringBuilder, tensor: TensorData, out: OutputStream) {
        val order = RowMajorOrder(tensor.shape)
        val perLine = tensor.shape.lastOrNull { it > 1 } ?: 1
        for (i in 0 until tensor.size) {
            if (i > 0) text.append(if (i % perLine == 0) ",\n      " else ", ")
            val at = order.next()
            when (tensor.type) {
                TensorType.F64 -> text.append(tensor.doubles[at])
                TensorType.F32 -> text.append(tensor.floats[at])
                TensorType.I64 -> text.append(tensor.longs[at])
                TensorType.I32 -> text.append(tensor.ints[at])
                TensorType.U8 -> text.append(tensor.bytes[at].toInt() and 0xFF)
            }
            if (text.length > 1 shl 16) flush(text, out)
        }
    }

    private fun flush(text: StringBuilder, out: OutputStream) {
        out.write(text.toString().toByteArray())
        text.setLength(0)
    }

    /** Reads the model in [file] exactly as it was written, or throws a [ModelFileException]. */
    public fun read(file: Path): ModelContainer = refusing(file) {
        val declared = LinkedHashMap<String, Declared>()
        var metadata: JsonValue? = null
        var sha256: JsonValue? = null
        walk(file) { reader, key ->                             // once to check and count, so that nothing is allocated on trust
            when (key) {
                "quatrain" -> metadata = reader.value()
                "sha256" -> sha256 = reader.value()
                else -> tensors(reader) { name ->
                    if (declared.size == MOST_TENSORS) throw reader.fail("holds more than $MOST_TENSORS tensors")
                    declared[name] = declare(reader, name)
                }
            }
        }
        val checksum = (sha256 as? JsonValue.Text ?: throw sha256?.let { wrongType(it, "text") } ?: missing(file, "sha256")).value
        verified(file, metadata ?: throw missing(file, "quatrain"), checksum) {
            requireMemory(file, declared.entries.sumOf { (_, it) -> it.count * it.type.bytes })
            val tensors = declared.mapValues { (name, it) -> allocated(file, name, it.type, it.shape) }
            walk(file) { reader, key -> if (key == "tensors") tensors(reader) { fill(reader, tensors[it] ?: throw reader.fail("the file changed while it was read")) } else reader.value() }
            tensors.values.toList()
        }
    }

    private class Declared(val type: TensorType, val shape: List<Int>, val count: Long)

    private fun missing(file: Path, key: String) = ModelFileException(file, "is not a Quatrain model: the key \"$key\" is missing")

    private fun walk(file: Path, member: (JsonReader, String) -> Unit) = RegularFile.open(file).use { channel ->
        val reader = JsonReader(Channels.newInputStream(channel), file.toString(), LIMITS)
        reader.beginObject()
        while (true) {
            val key = reader.nextKey() ?: break
            if (key !in KEYS) throw reader.here().ofKey.error(unknownWord("key", key, KEYS, list = true))
            member(reader, key)
        }
        reader.finish()
    }

    private fun tensors(reader: JsonReader, tensor: (String) -> Unit) {
        reader.beginObject()
        while (true) tensor(reader.nextKey() ?: break)
    }

    private fun declare(reader: JsonReader, name: String): Declared {
        val place = reader.here()
        try { TensorData.requireName(name) } catch (problem: IllegalArgumentException) { throw place.ofKey.error(problem.message!!, problem) }
        var type: TensorType? = null
        var shape: List<Int>? = null
        var count = -1L
        reader.beginObject()
        while (true) {
            when (val key = reader.nextKey() ?: break) {
                "dtype" -> type = type(reader.value())
                "shape" -> shape = shape(reader.value())
                "data" -> { count = 0; reader.numbers { count++ } }
                else -> throw reader.here().ofKey.error(unknownWord("key", key, TENSOR_KEYS, list = true))
            }
        }
        fun <T> needed(value: T?, key: String) = value ?: throw place.missing(key).error("the key \"$key\" is missing")
        needed(count.takeIf { it >= 0 }, "data")
        val elements = TensorData.elements(needed(shape, "shape"))
        if (elements != count) throw place.missing("data").error("${shapeText(shape!!)} needs $elements numbers, has $count")
        return Declared(needed(type, "dtype"), shape!!, count)
    }

    private fun fill(reader: JsonReader, tensor: TensorData) {
        reader.beginObject()
        while (true) if ((reader.nextKey() ?: break) == "data") readData(reader, tensor) else reader.value()
    }

    private fun readData(reader: JsonReader, tensor: TensorData) {
        val order = RowMajorOrder(tensor.shape)
        var left = tensor.size
        reader.numbers {
            if (left-- == 0) throw reader.fail("the file changed while it was read")
            val at = order.next()
            val number = JsonValue.Number(reader.here(), reader.numberText())
            when (tensor.type) {
                TensorType.F64 -> tensor.doubles[at] = number.toDouble()
                TensorType.F32 -> tensor.floats[at] = number.toFloat()
                TensorType.I64 -> tensor.longs[at] = number.toLong()
                TensorType.I32 -> tensor.ints[at] = number.toInt()
                TensorType.U8 -> tensor.bytes[at] = number.toLong(0, 255).toByte()
            }
        }
    }

    private val KEYS = listOf("sha256", "quatrain", "tensors")
    private val TENSOR_KEYS = listOf("dtype", "shape", "data")
}
