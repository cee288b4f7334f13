package io.quatrain.architecture

import io.quatrain.text.Graphemes
import io.quatrain.text.Normalization
import io.quatrain.text.Vocabulary
import io.quatrain.format.quoted
import java.nio.charset.Charset
import kotlinx.serialization.SerialName
import kotlinx.serialization.Serializable

/** What a model learns from. A path is a file, a folder or a pattern such as `{spring,autumn}.txt`, relative to the experiment file. */
@Serializable
public sealed interface DataDescription {
    /** A file, a folder or a pattern. */
    public val path: String

    /** A path of its own for validation; null: [validation] of the data is set aside. */
    public val validationPath: String?

    /** The share of the data that is set aside for validation; 0: none. */
    public val validation: Double

    /** The same from another path; what was set aside for validation by a path of its own no longer is. */
    public fun withPath(path: String): DataDescription

    public companion object {
        /** The share that is set aside for validation unless another is named. */
        public const val VALIDATION: Double = 0.1

        /** What is done to a text unless something else is named; see [Normalization.STANDARD]. */
        public val NORMALIZATION: List<Normalization.Step> =
            listOf(Normalization.Step.LINE_ENDS, Normalization.Step.BYTE_ORDER_MARK, Normalization.Step.NFC)
    }
}

/** Data that are text. */
@Serializable
public sealed interface TextDescription : DataDescription {
    /** How the text is cut into tokens. */
    public val tokenizer: TokenizerDescription

    /** Which tokens the model knows. */
    public val vocabulary: VocabularyDescription

    /** What is done to the text before it is cut into tokens. */
    public val normalization: List<@Serializable(NormalizationStepSerializer::class) Normalization.Step>

    /** Such as `GB18030`; null: UTF-8, or UTF-16 with a byte order mark. */
    public val encoding: String?

    override fun withPath(path: String): TextDescription

    /** The engine's form of [normalization]. */
    public fun normalization(): Normalization = Normalization.of(*normalization.toTypedArray())
}

/** Items that are learned token by token, each told from what stands before it. */
@Serializable
public sealed interface WindowedDescription : TextDescription {
    /** How many tokens before it a token is told from, by a model that gives one for all that it reads; null: one for each. */
    public val window: Int?

    override fun withPath(path: String): WindowedDescription
}

/**
 * A text as one stream, for a language model that carries its state from update to update. Validation is its last part.
 *
 * @property sentences every sentence stands between a start and an end token, and its white space is single spaces; false: the
 *   text stands as it is
 */
@Serializable
@SerialName("text")
public data class TextData @JvmOverloads constructor(
    override val path: String,
    override val tokenizer: TokenizerDescription = Characters(),
    override val vocabulary: VocabularyDescription = VocabularyDescription(),
    override val validation: Double = DataDescription.VALIDATION,
    override val validationPath: String? = null,
    override val normalization: List<@Serializable(NormalizationStepSerializer::class) Normalization.Step> = DataDescription.NORMALIZATION,
    override val encoding: String? = null,
    val sentences: Boolean = false,
) : TextDescription {
    init {
        checkData()
        require(vocabulary.rare != RareTokens.DROP) { "vocabulary must not drop items with rare tokens here: a stream has no items; use unknown or skip" }
    }

    override fun withPath(path: String): TextData = copy(path = path, validationPath = null)
}

/**
 * One item a line: each is learned by itself, from start to end. Items are put into a random order (by the training's
 * seed) before some are set aside, unless [shuffle] is false: then the last ones are.
 *
 * @property longest items of more tokens are left out; null: none are
 * @property window for a model that gives one token for all that it reads (with [LastStep]): every token is told from at most so
 *   many before it, and such a model writes the same way. Null: a model gives a token for each that it reads
 */
@Serializable
@SerialName("lines")
public data class LinesData @JvmOverloads constructor(
    override val path: String,
    override val tokenizer: TokenizerDescription = Characters(),
    override val vocabulary: VocabularyDescription = VocabularyDescription(),
    override val validation: Double = DataDescription.VALIDATION,
    override val validationPath: String? = null,
    val shuffle: Boolean = true,
    val longest: Int? = null,
    override val normalization: List<@Serializable(NormalizationStepSerializer::class) Normalization.Step> = DataDescription.NORMALIZATION,
    override val encoding: String? = null,
    override val window: Int? = null,
) : WindowedDescription {
    init {
        checkData()
        longest?.let { checkSize("longest", it) }
        window?.let { checkSize("window", it) }
    }

    override fun withPath(path: String): LinesData = copy(path = path, validationPath = null)
}

