package io.quatrain.experiment

import io.quatrain.architecture.Generation
import io.quatrain.architecture.PairDescription
import io.quatrain.architecture.TaskData
import io.quatrain.generate.Generator
import io.quatrain.text.Codec
import io.quatrain.text.Constraint
import io.quatrain.text.Vocabulary
import io.quatrain.train.TokenSeries
import kotlin.math.ln

/**
 * Lets a model that was trained on pairs turn a source into a target: an encoder and a decoder write it token by token, as a [TextWriter]
 * does, with everything that [Generation] says but the prompt; a model with one input says the likeliest token at each step of the
 * source. Threads may share a writer.
 *
 * @throws IllegalArgumentException if the model was made for something else
 */
public class PairWriter(private val model: TrainedModel) {
    private val codec: Codec = requireNotNull(model.codec) { "this model reads no text" }
    private val graph = model.model.graph
    private val inputs = graph.inputs().map { it.name() }
    private val output = graph.outputs().singleOrNull() ?: throw IllegalArgumentException("this model has the outputs ${graph.outputs()}; one that answers has one")
    private val writing: Writing?
    private val predictor = io.quatrain.generate.Predictor(graph)

    init {
        val pair = inputs.toSet() == setOf(PairTraining.SOURCE, PairTraining.TARGET)
        require(pair || inputs.size == 1 && model.labels.isEmpty()) {
            "this model has the inputs $inputs; one that answers a source has \"${PairTraining.SOURCE}\" and \"${PairTraining.TARGET}\", or one"
        }
        val data = model.experiment?.data
        require(pair || data == null || data is PairDescription || data is TaskData) { "this model was not trained to answer a source; let it go on with a text: --prompt on the command line, TextWriter in a program" }
        require(!pair || codec.vocabulary().id(Vocabulary.Special.START) != Vocabulary.NONE) {
            "this model's vocabulary has no start token, so it was not trained on pairs"
        }
        writing = if (pair) Writing(codec, Generator(graph, PairTraining.TARGET, output)) else null
    }

    /** Whether it writes freely; false: it says one token for each of the source's, and [answer] is all that it does. */
    public val writes: Boolean get() = writing != null

    /** Tokens of a text that the model does not know, and how often. */
    public fun unknown(text: String): Map<String, Long> = codec.examine(text).unknown()

    /**
     * A target, in pieces as they are written; the same seed writes the same one, temperature 0 the likeliest token at every step.
     *
     * @param stream many targets of one seed have different numbers here
     */
    @JvmOverloads
    public fun write(source: String, generation: Generation, seed: Long = generation.seed ?: 0, stream: Long = 0): Sequence<String> =
        steps(source, generation, seed, stream).map { it.piece }.filter { it.isNotEmpty() }

    /** The same target token by token, each with its log-probability. Where the model ended it, the end token is the last. */
    @JvmOverloads
    public fun tokens(source: String, generation: Generation, seed: Long = generation.seed ?: 0, stream: Long = 0): Sequence<WrittenToken> =
        steps(source, generation, seed, stream).mapNotNull { it.token }

    /**
     * A target for each source, written side by side in batches: the b-th is what [write] gives for the stream b. For many targets of
     * one source, give it many times.
     */
    @JvmOverloads
    public fun writeAll(sources: List<String>, generation: Generation, seed: Long = generation.seed ?: 0): List<WrittenText> =
        each(sources, generation, seed).toList()

    internal fun each(sources: List<String>, generation: Generation, seed: Long): Sequence<WrittenText> =
        freely().all(sources.map(::beginning), generation, seed, Constraint.NONE)

    /**
     * The likeliest targets, best first, by a beam search [Generation.beam] wide: at most [Generation.samples] of them, compared as
     * [Generation.lengthPower] says. Temperature, the filters and the repetition penalty are for drawing and play no part.
     */
    public fun search(source: String, generation: Generation): List<WrittenText> = freely().search(beginning(source), generation, Constraint.NONE)

    /** How likely the model holds each token of a target, given the source and those before it; the end is among them. */
    public fun score(source: String, target: String): TextScore = freely().score(target, ids(source))

    /** What a model with one input says: the likeliest token at each step of the source. */
    public fun answer(source: String): WrittenText {
        require(writing == null) { "this model writes freely: write, writeAll or search" }
        val ids = ids(source)
        val vocabulary = codec.vocabulary()
        val steps = predictor.classifySteps(mapOf(inputs.single() to TokenSeries.of(arrayOf(ids))), Int.MAX_VALUE).single()
        require(steps.size == ids.size) { "this model gives one answer for the whole source; use predict" }
        val tokens = steps.map { ranked -> ranked.first { it.id() < vocabulary.size() && !vocabulary.isSpecial(it.id()) } }
            .map { WrittenToken(it.id(), vocabulary.token(it.id()), ln(it.probability())) }
        return WrittenText(codec.decode(*IntArray(tokens.size) { tokens[it].id }), tokens)
    }

    internal fun steps(source: String, generation: Generation, seed: Long, stream: Long): Sequence<Writing.Step> =
        freely().steps(beginning(source), generation, seed, stream, Constraint.NONE)

    private fun freely(): Writing = requireNotNull(writing) { "this model says one token for each of the source's, the likeliest; it does not write freely" }

    private fun beginning(source: String) = Writing.Beginning("", ids(source))

    private fun ids(source: String): IntArray =
        codec.encode(source).also { require(it.isNotEmpty()) { "the model knows nothing of the source \"$source\"" } }
}
