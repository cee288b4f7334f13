package io.quatrain.cli

import io.kotest.assertions.withClue
import io.kotest.core.spec.style.FunSpec
import io.kotest.engine.spec.tempdir
import io.kotest.matchers.collections.shouldBeEmpty
import io.kotest.matchers.collections.shouldContainExactly
import io.kotest.matchers.shouldBe
import io.kotest.matchers.shouldNotBe
import io.kotest.matchers.string.shouldContain
import io.kotest.matchers.string.shouldEndWith
import io.kotest.matchers.string.shouldMatch
import io.kotest.matchers.string.shouldStartWith
import io.quatrain.experiment.Checkpoint
import java.nio.file.Files
import java.nio.file.Path

class CliSpec : FunSpec({
    val small = SmallExperiment(tempdir().toPath())
    val folder = small.folder
    val trained = folder.resolve("trained")
    val first = quatrain("train", small.file, "--out", trained)

    /** One line, this status and this message; nothing on standard output. */
    fun Outcome.refuses(status: Int, message: String) = withClue(this) {
        this.status shouldBe status
        complaint shouldBe "quatrain: $message"
        out shouldBe ""
    }

    test("a run says what it does, and ends with a checkpoint, a model and a text") {
        first.status shouldBe 0
        first.out.lines().filter { it.startsWith("checkpoint") } shouldContainExactly listOf("checkpoint step 4", "checkpoint step 8", "checkpoint step 12")
        first.err shouldContain "lstm(5)"
        first.err shouldContain "done after 12 updates\nthe model is $trained/best.safetensors; let it write more with: quatrain generate $trained\n"
        first.err.lines().size shouldBe 11
        first.err.all { it == '\n' || it >= ' ' } shouldBe true
        trained.toFile().list()!!.sorted() shouldContainExactly listOf(".quatrain.lock", "best.safetensors", "last.safetensors", "progress.csv")
    }

    test("what counts validations or is measured by them is said to have no effect where no data are set aside") {
        val asking = small.changed("\"threads\": 1" to "\"threads\": 1, \"patience\": 2, \"metrics\": [\"accuracy\"]")
        quatrain("train", asking, "--out", folder.resolve("asking")).err.let { it.contains("patience counts") shouldBe false; it.contains("metrics are measured") shouldBe false }
        val alone = Files.writeString(folder.resolve("alone.json"), Files.readString(asking).replace("\"path\": \"small.txt\"", "\"path\": \"small.txt\", \"validation\": 0.0"))
        quatrain("train", alone, "--out", folder.resolve("alone")).err.let { it shouldContain "patience counts validations on data that are set aside, and none are"; it shouldContain "metrics are measured" }
    }

    test("--quiet leaves checkpoints only") {
        val run = quatrain("train", small.file, "--out", folder.resolve("quiet"), "--quiet")
        run.out shouldBe "checkpoint step 4\ncheckpoint step 8\ncheckpoint step 12\n"
        run.err shouldBe ""
    }

    test("mistakes in an experiment: status 2, and a line with place and remedy") {
        fun refuses(from: String, to: String, message: String) {
            val file = small.changed(from to to)
            val out = folder.resolve("never")
            quatrain("train", file, "--out", out).refuses(2, "$file$message")
            Files.exists(out) shouldBe false
        }
        val typo = small.changed("\"lstm\"" to "\"lsmt\"")
        quatrain("train", typo).let {
            it.status shouldBe 2
            it.complaint shouldMatch Regex("quatrain: \\Q$typo\\E:8:17 \\$\\.architecture\\.layers\\[1]\\.type: unknown layer type \"lsmt\"; did you mean \"lstm\"\\? known: .*\\blstm\\b.*")
        }
        refuses("\"units\": 5", "\"unit\": 5", ":8:25 $.architecture.layers[1].unit: unknown key \"unit\"; did you mean \"units\"?")
        for (key in listOf("batch" to 2, "steps" to 8)) for ((value, complaint) in listOf(
            "0" to "${key.first} must be positive, got 0",
            "-1" to "${key.first} must be positive, got -1",
            "2147483647" to "${key.first} must be at most 16777216, got 2147483647",
            "2147483648" to "needs a whole number from -2147483648 to 2147483647, has 2147483648",
            "1.5" to "needs a whole number, has 1.5",
            "null" to "needs a whole number, has null",
        )) refuses("\"${key.first}\": ${key.second}", "\"${key.first}\": $value", ":13:${if (key.first == "batch") 26 else 38} $.training.${key.first}: $complaint")
        for ((value, complaint) in listOf(
            "0" to "units must be positive, got 0",
            "-1" to "units must be positive, got -1",
            "2147483648" to "needs a whole number from -2147483648 to 2147483647, has 2147483648",
            "1.5" to "needs a whole number, has 1.5",
        )) refuses("\"units\": 5", "\"units\": $value", ":8:34 $.architecture.layers[1].units: $complaint")
        for ((value, complaint) in listOf(
            "0" to "learningRate must be positive, got 0.0",
            "-0.1" to "learningRate must be positive, got -0.1",
            "1e18" to "learningRate must be at most 10000, got 1.0E18",
            "1e308" to "learningRate must be at most 10000, got 1.0E308",
            "NaN" to "NaN is not a JSON number",
            "1e309" to "the number 1e309 is too large for a 64-bit number",
            "\"0.1\"" to "needs a number, has the text \"0.1\"",
            "null" to "needs a number, has null",
        )) refuses(
            "\"batch\"", "\"optimizer\": {\"type\": \"adam\", \"learningRate\": $value}, \"batch\"",
            ":13:63 $.training.optimizer.learningRate: $complaint",
        )
    }

    fun Outcome.problem() = complaint.lines().first().also { status shouldBe 2 }

    test("a missing experiment, a folder, a command or option with a typo: status 2") {
        val missing = folder.resolve("missing.json")
        quatrain("train", missing).refuses(2, "$missing: does not exist; check the path")
        quatrain("train", folder).refuses(2, "$folder: is a folder; an experiment is a file, .json or .model.kts")
        quatrain("tran", small.file).let { it.status shouldBe 2; it.err shouldContain "did you mean train?" }
        quatrain("train", small.file, "--epoch", 2).problem() shouldBe "quatrain: unknown option \"--epoch\"; did you mean --epochs?"
        quatrain("train", small.file, "--updates", "many").let { it.status shouldBe 2; it.err shouldContain "--updates needs a whole number, got \"many\"\nsee: quatrain train --help" }
        quatrain("train", small.file, "--updates", "9999999999").problem() shouldBe "quatrain: --updates needs a whole number, got \"9999999999\", which is too large"
        quatrain("generate", trained, "-t", "warm").problem() shouldBe "quatrain: --temperature needs a number, got \"warm\""
        quatrain("train", small.file, small.file).problem() shouldBe "quatrain: one word too many: \"${small.file}\""
        quatrain("xyz").problem() shouldMatch Regex("quatrain: unknown command \"xyz\"; there are check, .*, verse")
        quatrain("train", trained.resolve("best.safetensors")).problem() shouldContain "best.safetensors: is a trained model; an experiment is needed"
        quatrain("verse", "tell").problem() shouldBe "quatrain: unknown command \"tell\"; there are check"
        quatrain("xyz").err.contains("warm-up") shouldBe false
        quatrain("verse", "check").err shouldContain "see: quatrain verse check --help"
        quatrain("show", small.file, "--json", "--kts").refuses(2, "give either --json or --kts")
        quatrain("show", small.file, "--kts", "--data", "x.txt").refuses(2, "--data goes without --json and --kts: an experiment is printed as it was written")
        for (command in listOf("show", "check")) quatrain(command, trained, "--data", "x.txt").refuses(2, "$trained: is a trained model and has its sizes; leave --data out, or give the experiment it was trained from")
        quatrain("predict", trained, "x", "--labels", small.file).refuses(2, "--labels go with --images")
        quatrain().let { it.status shouldBe 2; it.out shouldContain "Examples:" }
        quatrain("--version").let { it.status shouldBe 0; it.out shouldMatch "quatrain \\d+\\.\\d+\\.\\d+\\R" }
    }

    test("data that cannot be learned from: status 3, with the file and what is wrong") {
        val text = folder.resolve("other.txt")
        val out = folder.resolve("never")
        fun refuses(bytes: ByteArray, message: String) {
            Files.write(text, bytes)
            quatrain("train", small.file, "--data", text, "--out", out).refuses(3, "$text: $message")
            Files.exists(out) shouldBe false
        }
        refuses(ByteArray(0), "is empty; a text is needed")
        Files.writeString(text, "abc abc")
        quatrain("train", small.changed("\"path\": \"small.txt\"" to "\"path\": \"other.txt\", \"vocabulary\": {\"minimumFrequency\": 3}"), "--out", out)
            .refuses(3, "$text: leaves no token to know: the vocabulary's size is not limited, its minimumFrequency 3; let it have more")
        refuses("x".toByteArray(), "is too short: a language model needs at least 2 tokens to learn from, this gives 1")
        for (bad in listOf(0xFF, 0xC0, 0xE2, 0xED)) {
            Files.write(text, "The lamp ".toByteArray() + bad.toByte() + 0x28 + 0x80.toByte() + " was lit".toByteArray())
            val run = quatrain("train", small.file, "--data", text, "--out", out)
            withClue(run) {
                run.status shouldBe 3
                run.complaint shouldStartWith "quatrain: $text: "
                run.complaint shouldContain "byte 9"
                run.complaint.lines().size shouldBe 1
            }
        }
        Files.delete(text)
        quatrain("train", small.file, "--data", text, "--out", out).refuses(3, "$text: does not exist; check the path")
        val empty = Files.createDirectory(folder.resolve("empty"))
        quatrain("train", small.file, "--data", empty, "--out", out).refuses(3, "$empty: is a folder without a file in it")
        quatrain("train", small.file, "--data", "/dev/zero", "--out", out).let { withClue(it) { it.status shouldBe 3; it.complaint.lines().size shouldBe 1 } }
    }

    test("one symbol, only line ends, a text shorter than a step: trained all the same") {
        for ((name, content) in listOf("one" to "aaaaaaaaaaaaaaaa", "ends" to "\n".repeat(30), "short" to "abc")) {
            val text = Files.writeString(folder.resolve("$name.txt"), content)
            val run = quatrain("train", small.file, "--data", text, "--out", folder.resolve("of-$name"), "--updates", 2, "-q")
            withClue(run) { run.status shouldBe 0; run.out shouldEndWith "checkpoint step 2\n" }
            quatrain("generate", folder.resolve("of-$name"), "--length", 5).status shouldBe 0
        }
    }

    test("where a run may not go: status 2 or 5") {
        val file = Files.writeString(folder.resolve("file"), "x")
        quatrain("train", small.file, "--out", file).refuses(2, "--out $file: is a file; a folder is needed")
        quatrain("train", small.file, "--out", trained).refuses(2, "$trained: holds a run already; go on with it by --resume, or choose another --out")
        quatrain("train", small.file, "--out", file.resolve("below")).refuses(5, "cannot write $file/below: Not a directory")
        quatrain("train", small.file, "--out", "/proc/below").refuses(5, "cannot write /proc/below: no such file or directory")
        quatrain("train", small.file, "--out", "").refuses(2, "--out is empty; name a folder, . for this one")
    }

    test("a damaged or foreign model: status 4, one line, the file is named") {
        val damaged = folder.resolve("damaged.safetensors")
        val whole = Files.readAllBytes(trained.resolve("last.safetensors"))
        val flipped = whole.clone().also { it[it.size / 2] = (it[it.size / 2].toInt() xor 4).toByte() }
        for (bytes in listOf(whole.copyOf(whole.size - 1), whole.copyOf(5), ByteArray(0), flipped, whole + 0, "hello".toByteArray())) {
            Files.write(damaged, bytes)
            for (command in listOf("info", "generate", "show")) {
                val run = quatrain(command, damaged)
                withClue(run) {
                    run.status shouldBe 4
                    run.out shouldBe ""
                    run.complaint.lines().size shouldBe 1
                    run.complaint shouldStartWith "quatrain: $damaged: "
                }
            }
        }
        quatrain("info", folder.resolve("none")).refuses(4, "${folder.resolve("none")}: does not exist")
        quatrain("info", folder.resolve("empty")).refuses(4, "${folder.resolve("empty")}: is a folder without a model: neither best.safetensors nor last.safetensors is in it")
        val resumed = Files.createDirectories(folder.resolve("damaged"))
        Files.write(resumed.resolve("last.safetensors"), flipped)
        quatrain("train", small.file, "--out", resumed, "--resume").let { withClue(it) { it.status shouldBe 4; it.complaint.lines().size shouldBe 1 } }
        Files.readAllBytes(resumed.resolve("last.safetensors")) shouldBe flipped
    }

    test("going on with another experiment or other data is refused, and nothing is touched") {
        val before = Files.readAllBytes(trained.resolve("last.safetensors"))
        fun refuses(file: Path, message: String, vararg more: Any) =
            quatrain("train", file, "--out", trained, "--resume", "--updates", 20, *more).refuses(4, "$trained/last.safetensors: $message")
        val advice = "go on with the experiment of that run, or train anew with another --out"
        refuses(small.changed("\"units\": 5" to "\"units\": 6"), "was made by another experiment: architecture.layers[1].units was 5, is 6 now; $advice")
        refuses(small.changed("\"rate\": 0.2" to "\"rate\": 0.3"), "was made by another experiment: architecture.layers[2].rate was 0.2, is 0.3 now; $advice")
        refuses(small.changed("\"batch\": 2" to "\"batch\": 3"), "was made by another experiment: training.batch was 2, is 3 now; $advice")
        refuses(small.file, "was made by another experiment: training.seed was the default, is 9 now; $advice", "--seed", 9)
        val other = Files.writeString(folder.resolve("others.txt"), SmallExperiment.TEXT.repeat(12).replace("lamp", "palm"))
        refuses(small.file, "was trained on other data than $other holds now; restore that data, or train anew with another --out", "--data", other)
        Files.readAllBytes(trained.resolve("last.safetensors")) shouldBe before
        val model = Files.createDirectories(folder.resolve("model"))
        Files.copy(trained.resolve("best.safetensors"), model.resolve("last.safetensors"))
        quatrain("train", small.file, "--out", model, "--resume")
            .refuses(4, "$model/last.safetensors: is a model but no checkpoint, so training cannot go on from it; train anew with another --out")
    }

    test("two runs in one folder: the second is refused while the first goes on") {
        io.quatrain.format.DirectoryLock.acquire(trained).use {
            val run = quatrain("train", small.file, "--out", trained, "--resume", "--updates", 20)
            withClue(run) {
                run.status shouldBe 5
                run.complaint shouldContain "$trained: the folder is in use by process ${ProcessHandle.current().pid()} since "
                run.complaint.lines().size shouldBe 1
            }
        }
    }

    test("divergence: status 6, the last good checkpoint stays") {
        val file = small.changed(
            "{ \"type\": \"lstm\", \"units\": 5 }" to "{ \"type\": \"dense\", \"units\": 5 }, { \"type\": \"dense\", \"units\": 5 }",
            "\"batch\": 2" to "\"optimizer\": {\"type\": \"sgd\", \"learningRate\": 10000}, \"batch\": 2",
            "\"checkpointEvery\": 4" to "\"checkpointEvery\": 1",
        )
        val out = folder.resolve("diverged")
        val run = quatrain("train", file, "--out", out)
        withClue(run) {
            run.status shouldBe 6
            run.complaint.lines().takeLast(2).let { (kept, problem) ->
                kept shouldBe "the last good checkpoint is $out/last.safetensors"
                problem shouldMatch "quatrain: update \\d+: .* is (not finite|NaN|-?Infinity).*; use a smaller learning rate, or clip gradients"
            }
            run.out.trim().lines().last() shouldBe "checkpoint step ${step(out.resolve("last.safetensors"))}"
        }
        Checkpoint.load(out.resolve("last.safetensors")).model.model.parameters.all { it.value().finite() } shouldBe true
    }

    test("the digest is the same in both forms and after loading and writing again; bytes come back equal") {
        val last = trained.resolve("last.safetensors")
        val json = folder.resolve("last.json")
        val again = folder.resolve("again.safetensors")
        val same = folder.resolve("same.json")
        quatrain("convert", last, json).out shouldBe "digest ${digest(last)}\n"
        quatrain("convert", json, again).status shouldBe 0
        quatrain("convert", again, same).status shouldBe 0
        Files.readAllBytes(again) shouldBe Files.readAllBytes(last)
        Files.readAllBytes(same) shouldBe Files.readAllBytes(json)
        for (file in listOf(last, json, again)) {
            digest(file) shouldBe digest(last)
            step(file) shouldBe 12
            quatrain("generate", file, "--prompt", "The ", "--seed", 5).out shouldBe quatrain("generate", last, "--prompt", "The ", "--seed", 5).out
        }
        val loaded = Checkpoint.load(last)
        loaded.model.save(folder.resolve("saved.safetensors"))
        digest(folder.resolve("saved.safetensors")) shouldBe digest(last)
        quatrain("convert", last, json).refuses(2, "$json: exists already; choose another name or delete it")
        quatrain("convert", last, folder.resolve("x.onnx")).refuses(2, "${folder.resolve("x.onnx")}: must end in .json or .safetensors")
        quatrain("convert", last, folder.resolve("none/x.json")).let { withClue(it) { it.status shouldBe 5; it.complaint.lines().size shouldBe 1 } }
        quatrain("train", small.file, "--out", folder.resolve("seeded"), "-q", "--seed", 2)
        digest(folder.resolve("seeded")) shouldNotBe digest(trained)
    }

    test("load-many answers a line each and goes on, whatever it is given") {
        val bomb = Files.writeString(folder.resolve("bomb.json"), "[".repeat(100_000))
        val paths = listOf(trained.resolve("last.safetensors"), folder.resolve("none"), folder, "", "a\u0000b", "/dev/zero", small.text, small.file, bomb, trained.resolve("best.safetensors"))
        val run = quatrain("load-many", input = paths.joinToString("\n"))
        withClue(run) {
            run.status shouldBe 0
            run.err shouldBe ""
            val answers = run.out.trimEnd('\n').lines()
            answers.size shouldBe paths.size
            answers.first() shouldBe "OK ${digest(trained.resolve("last.safetensors"))}"
            answers.last() shouldBe "OK ${digest(trained.resolve("best.safetensors"))}"
            answers.subList(1, paths.size - 1).filterNot { it.startsWith("ERR ") }.shouldBeEmpty()
            answers[1] shouldBe "ERR ${folder.resolve("none")}: does not exist"
        }
    }

    test("generate: same seed, same text; stops; unknown characters are reported; prompts of any length") {
        fun write(vararg more: Any) = quatrain("generate", trained, "--seed", 4, *more)
        write("--length", 30).out shouldBe write("--length", 30).out
        write("--length", 0, "--prompt", "The").out shouldBe "The\n"
        write("--prompt", "☃☃ lamp♜", "--length", 3).let {
            it.status shouldBe 0
            it.out shouldStartWith "☃☃ lamp♜"
            it.err shouldBe "the model does not know \"☃\" \"♜\" of the prompt; it goes on without\n"
        }
        val prompt = SmallExperiment.TEXT.repeat(5)
        write("--prompt", prompt, "--length", 5).let { it.status shouldBe 0; it.out.length shouldBe prompt.length + 6 }
        val whole = write("--prompt", "The ", "--length", 60, "--temperature", 0.5).out
        val stop = whole.drop(10).take(2)
        write("--prompt", "The ", "--length", 60, "--temperature", 0.5, "--stop", stop).out shouldBe "The " + whole.drop(4).substringBefore(stop) + "\n"
        quatrain("generate", trained, "--temperature", -1).refuses(2, "temperature must not be negative, got -1.0")
        quatrain("generate", trained, "--threads", 0).refuses(2, "--threads must be from 1 to 256, got 0")
        quatrain("generate", trained, "--samples", 0).refuses(2, "--samples must be at least 1, got 0")
        quatrain("generate", trained, *SmallExperiment.TEXT.toSet().flatMap { listOf<Any>("--ban", it) }.toTypedArray(), "--length", 3, "--prompt", "T").let {
            it.status shouldBe 2
            it.complaint shouldBe "quatrain: choice 0: no token is allowed; ban fewer tokens or loosen the constraint"
        }
        quatrain("predict", trained, "x").refuses(2, "this model names no classes; use generate")
        write("--samples", 3, "--length", 12).out.length shouldBe 39
    }

    test("score adds up, agrees with evaluate, and reports what the model does not know") {
        val text = "The lamp was lit."
        val run = quatrain("score", trained, text, "--tokens")
        val listed = run.out.lines().filter { it.endsWith("\"") }.map { it.trim().substringBefore(' ').toDouble() }
        listed.size shouldBe text.length - 1
        fun figure(name: String, out: String = run.out) = out.lines().single { it.startsWith(name) }.removePrefix(name).trim().replace(",", "").toDouble()
        (kotlin.math.abs(figure("log-probability") - listed.sum()) < 1e-2) shouldBe true
        (kotlin.math.abs(figure("perplexity") - kotlin.math.exp(-figure("per token"))) < 1e-2) shouldBe true
        val file = quatrain("score", trained, "--file", small.text)
        val evaluated = quatrain("evaluate", trained, "--data", small.text)
        withClue(file.out + evaluated.out) { (kotlin.math.abs(figure("per token", file.out) + figure("loss", evaluated.out)) < 0.02) shouldBe true }
        quatrain("score", trained, "The ☃").err shouldBe "the model does not know \"☃\" of the text; it goes on without\n"
        quatrain("score", trained).refuses(2, "give either texts to score or --file FILE")
        quatrain("score", trained, "☃").refuses(2, "a text to score needs at least two tokens that the model knows")
    }

    test("a model that goes on with a text answers no source") {
        for (command in listOf("generate", "score")) quatrain(command, trained, *(if (command == "score") arrayOf("x") else arrayOf()), "--source", "a")
            .refuses(2, "this model was not trained to answer a source; let it go on with a text: --prompt on the command line, TextWriter in a program")
    }

    test("show prints the declaration, of an experiment and of a model, and every form that it is asked for") {
        val declared = quatrain("show", small.file).out
        declared shouldContain "lstm(5)"
        quatrain("show", trained).out shouldBe declared
        quatrain("show", trained.resolve("last.safetensors")).out shouldBe declared
        val json = Files.writeString(folder.resolve("shown.json"), quatrain("show", small.file, "--json").out)
        quatrain("show", json, "--json").out shouldBe Files.readString(json)
        quatrain("show", small.file, "--kts").out shouldContain "lstm(5)"
        val model = folder.resolve("shown-model.json").also { quatrain("convert", trained, it).status shouldBe 0 }
        quatrain("show", model).out shouldBe declared
        quatrain("show", model, "--json").out shouldBe quatrain("show", trained, "--json").out
        quatrain("train", model).complaint shouldContain "is a trained model; an experiment is needed"
    }

    test("check: shapes and gradients; data that are missing end with status 3 after all else was checked") {
        val run = quatrain("check", small.file)
        withClue(run) {
            run.status shouldBe 0
            run.out shouldContain "shapes fit\ngradients are right: "
            run.out shouldContain "memory: "
            run.out shouldContain "time: about "
        }
        val missing = small.changed("small.txt" to "none.txt")
        val stood = quatrain("check", missing)
        withClue(stood) {
            stood.status shouldBe 3
            stood.out shouldContain "gradients are right: "
            stood.complaint shouldBe "$folder/none.txt: does not exist; check the path; a vocabulary of 100 stands in; --data PATH gives the real one\n" +
                "quatrain: $folder/none.txt: does not exist; check the path"
        }
        quatrain("show", missing).status shouldBe 0
    }

    test("help has examples, and no color where none is wanted") {
        for (command in listOf("train", "generate", "predict", "evaluate", "score", "show", "check", "convert")) {
            val help = quatrain("help", command)
            withClue(command) {
                help.status shouldBe 0
                help.out shouldContain "  quatrain $command "
                help.out.contains('\u001B') shouldBe false
            }
        }
        quatrain("--no-color", "info", trained).status shouldBe 0
        quatrain("info", "--no-color", trained).status shouldBe 0
    }
})
