package io.quatrain.cli

import io.kotest.assertions.withClue
import io.kotest.core.spec.style.FunSpec
import io.kotest.engine.spec.tempdir
import io.kotest.matchers.collections.shouldBeEmpty
import io.kotest.matchers.shouldBe
import io.kotest.matchers.shouldNotBe
import io.kotest.matchers.string.shouldContain
import io.kotest.matchers.string.shouldEndWith
import io.kotest.matchers.string.shouldMatch
import io.kotest.matchers.string.shouldStartWith
import java.nio.file.Files
import java.nio.file.Path
import kotlin.random.Random

/** What only a process of its own can show: signals, sudden death, full devices, small heaps, odd environments. */
class ProcessSpec : FunSpec({
    val small = SmallExperiment(tempdir().toPath())
    val folder = small.folder
    val endless = small.changed("\"updates\": 12" to "\"updates\": 10000000", "\"checkpointEvery\": 4" to "\"checkpointEvery\": 10", name = "endless.json")

    /** A process that ignores a signal hands that on to those it starts; a shell does so to what runs in its background. */
    val listening = runCatching {
        val ignored = Files.readAllLines(Path.of("/proc/self/status")).first { it.startsWith("SigIgn:") }.removePrefix("SigIgn:").trim().toULong(16)
        if (ignored and 0x4002u != 0uL) listOf("env", "--default-signal=INT,TERM") else emptyList()
    }.getOrDefault(emptyList())

    fun announced(): List<Long> =
        Files.readString(folder.resolve("stdout")).split('\n').dropLast(1).filter { it.startsWith("checkpoint step ") }.map { it.removePrefix("checkpoint step ").toLong() }

    fun waitFor(process: Process, checkpoints: Int) {
        val end = System.nanoTime() + 180_000_000_000
        while (announced().size < checkpoints) {
            check(process.isAlive) { "ended early:\n" + Files.readString(folder.resolve("stderr")) }
            check(System.nanoTime() < end) { "no checkpoint after 180 s" }
            Thread.sleep(5)
        }
    }

    /** What a run that nothing disturbed has after so many updates. */
    fun undisturbed(updates: Long): String {
        val out = folder.resolve("undisturbed-$updates")
        if (!Files.exists(out)) quatrain("train", endless, "--out", out, "--updates", updates, "-q").status shouldBe 0
        return digest(out.resolve("last.safetensors"))
    }

    for ((signal, status) in listOf("INT" to 130, "TERM" to 143)) {
        test("SIG$signal: a checkpoint, how to go on, and status $status; going on ends where an undisturbed run does") {
            val out = folder.resolve("signal-$signal")
            val process = Processes.start(listening + Processes.command(emptyList(), "train", endless, "--out", out), folder)
            waitFor(process, 2)
            ProcessBuilder("kill", "-$signal", process.pid().toString()).start().waitFor()
            val run = Processes.end(process, folder)
            withClue(run) {
                run.status shouldBe status
                val at = step(out.resolve("last.safetensors"))
                announced().last() shouldBe at
                val told = run.complaint.lines().last()
                told shouldBe "quatrain: interrupted after update ${Progress.grouped(at)}; go on with: quatrain train $endless --out $out --resume"
                run.err.contains("\tat ") shouldBe false
                val words = told.substringAfter("go on with: quatrain ").split(' ')
                quatrain(*words.toTypedArray(), "--updates", at + 5, "-q").status shouldBe 0
                digest(out.resolve("last.safetensors")) shouldBe undisturbed(at + 5)
            }
        }
    }

    test("SIGINT while it writes: what was written stays, whole, and status 130") {
        val out = folder.resolve("writing")
        quatrain("train", small.file, "--out", out, "-q").status shouldBe 0
        for (more in listOf(listOf<Any>("--length", 4_000_000), listOf<Any>("--length", 4_000_000, "--stop", "no such text"), listOf<Any>("--length", 30, "--samples", 400_000))) {
            val few = more.map { if (it == 4_000_000) 20_000 else if (it == 400_000) 2_000 else it }
            val undisturbed = quatrain("generate", out, "--seed", 5, *few.toTypedArray()).out
            val process = Processes.start(listening + Processes.command(emptyList(), "generate", out, "--seed", 5, *more.toTypedArray()), folder)
            val end = System.nanoTime() + 180_000_000_000
            while (Files.size(folder.resolve("stdout")) < 2_000) {
                check(process.isAlive && System.nanoTime() < end) { Files.readString(folder.resolve("stderr")) }
                Thread.sleep(5)
            }
            ProcessBuilder("kill", "-INT", process.pid().toString()).start().waitFor()
            val run = Processes.end(process, folder)
            withClue("${run.status}\n${run.err}") {
                run.status shouldBe 130
                run.complaint shouldBe ""
                val shared = minOf(run.out.length, undisturbed.trimEnd('\n').length)
                run.out.take(shared) shouldBe undisturbed.take(shared)
                if ("--samples" in more) run.out shouldEndWith "\n"
            }
        }
    }

    test("killed again and again: every checkpoint loads, steps never fall, and the end is that of an undisturbed run") {
        val seed = Random.nextLong()
        val random = Random(seed)
        val out = folder.resolve("killed")
        var newest = 0L
        withClue("seed $seed") {
            repeat(4) {
                val process = Processes.start(Processes.command(emptyList(), "train", endless, "--out", out, "--resume", "-q"), folder)
                waitFor(process, 1)
                Thread.sleep(random.nextLong(60))
                process.destroyForcibly().waitFor()
                val last = step(out.resolve("last.safetensors"))
                (last >= announced().last() && last > newest) shouldBe true
                newest = last
            }
            quatrain("train", endless, "--out", out, "--resume", "--updates", newest + 5, "-q").status shouldBe 0
            digest(out.resolve("last.safetensors")) shouldBe undisturbed(newest + 5)
            out.toFile().list()!!.filter { it.endsWith(".partial") }.shouldBeEmpty()
        }
    }

    test("an odd environment changes neither the digest nor the text") {
        val usual = quatrain("train", small.file, "--out", folder.resolve("usual"), "-q")
        usual.status shouldBe 0
        val out = folder.resolve("odd")
        val options = listOf("-Dfile.encoding=US-ASCII", "-Duser.language=th", "-Duser.country=TH", "-Duser.variant=TH")
        val run = Processes.run(Processes.command(options, "train", small.file, "--out", out, "-q", "--threads", 2), folder, mapOf("TZ" to "Asia/Kathmandu", "LC_ALL" to "C"))
        withClue(run) { run.status shouldBe 0; run.out shouldBe usual.out }
        digest(out.resolve("last.safetensors")) shouldBe digest(folder.resolve("usual/last.safetensors"))
    }

    test("a heap that is too small: one line, no trace, nothing written") {
        for (units in listOf(1000, 2000)) {
            val big = small.changed("\"units\": 5" to "\"units\": $units", name = "big.json")
            val out = folder.resolve("big-$units")
            val run = Processes.run(Processes.command(listOf("-Xmx32m"), "train", big, "--out", out), folder)
            withClue(run) {
                (run.status in 1..2) shouldBe true
                run.complaint.lines().last() shouldMatch "quatrain: .*(not enough memory|parameters, which take).* this JVM may use \\d+ MB.*"
                run.err.contains("\tat ") shouldBe false
                Files.exists(out.resolve("last.safetensors")) shouldBe false
                (out.toFile().list() ?: emptyArray()).filter { it.endsWith(".partial") }.shouldBeEmpty()
            }
        }
    }

    test("standard output on a full device: status 5, one line") {
        if (!Files.exists(Path.of("/dev/full"))) return@test
        val out = folder.resolve("usual-for-full")
        quatrain("train", small.file, "--out", out, "-q").status shouldBe 0
        for (command in listOf(listOf("info", out), listOf("generate", out))) {
            val process = ProcessBuilder(Processes.command(emptyList(), *command.toTypedArray())).redirectOutput(Path.of("/dev/full").toFile())
                .redirectError(folder.resolve("stderr").toFile()).start()
            process.waitFor() shouldBe 5
            Outcome(5, "", Files.readString(folder.resolve("stderr"))).complaint shouldBe "quatrain: standard output could not be written; is its disk full?"
        }
    }

    test("a reader that has seen enough, such as head, is no fault: no message, status 0") {
        val out = folder.resolve("usual-for-head")
        quatrain("train", small.file, "--out", out, "-q").status shouldBe 0
        for (more in listOf(listOf<Any>("--length", 200_000), listOf<Any>("--length", 9, "--samples", 9_000))) {
            val piped = listOf("bash", "-c", "\"$@\" | head -c 9; exit \${PIPESTATUS[0]}", "bash") +
                Processes.command(emptyList(), "generate", out, *more.toTypedArray())
            val run = Processes.run(piped, folder)
            withClue(run) { run.status shouldBe 0; run.complaint shouldBe ""; run.out.length shouldBe 9 }
        }
    }

    test("files that may not grow: status 5, the file and the reason; with room again the run goes on") {
        val wide = small.changed("\"units\": 5" to "\"units\": 60", name = "wide.json")
        val out = folder.resolve("limited")
        val limited = listOf("bash", "-c", "ulimit -f 16; exec \"$@\"", "bash") + Processes.command(listOf("-XX:-UsePerfData"), "train", wide, "--out", out, "-q")
        val run = Processes.run(limited, folder)
        withClue(run) {
            run.status shouldBe 5
            run.complaint shouldStartWith "quatrain: cannot write $out/"
            run.complaint shouldContain "File too large"
            run.complaint.lines().size shouldBe 1
        }
        out.toFile().list()!!.filter { it.endsWith(".partial") || it == "last.safetensors" }.shouldBeEmpty()
        quatrain("train", wide, "--out", out, "--resume", "-q").status shouldBe 0
        digest(out) shouldNotBe ""
    }
})
