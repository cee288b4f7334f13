package io.quatrain.format

import io.quatrain.architecture.Model
import java.io.BufferedReader
import java.nio.file.Files
import java.nio.file.Path

/**
 * Vectors of tokens that were learned elsewhere, in the text form of word2vec and GloVe: a token and its numbers on each line,
 * separated by spaces; word2vec writes how many there are and their size on a line before.
 */
public class WordVectors private constructor(public val size: Int, private val vectors: Map<String, FloatArray>) {
    /** How many tokens have a vector. */
    public val count: Int get() = vectors.size

    public operator fun get(token: String): FloatArray? = vectors[token]

    /**
     * Puts the vectors of these tokens into an embedding of a model; tokens without a vector keep what they have. To keep them
     * as they are while the rest learns, declare the embedding with `trainable = false`.
     *
     * @param node the embedding's name: "0.embedding" for the first layer of a row
     * @param tokens of the model's vocabulary, in the order of their ids
     * @return how many tokens got a vector
     */
    public fun putInto(model: Model, node: String, tokens: List<String>): Int {
        val embedding = requireNotNull(model.parameters.firstOrNull { it.path() == "$node.e" }) {
            "no embedding \"$node\"; the model's weights are ${model.parameters.joinToString { it.path() }}"
        }
        require(embedding.rows() == size) { "the vectors have $size numbers, the embedding \"$node\" has ${embedding.rows()}; declare it with that size" }
        require(tokens.size <= embedding.columns()) { "the embedding \"$node\" has ${embedding.columns()} tokens, given ${tokens.size}" }
        var found = 0
        tokens.forEachIndexed { id, token ->
            val vector = vectors[token] ?: return@forEachIndexed
            embedding.value().columns(id, id + 1).setFrom(vector, 0)
            found++
        }
        embedding.changed()
        return found
    }

    public companion object {
        private const val LARGEST = 1 shl 16

        /**
         * Reads a file.
         *
         * @param wanted which tokens to keep, to save memory; all by default
         * @throws IllegalArgumentException naming the line that cannot be read
         */
        @JvmStatic
        @JvmOverloads
        public fun read(file: Path, wanted: (String) -> Boolean = { true }): WordVectors =
            Files.newBufferedReader(file).use { read(it, file.fileName.toString(), wanted) }

        private fun read(reader: BufferedReader, name: String, wanted: (String) -> Boolean): WordVectors {
            val vectors = HashMap<String, FloatArray>()
            var size = -1
            var number = 0
            for (line in reader.lineSequence()) {
                number++
                val parts = line.trim().split(' ').filter { it.isNotEmpty() }
                if (parts.isEmpty() || number == 1 && parts.size == 2) continue
                if (size < 0) size = parts.size - 1
                require(size in 1..LARGEST && parts.size > size) { "$name:$number: needs a token and $size numbers, has ${parts.size - 1}" }
                // a few files have tokens with spaces in them: the numbers are the last ones
                val token = parts.subList(0, parts.size - size).joinToString(" ")
                if (!wanted(token)) continue
                vectors[token] = FloatArray(size) { i ->
                    val text = parts[parts.size - size + i]
                    requireNotNull(text.toFloatOrNull()?.takeIf { it.isFinite() }) { "$name:$number: \"$text\" is not a finite number" }
                }
            }
            require(size > 0) { "$name: has no vectors" }
            return WordVectors(size, vectors)
        }
    }
}
