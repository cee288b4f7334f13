package io.quatrain.format

import io.kotest.assertions.throwables.shouldThrow
import io.kotest.assertions.withClue
import io.kotest.core.spec.style.FunSpec
import io.kotest.engine.spec.tempdir
import io.kotest.matchers.collections.shouldContainExactly
import io.kotest.matchers.shouldBe
import io.kotest.matchers.shouldNotBe
import io.kotest.matchers.string.shouldContain
import io.kotest.matchers.string.shouldStartWith
import java.nio.ByteBuffer
import java.nio.ByteOrder
import java.nio.file.Files
import java.nio.file.Path
import kotlin.random.Random
import kotlinx.serialization.builtins.ListSerializer

/** A small model with every type of tensor, awkward names and numbers. */
internal fun sampleModel(random: Random = Random(7)): ModelContainer = ModelContainer(
    """{"formatVersion": 1, "writer": "Quatrain", "architecture": {"layers": [{"type": "lstm", "units": 3}]},
       "vocabulary": ["月", "在", "\u0001", "\"", "𝄞"], "learningRate": 1.0E-3}""",
    listOf(
        TensorData("0.wx", FloatArray(12) { random.nextFloat() - 0.5f }, 4, 3),
        TensorData("0.b", floatArrayOf(-0f, Float.MIN_VALUE, Float.MAX_VALUE, 1e-5f), 4, 1),
        TensorData("1.ä \"月\"", DoubleArray(6) { random.nextDouble() * 1e-9 }, 2, 3),
        TensorData("1.cube", FloatArray(24) { it.toFloat() }, 2, 3, 4),
        TensorData("empty", FloatArray(0), 0, 5),
        TensorData("scalar", doubleArrayOf(Double.MIN_VALUE)),
        TensorData("@random", longArrayOf(Long.MIN_VALUE, Long.MAX_VALUE, 0), 3),
        TensorData("@mask", byteArrayOf(0, -1, 127), 3),
        TensorData("@steps", intArrayOf(-1, Int.MAX_VALUE), 2),
    ),
)

/** A safetensors file put together by hand, so that a test can say anything in its header. */
internal fun safetensorsBytes(header: String, data: ByteArray): ByteArray = header.toByteArray().let { text ->
    ByteBuffer.allocate(8 + text.size + data.size).order(ByteOrder.LITTLE_ENDIAN).putLong(text.size.toLong()).put(text).put(data).array()
}

