package io.quatrain.experiment

import io.quatrain.architecture.Model
import io.quatrain.architecture.TaskData
import io.quatrain.architecture.TaskKind
import io.quatrain.architecture.Training
import io.quatrain.loss.Targets
import io.quatrain.tensor.Randomness
import io.quatrain.text.CharacterTokenizer
import io.quatrain.text.Codec
import io.quatrain.text.CorpusException
import io.quatrain.text.Normalization
import io.quatrain.text.Vocabulary
import io.quatrain.train.BatchSource
import io.quatrain.train.Examples
import io.quatrain.train.NumberSeries
import io.quatrain.train.TokenSeries
import java.util.Locale
import kotlin.math.sin

/** Examples that are made. */
internal class TaskTraining private constructor(
    private val data: TaskData, codec: Codec?, sha256: String, private val examples: Made, private val learned: Int,
) : TrainingData(data.path, codec, emptyList(), sha256) {
    override val scale: NumberScale? =
        if (data.kind == TaskKind.SINE) NumberScale(listOf("y"), listOf(0.0), listOf(1.0), false, 0, data.length, List(data.length) { Curve.at(0.1 * it) }) else null

    override val size: String get() = "%,d examples to learn, %,d to validate".format(Locale.ROOT, learned, data.examples - learned)

    override fun batches(model: Model, training: Training): Pair<BatchSource, BatchSource?> =
        exampleBatches(examples.of(model, 0, learned, false), training, true) to
            if (learned == data.examples) null else exampleBatches(examples.of(model, learned, data.examples, true), training, false)

    override fun whole(model: Model, training: Training): BatchSource = exampleBatches(examples.of(model, 0, data.examples, true), training, false)

    /** Examples of one task. */
    interface Made {
        /** @param judging whether they are for validation */
        fun of(model: Model, from: Int, to: Int, judging: Boolean): Examples
    }

    companion object {
        fun make(data: TaskData): TaskTraining {
            val random = Randomness(data.seed, data.path)
            val made: Made = when (data.kind) {
                TaskKind.ADDING -> Adding(data, random)
                TaskKind.COPY -> Copy(data, random)
                TaskKind.REBER -> Reber(data, random)
                TaskKind.PARITY -> Parity(data, random)
                TaskKind.SINE -> Curve(data, random)
                TaskKind.ALPHABET -> Alphabet(data, random)
            }
            val symbols = when (data.kind) {
                TaskKind.COPY -> Copy.SYMBOLS
                TaskKind.REBER -> Reber.SYMBOLS
                TaskKind.PARITY -> "01"
                TaskKind.ALPHABET -> Alphabet.LETTERS
                else -> null
            }
            val codec = symbols?.let { Codec(Normalization.of(), CharacterTokenizer.CODE_POINTS, Vocabulary.of(it.map(Char::toString))) }
            val learned = data.examples - (data.examples * data.validation).toInt()
            if (learned < 1) throw CorpusException(data.path, "leaves no example to learn from; make more examples or set less aside")
            // everything follows from the description
            val name = "${data.kind} ${data.length} ${data.examples} ${data.seed}".toByteArray()
            return TaskTraining(data, codec, NumberTable.sha256(name), made, learned)
        }

        fun tokens(from: Int, to: Int, id: (example: Int, step: Int) -> Int, length: (Int) -> Int) = object : TokenSeries {
            override fun size() = to - from
            override fun length(example: Int) = length(from + example)
            override fun id(example: Int, step: Int) = id(from + example, step)
        }
    }
}

private fun Model.needSteps(task: String, steps: Boolean) {
    if (givesSteps != steps) {
        throw CorpusException(
            task,
            if (steps) "has a target at every step, but the model's output has none; let the last recurrent layer give the whole sequence"
            else "has one target an example, but the model's output has steps; take the last one, by output = last or lastStep()",
        )
    }
}

private class Adding(private val data: TaskData, random: Randomness) : TaskTraining.Made {
    private val inputs = Array(data.examples) { FloatArray(2 * data.length) }
    private val sums = Array(data.examples) { FloatArray(1) }

    init {
        val half = data.length / 2
        for (i in 0 until data.examples) {
            for (t in 0 until data.length) inputs[i][2 * t] = random.nextDouble().toFloat()
            for (marked in listOf(random.nextInt(half), half + random.nextInt(data.length - half))) {
                inputs[i][2 * marked + 1] = 1f
                sums[i][0] += inputs[i][2 * marked]
            }
        }
    }

    override fun of(model: Model, from: Int, to: Int, judging: Boolean): Examples {
        model.needFeatures(data.path, 2)
        model.needSteps(data.path, false)
        return Examples.of(
            model.onlyInput, NumberSeries.of(inputs.copyOfRange(from, to), 2),
            model.onlyOutput, NumberSeries.of(sums.copyOfRange(from, to), 1),
        )
    }
}

private class Copy(private val data: TaskData, random: Randomness) : TaskTraining.Made {
    private val remembered = Array(data.examples) { IntArray(LETTERS) { random.nextInt(SYMBOLS.length - 2) } }

