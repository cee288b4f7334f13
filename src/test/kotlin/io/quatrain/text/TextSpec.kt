package io.quatrain.text

import io.kotest.assertions.throwables.shouldThrow
import io.kotest.assertions.withClue
import io.kotest.core.spec.style.FunSpec
import io.kotest.engine.spec.tempdir
import io.kotest.matchers.shouldBe
import io.kotest.matchers.string.shouldContain
import java.io.ByteArrayOutputStream
import java.nio.charset.Charset
import java.nio.file.Files
import java.nio.file.Path
import java.security.MessageDigest
import kotlin.random.Random

class TextSpec : FunSpec({
    val folder = tempdir().toPath()
    var files = 0
    fun file(vararg bytes: Int): Path = folder.resolve("f${files++}.txt").also { Files.write(it, ByteArray(bytes.size) { i -> bytes[i].toByte() }) }
    fun file(bytes: ByteArray): Path = folder.resolve("f${files++}.txt").also { Files.write(it, bytes) }
    fun refused(file: Path, encoding: String? = null): String {
        val message = shouldThrow<CorpusException> { Text.file(file, encoding).read() }.message!!
        message shouldContain file.toString()
        message.contains('\n') shouldBe false
        return message.removePrefix("$file: ")
    }

    test("UTF-8 with and without a byte order mark, UTF-16 with one") {
        val text = "月在画楼西 𠮷 é\r\n"
        Text.file(file(text.toByteArray())).read() shouldBe text
        Text.file(file("\ufeff$text".toByteArray())).read() shouldBe text
        Text.file(file("\ufeff$text".toByteArray(Charsets.UTF_16LE))).read() shouldBe text
        Text.file(file("\ufeff$text".toByteArray(Charsets.UTF_16BE))).read() shouldBe text
        Text.file(file(text.toByteArray(Charsets.UTF_16LE)), "UTF-16LE").read() shouldBe text
        Text.file(file(text.toByteArray(Charset.forName("GB18030"))), "GB18030").read() shouldBe text
    }

    test("bytes that are not UTF-8 are refused at their position") {
        refused(file('a'.code, 'b'.code, 0x80, 'c'.code)) shouldBe "byte 2 (80) is not UTF-8; save it as UTF-8, or name its encoding"
        refused(file('a'.code, 0xc0, 0xaf)) shouldContain "byte 1 (c0) is not UTF-8"                        // overlong
        refused(file('a'.code, 0xed, 0xa0, 0x80)) shouldContain "byte 1 (ed"                                // a surrogate
        refused(file('a'.code, 0xe6, 0x9c)) shouldBe "byte 1 (e6 9c) is not UTF-8; the file ends in the middle of a character; is all of it there?"
        refused(file('a'.code, 0xe6, 0x9c, 'b'.code)) shouldContain "save it as UTF-8"
        refused(file(0xef, 0xbb, 0xbf, 'a'.code, 0xff)) shouldContain "byte 4 (ff)"
        refused(file("床前明月光，疑是地上霜。".toByteArray(Charset.forName("GBK")))) shouldContain "say encoding = \"GB18030\""
    }

    test("the position is right at any distance") {
        val random = Random(3)
        for (size in listOf(65_535, 65_536, 65_537, 200_000)) {
            val bytes = "é月a\n".repeat(size / 7 + 1).toByteArray().copyOf(size)
            val text = String(bytes, Charsets.UTF_8).trimEnd('\ufffd').toByteArray()
            val at = text.size - random.nextInt(3000).let { d -> (text.size - d).coerceAtLeast(0).let { p -> text.size - p } }
            var boundary = at.coerceAtMost(text.size - 1)
            while (boundary > 0 && text[boundary].toInt() and 0xc0 == 0x80) boundary--
            val broken = text.copyOf().also { it[boundary] = 0xff.toByte() }
            withClue("size $size") { refused(file(broken)) shouldContain "byte $boundary (ff) is not UTF-8" }
            val nul = text.copyOf().also { it[boundary] = 0 }
            withClue("size $size") { refused(file(nul)) shouldContain "byte $boundary is NUL" }
        }
    }

    test("what is no text is refused and named") {
        refused(file('a'.code, 0, 'b'.code)) shouldBe "byte 1 is NUL; this is not a text file"
        refused(file("hello, world".toByteArray(Charsets.UTF_16LE))) shouldContain "UTF-16 without a byte order mark"
        refused(file(0xff, 0xfe, 0, 0, 'a'.code, 0, 0, 0)) shouldBe "is UTF-32; save it as UTF-8"
        refused(file(0xff, 0xfe, 'a'.code, 0, 0, 0)) shouldContain "byte 4 is NUL"
        refused(file(0xff, 0xfe, 'a'.code)) shouldContain "byte 2 (61) is not UTF-16"
        val zipped = ByteArrayOutputStream().also { java.util.zip.GZIPOutputStream(it).use { z -> z.write("hello".toByteArray()) } }
        refused(file(zipped.toByteArray())) shouldContain "it looks like gzip; unpack it first"
        refused(file()) shouldBe "is empty; a text is needed"
        refused(file(0xef, 0xbb, 0xbf)) shouldBe "is empty but for a byte order mark; a text is needed"
        refused(folder) shouldContain "is a folder"
        refused(folder.resolve("none.txt")) shouldBe "does not exist; check the path"
        shouldThrow<IllegalArgumentException> { Text.file(folder, "UTF-9") }.message shouldContain "unknown encoding \"UTF-9\""
    }

    test("devices, pipes and links to nothing are never read") {
        refused(Path.of("/dev/zero")) shouldContain "is a device or pipe"
        val link = Files.createSymbolicLink(folder.resolve("dangling"), folder.resolve("nothing"))
        refused(link) shouldBe "is a link to a file that does not exist"
        val loop = Files.createSymbolicLink(folder.resolve("loop"), folder.resolve("loop"))
        refused(loop)
    }

    test("chunks join to the text, end after line feeds, and are small") {
        val random = Random(11)
        val text = buildString { while (length < 700_000) { append(RandomText.of(random).replace("\u0000", "")); if (random.nextInt(50) == 0) append('\n') } }
        val chunks = mutableListOf<String>()
        val summary = Text.file(file(text.toByteArray())).forEachChunk(chunks::add)
        chunks.joinToString("") shouldBe text
        chunks.dropLast(1).forEach { it.last() shouldBe '\n' }
        (chunks.maxOf { it.length } < 200_000) shouldBe true
        summary.chars() shouldBe text.length.toLong()
        summary.bytes() shouldBe text.toByteArray().size.toLong()
        summary.sha256() shouldBe java.util.HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(text.toByteArray()))
        Text.of("it", text).forEachChunk { } shouldBe summary
    }

    test("an endless line is cut between plain characters") {
        val line = "word e\u0301 ".repeat(800_000)
        val chunks = mutableListOf<String>()
        Text.file(file(line.toByteArray())).forEachChunk(chunks::add)
        (chunks.size > 1) shouldBe true
        chunks.joinToString("") shouldBe line
        chunks.drop(1).forEach { it.first() shouldBe ' ' }
        shouldThrow<CorpusException> { Text.file(file(("a" + "\u0301".repeat(17_000_000)).toByteArray())).forEachChunk { } }
            .message shouldContain "no place to cut it"
    }

    test("several files are one text, each on lines of its own") {
        val a = file("one".toByteArray())
        val b = file("two\n".toByteArray())
        Text.files(listOf(a, b, a), null).read() shouldBe "one\ntwo\none"
    }

    test("files are found by folder and by pattern, in the same order everywhere") {
        val root = Files.createDirectories(folder.resolve("tree/sub")).parent
        for (name in listOf("b.txt", "a.txt", "sub/c.txt", "sub/d.json", ".hidden")) Files.writeString(root.resolve(name), name)
        fun found(pattern: String) = TextFiles.find(pattern).map { root.relativize(it).toString().replace('\\', '/') }
        found("$root") shouldBe listOf("a.txt", "b.txt", "sub/c.txt", "sub/d.json")
        found("$root/*.txt") shouldBe listOf("a.txt", "b.txt")
        found("$root/**.{txt,json}") shouldBe listOf("a.txt", "b.txt", "sub/c.txt", "sub/d.json")
        found("$root/sub/?.json") shouldBe listOf("sub/d.json")
        found("$root/a.txt") shouldBe listOf("a.txt")
        val link = Files.createSymbolicLink(folder.resolve("link"), root)
        TextFiles.find("$link") shouldBe listOf("a.txt", "b.txt", "sub/c.txt", "sub/d.json").map { link.resolve(it) }
        TextFiles.find("$link/*.txt") shouldBe listOf("a.txt", "b.txt").map { link.resolve(it) }
        shouldThrow<CorpusException> { TextFiles.find("$root/*.csv") }.message shouldBe "$root/*.csv: no file matches"
        shouldThrow<CorpusException> { TextFiles.find("$root/none/*.csv") }.message shouldContain "there is no folder"
    }
})
