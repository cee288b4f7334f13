package io.quatrain.node

import io.kotest.assertions.throwables.shouldThrow
import io.kotest.assertions.withClue
import io.kotest.core.spec.style.FunSpec
import io.kotest.matchers.doubles.plusOrMinus
import io.kotest.matchers.shouldBe
import io.quatrain.architecture.Architecture
import io.quatrain.architecture.Gru
import io.quatrain.architecture.Head
import io.quatrain.architecture.Layer
import io.quatrain.architecture.LstmCell
import io.quatrain.architecture.Lstm
import io.quatrain.architecture.MergeLayer
import io.quatrain.architecture.MergeMode
import io.quatrain.architecture.Model
import io.quatrain.architecture.Output
import io.quatrain.architecture.Rnn
import io.quatrain.architecture.compile
import io.quatrain.architecture.describe
import io.quatrain.architecture.plan
import io.quatrain.dsl.GraphBuilder
import io.quatrain.dsl.both
import io.quatrain.dsl.concat
import io.quatrain.dsl.dense
import io.quatrain.dsl.graph
import io.quatrain.dsl.lstm
import io.quatrain.dsl.merge
import io.quatrain.dsl.reverse
import io.quatrain.dsl.sequential
import io.quatrain.dsl.tanh
import io.quatrain.tensor.Compute
import io.quatrain.tensor.Precision

