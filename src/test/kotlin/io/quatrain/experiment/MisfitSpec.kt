package io.quatrain.experiment

import io.kotest.assertions.throwables.shouldThrow
import io.kotest.core.spec.style.FunSpec
import io.kotest.engine.spec.tempdir
import io.kotest.matchers.shouldBe
import io.quatrain.architecture.compile
import io.quatrain.dsl.dense
import io.quatrain.dsl.embedding
import io.quatrain.dsl.lstm
import io.quatrain.dsl.sequential
import io.quatrain.format.ModelContainer
import io.quatrain.format.ModelFileException
import io.quatrain.format.ModelFiles
import io.quatrain.format.TensorData
import io.quatrain.text.CharacterTokenizer
import io.quatrain.text.Codec
import io.quatrain.text.Normalization
import io.quatrain.text.Vocabulary

/** Files whose checksum is right and whose parts do not belong together. */
class MisfitSpec : FunSpec({
    val folder by lazy { tempdir().toPath() }
    val model = sequential { embedding(4, 2); lstm(3); dense(4) }.compile()
    fun codec(tokens: String) = Codec(Normalization.NONE, CharacterTokenizer.GRAPHEMES, Vocabulary.of(tokens.map { it.toString() }))
    val whole = TrainedModel(model, codec("abcd")).container(null)

    fun refused(name: String, container: ModelContainer): String {
        val file = folder.resolve(name)
        ModelFiles.write(file, container)
        return shouldThrow<ModelFileException> { TrainedModel.load(file) }.message!!.removePrefix("$file: ")
    }

    for (form in listOf("json", "safetensors")) {
        fun changed(name: String, tensors: (List<TensorData>) -> List<TensorData>) =
            refused("$name.$form", ModelContainer(whole.metadata, tensors(whole.tensors)))

        test("weights that are missing, too many, of another shape or precision, or that changed places: $form") {
            changed("missing") { it.drop(1) } shouldBe "weights \"0.embedding.e\" [2 × 4] are missing"
            changed("more") { it + TensorData("3.dense.w", FloatArray(6), 2, 3) } shouldBe "weights \"3.dense.w\" F32 [2 × 3] are not of this model"
            changed("turned") { it.map { w -> if (w.name == "0.embedding.e") TensorData(w.name, w.floats, 4, 2) else w } } shouldBe
                "weights \"0.embedding.e\": the model needs [2 × 4], the file has [4 × 2]"
            changed("wide") { it.map { w -> if (w.name == "2.dense.b") TensorData(w.name, DoubleArray(4), 4, 1) else w } } shouldBe
                "weights \"2.dense.b\": the model computes in F32, the file has F64"
            val names = mapOf("1.lstm.wx" to "1.lstm.wh", "1.lstm.wh" to "1.lstm.wx")
            changed("swapped") { it.map { w -> TensorData(names[w.name] ?: w.name, w.floats, *w.shape.toIntArray()) } } shouldBe
                "weights \"1.lstm.wx\": the model needs [12 × 2], the file has [12 × 3]"
        }

        test("a vocabulary that is larger than the input it is for: $form") {
            refused("vocabulary.$form", TrainedModel(model, codec("abcde")).container(null)) shouldBe "its vocabulary has 5 tokens, its input \"input\" only 4"
        }
    }
})
