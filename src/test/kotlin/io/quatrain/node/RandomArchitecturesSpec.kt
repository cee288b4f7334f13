package io.quatrain.node

import io.kotest.core.spec.style.FunSpec
import io.kotest.matchers.shouldBe
import io.quatrain.architecture.ActivationFunction
import io.quatrain.architecture.ActivationLayer
import io.quatrain.architecture.AdditiveAttention
import io.quatrain.architecture.Architecture
import io.quatrain.architecture.ConcatRnn
import io.quatrain.architecture.Dense
import io.quatrain.architecture.DotAttention
import io.quatrain.architecture.Dropout
import io.quatrain.architecture.Embedding
import io.quatrain.architecture.GraphArchitecture
import io.quatrain.architecture.Glu
import io.quatrain.architecture.Gru
import io.quatrain.architecture.GruCell
import io.quatrain.architecture.Head
import io.quatrain.architecture.InputDescription
import io.quatrain.architecture.LastStep
import io.quatrain.architecture.Layer
import io.quatrain.architecture.LayerNorm
import io.quatrain.architecture.Lstm
import io.quatrain.architecture.LstmCell
import io.quatrain.architecture.MaxOverTime
import io.quatrain.architecture.MeanOverTime
import io.quatrain.architecture.MergeLayer
import io.quatrain.architecture.MergeMode
import io.quatrain.architecture.NodeDescription
import io.quatrain.architecture.OneHot
import io.quatrain.architecture.Output
import io.quatrain.architecture.PRelu
import io.quatrain.architecture.Repeat
import io.quatrain.architecture.Reverse
import io.quatrain.architecture.Rnn
import io.quatrain.architecture.RnnCell
import io.quatrain.architecture.Sequential
import io.quatrain.architecture.Shape
import io.quatrain.architecture.Slice
import io.quatrain.architecture.toKotlin
import io.quatrain.train.GradientCheck
import kotlin.random.Random

/**
 * Architectures that nobody thought of. A failure prints its seed and the architecture; `-Dquatrain.architectures=N` makes more
 * of them, `-Dquatrain.seed=S` begins elsewhere.
 */
class RandomArchitecturesSpec : FunSpec({
    val count = Integer.getInteger("quatrain.architectures", 500)
    val first = java.lang.Long.getLong("quatrain.seed", 20_000)

    test("$count random architectures from seed $first keep the laws") {
        var sequential = 0
        val words = sortedMapOf<String, Int>()
        for (seed in first until first + count) {
            val architecture = RandomArchitecture(Random(seed)).next()
            if (architecture is Sequential) sequential++
            architecture.toGraph().nodes.forEach { words.merge(it.name.substringAfter('.'), 1, Int::plus) }
            try {
                val contract = ArchitectureContract(architecture, seed)
                contract.roundTrip()
                contract.announcements()
                val check = GradientCheck().withBatch(2).withSteps(3).withElements(2)
                contract.gradients(if (seed % 3 == 0L) check else if (seed % 3 == 1L) check.withVariableLengths() else check.withGaps())
                contract.padding()
                if (seed % 5 == 0L) contract.threads()
                if (seed % 5 == 1L) contract.oneByOne()
                if (seed % 5 == 2L || amplifies(architecture)) contract.precisions(amplifies(architecture))
            } catch (e: Throwable) {
                throw AssertionError("seed $seed: ${e.message}\n${architecture.toKotlin()}", e)
            }
        }
        println("random architectures: seeds $first to ${first + count - 1}, $sequential in a row, $words")
        (sequential in 1 until count) shouldBe true
    }
})

/** Gates outside of (0, 1) let a state grow without bound, and rounding errors with it; norms divide by deviations, which may be small. */
private fun amplifies(architecture: Architecture) = architecture.toGraph().nodes.any { node ->
    when (val layer = node.layer) {
        is Lstm -> layer.cell.gate != ActivationFunction.SIGMOID || layer.cell.layerNorm
        is Gru -> layer.cell.gate != ActivationFunction.SIGMOID || layer.cell.layerNorm
        is Rnn -> layer.cell.layerNorm
        is LayerNorm -> true
        else -> false
    }
}

/** Layers of small random sizes that fit on each other. */
private class RandomArchitecture(private val random: Random) {
    private fun chance(share: Double) = random.nextDouble() < share
    private fun size() = random.nextInt(1, 5)
    private fun rate() = if (chance(0.2)) random.nextDouble(0.05, 0.5) else 0.0
    private fun <T> any(vararg choices: T) = choices[random.nextInt(choices.size)]

