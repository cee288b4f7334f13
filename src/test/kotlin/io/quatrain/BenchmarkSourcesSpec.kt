package io.quatrain

import io.kotest.core.spec.style.StringSpec
import io.kotest.engine.spec.tempdir
import io.kotest.matchers.shouldBe
import java.io.StringWriter
import java.nio.file.Path
import javax.tools.ToolProvider
import kotlin.io.path.extension
import kotlin.io.path.listDirectoryEntries

/** The benchmark has a profile of its own; what it is written against is changed without it. */
class BenchmarkSourcesSpec : StringSpec({
    "the benchmark compiles against the library as it is" {
        val sources = Path.of("src/bench/java/io/quatrain/bench").listDirectoryEntries().filter { it.extension == "java" }
        val compiler = ToolProvider.getSystemJavaCompiler()
        val options = listOf("--add-modules", "jdk.incubator.vector", "-proc:none", "-d", tempdir().path)
        val said = StringWriter()
        compiler.getStandardFileManager(null, null, Charsets.UTF_8).use { files ->
            val units = files.getJavaFileObjectsFromPaths(sources)
            val fine = compiler.getTask(said, files, null, options, null, units).call()
            (if (fine) "" else said.toString()) shouldBe ""
        }
    }
})
