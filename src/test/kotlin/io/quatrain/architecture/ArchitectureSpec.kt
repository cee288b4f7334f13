package io.quatrain.architecture

import io.kotest.assertions.throwables.shouldThrow
import io.kotest.core.spec.style.FunSpec
import io.kotest.matchers.shouldBe
import io.quatrain.dsl.concatRnn
import io.quatrain.dsl.dense
import io.quatrain.dsl.embedding
import io.quatrain.dsl.graph
import io.quatrain.dsl.lstm
import io.quatrain.dsl.sequential

class ArchitectureSpec : FunSpec({
    test("a model prints as it was declared, with sizes and counts") {
        val vocab = 5000
        sequential { embedding(5000, 128); lstm(256, bidirectional = true); dense(vocab) }.compile().summary() shouldBe """
            embedding(5000, 128)                128      640,000
            lstm(256, bidirectional = true)     512      788,480
            dense(5000)                        5000    2,565,000
                                                       3,993,480 parameters
        """.trimIndent() + "\n"
    }

    test("a weight is found by its path") {
        val model = sequential { embedding(5, 2); lstm(3); dense(5) }.compile()
        model.parameter("1.lstm.wh").value().columns() shouldBe 3
        shouldThrow<IllegalArgumentException> { model.parameter("1.lstm.hw") }.message shouldBe
            "unknown path \"1.lstm.hw\"; did you mean \"1.lstm.wh\"? known: 0.embedding.e, 1.lstm.b, 1.lstm.wh, 1.lstm.wx, 2.dense.b, 2.dense.w"
    }

    test("vocab is the size of the vocabulary of the data") {
        val model = sequential { embedding(vocab, 8); lstm(4); dense(vocab) }
        model.compile(vocabulary = 30).architecture shouldBe sequential { embedding(30, 8); lstm(4); dense(30) }
        shouldThrow<ArchitectureException> { model.compile() }.message shouldBe "input \"input\": the size of the vocabulary " +
            "is not known here; give a number in the place of vocab, or compile with vocabulary = …"
    }

    test("classes is how many classes the data name, for layers that tell them apart") {
        val model = sequential { embedding(vocab, 8); lstm(4, output = Output.LAST); dense(classes) }
        model.compile(vocabulary = 30, classes = 3).architecture shouldBe sequential { embedding(30, 8); lstm(4, output = Output.LAST); dense(3) }
        sequential { input(features = 2); concatRnn(4, classes) }.compile(classes = 3).shape("0.concatRnn").size shouldBe 3
        shouldThrow<ArchitectureException> { model.compile(vocabulary = 30) }.message shouldBe "layers[2] dense(classes): how many classes there " +
            "are is not known here, the data name none; give a number in the place of classes, or compile with classes = …"
        shouldThrow<IllegalArgumentException> { sequential { embedding(classes, 8) } }.message shouldBe "vocabulary must be a number here, not classes"
    }

    test("a node may be called as a size is") {
        val tied = graph {
            val read = tokens("text", 9).embedding(9, 4) named "classes"
            output(read.lstm(4).dense(9, tiedTo = "classes") named "vocab")
        }
        tied.compile().shape("vocab").size shouldBe 9
    }

    fun refusal(architecture: () -> Architecture) = shouldThrow<IllegalArgumentException> { architecture().compile() }.message

    test("errors name the layer as the person wrote it") {
        refusal { sequential { input(tokens = 5000); embedding(5000, 8); lstm(4, output = Output.LAST); lstm(4) } } shouldBe
            "layers[2] lstm(4): needs steps but is given 4 features without steps; keep the sequence in the layer before it, or use repeat"
        refusal { sequential { input(tokens = 5000); lstm(256) } } shouldBe
            "layers[0] lstm(256): needs features but is given token ids below 5000; put an embedding or oneHot before it"
        refusal { sequential { lstm(0) } } shouldBe "units must be positive, got 0"
    }

    test("cycles, unknown names, doubled names and dead ends are refused by name") {
        fun node(name: String, vararg reads: String) = NodeDescription(name, Dense(3), reads.toList())
        fun of(vararg nodes: NodeDescription, output: String = "a") = GraphArchitecture(
            listOf(InputDescription("x", InputShape(features = 3))), nodes.toList(), listOf(output),
        )
        refusal { of(node("a", "b"), node("b", "a")) } shouldBe
            "node \"a\" dense(3): reads itself in a circle: a ← b ← a; a graph has no cycles"
        refusal { of(node("a", "a")) } shouldBe "node \"a\" dense(3): reads itself in a circle: a ← a; a graph has no cycles"
        refusal { of(node("a", "b"), node("b", "x")) } shouldBe "node \"a\" dense(3): reads \"b\", which stands after it; put \"b\" first"
        refusal { of(node("a", "y")) } shouldBe "node \"a\" dense(3): reads \"y\", which is no input and no node; there are x"
        refusal { of(node("a", "x"), node("a", "x")) } shouldBe
            "node \"a\" dense(3): the name \"a\" is used twice; give every node its own"
        refusal { of(node("a", "x"), node("b", "x")) } shouldBe
            "node \"b\" dense(3): nothing reads it and it is no output; leave it out or add it to the outputs"
    }

    test("an encoder's final state starts a decoder of the same sizes") {
        fun translator(units: Int) = graph {
            val encoder = tokens("source", 50).embedding(50, 6).lstm(8) named "encoder"
            output(tokens("target", 50).embedding(50, 6).lstm(units).startingFrom(encoder).dense(50) named "next")
        }
        translator(8).compile().shape("next").size shouldBe 50
        refusal { translator(9) } shouldBe "node \"3.lstm\" lstm(9): needs a state of sizes [9, 9] but \"encoder\" gives " +
            "[8, 8]; use the same units, layers and directions on both"
    }
})
