package io.quatrain.format

import java.io.IOException
import java.nio.ByteBuffer
import java.nio.channels.FileChannel
import java.nio.channels.OverlappingFileLockException
import java.nio.file.Path
import java.nio.file.StandardOpenOption.CREATE
import java.nio.file.StandardOpenOption.READ
import java.nio.file.StandardOpenOption.WRITE
import java.time.Instant
import java.time.temporal.ChronoUnit.SECONDS

/**
 * The right to write into a folder, held by one process at a time until it is closed or the process ends, however it
 * ends. The file [NAME] in the folder says who holds it; it stays there.
 */
public class DirectoryLock private constructor(private val channel: FileChannel) : AutoCloseable {

    /** Gives the folder free. */
    override fun close(): Unit = channel.close()

    public companion object {
        public const val NAME: String = ".quatrain.lock"

        /** The byte that is locked lies beyond the text, so that others can read who holds the lock on any system. */
        private const val LOCKED_BYTE = 1L shl 40

        /** Locks the existing folder [directory], or throws a [FileWriteException] that says who holds it. */
        public fun acquire(directory: Path): DirectoryLock {
            val file = directory.resolve(NAME)
            val channel = writing(file) { FileChannel.open(file, CREATE, READ, WRITE) }
            var held = false
            try {
                writing(file) {
                    held = try { channel.tryLock(LOCKED_BYTE, 1, false) != null } catch (_: OverlappingFileLockException) { false }
                    if (!held) throw FileWriteException(directory, "the folder is in use by ${holder(channel)}; wait for it or choose another folder")
                    val process = ProcessHandle.current().pid()
                    channel.truncate(0)
                    channel.write(ByteBuffer.wrap("process $process since ${Instant.now().truncatedTo(SECONDS)}\n".toByteArray()), 0)
                }
            } finally {
                if (!held) channel.close()
            }
            return DirectoryLock(channel)
        }

        private fun holder(channel: FileChannel): String = try {
            val text = ByteBuffer.allocate(200)
            channel.read(text, 0)
            printable(String(text.array(), 0, text.position()).trim()).ifEmpty { "another process" }
        } catch (_: IOException) {
            "another process"
        }
    }
}