    /** Smooth ones: a corner would need luck to be missed by every step of the check. */
    private fun smooth() = any(
        ActivationFunction.TANH, ActivationFunction.SIGMOID, ActivationFunction.IDENTITY, ActivationFunction("softsign"),
        ActivationFunction("scaledTanh", 1.1, 0.8), ActivationFunction("silu"), ActivationFunction("softplus"),
    )

    private fun bounded() = any(ActivationFunction.TANH, ActivationFunction.SIGMOID, ActivationFunction("softsign"))

    private fun noise(cell: Boolean) = io.quatrain.architecture.Noise(
        rate(), rate(), rate(), chance(0.5), rate(), if (cell) rate() else 0.0, rate(),
    ).let { if (chance(0.4)) it else io.quatrain.architecture.Noise() }

    private fun merge() = any(*(MergeMode.entries - MergeMode.BOTH).toTypedArray())

    private fun output() = any(Output.SEQUENCE, Output.SEQUENCE, Output.CARRIED, Output.LAST)

    private fun recurrent(): Layer {
        val two = chance(0.3)
        val layers = if (chance(0.2)) 2 else 1
        val output = output()
        val dropout = rate()
        val merge = merge()
        val reversed = !two && chance(0.2)
        val residual = chance(0.2) && !(output == Output.LAST && layers > 1)
        val learned = chance(0.15)
        return when (random.nextInt(10)) {
            in 0..3 -> Lstm(
                size(), two, layers, output, dropout, merge, reversed, chance(0.8), noise = noise(true), residual = residual, learnedState = learned,
                cell = if (chance(0.5)) LstmCell() else LstmCell(
                    bounded(), bounded(), smooth(), chance(0.4), chance(0.3), null, if (chance(0.3)) size() else null, chance(0.2),
                ),
            )
            in 4..6 -> {
                val after = chance(0.6)
                Gru(
                    size(), two, layers, output, dropout, merge, reversed, chance(0.8), after, residual = residual, learnedState = learned,
                    noise = noise(false),
                    cell = if (chance(0.6)) GruCell() else GruCell(bounded(), smooth(), null, chance(0.3)),
                )
            }
            in 7..8 -> {
                val units = size()
                Rnn(
                    units, bounded(), two, layers, output, dropout, merge, reversed, chance(0.8), noise = noise(false), residual = residual,
                    learnedState = learned, head = if (chance(0.3)) Head(size(), smooth(), chance(0.5)) else null,
                    // Two normalised numbers are 1 and −1 but for ε, so slopes are all rounding: of one that was 2.0e-6 off (seed 779055),
                    // the mean of 4,000 slopes of the eighth order, h from 4e-4 to 6e-4, agrees with backward to 2.5e-9.
                    cell = if (chance(0.7) || units <= 2) RnnCell() else RnnCell(null, true),
                )
            }
            else -> ConcatRnn(size(), size(), output, reversed, chance(0.8))
        }
    }

    /** A layer that reads a value of this shape. */
    private fun layer(input: Shape): Layer = when {
        input.tokens -> if (chance(0.7)) Embedding(input.size, size(), dropout = rate()) else OneHot(input.size)
        !input.sequence -> when (random.nextInt(5)) {
            0 -> Repeat(random.nextInt(1, 4))
            1 -> Dropout(0.3)
            2 -> if (input.size > 2) LayerNorm() else Dense(size())
            else -> Dense(size(), smooth())
        }
        else -> when (random.nextInt(14)) {
            in 0..5 -> recurrent()
            6 -> Dense(size(), smooth(), chance(0.8))
            7 -> Dropout(0.3, chance(0.5))
            8 -> if (input.size % 2 == 0) Glu(smooth()) else any(ActivationLayer(smooth()), PRelu(chance(0.5)))
            9 -> if (input.size > 2) LayerNorm(bias = chance(0.5)) else Reverse
            10 -> Reverse
            11 -> any(LastStep, MeanOverTime, MaxOverTime)
            12 -> if (input.size > 1) Slice(0, random.nextInt(1, input.size)) else Dense(size())
            else -> Dense(size(), smooth())
        }
    }

    private fun input() = if (chance(0.5)) tokens(random.nextInt(2, 6)) else features(size())

