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
 * `smoothed` is as the objective reduces it.
 */
internal class ProgressFile(private val file: Path, private val resumedAt: Long) : AutoCloseable {
    private val writer: BufferedWriter by lazy { open() }
    private var begun = false
    private var sum = 0.0
    private var count = 0

    /** Lines after the checkpoint that a run goes on from belong to updates that are made again. */
    private fun open(): BufferedWriter = writing(file) {
        val kept = if (resumedAt == 0L || !Files.exists(file)) emptyList()
        else Files.readAllLines(file).filter { line -> line.count { it == ',' } == HEAD.count { it == ',' } && (line.substringBefore(',').toLongOrNull() ?: Long.MAX_VALUE) <= resumedAt }
        AtomicFile.write(file) { out -> out.write((listOf(HEAD) + kept).joinToString("\n", postfix = "\n").toByteArray()) }
        Files.newBufferedWriter(file, StandardOpenOption.APPEND).also { begun = true }
    }

    fun updated(update: TrainingListener.Update) {
        sum += update.meanLoss()
        count++
        if (update.update() % spacing(update.update()) != 0L) return
        write(line(update.update(), sum / count, update.smoothedLoss(), null, null))
        sum = 0.0
        count = 0
    }

    fun validated(validation: TrainingListener.Validation) {
        val evaluation = validation.evaluation()
        write(line(validation.update(), null, null, evaluation.loss(), evaluation.accuracy().takeUnless { it.isNaN() }))
    }

    private fun write(line: String) = writing(file) { writer.write(line) }

    fun flush() {
        if (begun) writing(file) { writer.flush() }
    }

    override fun close() {
        if (begun) writing(file) { writer.close() }
    }

    companion object {
        const val NAME = "progress.csv"
        const val HEAD = "update,loss,smoothed,validation,accuracy"

        private fun spacing(update: Long): Long {
            var spacing = 1L
            while (update / spacing >= 1000) spacing *= 10
            return spacing
        }

        private fun line(update: Long, vararg values: Double?) =
            "$update," + values.joinToString(",") { if (it == null || !it.isFinite()) "" else "%.6g".format(Locale.ROOT, it) } + "\n"
    }
}
