package io.quatrain.train;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

/**
 * Independent examples: for each input of a model its sequences, and for each judged output what it should have been: one
 * class or column of numbers where the output has one step, or one for each step. Immutable; the {@code with} methods
 * return changed copies.
 *
 * @param inputs  by the input's name
 * @param targets by the output's name: {@link TokenSeries} are classes
 * @param weights by the output's name; outputs without an entry weigh 1 at every step
 */
public record Examples(Map<String, Series> inputs, Map<String, Series> targets, Map<String, Weight> weights) {
    /** How much a step of an example counts. */
    @FunctionalInterface
    public interface Weight {
        double of(int example, int step);
    }

    /** @throws IllegalArgumentException where series differ in their number of examples or an input is empty */
    public Examples {
        inputs = java.util.Collections.unmodifiableMap(new LinkedHashMap<>(inputs));
        targets = java.util.Collections.unmodifiableMap(new LinkedHashMap<>(targets));
        weights = Map.copyOf(weights);
        if (inputs.isEmpty() || targets.isEmpty()) {
            throw new IllegalArgumentException("examples need an input and a target");
        }
        int size = inputs.values().iterator().next().size();
        if (size == 0) {
            throw new IllegalArgumentException("there are no examples");
        }
        Map<String, Series> all = new LinkedHashMap<>(targets);
        all.putAll(inputs);
        all.forEach((name, series) -> {
            if (series.size() != size) {
                throw new IllegalArgumentException("\"" + name + "\" has " + series.size() + " examples, others have " + size);
            }
        });
        inputs.forEach((name, series) -> {
            for (int i = 0; i < size; i++) {
                if (series.length(i) < 1) {
                    throw new IllegalArgumentException("example " + i + " of input \"" + name
                            + "\" has no steps; leave it out");
                }
            }
        });
    }

    public int size() {
        return inputs.values().iterator().next().size();
    }

    /** What every prefix of a sequence goes on with; sequences have at least 2 tokens. */
    public static Examples nextToken(String input, TokenSeries sequences, String output) {
        return new Examples(Map.of(input, sequences.withoutLast()), Map.of(output, sequences.withoutFirst()), Map.of());
    }

    /**
     * Each token of each sequence but the first, told from at most {@code window} before it: for models that give one answer
     * for all that they read. There are as many examples as such tokens; sequences have at least 2.
     */
    public static Examples lastToken(String input, TokenSeries sequences, String output, int window) {
        List<int[]> read = new ArrayList<>();
        List<int[]> next = new ArrayList<>();
        for (int i = 0; i < sequences.size(); i++) {
            for (int t = 1; t < sequences.length(i); t++) {
                int example = i;
                read.add(IntStream.range(Math.max(0, t - window), t).map(at -> sequences.id(example, at)).toArray());
                next.add(new int[] {sequences.id(i, t)});
            }
        }
        return new Examples(Map.of(input, TokenSeries.of(read)), Map.of(output, TokenSeries.of(next)), Map.of());
    }

    /** One class for each example, or a target for each step. */
    public static Examples of(String input, Series sequences, String output, Series targets) {
        return new Examples(Map.of(input, sequences), Map.of(output, targets), Map.of());
    }

    /**
     * Pairs for an encoder and a decoder: the decoder reads each target sequence without its last token and is judged by it
     * without its first (teacher forcing), so target sequences begin with a start token and end with an end token.
     */
    public static Examples pairs(String encoderInput, Series sources, String decoderInput, TokenSeries targets, String output) {
        Map<String, Series> inputs = new LinkedHashMap<>();
        inputs.put(encoderInput, sources);
        inputs.put(decoderInput, targets.withoutLast());
        return new Examples(inputs, Map.of(output, targets.withoutFirst()), Map.of());
    }

    public Examples withWeight(String output, Weight weight) {
        Map<String, Weight> all = new HashMap<>(weights);
        all.put(output, weight);
        return new Examples(inputs, targets, all);
    }
}
