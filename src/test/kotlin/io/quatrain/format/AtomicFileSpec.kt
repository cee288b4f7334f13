package io.quatrain.format

import io.kotest.assertions.throwables.shouldThrow
import io.kotest.assertions.withClue
import io.kotest.core.spec.style.FunSpec
import io.kotest.engine.spec.tempdir
import io.kotest.matchers.collections.shouldBeEmpty
import io.kotest.matchers.collections.shouldContainExactly
import io.kotest.matchers.collections.shouldContainExactlyInAnyOrder
import io.kotest.matchers.shouldBe
import io.kotest.matchers.string.shouldContain
import io.kotest.matchers.string.shouldStartWith
import java.io.IOException
import java.nio.ByteBuffer
import java.nio.file.Files
import java.nio.file.NoSuchFileException
import java.nio.file.Path

class AtomicFileSpec : FunSpec({
    val old = ByteArray(1000) { 1 }
    val fresh = ByteArray(200_000) { (it % 251).toByte() }
    fun write(file: Path, bytes: ByteArray, operations: FileOperations = FileOperations.system) =
        AtomicFile.write(file, operations) { out -> bytes.toList().chunked(50_000).forEach { out.write(it.toByteArray()) } }
    fun names(folder: Path) = folder.toFile().list()!!.toList()

    test("temporary file, write, sync, close, rename, folder sync") {
        val folder = tempdir().toPath()
        val operations = FaultyFileOperations()
        write(folder.resolve("poem"), fresh, operations)
        operations.log.filter { it != "write" } shouldContainExactly
            listOf("list", "create temporary", "sync", "close", "rename temporary poem", "syncFolder")
        operations.log.lastIndexOf("write") shouldBe operations.log.indexOf("sync") - 1
        Files.readAllBytes(folder.resolve("poem")) shouldBe fresh
        names(folder) shouldContainExactly listOf("poem")
    }

    test("whichever operation fails or is the last: the file is the old one or the new one, and the next writing succeeds") {
        val folder = tempdir().toPath()
        val file = folder.resolve("poem")
        val operations = FaultyFileOperations().also { write(file, fresh, it) }.log.size
        var tried = 0
        for (fault in Fault.entries) for (there in listOf(true, false)) for (at in 0 until operations) withClue("$fault at $at, $there") {
            Files.deleteIfExists(file)
            if (there) Files.write(file, old)
            val faulty = FaultyFileOperations(at, fault)
            val problem = runCatching { write(file, fresh, faulty) }.exceptionOrNull()
            val found = if (Files.exists(file)) Files.readAllBytes(file) else null
            val isOld = if (there) found.contentEquals(old) else found == null
            (isOld || found.contentEquals(fresh)) shouldBe true
            if (problem == null) found shouldBe fresh
            when (fault) {
                Fault.FAILS_ONCE -> {
                    (problem is FileWriteException || faulty.log[at] == "list") shouldBe true
                    names(folder).filter { it != "poem" }.shouldBeEmpty()
                }
                Fault.FAILS_FROM_THEN_ON -> problem!!.message shouldStartWith "cannot write $file: "
                else -> (problem is Killed) shouldBe true
            }
            val clean = FaultyFileOperations()
            write(file, old, clean)
            names(folder) shouldContainExactly listOf("poem")
            Files.readAllBytes(file) shouldBe old
            tried++
        }
        println("$tried file operation faults tried")
    }

    test("whatever a power loss leaves is the old file or the new one, and the new one once it is announced") {
        val file = Path.of("/disk/poem")
        var states = 0
        fun check(disk: SimulatedDisk, allowed: List<ByteArray?>) = disk.afterPowerLoss().forEach { state ->
            states++
            val found = state["poem"]
            withClue(state.mapValues { it.value.size }) { allowed.any { it.contentEquals(found) } shouldBe true }
        }
        for (before in listOf(null, old)) {
            val disk = SimulatedDisk(before?.let { mapOf("poem" to it) } ?: emptyMap())
            disk.afterEach = { check(disk, listOf(before, fresh)) }
            write(file, fresh, disk)
            check(disk, listOf(fresh))
            AtomicFile.delete(file, disk.also { it.afterEach = { check(disk, listOf(fresh, null)) } })
            check(disk, listOf(null))
        }
        println("$states states after a power loss tried")
        val careless = SimulatedDisk(mapOf("poem" to old))
        careless.create(Path.of("/disk/t")).apply { write(ByteBuffer.wrap(fresh)); close() }
        careless.rename(Path.of("/disk/t"), file)
        careless.afterPowerLoss().any { !it["poem"].contentEquals(old) && !it["poem"].contentEquals(fresh) } shouldBe true
    }

    test("what the content throws is passed on, and nothing is left") {
        val folder = tempdir().toPath()
        shouldThrow<IllegalStateException> { AtomicFile.write(folder.resolve("poem")) { it.write(fresh); error("no rhyme") } }
        names(folder).shouldBeEmpty()
    }

    test("temporaries of the dead are cleaned, those of the living and strangers stay") {
        val folder = tempdir().toPath()
        val alive = ProcessHandle.current().parent().map { it.pid() }.orElse(1)
        val dead = generateSequence(4_000_000L) { it + 1 }.first { ProcessHandle.of(it).isEmpty }
        val ours = ProcessHandle.current().pid()
        for (name in listOf(".poem.$dead-0123abcd.partial", ".poem.$ours-0123abcd.partial", ".poem.$alive-0123abcd.partial",
            ".song.$dead-0123abcd.partial", "poem.$dead-0123abcd.partial", ".poem.partial", ".poem.$dead-0123abcd.tmp")) Files.createFile(folder.resolve(name))
        AtomicFile.write(folder.resolve("poem")) {
            names(folder).count { it.startsWith(".poem.$ours-") } shouldBe 1
            AtomicFile.cleanUp(folder) shouldContainExactly listOf(".song.$dead-0123abcd.partial")
        }
        names(folder) shouldContainExactlyInAnyOrder
            listOf("poem", ".poem.$alive-0123abcd.partial", "poem.$dead-0123abcd.partial", ".poem.partial", ".poem.$dead-0123abcd.tmp")
    }

    test("a target that cannot be a file is refused in one line; a link is followed") {
        val folder = tempdir().toPath()
        fun refused(file: Path) = shouldThrow<FileWriteException> { write(file, old) }.problem
        refused(folder) shouldBe "it is a folder"
        refused(folder.resolve("none/poem")) shouldBe "no such file or directory"
        write(folder.resolve("poem"), old)
        refused(folder.resolve("poem/poem")) shouldContain "is not a folder"
        if (Files.exists(Path.of("/dev/null"))) refused(Path.of("/dev/null")) shouldContain "not a regular file"
        val link = Files.createSymbolicLink(folder.resolve("latest"), Path.of("poem"))
        write(link, fresh)
        Files.isSymbolicLink(link) shouldBe true
        Files.readAllBytes(folder.resolve("poem")) shouldBe fresh
        write(folder.resolve("月".repeat(85)), old)
        write(folder.resolve("x" + "𝄞".repeat(60)), old)
    }

    test("a folder is locked once, and the refusal says by whom") {
        val folder = tempdir().toPath()
        DirectoryLock.acquire(folder).use {
            shouldThrow<FileWriteException> { DirectoryLock.acquire(folder) }.message shouldContain
                "in use by process ${ProcessHandle.current().pid()} since 2"
        }
        DirectoryLock.acquire(folder).close()
        shouldThrow<FileWriteException> { DirectoryLock.acquire(folder.resolve("none")) }.message shouldContain "no such file"
    }

    test("a folder locked by another process is refused, and free when that process is killed") {
        val folder = tempdir().toPath()
        val other = ProcessBuilder(
            ProcessHandle.current().info().command().get(), "-cp", System.getProperty("surefire.test.class.path") ?: System.getProperty("java.class.path"),
            LockHolder::class.java.name, folder.toString(),
        ).redirectError(ProcessBuilder.Redirect.INHERIT).start()
        try {
            other.inputStream.bufferedReader().readLine() shouldBe "locked"
            shouldThrow<FileWriteException> { DirectoryLock.acquire(folder) }.message shouldContain "in use by process ${other.pid()} since"
        } finally {
            other.destroyForcibly().waitFor()
        }
        DirectoryLock.acquire(folder).close()
    }
})

