package io.quatrain.cli

import io.quatrain.experiment.Checkpoint
import io.quatrain.experiment.TrainingRun
import io.quatrain.format.ModelFileException
import java.nio.file.Files
import java.nio.file.Path

/** A model file, or the folder of a run: then its best model, or its last checkpoint. */
internal fun modelFile(path: Path): Path {
    if (!Files.isDirectory(path)) return path
    return listOf(TrainingRun.BEST, TrainingRun.LAST).map { path.resolve(it) }.firstOrNull { Files.exists(it) }
        ?: throw ModelFileException(path, "is a folder without a model: neither ${TrainingRun.BEST} nor ${TrainingRun.LAST} is in it")
}

internal fun loadModel(path: Path, threads: Int = 1): Checkpoint = Checkpoint.load(modelFile(path), threads)
