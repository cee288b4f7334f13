package io.quatrain.dsl

import io.quatrain.architecture.BlanksData
import io.quatrain.architecture.BytePairs
import io.quatrain.architecture.Bytes
import io.quatrain.architecture.Characters
import io.quatrain.architecture.ChineseWords
import io.quatrain.architecture.CsvData
import io.quatrain.architecture.DataDescription
import io.quatrain.architecture.JsonLinesData
import io.quatrain.architecture.LabelledTextData
import io.quatrain.architecture.LinesData
import io.quatrain.architecture.PoemsData
import io.quatrain.architecture.RareTokens
import io.quatrain.architecture.Separated
import io.quatrain.architecture.TextData
import io.quatrain.architecture.TokenizerDescription
import io.quatrain.architecture.VocabularyDescription
import io.quatrain.architecture.Words
import io.quatrain.text.Normalization

/** See [TextData]. */
public fun text(
    path: String,
    tokenizer: TokenizerDescription = Characters(),
    vocabulary: VocabularyDescription = VocabularyDescription(),
    validation: Double = DataDescription.VALIDATION,
    validationPath: String? = null,
    normalization: List<Normalization.Step> = DataDescription.NORMALIZATION,
    encoding: String? = null,
    sentences: Boolean = false,
): TextData = TextData(path, tokenizer, vocabulary, validation, validationPath, normalization, encoding, sentences)

/** See [LinesData]. */
public fun lines(
    path: String,
    tokenizer: TokenizerDescription = Characters(),
    vocabulary: VocabularyDescription = VocabularyDescription(),
    validation: Double = DataDescription.VALIDATION,
    validationPath: String? = null,
    shuffle: Boolean = true,
    longest: Int? = null,
    normalization: List<Normalization.Step> = DataDescription.NORMALIZATION,
    encoding: String? = null,
    window: Int? = null,
): LinesData =
    LinesData(path, tokenizer, vocabulary, validation, validationPath, shuffle, longest, normalization, encoding, window)

/** See [PoemsData]. */
public fun poems(
    path: String,
    tokenizer: TokenizerDescription = Characters(),
    vocabulary: VocabularyDescription = VocabularyDescription(),
    validation: Double = DataDescription.VALIDATION,
    validationPath: String? = null,
    shuffle: Boolean = true,
    longest: Int? = null,
    lines: Int? = null,
    lineLength: Int? = null,
    normalization: List<Normalization.Step> = DataDescription.NORMALIZATION,
    encoding: String? = null,
    start: Boolean = true,
    window: Int? = null,
): PoemsData =
    PoemsData(path, tokenizer, vocabulary, validation, validationPath, shuffle, longest, lines, lineLength, normalization, encoding, start, window)

/** See [BlanksData]. */
public fun blanks(
    path: String,
    tokenizer: TokenizerDescription = Characters(),
    vocabulary: VocabularyDescription = VocabularyDescription(),
    validation: Double = DataDescription.VALIDATION,
    validationPath: String? = null,
    shuffle: Boolean = true,
    longest: Int? = null,
    share: Double = 0.15,
    blank: String = "□",
    normalization: List<Normalization.Step> = DataDescription.NORMALIZATION,
    encoding: String? = null,
): BlanksData =
    BlanksData(path, tokenizer, vocabulary, validation, validationPath, shuffle, longest, share, blank, normalization, encoding)

/** See [JsonLinesData]. */
public fun jsonLines(
    path: String,
    field: String,
    label: String? = null,
    tokenizer: TokenizerDescription = Characters(),
    vocabulary: VocabularyDescription = VocabularyDescription(),
    validation: Double = DataDescription.VALIDATION,
    validationPath: String? = null,
    shuffle: Boolean = true,
    longest: Int? = null,
    normalization: List<Normalization.Step> = DataDescription.NORMALIZATION,
    encoding: String? = null,
): JsonLinesData =
    JsonLinesData(path, field, label, tokenizer, vocabulary, validation, validationPath, shuffle, longest, normalization, encoding)

/** See [CsvData]. */
public fun csv(
    path: String,
    column: String,
    label: String? = null,
    separator: String = ",",
    tokenizer: TokenizerDescription = Characters(),
    vocabulary: VocabularyDescription = VocabularyDescription(),
    validation: Double = DataDescription.VALIDATION,
    validationPath: String? = null,
    shuffle: Boolean = true,
    longest: Int? = null,
    normalization: List<Normalization.Step> = DataDescription.NORMALIZATION,
    encoding: String? = null,
): CsvData =
    CsvData(path, column, label, separator, tokenizer, vocabulary, validation, validationPath, shuffle, longest, normalization, encoding)

/** See [LabelledTextData]. */
public fun labelledText(
    path: String,
    tokenizer: TokenizerDescription = Characters(),
    vocabulary: VocabularyDescription = VocabularyDescription(),
    validation: Double = DataDescription.VALIDATION,
    validationPath: String? = null,
    shuffle: Boolean = true,
    longest: Int? = null,
    normalization: List<Normalization.Step> = DataDescription.NORMALIZATION,
    encoding: String? = null,
    balanced: Boolean = false,
    distinct: Boolean = false,
): LabelledTextData =
    LabelledTextData(path, tokenizer, vocabulary, validation, validationPath, shuffle, longest, normalization, encoding, balanced, distinct)

/** See [VocabularyDescription]. */
public fun vocabulary(
    size: Int? = null,
    minimumFrequency: Int = 1,
    rare: RareTokens = RareTokens.UNKNOWN,
): VocabularyDescription = VocabularyDescription(size, minimumFrequency, rare)

/** See [Characters]. */
public fun characters(codePoints: Boolean = false): Characters = Characters(codePoints)

/** See [Words]. */
public fun words(): Words = Words

/** See [ChineseWords]. */
public fun chineseWords(names: Boolean = false): ChineseWords = ChineseWords(names)

/** See [BytePairs]. */
public fun bytePairs(merges: Int, bytes: Boolean = false): BytePairs = BytePairs(merges, bytes)

/** See [Bytes]. */
public fun bytes(): Bytes = Bytes

/** See [Separated]. */
public fun separated(separator: String = ",", quote: String = "\"", joint: String = ""): Separated = Separated(separator, quote, joint)
