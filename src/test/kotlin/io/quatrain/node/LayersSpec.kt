package io.quatrain.node

import io.kotest.assertions.withClue
import io.kotest.core.spec.style.FunSpec
import io.kotest.matchers.doubles.plusOrMinus
import io.kotest.matchers.shouldBe
import io.quatrain.architecture.ActivationFunction
import io.quatrain.architecture.ActivationFunction.Companion.RELU
import io.quatrain.architecture.ActivationFunction.Companion.SIGMOID
import io.quatrain.architecture.ActivationLayer
import io.quatrain.architecture.AdditiveAttention
import io.quatrain.architecture.AttentionScore
import io.quatrain.architecture.Attentive
import io.quatrain.architecture.ConcatRnn
import io.quatrain.architecture.Dense
import io.quatrain.architecture.DotAttention
import io.quatrain.architecture.Dropout
import io.quatrain.architecture.Embedding
import io.quatrain.architecture.Glu
import io.quatrain.architecture.GraphArchitecture
import io.quatrain.architecture.Gru
import io.quatrain.architecture.GruCell
import io.quatrain.architecture.Head
import io.quatrain.architecture.InputDescription
import io.quatrain.architecture.LastStep
import io.quatrain.architecture.LayerNorm
import io.quatrain.architecture.Lstm
import io.quatrain.architecture.LstmCell
import io.quatrain.architecture.MaxOverTime
import io.quatrain.architecture.MeanOverTime
import io.quatrain.architecture.MergeLayer
import io.quatrain.architecture.MergeMode
import io.quatrain.architecture.NodeDescription
import io.quatrain.architecture.Noise
import io.quatrain.architecture.OneHot
import io.quatrain.architecture.Ordinal
import io.quatrain.architecture.Output
import io.quatrain.architecture.PRelu
import io.quatrain.architecture.RecurrentCell
import io.quatrain.architecture.Repeat
import io.quatrain.architecture.Reshape
import io.quatrain.architecture.Reverse
import io.quatrain.architecture.Rnn
import io.quatrain.architecture.RnnCell
import io.quatrain.architecture.Slice
import io.quatrain.architecture.ZeroInput
import io.quatrain.architecture.compile
import io.quatrain.architecture.describe
import io.quatrain.dsl.attentive
import io.quatrain.dsl.bridge
import io.quatrain.dsl.carried
import io.quatrain.dsl.dense
import io.quatrain.dsl.dotAttention
import io.quatrain.dsl.embedding
import io.quatrain.dsl.graph
import io.quatrain.dsl.gru
import io.quatrain.dsl.last
import io.quatrain.dsl.lstm
import io.quatrain.dsl.ordinal
import io.quatrain.dsl.reshape
import io.quatrain.dsl.rnn
import io.quatrain.dsl.sequential
import io.quatrain.dsl.tanh
import io.quatrain.tensor.Compute
import io.quatrain.tensor.Precision
import io.quatrain.tensor.Randomness

