package io.quatrain.tensor;

/**
 * Draws that are {@code value} with a probability and zero otherwise, for {@link Matrix#draw}: what dropout multiplies by.
 *
 * @param random      whose number at place 0 says which of all such draws it is, so that a new beginning of it gives new ones
 * @param probability of {@code value}, in [0, 1]
 */
public record Bernoulli(Randomness random, double probability, double value) {
    public Bernoulli {
        if (!(probability >= 0 && probability <= 1)) {
            throw new IllegalArgumentException("a probability is from 0 to 1, got " + probability);
        }
    }

    /** Inverted dropout: zero with a probability, 1 / (1 − {@code dropped}) otherwise. */
    public static Bernoulli dropout(Randomness random, double dropped) {
        return new Bernoulli(random, 1 - dropped, 1 / (1 - dropped));
    }
}
