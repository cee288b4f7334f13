package io.quatrain

import io.kotest.assertions.withClue
import io.kotest.core.spec.style.FunSpec
import io.kotest.engine.spec.tempdir
import io.kotest.matchers.collections.shouldContain
import io.kotest.matchers.shouldBe
import io.quatrain.architecture.Experiment
import io.quatrain.architecture.plan
import io.quatrain.cli.Processes
import io.quatrain.script.Scripts
import java.io.ByteArrayOutputStream
import java.io.File
import java.io.PrintStream
import java.nio.file.Files
import java.nio.file.Path
import java.nio.file.attribute.PosixFilePermissions

/**
 * Runs the code of the manuals: ```kotlin as a script, ```json as an experiment, ```sh by a shell in a folder with the samples,
 * where `./quatrain train` makes 2 updates. A block after `<!-- not run -->` is left out; a ```text block after
 * `<!-- printed -->` is what the block before it prints.
 */
class ReadmeSpec : FunSpec({
    val root = Path.of(System.getProperty("basedir") ?: "").toAbsolutePath()

    for (manual in listOf("README.md", "samples/README.md").map { root.resolve(it) }.filter { Files.exists(it) }) {
        val scratch: Path by lazy { tempdir().toPath().also { prepare(root, it) } }
        var printed = ""
        for (block in blocks(Files.readString(manual))) {
            val place = "${root.relativize(manual)}:${block.line}"
            if ("not run" in block.marks) continue
            when (block.language) {
                "kotlin", "kts" -> test("$place, Kotlin") {
                    System.setProperty("quatrain.cache", root.resolve("target/script-cache").toString())
                    printed = captured { Scripts.value(block.text, "$place.kts".replace('/', '-')) }
                }
                "json" -> test("$place, an experiment in JSON") { Experiment.fromJson(block.text, place).architecture.plan(100) }
                "sh", "bash" -> test("$place, commands") { printed = shell(block.text, scratch) }
                "text" -> if ("printed" in block.marks) test("$place, what is printed") { printed.trim() shouldBe block.text.trim() }
                else -> test("$place, a language that this spec runs") { listOf("kotlin", "json", "sh", "text") shouldContain block.language }
            }
        }
    }

    test("blocks, their lines and marks are found") {
        val found = blocks("# a\n<!-- not run -->\n```sh\nx\n```\n\n```json\n{\n}\n```\n<!-- printed -->\n\n```text\ny\n```\n")
        found.map { "${it.language} ${it.line} ${it.marks} ${it.text.trim()}" } shouldBe listOf("sh 3 [not run] x", "json 7 [] {\n}", "text 13 [printed] y")
    }
}) {
    private class Block(val language: String, val line: Int, val text: String, val marks: List<String>)

    private companion object {
        /** Marks are comments right before a block. */
        fun blocks(manual: String): List<Block> {
            val found = ArrayList<Block>()
            var marks = emptyList<String>()
            var open: Pair<String, Int>? = null
            val text = StringBuilder()
            manual.lines().forEachIndexed { i, line ->
                val began = open
                when {
                    began == null && line.startsWith("```") -> open = line.removePrefix("```").trim() to i + 1
                    began != null && line.startsWith("```") -> {
                        found += Block(began.first, began.second, text.toString(), marks)
                        text.clear()
                        open = null
                        marks = emptyList()
                    }
                    began != null -> text.append(line).append('\n')
                    line.startsWith("<!--") -> marks = marks + line.removePrefix("<!--").removeSuffix("-->").trim()
                    line.isNotBlank() -> marks = emptyList()
                }
            }
            return found
        }

        /** Samples, a launcher that makes short work, and a build tool that does nothing: it is what runs this spec. */
        fun prepare(root: Path, scratch: Path) {
            root.resolve("samples").toFile().copyRecursively(scratch.resolve("samples").toFile())
            fun program(name: String, text: String) {
                val file = scratch.resolve(name)
                Files.createDirectories(file.parent)
                Files.writeString(file, text)
                Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwxr-xr-x"))
            }
            val words = Processes.command().joinToString(" ") { "'$it'" }
            program("quatrain", "#!/usr/bin/env bash\ncase \" $* \" in\n  *\" --updates \"*) ;;\n  \" train \"*) set -- \"$@\" --updates 2 ;;\nesac\nexec $words \"$@\"\n")
            for (name in listOf("mvn", "git")) program("bin/$name", "#!/bin/sh\nexit 0\n")
        }

        fun shell(commands: String, scratch: Path): String {
            val script = Files.writeString(scratch.resolve("commands"), "set -euo pipefail\n$commands")
            val process = ProcessBuilder("bash", script.toString()).directory(scratch.toFile()).redirectErrorStream(true)
            process.environment()["PATH"] = scratch.resolve("bin").toString() + File.pathSeparator + System.getenv("PATH")
            val started = process.start()
            started.outputStream.close()
            val output = started.inputStream.readAllBytes().toString(Charsets.UTF_8)
            withClue(output) { started.waitFor() shouldBe 0 }
            return output
        }

        fun captured(work: () -> Unit): String {
            val before = System.out
            val bytes = ByteArrayOutputStream()
            System.setOut(PrintStream(bytes, true, Charsets.UTF_8))
            try {
                work()
            } finally {
                System.setOut(before)
            }
            return bytes.toString(Charsets.UTF_8)
        }
    }
}
