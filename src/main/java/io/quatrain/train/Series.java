package io.quatrain.train;

import io.quatrain.tensor.Matrix;
import io.quatrain.tensor.Sequence;

/** One sequence for each of a number of examples, of {@link TokenSeries tokens} or of {@link NumberSeries numbers}. */
public sealed interface Series permits TokenSeries, NumberSeries {
    /** How many examples. */
    int size();

    /** How many steps an example has. */
    int length(int example);

    /**
     * Writes examples to a model's input, example {@code chosen[b]} to column b of every step, padded on the right with zeros
     * or tokens 0; the lengths are set where the input takes lengths.
     *
     * @param name the input's, for messages
     */
    default void write(Sequence input, int[] chosen, String name) {
        if (this instanceof NumberSeries numbers && (input.ids() != null || numbers.features() != input.features())
                || this instanceof TokenSeries && input.ids() == null) {
            throw new IllegalArgumentException("input \"" + name + "\" takes "
                    + (input.ids() == null ? input.features() + " features" : "tokens") + ", given "
                    + (this instanceof NumberSeries numbers ? numbers.features() + " features" : "tokens"));
        }
        for (int example : chosen) {
            int length = length(example);
            if (length > input.steps() || !input.mask().variable() && length < input.steps()) {
                throw new IllegalArgumentException("example " + example + " has " + length + " steps, input \"" + name
                        + "\" takes " + input.steps());
            }
        }
        Matrix all = input.ids() == null ? input.all() : null;
        for (int b = 0; b < chosen.length; b++) {
            int length = length(chosen[b]);
            for (int t = 0; t < input.steps(); t++) {
                boolean there = t < length;
                if (this instanceof TokenSeries tokens) {
                    input.setId(t, b, there ? tokens.id(chosen[b], t) : 0);
                } else if (all != null) {
                    for (int r = 0; r < all.rows(); r++) {
                        all.set(r, t * chosen.length + b, there ? ((NumberSeries) this).value(chosen[b], t, r) : 0);
                    }
                }
            }
            if (input.mask().variable()) {
                input.mask().setLength(b, length);
            }
        }
    }
}
