package io.quatrain.cli

import io.quatrain.architecture.ArchitectureException
import io.quatrain.format.FileWriteException
import io.quatrain.format.JsonException
import io.quatrain.format.ModelFileException
import io.quatrain.text.CorpusException
import io.quatrain.text.NothingAllowedException
import io.quatrain.train.DivergedException
import java.io.IOException
import java.nio.file.AccessDeniedException
import java.nio.file.FileSystemException
import java.nio.file.NoSuchFileException

/** What the process ends with. */
internal object Exit {
    const val DONE = 0
    const val FAILED = 1
    const val USAGE = 2
    const val CORPUS = 3
    const val MODEL = 4
    const val FILES = 5
    const val DIVERGED = 6
    const val INTERRUPTED = 130
    const val TERMINATED = 143
}

/** A mistake of the person's, in one line. */
internal class UsageException(message: String) : RuntimeException(message)

/** A problem that is told in one line, and the status that the process ends with. */
internal class Failure(val status: Int, val message: String) {
    companion object {
        fun of(problem: Throwable): Failure = when (problem) {
            is UsageException, is JsonException, is ArchitectureException, is NothingAllowedException -> Failure(Exit.USAGE, problem.text())
            is CorpusException -> Failure(Exit.CORPUS, problem.text())
            is ModelFileException -> Failure(Exit.MODEL, problem.text())
            is DivergedException -> Failure(Exit.DIVERGED, problem.text())
            is FileWriteException -> Failure(Exit.FILES, problem.text())
            is NoSuchFileException -> Failure(Exit.FILES, "${problem.file}: there is no such file")
            is AccessDeniedException -> Failure(Exit.FILES, "${problem.file}: may not be read or written; check its permissions")
            is FileSystemException -> Failure(Exit.FILES, "${problem.file}: ${problem.reason ?: problem.text()}")
            is IOException -> Failure(Exit.FILES, problem.text())
            is OutOfMemoryError -> Failure(
                Exit.FAILED,
                "not enough memory: this JVM may use ${Runtime.getRuntime().maxMemory() shr 20} MB; " +
                    "make the model, batch or steps smaller, or set QUATRAIN_JAVA_OPTIONS=-Xmx…",
            )
            is IllegalArgumentException -> Failure(Exit.USAGE, problem.text())
            else -> Failure(Exit.FAILED, "${problem.javaClass.simpleName}: ${problem.text()}; run again with --debug to see where")
        }

        private fun Throwable.text() = message?.lineSequence()?.joinToString(" ") ?: javaClass.simpleName
    }
}
