package io.quatrain.experiment

import io.quatrain.architecture.Generation
import io.quatrain.node.GraphPass
import io.quatrain.node.PassSize
import io.quatrain.text.Codec
import io.quatrain.text.StopCondition
import io.quatrain.text.Vocabulary

/**
 * Lets a language model write, one token at a time, with its state carried: [Sequence] of pieces of text as they come.
 *
 * @throws IllegalArgumentException if the model does not write: it reads no text, or gives no token for each it reads
 */
public class TextWriter(private val model: TrainedModel) {
    private val codec: Codec = requireNotNull(model.codec) { "this model does not read text, so it cannot write" }
    private val graph = model.model.graph
    private val input = graph.inputs().single().name()
    private val output = graph.outputs().single()
    private val step: GraphPass by lazy { graph.pass(PassSize.of(1, 1)) }
    private val chunk: GraphPass by lazy { graph.pass(PassSize.of(1, CHUNK)) }

    init {
        require(model.labels.isEmpty()) { "this model names classes and does not write; use predict" }
        require(model.model.shape(output).size == graph.inputs().single().size()) { "this model does not give a token for each that it reads, so it cannot write" }
    }

    /** Characters of a prompt that the model does not know: they become the unknown token, or are skipped. */
    public fun unknown(prompt: String): Map<String, Long> = codec.examine(prompt).unknown()

    /** The text that follows [Generation.prompt]; the same seed writes the same text. */
    public fun write(generation: Generation, seed: Long = generation.seed ?: 0): Sequence<String> = sequence {
        val special = codec.vocabulary()
        val prompt = codec.encode(generation.prompt)
        val start = special.id(Vocabulary.Special.START)
        val beginning = when {
            start != Vocabulary.NONE -> intArrayOf(start)
            prompt.isEmpty() -> intArrayOf(special.find("\n").takeIf { it != Vocabulary.NONE } ?: 0)
            else -> IntArray(0)
        }
        val sampler = generation.sampling(seed).sampler()
        sampler.prompt(*prompt)
        val end = special.id(Vocabulary.Special.END)
        val banned = listOf(Vocabulary.Special.START, Vocabulary.Special.PADDING, Vocabulary.Special.UNKNOWN).map { special.id(it) }.filter { it >= 0 }
        val decoder = codec.decoder()
        val watch = StopCondition(generation.stop).watch()
        var logits = read(beginning + prompt)
        prompt.forEach { decoder.next(it) }
        for (i in 0 until generation.length) {
            for (id in banned) logits[id] = -1e30f
            val id = sampler.next(logits).id()
            if (id == end) break
            val piece = watch.next(decoder.next(id))
            if (piece.isNotEmpty()) yield(piece)
            if (watch.stopped()) return@sequence
            logits = next(id)
        }
        val rest = watch.next(decoder.end()) + watch.end()
        if (rest.isNotEmpty()) yield(rest)
    }

    private fun read(ids: IntArray): FloatArray {
        step.clearState()
        var at = 0
        if (ids.size > CHUNK) {
            chunk.clearState()
            while (ids.size - at > CHUNK) {
                chunk.input(input).setIds(ids.copyOfRange(at, at + CHUNK))
                chunk.forward(false)
                chunk.carryState()
                at += CHUNK
            }
            step.startFrom(chunk.initialState())
        }
        var logits = FloatArray(0)
        while (at < ids.size) logits = next(ids[at++])
        return logits
    }

    private fun next(id: Int): FloatArray {
        step.input(input).setId(0, 0, id)
        step.forward(false)
        step.carryState()
        val result = step.signal(output).value().all()
        return FloatArray(result.rows()).also { result.copyTo(it, 0) }
    }

    private companion object {
        const val CHUNK = 64
    }
}
