package io.quatrain.experiment

import io.quatrain.architecture.Generation
import io.quatrain.architecture.PairDescription
import io.quatrain.architecture.WindowedDescription
import io.quatrain.generate.Generator
import io.quatrain.text.Codec
import io.quatrain.text.Constraint
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
    private val writing: Writing

    init {
        require(model.labels.isEmpty()) { "this model names classes and does not write; use predict" }
        val graph = model.model.graph
        require(model.experiment?.data !is PairDescription && graph.inputs().map { it.name() }.toSet() != setOf(PairTraining.SOURCE, PairTraining.TARGET)) {
            "this model answers a source; give it one: --source on the command line, PairWriter in a program"
        }
        require(graph.inputs().size == 1 && graph.outputs().size == 1) {
            "this model has the inputs ${graph.inputs().map { it.name() }} and outputs ${graph.outputs()}; one that writes has one of each"
        }
        val input = graph.inputs().single()
        require(input.tokens() && model.model.shape(graph.outputs().single()).size == input.size()) {
            "this model does not give a token for each that it reads, so it cannot write"
        }
        val window = (model.experiment?.data as? WindowedDescription)?.window
        writing = Writing(codec, if (window == null) Generator(graph) else Generator.ofWindow(graph, input.name(), graph.outputs().single(), window))
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
    ): List<WrittenText> = each(generation, seed, constraint, prompts).toList()

    /** The same, batch after batch. */
    internal fun each(
        generation: Generation, seed: Long, constraint: Constraint, prompts: List<String> = List(generation.samples) { generation.prompt },
    ): Sequence<WrittenText> = writing.all(prompts.map { Writing.Beginning(it) }, generation, seed, constraint)

    /**
     * The likeliest texts that go on from [Generation.prompt], best first, by a beam search [Generation.beam] wide: at most
     * [Generation.samples] of them. Temperature, the filters and the repetition penalty are for drawing and play no part.
     */
    @JvmOverloads
    public fun search(generation: Generation, constraint: Constraint = Constraint.NONE): List<WrittenText> =
        writing.search(Writing.Beginning(generation.prompt), generation, constraint)

    /**
     * How likely the model holds each token of a text, given those before it. Where the model knows where texts start and end,
     * the first token and the end are among them; otherwise the first token is what the others follow.
     */
    public fun score(text: String): TextScore = writing.score(text)

    internal fun steps(generation: Generation, seed: Long, stream: Long, constraint: Constraint): Sequence<Writing.Step> =
        writing.steps(Writing.Beginning(generation.prompt), generation, seed, stream, constraint)
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
