package io.quatrain

import io.kotest.core.spec.style.FunSpec
import io.kotest.matchers.shouldBe
import io.quatrain.architecture.*
import io.quatrain.dsl.*

class ToolchainSpec : FunSpec({
    test("Kotlin sees Java") {
        val m = sequential { embedding(5000, 128); lstm(256, bidirectional = true); dense(5000) }
        println(m.compile().summary())
        val g = graph {
            val source = tokens("source", 50)
            val target = tokens("target", 50)
            val encoder = source.embedding(50, 64).lstm(128) named "encoder"
            output(target.embedding(50, 64).lstm(128).startingFrom(encoder).dense(50) named "next")
        }
        println(g.compile().summary())
        runCatching { sequential { input(tokens = 40); lstm(256); dense(4) }.compile() }.let { println(it) }
        m.compile().parameterCount shouldBe 3_993_480
    }
})
