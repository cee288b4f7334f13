package io.quatrain

import java.io.File
import kotlin.system.exitProcess

/** Fails the build when a spec in the sources left no report, or a report of no test: a spec that does not run proves nothing. */
fun main(arguments: Array<String>) {
    val (sources, reports) = arguments.map(::File)
    val specs = sources.walk().filter { it.name.endsWith("Spec.kt") || it.name.endsWith("Spec.java") }
        .map { it.relativeTo(sources).path.substringBeforeLast('.').replace(File.separatorChar, '.') }.toList()
    val silent = specs.filter { name ->
        val report = File(reports, "TEST-$name.xml")
        !report.isFile || Regex("""<testsuite [^>]*\btests="(\d+)"""").find(report.readText())?.groupValues?.get(1)?.toInt() == 0
    }
    if (specs.isEmpty() || silent.isNotEmpty()) {
        System.err.println("Specs that did not run: ${silent.ifEmpty { listOf("all of them") }.joinToString()}")
        exitProcess(1)
    }
    println("${specs.size} specs ran")
}
