package io.quatrain.cli

import java.io.BufferedOutputStream
import java.io.FileDescriptor
import java.io.FileOutputStream
import java.io.IOException
import java.io.OutputStream
import java.io.PrintStream
import kotlin.system.exitProcess

/** The command line. */
public fun main(arguments: Array<String>) {
    System.setProperty("picocli.converters.excludes", "java.(sql|time).*") // no option is one of these, and finding them takes time
    System.setOut(PrintStream(BufferedOutputStream(StandardOutput), true, Charsets.UTF_8))
    exitProcess(Quatrain.run(arguments))
}

/** Standard output that knows when its reader has gone, as `head` goes when it has seen enough: that is no fault. */
internal object StandardOutput : OutputStream() {
    private val file = FileOutputStream(FileDescriptor.out)

    @Volatile
    var readerGone: Boolean = false
        private set

    override fun write(byte: Int) = attempt { file.write(byte) }

    override fun write(bytes: ByteArray, offset: Int, length: Int) = attempt { file.write(bytes, offset, length) }

    private inline fun attempt(write: () -> Unit) = try {
        write()
    } catch (e: IOException) {
        if (e.message.orEmpty().contains("pipe", ignoreCase = true)) readerGone = true // "Broken pipe", "The pipe is being closed"
        throw e
    }
}
