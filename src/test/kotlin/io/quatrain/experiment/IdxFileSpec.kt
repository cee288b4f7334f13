package io.quatrain.experiment

import io.kotest.assertions.throwables.shouldThrow
import io.kotest.core.spec.style.FunSpec
import io.kotest.engine.spec.tempdir
import io.kotest.matchers.shouldBe
import io.kotest.matchers.string.shouldContain
import io.kotest.matchers.string.shouldNotContain
import io.quatrain.text.CorpusException
import java.io.ByteArrayOutputStream
import java.nio.ByteBuffer
import java.nio.file.Files
import java.nio.file.Path
import java.util.zip.GZIPOutputStream
import kotlin.random.Random

class IdxFileSpec : FunSpec({
    val folder = tempdir().toPath()

    fun file(bytes: ByteArray): Path = Files.write(folder.resolve("data"), bytes)
    fun images(vararg head: Int, pixels: Int): ByteArray =
        ByteBuffer.allocate(4 * head.size + pixels).apply { head.forEach { putInt(it) } }.array().also { for (i in 0 until pixels) it[4 * head.size + i] = i.toByte() }
    fun zipped(bytes: ByteArray): ByteArray = ByteArrayOutputStream().also { out -> GZIPOutputStream(out).use { it.write(bytes) } }.toByteArray()
    fun refused(bytes: ByteArray): String = shouldThrow<CorpusException> { IdxFile.images(file(bytes)) }.message!!.also {
        it shouldContain folder.resolve("data").toString()
        it shouldNotContain "\n"
    }
    val good = images(0x803, 3, 2, 4, pixels = 24)

    test("plain and gzipped files are the same images") {
        for (bytes in listOf(good, zipped(good))) {
            val read = IdxFile.images(file(bytes))
            read.sizes shouldBe listOf(3, 2, 4)
            read.bytes.toList() shouldBe List(24) { it.toByte() }
        }
        IdxFile.labels(file(images(0x801, 5, pixels = 5))).bytes.toList() shouldBe List(5) { it.toByte() }
    }

    test("wrong beginnings are refused") {
        refused(images(0x801, 24, pixels = 24)) shouldContain "must begin with the bytes 0 0 8 3, it begins with 0 0 8 1"
        refused("not an image, not at all".toByteArray()) shouldContain "is no idx file of images"
        shouldThrow<CorpusException> { IdxFile.labels(file(good)) }.message!! shouldContain "must begin with the bytes 0 0 8 1"
        shouldThrow<CorpusException> { IdxFile.images(folder.resolve("nothing")) }.message!! shouldContain "does not exist"
        shouldThrow<CorpusException> { IdxFile.images(folder) }.message!! shouldContain "is no file"
    }

    test("every truncation is refused, plain and gzipped") {
        for (bytes in listOf(good, zipped(good))) {
            for (length in 0 until bytes.size) shouldThrow<CorpusException> { IdxFile.images(file(bytes.copyOf(length))) }
        }
        refused(good.copyOf(30)) shouldContain "its head promises 3 × 2 × 4 = 24 bytes, there are 14"
    }

    test("sizes are checked before anything is believed") {
        refused(images(0x803, 3, 2, 4, pixels = 25)) shouldContain "goes on after the 3 × 2 × 4 = 24 bytes"
        refused(images(0x803, 0, 2, 4, pixels = 0)) shouldContain "says that it has 0 items"
        refused(images(0x803, 3, 0, 4, pixels = 0)) shouldContain "says that it has 0 rows"
        refused(images(0x803, -1, 2, 4, pixels = 24)) shouldContain "says that it has 4294967295 items"
        refused(images(0x803, 1 shl 30, 1 shl 30, 1 shl 30, pixels = 24)) shouldContain "more than 1073741824 are not read"
        refused(images(0x803, 1 shl 29, 1, 1, pixels = 24)) shouldContain "there are 24"
    }

    test("damage never comes out as anything but a refusal or images") {
        val random = Random(11)
        val compressed = zipped(good)
        repeat(2000) {
            val bytes = (if (it % 2 == 0) good else compressed).copyOf()
            repeat(1 + random.nextInt(3)) { bytes[random.nextInt(bytes.size)] = random.nextInt(256).toByte() }
            try {
                IdxFile.images(file(bytes)).let { read -> read.bytes.size shouldBe read.sizes.fold(1) { a, b -> a * b } }
            } catch (e: CorpusException) {
                e.message!! shouldNotContain "\n"
            }
        }
    }

    test("a label that does not belong to an image is refused") {
        val pictures = Files.write(folder.resolve("images"), good)
        val labels = Files.write(folder.resolve("labels"), images(0x801, 2, pixels = 2))
        shouldThrow<CorpusException> { ImageTraining.read(pictures, labels) }.message!! shouldContain "has 2 labels for the 3 images"
    }
})
