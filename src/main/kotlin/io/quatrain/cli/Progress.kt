package io.quatrain.cli

import io.quatrain.architecture.Experiment
import io.quatrain.architecture.SmoothedSum
import io.quatrain.experiment.RunListener
import io.quatrain.experiment.TrainingRun
import io.quatrain.train.Trainer
import io.quatrain.train.TrainingListener
import java.nio.file.Path
import java.util.Locale
import kotlin.math.exp
import kotlin.math.ln

/** Tells a person how training goes: a changing line on a terminal, a plain line now and then elsewhere. */
internal class Progress(
    private val run: TrainingRun,
    private val quiet: Boolean,
    private val sample: (() -> String)?,
) : RunListener {
    private val experiment: Experiment = run.experiment
    private val characters = run.data.codec?.tokenizer()?.spec()?.word() == "characters"
    private val numbers = run.data.codec == null
    private val classes = run.data.labels.isNotEmpty()
    private val smoothed = experiment.training.display is SmoothedSum
    private var shownAt = 0.0
    private var lineAt = 0.0
    private var linePause = 2.0
    private var start: TrainingListener.Update? = null
    private var rate = 0.0
    private var before: TrainingListener.Update? = null
    private var mean = Double.NaN

    override fun updated(update: TrainingListener.Update) {
        if (quiet) return
        if (start == null) start = update
        mean = if (mean.isNaN()) update.meanLoss() else 0.98 * mean + 0.02 * update.meanLoss()
        if (update.seconds() - shownAt < 0.2) return
        before?.let {
            val now = (update.allTargets() - it.allTargets()) / (update.seconds() - it.seconds())
            rate = if (rate == 0.0) now else 0.8 * rate + 0.2 * now
        }
        before = update
        shownAt = update.seconds()
        if (Terminal.interactive) {
            Terminal.status(line(update, bar = true))
        } else if (update.seconds() - lineAt >= linePause) {
            lineAt = update.seconds()
            linePause = minOf(60.0, linePause * 1.5)
            Terminal.log(line(update, bar = false))
        }
    }

    private fun line(update: TrainingListener.Update, bar: Boolean): String {
        val done = share(update)
        val parts = mutableListOf<String>()
        val epochs = experiment.training.epochs
        parts += if (epochs != null) "epoch ${update.epoch() + 1}/$epochs" else "update ${grouped(update.update())}"
        if (bar) parts += bar(done) + " %3.0f%%".format(Locale.ROOT, done * 100)
        parts += loss(mean)
        if (smoothed) parts += "smoothed %.2f".format(Locale.ROOT, update.smoothedLoss())
        if (rate > 0) parts += "${grouped(rate.toLong())} ${if (classes || numbers) "items" else "tokens"}/s"
        if (done > 0.001) parts += time(left(update, done)) + " left"
        return parts.joinToString("  ")
    }

    private fun share(update: TrainingListener.Update): Double {
        val training = experiment.training
        val byUpdates = training.updates?.let { update.update().toDouble() / it } ?: 0.0
        val epochs = training.epochs ?: if (training.updates == null) io.quatrain.architecture.Training.DEFAULT_EPOCHS else null
        val byEpochs = epochs?.let { (update.epoch() + update.progress()) / it } ?: 0.0
        return maxOf(byUpdates, byEpochs).coerceIn(0.0, 1.0)
    }

    private fun left(update: TrainingListener.Update, done: Double): Double {
        val first = share(start ?: update)
        val made = done - first
        return if (made <= 0) 0.0 else (update.seconds() - (start?.seconds() ?: 0.0)) / made * (1 - done)
    }

    private fun bar(share: Double): String {
        val width = 20
        val full = (share * width).toInt().coerceIn(0, width)
        return Terminal.bold("━".repeat(full)) + Terminal.dim("─".repeat(width - full))
    }

    private fun loss(value: Double): String = (if (numbers) "loss %.5f" else "loss %.3f").format(Locale.ROOT, value) + when {
        classes || numbers -> ""
        characters -> "  perplexity %.2f  %.2f bits/char".format(Locale.ROOT, exp(value), value / ln(2.0))
        else -> "  perplexity %.1f".format(Locale.ROOT, exp(value))
    }

    override fun epochEnded(epoch: Long, loss: Double) {
        if (!quiet && !Terminal.interactive && (epoch + 1).let { it <= 5 || it % 10 == 0L }) Terminal.log("epoch ${epoch + 1} ended: ${loss(loss)}")
    }

    override fun validated(trainer: Trainer, validation: TrainingListener.Validation) {
        if (quiet) return
        val evaluation = validation.evaluation()
        val accuracy = if (evaluation.accuracy().isNaN()) "" else "  accuracy %.3f".format(Locale.ROOT, evaluation.accuracy())
        Terminal.log(
            "${if (validation.last()) "end" else "epoch ${validation.epoch() + 1}"}, update ${grouped(validation.update())}: " +
                "validation ${loss(evaluation.loss())}$accuracy" + ClassTables.line(evaluation.metrics()) + if (validation.improved()) "  best so far" else "",
        )
    }

    override fun saved(step: Long, file: Path, best: Boolean) {
        if (best) return
        Terminal.clearStatus()
        println("checkpoint step $step")
        System.out.flush()
    }

    override fun sample(trainer: Trainer) {
        val text = sample ?: return
        if (quiet) return
        Terminal.log(Terminal.dim("── after ${grouped(trainer.update())} updates ──"))
        Terminal.log(text())
        Terminal.log(Terminal.dim("──"))
    }

    companion object {
        fun grouped(n: Long): String = "%,d".format(Locale.ROOT, n)

        fun time(seconds: Double): String {
            val s = seconds.toLong()
            return if (s >= 3600) "%d:%02d:%02d".format(s / 3600, s / 60 % 60, s % 60) else "%d:%02d".format(s / 60, s % 60)
        }
    }
}
