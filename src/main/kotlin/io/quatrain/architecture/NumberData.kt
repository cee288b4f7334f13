package io.quatrain.architecture

import kotlinx.serialization.SerialName
import kotlinx.serialization.Serializable

/** How numbers are brought to a size that a network likes. What it takes is learned from the training part only. */
@Serializable
public enum class ScalingKind {
    /** (x − mean) / deviation, column by column. */
    @SerialName("standard")
    STANDARD,

    /** (x − least) / (greatest − least), column by column. */
    @SerialName("minMax")
    MIN_MAX,

    /** As they come. */
    @SerialName("none")
    NONE,
}

/**
 * A series of numbers, a row of a csv file for each step: windows of [window] steps, from which a model foretells what comes
 * next. If the model's output has steps: the next row at every step; if not: the row after the window. Validation is the last
 * part; its windows may reach back into the training part for what they read, not for what they foretell.
 *
 * @property columns names of the columns; none: every column that holds numbers
 * @property logarithm ln x takes the place of x, for series that grow by a share of themselves
 * @property difference x_t − x_(t−difference) takes the place of x_t; the length of a season, for series that have one; 0: x itself
 */
@Serializable
@SerialName("series")
public data class SeriesData @JvmOverloads constructor(
    override val path: String,
    val window: Int,
    val columns: List<String> = emptyList(),
    val scaling: ScalingKind = ScalingKind.STANDARD,
    val logarithm: Boolean = false,
    val difference: Int = 0,
    override val validation: Double = DataDescription.VALIDATION,
    override val validationPath: String? = null,
) : DataDescription {
    init {
        checkPath()
        checkSize("window", window)
        checkNotNegative("difference", difference)
        require(columns.none { it.isEmpty() }) { "columns must not hold an empty name" }
        require(columns.distinct().size == columns.size) { "columns names a column twice: $columns" }
    }

    override fun withPath(path: String): SeriesData = copy(path = path, validationPath = null)
}

/**
 * Images in idx files (the form of MNIST), plain or gzipped, to be classified: a row of an image is a step, its pixels divided
 * by 255 are the features. [path] is a file of images, or a folder that holds `train-images…` and `train-labels…` and, for
 * validation, `t10k-images…` and `t10k-labels…`.
 *
 * @property labels the file of labels; null: named as [path] with `labels` for `images` and `idx1` for `idx3`
 * @property validationLabels the same for [validationPath]
 */
@Serializable
@SerialName("images")
public data class ImagesData @JvmOverloads constructor(
    override val path: String,
    val labels: String? = null,
    override val validation: Double = DataDescription.VALIDATION,
    override val validationPath: String? = null,
    val validationLabels: String? = null,
) : DataDescription {
    init {
        checkPath()
        require(validationLabels == null || validationPath != null) { "validationLabels needs validationPath, the images that they belong to" }
    }

    override fun withPath(path: String): ImagesData = copy(path = path, labels = null, validationPath = null, validationLabels = null)
}

/** What a [TaskData] makes. */
@Serializable
public enum class TaskKind(internal val leastLength: Int) {
    /**
     * The adding problem (Hochreiter and Schmidhuber 1997): [TaskData.length] pairs of a number in 0 … 1 and a mark, which is 1
     * once in each half. The target is the sum of the two marked numbers.
     */
    @SerialName("adding")
    ADDING(2),

    /**
     * Copy memory: 10 random letters of `abcdefgh`, then [TaskData.length] dots, then 10 bars. At the bars the letters are wanted again, in
     * order; only they are judged.
     */
    @SerialName("copy")
    COPY(1),

    /**
     * The embedded Reber grammar: the next symbol at every step. Validation judges only the steps at which the grammar leaves
     * no choice; among them the one before the last, which repeats the second. Strings of more symbols than [TaskData.length] are not made.
     */
    @SerialName("reber")
    REBER(9),

    /** [TaskData.length] random bits: whether the ones so far are odd, at every step if the output has steps, else at the last. */
    @SerialName("parity")
    PARITY(1),

    /** The curve t·sin(t)/3 + 2·sin(5t) for t in 0 … 30, every 0.1: [TaskData.length] steps from anywhere, and what comes next. */
    @SerialName("sine")
    SINE(1),

    /** The letters a … z and a space, over and over: [TaskData.length] letters from anywhere, the next letter at every step. */
    @SerialName("alphabet")
    ALPHABET(1),
}

/**
 * Examples that are made, not read: the tasks on which recurrent networks have always been tried.
 *
 * @property length see [TaskKind]
 * @property examples how many, validation included
 * @property seed of the examples
 */
@Serializable
@SerialName("task")
public data class TaskData @JvmOverloads constructor(
    val kind: TaskKind,
    val length: Int,
    val examples: Int = 1000,
    val seed: Long = 1,
    override val validation: Double = DataDescription.VALIDATION,
) : DataDescription {
    init {
        checkPath()
        checkSize("length", length)
        require(length >= kind.leastLength) { "length must be at least ${kind.leastLength} for this task, got $length" }
        checkSize("examples", examples)
    }

    /** Nothing is read; this is what the data are called. */
    override val path: String get() = "task " + kind.name.lowercase()

    override val validationPath: String? get() = null

    /** The same: there is nothing to read from elsewhere. */
    override fun withPath(path: String): TaskData = this
}
