package io.quatrain.experiment

import io.quatrain.architecture.Experiment
import io.quatrain.architecture.compile
import io.quatrain.format.AtomicFile
import io.quatrain.format.DirectoryLock
import io.quatrain.format.FileOperations
import io.quatrain.format.ModelFileException
import io.quatrain.format.writing
import io.quatrain.tensor.Compute
import io.quatrain.metric.Metric
import io.quatrain.train.Trainer
import io.quatrain.train.TrainingListener
import io.quatrain.train.WeighedTokens
import kotlinx.serialization.json.Json
import kotlinx.serialization.json.JsonArray
import kotlinx.serialization.json.JsonElement
import kotlinx.serialization.json.JsonObject
import java.nio.file.Files
import java.nio.file.Path

/** Is told what a run does, besides what [TrainingListener] tells. */
public interface RunListener : TrainingListener {
    /** A checkpoint after [step] updates is safely in [file]. */
    public fun saved(step: Long, file: Path, best: Boolean) {}
}

/**
 * An experiment at work in a folder: `last.safetensors` holds everything that a continuation needs, `best.safetensors` the model
 * with the lowest validation loss. One run at a time may use a folder.
 */
public class TrainingRun private constructor(
    public val experiment: Experiment,
    public val data: TrainingData,
    public val model: TrainedModel,
    public val folder: Path,
    /** Updates made before this process, where the run goes on from a checkpoint. */
    public val resumedAt: Long?,
    /** Whether data are set aside to validate on. */
    public val validates: Boolean,
    /** As of the last validation; empty where there is none. */
    public val metrics: List<Metric>,
    private val trainer: Trainer,
    private val lock: DirectoryLock,
    private val operations: FileOperations,
) : AutoCloseable {
    /** Where the last checkpoint is. */
    public val last: Path get() = folder.resolve(LAST)

    /** Where the best model is, once there was a validation. */
    public val best: Path get() = folder.resolve(BEST)

    public val updates: Long get() = trainer.update()

    private var savedAt: Long? = resumedAt
    private val curve = ProgressFile(folder.resolve(ProgressFile.NAME), resumedAt ?: 0, metrics.map { it.name() })
    private var lastTold: TrainingListener.Update? = null

    /** Trains to the end, until [stop], or until the model diverges. */
    public fun run(listener: RunListener): Trainer.End {
        trainer.listen(object : TrainingListener {
            override fun updated(update: TrainingListener.Update) {
                lastTold = update
                curve.updated(update)
                listener.updated(update)
            }

            override fun epochEnded(epoch: Long, loss: Double): Unit = listener.epochEnded(epoch, loss)
            override fun sample(trainer: Trainer): Unit = listener.sample(trainer)

            override fun validated(trainer: Trainer, validation: TrainingListener.Validation) {
                listener.validated(trainer, validation)
                curve.validated(validation)
                if (validation.improved()) {
                    snapshot(validation.evaluation().loss()).save(best, null, operations)
                    listener.saved(validation.update(), best, best = true)
                }
            }

            override fun checkpoint(trainer: Trainer) {
                if (trainer.update() == savedAt) return
                savedAt = trainer.update()
                curve.flush()
                snapshot(trainer.bestLoss().takeIf { it.isFinite() }).save(last, trainer.save(), operations)
                listener.saved(trainer.update(), last, best = false)
                listener.checkpoint(trainer)
            }
        })
        return curve.use { trainer.run() }
    }

    /** Ends the run after the update under way, with a checkpoint. From any thread. */
    public fun stop(): Unit = trainer.stop()

    private fun snapshot(validationLoss: Double?): TrainedModel = TrainedModel(
        model.model, model.codec, model.labels, experiment,
        model.provenance.copy(
            updates = trainer.update(), epochs = trainer.epoch(),
            trainingLoss = lastTold?.epochLoss()?.takeIf { it.isFinite() } ?: model.provenance.trainingLoss, validationLoss = validationLoss,
        ),
        model.scale,
    )

    override fun close(): Unit = lock.close()

    public companion object {
        /** The file of the last checkpoint. */
        public const val LAST: String = "last.safetensors"

        /** The file of the best model. */
        public const val BEST: String = "best.safetensors"

        /**
         * Prepares a run: reads the data, compiles the model, and locks the folder.
         *
         * @param base the folder that paths of data are relative to
         * @param resume goes on from the last checkpoint in [folder]
         * @param operations by which files are written
         * @throws io.quatrain.text.CorpusException naming what is wrong with the data
         * @throws ModelFileException when the checkpoint is damaged, or was made by another experiment or from other data
         */
        @JvmStatic
        @JvmOverloads
        public fun open(
            experiment: Experiment, base: Path, folder: Path, resume: Boolean, operations: FileOperations = FileOperations.system,
        ): TrainingRun {
            val description = requireNotNull(experiment.data) { "the experiment describes no data; add data, or train with --data" }
            val file = folder.resolve(LAST)
            val training = experiment.training
            val checkpoint = if (resume && Files.exists(file)) Checkpoint.load(file) else null
            val data = TrainingData.read(description, base, checkpoint?.model?.codec, checkpoint?.model?.labels ?: emptyList(), training.seed)
            checkpoint?.let { sameRun(file, it, experiment, data) }
            val compute: Compute = training.compute()
            val model = experiment.architecture.compile(compute, training.seed, data.sizes)
            writing(folder) { Files.createDirectories(folder) }
            val lock = DirectoryLock.acquire(folder)
            try {
                if (checkpoint != null && Checkpoint.load(file).step != checkpoint.step) throw ModelFileException(file, "changed while it was read: another run goes on in this folder")
                AtomicFile.cleanUp(folder, operations)
                val trained = TrainedModel(
                    model, data.codec, data.labels, experiment,
                    Provenance(
                        seed = training.seed, corpus = description.path, corpusSha256 = data.sha256,
                        trainingLoss = checkpoint?.model?.provenance?.trainingLoss,
                    ),
                    data.scale,
                )
                val (unweighed, validation) = data.batches(model, training)
                val source = if (training.tokenWeights.isEmpty()) unweighed else WeighedTokens(unweighed, data.tokenWeights(training.tokenWeights))
                val trainer = Trainer(
                    model.graph, training.objective(model), training.optimizer(), training.learningRate(), source,
                    training.options(data.vocabularySize),
                )
                val metrics = training.metrics(model, data.charactersPerToken)
                validation?.let { trainer.validateOn(it, metrics) }
                checkpoint?.training?.let { state ->
                    try {
                        trainer.restore(state)
                    } catch (e: IllegalArgumentException) {
                        throw ModelFileException(file, e.message.orEmpty(), e)
                    }
                }
                return TrainingRun(experiment, data, trained, folder, checkpoint?.step, validation != null, if (validation == null) emptyList() else metrics, trainer, lock, operations)
            } catch (e: Throwable) {
                lock.close()
                throw e
            }
        }

        /** What may differ between a run and its continuation: how long it goes on, and what is shown and saved on the way. */
        private fun comparable(experiment: Experiment): Experiment = experiment.copy(
            data = experiment.data?.withPath("data"),
            training = experiment.training.copy(
                epochs = null, updates = null, patience = 0, checkpointEvery = 0, sampleEvery = 0, metrics = emptyList(), threads = 0,
            ),
            generation = io.quatrain.architecture.Generation(),
        )

        private fun sameRun(file: Path, checkpoint: Checkpoint, experiment: Experiment, data: TrainingData) {
            val before = checkpoint.model.experiment
            if (checkpoint.training == null || before == null) {
                throw ModelFileException(file, "is a model but no checkpoint, so training cannot go on from it; train anew with another --out")
            }
            if (comparable(before) != comparable(experiment)) {
                throw ModelFileException(
                    file, "was made by another experiment: ${differences(comparable(before), comparable(experiment))}; " +
                        "go on with the experiment of that run, or train anew with another --out",
                )
            }
            if (checkpoint.model.provenance.corpusSha256 != data.sha256) {
                throw ModelFileException(file, "was trained on other data than ${data.path} holds now; restore that data, or train anew with another --out")
            }
        }

        /** Where two experiments differ, as paths into their JSON. */
        private fun differences(before: Experiment, now: Experiment): String {
            val found = ArrayList<String>()
            fun compare(path: String, a: JsonElement?, b: JsonElement?) {
                when {
                    a == b -> Unit
                    a is JsonObject && b is JsonObject && a["type"] == b["type"] ->
                        (a.keys + b.keys).forEach { compare(if (path.isEmpty()) it else "$path.$it", a[it], b[it]) }
                    a is JsonArray && b is JsonArray && a.size == b.size -> a.indices.forEach { compare("$path[$it]", a[it], b[it]) }
                    else -> found += "$path was ${shown(a)}, is ${shown(b)} now"
                }
            }
            compare("", Json.parseToJsonElement(before.toJson()), Json.parseToJsonElement(now.toJson()))
            return found.take(5).joinToString("; ") + if (found.size > 5) "; and ${found.size - 5} more" else ""
        }

        private fun shown(value: JsonElement?): String = when {
            value == null -> "the default"
            value.toString().length <= 100 -> value.toString()
            else -> value.toString().take(100) + "…"
        }
    }
}
