package io.quatrain.experiment

import io.quatrain.architecture.BlanksData
import io.quatrain.architecture.CsvData
import io.quatrain.architecture.DataDescription
import io.quatrain.architecture.ImagesData
import io.quatrain.architecture.JsonLinesData
import io.quatrain.architecture.LabelledTextData
import io.quatrain.architecture.LinesData
import io.quatrain.architecture.Model
import io.quatrain.architecture.PairDescription
import io.quatrain.architecture.PoemsData
import io.quatrain.architecture.RareTokens
import io.quatrain.architecture.Separated
import io.quatrain.architecture.SeriesData
import io.quatrain.architecture.Sizes
import io.quatrain.architecture.TaskData
import io.quatrain.architecture.TextData
import io.quatrain.architecture.TextDescription
import io.quatrain.architecture.Training
import io.quatrain.architecture.VocabularyDescription
import io.quatrain.architecture.WindowedDescription
import io.quatrain.format.quoted
import io.quatrain.text.Codec
import io.quatrain.text.CorpusException
import io.quatrain.text.EncodedCorpus
import io.quatrain.text.Item
import io.quatrain.text.ItemFormat
import io.quatrain.text.Items
import io.quatrain.text.Sentences
import io.quatrain.text.SeparatedTokenizer
import io.quatrain.text.Text
import io.quatrain.text.TextFiles
import io.quatrain.text.Vocabulary
import io.quatrain.train.BatchSource
import io.quatrain.train.BlankBatches
import io.quatrain.train.ExampleBatches
import io.quatrain.train.Examples
import io.quatrain.train.StreamBatches
import io.quatrain.train.TokenSeries
import io.quatrain.train.TokenSource
import java.nio.file.Path
import java.security.MessageDigest

/** What a model learns from and is judged on, read and cut into tokens. */
public abstract class TrainingData internal constructor(
    /** The file, folder or pattern that was read. */
    public val path: String,
    /** From text to tokens and back; null where the data are numbers. */
    public val codec: Codec?,
    /** The names of the classes; empty unless items are classified. */
    public val labels: List<String>,
    /** SHA-256 over what was read. */
    public val sha256: String,
) {
    /** How numbers are scaled; null where they are not. */
    public open val scale: NumberScale? get() = null

    /** How many characters a target stands for on average; null unless the model goes on with a text. */
    public open val charactersPerToken: Double? get() = null

    /** The number of tokens; null where the data are numbers. */
    public val vocabularySize: Int? get() = codec?.vocabulary()?.size()

    /** What a model's sizes may be taken from. */
    public val sizes: Sizes get() = Sizes(vocabularySize, labels.size.takeIf { it > 0 })

    /** [weights] by token as weights by id. */
    internal fun tokenWeights(weights: Map<String, Double>): DoubleArray {
        val vocabulary = codec?.vocabulary()
        require(vocabulary != null && labels.isEmpty()) { "tokenWeights are for models that tell tokens; these data have ${if (codec == null) "numbers" else "classes"}" }
        val all = DoubleArray(vocabulary.size()) { 1.0 }
        for ((token, weight) in weights) {
            val special = Vocabulary.Special.values().find { token == it.defaultToken() || token == OTHER_NAMES[it] }
            val id = vocabulary.find(token).takeIf { it != Vocabulary.NONE } ?: special?.let { vocabulary.id(it) } ?: Vocabulary.NONE
            require(id != Vocabulary.NONE) { "tokenWeights: the vocabulary of $path has no token ${quoted(token)}; its special tokens are ${vocabulary.specials().values.joinToString()}" }
            all[id] = weight
        }
        return all
    }

    /** How many tokens, items or characters there are to learn and to validate, in words. */
    public abstract val size: String

    /** Batches for a model; the second is null where nothing is set aside. */
    public abstract fun batches(model: Model, training: Training): Pair<BatchSource, BatchSource?>

    /** Batches over everything, for judging a model on data that it has not seen. */
    public abstract fun whole(model: Model, training: Training): BatchSource

    public companion object {
        private val OTHER_NAMES = mapOf(
            Vocabulary.Special.START to "<s>", Vocabulary.Special.END to "</s>", Vocabulary.Special.UNKNOWN to "<unk>", Vocabulary.Special.PADDING to "<pad>",
        )

        /**
         * Reads data.
         *
         * @param folder paths are relative to it
         * @param codec of a model that exists; null: made from the data
         * @param scale of a model that exists; null: learned from the data
         * @throws CorpusException naming the file and what is wrong with it
         */
        @JvmStatic
        @JvmOverloads
        public fun read(
            data: DataDescription, folder: Path, codec: Codec? = null, labels: List<String> = emptyList(), seed: Long = 1, scale: NumberScale? = null,
        ): TrainingData = when (data) {
            is TextData -> StreamData.read(data, folder, codec)
            is PairDescription -> PairTraining.read(data, folder, codec, seed)
            is TextDescription -> ItemData.read(data, folder, codec, labels, seed)
            is SeriesData -> SeriesTraining.read(data, folder, scale)
            is ImagesData -> ImageTraining.read(data, folder, labels)
            is TaskData -> TaskTraining.make(data)
        }
    }
}

