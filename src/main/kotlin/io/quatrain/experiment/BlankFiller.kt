package io.quatrain.experiment

import io.quatrain.architecture.BlanksData
import io.quatrain.node.PassSize
import io.quatrain.text.Codec
import io.quatrain.text.Graphemes
import io.quatrain.text.Vocabulary
import kotlin.math.exp

/**
 * Fills the blanks of a text with a model that was trained on [BlanksData].
 *
 * @throws IllegalArgumentException if the model was trained for something else
 */
public class BlankFiller(private val model: TrainedModel) {
    private val codec: Codec = requireNotNull(model.codec) { NOT_ONE }
    private val vocabulary = codec.vocabulary()
    private val output = model.model.graph.outputs().singleOrNull()

    /** What stands for a missing character. */
    public val blank: String = requireNotNull(model.experiment?.data as? BlanksData) { NOT_ONE }.blank

    private val graph = output?.let { model.model.graph.withLogits(it) }

    init {
        require(output != null && model.model.graph.inputs().size == 1 && model.model.shape(output).sequence) { NOT_ONE }
    }

    /** What may stand at a blank: tokens and their probabilities, the likeliest first. [place] counts the text's characters from 1. */
    public class Blank(public val place: Int, public val candidates: List<Pair<String, Double>>)

    /** What the model does not know of a text. */
    public fun unknown(text: String): Map<String, Long> = codec.examine(text).unknown()

    /** Every blank of a text by itself, the other blanks left blank. */
    public fun candidates(text: String): List<Blank> {
        val read = Read(text)
        val probabilities = probabilities(read.ids)
        return read.blanks.zip(read.places) { t, place ->
            Blank(place + 1, fillings(probabilities[t]).map { vocabulary.token(it) to probabilities[t][it] })
        }
    }

    /**
     * The text with every blank filled: the one that the model is surest of first, the others given that. All else stays as it is,
     * what the model does not know as well.
     */
    public fun fill(text: String): String {
        val read = Read(text)
        val left = read.blanks.toMutableList()
        while (left.isNotEmpty()) {
            val probabilities = probabilities(read.ids)
            val (t, token) = left.map { it to fillings(probabilities[it]).first() }.maxBy { (t, token) -> probabilities[t][token] }
            read.ids[t] = token
            left -= t
        }
        val filled = read.characters.toMutableList()
        read.places.zip(read.blanks) { place, t -> filled[place] = codec.decode(read.ids[t]) }
        return filled.joinToString("")
    }

    /** A text as the model reads it, and which of its [characters] are blanks: [places] there, [blanks] among the [ids]. */
    private inner class Read(text: String) {
        val ids: IntArray = listOf(Vocabulary.Special.START).known() + codec.encode(text) + listOf(Vocabulary.Special.END).known()
        val blanks: List<Int> = ids.indices.filter { ids[it] == vocabulary.find(blank) }
        val characters: List<String> = Graphemes.of(text)
        val places: List<Int> = characters.indices.filter { characters[it] == blank }

        init {
            require(places.isNotEmpty()) { "\"$text\" has no blank to fill; write $blank for every missing character" }
            require(blanks.size == places.size) { "\"$text\": the model's tokenizer does not see every $blank; let each stand by itself" }
        }

        private fun List<Vocabulary.Special>.known() = map { vocabulary.id(it) }.filter { it != Vocabulary.NONE }.toIntArray()
    }

    /** Tokens that may fill a blank, the likeliest first. */
    private fun fillings(probabilities: DoubleArray): List<Int> =
        probabilities.indices.filter { !vocabulary.isSpecial(it) && vocabulary.token(it) != blank }.sortedByDescending { probabilities[it] }

    /** For every step the probability of every token. */
    private fun probabilities(ids: IntArray): List<DoubleArray> {
        val pass = graph!!.pass(PassSize.of(1, ids.size))
        pass.clearState()
        pass.input().setIds(ids)
        pass.forward(false)
        val logits = pass.signal(output!!).value().all()
        return ids.indices.map { t ->
            val column = DoubleArray(logits.rows()).also { logits.copyColumn(t, it, 0) }
            val largest = column.max()
            for (i in column.indices) column[i] = exp(column[i] - largest)
            val sum = column.take(vocabulary.size()).sum()
            DoubleArray(vocabulary.size()) { column[it] / sum }
        }
    }

    private companion object {
        const val NOT_ONE = "this model was not trained to fill blanks; train one on data of the type \"blanks\""
    }
}
