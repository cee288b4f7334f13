package io.quatrain.experiment

import io.quatrain.architecture.Generation
import io.quatrain.generate.Generator
import io.quatrain.node.PassSize
import io.quatrain.text.Codec
import io.quatrain.text.Constraint
import io.quatrain.text.Vocabulary
import io.quatrain.train.TokenSeries

/**
 * Lets a model that was trained on pairs turn a source into a target: an encoder and a decoder write it token by token, a model
 * with one input says a token at each step of the source.
 *
 * @throws IllegalArgumentException if the model was made for something else
 */
public class PairWriter(private val model: TrainedModel) {
    private val codec: Codec = requireNotNull(model.codec) { "this model reads no text" }
    private val graph = model.model.graph
    private val inputs = graph.inputs().map { it.name() }
    private val output = graph.outputs().singleOrNull() ?: throw IllegalArgumentException("this model has the outputs ${graph.outputs()}; one that answers has one")
    private val generator: Generator?

    init {
        val pair = inputs.toSet() == setOf(PairTraining.SOURCE, PairTraining.TARGET)
        require(pair || inputs.size == 1 && model.labels.isEmpty()) {
            "this model has the inputs $inputs; one that answers a source has \"${PairTraining.SOURCE}\" and \"${PairTraining.TARGET}\", or one"
        }
        generator = if (pair) Generator(graph, PairTraining.TARGET, output) else null
    }

    /** Whether it writes freely; false: it says one token for each of the source's. */
    public val writes: Boolean get() = generator != null

    /** Tokens of a source that the model does not know. */
    public fun unknown(source: String): Map<String, Long> = codec.examine(source).unknown()

    /** A target; the same seed writes the same one, temperature 0 the likeliest token at every step. @param stream many targets of one seed */
    @JvmOverloads
    public fun write(source: String, generation: Generation, seed: Long = generation.seed ?: 0, stream: Long = 0): String {
        val ids = ids(source)
        val generator = generator ?: return codec.decode(*likeliest(ids))
        val sampler = generation.copy(seed = seed).sampling(seed).withBanned(banned(generation))
            .withForced(codec.encode(generation.forced).toList()).sampler(stream, Constraint.NONE)
        val writing = generator.write(given(ids), intArrayOf(start()), sampler, ends())
        val written = ArrayList<Int>()
        while (written.size < generation.length && writing.hasNext()) written += writing.next().id()
        return codec.decode(*written.toIntArray())
    }

    /** A target that was found, and its log-probability. */
    public class Found(public val text: String, public val logProbability: Double)

    /**
     * The likeliest targets by beam search, best first.
     *
     * @param length of a target, at most, in tokens
     * @param generation says what is banned and forced, and how lengths are compared: by default by mean log-probability
     */
    @JvmOverloads
    public fun search(source: String, width: Int, length: Int, generation: Generation = Generation()): List<Found> {
        val generator = requireNotNull(generator) { "this model says one token for each of the source's and does not search; leave out the beam" }
        val forced = codec.encode(generation.forced)
        val banned = banned(generation)
        val beam = Generator.Beam(width, length).withLengthPower(generation.lengthPower).withEnds(ends())
            .withConstraint { written, left ->
                if (written.size - 1 < forced.size) left.apply { clear() }.set(forced[written.size - 1]) else banned.forEach(left::clear)
            }
        return generator.search(given(ids(source)), intArrayOf(start()), beam).map { Found(codec.decode(*it.tokens().toIntArray()), it.logProbability()) }
    }

    private fun ids(source: String): IntArray =
        codec.encode(source).also { require(it.isNotEmpty()) { "the model knows nothing of the source \"$source\"" } }

    private fun given(ids: IntArray) = mapOf(PairTraining.SOURCE to TokenSeries.of(arrayOf(ids)))

    private fun start(): Int = codec.vocabulary().id(Vocabulary.Special.START)
        .also { require(it >= 0) { "this model's vocabulary has no start token, so it was not trained on pairs" } }

    private fun ends(): Set<Int> = setOf(codec.vocabulary().id(Vocabulary.Special.END)).filter { it >= 0 }.toSet()

    private fun unwritten(): Set<Int> =
        listOf(Vocabulary.Special.START, Vocabulary.Special.PADDING, Vocabulary.Special.UNKNOWN).map { codec.vocabulary().id(it) }.filter { it >= 0 }.toSet()

    private fun banned(generation: Generation): Set<Int> = unwritten() + generation.banned.flatMap { codec.encode(it).toList() }

    private fun likeliest(ids: IntArray): IntArray {
        val pass = model.model.pass(PassSize.of(1, ids.size))
        pass.clearState()
        pass.input().setIds(ids)
        pass.forward(false)
        val result = pass.signal(output).value()
        require(result.steps() == ids.size) { "this model gives one answer for the whole source; use predict" }
        val columns = result.all()
        return IntArray(ids.size) { t -> (0 until columns.rows()).filter { !codec.vocabulary().isSpecial(it) }.maxBy { columns.get(it, t) } }
    }
}