class LayersSpec : FunSpec({
    layerContract(Embedding(7, 3), tokens(7))
    layerContract(OneHot(5), tokens(5))
    layerContract(Ordinal(5, scale = 0.25), tokens(5))
    layerContract(Dense(4), features(3))
    layerContract(Dense(4, activation = RELU, bias = false), features(3, sequence = false), carriesState = false)
    layerContract(Dense(4, activation = ActivationFunction("softmax")), features(3))
    layerContract(Dense(4, activation = ActivationFunction("leakyRelu", alpha = 0.2)), features(3))
    layerContract(Dropout(0.4), features(6))
    layerContract(Dropout(0.4, heldOverTime = true), features(6))
    layerContract(ActivationLayer(SIGMOID), features(3))
    layerContract(Glu(), features(4))
    layerContract(Glu(ActivationFunction("silu")), features(6, sequence = false), carriesState = false)
    layerContract(PRelu(), features(3))
    layerContract(PRelu(shared = true), features(3, sequence = false), carriesState = false)
    layerContract(LastStep, features(3))
    layerContract(Embedding(7, 3, padding = 2, dropout = 0.3), tokens(7))
    layerContract(Embedding(7, 3, trainable = false), tokens(7))
    layerContract(Reverse, features(3), carriesState = false)
    layerContract(Repeat(3), features(4, sequence = false), carriesState = false)
    layerContract(MeanOverTime, features(3), carriesState = false)
    layerContract(MaxOverTime, features(3), carriesState = false)
    layerContract(Slice(1, 3), features(5))
    layerContract(Reshape(2), features(6))
    layerContract(Reshape(3), features(3))
    layerContract(LayerNorm(), features(5))
    layerContract(LayerNorm(epsilon = 1e-3, bias = false), features(5, sequence = false), carriesState = false)
    layerContract(DotAttention(), features(3), features(3), carriesState = false)
    layerContract(DotAttention(scaled = true), features(3, sequence = false), features(3), carriesState = false)
    layerContract(AdditiveAttention(4), features(3), features(2), carriesState = false)
    layerContract(Attentive(4), features(3), features(2), carriesState = false)
    layerContract(Attentive(3, layers = 2, attentionUnits = 5, dropout = 0.3), features(3), features(2), carriesState = false)
    layerContract(Attentive(4, RecurrentCell.GRU, attention = AttentionScore.DOT), features(3), features(4), carriesState = false)
    layerContract(Attentive(3, RecurrentCell.RNN, layers = 2, attention = AttentionScore.DOT), features(2), features(3), carriesState = false)
    layerContract(ZeroInput(2), features(3))
    layerContract(ZeroInput(), tokens(5))
    for (by in MergeMode.entries - MergeMode.BOTH) layerContract(MergeLayer(by), features(3), features(3), features(3))

    val softsign = ActivationFunction("softsign")
    val scaled = ActivationFunction("scaledTanh", alpha = 1.2, beta = 0.7)

    layerContract(Lstm(4), features(3))
    layerContract(Lstm(4, bias = false, output = Output.LAST), features(3))
    layerContract(Lstm(4, reversed = true), features(3), carriesState = false)
    layerContract(Lstm(4, reversed = true, output = Output.CARRIED), features(3), carriesState = false)
    layerContract(Lstm(3, bidirectional = true, layers = 2, dropout = 0.3), features(3), carriesState = false)
    for (merge in MergeMode.entries - MergeMode.BOTH) layerContract(Lstm(3, bidirectional = true, merge = merge, output = Output.LAST), features(3), carriesState = false)
    layerContract(Lstm(4, cell = LstmCell(peephole = true)), features(3))
    layerContract(Lstm(4, cell = LstmCell(coupled = true)), features(3))
    layerContract(Lstm(4, cell = LstmCell(coupled = true, peephole = true, projection = 2)), features(3))
    layerContract(Lstm(4, cell = LstmCell(projection = 3), layers = 2), features(3))
    layerContract(Lstm(4, cell = LstmCell(clip = 0.4)), features(3))
    layerContract(Lstm(4, cell = LstmCell(clip = 0.6, peephole = true)), features(3))
    layerContract(Lstm(4, cell = LstmCell(gate = scaled, cell = softsign, hidden = SIGMOID)), features(3))
    layerContract(Lstm(4, cell = LstmCell(layerNorm = true)), features(3))
    layerContract(Lstm(4, cell = LstmCell(layerNorm = true, peephole = true, clip = 1.0, projection = 3), noise = Noise(recurrent = 0.3)), features(3))
    layerContract(Lstm(4, noise = Noise(recurrent = 0.3)), features(3))
    layerContract(Lstm(4, noise = Noise(input = 0.2, output = 0.2, recurrent = 0.3, heldOverTime = false)), features(3))
    layerContract(Lstm(4, noise = Noise(zoneout = 0.3, cellZoneout = 0.5)), features(3))
    layerContract(Lstm(4, noise = Noise(weights = 0.4)), features(3))
    layerContract(Lstm(4, noise = Noise(weights = 0.4, zoneout = 0.2), learnedState = true, bidirectional = true), features(3), carriesState = false)
    layerContract(Lstm(4, layers = 3, residual = true), features(3))
    layerContract(Lstm(4, learnedState = true), features(3))

    layerContract(Gru(4), features(3))
    layerContract(Gru(4, bias = false, output = Output.CARRIED), features(3))
    layerContract(Gru(4, bidirectional = true, layers = 2), features(3), carriesState = false)
    layerContract(Gru(4, cell = GruCell(gate = scaled, hidden = softsign)), features(3))
    layerContract(Gru(4, cell = GruCell(clip = 0.5, layerNorm = true), noise = Noise(recurrent = 0.3)), features(3))
    layerContract(Gru(4, noise = Noise(zoneout = 0.3, weights = 0.2)), features(3))
    layerContract(Gru(4, resetAfter = false), features(3))
    layerContract(Gru(4, resetAfter = false, bias = false, reversed = true), features(3), carriesState = false)
    layerContract(Gru(4, resetAfter = false, cell = GruCell(gate = scaled, hidden = softsign, clip = 0.5, layerNorm = true), noise = Noise(recurrent = 0.3, zoneout = 0.1)), features(3))
    layerContract(Gru(4, layers = 2, residual = true, learnedState = true), features(3))

    layerContract(Rnn(4), features(3))
    layerContract(Rnn(4, activation = RELU, output = Output.LAST), features(3))
    layerContract(Rnn(4, activation = ActivationFunction("softplus"), bidirectional = true, merge = MergeMode.SUM), features(3), carriesState = false)
    layerContract(Rnn(4, cell = RnnCell(clip = 0.5, layerNorm = true), noise = Noise(recurrent = 0.3)), features(3))
    layerContract(Rnn(4, noise = Noise(zoneout = 0.3)), features(3))
    layerContract(Rnn(4, head = Head(2), layers = 2, noise = Noise(zoneout = 0.2, weights = 0.3)), features(3))
    layerContract(Rnn(4, head = Head(2, activation = RELU, bias = false), bidirectional = true, learnedState = true), features(3), carriesState = false)
    layerContract(ConcatRnn(4, 3), features(2))
    layerContract(ConcatRnn(4, 3, output = Output.LAST, reversed = true, bias = false), features(2), carriesState = false)

    for (reversed in listOf(false, true)) test("a carried output's gradient reaches the step that it repeats, reversed: $reversed") {
        val model = sequential { input(features = 2); gru(3, output = carried, reversed = reversed) }.compile(Compute.of(Precision.FLOAT64))
        val pass = model.pass(PassSize.of(2, 5).withVariableLengths().forTraining())
        val random = Randomness(4, 0)
        for (c in 0 until 10) for (r in 0 until 2) pass.input().all().set(r, c, random.nextGaussian())
        pass.input().mask().setValid(BooleanArray(10) { it !in listOf(0, 3, 5, 6, 9) })
        val y = pass.output()
        val g = y.value().all().compute().matrix(3, 10).also { g -> for (c in 0 until 10) for (r in 0 until 3) g.set(r, c, random.nextGaussian()) }
        fun loss(): Double {                        // Σ g∘y over every step, whether it is there or not
            pass.forward(true)
            return (0 until 10).sumOf { c -> g.columns(c, c + 1).dot(y.value().all().columns(c, c + 1)) }
        }
        loss()
        pass.clearGradients()
        model.parameters.forEach { it.clearGradient() }
        y.wantedGradient().set(g)
        pass.backward()
        for (parameter in model.parameters) {
            val gradient = parameter.gradient().toDoubles()
            val value = parameter.value()
            for (c in 0 until parameter.columns()) for (r in 0 until parameter.rows()) {
                val before = value.get(r, c)
                fun lossAt(number: Double): Double {
                    value.set(r, c, number)
                    parameter.changed()
                    return loss()
                }
                val slope = (lossAt(before + 1e-5) - lossAt(before - 1e-5)) / 2e-5
                lossAt(before)
                withClue("${parameter.path()} [$r, $c]") { gradient[c * parameter.rows() + r] shouldBe (slope plusOrMinus 1e-7) }
            }
        }
    }

    for (reversed in listOf(false, true)) test("an example without any step has zero for its last output, and the state that it began with learns nothing, reversed: $reversed") {
        val model = sequential { input(features = 2); gru(3, output = last, reversed = reversed) }.compile(Compute.of(Precision.FLOAT64))
        val pass = model.pass(PassSize.of(2, 3).withVariableLengths().forTraining())
        val state = pass.recurrent().values.single().initialState()
        pass.input().mask().setLengths(intArrayOf(3, 0))
        state.values()[0].fill(0.5)
        pass.forward(true)
        pass.clearGradients()
        pass.output().wantedGradient().fill(1.0)
        pass.backward()
        fun zeros(matrix: io.quatrain.tensor.Matrix) = List(2) { b -> (0 until 3).all { r -> matrix.get(r, b) == 0.0 } }
        zeros(pass.output().value().all()) shouldBe listOf(false, true)
        zeros(state.gradients()[0]) shouldBe listOf(false, true)
    }

    for (attention in listOf(DotAttention(), AdditiveAttention(20))) {
        test("threads share many examples that look back: ${describe(attention)}") {
            val inputs = listOf("query", "memory")
            val architecture = GraphArchitecture(
                inputs.map { InputDescription(it, features(100)) }, listOf(NodeDescription("looks", attention, inputs)), listOf("looks"),
            )
            ArchitectureContract(architecture).threads(listOf(90, 121))
        }
    }

    test("attention's weights can be looked at: a distribution over the steps that are there, nothing where there is none") {
        val model = graph { output(join(features("query", 2), features("memory", 2)).dotAttention() named "looks") }.compile(Compute.of(Precision.FLOAT64))
        val pass = model.pass(PassSize.of(2, 4).withVariableLengths())
        for (name in listOf("query", "memory")) for (c in 0 until 8) for (r in 0 until 2) pass.input(name).all().set(r, c, Math.sin(3.0 * c + r))
        val weights = (pass.pass("looks") as Attention).weights()
        for (lengths in listOf(intArrayOf(4, 3), intArrayOf(2, 1))) {
            pass.input("query").mask().setLengths(intArrayOf(4, 4))
            pass.input("memory").mask().setLengths(lengths)
            pass.forward(false)
            for (column in 0 until 8) {
                val each = List(4) { weights.get(it, column) }
                each.sum() shouldBe (1.0 plusOrMinus 1e-12)
                each.map { it > 0 } shouldBe List(4) { it < lengths[column % 2] }
            }
        }
    }

    test("ordinal gives each token's id as a quantity, and nothing where there is no step") {
        val model = sequential { ordinal(7, scale = 0.5) }.compile(Compute.of(Precision.FLOAT64))
        val pass = model.pass(PassSize.of(2, 3).withVariableLengths())
        pass.input().setIds(intArrayOf(6, 1, 0, 2, 5, 3))
        pass.input().mask().setLengths(intArrayOf(3, 2))
        pass.forward(false)
        val y = pass.signal(model.graph.outputs().single()).value().all()
        List(6) { y.get(0, it) } shouldBe listOf(3.0, 0.5, 0.0, 1.0, 2.5, 0.0)
    }

    context("an output layer with the embedding's weights") {
        architectureContract(
            sequential { embedding(6, 3); lstm(3); dense(6, tiedTo = "0.embedding") }, carriesState = true, padding = true,
        )
    }
    context("an encoder, and a decoder that starts from its state and looks at it") {
        architectureContract(
            graph {
                val encoder = tokens("source", 6).embedding(6, 3).gru(4) named "encoder"
                val decoder = tokens("target", 5).embedding(5, 2).gru(4) startingFrom encoder
                output(concat(decoder, join(decoder, encoder).dotAttention()).dense(5, activation = tanh))
            },
            carriesState = false, padding = true,
        )
    }
    for (cell in RecurrentCell.entries) for (units in listOf(null, 3)) context("a bridge from two directions: $cell, units $units") {
        architectureContract(
            graph {
                val source = features("source", 3)
                val encoder = (if (cell == RecurrentCell.LSTM) source.lstm(2, bidirectional = true, layers = 2)
                else if (cell == RecurrentCell.GRU) source.gru(2, bidirectional = true, layers = 2) else source.rnn(2, bidirectional = true, layers = 2)) named "encoder"
                val bridge = encoder.bridge(units, cell, layers = 2).startingFrom(encoder) named "bridge"
                output(join(features("target", 2), encoder).attentive(units ?: 4, cell, layers = 2).startingFrom(bridge), bridge)
            },
            carriesState = false, padding = true,
        )
    }
    context("steps that are made of several") {
        architectureContract(sequential { input(features = 2); reshape(1); rnn(3); reshape(1); gru(2, output = last) }, carriesState = false, padding = true)
    }
})
