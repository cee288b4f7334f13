package io.quatrain.tensor;

import org.jspecify.annotations.Nullable;

/**
 * Sums over the examples of a batch: gradients of weights and biases. A large batch is summed over the first half of every step's
 * examples and then over the second. Where its numbers are few, the second half has a sum of its own, which is added to the first:
 * each thread reads what it wrote itself, and nothing but sums passes between threads (src/bench/NOTES.md).
 */
final class ExampleSums {
    /** From here on the examples of a batch are summed, and may lie, in halves. */
    static final int HALVED_BATCH = 32;

    private static final int ROW_GRAIN = 64;

    private ExampleSums() {
    }

    /** What columns of x and y contribute to a sum, and to the one that is made besides. A constant: its operations capture nothing else. */
    abstract static class Part<B extends @Nullable Object> {
        private final boolean anew;
        final Compute.Operation<Matrix, Matrix, B, @Nullable Matrix> inOrder = (sum, x, y, besides, batch, first, last) ->
                inOrder(sum, besides, x, y, (int) batch, first, last, this);
        private final Compute.Operation<Matrix, Matrix, B, @Nullable Matrix> halves = (sum, x, y, besides, batch, from, to) ->
                addHalves(sum, besides, x, y, (int) batch, from, to, this);

        Part() {
            this(false);
        }

        /** @param anew whether the sum, but not the one besides, starts from zero, whatever stands there */
        Part(boolean anew) {
            this.anew = anew;
        }

        /** Into how many ranges of rows a thread's share of a half is cut, so that a faster one can take over the last. */
        int ranges() {
            return 1;
        }

        /**
         * Adds to rows [first, last) of both sums what columns of x and y contribute: from column {@code from} on, {@code run} of every
         * {@code step}. If {@code anew}, {@code sum} counts as zero.
         */
        abstract void add(boolean anew, Matrix sum, @Nullable Matrix besides, Matrix x, B y, int from, int run, int step, int first, int last);
    }

    /** The same for what is added column by column. */
    abstract static class Columns<B extends @Nullable Object> extends Part<B> {
        /** From column {@code from} on, n that lie side by side. */
        abstract void add(Matrix sum, Matrix x, B y, int from, int n, int first, int last);

        @Override
        final void add(boolean anew, Matrix sum, @Nullable Matrix besides, Matrix x, B y, int from, int run, int step, int first, int last) {
            if (anew) {
                sum.clearRows(first, last);
            }
            for (int start = from; start < x.columns(); start += step) {
                for (int c = start, n; c < start + run; c += n) {
                    n = x.sideBySide(c, start + run - c);
                    add(sum, x, y, c, n, first, last);
                }
            }
        }
    }

    /**
     * Whether the sum is cut: worth it where its numbers are few beside the {@code given} numbers of each of x's columns, which are
     * steps of {@code batch} examples. Sizes alone decide, so that the bits do not depend on the threads.
     */
    static boolean halved(Matrix sum, int given, Matrix x, int batch) {
        if (batch < 1 || x.columns() % batch != 0) {
            throw new IllegalArgumentException("[" + x.rows() + " × " + x.columns() + "] is not whole steps of " + batch + " examples");
        }
        return batch >= HALVED_BATCH && 8L * sum.rows() * sum.columns() <= (long) given * x.columns();
    }

    /** How many of a step's examples are summed first. */
    static int firstHalf(int batch) {
        return batch < HALVED_BATCH ? batch : batch / 2;
    }

    static <B extends @Nullable Object> Matrix addColumns(Matrix sum, int given, int batch, double work, Matrix x, B y, Columns<B> part) {
        return add(sum, null, halved(sum, given, x, batch), batch, work, x, y, part);
    }

    /** @param besides a sum of as many rows that is made on the way, or null */
    static <B extends @Nullable Object> Matrix add(Matrix sum, @Nullable Matrix besides, boolean halved, int batch, double work, Matrix x,
                                                   B y, Part<B> part) {
        if (!halved) {
            sum.compute().split(sum.rows(), ROW_GRAIN, work, sum, x, y, besides, batch, part.inOrder);
            return sum;
        }
        sum.compute().split(2 * ranges(sum, part), 1, work, sum, x, y, besides, batch, part.halves);
        if (besides != null) {
            besides.add(besides.second());
        }
        return sum.addOfAnother(sum.second());
    }

    /** The same sums throughout: a large batch's first half, then its second. */
    static <B extends @Nullable Object> void inOrder(Matrix sum, @Nullable Matrix besides, Matrix x, B y, int batch, int first, int last,
                                                     Part<B> part) {
        int middle = firstHalf(batch);
        part.add(part.anew, sum, besides, x, y, 0, middle, batch, first, last);
        if (middle < batch) {
            part.add(false, sum, besides, x, y, middle, batch - middle, batch, first, last);
        }
    }

    /** Of the numbers [from, to), each is a range of rows of one half's sums. */
    private static <B extends @Nullable Object> void addHalves(Matrix sum, @Nullable Matrix besides, Matrix x, B y, int batch, int from, int to,
                                                               Part<B> part) {
        int middle = batch / 2;
        int ranges = ranges(sum, part);
        for (int i = from; i < to; i++) {
            int range = i % ranges;
            int first = (int) ((long) sum.rows() * range / ranges);
            int last = (int) ((long) sum.rows() * (range + 1) / ranges);
            if (i < ranges) {
                part.add(part.anew, sum, besides, x, y, 0, middle, batch, first, last);
            } else {
                Matrix other = besides == null ? null : besides.second();
                if (other != null) {
                    other.clearRows(first, last);
                }
                part.add(true, sum.second(), other, x, y, middle, batch - middle, batch, first, last);
            }
        }
    }

    /** So many that with two halves every thread has its ranges. */
    private static int ranges(Matrix sum, Part<?> part) {
        return Math.max(1, Math.min(part.ranges() * ((sum.compute().threads() + 1) / 2), sum.rows() / ROW_GRAIN));
    }
}
