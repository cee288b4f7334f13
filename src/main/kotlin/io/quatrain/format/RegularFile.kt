package io.quatrain.format

import java.io.IOException
import java.nio.channels.FileChannel
import java.nio.file.AccessDeniedException
import java.nio.file.FileSystemException
import java.nio.file.Files
import java.nio.file.NoSuchFileException
import java.nio.file.Path
import java.nio.file.StandardOpenOption.READ
import java.nio.file.attribute.BasicFileAttributes

/** A file cannot be read; the one-line message names it and says why. */
public class FileReadException(public val file: Path, public val problem: String, cause: Throwable? = null) :
    IOException("${printable(file.toString())}: $problem", cause)

/** Reads regular files only: never a directory, a device or a pipe, and never more than asked for. */
public object RegularFile {

    /** Opens [path], which may not be longer than [limit] bytes, for reading. */
    public fun open(path: Path, limit: Long = Long.MAX_VALUE): FileChannel = reading(path) {
        val attributes = Files.readAttributes(path, BasicFileAttributes::class.java)
        if (attributes.isDirectory) throw FileReadException(path, "is a directory; name a file in it")
        if (!attributes.isRegularFile) throw FileReadException(path, "is not a regular file (a device, pipe or socket)")
        if (attributes.size() > limit) throw FileReadException(path, "has ${attributes.size()} bytes; at most $limit are read")
        FileChannel.open(path, READ)
    }

    /** Runs [work] and turns what goes wrong with [path] into a [FileReadException]. */
    internal inline fun <T> reading(path: Path, work: () -> T): T = try {
        work()
    } catch (problem: FileReadException) {
        throw problem
    } catch (problem: IOException) {
        throw FileReadException(path, readProblem(path, problem), problem)
    }

    private fun readProblem(path: Path, problem: IOException): String = when (problem) {
        is NoSuchFileException ->
            if (Files.isSymbolicLink(path)) "is a link to ${printable(Files.readSymbolicLink(path).toString())}, which does not exist"
            else "does not exist"
        is AccessDeniedException -> "may not be read (permission denied)"
        else -> ioProblem(problem)
    }
}

/** The system's own words for [problem], without the path. */
internal fun ioProblem(problem: IOException): String = printable(when (problem) {
    is NoSuchFileException -> "no such file or directory"
    is AccessDeniedException -> "permission denied"
    is FileSystemException -> problem.reason ?: problem.javaClass.simpleName
    else -> problem.message ?: problem.javaClass.simpleName
})
