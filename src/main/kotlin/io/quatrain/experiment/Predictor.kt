package io.quatrain.experiment

import io.quatrain.node.GraphPass
import io.quatrain.node.PassSize

/** Names the class of a text, with the probability of each. */
public class Predictor(private val model: TrainedModel) {
    private val codec = requireNotNull(model.codec) { "this model does not read text" }
    private val passes = LinkedHashMap<Int, GraphPass>()

    init {
        require(model.labels.isNotEmpty()) { "this model names no classes; use generate" }
    }

    /** Every class and its probability, the likeliest first. */
    public fun predict(text: String): List<Pair<String, Double>> {
        val ids = codec.encode(text)
        require(ids.isNotEmpty()) { "the model knows no character of \"$text\"" }
        val pass = passes.getOrPut(ids.size) { model.model.pass(PassSize.of(1, ids.size)) }
        pass.clearState()
        pass.input().setIds(ids)
        pass.forward(false)
        val result = pass.output().value().all()
        val probabilities = result.compute().matrix(result.rows(), 1).setSoftmax(result)
        return model.labels.mapIndexed { i, label -> label to probabilities.get(i, 0) }.sortedByDescending { it.second }
    }
}