object LockHolder {
    @JvmStatic fun main(arguments: Array<String>) {
        DirectoryLock.acquire(Path.of(arguments[0])).use { println("locked"); Thread.sleep(60_000) }
    }
}

/**
 * One folder on a disk that may lose power. Legal after a loss: any subset of the changes of names since the last
 * folder sync, and for a file that was not synced, its last synced bytes, all, half or none of the later ones, or zeros.
 */
class SimulatedDisk(files: Map<String, ByteArray>) : FileOperations {
    private class Inode(var synced: ByteArray, var bytes: ByteArray = synced)

    var afterEach: () -> Unit = {}
    private var durable = files.mapValues { Inode(it.value) }
    private var current = durable
    private val pending = ArrayList<(Map<String, Inode>) -> Map<String, Inode>>()

    private fun change(step: (Map<String, Inode>) -> Map<String, Inode>) { current = step(current); pending.add(step); afterEach() }

    override fun create(path: Path): WritableFile {
        val inode = Inode(ByteArray(0))
        val name = path.fileName.toString()
        if (name in current) throw IOException("exists")
        change { it + (name to inode) }
        return object : WritableFile {
            override fun write(bytes: ByteBuffer) { inode.bytes += ByteArray(bytes.remaining()).also { bytes.get(it) }; afterEach() }
            override fun sync() { inode.synced = inode.bytes; afterEach() }
            override fun close() = Unit
        }
    }

    override fun rename(from: Path, to: Path) {
        val (source, target) = from.fileName.toString() to to.fileName.toString()
        val inode = current[source] ?: throw NoSuchFileException(source)
        change { it - source + (target to inode) }
    }

    override fun delete(path: Path) {
        if (path.fileName.toString() !in current) throw NoSuchFileException(path.toString())
        change { it - path.fileName.toString() }
    }

    override fun syncFolder(folder: Path) { durable = current; pending.clear(); afterEach() }
    override fun list(folder: Path) = current.keys.toList()

    fun afterPowerLoss(): List<Map<String, ByteArray>> = (0 until (1 shl pending.size)).flatMap { subset ->
        val names = pending.filterIndexed { i, _ -> subset shr i and 1 == 1 }.fold(durable) { state, step -> step(state) }
        (0..4).map { loss ->
            names.mapValues { (_, inode) ->
                if (inode.synced === inode.bytes) inode.bytes else when (loss) {
                    0 -> inode.synced
                    1 -> inode.bytes
                    2 -> inode.bytes.copyOf(inode.bytes.size / 2)
                    3 -> ByteArray(0)
                    else -> ByteArray(inode.bytes.size)
                }
            }
        }
    }
}
