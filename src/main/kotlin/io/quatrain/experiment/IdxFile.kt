package io.quatrain.experiment

import io.quatrain.text.CorpusException
import java.io.BufferedInputStream
import java.io.EOFException
import java.io.IOException
import java.io.InputStream
import java.nio.file.Files
import java.nio.file.Path
import java.util.zip.GZIPInputStream
import java.util.zip.ZipException

/**
 * Bytes in the idx form of LeCun, Cortes and Burges: two zeros, 8 (unsigned bytes), the number of dimensions, each dimension
 * as four bytes, the bytes. Nothing that the file says of itself is believed before it is checked.
 */
internal class IdxFile private constructor(val path: String, val sizes: List<Int>, val bytes: ByteArray) {
    val count: Int get() = sizes[0]

    companion object {
        private const val MOST = 1L shl 30

        /** Images: count, rows, columns. */
        fun images(file: Path): IdxFile = read(file, 3, "images")

        /** Labels: count. */
        fun labels(file: Path): IdxFile = read(file, 1, "labels")

        private fun read(file: Path, dimensions: Int, what: String): IdxFile {
            val path = file.toString()
            if (!Files.exists(file)) throw CorpusException(path, "does not exist; check the path")
            if (!Files.isRegularFile(file)) throw CorpusException(path, "is no file; a file of $what in idx form is needed")
            try {
                return Files.newInputStream(file).use { read(path, opened(it), dimensions, what) }
            } catch (e: EOFException) {
                throw CorpusException(path, "ends too early: its compressed data is cut off", e)
            } catch (e: ZipException) {
                throw CorpusException(path, "its compressed data is damaged: ${e.message}", e)
            } catch (e: IOException) {
                throw CorpusException(path, "could not be read: ${e.message}", e)
            }
        }

        private fun opened(raw: InputStream): InputStream {
            val buffered = BufferedInputStream(raw, 1 shl 16)
            buffered.mark(2)
            val gzip = buffered.read() == 0x1f && buffered.read() == 0x8b
            buffered.reset()
            return if (gzip) BufferedInputStream(GZIPInputStream(buffered), 1 shl 16) else buffered
        }

        private fun read(path: String, input: InputStream, dimensions: Int, what: String): IdxFile {
            val head = input.readNBytes(4 + 4 * dimensions)
            if (head.size >= 4 && (head[0].toInt() != 0 || head[1].toInt() != 0 || head[2].toInt() != 8 || head[3].toInt() != dimensions)) {
                throw CorpusException(
                    path, "is no idx file of $what: it must begin with the bytes 0 0 8 $dimensions, it begins with " +
                        head.take(4).joinToString(" ") { "${it.toInt() and 0xff}" },
                )
            }
            if (head.size < 4 + 4 * dimensions) throw CorpusException(path, "ends too early: an idx file of $what has a head of ${4 + 4 * dimensions} bytes, this has ${head.size}")
            val sizes = List(dimensions) { d -> (0 until 4).fold(0L) { n, i -> (n shl 8) or (head[4 + 4 * d + i].toLong() and 0xff) } }
            val place = listOf("items", "rows", "columns")
            sizes.forEachIndexed { d, size -> if (size == 0L || size > Int.MAX_VALUE) throw CorpusException(path, "says that it has $size ${place[d]}; at least 1 is needed, and at most ${Int.MAX_VALUE}") }
            var needed = 1L
            for (size in sizes) {
                if (needed > MOST / size) throw CorpusException(path, "says that it holds ${sizes.joinToString(" × ")} bytes; more than $MOST are not read")
                needed *= size
            }
            val bytes = input.readNBytes(needed.toInt())        // grows as bytes come, whatever the head says
            if (bytes.size < needed) throw CorpusException(path, "ends too early: its head promises ${sizes.joinToString(" × ")} = $needed bytes, there are ${bytes.size}")
            if (input.read() >= 0) throw CorpusException(path, "goes on after the ${sizes.joinToString(" × ")} = $needed bytes that its head promises")
            return IdxFile(path, sizes.map { it.toInt() }, bytes)
        }
    }
}
