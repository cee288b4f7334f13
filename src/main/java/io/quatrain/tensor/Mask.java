package io.quatrain.tensor;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Which steps of which examples are there: {@code steps × batch}, shared by every sequence that comes from one
 * input. Examples of different lengths are padded on the right ({@link #setLengths}); any other pattern is a
 * {@link #setValid mask}. The law: what stands at a step that is not there changes nothing.
 */
public final class Mask {
    private final int steps;
    private final int batch;
    private final boolean @Nullable [] valid;
    private int missing;

    private Mask(int steps, int batch, boolean variable) {
        this.steps = steps;
        this.batch = batch;
        this.valid = variable ? new boolean[steps * batch] : null;
        setFull();
    }

    /** Every step of every example is there, always. */
    public static Mask full(int steps, int batch) {
        return new Mask(steps, batch, false);
    }

    /** Full until told otherwise. */
    public static Mask variable(int steps, int batch) {
        return new Mask(steps, batch, true);
    }

    public int steps() {
        return steps;
    }

    public int batch() {
        return batch;
    }

    /** Whether lengths can be set at all. */
    public boolean variable() {
        return valid != null;
    }

    /** Whether every step is there now. */
    public boolean full() {
        return missing == 0;
    }

    public boolean valid(int step, int example) {
        return valid(step * batch + example);
    }

    /** Whether column {@code step·batch + example} is there. */
    public boolean valid(int column) {
        return valid == null || valid[column];
    }

    /** Whether examples [from, to) are all there at a step. */
    public boolean full(int step, int from, int to) {
        if (missing == 0 || valid == null) {
            return true;
        }
        for (int b = from; b < to; b++) {
            if (!valid[step * batch + b]) {
                return false;
            }
        }
        return true;
    }

    public void setFull() {
        missing = 0;
        if (valid != null) {
            Arrays.fill(valid, true);
        }
    }

    /** Example b is there for its first lengths[b] steps. */
    public void setLengths(int[] lengths) {
        if (lengths.length != batch) {
            throw new IllegalArgumentException("needs " + batch + " lengths, one an example; given " + lengths.length);
        }
        for (int b = 0; b < batch; b++) {
            check(b, lengths[b]);
        }
        for (int b = 0; b < batch; b++) {
            setLength(b, lengths[b]);
        }
    }

    /** One example is there for its first steps. */
    public void setLength(int example, int length) {
        check(example, length);
        for (int t = 0; t < steps; t++) {
            set(t * batch + example, t < length);
        }
    }

    private void check(int example, int length) {
        if (length < 0 || length > steps) {
            throw new IllegalArgumentException("example " + example + ": a length of " + length + " does not fit into " + steps
                    + " steps");
        }
    }

    private void set(int column, boolean there) {
        boolean[] target = changeable();
        missing += (target[column] ? 1 : 0) - (there ? 1 : 0);
        target[column] = there;
    }

    /** {@code pattern[t·batch + b]}: whether step t of example b is there. */
    public void setValid(boolean[] pattern) {
        if (pattern.length != steps * batch) {
            throw new IllegalArgumentException("needs " + steps + " × " + batch + " values; given " + pattern.length);
        }
        for (int j = 0; j < pattern.length; j++) {
            set(j, pattern[j]);
        }
    }

    private boolean[] changeable() {
        if (valid == null) {
            throw new IllegalStateException("this pass was made for sequences of full length; "
                    + "ask for variable lengths when making it");
        }
        return valid;
    }

    /** The last step of an example that is there, or −1. */
    public int lastValid(int example) {
        for (int t = steps - 1; t >= 0; t--) {
            if (valid(t, example)) {
                return t;
            }
        }
        return -1;
    }

    /** The first step of an example that is there, or −1. */
    public int firstValid(int example) {
        for (int t = 0; t < steps; t++) {
            if (valid(t, example)) {
                return t;
            }
        }
        return -1;
    }

    /** How many steps of an example are there. */
    public int count(int example) {
        int count = 0;
        for (int t = 0; t < steps; t++) {
            if (valid(t, example)) {
                count++;
            }
        }
        return count;
    }

    /** How many steps are there in all. */
    public int count() {
        int count = 0;
        for (int b = 0; b < batch; b++) {
            count += count(b);
        }
        return count;
    }
}
