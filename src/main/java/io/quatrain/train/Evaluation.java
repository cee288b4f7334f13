package io.quatrain.train;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * How well a model does on data.
 *
 * @param loss     per target, with weights and factors
 * @param accuracy the share of targets whose class was chosen, see {@link io.quatrain.metric.Accuracy}; NaN where targets are
 *                 numbers
 * @param targets  how many targets were judged
 * @param updates  batches
 * @param metrics  by their names, in the order in which they were asked for
 */
public record Evaluation(double loss, double accuracy, long targets, long updates, Map<String, Double> metrics) {
    public Evaluation {
        metrics = Collections.unmodifiableMap(new LinkedHashMap<>(metrics));
    }

    /** e^loss: of how many equally likely tokens one would have to choose. */
    public double perplexity() {
        return Math.exp(loss);
    }

    public double bitsPerToken() {
        return loss / Math.log(2);
    }

    /** @param charactersPerToken how many characters a token stands for on average; 1 for a character model */
    public double bitsPerCharacter(double charactersPerToken) {
        return bitsPerToken() / charactersPerToken;
    }
}
