package io.quatrain.script

import io.kotest.core.spec.style.FunSpec
import io.kotest.engine.spec.tempdir
import io.kotest.matchers.shouldBe
import io.quatrain.architecture.*
import io.quatrain.dsl.*

class ScriptsSpec : FunSpec({
    val cache = tempdir()
    System.setProperty("quatrain.cache", cache.path)
    test("try") {
        val t0 = System.nanoTime()
        val e = Scripts.evaluate("""
            experiment {
                data = text("a.txt", tokenizer = characters())
                architecture = sequential { embedding(vocab, 8); lstm(4, output = last); dense(vocab, activation = tanh) }
                training { optimizer = adam(0.002); reduction = sum; clipping = clipByValue(1.0) }
            }
        """.trimIndent())
        val t1 = System.nanoTime()
        println(e.toKotlin()); println(e.toJson())
        val k = Scripts.evaluate(e.toKotlin())
        val t2 = System.nanoTime()
        k shouldBe e
        Scripts.evaluate(e.toKotlin()) shouldBe e
        val t3 = System.nanoTime()
        println("first ${(t1-t0)/1e9} second ${(t2-t1)/1e9} cached ${(t3-t2)/1e9}")
        for (bad in listOf("experiment {\n  architecture = sequential { lsmt(4) }\n}", "sequential {\n  lstm(4, unit = 3)\n}", "sequential {\n\n  lstm(0)\n}", "val x = 3", "3", "sequential { lstm(\"a\") }\nfoo()", "sequential { lstm(3 }", "error(\"boo\")", "fun f(): Int = f() + 1\nf()"))
            println(runCatching { Scripts.evaluate(bad, "dir/x.model.kts") }.exceptionOrNull()?.let { it.message + "   " + (it as? ScriptException)?.others })
        Experiment.fromJson(e.toJson()) shouldBe e
    }
})
