package io.quatrain.format

import java.nio.file.Files
import kotlin.random.Random
import kotlin.system.exitProcess

/**
 * Tries malformed inputs by the ten thousand, to be run by hand within `-Xmx256m`:
 * `FormatFuzz [inputs of each form] [seed]`.
 */
object FormatFuzz {
    @JvmStatic fun main(arguments: Array<String>) {
        val count = arguments.getOrNull(0)?.toInt() ?: 20_000
        val seed = arguments.getOrNull(1)?.toLong() ?: System.nanoTime()
        val folder = Files.createTempDirectory("fuzz")
        val judge = Judge(folder)
        val model = sampleModel()
        val large = ModelContainer(model.metadata, model.tensors + TensorData("large", FloatArray(20_000) { it * 0.5f }, 100, 200))
        val failures = ArrayList<String>()
        fun run(what: String, total: Int, attempt: (Random, Int) -> Verdict) {
            var accepted = 0
            val found = ArrayList<String>()
            for (round in 0 until total) {
                val verdict = attempt(Random(seed * 1_000_003 + round), round)
                if (verdict.accepted) accepted++
                verdict.failure?.let { found.add("$what $round: $it") }
            }
            fun of(kind: String) = found.count { kind in it }
            println("$what: $total tried (seed $seed), ${of("CRASH") - of("OutOfMemory")} crashes, ${of("HANG")} hangs, ${of("OutOfMemory")} out-of-memory, " +
                "${of("message")} bad messages, ${of("SILENT")} silent acceptances; ${total - accepted} refused, $accepted accepted, their contents being the same")
            failures += found
        }

        for ((name, write) in listOf("safetensors" to Safetensors::write, "json" to JsonModelFile::write)) {
            for (original in listOf(model, large)) {
                val file = folder.resolve("whole.$name").also { write(it, original, FileOperations.system) }
                val bytes = Files.readAllBytes(file)
                val rounds = if (original === model) count else count / 10
                run("$name of ${bytes.size} bytes", rounds) { random, round ->
                    val damaged = when {
                        round % 2 == 0 -> damageBytes(bytes, random)
                        name == "json" -> damageText(String(bytes), random).toByteArray()
                        else -> damageHeader(bytes, random)
                    }
                    judge.model(damaged, "damaged.$name", original)
                }
            }
            val bytes = Files.readAllBytes(folder.resolve("whole.$name").also { write(it, model, FileOperations.system) })
            run("$name, every bit", bytes.size * 8) { _, bit ->
                judge.model(bytes.copyOf().also { it[bit / 8] = (it[bit / 8].toInt() xor (1 shl bit % 8)).toByte() }, "damaged.$name", model)
            }
        }
        val text = Sonnet.text
        run("description", count) { random, round ->
            judge.description(if (round % 2 == 0) damageBytes(text.toByteArray(), random) else damageText(text, random).toByteArray())
        }
        run("giants", giants.size) { _, round -> Judge(folder, patience = 5_000).model(giants[round]().toByteArray(), "giant.json", model) }
        run("giant descriptions", giants.size) { _, round -> Judge(folder, patience = 5_000).description(giants[round]().toByteArray()) }

        folder.toFile().deleteRecursively()
        failures.take(20).forEach { println(it) }
        if (failures.isNotEmpty()) exitProcess(1)
    }

    /** Texts that want as much memory as their size allows. */
    private val giants: List<() -> String> = listOf(
        { "{\"quatrain\":" + "[[],".repeat(150) + "[],".repeat(10_000_000) },
        { "{\"quatrain\":[" + "{\"a\":{}},".repeat(4_000_000) },
        { "{\"quatrain\":{" + (0 until 2_000_000).joinToString("") { "\"k$it\":0," } },
        { "{\"quatrain\":[\"" + "a".repeat(30_000_000) + "月" },
        { "{\"quatrain\":[" + ("\"" + "a".repeat(7_000_000) + "月\",").repeat(4) },
        { "{\"" + "k".repeat(30_000_000) },
        { "{\"tensors\":{" + (0 until 200_000).joinToString("") { "\"t$it\":{\"dtype\":\"F32\",\"shape\":[0],\"data\":[]}," } },
        { "{\"tensors\":{\"w\":{\"data\":[" + "0,".repeat(15_000_000) },
        { "{\"quatrain\":" + "9".repeat(20_000_000) },
        { " ".repeat(30_000_000) },
    )
}
