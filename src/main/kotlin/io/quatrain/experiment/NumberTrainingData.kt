package io.quatrain.experiment

import io.quatrain.architecture.ImagesData
import io.quatrain.architecture.Model
import io.quatrain.architecture.SeriesData
import io.quatrain.architecture.Training
import io.quatrain.text.CorpusException
import io.quatrain.train.BatchSource
import io.quatrain.train.ExampleBatches
import io.quatrain.train.Examples
import io.quatrain.train.NumberSeries
import io.quatrain.train.Series
import io.quatrain.train.TokenSeries
import java.nio.file.Files
import java.nio.file.Path
import java.util.Locale

/** Examples in batches for a model with one input and one output. */
internal fun exampleBatches(examples: Examples, training: Training, shuffled: Boolean): BatchSource {
    val options = ExampleBatches.Options(training.batch, training.seed)
    return ExampleBatches(examples, if (shuffled) options else options.inOrder())
}

internal val Model.onlyInput: String get() = graph.inputs()[0].name()
internal val Model.onlyOutput: String get() = graph.outputs()[0]
internal val Model.givesSteps: Boolean get() = shape(onlyOutput).sequence

internal fun Model.needFeatures(path: String, features: Int) {
    val input = shape(onlyInput)
    if (input.tokens || input.size != features) {
        throw CorpusException(path, "has $features numbers a step, but the model reads $input; begin it with input(features = $features)")
    }
}

/** Windows of a series of numbers. */
internal class SeriesTraining private constructor(
    path: String, sha256: String, private val data: SeriesData, private val learned: NumberScale,
    private val training: DoubleArray, private val validation: DoubleArray?, private val reachingBack: Boolean, private val all: DoubleArray,
) : TrainingData(path, null, emptyList(), sha256) {
    private val width = learned.columns.size

    override val scale: NumberScale get() = learned

    override val size: String
        get() = "%,d windows of %d steps to learn".format(Locale.ROOT, count(training), data.window) +
            (validation?.let { ", %,d to validate".format(Locale.ROOT, count(it)) } ?: "") +
            ", ${if (width == 1) "column" else "columns"} ${learned.columns.joinToString()}"

    override fun batches(model: Model, training: Training): Pair<BatchSource, BatchSource?> =
        exampleBatches(examples(model, this.training, 0), training, true) to validation?.let {
            exampleBatches(examples(model, it, if (reachingBack) data.window else 0), training, false)
        }

    override fun whole(model: Model, training: Training): BatchSource = exampleBatches(examples(model, all, 0), training, false)

    private fun count(rows: DoubleArray) = rows.size / width - data.window

    /** @param judgedFrom rows before it are read and not judged */
    private fun examples(model: Model, rows: DoubleArray, judgedFrom: Int): Examples {
        model.needFeatures(path, width)
        val read = NumberSeries.windows(rows, width, count(rows), 1, 0, data.window)
        val steps = model.givesSteps
        val target = if (steps) NumberSeries.windows(rows, width, count(rows), 1, 1, data.window)
        else NumberSeries.windows(rows, width, count(rows), 1, data.window, 1)
        val examples = Examples.of(model.onlyInput, read, model.onlyOutput, target)
        return if (!steps || judgedFrom == 0) examples
        else examples.withWeight(model.onlyOutput) { example, step -> if (example + step + 1 >= judgedFrom) 1.0 else 0.0 }
    }

    companion object {
        fun read(data: SeriesData, folder: Path, given: NumberScale?): SeriesTraining {
            val path = resolved(folder, data.path)
            val columns = given?.columns?.takeIf { data.columns.isNotEmpty() } ?: data.columns
            val table = NumberTable.read(path, columns, data.logarithm)
            val own = data.validationPath?.let { NumberTable.read(resolved(folder, it), table.columns.takeIf { data.columns.isNotEmpty() } ?: emptyList(), data.logarithm) }
            val validated = if (own != null) 0 else (table.rows * data.validation).toInt()
            val learned = table.rows - validated
            val needed = data.window + data.difference
            if (learned <= needed) {
                throw CorpusException(path, "is too short: $needed rows (window and difference) and one to foretell are needed, there are $learned rows to learn from")
            }
            if (given != null && given.columns.size != table.columns.size) {
                throw CorpusException(path, "has ${table.columns.size} columns of numbers (${table.columns.joinToString()}), the model was trained on ${given.columns.size}: ${given.columns.joinToString()}")
            }
            if (own != null && (own.columns.size != table.columns.size || own.rows <= needed)) {
                throw CorpusException(own.path, "needs ${table.columns.size} columns and more than $needed rows, has ${own.columns.size} and ${own.rows}")
            }
            val scale = given ?: NumberScale.learn(table, learned, data)
            val width = table.columns.size
            val rows = scale.scaled(table.values)
            return SeriesTraining(
                path, table.sha256, data, scale, rows.copyOf((learned - data.difference) * width),
                if (own != null) scale.scaled(own.values) else if (validated == 0) null else rows.copyOfRange((learned - needed) * width, rows.size),
                own == null, rows,
            )
        }
    }
}

