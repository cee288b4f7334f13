package io.quatrain.experiment

import io.kotest.assertions.throwables.shouldThrow
import io.kotest.core.spec.style.FunSpec
import io.kotest.engine.spec.tempdir
import io.kotest.matchers.collections.shouldContainExactly
import io.kotest.matchers.doubles.plusOrMinus
import io.kotest.matchers.doubles.shouldBeLessThan
import io.kotest.matchers.shouldBe
import io.kotest.matchers.shouldNotBe
import io.kotest.matchers.string.shouldContain
import io.quatrain.architecture.DataDescription
import io.quatrain.architecture.Experiment
import io.quatrain.architecture.ImagesData
import io.quatrain.architecture.Model
import io.quatrain.architecture.Output
import io.quatrain.architecture.ScalingKind
import io.quatrain.architecture.SeriesData
import io.quatrain.architecture.TaskData
import io.quatrain.architecture.TaskKind
import io.quatrain.architecture.Training
import io.quatrain.architecture.compile
import io.quatrain.architecture.vocab
import io.quatrain.dsl.dense
import io.quatrain.dsl.oneHot
import io.quatrain.dsl.rnn
import io.quatrain.dsl.sequential
import io.quatrain.loss.Targets
import io.quatrain.text.CorpusException
import io.quatrain.train.BatchSource
import java.nio.file.Files
import java.nio.file.Path
import kotlin.math.abs

/** Everything that a source gives in an epoch: for each example its inputs and what is judged, as (step, values). */
private fun drained(model: Model, source: BatchSource): List<Pair<List<List<Double>>, List<Pair<Int, List<Double>>>>> = buildList {
    source.begin(0)
    while (source.hasNext()) {
        source.next()
        val pass = model.pass(source.size())
        val targets = source.targets(pass)
        source.fill(pass, targets)
        val input = pass.input(model.onlyInput)
        val wanted = targets.values.single()
        val steps = wanted.columns() / input.batch()
        for (b in 0 until input.batch()) {
            val ids = input.ids()
            val read = (0 until input.steps()).map { t ->
                val c = t * input.batch() + b
                if (ids != null) listOf(ids[c].toDouble()) else (0 until input.features()).map { input.all().get(it, c) }
            }
            val judged = (0 until steps).mapNotNull { t ->
                val c = t * input.batch() + b
                if (wanted.weights()[c] == 0.0 || wanted.hasClasses() && wanted.classes()[c] == Targets.IGNORED) null
                else t to if (wanted.hasClasses()) listOf(wanted.classes()[c].toDouble()) else (0 until wanted.values().rows()).map { wanted.values().get(it, c) }
            }
            if (judged.isNotEmpty()) add(read to judged)
        }
    }
}

