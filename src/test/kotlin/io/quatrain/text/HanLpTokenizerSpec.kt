package io.quatrain.text

import io.kotest.core.spec.style.FunSpec
import io.kotest.matchers.shouldBe
import java.lang.reflect.InvocationTargetException
import java.net.URLClassLoader

/** Sees what the tests see, except HanLP; loads the text package anew. */
private class WithoutHanLp : URLClassLoader(
    System.getProperty("java.class.path").split(java.io.File.pathSeparator).map { java.io.File(it).toURI().toURL() }.toTypedArray(), null,
) {
    override fun loadClass(name: String, resolve: Boolean): Class<*> {
        if (name.startsWith("com.hankcs.")) throw ClassNotFoundException(name)
        return super.loadClass(name, resolve)
    }
}

class HanLpTokenizerSpec : FunSpec({
    tokenizerContract("hanlp", HanLpTokenizer.CORE, times = 1000)
    tokenizerContract("hanlp, full", HanLpTokenizer.FULL, times = 500)

    test("words are those of the dictionary") {
        HanLpTokenizer.CORE.tokenize("独入白云屏。\n 今年人比花先病") shouldBe
            listOf("独", "入", "白云", "屏", "。", "\n", " ", "今年", "人", "比", "花", "先", "病")
    }

    test("no character is torn apart") {
        forRandomTexts(times = 1000) { text ->
            HanLpTokenizer.CORE.tokenize(text).flatMap { Graphemes.of(it) } shouldBe Graphemes.of(text)
        }
        HanLpTokenizer.CORE.tokenize("𠮷👍🏽e\u0301").flatMap { Graphemes.of(it) } shouldBe listOf("𠮷", "👍🏽", "e\u0301")
    }

    test("without the jar, only what needs it fails, and says what to add") {
        val loader = WithoutHanLp()
        fun call(type: String, instance: Any, method: String) = try {
            loader.loadClass("io.quatrain.text.$type").getMethod(method, String::class.java).invoke(instance, "明月 moon")
        } catch (e: InvocationTargetException) {
            e.targetException.message
        }
        fun instance(type: String, field: String = "INSTANCE") = loader.loadClass("io.quatrain.text.$type").getField(field).get(null)
        call("WordTokenizer", instance("WordTokenizer"), "tokenize") shouldBe listOf("明", "月", " ", "moon")
        call("HanLpTokenizer", instance("HanLpTokenizer", "CORE"), "tokenize") shouldBe
            "the tokenizer \"hanlp\" needs HanLP, which is not on the class path; add com.hankcs:hanlp:portable-1.8.6"
        val simplified = loader.loadClass("io.quatrain.text.Normalization").getMethod("of", Collection::class.java).invoke(null, listOf("simplified"))
        call("Normalization", simplified, "apply") shouldBe
            "the normalization \"simplified\" needs HanLP, which is not on the class path; add com.hankcs:hanlp:portable-1.8.6"
    }
})
