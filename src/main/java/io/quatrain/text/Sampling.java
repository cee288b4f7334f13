package io.quatrain.text;

import java.util.List;
import java.util.Set;

/**
 * How the next token is chosen. Immutable; start from {@link #DEFAULT} and change what is wanted:
 * {@code Sampling.DEFAULT.withTemperature(0.8).withTopP(0.95).withSeed(7)}.
 * <p>Applied in this order: repetition penalty, forced and banned tokens and the constraint, temperature, top-k, top-p, min-p,
 * typical; what is left is renormalised and drawn from.
 *
 * @param temperature       logits are divided by it; 0 takes the most likely token, the lowest id among equals. Default 1
 * @param topK              only the k most likely tokens; 0: all. Default 0
 * @param topP              only the smallest set of most likely tokens whose probabilities add up to p (Holtzman et al. 2020). Default 1: all
 * @param minP              only tokens at least so likely compared with the most likely one. Default 0: all
 * @param typical           only the tokens whose surprise is nearest to the entropy, up to this mass (Meister et al. 2023). Default 1: all
 * @param repetitionPenalty a positive logit of a recent token is divided by it, a negative one multiplied (Keskar et al. 2019). Default 1: none
 * @param repetitionWindow  how many tokens count as recent; 0: all that were seen. Default 64
 * @param banned            ids that are never chosen
 * @param forced            ids that are chosen first, in this order, whatever the logits; a later rule does not forbid them
 * @param seed              same seed, same choices
 */
public record Sampling(double temperature, int topK, double topP, double minP, double typical, double repetitionPenalty,
                       int repetitionWindow, Set<Integer> banned, List<Integer> forced, long seed) {
    /** Draws from the model's own distribution. */
    public static final Sampling DEFAULT = new Sampling(1, 0, 1, 0, 1, 1, 64, Set.of(), List.of(), 0);
    /** Always the most likely token. */
    public static final Sampling GREEDY = DEFAULT.withTemperature(0);

    /** @throws IllegalArgumentException if a value is out of its range; the message names it */
    public Sampling {
        require(temperature >= 0 && temperature <= 1e6, "temperature", "0 (greedy) or more", temperature);
        require(topK >= 0, "topK", "0 (all) or more", topK);
        require(topP > 0 && topP <= 1, "topP", "above 0 and at most 1", topP);
        require(minP >= 0 && minP <= 1, "minP", "from 0 to 1", minP);
        require(typical > 0 && typical <= 1, "typical", "above 0 and at most 1", typical);
        require(repetitionPenalty > 0 && repetitionPenalty <= 1e6, "repetitionPenalty", "above 0 (1 is none)", repetitionPenalty);
        require(repetitionWindow >= 0, "repetitionWindow", "0 (all) or more", repetitionWindow);
        banned = Set.copyOf(banned);
        forced = List.copyOf(forced);
    }

    private static void require(boolean holds, String name, String needed, Number came) {
        if (!holds) {
            throw new IllegalArgumentException("sampling: " + name + " must be " + needed + ", got " + came);
        }
    }

    public Sampling withTemperature(double value) {
        return new Sampling(value, topK, topP, minP, typical, repetitionPenalty, repetitionWindow, banned, forced, seed);
    }

    public Sampling withTopK(int value) {
        return new Sampling(temperature, value, topP, minP, typical, repetitionPenalty, repetitionWindow, banned, forced, seed);
    }

    public Sampling withTopP(double value) {
        return new Sampling(temperature, topK, value, minP, typical, repetitionPenalty, repetitionWindow, banned, forced, seed);
    }

    public Sampling withMinP(double value) {
        return new Sampling(temperature, topK, topP, value, typical, repetitionPenalty, repetitionWindow, banned, forced, seed);
    }

    public Sampling withTypical(double value) {
        return new Sampling(temperature, topK, topP, minP, value, repetitionPenalty, repetitionWindow, banned, forced, seed);
    }

    public Sampling withRepetitionPenalty(double value, int window) {
        return new Sampling(temperature, topK, topP, minP, typical, value, window, banned, forced, seed);
    }

    public Sampling withBanned(Set<Integer> value) {
        return new Sampling(temperature, topK, topP, minP, typical, repetitionPenalty, repetitionWindow, value, forced, seed);
    }

    public Sampling withForced(List<Integer> value) {
        return new Sampling(temperature, topK, topP, minP, typical, repetitionPenalty, repetitionWindow, banned, value, seed);
    }

    public Sampling withSeed(long value) {
        return new Sampling(temperature, topK, topP, minP, typical, repetitionPenalty, repetitionWindow, banned, forced, value);
    }

    /** A sampler that follows these options. */
    public Sampler sampler() {
        return sampler(0, Constraint.NONE);
    }

    /**
     * A sampler for one of many texts that are written at the same time.
     *
     * @param stream     number of the text; each number has random numbers of its own
     * @param constraint what may come next
     */
    public Sampler sampler(long stream, Constraint constraint) {
        return new Sampler(this, stream, constraint);
    }
}
