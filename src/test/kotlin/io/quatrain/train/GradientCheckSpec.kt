package io.quatrain.train

import io.kotest.assertions.throwables.shouldThrow
import io.kotest.core.spec.style.FunSpec
import io.kotest.matchers.doubles.shouldBeLessThan
import io.kotest.matchers.doubles.shouldBeGreaterThan
import io.kotest.matchers.ints.shouldBeGreaterThan
import io.kotest.matchers.shouldBe
import io.kotest.matchers.string.shouldContain
import io.quatrain.loss.MeanSquaredError
import io.quatrain.loss.SoftmaxCrossEntropy
import io.quatrain.node.Activation
import io.quatrain.node.ActivationNode
import io.quatrain.node.ChainNode
import io.quatrain.node.DropoutNode
import io.quatrain.node.Graph
import io.quatrain.node.LastStepNode
import io.quatrain.node.Merge
import io.quatrain.node.MergeNode
import io.quatrain.node.OneHotNode
import io.quatrain.node.RecurrentPass.Output
import io.quatrain.tensor.Matrix
import io.quatrain.tensor.Precision

class GradientCheckSpec : FunSpec({
    fun graph(build: SmallGraphs.() -> Graph) = SmallGraphs().run(build)

    /** Full and variable lengths, several shapes. */
    fun prove(name: String, build: SmallGraphs.() -> Graph) {
        for (check in listOf(GradientCheck(), GradientCheck().withBatch(1).withSteps(1), GradientCheck().withBatch(4).withSteps(3))) {
            for (variable in listOf(false, true)) {
                val lengths = if (variable) "with" else "without"
                test("$name, ${check.batch} x ${check.steps}, $lengths lengths") {
                    val result = (if (variable) check.withVariableLengths() else check).check(graph(build))
                    result.assertCorrect()
                    result.checked shouldBeGreaterThan 10
                }
            }
        }
    }

    for (output in Output.entries) {
        for (reversed in listOf(false, true)) {
            prove("embedding, lstm reversed=$reversed $output, dense") {
                val x = tokens("x", 6)
                val e = add("e", embedding("e", 6, 3), x)
                val h = add("h", lstm("h", 3, 4, reversed, output), e)
                add("y", dense("y", 4, 5, Activation.TANH), h)
                graph("y")
            }
        }
        for (merge in Merge.entries) {
            prove("numbers, bidirectional $merge $output, dense") {
                val x = features("x", 3)
                val h = add("h", bidirectional("h", 3, 4, output, merge), x)
                add("y", dense("y", if (merge == Merge.CONCAT) 8 else 4, 2, Activation.SIGMOID), h)
                graph("y")
            }
        }
    }
    prove("one-hot tokens into an lstm and a dense layer") {
        val x = tokens("x", 5)
        val hot = add("hot", OneHotNode(), x)
        val h = add("h", lstm("h", 5, 3), hot)
        val d = add("d", dense("d", 5, 3), hot)
        add("sum", MergeNode(Merge.SUM), h, d)
        graph("sum")
    }
    prove("a stack") {
        val x = features("x", 3)
        add("h", ChainNode(listOf(lstm("0", 3, 4), lstm("1", 4, 2), bidirectional("2", 2, 3)), listOf(2, 2, 4)), x)
        graph("h")
    }
    prove("encoder and decoder") {
        val source = features("source", 3)
        val target = tokens("target", 5)
        add("encoder", bidirectional("encoder", 3, 4, Output.LAST), source)
        val e = add("e", embedding("e", 5, 2), target)
        val d = add("decoder", bidirectional("decoder", 2, 4), e, state = "encoder")
        add("y", dense("y", 8, 5), d)
        graph("y", "encoder")
    }
    prove("one node at two places") {
        val a = features("a", 3)
        val b = features("b", 3)
        val shared = lstm("shared", 3, 4)
        val ha = add("ha", shared, a)
        val hb = add("hb", shared, b)
        val la = add("la", LastStepNode(), ha)
        val lb = add("lb", LastStepNode(), hb)
        val merged = add("product", MergeNode(Merge.PRODUCT), la, lb)
        add("y", dense("y", 4, 2), merged)
        graph("y", "ha")
    }
    prove("a value used three times, and every merge") {
        val x = features("x", 3)
        val a = add("a", dense("a", 3, 4, Activation.TANH), x)
        val b = add("b", dense("b", 3, 4), x)
        val sum = add("sum", MergeNode(Merge.SUM), a, b)
        val mean = add("mean", MergeNode(Merge.MEAN), a, b, sum)
        val product = add("product", MergeNode(Merge.PRODUCT), a, mean, sum)
        val all = add("concat", MergeNode(Merge.CONCAT), a, product)
        add("relu", ActivationNode(Activation.RELU), all)
        graph("relu", "sum", "mean")
    }
    for (held in listOf(false, true)) {
        prove("dropout, heldOverTime=$held") {
            val x = features("x", 3)
            val dropped = add("dropped", DropoutNode(0.4, held), x)
            val h = add("h", lstm("h", 3, 4), dropped)
            add("again", DropoutNode(0.2, held), h)
            graph("again")
        }
    }

    test("losses instead of random weights") {
        val both = graph {
            val x = tokens("x", 6)
            val h = add("h", lstm("h", 6, 4), x)
            add("class", dense("class", 4, 5), h)
            add("number", dense("number", 4, 2), h)
            graph("class", "number")
        }
        GradientCheck().withLoss("class", SoftmaxCrossEntropy()).withLoss("number", MeanSquaredError()).withVariableLengths()
            .check(both).assertCorrect()
    }

    test("few elements of large matrices") {
        val large = graph {
            val x = tokens("x", 500)
            val h = add("h", lstm("h", 500, 16), x)
            graph(h)
        }
        val result = GradientCheck().withElements(20).check(large)
        result.assertCorrect()
        result.checked shouldBe 3 * 20 + 2 * 20
    }

    /** y = x² whose derivative is announced as factor·2x, or as what overwrites instead of adding. */
    class Broken(val factor: Double) : Activation {
        override fun forward(z: Matrix, y: Matrix) {
            y.set(z)
            y.multiply(z)
        }

        override fun backward(z: Matrix, y: Matrix, dy: Matrix, dz: Matrix) {
            dz.set(dy)
            dz.multiply(z)
            dz.scale(2 * factor)
        }

        override fun needsInput() = true
    }

    fun squares(factor: Double) = graph {
        val x = features("x", 3)
        add("y", dense("y", 3, 4, Broken(factor)), x)
        graph("y")
    }

    test("a derivative that is wrong by a millionth is found, with its place") {
        GradientCheck().check(squares(1.0)).assertCorrect()
        val result = GradientCheck().check(squares(1.0 + 1e-5))
        result.correct() shouldBe false
        result.worstError() shouldBeGreaterThan 4e-6
        result.worstError() shouldBeLessThan 6e-6
        shouldThrow<AssertionError> { result.assertCorrect() }.message shouldContain "parameter y.w"
        result.places().keys shouldBe setOf("parameter y.w", "parameter y.b", "input x")
    }

    test("the slope's own error is far below the tolerance") {
        GradientCheck().check(squares(1.0)).worstError() shouldBeLessThan 1e-9
    }

    test("parameters stand as before, bit for bit, and gradients are zero") {
        val graph = squares(1.0)
        val before = graph.parameters().map { it.value().toDoubles().toList() }
        GradientCheck().check(graph)
        graph.parameters().map { it.value().toDoubles().toList() } shouldBe before
        graph.parameters().sumOf { it.gradient().sumOfSquares() } shouldBe 0.0
    }

    test("single precision is refused") {
        shouldThrow<IllegalArgumentException> { GradientCheck().check(SmallGraphs.languageModel(4, 3, Precision.FLOAT32)) }
            .message shouldContain "FLOAT64"
    }
})
