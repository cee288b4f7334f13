package io.quatrain.experiment

import io.kotest.assertions.throwables.shouldThrow
import io.kotest.assertions.withClue
import io.kotest.core.spec.style.FunSpec
import io.kotest.engine.spec.tempdir
import io.kotest.matchers.collections.shouldBeEmpty
import io.kotest.matchers.collections.shouldContainExactly
import io.kotest.matchers.shouldBe
import io.quatrain.architecture.AccuracyMetric
import io.quatrain.architecture.AdamOptimizer
import io.quatrain.architecture.BlanksData
import io.quatrain.architecture.DataDescription
import io.quatrain.architecture.Dense
import io.quatrain.architecture.Dropout
import io.quatrain.architecture.Embedding
import io.quatrain.architecture.Experiment
import io.quatrain.architecture.F1Metric
import io.quatrain.architecture.LinesData
import io.quatrain.architecture.Lstm
import io.quatrain.architecture.MetricDescription
import io.quatrain.architecture.PairsData
import io.quatrain.architecture.Sequential
import io.quatrain.architecture.TextData
import io.quatrain.architecture.TopKMetric
import io.quatrain.architecture.Training
import io.quatrain.architecture.vocab
import io.quatrain.dsl.dense
import io.quatrain.dsl.dropout
import io.quatrain.dsl.embedding
import io.quatrain.dsl.graph
import io.quatrain.dsl.lstm
import io.quatrain.format.Fault
import io.quatrain.format.FaultyFileOperations
import io.quatrain.format.FileOperations
import io.quatrain.format.FileWriteException
import io.quatrain.train.Trainer
import io.quatrain.train.TrainingListener
import java.nio.file.Files
import java.nio.file.Path
import java.util.Locale
import java.util.TimeZone

