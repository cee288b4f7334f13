package io.quatrain.cli

import java.io.ByteArrayInputStream
import java.io.ByteArrayOutputStream
import java.io.PrintStream
import java.nio.file.Files
import java.nio.file.Path
import java.util.concurrent.TimeUnit

/** What a command did. */
class Outcome(val status: Int, val out: String, val err: String) {
    /** Its lines on standard error but for what the virtual machine says there by itself. */
    val complaint: String get() = err.lines().filter { it.isNotEmpty() && !it.startsWith("WARNING: Using incubator") }.joinToString("\n")

    override fun toString(): String = "status $status\n$out\n$err"
}

/** Runs a command in this process. */
fun quatrain(vararg arguments: Any, input: String = ""): Outcome {
    val out = ByteArrayOutputStream()
    val err = ByteArrayOutputStream()
    val before = Triple(System.out, System.err, System.`in`)
    System.setOut(PrintStream(out, true, Charsets.UTF_8))
    System.setErr(PrintStream(err, true, Charsets.UTF_8))
    System.setIn(ByteArrayInputStream(input.toByteArray()))
    val status = try {
        Quatrain.run(Array(arguments.size) { arguments[it].toString() })
    } finally {
        System.setOut(before.first)
        System.setErr(before.second)
        System.setIn(before.third)
    }
    return Outcome(status, out.toString(Charsets.UTF_8), err.toString(Charsets.UTF_8))
}

/** Commands as processes of their own. */
object Processes {
    private val classPath: String = System.getProperty("surefire.test.class.path") ?: System.getProperty("java.class.path")
    /** The compiler for hot code stays on: without it the Vector API is very slow. */
    val java: List<String> = listOf(
        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
        "-XX:+UseSerialGC", "--add-modules", "jdk.incubator.vector", "-Dquatrain.terminal=false",
    )

    /** Words of a command line that runs Quatrain. */
    fun command(options: List<String> = emptyList(), vararg arguments: Any): List<String> =
        java + options + listOf("-cp", classPath, "io.quatrain.cli.MainKt") + arguments.map { it.toString() }

    fun start(command: List<String>, folder: Path, variables: Map<String, String> = emptyMap()): Process =
        ProcessBuilder(command).directory(folder.toFile()).redirectError(folder.resolve("stderr").toFile())
            .redirectOutput(folder.resolve("stdout").toFile()).also { it.environment().putAll(variables) }.start()

    /** Waits for a process that [start] started. */
    fun end(process: Process, folder: Path): Outcome {
        if (!process.waitFor(180, TimeUnit.SECONDS)) {
            process.destroyForcibly()
            error("no end after 180 s:\n" + Files.readString(folder.resolve("stdout")) + Files.readString(folder.resolve("stderr")))
        }
        return Outcome(process.exitValue(), Files.readString(folder.resolve("stdout")), Files.readString(folder.resolve("stderr")))
    }

    fun run(command: List<String>, folder: Path, variables: Map<String, String> = emptyMap()): Outcome = end(start(command, folder, variables), folder)
}

/** A folder with a small text and an experiment on it. */
class SmallExperiment(val folder: Path) {
    val text: Path = folder.resolve("small.txt")
    val file: Path = folder.resolve("small.json")

    init {
        Files.writeString(text, TEXT.repeat(12))
        Files.writeString(file, JSON)
    }

    /** The experiment with pieces of its text replaced. */
    fun changed(vararg pieces: Pair<String, String>, name: String = "changed.json"): Path {
        var json = JSON
        for ((from, to) in pieces) {
            check(json.contains(from)) { "no $from in the experiment" }
            json = json.replace(from, to)
        }
        return Files.writeString(folder.resolve(name), json)
    }

    companion object {
        const val TEXT: String = "The lamp was lit, and the wind went round the house.\nNobody came up the hill that night; nobody ever did.\n"
        const val JSON: String = """{
  "quatrain": 1,
  "data": { "type": "text", "path": "small.txt" },
  "architecture": {
    "type": "sequential",
    "layers": [
      { "type": "oneHot", "vocabulary": "vocab" },
      { "type": "lstm", "units": 5 },
      { "type": "dropout", "rate": 0.2 },
      { "type": "dense", "units": "vocab" }
    ]
  },
  "training": { "batch": 2, "steps": 8, "updates": 12, "checkpointEvery": 4, "threads": 1 },
  "generation": { "length": 20, "seed": 3 }
}
"""
    }
}

/** `digest …` of what [info][quatrain] tells. */
fun digest(model: Path): String = quatrain("info", model).out.lines().single { it.startsWith("digest ") }.removePrefix("digest ")

fun step(model: Path): Long = quatrain("info", model).out.lines().single { it.startsWith("step ") }.removePrefix("step ").toLong()
