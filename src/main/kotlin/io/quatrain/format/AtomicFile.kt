package io.quatrain.format

import java.io.BufferedOutputStream
import java.io.IOException
import java.io.OutputStream
import java.nio.ByteBuffer
import java.nio.file.Files
import java.nio.file.Path
import java.util.concurrent.ConcurrentHashMap
import java.util.concurrent.ThreadLocalRandom

/** A file cannot be written; the one-line message names it and says why. */
public class FileWriteException(public val file: Path, public val problem: String, cause: Throwable? = null) :
    IOException("cannot write ${printable(file.toString())}: $problem", cause)

/**
 * Writes files that are there completely or not at all, whenever the process or the machine stops.
 *
 * The bytes go to a temporary file in the same folder, which is synchronised with the disk and then renamed; at last
 * the folder is synchronised. When [write] has returned, the file survives a power loss; when it throws, the file of
 * that name is the one that was there before (or, if only the last step failed, complete but perhaps not durable).
 *
 * The temporary file of `poem.safetensors` is called `.poem.safetensors.<process id>-<8 hexadecimal digits>.partial`.
 * It is deleted when writing fails. One that a killed process left behind is deleted by the next [write] of the same
 * name, or by [cleanUp]: when no process has its number, or when the number is our own and we are not writing it.
 */
public object AtomicFile {
    private val inProgress: MutableSet<Path> = ConcurrentHashMap.newKeySet()

    /**
     * Replaces [file] by what [content] writes. A symbolic link is followed. Throws [FileWriteException] when the
     * file cannot be written; what [content] throws of its own is passed on.
     */
    public fun write(file: Path, operations: FileOperations = FileOperations.system, content: (OutputStream) -> Unit) {
        val target = writing(file) { resolve(file) }
        val folder = target.parent
        removeTemporaries(folder, target.fileName.toString(), operations)
        val temporary = folder.resolve(temporaryName(target.fileName.toString()))
        inProgress.add(temporary)
        try {
            try {
                val stream = FileStream(file, writing(file) { operations.create(temporary) })
                stream.use {
                    val buffered = BufferedOutputStream(it, 1 shl 16)
                    content(buffered)
                    buffered.flush()
                    it.sync()
                }
                writing(file) { operations.rename(temporary, target) }
            } catch (problem: Exception) {
                discard(temporary, operations)
                throw problem
            }
            writing(file, "the folder could not be synchronised, so a power failure may undo the writing: ") { operations.syncFolder(folder) }
        } finally {
            inProgress.remove(temporary)
        }
    }

    /** Deletes [file] durably; one that does not exist is no problem. */
    public fun delete(file: Path, operations: FileOperations = FileOperations.system): Unit = writing(file, "deleting it failed: ") {
        val target = file.toAbsolutePath()
        try { operations.delete(target) } catch (_: java.nio.file.NoSuchFileException) { return }
        operations.syncFolder(target.parent)
    }

    /**
     * Deletes the temporary files that dead processes left in [folder] and returns their names. Call it when the
     * [DirectoryLock] of the folder is held.
     */
    public fun cleanUp(folder: Path, operations: FileOperations = FileOperations.system): List<String> =
        removeTemporaries(folder.toAbsolutePath(), null, operations)

    private fun removeTemporaries(folder: Path, target: String?, operations: FileOperations): List<String> {
        val names = try { operations.list(folder) } catch (_: IOException) { return emptyList() }
        return names.filter { name ->
            val parts = TEMPORARY.matchEntire(name)?.groupValues ?: return@filter false
            val path = folder.resolve(name)
            (target == null || parts[1] == shortened(target)) && path !in inProgress && isDead(parts[2].toLong()) && discard(path, operations)
        }
    }

    private fun isDead(process: Long) = process == ProcessHandle.current().pid() || !ProcessHandle.of(process).isPresent

    private fun discard(temporary: Path, operations: FileOperations): Boolean =
        try { operations.delete(temporary); true } catch (_: IOException) { false }

    private fun temporaryName(target: String): String =
        ".${shortened(target)}.${ProcessHandle.current().pid()}-%08x.partial".format(ThreadLocalRandom.current().nextInt())

    /** File names have 255 bytes at most, and the temporary one is longer than that of the file. */
    private fun shortened(target: String) = target.take(50).trimEnd { it.isHighSurrogate() }

    private fun resolve(file: Path): Path {
        val target = if (Files.isSymbolicLink(file)) file.toRealPath() else file.toAbsolutePath()
        if (Files.isDirectory(target)) throw FileWriteException(file, "it is a folder")
        if (Files.exists(target) && !Files.isRegularFile(target)) throw FileWriteException(file, "it is not a regular file (a device, pipe or socket)")
        val folder = target.parent ?: throw FileWriteException(file, "it is a folder")
        if (Files.exists(folder) && !Files.isDirectory(folder)) throw FileWriteException(file, "${printable(folder.toString())} is not a folder")
        return target
    }

    private class FileStream(private val file: Path, private val out: WritableFile) : OutputStream() {
        override fun write(byte: Int) = write(byteArrayOf(byte.toByte()))
        override fun write(bytes: ByteArray, offset: Int, length: Int) = writing(file) { out.write(ByteBuffer.wrap(bytes, offset, length)) }
        fun sync() = writing(file) { out.sync() }
        override fun close() = writing(file) { out.close() }
    }
}

/** Runs [work] and turns what goes wrong into a [FileWriteException] for [file]. */
internal inline fun <T> writing(file: Path, prefix: String = "", work: () -> T): T = try {
    work()
} catch (problem: FileWriteException) {
    throw problem
} catch (problem: IOException) {
    throw FileWriteException(file, prefix + ioProblem(problem), problem)
}

private val TEMPORARY = Regex("\\.(.+)\\.([0-9]{1,10})-[0-9a-f]{8}\\.partial")
