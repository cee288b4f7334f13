package io.quatrain.dsl

import io.kotest.assertions.throwables.shouldThrow
import io.kotest.core.spec.style.FunSpec
import io.kotest.engine.spec.tempdir
import io.kotest.matchers.shouldBe
import io.kotest.matchers.string.shouldStartWith
import io.quatrain.architecture.Experiment
import io.quatrain.architecture.compile
import io.quatrain.architecture.layer
import io.quatrain.architecture.vocab
import io.quatrain.tensor.Precision

/** The same values from Java as from Kotlin. */
class JavaSpec : FunSpec({
    test("layers in a row") {
        JavaCaller.sequential() shouldBe sequential { embedding(5000, 128); lstm(256, bidirectional = true); dense(5000) }
        JavaCaller.named() shouldBe sequential {
            input(features = 3)
            lstm(4, output = last, recurrentWeights = normal(deviation = 0.1))
            dropout(0.5)
        }
    }

    test("a graph with two inputs") {
        JavaCaller.twoInputs() shouldBe graph {
            val source = tokens("source", 50)
            val style = features("style", 3, sequence = false)
            val encoded = source.embedding(50, 6).lstm(8, output = last) named "encoded"
            output(concat(encoded, style).dense(2) named "answer")
        }
        JavaCaller.twoInputs().compile().shape("answer").size shouldBe 2
    }

    test("an experiment") {
        JavaCaller.experiment() shouldBe experiment {
            data = text("verse.txt")
            architecture = sequential { embedding(vocab, 8); lstm(16); dense(vocab) }
            training { optimizer = adam(0.002); clipping = clipByGlobalNorm(5.0); epochs = 3 }
            generation { stop = listOf("\n\n") }
        }
        JavaCaller.experiment().training.compute().precision() shouldBe Precision.FLOAT32
        Experiment.fromJson(JavaCaller.experiment().toJson()) shouldBe JavaCaller.experiment()
    }

    test("a model of numbers of one's own") {
        val random = java.util.Random(1)
        val sequences = Array(300) { IntArray(5) { random.nextInt(4) } }
        val classes = IntArray(300) { if (sequences[it].sum() > 7) 1 else 0 }
        val file = tempdir().toPath().resolve("own.safetensors")
        JavaCaller.learned(sequences, classes, file, intArrayOf(3, 3, 3, 2, 3)) shouldBe 1
        JavaCaller.learned(sequences, classes, file, intArrayOf(0, 1, 0, 0, 1)) shouldBe 0
    }

    test("named layers say what is wrong with them") {
        fun refusal(word: String, options: Map<String, Any?>) = shouldThrow<IllegalArgumentException> { layer(word, options) }.message!!
        refusal("lstm", mapOf("unit" to 3)) shouldBe "layer \"lstm\", unit: unknown key \"unit\"; did you mean \"units\"?"
        refusal("lstm", mapOf("units" to 0)) shouldBe "layer \"lstm\", units: units must be positive, got 0"
        refusal("lstm", mapOf("units" to Precision.FLOAT32)) shouldBe
            "an option is a number, a truth value, a text, a list or a map, got io.quatrain.tensor.Precision"
        refusal("lsmt", emptyMap()) shouldStartWith "layer \"lsmt\": unknown layer type \"lsmt\"; did you mean \"lstm\"? known: "
    }
})
