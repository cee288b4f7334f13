package io.quatrain.format

import java.io.IOException
import java.nio.file.Path
import java.security.MessageDigest

/** A model file is refused; the one-line message names the file and the field, tensor or byte. */
public class ModelFileException(public val file: Path, public val problem: String, cause: Throwable? = null) :
    IOException(printable("$file: $problem"), cause)

/**
 * What a model file or a checkpoint holds: [metadata] (architecture, tokenizer, vocabulary, provenance) and tensors.
 *
 * The metadata is a JSON object whose member `formatVersion` is the version of the whole, at most [FORMAT_VERSION].
 * What is decoded from the metadata of a file and turns out wrong is a [JsonException] that names the file.
 *
 * A tensor whose name begins with `@` is not a parameter of the model but goes with it, such as the moments of an
 * optimizer; [digest] leaves it out.
 */
public class ModelContainer(public val metadata: JsonValue.Object, public val tensors: List<TensorData>) {

    /** [metadata] is the text of a JSON object. */
    public constructor(metadata: String, tensors: List<TensorData>) : this(
        JsonReader.read(metadata, "metadata").let { it as? JsonValue.Object ?: throw wrongType(it, "an object") }, tensors,
    )

    private val byName = tensors.associateBy { it.name }

    init {
        version(metadata)
        require(byName.size == tensors.size) {
            "two tensors are called ${quoted(tensors.groupBy { it.name }.values.first { it.size > 1 }.first().name)}"
        }
    }

    /** The tensor called [name], or null. */
    public operator fun get(name: String): TensorData? = byName[name]

    /** The tensors that are parameters of the model: all but those whose names begin with `@`. */
    public val parameters: List<TensorData> get() = tensors.filter { !it.name.startsWith(COMPANION) }

    /**
     * The [parameters] in the order of [shapes], which has the name and shape of every parameter of the model. Throws a
     * [ModelFileException] for [file] that names what is missing, too much or of another shape.
     */
    public fun parametersFor(file: Path, shapes: Map<String, List<Int>>): List<TensorData> {
        for ((name, shape) in shapes) {
            val tensor = byName[name]
            if (tensor == null) {
                val near = nearestWord(name, parameters.map { it.name } - shapes.keys)
                throw ModelFileException(file, "weights ${quoted(name)} ${shapeText(shape)} are missing" + (near?.let { "; the file has ${byName[it]}" } ?: ""))
            }
            if (tensor.shape != shape) throw ModelFileException(file, "weights ${quoted(name)}: the model needs ${shapeText(shape)}, the file has ${shapeText(tensor.shape)}")
        }
        parameters.firstOrNull { it.name !in shapes }?.let { throw ModelFileException(file, "weights $it are not of this model") }
        return shapes.keys.map(byName::getValue)
    }

    /**
     * SHA-256 over the name, type, shape and bytes of every parameter, the same whatever the file: of the lines
     *
     *     F32 [4,3] <SHA-256 of the row-major little-endian bytes> "0.wx"
     *
     * in UTF-8, each ended by a line feed, sorted by name.
     */
    public val digest: String by lazy { sha256(lines { !it.name.startsWith(COMPANION) }) }

    /**
     * SHA-256 over everything a file of this container says: of the line `quatrain 1`, the line
     * `metadata <SHA-256 of the metadata on one line, members sorted by key>` and the lines of every tensor as in [digest].
     */
    public val checksum: String by lazy {
        sha256("quatrain 1\nmetadata ${sha256(metadata.toJson(sorted = true))}\n" + lines { true })
    }

    private val tensorLines: Map<String, String> by lazy {
        tensors.associate { tensor ->
            val hash = MessageDigest.getInstance("SHA-256")
            tensor.writeTo { bytes, count -> hash.update(bytes, 0, count) }
            val name = appendText(StringBuilder(), tensor.name)
            tensor.name to "${tensor.type} [${tensor.shape.joinToString(",")}] ${hex(hash.digest())} $name\n"
        }
    }

    private fun lines(which: (TensorData) -> Boolean): String =
        tensors.filter(which).sortedBy { it.name }.joinToString("") { tensorLines.getValue(it.name) }

    public companion object {
        /** The version of the format that this program writes, and the newest that it reads. */
        public const val FORMAT_VERSION: Int = 1

        /** What the names of tensors begin with that are not parameters. */
        public const val COMPANION: String = "@"

        /** The format version of [metadata], at most [FORMAT_VERSION]. */
        internal fun version(metadata: JsonValue.Object): Int {
            val value = metadata.getValue("formatVersion")
            val version = (value as? JsonValue.Number ?: throw wrongType(value, "a whole number")).toInt()
            if (version > FORMAT_VERSION) throw value.place.error(
                "was written by a newer Quatrain in format $version; this one reads up to format $FORMAT_VERSION, use the newer one",
            )
            if (version < 1) throw value.place.error("needs a positive whole number, has $version")
            return version
        }

        internal fun sha256(text: String): String = hex(MessageDigest.getInstance("SHA-256").digest(text.toByteArray()))

        private fun hex(bytes: ByteArray) = buildString { for (byte in bytes) append(HEX[byte.toInt() shr 4 and 15]).append(HEX[byte.toInt() and 15]) }
    }
}

/** Throws a [ModelFileException] that names the first of [tensors] with an element that is NaN or infinite. */
internal fun requireFinite(file: Path, tensors: List<TensorData>) {
    for (tensor in tensors) tensor.firstNonFinite()?.let {
        throw ModelFileException(file, "tensor ${quoted(tensor.name)}: the element $it is NaN or infinite")
    }
}
