package io.quatrain.format

import java.io.Closeable
import java.io.IOException
import java.nio.ByteBuffer
import java.nio.channels.FileChannel
import java.nio.file.Files
import java.nio.file.Path
import java.nio.file.StandardCopyOption.ATOMIC_MOVE
import java.nio.file.StandardOpenOption.CREATE_NEW
import java.nio.file.StandardOpenOption.READ
import java.nio.file.StandardOpenOption.WRITE

/**
 * Every operation by which this package changes a folder, each of which may throw an [IOException]. Programs use
 * [system]; a test can put its own in place and let the n-th operation fail.
 */
public interface FileOperations {
    /** Creates [path], which must not exist yet, for writing. */
    public fun create(path: Path): WritableFile

    /** Puts [from] in the place of [to], in one step, whether or not [to] exists. Both are in one folder. */
    public fun rename(from: Path, to: Path)

    public fun delete(path: Path)

    /** Makes what was created, renamed and deleted in [folder] survive a power loss. */
    public fun syncFolder(folder: Path)

    /** The names in [folder]. */
    public fun list(folder: Path): List<String>

    public companion object {
        /** The operations of the operating system. */
        @JvmField public val system: FileOperations = SystemFileOperations
    }
}

/** A file being written. */
public interface WritableFile : Closeable {
    /** Writes all that remains in [bytes]. */
    public fun write(bytes: ByteBuffer)

    /** Makes what was written survive a power loss. */
    public fun sync()
}

private object SystemFileOperations : FileOperations {
    private val foldersCanSync = !System.getProperty("os.name").startsWith("Windows")

    override fun create(path: Path): WritableFile {
        val channel = FileChannel.open(path, CREATE_NEW, WRITE)
        return object : WritableFile {
            override fun write(bytes: ByteBuffer) { while (bytes.hasRemaining()) channel.write(bytes) }
            override fun sync() = channel.force(true)
            override fun close() = channel.close()
        }
    }

    override fun rename(from: Path, to: Path) { Files.move(from, to, ATOMIC_MOVE) }
    override fun delete(path: Path) = Files.delete(path)
    override fun syncFolder(folder: Path) { if (foldersCanSync) FileChannel.open(folder, READ).use { it.force(true) } }
    override fun list(folder: Path): List<String> =
        Files.newDirectoryStream(folder).use { entries -> entries.map { it.fileName.toString() } }
}
