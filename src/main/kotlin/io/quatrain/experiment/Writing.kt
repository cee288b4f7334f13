package io.quatrain.experiment

import io.quatrain.architecture.Generation
import io.quatrain.generate.Generator
import io.quatrain.text.Codec
import io.quatrain.text.Constraint
import io.quatrain.text.Sampler
import io.quatrain.text.Sampling
import io.quatrain.text.Vocabulary
import io.quatrain.text.verse.VerseConstraint
import io.quatrain.train.Series
import io.quatrain.train.TokenSeries
import java.util.function.IntFunction

/** From logits to text: what models that go on with a text and models that answer a source have in common. */
internal class Writing(private val codec: Codec, private val generator: Generator) {
    private val vocabulary = codec.vocabulary()

    private val start = vocabulary.id(Vocabulary.Special.START)

    private val ends: Set<Int> = setOf(vocabulary.id(Vocabulary.Special.END)).filter { it >= 0 }.toSet()

    /** What a text begins with: a prompt, and the tokens of a source where the model reads one. */
    class Beginning(val prompt: String, val source: IntArray? = null)

    /** A token, and the text that can be shown since it was chosen; the last step has only the text that was held back. */
    class Step(val token: WrittenToken?, val piece: String)

    /** A text token by token, as it is asked for. */
    fun steps(beginning: Beginning, generation: Generation, seed: Long, stream: Long, constraint: Constraint): Sequence<Step> = sequence {
        val text = Text(generation, beginning, constraint)
        val sampler = sampling(generation, seed).sampler(stream, behind(beginning, constraint))
        val writing = generator.write(given(listOf(beginning)), text.read, sampler, ends)
        while (!text.over && text.size < generation.length && writing.hasNext()) yield(text.take(writing.next(), false))
        writing.end()?.let { yield(text.take(it, true)) }
        text.rest().let { if (it.isNotEmpty()) yield(Step(null, it)) }
    }

    /** A text for each beginning, side by side in batches, each batch as it is asked for; the b-th is that of the stream b. */
    fun all(beginnings: List<Beginning>, generation: Generation, seed: Long, constraint: Constraint): Sequence<WrittenText> =
        beginnings.withIndex().chunked(SIDE_BY_SIDE).asSequence().flatMap { part ->
            val texts = part.map { Text(generation, it.value, constraint) }
            val sampling = sampling(generation, seed)
            val samplers = IntFunction { b -> sampling.sampler(part[b].index.toLong(), behind(part[b].value, constraint)) }
            generator.writeAll(given(part.map { it.value }), texts.map { it.read }, samplers, generation.length) { b, choice ->
                if (!texts[b].over) texts[b].take(choice, choice.id() in ends)
                !texts[b].over
            }
            texts.map { it.written() }
        }

    /** The likeliest texts, best first. */
    fun search(beginning: Beginning, generation: Generation, constraint: Constraint): List<WrittenText> {
        require(generation.beam > 0) { "a search needs a beam of at least 1" }
        if (generation.length == 0) return listOf(WrittenText("", emptyList()))
        val read = begun(codec.encode(beginning.prompt))
        val forced = codec.encode(generation.forced)
        val banned = banned(generation)
        val allowed = behind(beginning, constraint).and { written, left ->
            val at = written.size - read.size
            if (at < forced.size) left.apply { clear() }.set(forced[at]) else banned.forEach(left::clear)
        }
        // A model that knows no end token ends a poem where it is complete.
        val endless = constraint.takeIf { ends.isEmpty() } ?: Constraint.NONE
        fun text(ids: List<Int>, logProbabilities: List<Double>) = Text(generation, beginning, endless).also { text ->
            ids.zip(logProbabilities) { id, logProbability -> text.take(Sampler.Choice(id, logProbability), id in ends) }
        }
        var beam = Generator.Beam(generation.beam, generation.length).withLengthPower(generation.lengthPower).withEnds(ends).withConstraint(allowed)
        if (generation.stop.isNotEmpty() || endless is VerseConstraint) beam = beam.withStop { ids -> text(ids, List(ids.size) { 0.0 }).over }
        val given = given(listOf(beginning))
        return generator.search(given, read, beam).take(generation.samples).map { found ->
            val each = generator.score(given, *read, *found.tokens().toIntArray()).logProbabilities().takeLast(found.tokens().size)
            text(found.tokens(), each).written()
        }
    }

