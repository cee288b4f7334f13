package io.quatrain.architecture

import io.quatrain.text.BytePairTokenizer
import io.quatrain.text.ByteTokenizer
import io.quatrain.text.CharacterTokenizer
import io.quatrain.text.HanLpTokenizer
import io.quatrain.text.Normalization
import io.quatrain.text.SeparatedTokenizer
import io.quatrain.text.Text
import io.quatrain.text.Tokenizer
import io.quatrain.text.WordTokenizer
import kotlinx.serialization.SerialName
import kotlinx.serialization.Serializable

/** How a text is cut into tokens. */
@Serializable
public sealed interface TokenizerDescription {
    /** The engine's form. @param text what a tokenizer that learns learns from; the others do not read it */
    public fun tokenizer(text: Text, normalization: Normalization): Tokenizer
}

/** See [CharacterTokenizer]: characters as people see them, or ([codePoints]) as Unicode counts them. */
@Serializable
@SerialName("characters")
public data class Characters(val codePoints: Boolean = false) : TokenizerDescription {
    override fun tokenizer(text: Text, normalization: Normalization): Tokenizer =
        if (codePoints) CharacterTokenizer.CODE_POINTS else CharacterTokenizer.GRAPHEMES
}

/** See [WordTokenizer]. */
@Serializable
@SerialName("words")
public data object Words : TokenizerDescription {
    override fun tokenizer(text: Text, normalization: Normalization): Tokenizer = WordTokenizer.INSTANCE
}

/** See [HanLpTokenizer]: Chinese words; [names] takes the large dictionary, with the names of people. */
@Serializable
@SerialName("chineseWords")
public data class ChineseWords(val names: Boolean = false) : TokenizerDescription {
    override fun tokenizer(text: Text, normalization: Normalization): Tokenizer =
        if (names) HanLpTokenizer.FULL else HanLpTokenizer.CORE
}

/**
 * See [BytePairTokenizer]: pieces learned from the text by joining the most frequent pair [merges] times; of characters, or
 * ([bytes]) of bytes.
 */
@Serializable
@SerialName("bytePairs")
public data class BytePairs(val merges: Int, val bytes: Boolean = false) : TokenizerDescription {
    init {
        checkSize("merges", merges)
    }

    override fun tokenizer(text: Text, normalization: Normalization): Tokenizer =
        BytePairTokenizer.train(text, normalization, bytes, merges)
}

/** See [ByteTokenizer]: the bytes of UTF-8; nothing is ever unknown. */
@Serializable
@SerialName("bytes")
public data object Bytes : TokenizerDescription {
    override fun tokenizer(text: Text, normalization: Normalization): Tokenizer = ByteTokenizer.INSTANCE
}

/**
 * See [SeparatedTokenizer]: texts that are cut into tokens already, a row of them a line: `"春风","又","绿"`.
 *
 * @property separator one character, between tokens
 * @property quote what may stand around a token; empty: nothing
 * @property joint what is written between tokens
 */
@Serializable
@SerialName("separated")
public data class Separated @JvmOverloads constructor(
    val separator: String = ",",
    val quote: String = "\"",
    val joint: String = "",
) : TokenizerDescription {
    init {
        SeparatedTokenizer.of(separator, quote, joint)
    }

    override fun tokenizer(text: Text, normalization: Normalization): Tokenizer =
        SeparatedTokenizer.train(text, normalization, separator, quote, joint)
}
