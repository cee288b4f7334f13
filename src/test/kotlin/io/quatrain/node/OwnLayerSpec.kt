package io.quatrain.node

import LeakyRnn
import io.kotest.assertions.throwables.shouldThrow
import io.kotest.core.spec.style.FunSpec
import io.kotest.engine.spec.tempdir
import io.kotest.matchers.ints.shouldBeLessThan
import io.kotest.matchers.should
import io.kotest.matchers.shouldBe
import io.kotest.matchers.string.shouldContain
import io.quatrain.architecture.Experiment
import io.quatrain.architecture.Gradients
import io.quatrain.architecture.Layer
import io.quatrain.architecture.Layers
import io.quatrain.architecture.Shape
import io.quatrain.architecture.architectureFromJson
import io.quatrain.architecture.cell
import io.quatrain.architecture.compile
import io.quatrain.architecture.component1
import io.quatrain.architecture.component2
import io.quatrain.architecture.one
import io.quatrain.architecture.toJson
import io.quatrain.architecture.toKotlin
import io.quatrain.cli.quatrain
import io.quatrain.dsl.dense
import io.quatrain.dsl.embedding
import io.quatrain.dsl.sequential
import io.quatrain.experiment.TrainedModel
import io.quatrain.kotest.haveCorrectGradients
import io.quatrain.tensor.Compute
import io.quatrain.tensor.Matrix
import io.quatrain.tensor.Precision
import kotlinx.serialization.SerialName
import kotlinx.serialization.Serializable
import leakyRnn
import java.io.File
import java.nio.file.Files

/** Nobody announces it. */
@Serializable
@SerialName("unannounced")
private data class Unannounced(val rate: Double = 1.0) : Layer {
    override fun outputShape(inputs: List<Shape>) = inputs.one()
    override fun node(inputs: List<Shape>, weights: Weights): Node = error("never made")
}

/** Doubles, and says that its derivative is three. */
@Serializable
@SerialName("wrongDouble")
data class WrongDouble(val factor: Double = 2.0) : Layer {
    override fun outputShape(inputs: List<Shape>): Shape = inputs.one()

    override fun node(inputs: List<Shape>, weights: Weights): Node = object : Node {
        override fun parameters(): List<Parameter> = emptyList()

        override fun pass(wiring: Wiring): Pass = object : Pass(wiring.signal(wiring.x().features())) {
            override fun forward(training: Boolean) {
                output().value().all().set(wiring.x().all()).scale(factor)
            }

            override fun backward() {
                wiring.input().gradient()?.addScaled(factor + 1, output().wantedGradient())
            }
        }
    }
}

class OwnLayerSpec : FunSpec({
    LeakyRnn.announce()
    Layers.register(WrongDouble.serializer())

    layerContract(LeakyRnn(4, leak = 0.4), features(3))

    test("the sample has fewer than 100 lines") {
        File("samples/own-layer/LeakyRnn.kt").readLines().size shouldBeLessThan 100
    }

    test("a layer of one's own in the DSL, in JSON and in the check") {
        val architecture = sequential { embedding(9, 3); leakyRnn(4, leak = 0.5); dense(9) }
        architecture.toKotlin() shouldContain "leakyRnn(4, leak = 0.5)"
        architecture.toJson() shouldContain "\"leakyRnn\""
        architectureFromJson(architecture.toJson()) shouldBe architecture
        architecture.compile(Compute.of(Precision.FLOAT32)) should haveCorrectGradients()
    }

    test("a layer of one's own in files and in the command that checks") {
        val folder = tempdir().toPath()
        val architecture = sequential { embedding(9, 3); leakyRnn(4, leak = 0.5); dense(9) }
        val model = TrainedModel(architecture.compile(), null)
        for (name in listOf("own.safetensors", "own.json")) {
            model.save(folder.resolve(name))
            TrainedModel.load(folder.resolve(name)).let { it.model.architecture shouldBe architecture; it.digest shouldBe model.digest }
        }
        val file = Files.writeString(folder.resolve("experiment.json"), Experiment(architecture).toJson())
        quatrain("check", file).let { it.status shouldBe 0; it.out shouldContain "leakyRnn(4, leak = 0.5)" }
    }

    test("a layer that was not announced says what to do") {
        shouldThrow<IllegalArgumentException> { sequential { input(features = 3); add(Unannounced()) }.compile() }.message shouldBe
            "the layer Unannounced is not known yet; announce it once, before it is used: Layers.register(Unannounced.serializer())"
    }

    test("a wrong derivative is found and named") {
        val model = sequential { embedding(5, 2); dense(3); add(WrongDouble()) }.compile()
        shouldThrow<AssertionError> { model should haveCorrectGradients() }.message shouldContain "0.embedding.e"
        shouldThrow<AssertionError> { Gradients.assertCorrect(model) }.message shouldContain "the slope is"
    }

    test("a cell, one step at a time, is the whole run") {
        val model = sequential { input(features = 3); leakyRnn(4) }.compile(Compute.of(Precision.FLOAT64))
        val compute = model.graph.compute()
        val pass = model.pass(PassSize.of(2, 3))
        val x = pass.input().all()
        for (c in 0 until 6) for (r in 0 until 3) x.set(r, c, Math.sin(c * 3.0 + r))
        pass.forward(false)
        val cell = model.cell("0.leakyRnn", batch = 2)
        var state: List<Matrix> = cell.start()
        for (t in 0 until 3) {
            val (output, next) = cell.step(x.columns(2 * t, 2 * t + 2), state)
            output.toDoubles().toList() shouldBe pass.output().value().at(t).toDoubles().toList()
            state = next
        }
        cell.parameters().map { it.path() } shouldBe model.parameters.map { it.path() }
        shouldThrow<IllegalArgumentException> { model.cell("1.lstm") }.message shouldContain "no layer \"1.lstm\"; there are 0.leakyRnn"
    }
})