/**
 * Chinese poems, each an item: one a line, or in the JSON layouts of the chinese-poetry collection, its csv kin, or fortune
 * files; which it is, is seen from the file.
 *
 * @property lines only poems of so many lines (a quatrain has 4); null: all
 * @property lineLength only poems whose lines have so many characters each, punctuation not counted; null: all
 * @property start whether poems begin with a start token; false: the first token is given and never asked for
 * @property window as in [LinesData]
 */
@Serializable
@SerialName("poems")
public data class PoemsData @JvmOverloads constructor(
    override val path: String,
    override val tokenizer: TokenizerDescription = Characters(),
    override val vocabulary: VocabularyDescription = VocabularyDescription(),
    override val validation: Double = DataDescription.VALIDATION,
    override val validationPath: String? = null,
    val shuffle: Boolean = true,
    val longest: Int? = null,
    val lines: Int? = null,
    val lineLength: Int? = null,
    override val normalization: List<@Serializable(NormalizationStepSerializer::class) Normalization.Step> = DataDescription.NORMALIZATION,
    override val encoding: String? = null,
    val start: Boolean = true,
    override val window: Int? = null,
) : WindowedDescription {
    init {
        checkData()
        longest?.let { checkSize("longest", it) }
        lines?.let { checkSize("lines", it) }
        lineLength?.let { checkSize("lineLength", it) }
        window?.let { checkSize("window", it) }
    }

    override fun withPath(path: String): PoemsData = copy(path = path, validationPath = null)
}

/**
 * Texts with blanks, for a model that reads a whole text and says at each of its steps which token stands there: while it is
 * trained, tokens are blanked out at random (by the training's seed, others in every epoch) and are what it must tell.
 * Items are read as [PoemsData] reads them, and begin and end with special tokens.
 *
 * @property share of the tokens that are blanked out; at least one of every item is
 * @property blank the token that stands for a missing one; where it stands in the data, nothing is asked
 */
@Serializable
@SerialName("blanks")
public data class BlanksData @JvmOverloads constructor(
    override val path: String,
    override val tokenizer: TokenizerDescription = Characters(),
    override val vocabulary: VocabularyDescription = VocabularyDescription(),
    override val validation: Double = DataDescription.VALIDATION,
    override val validationPath: String? = null,
    val shuffle: Boolean = true,
    val longest: Int? = null,
    val share: Double = 0.15,
    val blank: String = "□",
    override val normalization: List<@Serializable(NormalizationStepSerializer::class) Normalization.Step> = DataDescription.NORMALIZATION,
    override val encoding: String? = null,
) : TextDescription {
    init {
        checkData()
        longest?.let { checkSize("longest", it) }
        require(share > 0 && share < 1) { "share must be above 0 and below 1, got $share" }
        require(Graphemes.count(blank) == 1 && blank.isNotBlank()) { "blank must be one character, got ${quoted(blank)}" }
    }

    override fun withPath(path: String): BlanksData = copy(path = path, validationPath = null)
}

/**
 * One item from each line of a JSON Lines file: its member [field], and for classification the member [label].
 */
@Serializable
@SerialName("jsonLines")
public data class JsonLinesData @JvmOverloads constructor(
    override val path: String,
    val field: String,
    val label: String? = null,
    override val tokenizer: TokenizerDescription = Characters(),
    override val vocabulary: VocabularyDescription = VocabularyDescription(),
    override val validation: Double = DataDescription.VALIDATION,
    override val validationPath: String? = null,
    val shuffle: Boolean = true,
    val longest: Int? = null,
    override val normalization: List<@Serializable(NormalizationStepSerializer::class) Normalization.Step> = DataDescription.NORMALIZATION,
    override val encoding: String? = null,
) : TextDescription {
    init {
        checkData()
        require(field.isNotEmpty()) { "field must name a member of each line" }
        require(label == null || label != field) { "label must be another member than field, \"$field\"" }
        longest?.let { checkSize("longest", it) }
    }

    override fun withPath(path: String): JsonLinesData = copy(path = path, validationPath = null)
}

/**
 * One item from each row of a csv file with a first row of names: its column [column], and for classification the column
 * [label].
 */
