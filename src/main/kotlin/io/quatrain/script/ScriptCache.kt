package io.quatrain.script

import java.io.ByteArrayInputStream
import java.io.ByteArrayOutputStream
import java.io.DataInputStream
import java.io.DataOutputStream
import java.io.File
import java.io.IOException
import java.nio.file.Files
import java.nio.file.InvalidPathException
import java.nio.file.Path
import java.nio.file.StandardCopyOption.ATOMIC_MOVE
import java.security.MessageDigest
import java.util.HexFormat

/**
 * Compiled scripts on disk, one file each: SHA-256 of the rest, then the classes. What cannot be read or written, or is
 * damaged, is as if it were not there.
 */
internal object ScriptCache {
    private const val MOST = 100
    private const val HASH = 32
    private const val ENDING = ".script"

    /** The folder; null where there is none. */
    fun folder(): Path? = try {
        (System.getProperty("quatrain.cache")?.ifEmpty { null }?.let { Path.of(it) }
            ?: System.getenv("XDG_CACHE_HOME")?.ifEmpty { null }?.let { Path.of(it, "quatrain") }
            ?: System.getProperty("user.home")?.let { Path.of(it, ".cache", "quatrain") })?.resolve("scripts")
    } catch (_: InvalidPathException) {
        null
    }

    /** Everything that the compiled classes depend on. */
    fun key(source: String, fileName: String): String {
        val text = listOf(
            source, fileName, ownVersion, KotlinVersion.CURRENT.toString(), Runtime.version().feature().toString(),
        ).joinToString("\u0000")
        return HexFormat.of().formatHex(sha256(text.toByteArray()))
    }

    /** Quatrain's own version: that of its jar, and its size and time, so that a new build compiles anew. */
    private val ownVersion: String by lazy {
        val place = runCatching { File(Scripts::class.java.protectionDomain.codeSource.location.toURI()) }.getOrNull()
        val files = place?.let { if (it.isDirectory) it.walk().filter(File::isFile) else sequenceOf(it) } ?: emptySequence()
        (Scripts::class.java.`package`?.implementationVersion ?: "") + files.fold("") { before, file ->
            if (before.isEmpty()) "${file.length()} ${file.lastModified()}"
            else before.split(' ').let { (size, time) -> "${size.toLong() + file.length()} ${maxOf(time.toLong(), file.lastModified())}" }
        }
    }

    fun find(key: String): CompiledModelScript? {
        return try {
            val bytes = Files.readAllBytes((folder() ?: return null).resolve(key + ENDING))
            if (bytes.size < HASH || !MessageDigest.isEqual(bytes.copyOf(HASH), sha256(bytes.copyOfRange(HASH, bytes.size)))) return null
            val data = DataInputStream(ByteArrayInputStream(bytes, HASH, bytes.size - HASH))
            val main = data.readUTF()
            val result = data.readUTF().ifEmpty { null }
            CompiledModelScript(main, result, List(data.readInt()) { data.readUTF() to data.readNBytes(data.readInt()) }.toMap())
        } catch (_: IOException) {
            null
        }
    }

    fun put(key: String, script: CompiledModelScript) {
        val body = ByteArrayOutputStream()
        DataOutputStream(body).run {
            writeUTF(script.mainClass)
            writeUTF(script.resultField ?: "")
            writeInt(script.classes.size)
            for ((name, bytes) in script.classes) {
                writeUTF(name)
                writeInt(bytes.size)
                write(bytes)
            }
        }
        val bytes = body.toByteArray()
        try {
            val folder = Files.createDirectories(folder() ?: return)
            val temporary = Files.createTempFile(folder, "new", ".tmp")
            try {
                Files.write(temporary, sha256(bytes) + bytes)
                Files.move(temporary, folder.resolve(key + ENDING), ATOMIC_MOVE)
            } finally {
                Files.deleteIfExists(temporary)
            }
            clear(folder)
        } catch (_: IOException) {
        }
    }

    private fun clear(folder: Path) {
        val scripts = folder.toFile().listFiles { file -> file.name.endsWith(ENDING) } ?: return
        scripts.sortedByDescending { it.lastModified() }.drop(MOST).forEach { it.delete() }
    }

    private fun sha256(bytes: ByteArray) = MessageDigest.getInstance("SHA-256").digest(bytes)
}
