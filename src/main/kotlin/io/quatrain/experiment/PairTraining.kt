package io.quatrain.experiment

import io.quatrain.architecture.CoupletsData
import io.quatrain.architecture.Model
import io.quatrain.architecture.PairDescription
import io.quatrain.architecture.PairsData
import io.quatrain.architecture.PoemsData
import io.quatrain.architecture.RareTokens
import io.quatrain.architecture.Separated
import io.quatrain.architecture.Training
import io.quatrain.format.quoted
import io.quatrain.text.Codec
import io.quatrain.text.CorpusException
import io.quatrain.text.Item
import io.quatrain.text.ItemFormat
import io.quatrain.text.Items
import io.quatrain.text.SeparatedTokenizer
import io.quatrain.text.Text
import io.quatrain.text.Vocabulary
import io.quatrain.train.BatchSource
import io.quatrain.train.ExampleBatches
import io.quatrain.train.Examples
import io.quatrain.train.TokenSeries
import java.nio.file.Path
import java.security.MessageDigest
import java.util.Locale

/** Pairs for an encoder and a decoder, or for a model that answers at each step of what it reads. */
internal class PairTraining private constructor(
    path: String, private val known: Codec, sha256: String,
    private val training: List<Ids>, private val validation: List<Ids>, private val dropped: Int, private val paddedTo: Int?,
) : TrainingData(path, known, emptyList(), sha256) {
    private class Ids(val source: IntArray, val target: IntArray)

    private class Texts(val source: String, val target: String)

    override val size: String
        get() = "%,d pairs to learn, %,d to validate".format(Locale.ROOT, training.size, validation.size) +
            ", vocabulary of ${known.vocabulary().size()}" +
            (if (dropped == 0) "" else "; $dropped pairs left out (too long, or with rare tokens)")

    override fun batches(model: Model, training: Training): Pair<BatchSource, BatchSource?> =
        batches(this.training, model, training, true) to validation.takeIf { it.isNotEmpty() }?.let { batches(it, model, training, false) }

    override fun whole(model: Model, training: Training): BatchSource = batches(this.training + validation, model, training, false)

    private fun batches(pairs: List<Ids>, model: Model, training: Training, shuffled: Boolean): BatchSource {
        val names = model.graph.inputs().map { it.name() }
        val output = model.graph.outputs().singleOrNull()
            ?: throw IllegalArgumentException("data of pairs need a model with one output; it has ${model.graph.outputs()}")
        val sources = TokenSeries.of(pairs.map { padded(it.source) })
        val examples = when {
            names.toSet() == setOf(SOURCE, TARGET) && paddedTo == null ->
                Examples.pairs(SOURCE, sources, TARGET, TokenSeries.of(pairs.map { framed(it.target) }), output)
            names.size == 1 -> Examples.of(names[0], sources, output, TokenSeries.of(pairs.onEach(::sameLength).map { padded(it.target) }))
            paddedTo != null -> throw IllegalArgumentException("paddedTo is for models with one input, which answer step by step; this one has $names: leave it out")
            else -> throw IllegalArgumentException(
                "data of pairs need a model with the inputs \"$SOURCE\" and \"$TARGET\", or with one input; it has $names",
            )
        }
        val options = ExampleBatches.Options(training.batch, training.seed)
        return ExampleBatches(examples, if (shuffled) options else options.inOrder())
    }

    private fun padded(ids: IntArray): IntArray {
        val padding = known.vocabulary().id(Vocabulary.Special.PADDING)
        return if (paddedTo == null) ids else IntArray(paddedTo) { ids.getOrElse(it) { padding } }
    }

    private fun framed(ids: IntArray): IntArray {
        val vocabulary = known.vocabulary()
        return intArrayOf(vocabulary.id(Vocabulary.Special.START)) + ids + vocabulary.id(Vocabulary.Special.END)
    }

    private fun sameLength(pair: Ids) {
        if (pair.source.size == pair.target.size) return
        throw CorpusException(
            path,
            "${quoted(known.decode(*pair.source))} has ${pair.source.size} tokens and its target ${pair.target.size}; a model with one input " +
                "answers step by step and needs as many: use an encoder and a decoder with the inputs \"$SOURCE\" and \"$TARGET\"",
        )
    }

    companion object {
        const val SOURCE = "source"
        const val TARGET = "target"
        private val MARKS = Regex("[，。？！；、：,.?!;:\\s]+")

        fun read(data: PairDescription, folder: Path, given: Codec?, seed: Long): PairTraining {
            val path = resolved(folder, data.path)
            val items = items(data, path)
            val normalization = data.normalization()
            val paddedTo = (data as? PairsData)?.paddedTo
            val codec = given ?: run {
                val text = Text.of(path, items.joinToString("\n", postfix = "\n") { it.text() })
                val tokenizer = data.tokenizer.tokenizer(text, normalization)
                val builder = if (paddedTo != null) data.vocabulary.builder(Vocabulary.Special.PADDING)
                else data.vocabulary.builder(Vocabulary.Special.START, Vocabulary.Special.END)
                for (pair in items.flatMap { pairs(data, path, it) }.flatMap { listOf(it.source, it.target) }.let { if (data is CoupletsData) it.distinct() else it }) {
                    tokenizer.tokenize(normalization.apply(pair)) { builder.accept(it) }
                }
                Codec(normalization, tokenizer, builder.build())
            }
            var dropped = 0
            fun encode(part: List<Item>): List<Ids> = part.flatMap { pairs(data, path, it) }.mapNotNull { pair ->
                val source = codec.examine(pair.source)
                val target = codec.examine(pair.target)
                val complete = data.vocabulary.rare != RareTokens.DROP || source.unknown().isEmpty() && target.unknown().isEmpty()
                val fits = maxOf(source.ids().size, target.ids().size) <= minOf(data.longest ?: Int.MAX_VALUE, paddedTo ?: Int.MAX_VALUE)
                if (complete && fits && source.ids().isNotEmpty() && target.ids().isNotEmpty()) Ids(source.ids(), target.ids()) else null.also { dropped++ }
            }
            val own = data.validationPath?.let { items(data, resolved(folder, it)) }
            val split = when {
                own != null -> Items.Split(items, own)
                data.validation == 0.0 -> Items.Split(items, emptyList())
                data.shuffle -> Items.split(items, data.validation, seed)
                else -> (items.size - (items.size * data.validation).toInt()).let { Items.Split(items.subList(0, it), items.subList(it, items.size)) }
            }
            val training = encode(split.training())
            val validation = encode(split.validation())
            if (training.isEmpty()) throw CorpusException(path, "has no pair to learn from: ${items.size} items were read and $dropped pairs left out (empty, too long, or with rare tokens)")
            return PairTraining(path, codec, sha256(items), training, validation, dropped, paddedTo)
        }

        private fun items(data: PairDescription, path: String): List<Item> = when (data) {
            is PairsData -> ItemFormat("lines").read(path, data.encoding)
            is CoupletsData -> Poems.read(path, PoemsData(path, encoding = data.encoding))
        }

        private fun pairs(data: PairDescription, path: String, item: Item): List<Texts> = when (data) {
            is PairsData -> {
                val sides = item.text().split(data.separator)
                if (sides.size != 2) {
                    throw CorpusException(path, "needs a source, ${quoted(data.separator)} and a target in each line; ${quoted(item.text().take(40))} has ${sides.size - 1} of it")
                }
                listOf(Texts(sides[0], sides[1]))
            }
            is CoupletsData -> clauses(data, item.text()).zipWithNext(::Texts)
        }

        /** The clauses of a poem; those of one that is cut into tokens already are cut in the same way. */
        private fun clauses(data: CoupletsData, poem: String): List<String> {
            val rows = data.tokenizer as? Separated ?: return poem.split(MARKS).filter { it.isNotBlank() }
            val clauses = mutableListOf(mutableListOf<String>())
            for (token in SeparatedTokenizer.of(rows.separator, rows.quote, "").tokenize(poem)) {
                if (MARKS.matches(token)) clauses += mutableListOf<String>()
                else clauses.last() += if (rows.quote.isEmpty()) token else rows.quote + token.replace(rows.quote, rows.quote.repeat(2)) + rows.quote
            }
            return clauses.filter { it.isNotEmpty() }.map { it.joinToString(rows.separator) }
        }

        private fun sha256(items: List<Item>): String {
            val digest = MessageDigest.getInstance("SHA-256")
            for (item in items) digest.update((item.text() + "\u0001").toByteArray())
            return digest.digest().joinToString("") { "%02x".format(it) }
        }
    }
}