@Serializable
@SerialName("csv")
public data class CsvData @JvmOverloads constructor(
    override val path: String,
    val column: String,
    val label: String? = null,
    val separator: String = ",",
    override val tokenizer: TokenizerDescription = Characters(),
    override val vocabulary: VocabularyDescription = VocabularyDescription(),
    override val validation: Double = DataDescription.VALIDATION,
    override val validationPath: String? = null,
    val shuffle: Boolean = true,
    val longest: Int? = null,
    override val normalization: List<@Serializable(NormalizationStepSerializer::class) Normalization.Step> = DataDescription.NORMALIZATION,
    override val encoding: String? = null,
) : TextDescription {
    init {
        checkData()
        require(column.isNotEmpty()) { "column must name a column of the first row" }
        require(label == null || label != column) { "label must be another column than column, \"$column\"" }
        require(separator.length == 1 && separator !in setOf("\"", "\n", "\r")) { "separator must be one character, no quote and no line end, got ${quoted(separator)}" }
        longest?.let { checkSize("longest", it) }
    }

    override fun withPath(path: String): CsvData = copy(path = path, validationPath = null)
}

/**
 * Texts with labels, for classification. A folder of folders: each folder is a label, each file in it an item. A folder of
 * files: each file's name (without its ending) is a label, each line in it an item.
 *
 * @property balanced an epoch reads the items of every label as often as those of the label that has the most
 * @property distinct a text that stands under a label several times is one item
 */
@Serializable
@SerialName("labelledText")
public data class LabelledTextData @JvmOverloads constructor(
    override val path: String,
    override val tokenizer: TokenizerDescription = Characters(),
    override val vocabulary: VocabularyDescription = VocabularyDescription(),
    override val validation: Double = DataDescription.VALIDATION,
    override val validationPath: String? = null,
    val shuffle: Boolean = true,
    val longest: Int? = null,
    override val normalization: List<@Serializable(NormalizationStepSerializer::class) Normalization.Step> = DataDescription.NORMALIZATION,
    override val encoding: String? = null,
    val balanced: Boolean = false,
    val distinct: Boolean = false,
) : TextDescription {
    init {
        checkData()
        longest?.let { checkSize("longest", it) }
    }

    override fun withPath(path: String): LabelledTextData = copy(path = path, validationPath = null)
}

/** What becomes of tokens that the vocabulary has no room for. */
@Serializable
public enum class RareTokens {
    /** They become the unknown token, which the vocabulary then has. */
    @SerialName("unknown")
    UNKNOWN,

    /** They are left out. */
    @SerialName("skip")
    SKIP,

    /** Items that hold one are left out. */
    @SerialName("drop")
    DROP,
}

/**
 * Which tokens of the data the model knows: all, unless there are limits.
 *
 * @property size at most so many, the most frequent ones, special ones included
 * @property minimumFrequency only those that occur so often
 * @property rare what becomes of the others
 */
@Serializable
@SerialName("vocabulary")
public data class VocabularyDescription @JvmOverloads constructor(
    val size: Int? = null,
    val minimumFrequency: Int = 1,
    val rare: RareTokens = RareTokens.UNKNOWN,
) {
    init {
        size?.let { checkSize("size", it) }
        require(minimumFrequency > 0) { "minimumFrequency must be positive, got $minimumFrequency" }
    }

    /** Whether tokens can be missing from the vocabulary. */
    public val limited: Boolean get() = size != null || minimumFrequency > 1

    /** The engine's form, which has an unknown token where one is needed, and the other [specials]. */
    public fun builder(vararg specials: Vocabulary.Special): Vocabulary.Builder {
        val builder = Vocabulary.counting().minimumFrequency(minimumFrequency.toLong()).with(*specials)
        if (limited && rare == RareTokens.UNKNOWN) builder.with(Vocabulary.Special.UNKNOWN)
        return if (size == null) builder else builder.size(size)
    }
}

internal fun DataDescription.checkPath() {
    require(path.isNotBlank()) { "path must name a file, a folder or a pattern" }
    require(validationPath == null || validationPath!!.isNotBlank()) { "validationPath must name a file, a folder or a pattern" }
    checkShare("validation", validation)
}

private fun TextDescription.checkData() {
    checkPath()
    encoding?.let { name ->
        require(runCatching { Charset.isSupported(name) }.getOrDefault(false)) {
            "encoding must be one that this JVM knows, such as UTF-8 or GB18030, got ${quoted(name)}"
        }
    }
    normalization()
}