class ResumeSpec : FunSpec({
    val text = "The lamp was lit, and the wind went round the house.\nNobody came up the hill that night; nobody ever did.\n"
    val lines = "a grey gull\nthe long rain\na lamp\nnight comes\nwho knows\nthe sea, the sea\nsalt\n"

    val translator = graph {
        val source = tokens("source", vocab)
        val target = tokens("target", vocab)
        val encoder = source.embedding(vocab, 3).lstm(4) named "encoder"
        output(target.embedding(vocab, 3).lstm(4).startingFrom(encoder).dropout(0.3).dense(vocab) named "next")
    }

    fun experiment(data: DataDescription, updates: Int, threads: Int = 1) = Experiment(
        if (data is PairsData) translator else Sequential(listOf(Embedding(vocab, 3), Lstm(4, bidirectional = data is BlanksData), Dropout(0.3), Dense(vocab))), data,
        Training(optimizer = AdamOptimizer(learningRate = 0.05), batch = 2, steps = 6, updates = updates, validateEvery = 3, checkpointEvery = 4, threads = threads),
    )
    fun folder(): Path = tempdir().toPath().also {
        Files.writeString(it.resolve("text.txt"), text)
        Files.writeString(it.resolve("lines.txt"), lines)
        Files.writeString(it.resolve("pairs.txt"), lines.lines().dropLast(1).joinToString("") { line -> "$line\t${line.reversed().drop(line.length / 3)}\n" })
    }
    /** Runs to the end, or stops after an update as Ctrl-C does. */
    fun run(experiment: Experiment, folder: Path, out: Path, stopAfter: Long = -1, operations: FileOperations = FileOperations.system): Trainer.End =
        TrainingRun.open(experiment, folder, out, resume = true, operations).use { run ->
            run.run(object : RunListener {
                override fun updated(update: TrainingListener.Update) {
                    if (update.update() == stopAfter) run.stop()
                }
            })
        }
    fun names(out: Path) = out.toFile().list()!!.sorted()
    val complete = listOf(".quatrain.lock", "best.safetensors", "last.safetensors", "progress.csv")

    val kinds = listOf(
        "a stream" to TextData("text.txt"), "items" to LinesData("lines.txt", validation = 0.3), "pairs" to PairsData("pairs.txt", validation = 0.3),
        "blanks" to BlanksData("lines.txt", validation = 0.3),
    )
    for ((name, data) in kinds) {
        test("$name: k updates and the rest after a stop make the same files, byte for byte, as all at once, for every k") {
            val folder = folder()
            val whole = folder.resolve("whole")
            run(experiment(data, 14), folder, whole) shouldBe Trainer.End.FINISHED
            for (k in 1L..13L) withClue("stopped after $k") {
                val out = folder.resolve("split-$k")
                run(experiment(data, 14), folder, out, stopAfter = k) shouldBe Trainer.End.STOPPED
                Checkpoint.load(out.resolve("last.safetensors")).step shouldBe k
                run(experiment(data, 14), folder, out) shouldBe Trainer.End.FINISHED
                for (file in listOf("last.safetensors", "best.safetensors", "progress.csv")) {
                    Files.readAllBytes(out.resolve(file)) shouldBe Files.readAllBytes(whole.resolve(file))
                }
                names(out) shouldContainExactly complete
            }
        }

        test("$name: a longer run goes on where a shorter one ended, stopped after every update") {
            val folder = folder()
            val whole = folder.resolve("whole")
            run(experiment(data, 9), folder, whole)
            val out = folder.resolve("steps")
            for (k in 1L..8L) run(experiment(data, 9), folder, out, stopAfter = k) shouldBe Trainer.End.STOPPED
            run(experiment(data, 9), folder, out) shouldBe Trainer.End.FINISHED
            Files.readAllBytes(out.resolve("last.safetensors")) shouldBe Files.readAllBytes(whole.resolve("last.safetensors"))
        }
    }

    test("whichever file operation of a run fails or is its last: what was announced is there, and the run goes on to the same end") {
        val folder = folder()
        val data = TextData("text.txt")
        val experiment = experiment(data, 9)
        val whole = folder.resolve("whole")
        val counted = FaultyFileOperations()
        run(experiment, folder, whole, operations = counted)
        var tried = 0
        for (fault in listOf(Fault.FAILS_FROM_THEN_ON, Fault.KILLED_BEFORE, Fault.KILLED_IN_THE_MIDDLE, Fault.KILLED_AFTER)) for (at in counted.log.indices) {
            withClue("$fault, operation $at, ${counted.log[at]}") {
                val out = folder.resolve("$fault-$at")
                var announced = 0L
                val problem = runCatching {
                    TrainingRun.open(experiment, folder, out, resume = true, FaultyFileOperations(at, fault)).use { run ->
                        run.run(object : RunListener {
                            override fun saved(step: Long, file: Path, best: Boolean) {
                                if (!best) announced = step
                            }
                        })
                    }
                }.exceptionOrNull()
                if (fault == Fault.FAILS_FROM_THEN_ON && problem != null) (problem is FileWriteException) shouldBe true
                val last = out.resolve("last.safetensors")
                if (announced > 0) (Checkpoint.load(last).step!! >= announced) shouldBe true
                else if (Files.exists(last)) Checkpoint.load(last)
                run(experiment, folder, out) shouldBe Trainer.End.FINISHED
                Files.readAllBytes(last) shouldBe Files.readAllBytes(whole.resolve("last.safetensors"))
                (names(out) - complete.toSet()).shouldBeEmpty()
                tried++
            }
        }
        println("$tried faults of a run's file operations tried")
    }

    test("every metric has a column in progress.csv, whole or resumed; metrics that are added later come behind") {
        val folder = folder()
        val data = LinesData("lines.txt", validation = 0.3)
        fun measuring(updates: Int, vararg metrics: MetricDescription) = experiment(data, updates).let { it.copy(training = it.training.copy(metrics = metrics.toList())) }
        fun table(out: Path) = Files.readAllLines(out.resolve("progress.csv")).map { it.split(',') }
        val whole = folder.resolve("whole")
        run(measuring(9, F1Metric, TopKMetric(2), AccuracyMetric), folder, whole)
        table(whole)[0] shouldBe listOf("update", "loss", "smoothed", "validation", "accuracy", "F1", "top 2")
        table(whole).drop(1).filter { it[3].isNotEmpty() }.map { it[0] } shouldBe listOf("3", "6", "9")
        table(whole).drop(1).forEach { row -> row.size shouldBe 7; (row[5].isEmpty() || row[6].isEmpty()) shouldBe row[3].isEmpty() }
        val split = folder.resolve("split")
        run(measuring(9, F1Metric, TopKMetric(2), AccuracyMetric), folder, split, stopAfter = 4)
        run(measuring(9, F1Metric, TopKMetric(2), AccuracyMetric), folder, split)
        table(split) shouldBe table(whole)

        val later = folder.resolve("later")
        run(measuring(9, F1Metric), folder, later, stopAfter = 4)
        run(measuring(9, TopKMetric(2)), folder, later)
        table(later)[0] shouldBe table(whole)[0]
        table(later).map { it.take(5) } shouldBe table(whole).map { it.take(5) }
        table(later).first { it[3].isNotEmpty() && it[0] == "3" }.drop(5).map { it.isEmpty() } shouldBe listOf(false, true)
        table(later).last().drop(5) shouldBe listOf("", table(whole).last()[6])
        CurveChart.read(listOf(later, whole), listOf("top 2")).map { it.name to it.xs.size } shouldBe listOf("later" to 2, "whole" to 3)
        shouldThrow<IllegalArgumentException> { CurveChart.read(listOf(later), listOf("top 3")) }.message shouldBe
            "there is no column \"top 3\"; there are loss, smoothed, validation, accuracy, F1, top 2"
    }

    test("the same bits for every locale, time zone and number of threads") {
        val folder = folder()
        val data = TextData("text.txt")
        val (locale, zone) = Locale.getDefault() to TimeZone.getDefault()
        val whole = folder.resolve("whole")
        run(experiment(data, 6), folder, whole)
        try {
            for ((tag, odd) in listOf("tr-TR" to "Asia/Kathmandu", "ar-EG-u-nu-arab" to "Pacific/Apia", "th-TH-u-ca-buddhist-nu-thai" to "America/St_Johns", "de-DE" to "UTC")) withClue(tag) {
                Locale.setDefault(Locale.forLanguageTag(tag))
                TimeZone.setDefault(TimeZone.getTimeZone(odd))
                val out = folder.resolve(tag)
                run(experiment(data, 6), folder, out)
                for (file in listOf("last.safetensors", "best.safetensors", "progress.csv")) {
                    Files.readAllBytes(out.resolve(file)) shouldBe Files.readAllBytes(whole.resolve(file))
                }
                Checkpoint.load(out.resolve("best.safetensors")).model.save(folder.resolve("$tag.json"))
                Checkpoint.load(folder.resolve("$tag.json")).digest shouldBe Checkpoint.load(whole.resolve("best.safetensors")).digest
            }
        } finally {
            Locale.setDefault(locale)
            TimeZone.setDefault(zone)
        }
        for (threads in listOf(2, 3, 8)) {
            val out = folder.resolve("threads-$threads")
            run(experiment(data, 6, threads), folder, out)
            Checkpoint.load(out.resolve("last.safetensors")).digest shouldBe Checkpoint.load(whole.resolve("last.safetensors")).digest
        }
    }
})