class ModelFileSpec : FunSpec({
    val folder by lazy { tempdir().toPath() }
    fun same(a: ModelContainer, b: ModelContainer) {
        b.metadata.toJson() shouldBe a.metadata.toJson()
        b.tensors.associateBy { it.name }.keys shouldBe a.tensors.map { it.name }.toSet()
        for (tensor in a.tensors) withClue(tensor) {
            val other = b[tensor.name]!!
            other.type shouldBe tensor.type
            other.shape shouldBe tensor.shape
            when (tensor.type) {
                TensorType.F64 -> other.doubles.map { it.toRawBits() } shouldBe tensor.doubles.map { it.toRawBits() }
                TensorType.F32 -> other.floats.map { it.toRawBits() } shouldBe tensor.floats.map { it.toRawBits() }
                TensorType.I64 -> other.longs shouldBe tensor.longs
                TensorType.I32 -> other.ints shouldBe tensor.ints
                TensorType.U8 -> other.bytes shouldBe tensor.bytes
            }
        }
    }

    test("written and read it is the same to the bit, in both forms, and written again the same bytes") {
        val model = sampleModel()
        for (name in listOf("m.safetensors", "m.json")) {
            val file = folder.resolve(name)
            ModelFiles.write(file, model)
            val read = ModelFiles.read(file)
            same(model, read)
            read.digest shouldBe model.digest
            read.checksum shouldBe model.checksum
            ModelFiles.write(folder.resolve("again-$name"), read)
            Files.readAllBytes(folder.resolve("again-$name")) shouldBe Files.readAllBytes(file)
        }
    }

    test("what is wrong with a described part of a model names the file") {
        for ((name, where) in listOf("m.safetensors" to ", metadata:1:67", "m.json" to ":9:11")) {
            val file = folder.resolve(name)
            ModelFiles.write(file, sampleModel())
            val layers = (ModelFiles.read(file).metadata.getValue("architecture") as JsonValue.Object).getValue("layers")
            shouldThrow<JsonException> { layers.decode(ListSerializer(Sonnet.Dropout.serializer())) }.message!! shouldStartWith
                "$file$where $.${if (name.endsWith("json")) "quatrain." else ""}architecture.layers[0].type: unknown key"
        }
    }

    test("matrices of more than one piece stand row by row in the file and come back to the bit") {
        for ((rows, columns) in listOf(300 to 100, 3 to 9_000, 9_000 to 3, 2 to 20_000, 257 to 64)) withClue("[$rows × $columns]") {
            val numbers = FloatArray(rows * columns) { it * 0.25f - 1000 }
            val model = ModelContainer("""{"formatVersion":1}""", listOf(TensorData("w", numbers, rows, columns)))
            val file = folder.resolve("large.safetensors")
            ModelFiles.write(file, model)
            same(model, ModelFiles.read(file))
            val bytes = Files.readAllBytes(file)
            val data = ByteBuffer.wrap(bytes, bytes.size - 4 * numbers.size, 4 * numbers.size).slice().order(ByteOrder.LITTLE_ENDIAN).asFloatBuffer()
            val stored = FloatArray(numbers.size).also { data.get(it) }
            stored.toList() shouldBe List(numbers.size) { numbers[it / columns + it % columns * rows] }
        }
    }

    test("models of random shapes make the journey through both forms (seed 11)") {
        val random = Random(11)
        repeat(40) { round ->
            val tensors = List(random.nextInt(6)) { i ->
                val shape = IntArray(random.nextInt(4)) { random.nextInt(1, 40) }
                val size = shape.fold(1, Int::times)
                fun finite() = generateSequence { Float.fromBits(random.nextInt()) }.first { it.isFinite() }
                fun finiteDouble() = generateSequence { Double.fromBits(random.nextLong()) }.first { it.isFinite() }
                if (random.nextBoolean()) TensorData("t$i", FloatArray(size) { finite() }, *shape)
                else TensorData("t$i", DoubleArray(size) { finiteDouble() }, *shape)
            }
            val model = ModelContainer("""{"formatVersion":1,"round":$round}""", tensors)
            for (name in listOf("r.safetensors", "r.json")) {
                ModelFiles.write(folder.resolve(name), model)
                same(model, ModelFiles.read(folder.resolve(name)))
            }
        }
    }

    test("the layout is that of safetensors: row-major, little-endian, aligned, without gaps") {
        val model = ModelContainer("""{"formatVersion":1}""", listOf(
            TensorData("w", floatArrayOf(1f, 4f, 2f, 5f, 3f, 6f), 2, 3),
            TensorData("d", doubleArrayOf(7.0), 1),
        ))
        val file = folder.resolve("layout.safetensors")
        Safetensors.write(file, model)
        val bytes = ByteBuffer.wrap(Files.readAllBytes(file)).order(ByteOrder.LITTLE_ENDIAN)
        val length = bytes.getLong(0).toInt()
        (length % 8) shouldBe 0
        val header = String(bytes.array(), 8, length)
        header shouldContain """"d":{"dtype":"F64","shape":[1],"data_offsets":[0,8]},"w":{"dtype":"F32","shape":[2,3],"data_offsets":[8,32]}}"""
        bytes.getDouble(8 + length) shouldBe 7.0
        (0 until 6).map { bytes.getFloat(16 + length + 4 * it) } shouldContainExactly listOf(1f, 2f, 3f, 4f, 5f, 6f)
        bytes.limit() shouldBe 8 + length + 32
        val json = folder.resolve("layout.json")
        JsonModelFile.write(json, model)
        Files.readString(json) shouldContain "\"w\": {\"dtype\": \"F32\", \"shape\": [2, 3], \"data\": [1.0, 2.0, 3.0,\n      4.0, 5.0, 6.0]}"
    }

    test("digest and checksum are the documented ones") {
        val model = ModelContainer("""{"formatVersion": 1, "b": "é", "a": [1.50]}""", listOf(
            TensorData("w", floatArrayOf(1f, 4f, 2f, 5f, 3f, 6f), 2, 3), TensorData("@m", longArrayOf(9), 1), TensorData("b", floatArrayOf(0.5f), 1),
        ))
        model.digest shouldBe DIGEST
        model.checksum shouldBe CHECKSUM
        val other = ModelContainer("""{"formatVersion":1}""", model.parameters.reversed())
        other.digest shouldBe model.digest
        other.checksum shouldNotBe model.checksum
        fun changed(vararg tensors: TensorData) = ModelContainer("""{"formatVersion":1}""", tensors.toList()).digest
        val b = model["b"]!!
        changed(model["w"]!!, b) shouldBe DIGEST
        changed(TensorData("w", floatArrayOf(1f, 4f, 2f, 5f, 3f, 6f), 3, 2), b) shouldNotBe DIGEST
        changed(TensorData("v", model["w"]!!.floats, 2, 3), b) shouldNotBe DIGEST
        changed(TensorData("w", floatArrayOf(1f, 4f, 2f, 5f, 3f, 6.0000005f), 2, 3), b) shouldNotBe DIGEST
    }

    test("NaN and infinity are neither written nor read, and the tensor is named") {
        for (bad in listOf(Float.NaN, Float.POSITIVE_INFINITY)) {
            val model = ModelContainer("""{"formatVersion":1}""", listOf(TensorData("0.wh", floatArrayOf(1f, 2f, 3f, bad), 2, 2)))
            for (name in listOf("nan.safetensors", "nan.json")) {
                shouldThrow<ModelFileException> { ModelFiles.write(folder.resolve(name), model) }.problem shouldBe
                    "tensor \"0.wh\": the element [1, 1] is NaN or infinite"
                Files.exists(folder.resolve(name)) shouldBe false
            }
            val data = ByteBuffer.allocate(16).order(ByteOrder.LITTLE_ENDIAN).putFloat(1f).putFloat(3f).putFloat(2f).putFloat(bad).array()
            val file = folder.resolve("nan.safetensors")
            Files.write(file, safetensorsBytes(
                """{"__metadata__":{"quatrain":"{\"formatVersion\":1}","sha256":"${model.checksum}"},"0.wh":{"dtype":"F32","shape":[2,2],"data_offsets":[0,16]}}""", data,
            ))
            shouldThrow<ModelFileException> { ModelFiles.read(file) }.problem shouldBe "tensor \"0.wh\": the element [1, 1] is NaN or infinite"
            shouldThrow<ModelFileException> { Safetensors.readPlain(file) }
            Safetensors.readPlain(file, nonFinite = true).tensors.single().floats.last().isFinite() shouldBe false
            Files.delete(file)
        }
    }

    test("weights of another architecture are refused by name and shape") {
        val file = Path.of("poem.safetensors")
        val model = ModelContainer("""{"formatVersion":1}""", listOf(
            TensorData("1.lstm.wx", FloatArray(6), 2, 3), TensorData("1.lstm.b", FloatArray(2), 2, 1), TensorData("@m", FloatArray(1), 1),
        ))
        val shapes = mapOf("1.lstm.b" to listOf(2, 1), "1.lstm.wx" to listOf(2, 3))
        model.parametersFor(file, shapes).map { it.name } shouldContainExactly shapes.keys.toList()
        fun refused(shapes: Map<String, List<Int>>) = shouldThrow<ModelFileException> { model.parametersFor(file, shapes) }.message
        refused(shapes + ("1.lstm.wx" to listOf(3, 2))) shouldBe "poem.safetensors: weights \"1.lstm.wx\": the model needs [3 × 2], the file has [2 × 3]"
        refused(shapes + ("2.w" to listOf(3))) shouldBe "poem.safetensors: weights \"2.w\" [3] are missing"
        refused(shapes - "1.lstm.b") shouldBe "poem.safetensors: weights \"1.lstm.b\" F32 [2 × 1] are not of this model"
        refused(shapes - "1.lstm.b" + ("1.lsmt.b" to listOf(2, 1))) shouldBe
            "poem.safetensors: weights \"1.lsmt.b\" [2 × 1] are missing; the file has \"1.lstm.b\" F32 [2 × 1]"
    }

    test("a file of a newer format says so before anything else") {
        val file = folder.resolve("new.safetensors")
        Files.write(file, safetensorsBytes("""{"__metadata__":{"quatrain":"{\"formatVersion\":2}","sha256":"unknown"}}""", ByteArray(0)))
        shouldThrow<ModelFileException> { ModelFiles.read(file) }.problem shouldContain "written by a newer Quatrain in format 2; this one reads up to format 1"
    }

    test("a file of another writer is read as plain tensors only") {
        val file = folder.resolve("other.safetensors")
        val data = ByteBuffer.allocate(24).order(ByteOrder.LITTLE_ENDIAN).also { b -> (1..6).forEach { b.putFloat(it.toFloat()) } }.array()
        Files.write(file, safetensorsBytes("""{"lstm.weight_ih_l0":{"data_offsets":[0,24],"shape":[2,3],"dtype":"F32"},"__metadata__":{"format":"pt"}}   """, data))
        shouldThrow<ModelFileException> { ModelFiles.read(file) }.problem shouldContain "not one of Quatrain"
        val plain = Safetensors.readPlain(file)
        plain.metadata shouldBe mapOf("format" to "pt")
        plain.tensors.single().floats.toList() shouldContainExactly listOf(1f, 4f, 2f, 5f, 3f, 6f)
    }
})

private const val DIGEST = "bb186f03767712f90c6612f4551c611b22ac7eb73db5bbf5d1502de10c2ccfc7"
private const val CHECKSUM = "19450b3d9908054486fa40a703f88b3ced7853efe71ab82f67262d802c417c41"
