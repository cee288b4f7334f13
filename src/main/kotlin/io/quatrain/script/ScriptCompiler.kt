package io.quatrain.script

import io.quatrain.architecture.DescriptionWords
import io.quatrain.format.nearestWord
import java.io.File
import java.util.jar.JarFile
import kotlin.coroutines.Continuation
import kotlin.coroutines.EmptyCoroutineContext
import kotlin.coroutines.startCoroutine
import kotlin.script.experimental.annotations.KotlinScript
import kotlin.script.experimental.api.CompiledScript
import kotlin.script.experimental.api.ResultWithDiagnostics
import kotlin.script.experimental.api.ScriptCompilationConfiguration
import kotlin.script.experimental.api.ScriptDiagnostic
import kotlin.script.experimental.api.baseClass
import kotlin.script.experimental.api.KotlinType
import kotlin.script.experimental.api.compilerOptions
import kotlin.script.experimental.api.defaultImports
import kotlin.script.experimental.host.toScriptSource
import kotlin.script.experimental.jvm.defaultJvmScriptingHostConfiguration
import kotlin.script.experimental.jvm.impl.KJvmCompiledModuleInMemory
import kotlin.script.experimental.jvm.impl.KJvmCompiledScript
import kotlin.script.experimental.jvm.jvm
import kotlin.script.experimental.jvm.updateClasspath
import kotlin.script.experimental.jvmhost.JvmScriptCompiler

/** What every `*.model.kts` script is compiled to. */
@KotlinScript(fileExtension = "model.kts", compilationConfiguration = ModelScriptConfiguration::class)
public abstract class ModelScript

/** What a `*.model.kts` script sees without saying so. */
public object ModelScriptConfiguration : ScriptCompilationConfiguration({
    baseClass(KotlinType(ModelScript::class))
    defaultImports("io.quatrain.dsl.*", "io.quatrain.architecture.*")
    compilerOptions("-jvm-target", "17", "-Xsuppress-version-warnings", "-nowarn")
}) {
    private fun readResolve(): Any = ModelScriptConfiguration
}

/** The only place that knows Kotlin's scripting host. */
internal object ScriptCompiler {
    fun compile(source: String, name: String, fileName: String): CompiledModelScript {
        val configuration = ScriptCompilationConfiguration(ModelScriptConfiguration) { jvm { updateClasspath(classPath()) } }
        val compiler = JvmScriptCompiler(defaultJvmScriptingHostConfiguration)
        val result = completed { compiler(source.toScriptSource(fileName), configuration) }
        if (result !is ResultWithDiagnostics.Success) throw refusal(result.reports, name)
        return classes(result.value)
    }

    private fun classes(script: CompiledScript): CompiledModelScript {
        script as KJvmCompiledScript
        val module = script.getCompiledModule() as KJvmCompiledModuleInMemory
        return CompiledModelScript(script.scriptClassFQName, script.resultField?.first, module.compilerOutputFiles.filterKeys { it.endsWith(".class") })
    }

    private fun refusal(reports: List<ScriptDiagnostic>, name: String): ScriptException {
        val errors = reports.filter { it.severity >= ScriptDiagnostic.Severity.ERROR }.sortedBy { it.location?.start?.line ?: Int.MAX_VALUE }
        val places = errors.map { ScriptException.place(name, it.location?.start?.line, it.location?.start?.col) + ": " + problem(it) }
        val first = errors.first()
        return ScriptException(name, first.location?.start?.line, first.location?.start?.col, problem(first), places.drop(1), first.exception)
    }

    private fun problem(report: ScriptDiagnostic): String {
        val message = report.message.lineSequence().first().trim().removeSuffix(".").replaceFirstChar { it.lowercase() }
        val word = UNKNOWN.find(message)?.groupValues?.get(1) ?: return message
        val near = nearestWord(word, DescriptionWords.all()) ?: return message
        return "$message; did you mean \"$near\"?"
    }

    /** The compiler does not suspend. */
    private fun <T> completed(block: suspend () -> T): T {
        var result: Result<T>? = null
        block.startCoroutine(Continuation(EmptyCoroutineContext) { result = it })
        return checkNotNull(result) { "the script compiler did not finish" }.getOrThrow()
    }

    /** The running program's class path, jars named in manifests included, and wherever Quatrain and Kotlin themselves are. */
    private fun classPath(): List<File> {
        val found = LinkedHashSet<File>()
        fun add(file: File) {
            if (!file.exists() || !found.add(file.absoluteFile.normalize()) || !file.isFile) return
            val named = runCatching { JarFile(file).use { it.manifest?.mainAttributes?.getValue("Class-Path") } }.getOrNull() ?: return
            named.split(' ').filter { it.isNotBlank() }.forEach { entry ->
                runCatching { add(File(file.absoluteFile.toURI().resolve(entry))) }
            }
        }
        System.getProperty("java.class.path").split(File.pathSeparator).filter { it.isNotEmpty() }.forEach { add(File(it)) }
        for (type in listOf(Scripts::class.java, Unit::class.java, KotlinScript::class.java, kotlinx.serialization.KSerializer::class.java)) {
            type.protectionDomain?.codeSource?.location?.let { place -> runCatching { add(File(place.toURI())) } }
        }
        return found.toList()
    }

    private val UNKNOWN = Regex("^(?:unresolved reference|no parameter with name) '([^']+)'")
}
