package io.quatrain.experiment

import io.quatrain.train.TokenSeries

/** Names the class of a text, with the probability of each. */
public class Predictor(private val model: TrainedModel) {
    private val codec = requireNotNull(model.codec) { "this model does not read text" }
    private val predictor = io.quatrain.generate.Predictor(model.model.graph)
    private val input = model.model.graph.inputs().first().name()

    init {
        require(model.labels.isNotEmpty()) { "this model names no classes; use generate" }
    }

    /** Characters of a text that the model does not know. */
    public fun unknown(text: String): Map<String, Long> = codec.examine(text).unknown()

    /** Every class and its probability, the likeliest first. */
    public fun predict(text: String): List<Pair<String, Double>> {
        val ids = codec.encode(text)
        require(ids.isNotEmpty()) { "the model knows no character of \"$text\"" }
        return predictor.classify(mapOf(input to TokenSeries.of(listOf(ids))), Int.MAX_VALUE).single()
            .filter { it.id() < model.labels.size }     // an output may have room for more classes than the data have
            .map { model.labels[it.id()] to it.probability() }
    }
}
