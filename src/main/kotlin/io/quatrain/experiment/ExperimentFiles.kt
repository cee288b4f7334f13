package io.quatrain.experiment

import io.quatrain.architecture.Experiment
import java.nio.file.Path

/** Experiment files in either form. */
public object ExperimentFiles {
    /** Whether a file is a script, which runs as a program. */
    @JvmStatic
    public fun isScript(file: Path): Boolean = file.fileName.toString().endsWith(".kts")

    /** Whether a file is an experiment, by its name. */
    @JvmStatic
    public fun isExperiment(file: Path): Boolean = isScript(file) || file.fileName.toString().endsWith(".json")

    /** Reads a JSON file or runs a script. */
    @JvmStatic
    public fun read(file: Path): Experiment = Experiment.readJson(file)
}
