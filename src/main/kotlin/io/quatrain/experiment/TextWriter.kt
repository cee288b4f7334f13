package io.quatrain.experiment

import io.quatrain.architecture.Generation
import io.quatrain.architecture.WindowedDescription
import io.quatrain.generate.Generator
import io.quatrain.text.Codec
import io.quatrain.text.Constraint
import io.quatrain.text.Sampler
import io.quatrain.text.Sampling
import io.quatrain.text.Vocabulary
import io.quatrain.text.verse.VerseConstraint

/**
 * Lets a language model write text, and says how likely it holds a text. Threads may share a writer.
 *
 * What is written comes as a [Sequence], which computes one token at a time, as it is asked: `write(generation).asFlow()` is a Flow,
 * `write(generation).iterator()` a `java.util.Iterator` for Java.
 *
 * A [Constraint] narrows what may come next; it sees the prompt and what was written. Where it is a [VerseConstraint], a text also ends
 * when its poem is complete.
 *
 * @throws IllegalArgumentException if the model does not write: it reads no text, or gives no token for each it reads
 */
public class TextWriter(private val model: TrainedModel) {
    private val codec: Codec = requireNotNull(model.codec) { "this model does not read text, so it cannot write" }
    private val generator: Generator

    init {
        require(model.labels.isEmpty()) { "this model names classes and does not write; use predict" }
        val graph = model.model.graph
        require(graph.inputs().size == 1 && graph.outputs().size == 1) {
            "this model has the inputs ${graph.inputs().map { it.name() }} and outputs ${graph.outputs()}; one that writes has one of each"
        }
        val input = graph.inputs().single()
        require(input.tokens() && model.model.shape(graph.outputs().single()).size == input.size()) {
            "this model does not give a token for each that it reads, so it cannot write"
        }
        val window = (model.experiment?.data as? WindowedDescription)?.window
        generator = if (window == null) Generator(graph) else Generator.ofWindow(graph, input.name(), graph.outputs().single(), window)
    }

    /** Tokens of a text that the model does not know, and how often: they become the unknown token, or are skipped. */
    public fun unknown(text: String): Map<String, Long> = codec.examine(text).unknown()

    /**
     * The text that follows [Generation.prompt], in pieces as they are written; the same seed writes the same text.
     *
     * @param stream many texts of one seed have different numbers here
     */
    @JvmOverloads
    public fun write(generation: Generation, seed: Long = generation.seed ?: 0, stream: Long = 0, constraint: Constraint = Constraint.NONE): Sequence<String> =
        steps(generation, seed, stream, constraint).map { it.piece }.filter { it.isNotEmpty() }

    /** The same text token by token, each with its log-probability. Where the model ended it, the end token is the last. */
    @JvmOverloads
    public fun tokens(generation: Generation, seed: Long = generation.seed ?: 0, stream: Long = 0, constraint: Constraint = Constraint.NONE): Sequence<WrittenToken> =
        steps(generation, seed, stream, constraint).mapNotNull { it.token }

    /**
     * Many texts, written side by side in batches: [Generation.samples] of them, or one for each of [prompts]. The b-th is what [write]
     * gives for the stream b.
     */
    @JvmOverloads
    public fun writeAll(
        generation: Generation, seed: Long = generation.seed ?: 0, constraint: Constraint = Constraint.NONE,
        prompts: List<String> = List(generation.samples) { generation.prompt },
    ): List<WrittenText> = prompts.withIndex().chunked(SIDE_BY_SIDE).flatMap { part ->
        val texts = part.map { Text(generation, it.value, constraint) }
        generator.writeAll(
            emptyMap(), texts.map { it.read }, sampling(generation, seed), behind(generation.prompt, constraint), part[0].index.toLong(), generation.length,
        ) { b, choice ->
            if (!texts[b].over) texts[b].take(choice, choice.id() in ends)
            !texts[b].over
        }
        texts.map { it.written() }
    }

    /**
     * The likeliest texts that go on from [Generation.prompt], best first, by a beam search [Generation.beam] wide: at most
     * [Generation.samples] of them. Temperature, the filters and the repetition penalty are for drawing and play no part.
     */
    @JvmOverloads
    public fun search(generation: Generation, constraint: Constraint = Constraint.NONE): List<WrittenText> {
        require(generation.beam > 0) { "a search needs a beam of at least 1" }
        require(constraint !is VerseConstraint || ends.isNotEmpty()) {
            "a search in a form needs a model that knows where texts end, trained on poems or lines; leave out the beam"
        }
        if (generation.length == 0) return listOf(WrittenText("", emptyList()))
        val read = begun(codec.encode(generation.prompt))
        val forced = codec.encode(generation.forced)
        val banned = banned(generation)
        val allowed = behind(generation.prompt, constraint).and { written, left ->
            val at = written.size - read.size
            if (at < forced.size) left.apply { clear() }.set(forced[at]) else banned.forEach(left::clear)
        }
        val beam = Generator.Beam(generation.beam, generation.length).withLengthPower(generation.lengthPower).withEnds(ends)
            .withConstraint(allowed)
        return generator.search(read, beam).take(generation.samples).map { found ->
            val ids = found.tokens().toIntArray()
            val each = generator.score(*read, *ids).logProbabilities().takeLast(ids.size)
            val text = Text(generation, generation.prompt, Constraint.NONE)
            ids.zip(each) { id, logProbability -> text.take(Sampler.Choice(id, logProbability), id in ends) }
            text.written()
        }
    }