class DirectionsSpec : FunSpec({
    fun copy(from: Model, to: Model, path: (String) -> String) = to.parameters.forEach { parameter ->
        parameter.value().set(from.parameters.single { it.path() == path(parameter.path()) }.value())
        parameter.changed()
    }

    fun GraphPass.feed() {
        for (c in 0 until 15) for (r in 0 until 3) input().all().set(r, c, Math.sin(1.0 + 3 * c + r))
        input().mask().setLengths(intArrayOf(5, 2, 0))
        forward(false)
    }

    fun GraphPass.answer() = output().value().all().toDoubles().toList()

    val double = Compute.of(Precision.FLOAT64)
    val layers: List<(Boolean, Boolean, MergeMode, Output) -> Layer> = listOf(
        { two, reversed, merge, output -> Lstm(4, two, output = output, merge = merge, reversed = reversed) },
        { two, reversed, merge, output -> Lstm(4, two, output = output, merge = merge, reversed = reversed, cell = LstmCell(peephole = true, projection = 2)) },
        { two, reversed, merge, output -> Gru(4, two, output = output, merge = merge, reversed = reversed) },
        { two, reversed, merge, output -> Rnn(4, bidirectional = two, output = output, merge = merge, reversed = reversed) },
    )
    for (merge in MergeMode.entries - MergeMode.BOTH) for (output in Output.entries) {
        test("two directions, $merge of $output, are one forwards and one backwards") {
            for (layer in layers) {
                val both = sequential { input(features = 3); add(layer(true, false, merge, output)) }.compile(double)
                val apart = graph {
                    val x = features("x", 3)
                    output(join(MergeLayer(merge), x.add(layer(false, false, merge, output)), x.add(layer(false, true, merge, output))))
                }.compile(double)
                val whole = both.graph.vertices()[0].name()
                copy(both, apart) { path -> "$whole.${if (path.startsWith("0.")) "forwards" else "backwards"}.${path.substringAfterLast('.')}" }
                val one = both.pass(PassSize.of(3, 5).withVariableLengths()).apply { feed() }
                val two = apart.pass(PassSize.of(3, 5).withVariableLengths()).apply { feed() }
                withClue(layer(true, false, merge, output).toString()) { one.answer() shouldBe two.answer() }
            }
        }
    }

    for (output in Output.entries) {
        test("two directions left apart, $output, are a layer forwards and a layer backwards") {
            for (layer in layers) {
                fun model(inside: GraphBuilder.(GraphBuilder.Value) -> List<GraphBuilder.Value>) = graph {
                    val (ahead, back) = inside(features("x", 3))
                    output(ahead.dense(2), back.dense(5, tanh))
                }.compile(double)
                val one = model { x -> x.add(layer(true, false, both, output)).let { listOf(it.forwards, it.backwards) } }
                val two = model { x -> listOf(x.add(layer(false, false, concat, output)), x.add(layer(false, true, concat, output))) }
                val word = one.graph.vertices()[0].name()
                copy(one, two) { path ->
                    val (place, rest) = path.split('.', limit = 2)
                    if (place == "0") "$word.forwards.${rest.substringAfter('.')}" else if (place == "1") "$word.backwards.${rest.substringAfter('.')}"
                    else "${place.toInt() - 1}.$rest"
                }
                val passes = listOf(one, two).map { model ->
                    model.pass(PassSize.of(3, 5).withVariableLengths().withInputGradients()).also { pass ->
                        pass.feed()
                        pass.clearGradients()
                        model.parameters.forEach { it.clearGradient() }
                        for (name in model.graph.outputs()) pass.signal(name).let { it.wantedGradient().set(it.value().all()) }
                        pass.backward()
                    }
                }
                fun answers(model: Model, pass: GraphPass) = model.graph.outputs().map { pass.signal(it).value().all().toDoubles().toList() } +
                    listOf(pass.inputSignal("x").wantedGradient().toDoubles().toList())
                withClue(layer(true, false, both, output).toString()) {
                    answers(one, passes[0]) shouldBe answers(two, passes[1])
                    one.parameters.map { it.gradient().toDoubles().toList() } shouldBe two.parameters.map { it.gradient().toDoubles().toList() }
                }
            }
        }
    }

    for (layer in listOf(Lstm(3, true, merge = both), Gru(3, true, 2, Output.LAST, merge = both), Rnn(2, bidirectional = true, merge = both, head = Head(3)))) {
        context("both values of ${describe(layer)}") {
            architectureContract(graph {
                val directions = features("x", 3).add(layer) named "directions"
                output(join(directions.forwards.dense(2), directions.backwards).merge())
            }, carriesState = false, padding = true)
        }
    }

    test("what cannot be done with two values is told") {
        val two = Lstm(4, true, merge = both)
        fun told(architecture: () -> Architecture) = shouldThrow<IllegalArgumentException> { architecture().plan() }.message
        val row = "both outputs of layers[0] are left apart, and a row has one value: merge them there, or write a graph"
        told { sequential { input(features = 3); add(two); dense(2) } } shouldBe "layers[1] dense(2): $row"
        told { sequential { input(features = 3); add(two) } } shouldBe "layers[0]: $row"
        told { graph { output(features("x", 3).add(two).dense(2) named "end") } } shouldBe
            "node \"end\" dense(2): \"0.lstm\" gives 2 values: name \"0.lstm.forwards\" or \"0.lstm.backwards\""
        told { graph { output(features("x", 3).add(two)) } } shouldBe
            "outputs: \"0.lstm\" gives 2 values: name \"0.lstm.forwards\" or \"0.lstm.backwards\""
        told { graph { output(features("x", 3).add(two).backwards) } } shouldBe
            "node \"0.lstm\": nothing reads its value \"0.lstm.forwards\"; read it, or leave out a direction"
        told { graph { val a = features("x", 3).add(two); output(a.backwards, a.forwards.dense(2) named "0.lstm.forwards") } } shouldBe
            "node \"0.lstm.forwards\": is the name of a value of node \"0.lstm\" lstm(4, bidirectional = true, merge = both); choose another"
        told { graph { output(features("x", 3).lstm(4).forwards) } } shouldBe
            "\"0.lstm\" has no value \"forwards\"; it gives one: for two directions apart say merge = both"
        told { sequential { lstm(4, merge = both) } } shouldBe "merge = both needs two directions; say bidirectional = true"
        told { sequential { merge(both) } } shouldBe
            "by: both leaves apart, which is for the two directions of a recurrent layer; use concat, sum, mean or product"
    }

    test("reversed and reverse() is Keras's go_backwards: the outputs in the order of reading") {
        for (layer in layers) for (output in listOf(Output.SEQUENCE, Output.LAST)) {
            val ours = graph {
                val y = features("x", 3).add(layer(false, true, concat, output))
                output(if (output == Output.LAST) y else y.reverse())
            }.compile(double)
            val turned = graph { output(features("x", 3).reverse().add(layer(false, false, concat, output))) }.compile(double)
            copy(ours, turned) { path -> path.replaceFirst("1.", "0.") }
            val one = ours.pass(PassSize.of(3, 5).withVariableLengths()).apply { feed() }
            val two = turned.pass(PassSize.of(3, 5).withVariableLengths()).apply { feed() }
            withClue(layer(false, true, concat, output).toString()) { one.answer() shouldBe two.answer() }
        }
    }

    test("a stack is its layers one by one") {
        val stack = sequential { input(features = 3); add(Gru(4, layers = 2, bidirectional = true)) }.compile(double)
        val apart = sequential { input(features = 3); add(Gru(4, bidirectional = true)); add(Gru(4, bidirectional = true)) }.compile(double)
        copy(stack, apart) { path -> "0.gru.${path[0]}.${path.substringAfter("gru.")}" }
        val one = stack.pass(PassSize.of(3, 5).withVariableLengths()).apply { feed() }
        val two = apart.pass(PassSize.of(3, 5).withVariableLengths()).apply { feed() }
        one.answer() shouldBe two.answer()
    }

    test("an lstm with a clipped cell state, by hand") {
        val model = sequential { input(features = 1); add(Lstm(1, cell = LstmCell(cellClip = 0.3))) }.compile(double)
        val (wx, wh, b) = model.parameters.map { it.value() }
        wx.setFrom(doubleArrayOf(2.0, 1.0, -1.0, 3.0))
        wh.setFrom(doubleArrayOf(0.5, -0.5, 1.0, 2.0))
        b.setFrom(doubleArrayOf(0.1, 0.2, 0.3, 0.4))
        model.parameters.forEach { it.changed() }
        val pass = model.pass(PassSize.of(1, 3))
        val x = doubleArrayOf(0.7, 0.1, -1.0)
        pass.input().all().setFrom(x)
        pass.forward(false)
        fun sigmoid(z: Double) = 1 / (1 + Math.exp(-z))
        var (h, c) = 0.0 to 0.0
        val states = x.map { xt ->
            val (i, f, o) = (0..2).map { sigmoid(wx.get(it, 0) * xt + wh.get(it, 0) * h + b.get(it, 0)) }
            c = (f * c + i * Math.tanh(3.0 * xt + 2.0 * h + 0.4)).coerceIn(-0.3, 0.3)
            h = o * Math.tanh(c)
            c to h
        }
        states.map { Math.abs(it.first) == 0.3 } shouldBe listOf(true, true, false)
        pass.answer().zip(states) { ours, (_, byHand) -> ours shouldBe (byHand plusOrMinus 1e-14) }
        pass.finalState().parts().values.single()[1].single() shouldBe (states.last().first plusOrMinus 1e-14)
    }

    test("an lstm with neutral options is the plain one") {
        val plain = sequential { input(features = 3); add(Lstm(4)) }.compile(double)
        val variant = sequential { input(features = 3); add(Lstm(4, cell = LstmCell(clip = 1e5))) }.compile(double)
        copy(plain, variant) { it }
        val one = plain.pass(PassSize.of(3, 5).withVariableLengths()).apply { feed() }
        val two = variant.pass(PassSize.of(3, 5).withVariableLengths()).apply { feed() }
        one.answer().zip(two.answer()).forEach { (a, b) -> (Math.abs(a - b) < 1e-15) shouldBe true }
    }
})
