package io.quatrain.kernel

import io.kotest.core.spec.style.FunSpec
import io.kotest.matchers.shouldBe
import io.kotest.matchers.string.shouldContain
import io.kotest.matchers.string.shouldNotContain
import io.kotest.matchers.string.shouldStartWith
import java.io.File

/** Prints the chosen kernel, in a Java of its own. */
internal object ChosenKernel {
    @JvmStatic
    fun main(arguments: Array<String>) {
        println("chosen: " + Kernels.floats().name())
        println("soonest: " + Kernels.soonest().name())
    }
}

internal class KernelsSpec : FunSpec({
    fun start(vararg flags: String): String {
        val java = File(System.getProperty("java.home"), "bin/java").path
        val paths = listOf(Kernels::class.java, ChosenKernel::class.java, Unit::class.java)
            .map { File(it.protectionDomain.codeSource.location.toURI()).path }
        val command = listOf(java, "-XX:TieredStopAtLevel=1", *flags, "-cp", paths.joinToString(File.pathSeparator), ChosenKernel::class.java.name)
        return ProcessBuilder(command).redirectErrorStream(true).start().inputStream.bufferedReader().readText()
    }

    val module = arrayOf("--add-modules", "jdk.incubator.vector")

    test("without the module: plain, and one line that names the flag") {
        val output = start()
        output shouldContain "chosen: plain"
        output.lines().count { "--add-modules jdk.incubator.vector" in it } shouldBe 1
    }

    test("with the module: vector, without a word") {
        val output = start(*module)
        output shouldContain "chosen: vector"
        output shouldNotContain "--add-modules"
    }

    test("soonest at work is the plain one, unless the property decides") {
        start(*module) shouldContain "soonest: plain"
        start(*module, "-Dquatrain.kernel=vector") shouldContain "soonest: vector"
    }

    test("the property decides") {
        start(*module, "-Dquatrain.kernel=plain") shouldContain "chosen: plain"
        start(*module, "-Dquatrain.kernel=vector") shouldContain "chosen: vector"
        val plain = start("-Dquatrain.kernel=plain")
        plain shouldContain "chosen: plain"
        plain shouldNotContain "--add-modules"
    }

    test("a wish that cannot be met says why") {
        start("-Dquatrain.kernel=vector") shouldContain "start Java with --add-modules jdk.incubator.vector"
        start("-Dquatrain.kernel=fast") shouldContain "-Dquatrain.kernel: needs plain or vector, got \"fast\""
    }

    test("the specs run on both float kernels") {
        Kernels.hasVector() shouldBe true
        Kernels.floats().name() shouldStartWith "vector"
    }
})