    /**
     * How likely the model holds each token of a text, given those before it. Where the model knows where texts start and end,
     * the first token and the end are among them; otherwise the first token is what the others follow.
     */
    public fun score(text: String): TextScore {
        val special = codec.vocabulary()
        val examined = codec.examine(text)
        val start = special.id(Vocabulary.Special.START)
        val end = special.id(Vocabulary.Special.END)
        val ids = listOf(start).filter { it >= 0 }.toIntArray() + examined.ids() + listOf(end).filter { it >= 0 }
        require(ids.size >= 2 && examined.ids().isNotEmpty()) { "a text to score needs at least ${if (start >= 0) 1 else 2} tokens that the model knows" }
        return TextScore(ids.drop(1).map { special.token(it) }, generator.score(*ids).logProbabilities().toList(), examined.unknown())
    }

    private val ends: Set<Int> = setOf(codec.vocabulary().id(Vocabulary.Special.END)).filter { it >= 0 }.toSet()

    internal class Step(val token: WrittenToken?, val piece: String)

    internal fun steps(generation: Generation, seed: Long, stream: Long, constraint: Constraint): Sequence<Step> = sequence {
        val text = Text(generation, generation.prompt, constraint)
        val sampler = sampling(generation, seed).sampler(stream, behind(generation.prompt, constraint))
        val writing = generator.write(text.read, sampler, ends)
        while (!text.over && text.size < generation.length && writing.hasNext()) yield(text.take(writing.next(), false))
        writing.end()?.let { yield(text.take(it, true)) }
        text.rest().let { if (it.isNotEmpty()) yield(Step(null, it)) }
    }

    /** One text in the making: from tokens to what is shown. */
    private inner class Text(generation: Generation, prompt: String, constraint: Constraint) {
        private val encoded = codec.encode(prompt)
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
            val token = WrittenToken(choice.id(), codec.vocabulary().token(choice.id()), choice.logProbability())
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
        listOf(Vocabulary.Special.START, Vocabulary.Special.PADDING, Vocabulary.Special.UNKNOWN).map { codec.vocabulary().id(it) }.filter { it >= 0 }
            .plus(generation.banned.flatMap { codec.encode(it).toList() }).toSet()

    /** The constraint does not see what a model reads but does not show. */
    private fun behind(prompt: String, constraint: Constraint): Constraint {
        val unseen = codec.vocabulary().id(Vocabulary.Special.START) == Vocabulary.NONE && codec.encode(prompt).isEmpty()
        return VerseForms.behind(if (unseen) 1 else 0, constraint)
    }

    /** What the model reads first: a start token where it knows one; without a prompt, the start of a line. */
    private fun begun(prompt: IntArray): IntArray {
        val start = codec.vocabulary().id(Vocabulary.Special.START)
        return when {
            start != Vocabulary.NONE -> intArrayOf(start) + prompt
            prompt.isEmpty() -> intArrayOf(codec.vocabulary().find("\n").takeIf { it != Vocabulary.NONE } ?: 0)
            else -> prompt
        }
    }

    private companion object {
        const val SIDE_BY_SIDE = 64
    }
}

/**
 * A token that was written.
 *
 * @property logProbability natural logarithm of the probability that the model itself gave it, before temperature, penalty and filters
 */
public class WrittenToken(public val id: Int, public val token: String, public val logProbability: Double)

/**
 * A text that was written.
 *
 * @property text what follows the prompt, without a stop text
 * @property tokens all that were chosen, those of a stop text among them; an end token that it ended with is the last
 */
public class WrittenText(public val text: String, public val tokens: List<WrittenToken>) {
    /** Of all tokens together. */
    public val logProbability: Double get() = tokens.sumOf { it.logProbability }

    /** e^−mean: among how many equally likely tokens one would have had to choose. */
    public val perplexity: Double get() = kotlin.math.exp(-logProbability / tokens.size)
}

/**
 * How likely a text is.
 *
 * @property logProbabilities natural logarithms, one for each of [tokens]
 * @property unknown what the model does not know, and how often it occurred
 */
public class TextScore(public val tokens: List<String>, public val logProbabilities: List<Double>, public val unknown: Map<String, Long>) {
    public val total: Double get() = logProbabilities.sum()

    /** Per token. */
    public val mean: Double get() = total / tokens.size

    /** e^−mean: among how many equally likely tokens one would have to choose. */
    public val perplexity: Double get() = kotlin.math.exp(-mean)

    public val bitsPerToken: Double get() = -mean / kotlin.math.ln(2.0)
}
