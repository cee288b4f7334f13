package io.quatrain.metric;

import io.quatrain.loss.Loss;
import io.quatrain.loss.Targets;
import io.quatrain.tensor.Sequence;

/**
 * The mean loss, Σ weight·loss / Σ weight, or what follows from it when the loss is a cross-entropy in natural logarithms:
 * <pre>
 *   perplexity                  e^mean
 *   bits per character          mean / log 2 / characters per token
 * </pre>
 */
public final class LossMetric implements Metric {
    private enum Kind { LOSS, PERPLEXITY, BITS_PER_CHARACTER }

    private final Kind kind;
    private final Loss loss;
    private final double charactersPerToken;
    private double sum;
    private double weight;

    private LossMetric(Kind kind, Loss loss, double charactersPerToken) {
        this.kind = kind;
        this.loss = loss;
        this.charactersPerToken = charactersPerToken;
    }

    public static LossMetric of(Loss loss) {
        return new LossMetric(Kind.LOSS, loss, 1);
    }

    /** Of how many equally likely tokens the model chooses. */
    public static LossMetric perplexity(Loss loss) {
        return new LossMetric(Kind.PERPLEXITY, loss, 1);
    }

    /** @param charactersPerToken above 0; 1 for a model of characters */
    public static LossMetric bitsPerCharacter(Loss loss, double charactersPerToken) {
        if (!(charactersPerToken > 0)) {
            throw new IllegalArgumentException("characters per token must be above 0, got " + charactersPerToken);
        }
        return new LossMetric(Kind.BITS_PER_CHARACTER, loss, charactersPerToken);
    }

    @Override
    public String name() {
        return switch (kind) {
            case LOSS -> "loss";
            case PERPLEXITY -> "perplexity";
            case BITS_PER_CHARACTER -> "bits per character";
        };
    }

    @Override
    public void add(Sequence prediction, Targets targets) {
        double more = loss.totalWeight(prediction, targets);
        if (more != 0) {
            sum += loss.evaluate(prediction, targets, 1, null);
            weight += more;
        }
    }

    @Override
    public double value() {
        double mean = weight == 0 ? Double.NaN : sum / weight;
        return switch (kind) {
            case LOSS -> mean;
            case PERPLEXITY -> Math.exp(mean);
            case BITS_PER_CHARACTER -> mean / Math.log(2) / charactersPerToken;
        };
    }

    @Override
    public void reset() {
        sum = 0;
        weight = 0;
    }
}
