package io.quatrain.experiment

import io.quatrain.architecture.Generation
import io.quatrain.architecture.WindowedDescription
import io.quatrain.generate.Generator
import io.quatrain.text.Codec
import io.quatrain.text.Constraint
import io.quatrain.text.Vocabulary
import io.quatrain.text.verse.VerseConstraint

/**
 * Lets a language model write text, and says how likely it holds a text.
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

    /** Characters of a text that the model does not know: they become the unknown token, or are skipped. */
    public fun unknown(text: String): Map<String, Long> = codec.examine(text).unknown()

    /**
     * The text that follows [Generation.prompt], in pieces as they are written; the same seed writes the same text.
     *
     * @param stream many texts of one seed have different numbers here
     */
    @JvmOverloads
    public fun write(generation: Generation, seed: Long = generation.seed ?: 0, stream: Long = 0, constraint: Constraint = Constraint.NONE): Sequence<String> = sequence {
        val special = codec.vocabulary()
        val prompt = codec.encode(generation.prompt)
        val unwritten = listOf(Vocabulary.Special.START, Vocabulary.Special.PADDING, Vocabulary.Special.UNKNOWN).map { special.id(it) }.filter { it >= 0 }
        val sampler = generation.copy(seed = seed).sampling(seed).withBanned(unwritten.toSet()).sampler(stream, constraint)
        val ends = listOf(special.id(Vocabulary.Special.END)).filter { it >= 0 }.toSet()
        val decoder = codec.decoder()
        val watch = generation.stopCondition().watch()
        prompt.forEach { decoder.next(it) }
        val writing = generator.write(begun(prompt), sampler, ends)
        var left = generation.length
        while (left-- > 0 && writing.hasNext()) {
            val piece = watch.next(decoder.next(writing.next().id()))
            if (piece.isNotEmpty()) yield(piece)
            if (watch.stopped()) return@sequence
        }
        val rest = watch.next(decoder.end()) + watch.end()
        if (rest.isNotEmpty()) yield(rest)
    }

    /** How many tokens the model reads before a prompt that are not special and are not shown. */
    internal fun unseenBeginning(prompt: String): Int =
        if (codec.vocabulary().id(Vocabulary.Special.START) == Vocabulary.NONE && codec.encode(prompt).isEmpty()) 1 else 0

    /**
     * The likeliest texts that go on from a prompt, the prompt included, best first.
     *
     * @param verse where it is complete, a text ends
     */
    internal fun search(prompt: String, width: Int, length: Int, constraint: Constraint, verse: VerseConstraint?): List<String> {
        val special = codec.vocabulary()
        val ids = codec.encode(prompt)
        val unwritten = listOf(Vocabulary.Special.START, Vocabulary.Special.PADDING, Vocabulary.Special.UNKNOWN).map { special.id(it) }.filter { it >= 0 }
        val ends = setOf(special.id(Vocabulary.Special.END)).filter { it >= 0 }.toSet()
        require(verse == null || ends.isNotEmpty()) { "a search in a form needs a model that knows where texts end, trained on poems or lines; leave out the beam" }
        val beam = Generator.Beam(width, length).withEnds(ends).withBanned(unwritten.toSet()).withConstraint(constraint)
        return generator.search(begun(ids), beam).map { codec.decode(*ids, *it.tokens().toIntArray()) }
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
