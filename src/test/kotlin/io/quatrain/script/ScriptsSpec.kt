package io.quatrain.script

import io.kotest.assertions.throwables.shouldThrow
import io.kotest.core.spec.style.FunSpec
import io.kotest.engine.spec.tempdir
import io.kotest.matchers.collections.shouldBeEmpty
import io.kotest.matchers.collections.shouldHaveSize
import io.kotest.matchers.shouldBe
import io.kotest.matchers.string.shouldNotContain
import io.quatrain.architecture.Experiment
import io.quatrain.dsl.dense
import io.quatrain.dsl.sequential
import java.io.ByteArrayOutputStream
import java.io.File
import java.io.PrintStream

class ScriptsSpec : FunSpec({
    val before = System.getProperty("quatrain.cache")
    val cache = tempdir()
    beforeSpec { System.setProperty("quatrain.cache", cache.path) }
    afterSpec { if (before == null) System.clearProperty("quatrain.cache") else System.setProperty("quatrain.cache", before) }

    val dense = Experiment(sequential { dense(3) })
    fun refusal(source: String) = shouldThrow<ScriptException> { Scripts.evaluate(source, "verse/poems.model.kts") }.also { it.message!! shouldNotContain "\n" }

    test("compile errors name file, line and column, and the nearest word") {
        refusal("experiment {\n    architecture = sequential {\n        lsmt(4)\n    }\n}").message shouldBe
            "verse/poems.model.kts:3:9: unresolved reference 'lsmt'; did you mean \"lstm\"?"
        refusal("sequential {\n  lstm(4, unit = 3)\n}").message shouldBe
            "verse/poems.model.kts:2:11: no parameter with name 'unit' found; did you mean \"units\"?"
        val two = refusal("sequential { lstm(\"a\") }\nfoo()")
        two.message shouldBe "verse/poems.model.kts:1:19: argument type mismatch: actual type is 'String', but 'Int' was expected (and 1 more)"
        two.others shouldBe listOf("verse/poems.model.kts:2:1: unresolved reference 'foo'")
    }

    test("what a script does wrong when it runs has the script's line") {
        refusal("sequential {\n\n    lstm(0)\n}").message shouldBe "verse/poems.model.kts:3: units must be positive, got 0"
        refusal("fun deep(): Int = deep() + 1\n\ndeep()").message shouldBe "verse/poems.model.kts:1: StackOverflowError"
        refusal("val size = 3").message shouldBe "verse/poems.model.kts: the last expression must be an experiment or an architecture, " +
            "it is nothing; end the script with experiment { … }"
        refusal("\"dense\"").message shouldBe "verse/poems.model.kts: the last expression must be an experiment or an architecture, " +
            "it is of the type String; end the script with experiment { … }"
    }

    test("a script may give an architecture only, and is quiet") {
        val out = System.out
        val written = ByteArrayOutputStream()
        System.setOut(PrintStream(written, true))
        try {
            Scripts.evaluate("val units = 1 + 2\nsequential { dense(units) }") shouldBe dense
        } finally {
            System.setOut(out)
        }
        written.toString() shouldBe ""
    }

    test("compiled scripts are kept; damaged ones are compiled again; a cache that cannot be written is no error") {
        fun entries() = File(cache, "scripts").listFiles().orEmpty().toList()
        entries().forEach { it.delete() }
        val source = "sequential { dense(3) } // kept"
        Scripts.evaluate(source) shouldBe dense
        val entry = entries().also { it shouldHaveSize 1 }.single()
        val good = entry.readBytes()
        val time = entry.lastModified() - 100_000

        entry.setLastModified(time)
        Scripts.evaluate(source) shouldBe dense
        entry.lastModified() shouldBe time                           // read, not written

        for (bad in listOf(good.copyOf(good.size / 2), good.clone().also { it[good.size / 2] = (it[good.size / 2] + 1).toByte() }, ByteArray(0))) {
            entry.writeBytes(bad)
            Scripts.evaluate(source) shouldBe dense
            entry.readBytes().contentEquals(good) shouldBe true
        }

        val file = File(tempdir(), "file").apply { writeText("in the way") }
        System.setProperty("quatrain.cache", file.path)
        Scripts.evaluate(source) shouldBe dense
        System.setProperty("quatrain.cache", cache.path)
        entries().filter { !it.name.endsWith(".script") }.shouldBeEmpty()
    }

    test("another script of the same name is another entry") {
        Scripts.evaluate("sequential { dense(3) }") shouldBe dense
        Scripts.evaluate("sequential { dense(4) }") shouldBe Experiment(sequential { dense(4) })
    }
})
