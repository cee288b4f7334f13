package io.quatrain.format

import java.io.IOException
import java.nio.ByteBuffer
import java.nio.file.Path

/** The process stops here: nothing it does afterwards has an effect. */
class Killed : Error("killed")

enum class Fault { FAILS_ONCE, FAILS_FROM_THEN_ON, KILLED_BEFORE, KILLED_IN_THE_MIDDLE, KILLED_AFTER }

/** Counts file operations and lets the one with number [at] go wrong as [fault] says. */
class FaultyFileOperations(
    private val at: Int = Int.MAX_VALUE,
    private val fault: Fault = Fault.FAILS_ONCE,
    private val inner: FileOperations = FileOperations.system,
) : FileOperations {
    val log = ArrayList<String>()
    private var dead = false

    private fun <T> run(name: String, half: () -> Unit = {}, work: () -> T): T {
        if (dead) throw Killed()
        val number = log.size
        log.add(name)
        fun kill(): Nothing { dead = true; throw Killed() }
        return when {
            fault == Fault.FAILS_ONCE && number == at || fault == Fault.FAILS_FROM_THEN_ON && number >= at -> {
                half()
                throw IOException("No space left on device")
            }
            fault == Fault.KILLED_BEFORE && number == at -> kill()
            fault == Fault.KILLED_IN_THE_MIDDLE && number == at -> { half(); kill() }
            fault == Fault.KILLED_AFTER && number == at -> { work(); kill() }
            else -> work()
        }
    }

    override fun create(path: Path): WritableFile {
        val file = run("create " + kind(path)) { inner.create(path) }
        return object : WritableFile {
            override fun write(bytes: ByteBuffer) {
                val half = bytes.duplicate().limit(bytes.position() + bytes.remaining() / 2)
                run("write", { file.write(half) }) { file.write(bytes) }
            }
            override fun sync() = run("sync") { file.sync() }
            override fun close() = try { run("close") { } } finally { file.close() }
        }
    }

    override fun rename(from: Path, to: Path) = run("rename ${kind(from)} ${kind(to)}") { inner.rename(from, to) }
    override fun delete(path: Path) = run("delete " + kind(path)) { inner.delete(path) }
    override fun syncFolder(folder: Path) = run("syncFolder") { inner.syncFolder(folder) }
    override fun list(folder: Path) = run("list") { inner.list(folder) }

    private fun kind(path: Path) = if (path.fileName.toString().endsWith(".partial")) "temporary" else path.fileName.toString()
}
