package io.quatrain.node

import io.kotest.assertions.withClue
import io.kotest.core.spec.style.FunSpec
import io.kotest.matchers.collections.shouldBeEmpty
import io.kotest.matchers.doubles.shouldBeGreaterThan
import io.quatrain.architecture.ConcatRnn
import io.quatrain.architecture.Gru
import io.quatrain.architecture.GruCell
import io.quatrain.architecture.Layer
import io.quatrain.architecture.Lstm
import io.quatrain.architecture.LstmCell
import io.quatrain.architecture.Noise
import io.quatrain.architecture.Rnn
import io.quatrain.architecture.RnnCell
import io.quatrain.architecture.compile
import io.quatrain.architecture.describe
import io.quatrain.dsl.dense
import io.quatrain.dsl.sequential
import io.quatrain.tensor.Compute
import io.quatrain.tensor.Precision
import io.quatrain.tensor.Randomness
import kotlin.math.abs

/**
 * A gradient that fades over many steps ends at zero. Left alone it ends at subnormal numbers, which are so slow that an LSTM took 25
 * times as long for 800 steps.
 */
class FadingSpec : FunSpec({
    val layers = listOf<Layer>(
        Lstm(6), Lstm(6, cell = LstmCell(peephole = true)), Lstm(6, cell = LstmCell(coupled = true, projection = 3)),
        Lstm(6, cell = LstmCell(layerNorm = true)), Lstm(6, noise = Noise(zoneout = 0.3)), Lstm(6, bidirectional = true, layers = 2),
        Gru(6), Gru(6, resetAfter = false), Gru(6, cell = GruCell(clip = 0.5)),
        Rnn(6), Rnn(6, cell = RnnCell(clip = 0.5)), ConcatRnn(6, 3),
    )
    val smallest = mapOf(Precision.FLOAT32 to java.lang.Float.MIN_NORMAL.toDouble(), Precision.FLOAT64 to java.lang.Double.MIN_NORMAL)

    for (layer in layers) for ((precision, least) in smallest) for (variable in listOf(false, true)) {
        test("${describe(layer)}, $precision${if (variable) ", of different lengths" else ""}") {
            val model = sequential { input(features = 2); add(layer); dense(1) }.compile(Compute.of(precision), seed = 3)
            val steps = if (precision == Precision.FLOAT32) 600 else 4000
            val pass = model.pass(PassSize.of(2, steps).forTraining().let { if (variable) it.withVariableLengths() else it })
            val random = Randomness(4, 0)
            for (column in 0 until 2 * steps) for (row in 0 until 2) pass.input().all().set(row, column, random.nextGaussian())
            if (variable) pass.input().mask().setLengths(intArrayOf(steps, steps - 20))
            pass.noise().set(1, 1)
            pass.forward(true)
            pass.clearGradients()
            for (column in listOf(2 * steps - 2, 2 * (steps - 20) - 1, 2 * (steps - 40))) pass.output().wantedGradient().set(0, column, 1.0)
            pass.backward()

            for ((name, recurrent) in pass.recurrent()) {
                val reached = recurrent.initialState().gradients().flatMap { it.toDoubles().toList() }
                withClue(name) { reached.filter { it != 0.0 && abs(it) < least }.shouldBeEmpty() }
            }
            model.parameters.filter { it.trainable() }.forEach { parameter ->
                withClue(parameter.path()) { parameter.gradient().toDoubles().maxOf(::abs) shouldBeGreaterThan 0.0 }
            }
        }
    }
})