class NumberDataSpec : FunSpec({
    val folder = tempdir().toPath()

    fun csv(vararg rows: String): String = folder.resolve("series.csv").also { Files.write(it, rows.toList()) }.toString()
    fun counting(n: Int) = csv("when,x", *Array(n) { "day $it,${it + 1}" })
    fun read(data: DataDescription) = TrainingData.read(data, folder)
    fun reader(features: Int, outputs: Int, steps: Boolean) =
        sequential { input(features = features); rnn(3, output = if (steps) Output.SEQUENCE else Output.LAST); dense(outputs) }.compile()
    val one = Training(batch = 1)

    test("scaling is learned from the training part only") {
        val path = counting(20)
        val rows = listOf("x") + List(16) { "${it + 1}" } + List(4) { "1e6" }
        val data = SeriesData(path, 3, validation = 0.2)
        val learned = read(data).scale!!
        Files.write(Path.of(path), rows)
        read(data).scale!!.let { it.shift to it.factor } shouldBe (learned.shift to learned.factor)
        learned.shift.single() shouldBe (8.5 plusOrMinus 1e-12)
        learned.factor.single() shouldBe (Math.sqrt(255.0 / 12) plusOrMinus 1e-12)
        read(data.copy(scaling = ScalingKind.MIN_MAX)).scale!!.let { it.shift.single() to it.factor.single() } shouldBe (1.0 to 15.0)
    }

    test("what is scaled comes back, with logarithms and differences") {
        val path = csv("a,b", *Array(30) { "${1 + it * it},${100.0 / (it + 1)}" })
        val table = NumberTable.read(path, emptyList())
        for (logarithm in listOf(false, true)) for (difference in listOf(0, 1, 4)) for (kind in ScalingKind.values()) {
            val scale = NumberScale.learn(table, 20, SeriesData(path, 3, scaling = kind, logarithm = logarithm, difference = difference))
            val scaled = scale.scaled(table.values)
            scaled.size shouldBe 2 * (30 - difference)
            val back = scale.unscaled(scaled, table.values.copyOf(2 * difference))
            back.forEachIndexed { i, value -> value shouldBe (table.values[2 * difference + i] plusOrMinus 1e-9 * table.values[2 * difference + i]) }
        }
    }

    test("windows: the row after them, or the next row at every step") {
        val data = SeriesData(counting(10), 3, scaling = ScalingKind.NONE, validation = 0.0)
        val last = reader(1, 1, steps = false)
        drained(last, read(data).whole(last, one)).sortedBy { it.first[0][0] } shouldContainExactly List(7) { i ->
            List(3) { listOf(i + it + 1.0) } to listOf(0 to listOf(i + 4.0))
        }
        val every = reader(1, 1, steps = true)
        drained(every, read(data).whole(every, one)).sortedBy { it.first[0][0] } shouldContainExactly List(7) { i ->
            List(3) { listOf(i + it + 1.0) } to List(3) { it to listOf(i + it + 2.0) }
        }
    }

    test("the last part is for validation: nothing of it is learned, all of it is judged") {
        val data = SeriesData(counting(20), 3, scaling = ScalingKind.NONE, validation = 0.25)
        for (steps in listOf(false, true)) {
            val model = reader(1, 1, steps)
            val (training, validation) = read(data).batches(model, one)
            val learned = drained(model, training).flatMap { (read, judged) -> read.flatten() + judged.flatMap { it.second } }
            learned.max() shouldBe 15.0
            drained(model, validation!!).flatMap { (_, judged) -> judged.flatMap { it.second } }.toSortedSet().toList() shouldBe List(5) { 16.0 + it }
        }
    }

    test("tables: what is wrong is said with its line") {
        fun refused(vararg rows: String, columns: List<String> = emptyList(), logarithm: Boolean = false) =
            shouldThrow<CorpusException> { read(SeriesData(csv(*rows), 2, columns, logarithm = logarithm)) }.message!!
        refused("a,b", "x,1", "y,2", "z,") shouldContain "series.csv:4: column \"b\" needs a number, has \"\""
        refused("a", "1", "NaN") shouldContain ":3: column \"a\" needs a number"
        refused("a,b", "1,2", "3") shouldContain ":3: has 1 fields; the first row has 2"
        refused("a,b", "1,2", columns = listOf("c")) shouldContain "needs a column \"c\"; its columns are a, b"
        refused("a", "1", "0", logarithm = true) shouldContain "has 0.0, which has no logarithm"
        refused("a,b", "x,y") shouldContain "holds no number"
        refused("a", "1", "2") shouldContain "is too short"
        refused("a,b", "\"x,1") shouldContain "a quoted field that never ends"
    }

    test("the scale travels with the model file, and a forecast is the same after it") {
        val path = csv("x", *Array(40) { "${10 + it % 4}" })
        val experiment = Experiment(
            sequential { input(features = 1); rnn(5, output = Output.LAST); dense(1) }, SeriesData(path, 4),
            Training(loss = io.quatrain.architecture.MeanSquaredErrorLoss, updates = 3, threads = 1),
        )
        TrainingRun.open(experiment, folder, folder.resolve("run"), false).use { it.run(object : RunListener {}) }
        val loaded = TrainedModel.load(folder.resolve("run/last.safetensors"))
        loaded.scale!!.recent shouldBe listOf(10.0, 11.0, 12.0, 13.0)
        val foretold = NumberPredictor(loaded).forecast(null, 6).map { it.single() }
        NumberPredictor(loaded).forecast(Path.of(path), 6).map { it.single() } shouldBe foretold
        foretold.forEach { abs(it) shouldBeLessThan 100.0 }
        loaded.save(folder.resolve("again.json"))
        TrainedModel.load(folder.resolve("again.json")).scale shouldBe loaded.scale
        Files.readAllLines(folder.resolve("run/progress.csv")).let { lines ->
            lines[0] shouldBe "update,loss,smoothed,validation,accuracy"
            lines.drop(1).map { it.substringBefore(',') }.distinct() shouldBe listOf("1", "2", "3")
        }
    }

    test("images: rows are steps, pixels are shares of 255, the folder's own validation files are used") {
        val data = read(ImagesData(Path.of("samples/digits").toAbsolutePath().toString()))
        data.labels shouldBe List(10) { "$it" }
        val model = reader(28, 10, steps = false)
        val (training, validation) = data.batches(model, one)
        training.updatesPerEpoch() shouldBe 500
        validation!!.updatesPerEpoch() shouldBe 100
        val pixels = drained(model, validation).first().first
        pixels.size shouldBe 28
        pixels.flatten().min() shouldBe 0.0
        (pixels.flatten().max() <= 1.0) shouldBe true
        shouldThrow<CorpusException> { reader(27, 10, false).let { data.batches(it, one) } }.message!! shouldContain "begin it with input(features = 28)"
        shouldThrow<CorpusException> { reader(28, 9, false).let { data.batches(it, one) } }.message!! shouldContain "has 10 classes"
    }

    fun task(kind: TaskKind, length: Int, steps: Boolean, features: Int? = null, outputs: Int = vocab) = TaskData(kind, length, 200, validation = 0.5).let { data ->
        val made = read(data)
        val model = (if (features != null) reader(features, outputs, steps)
        else sequential { oneHot(vocab); rnn(3, output = if (steps) Output.SEQUENCE else Output.LAST); dense(vocab) }.compile(vocabulary = made.vocabularySize))
        made.batches(model, one).let { (a, b) -> drained(model, a) to drained(model, b!!) }
    }

    test("adding: two marks, one in each half, and their sum") {
        for ((read, judged) in task(TaskKind.ADDING, 9, steps = false, features = 2, outputs = 1).first) {
            val marked = read.indices.filter { read[it][1] == 1.0 }
            marked.count { it < 4 } to marked.count { it >= 4 } shouldBe (1 to 1)
            judged.single().second.single() shouldBe (marked.sumOf { read[it][0] } plusOrMinus 1e-6)
        }
    }

    test("copy: ten letters, judged in order at the bars") {
        for ((read, judged) in task(TaskKind.COPY, 5, steps = true).first) {
            judged.map { it.first } shouldBe List(10) { 15 + it }
            judged.map { it.second } shouldBe read.take(10)
            read.drop(10).flatten() shouldBe List(5) { 8.0 } + List(10) { 9.0 }
        }
    }

    test("parity: odd or even so far, or at the end") {
        for ((read, judged) in task(TaskKind.PARITY, 12, steps = true).first) {
            judged.map { it.second.single() } shouldBe read.indices.map { t -> (0..t).sumOf { read[it][0] } % 2 }
        }
        for ((read, judged) in task(TaskKind.PARITY, 12, steps = false).first) judged.single().second.single() shouldBe read.flatten().sum() % 2
    }

    test("reber: every string is in the grammar; validation judges what is forced") {
        val grammar = Regex("B(T|P)B(TS*X|PT*V)(.*)E\\1E")
        val (learned, judged) = task(TaskKind.REBER, 30, steps = true)
        fun string(read: List<List<Double>>) = read.joinToString("") { "BTPSXVE"[it.single().toInt()].toString() }
        for ((read, wanted) in learned) {
            val text = string(read.take(wanted.size)) + "BTPSXVE"[wanted.last().second.single().toInt()]
            grammar.matches(text) shouldBe true
        }
        for ((read, wanted) in judged) {
            wanted.size shouldBe 4
            "BTPSXVE"[wanted[2].second.single().toInt()] shouldBe string(read)[1]
        }
    }

    test("sine and alphabet: what comes next") {
        for ((read, judged) in task(TaskKind.SINE, 6, steps = true, features = 1, outputs = 1).first) {
            judged.dropLast(1).map { it.second } shouldBe read.drop(1)
        }
        for ((read, judged) in task(TaskKind.ALPHABET, 10, steps = true).first) {
            judged.map { it.second.single() } shouldBe read.map { (it.single() + 1) % 27 }
        }
    }

    test("the same description makes the same examples, another seed others") {
        val data = TaskData(TaskKind.ADDING, 6, 20)
        val model = reader(2, 1, steps = false)
        fun all(data: TaskData) = drained(model, read(data).whole(model, one))
        all(data) shouldBe all(data.copy())
        all(data) shouldNotBe all(data.copy(seed = 2))
    }
})
