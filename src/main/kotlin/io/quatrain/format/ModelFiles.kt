package io.quatrain.format

import java.nio.ByteBuffer
import java.nio.file.Files
import java.nio.file.Path

/** Model files in either form. */
public object ModelFiles {

    /** Writes [model] atomically: as JSON when the name of [file] ends with `.json`, else as safetensors. */
    public fun write(file: Path, model: ModelContainer, operations: FileOperations = FileOperations.system): Unit =
        if (file.fileName.toString().endsWith(".json", ignoreCase = true)) JsonModelFile.write(file, model, operations)
        else Safetensors.write(file, model, operations)

    /** Reads the model in [file], whose form is seen from its first bytes; all that is wrong is a [ModelFileException]. */
    public fun read(file: Path): ModelContainer = when (form(file)) {
        Form.SAFETENSORS -> Safetensors.read(file)
        Form.JSON -> JsonModelFile.read(file)
    }

    /** Whether [file] is a model by how it begins, whatever its name is and however it goes on: experiments may be JSON as well. */
    public fun isModel(file: Path): Boolean {
        if (!Files.isRegularFile(file)) return false
        val start = start(file, 2200)
        return hasHeaderLength(start) && start.getOrNull(8) == BRACE || SAYS_MODEL.containsMatchIn(String(start))
    }

    private fun start(file: Path, length: Int): ByteArray {
        val start = ByteBuffer.allocate(length)
        RegularFile.open(file).use { channel -> while (start.hasRemaining() && channel.read(start) >= 0) Unit }
        return start.array().copyOf(start.position())
    }

    /** The length of a header is below 2^32, so a safetensors file has 0 in its bytes 4 to 7, which JSON never has. */
    private fun hasHeaderLength(start: ByteArray): Boolean = start.size >= 8 && (4..7).all { start[it] == 0.toByte() }

    private enum class Form { SAFETENSORS, JSON }

    private fun form(file: Path): Form = refusing(file) {
        val bytes = start(file, 16)
        if (bytes.isEmpty()) throw ModelFileException(file, "is empty")
        val zeros = hasHeaderLength(bytes)
        if (zeros && bytes.getOrNull(8) == BRACE) return Form.SAFETENSORS
        val first = bytes.map { it.toInt() and 0xFF }
        val other = OTHERS.entries.find { (magic, _) -> first.take(magic.size) == magic }?.value
        if (other == null && zeros) return Form.SAFETENSORS
        if (first.dropWhile { it in WHITE || it in MARK }.firstOrNull() == '{'.code) return Form.JSON
        val seen = other ?: "begins with ${first.take(4).joinToString(" ") { "%02x".format(it) }}"
        throw ModelFileException(file, "is not a model file, neither safetensors nor JSON: it $seen")
    }

    private const val BRACE = '{'.code.toByte()
    private val SAYS_MODEL = Regex("^\\uFEFF?\\s*\\{\\s*\"sha256\"|\"formatVersion\"")
    private val WHITE = listOf(' ', '\t', '\r', '\n').map { it.code }
    private val MARK = listOf(0xEF, 0xBB, 0xBF)
    private val OTHERS = mapOf(
        listOf(0x1F, 0x8B) to "is compressed with gzip",
        listOf(0x50, 0x4B) to "is a zip archive",
        listOf(0xFF, 0xFE) to "is text in UTF-16",
        listOf(0xFE, 0xFF) to "is text in UTF-16",
        listOf(0x89, 0x48, 0x44, 0x46) to "is an HDF5 file",
    )
}