internal fun resolved(folder: Path, path: String): String =
    if (path.startsWith("/") || Regex("^[A-Za-z]:").containsMatchIn(path)) path else folder.resolve(path).normalize().toString()

private fun characters(codec: Codec, ids: IntArray): Double = codec.decode(*ids).let { it.codePointCount(0, it.length) }.toDouble()
/** A model that knows no token of a text can learn nothing from it. */
private fun Codec.checkKnown(path: String, limits: VocabularyDescription) {
    if ((0 until vocabulary().size()).any { !vocabulary().isSpecial(it) }) return
    throw CorpusException(path, "leaves no token to know: the vocabulary's size is ${limits.size ?: "not limited"}, its minimumFrequency ${limits.minimumFrequency}; let it have more")
}

/** A text as one stream. */
private class StreamData(
    path: String, private val known: Codec, sha256: String, private val training: EncodedCorpus, private val validation: EncodedCorpus?,
    private val all: EncodedCorpus,
) : TrainingData(path, known, emptyList(), sha256) {
    override val size: String
        get() = "%,d tokens to learn".format(java.util.Locale.ROOT, training.size()) +
            (validation?.let { ", %,d to validate".format(java.util.Locale.ROOT, it.size()) } ?: "") +
            ", vocabulary of ${known.vocabulary().size()}"

    override val charactersPerToken: Double by lazy {
        val ids = IntArray(minOf(all.size(), SAMPLE.toLong()).toInt())
        all.copy(0, ids, 0, ids.size)
        characters(known, ids) / ids.size
    }

    override fun batches(model: Model, training: Training): Pair<BatchSource, BatchSource?> =
        stream(this.training, model, training, training.wholeUpdates) to validation?.let { stream(it, model, training, false) }

    override fun whole(model: Model, training: Training): BatchSource = stream(all, model, training, false)

    private fun stream(corpus: EncodedCorpus, model: Model, training: Training, wholeUpdates: Boolean): BatchSource {
        val streams = (corpus.size() / (training.steps + 1)).coerceIn(1, training.batch.toLong()).toInt()
        val source = TokenSource.of(corpus.size()) { from, target, offset, length -> corpus.copy(from, target, offset, length) }
        val names = StreamBatches.Options().withNames(model.graph.inputs()[0].name(), model.graph.outputs()[0])
        return StreamBatches(source, streams, training.steps, if (wholeUpdates) names.withWholeUpdates() else names)
    }

    companion object {
        private const val SAMPLE = 100_000

        fun read(data: TextData, folder: Path, given: Codec?): StreamData {
            val path = resolved(folder, data.path)
            val text = Text.files(TextFiles.find(path), data.encoding)
            val normalization = data.normalization()
            val codec = given ?: data.tokenizer.tokenizer(text, normalization).let { tokenizer ->
                if (!data.sentences) Codec.fit(normalization, tokenizer, text, data.vocabulary.builder())
                else Codec.fit(normalization, tokenizer, Sentences.of(text.read()), data.vocabulary.builder(Vocabulary.Special.START, Vocabulary.Special.END))
            }
            codec.checkKnown(path, data.vocabulary)
            fun encoded(text: Text) = if (data.sentences) EncodedCorpus.of(codec, text.name(), Sentences.of(text.read())) else EncodedCorpus.of(codec, text)
            val corpus = encoded(text)
            val own = data.validationPath?.let { encoded(Text.files(TextFiles.find(resolved(folder, it)), data.encoding)) }
            val parts = if (own != null) EncodedCorpus.Split(corpus, own) else corpus.split(data.validation)
            if (parts.training().size() < 2) {
                throw CorpusException(path, "is too short: a language model needs at least 2 tokens to learn from, this gives ${parts.training().size()}")
            }
            return StreamData(path, codec, corpus.hash(), parts.training(), parts.validation().takeIf { it.size() >= 2 }, corpus)
        }
    }
}

