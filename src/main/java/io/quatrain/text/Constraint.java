package io.quatrain.text;

import java.util.BitSet;
import java.util.List;

/**
 * What may be written next, given what is written. Immutable: the same written tokens always allow the same next ones, so that
 * sampling and beam search can use it alike.
 */
@FunctionalInterface
public interface Constraint {
    /** Allows everything. */
    Constraint NONE = (written, allowed) -> { };

    /**
     * Clears the bits of the tokens that may not come next.
     *
     * @param written the ids that have been written, in order; not to be kept or changed
     * @param allowed one bit for each token of the vocabulary
     */
    void narrow(List<Integer> written, BitSet allowed);

    /** Both this and another. */
    default Constraint and(Constraint other) {
        return (written, allowed) -> {
            narrow(written, allowed);
            other.narrow(written, allowed);
        };
    }
}
