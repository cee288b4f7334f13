package io.quatrain.loss;

/** How a model's output tells probabilities. */
public enum Form {
    /** Any numbers; softmax or sigmoid makes probabilities of them. Numerically the best: the loss does it. */
    LOGITS,
    /** Probabilities themselves: the last layer ends in softmax or sigmoid. */
    PROBABILITIES,
    /** Their logarithms: the last layer ends in logSoftmax. */
    LOG_PROBABILITIES
}
