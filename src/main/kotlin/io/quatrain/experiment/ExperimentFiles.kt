package io.quatrain.experiment

import io.quatrain.architecture.Experiment
import io.quatrain.format.ModelFiles
import io.quatrain.script.Scripts
import java.nio.file.Files
import java.nio.file.Path

/** Experiment files in either form. */
public object ExperimentFiles {
    /** Whether a file is a script, which runs as a program. */
    @JvmStatic
    public fun isScript(file: Path): Boolean = file.fileName.toString().endsWith(".kts")

    /** Whether a file is an experiment, by its name; a model in JSON ends in .json too, and says that it is one. */
    @JvmStatic
    public fun isExperiment(file: Path): Boolean = isScript(file) || file.fileName.toString().endsWith(".json") && !ModelFiles.isModel(file)

    /**
     * Reads a JSON file or runs a script.
     *
     * @throws IllegalArgumentException naming the file, and what is wrong with it and where
     */
    @JvmStatic
    public fun read(file: Path): Experiment {
        require(Files.exists(file)) { "$file: does not exist; check the path" }
        require(!Files.isDirectory(file)) { "$file: is a folder; an experiment is a file, .json or .model.kts" }
        require(!ModelFiles.isModel(file)) { "$file: is a trained model; an experiment is needed, .json or .model.kts (quatrain show $file --json prints the model's own)" }
        return if (isScript(file)) Scripts.read(file) else Experiment.readJson(file)
    }
}
