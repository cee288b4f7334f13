package io.quatrain.node

import io.kotest.assertions.withClue
import io.kotest.core.spec.style.FunSpec
import io.kotest.matchers.shouldBe
import io.quatrain.architecture.Gru
import io.quatrain.architecture.Layer
import io.quatrain.architecture.LstmCell
import io.quatrain.architecture.Lstm
import io.quatrain.architecture.MergeLayer
import io.quatrain.architecture.MergeMode
import io.quatrain.architecture.Model
import io.quatrain.architecture.Output
import io.quatrain.architecture.Rnn
import io.quatrain.architecture.compile
import io.quatrain.dsl.graph
import io.quatrain.dsl.sequential
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
    for (merge in MergeMode.entries) for (output in Output.entries) {
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

    test("a stack is its layers one by one") {
        val stack = sequential { input(features = 3); add(Gru(4, layers = 2, bidirectional = true)) }.compile(double)
        val apart = sequential { input(features = 3); add(Gru(4, bidirectional = true)); add(Gru(4, bidirectional = true)) }.compile(double)
        copy(stack, apart) { path -> "0.gru.${path[0]}.${path.substringAfter("gru.")}" }
        val one = stack.pass(PassSize.of(3, 5).withVariableLengths()).apply { feed() }
        val two = apart.pass(PassSize.of(3, 5).withVariableLengths()).apply { feed() }
        one.answer() shouldBe two.answer()
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
