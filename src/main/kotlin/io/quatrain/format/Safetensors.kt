package io.quatrain.format

import java.io.IOException
import java.io.InputStream
import java.nio.ByteBuffer
import java.nio.ByteOrder
import java.nio.channels.FileChannel
import java.nio.file.Path

/**
 * The safetensors layout: 8 bytes with the length of the header (little-endian), the header as JSON, the data.
 *
 *     {"__metadata__": {"quatrain": "{…}", "sha256": "…"}, "0.wx": {"dtype": "F32", "shape": [4, 3], "data_offsets": [0, 48]}, …}
 *
 * Matrices are stored row-major under [rows, columns], so that any reader of this format sees W as [rows × columns].
 * The data have neither gaps nor overlaps; tensors of wider elements come first, so that all are aligned. The member
 * `quatrain` of the metadata is the JSON text of [ModelContainer.metadata], `sha256` its [ModelContainer.checksum].
 *
 * Reading trusts nothing: every size is compared with the length of the file before anything is allocated for it.
 */
public object Safetensors {
    /** Longer headers are refused. */
    public const val LONGEST_HEADER: Int = 64 shl 20

    /**
     * Writes [model] to [file] atomically. Throws [ModelFileException] when a number is NaN or infinite,
     * [FileWriteException] when the file cannot be written.
     */
    public fun write(file: Path, model: ModelContainer, operations: FileOperations = FileOperations.system) {
        requireFinite(file, model.tensors)
        val tensors = model.tensors.sortedByDescending { it.type.bytes }        // stable
        val header = header(tensors, mapOf("quatrain" to model.metadata.toJson(), "sha256" to model.checksum))
        if (header.size > LONGEST_HEADER) throw ModelFileException(file, "the header would need ${header.size} bytes; at most $LONGEST_HEADER are allowed")
        AtomicFile.write(file, operations) { out ->
            out.write(ByteBuffer.allocate(8).order(ByteOrder.LITTLE_ENDIAN).putLong(header.size.toLong()).array())
            out.write(header)
            tensors.forEach { it.writeTo { bytes, count -> out.write(bytes, 0, count) } }
        }
    }

    private fun header(tensors: List<TensorData>, metadata: Map<String, String>): ByteArray {
        val out = StringBuilder("{\"$METADATA_KEY\":{")
        metadata.entries.forEachIndexed { i, (key, value) ->
            if (i > 0) out.append(',')
            appendText(appendText(out, key).append(':'), value)
        }
        out.append('}')
        var at = 0L
        for (tensor in tensors) {
            val end = at + tensor.size.toLong() * tensor.type.bytes
            appendText(out.append(','), tensor.name)
            out.append(":{\"dtype\":\"${tensor.type}\",\"shape\":[${tensor.shape.joinToString(",")}],\"data_offsets\":[$at,$end]}")
            at = end
        }
        val bytes = out.append('}').toString().toByteArray()
        return bytes.copyOf((bytes.size + 7) / 8 * 8).also { it.fill(' '.code.toByte(), bytes.size) }
    }

    /** Reads the model in [file] exactly as it was written, or throws a [ModelFileException]. */
    public fun read(file: Path): ModelContainer = refusing(file) {
        RegularFile.open(file).use { channel ->
            val contents = Contents(file, channel)
            val text = contents.metadata["quatrain"]
                ?: throw ModelFileException(file, "is a safetensors file, but not one of Quatrain: its metadata has no \"quatrain\"")
            val sha256 = contents.metadata["sha256"] ?: throw ModelFileException(file, "its metadata has no \"sha256\", so it cannot be verified")
            val metadata = JsonReader.read(text, "$file, metadata")
            verified(file, metadata, sha256) { contents.read() }
        }
    }

    /** The tensors of any safetensors file; [metadata] is what the file says under `__metadata__`. */
    public class Plain internal constructor(public val metadata: Map<String, String>, public val tensors: List<TensorData>)

    /** Reads [file], also of another writer: its layout is checked, but there is no checksum. NaN and infinity are refused unless [nonFinite]. */
    public fun readPlain(file: Path, nonFinite: Boolean = false): Plain = refusing(file) {
        RegularFile.open(file).use { channel ->
            val contents = Contents(file, channel)
            Plain(contents.metadata, contents.read().also { if (!nonFinite) requireFinite(file, it) })
        }
    }

