package io.quatrain.dsl

import io.quatrain.architecture.Characters
import io.quatrain.architecture.CoupletsData
import io.quatrain.architecture.DataDescription
import io.quatrain.architecture.PairsData
import io.quatrain.architecture.TokenizerDescription
import io.quatrain.architecture.VocabularyDescription
import io.quatrain.text.Normalization

/** See [PairsData]. */
public fun pairs(
    path: String,
    tokenizer: TokenizerDescription = Characters(),
    vocabulary: VocabularyDescription = VocabularyDescription(),
    validation: Double = DataDescription.VALIDATION,
    validationPath: String? = null,
    shuffle: Boolean = true,
    longest: Int? = null,
    separator: String = "\t",
    normalization: List<Normalization.Step> = DataDescription.NORMALIZATION,
    encoding: String? = null,
    paddedTo: Int? = null,
): PairsData = PairsData(path, tokenizer, vocabulary, validation, validationPath, shuffle, longest, separator, normalization, encoding, paddedTo)

/** See [CoupletsData]. */
public fun couplets(
    path: String,
    tokenizer: TokenizerDescription = Characters(),
    vocabulary: VocabularyDescription = VocabularyDescription(),
    validation: Double = DataDescription.VALIDATION,
    validationPath: String? = null,
    shuffle: Boolean = true,
    longest: Int? = null,
    normalization: List<Normalization.Step> = DataDescription.NORMALIZATION,
    encoding: String? = null,
): CoupletsData = CoupletsData(path, tokenizer, vocabulary, validation, validationPath, shuffle, longest, normalization, encoding)