/** Items that are learned one by one: to continue them, or to name their class. */
private class ItemData(
    path: String, private val known: Codec, labels: List<String>, sha256: String,
    private val training: List<Encoded>, private val validation: List<Encoded>, private val dropped: Int, private val balanced: Boolean,
    private val window: Int?, private val blanks: BlanksData?,
) : TrainingData(path, known, labels, sha256) {
    class Encoded(val ids: IntArray, val label: Int)

    override val size: String
        get() = "%,d items to learn, %,d to validate".format(java.util.Locale.ROOT, training.size, validation.size) +
            (if (labels.isEmpty()) "" else ", ${labels.size} classes") + ", vocabulary of ${known.vocabulary().size()}" +
            (if (dropped == 0) "" else "; $dropped items left out (too long, or with rare tokens)")

    override val charactersPerToken: Double? by lazy {
        val items = (training + validation).take(SAMPLE)
        if (labels.isEmpty()) items.sumOf { characters(known, it.ids) } / items.sumOf { it.ids.size - 1 } else null
    }

    override fun batches(model: Model, training: Training): Pair<BatchSource, BatchSource?> =
        batches(if (balanced) balanced(this.training) else this.training, model, training, true) to
            validation.takeIf { it.isNotEmpty() }?.let { batches(it, model, training, false) }

    override fun whole(model: Model, training: Training): BatchSource = batches(this.training + validation, model, training, false)

    private fun batches(items: List<Encoded>, model: Model, training: Training, shuffled: Boolean): BatchSource {
        val input = model.graph.inputs()[0].name()
        val output = model.graph.outputs()[0]
        val series = TokenSeries.of(items.map { it.ids })
        val everyStep = model.shape(output).sequence
        val options = ExampleBatches.Options(training.batch, training.seed).let { if (shuffled) it else it.inOrder() }
        if (blanks != null) {
            require(everyStep) { "to fill blanks, the model must give a token at every step; leave out lastStep()" }
            val vocabulary = known.vocabulary()
            return BlankBatches(input, series, output, vocabulary.find(blanks.blank), vocabulary.specials().size, blanks.share, options)
        }
        val examples = when {
            labels.isNotEmpty() -> Examples.of(input, series, output, TokenSeries.of(items.map { intArrayOf(it.label) }))
            window != null -> {
                require(!everyStep) { "data.window is for a model that gives one token for all that it reads, and this one gives one at every step; put lastStep() before its last layer, or leave out the window" }
                Examples.lastToken(input, series, output, window)
            }
            else -> {
                require(everyStep) { "the model gives one token for all that it reads; say with data.window from how many tokens, or leave out lastStep()" }
                Examples.nextToken(input, series, output)
            }
        }
        return ExampleBatches(examples, options)
    }

    /** Items of every class as often as those of the largest. */
    private fun balanced(items: List<Encoded>): List<Encoded> {
        val classes = items.groupBy { it.label }
        val most = classes.values.maxOf { it.size }
        return classes.values.flatMap { members -> List(most) { members[it % members.size] } }
    }

    companion object {
        private const val SAMPLE = 10_000

        fun read(data: TextDescription, folder: Path, given: Codec?, givenLabels: List<String>, seed: Long): ItemData {
            val path = resolved(folder, data.path)
            val items = items(data, path)
            val labelled = items.any { it.label() != null } && classified(data)
            val normalization = data.normalization()
            val text = Text.of(path, items.joinToString("\n", postfix = "\n") { it.text() })
            val codec = given ?: run {
                val tokenizer = data.tokenizer.tokenizer(text, normalization)
                val specials = when {
                    labelled -> emptyArray()
                    data is PoemsData && !data.start -> arrayOf(Vocabulary.Special.END)
                    else -> arrayOf(Vocabulary.Special.START, Vocabulary.Special.END)
                }
                val builder = data.vocabulary.builder(*specials)
                if (data is BlanksData) builder.keep(listOf(data.blank))
                items.forEach { item -> tokenizer.tokenize(normalization.apply(item.text())) { builder.accept(it) } }
                Codec(normalization, tokenizer, builder.build())
            }
            codec.checkKnown(path, data.vocabulary)
            val labels = when {
                !labelled -> emptyList()
                givenLabels.isNotEmpty() -> givenLabels
                else -> items.mapNotNull { it.label() }.distinct().sorted()
            }
            val known = labels.withIndex().associate { it.value to it.index }
            var dropped = 0
            fun encode(part: List<Item>): List<Encoded> = part.mapNotNull { item ->
                val examined = codec.examine(item.text())
                val complete = examined.unknown().isEmpty() || data.vocabulary.rare != RareTokens.DROP
                val ids = if (labelled) examined.ids() else framed(codec, examined.ids())
                val label = if (labelled) known[item.label()] else 0
                val fits = longest(data).let { it == null || examined.ids().size <= it }
                if (complete && fits && examined.ids().isNotEmpty() && label != null) Encoded(ids, label) else null.also { dropped++ }
            }
            val own = data.validationPath?.let { items(data, resolved(folder, it)) }
            val shuffled = shuffled(data)
            val split = when {
                own != null -> Items.Split(items, own)
                data.validation == 0.0 -> Items.Split(items, emptyList())
                shuffled -> Items.split(items, data.validation, seed)
                else -> (items.size - (items.size * data.validation).toInt()).let { Items.Split(items.subList(0, it), items.subList(it, items.size)) }
            }
            val training = encode(split.training())
            val validation = encode(split.validation())
            if (training.isEmpty()) throw CorpusException(path, "has no item to learn from: ${items.size} were read and $dropped left out (empty, too long, or with rare tokens)")
            return ItemData(path, codec, labels, sha256(items), training, validation, dropped, (data as? LabelledTextData)?.balanced == true, (data as? WindowedDescription)?.window, data as? BlanksData)
        }

        private fun framed(codec: Codec, ids: IntArray): IntArray {
            val start = codec.vocabulary().id(Vocabulary.Special.START)
            val end = codec.vocabulary().id(Vocabulary.Special.END)
            return listOf(start).filter { it >= 0 }.toIntArray() + ids + listOf(end).filter { it >= 0 }
        }

        private fun items(data: TextDescription, path: String): List<Item> = when (data) {
            is LinesData -> ItemFormat("lines").read(path, data.encoding)
            is LabelledTextData -> ItemFormat("folder").read(path, data.encoding).let { all -> if (data.distinct) all.distinctBy { it.text() to it.label() } else all }
            is JsonLinesData -> ItemFormat("json-lines", mapOf("text" to data.field) + (data.label?.let { mapOf("label" to it) } ?: emptyMap())).read(path, data.encoding)
            is CsvData -> ItemFormat("csv", mapOf("text" to data.column, "separator" to data.separator) + (data.label?.let { mapOf("label" to it) } ?: emptyMap())).read(path, data.encoding)
            is PoemsData -> Poems.read(path, data)
            is BlanksData -> Poems.read(path, PoemsData(path, encoding = data.encoding))
            else -> throw IllegalArgumentException("data: ${data::class.simpleName} does not hold items")
        }

        private fun classified(data: TextDescription) = when (data) {
            is LabelledTextData -> true
            is JsonLinesData -> data.label != null
            is CsvData -> data.label != null
            else -> false
        }

        private fun longest(data: TextDescription): Int? = when (data) {
            is LinesData -> data.longest
            is PoemsData -> data.longest
            is BlanksData -> data.longest
            is JsonLinesData -> data.longest
            is CsvData -> data.longest
            is LabelledTextData -> data.longest
            else -> null
        }

        private fun shuffled(data: TextDescription): Boolean = when (data) {
            is LinesData -> data.shuffle
            is PoemsData -> data.shuffle
            is BlanksData -> data.shuffle
            is JsonLinesData -> data.shuffle
            is CsvData -> data.shuffle
            is LabelledTextData -> data.shuffle
            else -> false
        }

        private fun sha256(items: List<Item>): String {
            val digest = MessageDigest.getInstance("SHA-256")
            for (item in items) digest.update((item.text() + "\u0000" + (item.label() ?: "") + "\u0001").toByteArray())
            return digest.digest().joinToString("") { "%02x".format(it) }
        }
    }
}

