package io.quatrain.tensor;

import org.jspecify.annotations.Nullable;

/**
 * Values over time: one matrix [features × steps·batch], time-major, so that column t·batch + b is step t of example b
 * (where in memory, see {@link Compute#matrix(int, int, int)}). What has no time has one step.
 *
 * <p>A sequence of tokens is a sequence of one-hot columns that is kept as ids: {@link #ids()} are its columns' hot
 * rows, {@link #features()} is the size of the vocabulary, and {@link #all()} spells the columns out for those who
 * ask.
 */
public final class Sequence {
    private final Compute compute;
    private final int features;
    private final int steps;
    private final int batch;
    private final Mask mask;
    private final int @Nullable [] ids;
    private @Nullable Matrix all;
    private Matrix @Nullable [] atStep;

    private Sequence(Compute compute, int features, Mask mask, int @Nullable [] ids, @Nullable Matrix all) {
        this.compute = compute;
        this.features = features;
        this.steps = mask.steps();
        this.batch = mask.batch();
        this.mask = mask;
        this.ids = ids;
        this.all = all;
    }

    /** A sequence of zeros. */
    public static Sequence of(Compute compute, int features, Mask mask) {
        return over(compute.matrix(features, mask.steps(), mask.batch()), mask);
    }

    /** A sequence over an existing matrix [features × steps·batch]. */
    public static Sequence over(Matrix all, Mask mask) {
        if (all.columns() != mask.steps() * mask.batch()) {
            throw new IllegalArgumentException(mask.steps() + " steps of " + mask.batch() + " examples need "
                    + mask.steps() * mask.batch() + " columns, given " + all.columns());
        }
        return new Sequence(all.compute(), all.rows(), mask, null, all);
    }

    /** A sequence of tokens below {@code vocabulary}; the ids are zero until set. */
    public static Sequence ofTokens(Compute compute, int vocabulary, Mask mask) {
        return new Sequence(compute, vocabulary, mask, new int[mask.steps() * mask.batch()], null);
    }

    public int features() {
        return features;
    }

    public int steps() {
        return steps;
    }

    public int batch() {
        return batch;
    }

    public Mask mask() {
        return mask;
    }

    /** Every step: [features × steps·batch]. Of tokens: one-hot columns, written anew at each call. */
    public Matrix all() {
        Matrix matrix = all;
        if (matrix == null) {
            matrix = all = compute.matrix(features, steps, batch);
        }
        if (ids != null) {
            matrix.fill(0);
            for (int j = 0; j < ids.length; j++) {
                matrix.set(ids[j], j, 1);
            }
        }
        return matrix;
    }

    /** Step t: [features × batch]. The views are made once. */
    public Matrix at(int t) {
        Matrix[] views = atStep;
        if (views == null) {
            atStep = views = all().steps(batch);
        }
        return views[t];
    }

    /** The tokens' ids, id of step t of example b at t·batch + b; null where this is not a sequence of tokens. */
    public int @Nullable [] ids() {
        return ids;
    }

    /** Sets every token; {@code given[t·batch + b]} is step t of example b. */
    public void setIds(int[] given) {
        int[] target = tokens();
        if (given.length != target.length) {
            throw new IllegalArgumentException("needs " + steps + " steps of " + batch + " examples = " + target.length
                    + " ids; given " + given.length);
        }
        for (int j = 0; j < given.length; j++) {
            set(target, j, given[j]);
        }
    }

    public void setId(int step, int example, int id) {
        set(tokens(), step * batch + example, id);
    }

    private int[] tokens() {
        if (ids == null) {
            throw new IllegalStateException("a sequence of " + features + " features has no token ids");
        }
        return ids;
    }

    private void set(int[] target, int j, int id) {
        if (id < 0 || id >= features) {
            throw new IllegalArgumentException("token id " + id + " at step " + j / batch + ", example " + j % batch
                    + ": the vocabulary has " + features + " tokens, so ids go from 0 to " + (features - 1));
        }
        target[j] = id;
    }
}