/** Images with their classes. */
internal class ImageTraining private constructor(
    path: String, labels: List<String>, sha256: String, private val training: Images, private val validation: Images?,
) : TrainingData(path, null, labels, sha256) {
    /** @property classes null where only the images are known */
    class Images(val idx: IdxFile, val classes: IntArray?, val from: Int, val to: Int) {
        val count: Int get() = to - from
        val rows: Int get() = idx.sizes[1]
        val columns: Int get() = idx.sizes[2]

        fun part(from: Int, to: Int) = Images(idx, classes, this.from + from, this.from + to)

        fun series(): NumberSeries = NumberSeries.ofBytes(idx.bytes, rows, columns, from, count)

        fun labels(): Series = TokenSeries.ofClasses(classes!!.copyOfRange(from, to))
    }

    override val size: String
        get() = "%,d images of %d × %d to learn, %,d to validate, %d classes".format(
            Locale.ROOT, training.count, training.rows, training.columns, validation?.count ?: 0, labels.size,
        )

    override fun batches(model: Model, training: Training): Pair<BatchSource, BatchSource?> =
        exampleBatches(examples(model, this.training), training, true) to validation?.let { exampleBatches(examples(model, it), training, false) }

    override fun whole(model: Model, training: Training): BatchSource = exampleBatches(examples(model, this.training), training, false)

    private fun examples(model: Model, images: Images): Examples {
        model.needFeatures(path, images.columns)
        val output = model.shape(model.onlyOutput)
        if (output.sequence) throw CorpusException(path, "has one class an image, but the model's output has steps; take the last one, by output = last or lastStep()")
        if (output.size < labels.size) throw CorpusException(path, "has ${labels.size} classes, but the model's output tells only ${output.size} apart")
        return Examples.of(model.onlyInput, images.series(), model.onlyOutput, images.labels())
    }

    companion object {
        fun read(data: ImagesData, folder: Path, givenLabels: List<String>): ImageTraining {
            val path = Path.of(resolved(folder, data.path))
            val (images, labels) = files(path, data.labels?.let { Path.of(resolved(folder, it)) }, "train")
            val read = read(images, labels)
            val own = when {
                data.validationPath != null -> files(Path.of(resolved(folder, data.validationPath)), data.validationLabels?.let { Path.of(resolved(folder, it)) }, "t10k")
                Files.isDirectory(path) && find(path, "t10k", "images") != null -> files(path, null, "t10k")
                else -> null
            }?.let { (a, b) -> read(a, b) }
            if (own != null && (own.rows != read.rows || own.columns != read.columns)) {
                throw CorpusException(own.idx.path, "has images of ${own.rows} × ${own.columns}, ${read.idx.path} has ${read.rows} × ${read.columns}")
            }
            val validated = if (own != null) 0 else (read.count * data.validation).toInt()
            if (read.count - validated < 1) throw CorpusException(path.toString(), "has no image to learn from")
            val classes = (read.classes!! + (own?.classes ?: IntArray(0))).max() + 1
            val names = givenLabels.ifEmpty { List(classes) { "$it" } }
            if (classes > names.size) throw CorpusException(path.toString(), "has the class ${classes - 1}, the model knows only ${names.joinToString()}")
            return ImageTraining(
                path.toString(), names, NumberTable.sha256(read.idx.bytes), read.part(0, read.count - validated),
                own ?: if (validated == 0) null else read.part(read.count - validated, read.count),
            )
        }

        /** Images, and their classes where [labels] is given. */
        fun read(images: Path, labels: Path?): Images {
            val idx = IdxFile.images(images)
            if (labels == null) return Images(idx, null, 0, idx.count)
            val classes = IdxFile.labels(labels)
            if (classes.count != idx.count) throw CorpusException(labels.toString(), "has ${classes.count} labels for the ${idx.count} images of $images")
            return Images(idx, IntArray(idx.count) { classes.bytes[it].toInt() and 0xff }, 0, idx.count)
        }

        private fun files(path: Path, labels: Path?, part: String): Pair<Path, Path> {
            val images = if (!Files.isDirectory(path)) path
            else find(path, part, "images") ?: throw CorpusException(path.toString(), "is a folder without a file $part-images…")
            return images to (labels ?: images.resolveSibling(images.fileName.toString().replace("images", "labels").replace("idx3", "idx1")))
        }

        private fun find(folder: Path, part: String, what: String): Path? =
            Files.list(folder).use { all -> all.filter { it.fileName.toString().startsWith("$part-$what") }.sorted().findFirst().orElse(null) }
    }
}