/** Poems in whatever layout a file has, joined to one line each. */
internal object Poems {
    fun read(path: String, data: PoemsData): List<Item> = TextFiles.find(path).flatMap { file ->
        val name = file.fileName.toString().lowercase()
        val start = Text.file(file, data.encoding).let { text -> text.read().take(4000) }
        val word = when {
            name.endsWith(".json") || start.trimStart().startsWith("[") || start.trimStart().startsWith("{") -> "chinese-poetry"
            name.endsWith(".csv") -> "poetry-csv"
            Regex("(?m)^%\\s*$").containsMatchIn(start) -> "fortune"
            else -> "lines"
        }
        ItemFormat(word).read(file.toString(), data.encoding)
    }.map { item -> Item(item.text().lines().joinToString("") { it.trim() }, item.label(), item.title(), item.author()) }
        .filter { fits(it.text(), data) }
        .ifEmpty { throw CorpusException(path, "has no poem of the wanted form (lines ${data.lines ?: "any"}, characters a line ${data.lineLength ?: "any"})") }

    private fun fits(item: String, data: PoemsData): Boolean {
        if (data.lines == null && data.lineLength == null) return true
        val poem = (data.tokenizer as? Separated)?.let { SeparatedTokenizer.of(it.separator, it.quote, "").tokenize(item).joinToString("") } ?: item
        val lines = poem.split(Regex("[，。？！；、,.?!;]")).filter { it.isNotBlank() }
        return (data.lines == null || lines.size == data.lines) && (data.lineLength == null || lines.all { it.codePointCount(0, it.length) == data.lineLength })
    }
}