    private class Entry(val name: String, val type: TensorType, val shape: List<Int>, val begin: Long, val end: Long)

    /** A file whose header has been checked against its length. */
    private class Contents(private val file: Path, private val channel: FileChannel) {
        private val length = channel.size()
        private val headerLength = headerLength()
        val metadata = LinkedHashMap<String, String>()
        private val entries: List<Entry>

        init {
            val header = try {
                JsonReader(HeaderStream(), "header", JsonLimits(depth = 4)).document()
            } catch (problem: JsonException) {
                throw inHeader(problem)
            }
            try {
                if (header !is JsonValue.Object) throw wrongType(header, "an object")
                header[METADATA_KEY]?.let(::readMetadata)
                entries = header.keys.filter { it != METADATA_KEY }.map { entry(it, header.getValue(it)) }.sortedWith(compareBy({ it.begin }, { it.end }))
            } catch (problem: JsonException) {
                throw inHeader(problem)
            }
            checkLayout()
        }

        private fun inHeader(problem: JsonException) =
            ModelFileException(file, "header at ${problem.line}:${problem.column}, ${problem.path}: ${problem.problem}", problem)

        private fun headerLength(): Long {
            if (length < 8) throw ModelFileException(file, if (length == 0L) "is empty" else "is truncated at byte $length, within the length of the header")
            val start = ByteBuffer.allocate(8).order(ByteOrder.LITTLE_ENDIAN)
            readFully(start, 0)
            val declared = start.getLong(0)
            if (declared !in 2..LONGEST_HEADER) throw ModelFileException(
                file, "is not a safetensors file: its first 8 bytes say that the header has ${declared.toULong()} bytes",
            )
            if (declared > length - 8) throw ModelFileException(file, "is truncated at byte $length: the header ends at byte ${declared + 8}")
            return declared
        }

        private fun readMetadata(value: JsonValue) {
            if (value !is JsonValue.Object) throw wrongType(value, "an object")
            for (key in value.keys) metadata[key] = text(value.getValue(key))
        }

        private fun text(value: JsonValue) = (value as? JsonValue.Text ?: throw wrongType(value, "text")).value

        private fun entry(name: String, value: JsonValue): Entry {
            if (value !is JsonValue.Object) throw wrongType(value, "an object")
            value.keys.firstOrNull { it !in ENTRY_KEYS }?.let { throw unknownKey(value, it, ENTRY_KEYS) }
            val (type, shape) = declaration(name, value)
            val offsets = value.getValue("data_offsets")
            if (offsets !is JsonValue.Array || offsets.items.size != 2) throw wrongType(offsets, "a list of two numbers")
            val (begin, end) = offsets.items.map { (it as? JsonValue.Number ?: throw wrongType(it, "a whole number")).toLong(0) }
            if (begin > end) throw offsets.place.error("the data may not end at $end before they begin at $begin")
            val needed = TensorData.elements(shape) * type.bytes
            if (needed != end - begin) throw offsets.place.error("$type ${shapeText(shape)} needs $needed bytes, has ${end - begin}")
            return Entry(name, type, shape, begin, end)
        }

        private fun checkLayout() {
            var at = 0L
            for (entry in entries) {
                if (entry.begin != at) throw ModelFileException(
                    file, "tensor ${quoted(entry.name)}: its data begin at ${entry.begin} and must begin at $at, without gap or overlap",
                )
                at = entry.end
            }
            val end = at + 8 + headerLength
            if (end > length) throw ModelFileException(file, "is truncated at byte $length: tensor ${
                quoted(entries.first { it.end + 8 + headerLength > length }.name)} needs the bytes up to $end")
            if (end < length) throw ModelFileException(file, "${length - end} bytes follow the last tensor, which ends at byte $end")
        }

        fun read(): List<TensorData> {
            requireMemory(file, entries.sumOf { it.end - it.begin })
            return entries.map { entry ->
                var at = 8 + headerLength + entry.begin
                allocated(file, entry.name, entry.type, entry.shape).also { tensor ->
                    tensor.readFrom { buffer -> at += buffer.remaining(); readFully(buffer, at - buffer.remaining()) }
                }
            }
        }

        private fun readFully(buffer: ByteBuffer, from: Long) {
            var at = from
            while (buffer.hasRemaining()) {
                val count = channel.read(buffer, at)
                if (count < 0) throw ModelFileException(file, "is truncated at byte $at: it became shorter while it was read")
                at += count
            }
        }

