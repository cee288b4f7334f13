package io.quatrain.format

import io.kotest.assertions.throwables.shouldThrow
import io.kotest.core.spec.style.FunSpec
import io.kotest.engine.spec.tempfile
import io.kotest.matchers.shouldBe
import io.kotest.matchers.string.shouldContain
import io.quatrain.architecture.compile
import io.quatrain.dsl.dense
import io.quatrain.dsl.embedding
import io.quatrain.dsl.sequential

class WordVectorsSpec : FunSpec({
    fun file(text: String) = tempfile().apply { writeText(text) }.toPath()

    test("vectors of word2vec and GloVe go into an embedding by token, and stay there where it does not learn") {
        for (header in listOf("", "2 3\n")) {
            val vectors = WordVectors.read(file("${header}sea 1 2 3\nlow tide -1 0.5 2e-1\n"))
            vectors.size shouldBe 3
            vectors.count shouldBe 2
            val model = sequential { embedding(4, 3, trainable = false); dense(2) }.compile()
            val before = model.parameters[0].value().columns(1, 2).toDoubles().toList()
            vectors.putInto(model, "0.embedding", listOf("sea", "sky", "low tide")) shouldBe 2
            model.parameters[0].value().columns(0, 1).toDoubles().toList() shouldBe listOf(1.0, 2.0, 3.0)
            model.parameters[0].value().columns(1, 2).toDoubles().toList() shouldBe before
            model.parameters[0].value().columns(2, 3).toDoubles().toList() shouldBe listOf(-1.0, 0.5, 0.2f.toDouble())
            model.parameters[0].trainable() shouldBe false
        }
    }

    test("what does not fit is refused by line or by size") {
        shouldThrow<IllegalArgumentException> { WordVectors.read(file("a 1 2\nb 1\n")) }.message shouldContain ":2: needs a token and 2 numbers, has 1"
        shouldThrow<IllegalArgumentException> { WordVectors.read(file("a 1 x\n")) }.message shouldContain ":1: \"x\" is not a finite number"
        shouldThrow<IllegalArgumentException> { WordVectors.read(file("")) }.message shouldContain "has no vectors"
        val model = sequential { embedding(4, 2); dense(2) }.compile()
        shouldThrow<IllegalArgumentException> { WordVectors.read(file("a 1 2 3\n")).putInto(model, "0.embedding", listOf("a")) }
            .message shouldContain "the vectors have 3 numbers, the embedding \"0.embedding\" has 2"
    }
})