    override fun of(model: Model, from: Int, to: Int, judging: Boolean): Examples {
        model.needSteps(data.path, true)
        val recall = LETTERS + data.length
        val read = { i: Int, t: Int -> if (t < LETTERS) remembered[i][t] else if (t < recall) SYMBOLS.length - 2 else SYMBOLS.length - 1 }
        val wanted = { i: Int, t: Int -> if (t < recall) Targets.IGNORED else remembered[i][t - recall] }
        val length = { _: Int -> recall + LETTERS }
        return Examples.of(model.onlyInput, TaskTraining.tokens(from, to, read, length), model.onlyOutput, TaskTraining.tokens(from, to, wanted, length))
    }

    companion object {
        const val LETTERS = 10
        const val SYMBOLS = "abcdefgh.|"
    }
}

/** Reber (1967), embedded as Cleeremans et al. (1989) and Hochreiter and Schmidhuber (1997) did. */
private class Reber(private val data: TaskData, random: Randomness) : TaskTraining.Made {
    private val strings = Array(data.examples) {
        generateSequence { string(random) }.first { it.size <= data.length }
    }

    override fun of(model: Model, from: Int, to: Int, judging: Boolean): Examples {
        model.needSteps(data.path, true)
        val length = { i: Int -> strings[i].size - 1 }
        val wanted = { i: Int, t: Int -> if (judging && !forced(strings[i], t + 1)) Targets.IGNORED else strings[i][t + 1] }
        return Examples.of(model.onlyInput, TaskTraining.tokens(from, to, { i, t -> strings[i][t] }, length), model.onlyOutput, TaskTraining.tokens(from, to, wanted, length))
    }

    companion object {
        const val SYMBOLS = "BTPSXVE"
        private const val END = 7

        /** From each state: symbol and next state. */
        private val EDGES = listOf(
            listOf('B' to 1), listOf('T' to 2, 'P' to 3), listOf('S' to 2, 'X' to 4), listOf('T' to 3, 'V' to 5),
            listOf('X' to 3, 'S' to 6), listOf('P' to 4, 'V' to 6), listOf('E' to END),
        )

        private fun string(random: Randomness): IntArray {
            val around = if (random.nextInt(2) == 0) 'T' else 'P'
            val text = StringBuilder("B").append(around)
            var state = 0
            while (state != END) {
                val (symbol, next) = EDGES[state][random.nextInt(EDGES[state].size)]
                text.append(symbol)
                state = next
            }
            text.append(around).append('E')
            return IntArray(text.length) { SYMBOLS.indexOf(text[it]) }
        }

        /** Whether the grammar leaves no choice for a place: the inner B, the inner E, the second symbol again, the last E. */
        private fun forced(string: IntArray, at: Int) = at == 2 || at >= string.size - 3
    }
}

private class Parity(private val data: TaskData, random: Randomness) : TaskTraining.Made {
    private val bits = Array(data.examples) { IntArray(data.length) { random.nextInt(2) } }

    override fun of(model: Model, from: Int, to: Int, judging: Boolean): Examples {
        val read = TaskTraining.tokens(from, to, { i, t -> bits[i][t] }) { data.length }
        val odd = Array(to - from) { i ->
            var sum = 0
            IntArray(data.length) { t -> sum = sum xor bits[from + i][t]; sum }
        }
        val wanted = if (model.givesSteps) TokenSeries.of(odd) else TokenSeries.ofClasses(IntArray(to - from) { odd[it].last() })
        return Examples.of(model.onlyInput, read, model.onlyOutput, wanted)
    }
}

/** The curve of a well-known exercise: y = t·sin(t)/3 + 2·sin(5t). */
private class Curve(private val data: TaskData, random: Randomness) : TaskTraining.Made {
    private val rows = Array(data.examples) {
        val start = random.nextDouble() * maxOf(0.0, LAST - data.length * STEP)
        FloatArray(data.length + 1) { at(start + STEP * it).toFloat() }
    }

    override fun of(model: Model, from: Int, to: Int, judging: Boolean): Examples {
        model.needFeatures(data.path, 1)
        val part = rows.copyOfRange(from, to)
        val wanted = Array(part.size) { if (model.givesSteps) part[it].copyOfRange(1, data.length + 1) else floatArrayOf(part[it].last()) }
        val read = Array(part.size) { part[it].copyOf(data.length) }
        return Examples.of(model.onlyInput, NumberSeries.of(read, 1), model.onlyOutput, NumberSeries.of(wanted, 1))
    }

    companion object {
        private const val LAST = 30.0
        private const val STEP = 0.1

        fun at(t: Double): Double = t * sin(t) / 3 + 2 * sin(5 * t)
    }
}

private class Alphabet(private val data: TaskData, random: Randomness) : TaskTraining.Made {
    private val starts = IntArray(data.examples) { if (it < LETTERS.length) it else random.nextInt(LETTERS.length) }

    override fun of(model: Model, from: Int, to: Int, judging: Boolean): Examples {
        model.needSteps(data.path, true)
        val length = { _: Int -> data.length }
        return Examples.of(
            model.onlyInput, TaskTraining.tokens(from, to, { i, t -> (starts[i] + t) % LETTERS.length }, length),
            model.onlyOutput, TaskTraining.tokens(from, to, { i, t -> (starts[i] + t + 1) % LETTERS.length }, length),
        )
    }

    companion object {
        const val LETTERS = "abcdefghijklmnopqrstuvwxyz "
    }
}
