package io.quatrain.architecture

import io.quatrain.format.quoted
import io.quatrain.text.Normalization
import kotlinx.serialization.SerialName
import kotlinx.serialization.Serializable

/**
 * Data of pairs: a source, and the target that it becomes. What a model reads and answers follows from its inputs:
 * - An encoder and a decoder have the inputs `source` and `target`. The decoder reads a start token and the target, and says
 *   at every step what comes next, at last an end token (teacher forcing).
 * - With the input `source` alone, the model says the target's token at each of the source's steps; both are as long.
 *
 * Source and target share one vocabulary.
 */
@Serializable
public sealed interface PairDescription : TextDescription {
    /** Whether items are put into a random order before some are set aside for validation; false: the last ones are. */
    public val shuffle: Boolean

    /** Pairs of which one side has more tokens are left out; null: none are. */
    public val longest: Int?

    override fun withPath(path: String): PairDescription
}

/**
 * A pair a line: the source, a [separator], the target.
 *
 * @property paddedTo for models with one input: source and target are filled up with a padding token to so many tokens, which is
 *   then read, answered and judged like any other, so that accuracy and loss are those of an unmasked model; longer ones are left
 *   out. null: texts are as long as they are, and padding counts nowhere
 */
@Serializable
@SerialName("pairs")
public data class PairsData @JvmOverloads constructor(
    override val path: String,
    override val tokenizer: TokenizerDescription = Characters(),
    override val vocabulary: VocabularyDescription = VocabularyDescription(),
    override val validation: Double = DataDescription.VALIDATION,
    override val validationPath: String? = null,
    override val shuffle: Boolean = true,
    override val longest: Int? = null,
    val separator: String = "\t",
    override val normalization: List<@Serializable(NormalizationStepSerializer::class) Normalization.Step> = DataDescription.NORMALIZATION,
    override val encoding: String? = null,
    val paddedTo: Int? = null,
) : PairDescription {
    init {
        LinesData(path, tokenizer, vocabulary, validation, validationPath, shuffle, longest, normalization, encoding) // its checks
        paddedTo?.let { checkSize("paddedTo", it) }
        require(separator.isNotEmpty() && '\n' !in separator && '\r' !in separator) {
            "separator must be a text without line ends, got ${quoted(separator)}"
        }
    }

    override fun withPath(path: String): PairsData = copy(path = path, validationPath = null)
}

/**
 * The clauses of poems, each with the one that follows it: 细雨秧苗绿 → the clause after it. Punctuation parts clauses and belongs to none.
 * Poems are read as [PoemsData] reads them; the clauses of one poem are all learned or all validated.
 */
@Serializable
@SerialName("couplets")
public data class CoupletsData @JvmOverloads constructor(
    override val path: String,
    override val tokenizer: TokenizerDescription = Characters(),
    override val vocabulary: VocabularyDescription = VocabularyDescription(),
    override val validation: Double = DataDescription.VALIDATION,
    override val validationPath: String? = null,
    override val shuffle: Boolean = true,
    override val longest: Int? = null,
    override val normalization: List<@Serializable(NormalizationStepSerializer::class) Normalization.Step> = DataDescription.NORMALIZATION,
    override val encoding: String? = null,
) : PairDescription {
    init {
        LinesData(path, tokenizer, vocabulary, validation, validationPath, shuffle, longest, normalization, encoding) // its checks
    }

    override fun withPath(path: String): CoupletsData = copy(path = path, validationPath = null)
}