    private fun shape(input: io.quatrain.architecture.InputShape) =
        input.tokens?.let(Shape::ofTokens) ?: Shape.ofFeatures(input.features!!)

    fun next(): Architecture = if (chance(0.6)) row() else graph()

    private fun row(): Sequential {
        val input = input()
        var shape = shape(input)
        val layers = List(random.nextInt(1, 5)) { i ->
            (if (i == 0 && shape.tokens) Embedding(shape.size, size()) else layer(shape)).also { shape = it.outputShape(listOf(shape)) }
        }
        return Sequential(layers, input)
    }

    private fun graph(): GraphArchitecture {
        val inputs = List(random.nextInt(1, 3)) { InputDescription("x$it", input()) }
        val shapes = LinkedHashMap<String, Shape>()
        inputs.forEach { shapes[it.name] = shape(it.shape) }
        val nodes = mutableListOf<NodeDescription>()
        fun add(layer: Layer, vararg from: String, state: String? = null, shared: String? = null): String {
            val name = "${nodes.size}.${io.quatrain.architecture.layerWord(layer)}"
            nodes += NodeDescription(name, layer, from.toList(), state, shared)
            val given = layer.outputShape(from.map(shapes::getValue))
            if (layer.outputNames.isEmpty()) shapes[name] = given
            else layer.outputNames.forEach { shapes["$name.$it"] = given.features(given.size / layer.outputNames.size) }
            return name
        }
        inputs.forEach { input -> if (shapes.getValue(input.name).tokens) add(Embedding(shapes.getValue(input.name).size, size()), input.name) }
        repeat(random.nextInt(2, 6)) {
            val values = shapes.filterValues { !it.tokens }.keys.toList()
            val a = values[random.nextInt(values.size)]
            val b = values[random.nextInt(values.size)]
            val alike = shapes.getValue(a) == shapes.getValue(b)
            val steps = shapes.getValue(a).sequence && shapes.getValue(b).sequence
            val merges = nodes.none { it.layer is Repeat } && shapes.getValue(a).sequence == shapes.getValue(b).sequence
            val earlier = nodes.lastOrNull { it.layer.stateSizes(it.inputs.map(shapes::getValue)).isNotEmpty() }
            when {
                merges && alike && chance(0.4) -> add(MergeLayer(merge()), a, b)
                merges && chance(0.2) -> add(MergeLayer(), a, b)
                steps && alike && chance(0.3) -> add(DotAttention(chance(0.5)), a, b)
                steps && chance(0.2) -> add(AdditiveAttention(size()), a, b)
                earlier != null && shapes.getValue(a).sequence && chance(0.4) -> {
                    val sizes = earlier.layer.stateSizes(earlier.inputs.map(shapes::getValue))
                    if (earlier.layer.let { it is Lstm || it is Gru }) {
                        val twin = when (val layer = earlier.layer) { is Lstm -> layer.copy(bias = !layer.bias); is Gru -> layer.copy(bias = !layer.bias); else -> layer }
                        if (twin.stateSizes(listOf(shapes.getValue(a))) == sizes) add(twin, a, state = earlier.name)
                    } else if (earlier.sharedWith == null && shapes.getValue(earlier.inputs.single()).size == shapes.getValue(a).size) {
                        add(earlier.layer, a, shared = earlier.name)
                    }
                }
                else -> add(layer(shapes.getValue(a)).let { if (chance(0.5)) apart(it) else it }, a)
            }
        }
        if (nodes.isEmpty()) add(Dense(2), inputs[0].name)
        inputs.forEach { input -> if (nodes.none { input.name in it.inputs }) add(Dense(2), input.name) }
        val read = nodes.flatMap { it.inputs + listOfNotNull(it.state) }.toSet()
        val values = nodes.flatMap { node -> node.layer.outputNames.map { "${node.name}.$it" }.ifEmpty { listOf(node.name) } }
        return GraphArchitecture(inputs, nodes, values.filter { it !in read })
    }

    /** Two directions as two values. */
    private fun apart(layer: Layer): Layer = when {
        layer is Lstm && layer.bidirectional -> layer.copy(merge = MergeMode.BOTH)
        layer is Gru && layer.bidirectional -> layer.copy(merge = MergeMode.BOTH)
        layer is Rnn && layer.bidirectional -> layer.copy(merge = MergeMode.BOTH)
        else -> layer
    }
}