    /** What the model thinks of each token of a text. */
    fun score(text: String, source: IntArray? = null): TextScore {
        val examined = codec.examine(text)
        val ids = listOf(start).filter { it >= 0 }.toIntArray() + examined.ids() + ends
        require(ids.size >= 2 && examined.ids().isNotEmpty()) { "a text to score needs at least ${if (start >= 0) "one token" else "two tokens"} that the model knows" }
        val logProbabilities = generator.score(given(listOf(Beginning("", source))), *ids).logProbabilities().toList()
        return TextScore(ids.drop(1).map { vocabulary.token(it) }, logProbabilities, examined.unknown())
    }

    private fun given(beginnings: List<Beginning>): Map<String, Series> {
        val sources = beginnings.mapNotNull { it.source }
        return if (sources.isEmpty()) emptyMap() else mapOf(PairTraining.SOURCE to TokenSeries.of(sources))
    }

    /** One text in the making: from tokens to what is shown. */
    private inner class Text(generation: Generation, beginning: Beginning, constraint: Constraint) {
        private val encoded = codec.encode(beginning.prompt)
        private val decoder = codec.decoder().also { decoder -> encoded.forEach { decoder.next(it) } }
        private val watch = generation.stopCondition().watch()
        private val verse = constraint as? VerseConstraint
        private val poem = encoded.toMutableList()
        private val tokens = ArrayList<WrittenToken>()
        private val shown = StringBuilder()

        /** What the model reads first. */
        val read: IntArray = begun(encoded)

        val size: Int get() = tokens.size

        /** Whether nothing may follow. */
        var over: Boolean = verse?.isComplete(poem) == true
            private set

        fun take(choice: Sampler.Choice, end: Boolean): Step {
            val token = WrittenToken(choice.id(), vocabulary.token(choice.id()), choice.logProbability())
            tokens += token
            val piece = if (end) "" else watch.next(decoder.next(choice.id()))
            shown.append(piece)
            if (verse != null) poem += choice.id()
            over = end || watch.stopped() || verse?.isComplete(poem) == true
            return Step(token, piece)
        }

        /** What was held back. */
        fun rest(): String = if (watch.stopped()) "" else watch.next(decoder.end()) + watch.end()

        fun written(): WrittenText = WrittenText(shown.toString() + rest(), tokens)
    }

    private fun sampling(generation: Generation, seed: Long): Sampling =
        generation.copy(seed = seed).sampling(seed).withBanned(banned(generation)).withForced(codec.encode(generation.forced).toList())

    private fun banned(generation: Generation): Set<Int> =
        listOf(Vocabulary.Special.START, Vocabulary.Special.PADDING, Vocabulary.Special.UNKNOWN).map { vocabulary.id(it) }.filter { it >= 0 }
            .plus(generation.banned.flatMap { codec.encode(it).toList() }).toSet()

    /** The constraint does not see what a model reads but does not show. */
    private fun behind(beginning: Beginning, constraint: Constraint): Constraint {
        val unseen = start == Vocabulary.NONE && codec.encode(beginning.prompt).isEmpty()
        return VerseForms.behind(if (unseen) 1 else 0, constraint)
    }

    /** What the model reads first: a start token where it knows one; without a prompt, the start of a line. */
    private fun begun(prompt: IntArray): IntArray = when {
        start != Vocabulary.NONE -> intArrayOf(start) + prompt
        prompt.isEmpty() -> intArrayOf(vocabulary.find("\n").takeIf { it != Vocabulary.NONE } ?: 0)
        else -> prompt
    }

    private companion object {
        const val SIDE_BY_SIDE = 64
    }
}
