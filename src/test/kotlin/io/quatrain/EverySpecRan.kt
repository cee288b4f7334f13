package io.quatrain

import java.io.File
import kotlin.system.exitProcess

/** Fails the build when a spec in the sources ran no test: a spec that does not run proves nothing. */
fun main(arguments: Array<String>) {
    val (sources, notes) = arguments.map(::File)
    val specs = sources.walk().filter { it.name.endsWith("Spec.kt") }.flatMap { file ->
        val folder = file.parentFile.relativeTo(sources).path.replace(File.separatorChar, '.')
        val classes = Regex("(?m)^class (\\w+Spec)\\b").findAll(file.readText()).map { it.groupValues[1] }.toList()
        classes.ifEmpty { listOf(file.nameWithoutExtension) }.map { "$folder.$it" }
    }.toList()
    val ran = if (notes.isFile) notes.readLines().toSet() else emptySet()
    val silent = specs - ran
    if (specs.isEmpty() || silent.isNotEmpty()) {
        System.err.println("Specs that ran no test: ${silent.ifEmpty { listOf("all of them") }.joinToString()}")
        exitProcess(1)
    }
    println("${specs.size} specs ran")
}