        private inner class HeaderStream : InputStream() {
            private var at = 8L
            private val end = 8 + headerLength
            override fun read(): Int = ByteArray(1).let { if (read(it, 0, 1) < 0) -1 else it[0].toInt() and 0xFF }
            override fun read(bytes: ByteArray, offset: Int, length: Int): Int {
                val count = minOf(length.toLong(), end - at).toInt()
                if (count == 0) return -1
                readFully(ByteBuffer.wrap(bytes, offset, count), at)
                at += count
                return count
            }
        }
    }

    private val ENTRY_KEYS = listOf("dtype", "shape", "data_offsets")
}

/** The dtype and shape that [value] declares for the tensor [name]. */
internal fun declaration(name: String, value: JsonValue.Object): Pair<TensorType, List<Int>> {
    try { TensorData.requireName(name) } catch (problem: IllegalArgumentException) { throw value.place.ofKey.error(problem.message!!, problem) }
    return type(value.getValue("dtype")) to shape(value.getValue("shape"))
}

internal fun type(dtype: JsonValue): TensorType {
    val word = (dtype as? JsonValue.Text ?: throw wrongType(dtype, "text")).value
    return TensorType.entries.find { it.name == word }
        ?: throw dtype.place.error(unknownWord("dtype", word, TensorType.entries.map { it.name }, list = true))
}

internal fun shape(shape: JsonValue): List<Int> {
    if (shape !is JsonValue.Array) throw wrongType(shape, "a list of whole numbers")
    if (shape.items.size > TensorData.MOST_DIMENSIONS) throw shape.place.error("a tensor has at most ${TensorData.MOST_DIMENSIONS} dimensions, has ${shape.items.size}")
    val dimensions = shape.items.map { (it as? JsonValue.Number ?: throw wrongType(it, "a whole number")).toLong(0, Int.MAX_VALUE.toLong()).toInt() }
    if (TensorData.elements(dimensions) !in 0..MOST_ELEMENTS) throw shape.place.error("a tensor has at most $MOST_ELEMENTS elements, has ${shapeText(dimensions)}")
    return dimensions
}

/** What the JVM can allocate as one array. */
private const val MOST_ELEMENTS = Int.MAX_VALUE - 8L

/** Refuses what cannot fit into the heap before any of it is allocated. */
internal fun requireMemory(file: Path, bytes: Long) {
    val most = Runtime.getRuntime().maxMemory()
    if (bytes > most) throw noMemory(file, bytes)
}

internal fun allocated(file: Path, name: String, type: TensorType, shape: List<Int>): TensorData = try {
    TensorData.zeros(name, type, shape)
} catch (_: OutOfMemoryError) {
    throw noMemory(file, TensorData.elements(shape) * type.bytes)
}

private fun noMemory(file: Path, bytes: Long): ModelFileException =
    ModelFileException(file, "needs $bytes bytes of memory, more than this JVM has free of its ${Runtime.getRuntime().maxMemory()}; allow it more with -Xmx")

/** The container of a file whose parts have been read, once its checksum is [sha256]. */
internal inline fun verified(file: Path, metadata: JsonValue, sha256: String, tensors: () -> List<TensorData>): ModelContainer {
    if (metadata !is JsonValue.Object) throw wrongType(metadata, "an object")
    ModelContainer.version(metadata)
    val model = ModelContainer(metadata, tensors())
    if (model.checksum != sha256) throw ModelFileException(
        file, "is damaged: the checksum of its contents is ${model.checksum}, the file says ${quoted(sha256)}",
    )
    requireFinite(file, model.tensors)
    return model
}

/** Runs [work] and turns every refusal into a [ModelFileException] for [file]. */
internal inline fun <T> refusing(file: Path, work: () -> T): T = try {
    work()
} catch (problem: ModelFileException) {
    throw problem
} catch (problem: FileReadException) {
    throw ModelFileException(file, problem.problem, problem)
} catch (problem: JsonException) {
    val part = problem.file.removePrefix("$file").removePrefix(", ").ifEmpty { "JSON" }
    throw ModelFileException(file, "$part at ${problem.line}:${problem.column}, ${problem.path}: ${problem.problem}", problem)
} catch (problem: IOException) {
    throw ModelFileException(file, ioProblem(problem), problem)
}
