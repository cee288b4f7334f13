package io.quatrain.script

import io.quatrain.architecture.Architecture
import io.quatrain.architecture.Experiment
import io.quatrain.format.RegularFile
import java.lang.reflect.InvocationTargetException
import java.nio.channels.Channels
import java.nio.charset.CharacterCodingException
import java.nio.ByteBuffer
import java.nio.file.Path

/**
 * Experiments written as Kotlin scripts, `*.model.kts`: everything of `io.quatrain.dsl` and `io.quatrain.architecture` is
 * imported, and the last expression is the experiment (or only an architecture).
 *
 * A script is a program and may do whatever a program may: run only scripts you trust. The JSON form never runs code.
 *
 * Compiling needs `org.jetbrains.kotlin:kotlin-scripting-jvm-host` on the class path and takes seconds; what was compiled is
 * kept in the user's cache (the folder named by the property `quatrain.cache`, else `$XDG_CACHE_HOME/quatrain`, else
 * `~/.cache/quatrain`) and used as long as script, Quatrain, Kotlin and Java stay the same.
 */
public object Scripts {
    /** The end of a script's file name. */
    public const val ENDING: String = ".model.kts"
    private const val LONGEST = 1L shl 22

    /**
     * Runs a script and gives its experiment.
     *
     * @throws ScriptException naming the script's line where it does not compile or fails
     * @throws io.quatrain.format.FileReadException where it cannot be read
     */
    @JvmStatic
    public fun read(file: Path): Experiment {
        val bytes = RegularFile.open(file, LONGEST).use { Channels.newInputStream(it).readAllBytes() }
        val source = try {
            Charsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString().removePrefix("\uFEFF")
        } catch (e: CharacterCodingException) {
            throw ScriptException(file.toString(), null, null, "is not text in UTF-8", cause = e)
        }
        return evaluate(source, file.toString())
    }

    /** Runs a script's [source]; messages call it [name]. */
    @JvmStatic
    @JvmOverloads
    public fun evaluate(source: String, name: String = "script$ENDING"): Experiment = when (val value = value(source, name)) {
        is Experiment -> value
        is Architecture -> Experiment(value)
        else -> throw ScriptException(
            name, null, null, "the last expression must be an experiment or an architecture, it is " +
                (if (value == null || value == Unit) "nothing" else "of the type ${value.javaClass.simpleName}") + "; end the script with experiment { … }",
        )
    }

    /** What a script's last expression is; null for nothing. */
    internal fun value(source: String, name: String): Any? {
        val text = source.replace("\r\n", "\n")
        val fileName = name.substringAfterLast('/').substringAfterLast('\\')
        val key = ScriptCache.key(text, fileName)
        ScriptCache.find(key)?.let { compiled ->
            try {
                return run(compiled, text, name)
            } catch (_: LinkageError) {             // made for other classes than those that are here
            }
        }
        val compiled = try {
            ScriptCompiler.compile(text, name, fileName)
        } catch (e: NoClassDefFoundError) {
            throw ScriptException(name, null, null, "scripts need org.jetbrains.kotlin:kotlin-scripting-jvm-host on the class path", cause = e)
        }
        ScriptCache.put(key, compiled)
        return run(compiled, text, name)
    }

    private fun run(compiled: CompiledModelScript, source: String, name: String): Any? {
        val type = compiled.load(Scripts::class.java.classLoader)
        val script = try {
            type.getConstructor().newInstance()
        } catch (e: InvocationTargetException) {
            throw failure(e.targetException, type.name, source, name)
        } catch (e: ExceptionInInitializerError) {
            throw failure(e.exception, type.name, source, name)
        }
        val field = compiled.resultField ?: return null
        return type.getDeclaredField(field).apply { isAccessible = true }.get(script)
    }

    private fun failure(cause: Throwable, type: String, source: String, name: String): Throwable {
        if (cause is ScriptException || cause is LinkageError || cause is OutOfMemoryError) return cause
        // Lines beyond the last are those of inlined library functions.
        val line = cause.stackTrace.firstOrNull { it.className.substringBefore('$') == type && it.lineNumber in 1..source.count { c -> c == '\n' } + 1 }?.lineNumber
        val plain = cause is IllegalArgumentException || cause is IllegalStateException
        val message = cause.message?.lineSequence()?.firstOrNull()?.takeIf { it.isNotBlank() }
        val problem = if (plain && message != null) message else listOfNotNull(cause.javaClass.simpleName, message).joinToString(": ")
        return ScriptException(name, line, null, problem, cause = cause)
    }
}

/**
 * A script does not compile, or failed: `poems.model.kts:3:9: …`.
 *
 * @property others further complaints of the compiler, each with its place
 */
public class ScriptException(
    public val file: String,
    public val line: Int?,
    public val column: Int?,
    public val problem: String,
    public val others: List<String> = emptyList(),
    cause: Throwable? = null,
) : IllegalArgumentException(
    place(file, line, column) + ": " + problem + (if (others.isEmpty()) "" else " (and ${others.size} more)"), cause,
) {
    internal companion object {
        fun place(file: String, line: Int?, column: Int?) = listOfNotNull(file, line, column).joinToString(":")
    }
}

/** A script as classes. */
internal class CompiledModelScript(val mainClass: String, val resultField: String?, val classes: Map<String, ByteArray>) {
    fun load(parent: ClassLoader): Class<*> = object : ClassLoader(parent) {
        override fun findClass(name: String): Class<*> {
            val bytes = classes["${name.replace('.', '/')}.class"] ?: throw ClassNotFoundException(name)
            return defineClass(name, bytes, 0, bytes.size)
        }
    }.loadClass(mainClass)
}
