package io.quatrain.experiment

import io.quatrain.architecture.Experiment
import io.quatrain.script.Scripts
import java.nio.file.Files
import java.nio.file.Path

/** Experiment files in either form. */
public object ExperimentFiles {
    /** Whether a file is a script, which runs as a program. */
    @JvmStatic
    public fun isScript(file: Path): Boolean = file.fileName.toString().endsWith(".kts")

    /** Whether a file is an experiment, by its name. */
    @JvmStatic
    public fun isExperiment(file: Path): Boolean = isScript(file) || file.fileName.toString().endsWith(".json")

    /**
     * Reads a JSON file or runs a script.
     *
     * @throws IllegalArgumentException naming the file, and what is wrong with it and where
     */
    @JvmStatic
    public fun read(file: Path): Experiment {
        require(Files.exists(file)) { "$file: does not exist; check the path" }
        require(!Files.isDirectory(file)) { "$file: is a folder; an experiment is a file, .json or .model.kts" }
        return if (isScript(file)) Scripts.read(file) else Experiment.readJson(file)
    }
}
