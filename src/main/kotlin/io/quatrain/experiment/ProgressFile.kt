package io.quatrain.experiment

import io.quatrain.format.AtomicFile
import io.quatrain.format.writing
import io.quatrain.train.TrainingListener
import java.io.BufferedWriter
import java.nio.file.Files
import java.nio.file.Path
import java.nio.file.StandardOpenOption
import java.util.Locale

/**
 * How a run goes, as `progress.csv` in its folder: a line for every update, from update 1,000 on for every 10, from 10,000 on
 * for every 100 and so forth (then `loss` is the mean of them), and one for every validation. Losses are per target, but
 * `smoothed` is as the objective reduces it. Behind them stands a column for each of [metrics], filled by validations. A run that is
 * resumed with other metrics keeps the columns that there are, and adds the new ones behind.
 */
internal class ProgressFile(private val file: Path, private val resumedAt: Long, private val metrics: List<String>) : AutoCloseable {
    private val writer: BufferedWriter by lazy { open() }
    private var begun = false
    private var sum = 0.0
    private var count = 0

    private var columns = HEAD

    /** Lines after the checkpoint that a run goes on from belong to updates that are made again. */
    private fun open(): BufferedWriter = writing(file) {
        val before = if (resumedAt == 0L || !Files.exists(file)) emptyList() else Files.readAllLines(file)
        val there = before.firstOrNull()?.split(',')?.takeIf(::isHead) ?: HEAD
        columns = there + (metrics - there.toSet())
        val kept = before.filter { line -> line.count { it == ',' } == there.size - 1 && (line.substringBefore(',').toLongOrNull() ?: Long.MAX_VALUE) <= resumedAt }
        val missing = ",".repeat(columns.size - there.size)
        AtomicFile.write(file) { out ->
            out.write((listOf(columns.joinToString(",")) + kept.map { it + missing }).joinToString("\n", postfix = "\n").toByteArray())
        }
        Files.newBufferedWriter(file, StandardOpenOption.APPEND).also { begun = true }
    }

    fun updated(update: TrainingListener.Update) {
        sum += update.meanLoss()
        count++
        if (update.update() % spacing(update.update()) != 0L) return
        write(update.update(), mapOf("loss" to sum / count, "smoothed" to update.smoothedLoss()))
        sum = 0.0
        count = 0
    }

    fun validated(validation: TrainingListener.Validation) {
        val evaluation = validation.evaluation()
        write(validation.update(), evaluation.metrics() + mapOf("validation" to evaluation.loss(), "accuracy" to evaluation.accuracy()))
    }

    private fun write(update: Long, values: Map<String, Double>) = writing(file) {
        val out = writer
        out.write("$update," + columns.drop(1).joinToString(",") { name ->
            values[name]?.takeIf { it.isFinite() }?.let { "%.6g".format(Locale.ROOT, it) }.orEmpty()
        } + "\n")
    }

    fun flush() {
        if (begun) writing(file) { writer.flush() }
    }

    override fun close() {
        if (begun) writing(file) { writer.close() }
    }

    companion object {
        const val NAME = "progress.csv"
        val HEAD: List<String> = listOf("update", "loss", "smoothed", "validation", "accuracy")

        fun isHead(names: List<String>): Boolean = names.take(HEAD.size) == HEAD

        private fun spacing(update: Long): Long {
            var spacing = 1L
            while (update / spacing >= 1000) spacing *= 10
            return spacing
        }
    }
}
