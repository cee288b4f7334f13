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

    /**
     * Adds to rows [first, last) of {@code sum} what columns of x and y contribute: from column {@code from} on, {@code run} of every
     * {@code step}.
     */
    interface Part<B extends @Nullable Object> {
        void add(Matrix sum, Matrix x, B y, int from, int run, int step, int first, int last);
    }

    /** The same for what is added column by column: from column {@code from} on, n that lie side by side. */
    interface Columns<B extends @Nullable Object> extends Part<B> {
        void add(Matrix sum, Matrix x, B y, int from, int n, int first, int last);

        @Override
        default void add(Matrix sum, Matrix x, B y, int from, int run, int step, int first, int last) {
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

    static <B extends @Nullable Object> Matrix addColumns(Matrix sum, int given, int batch, double work, Matrix x, B y, Columns<B> part) {
        return add(sum, halved(sum, given, x, batch), batch, work, x, y, part);
    }

    static <B extends @Nullable Object> Matrix add(Matrix sum, boolean halved, int batch, double work, Matrix x, B y, Part<B> part) {
        if (!halved) {
            sum.compute().split(sum.rows(), ROW_GRAIN, work, sum, x, y, part, batch, (c, a, b, each, size, first, last) ->
                    inOrder(c, a, b, (int) size, first, last, each));
            return sum;
        }
        sum.compute().split(2 * ranges(sum), 1, work, sum, x, y, part, batch, ExampleSums::addHalves);
        return sum.add(sum.second());
    }

    /** The same sum throughout: a large batch's first half, then its second. */
    static <B extends @Nullable Object> void inOrder(Matrix sum, Matrix x, B y, int batch, int first, int last, Part<B> part) {
        if (batch < HALVED_BATCH) {
            part.add(sum, x, y, 0, x.columns(), x.columns(), first, last);
        } else {
            part.add(sum, x, y, 0, batch / 2, batch, first, last);
            part.add(sum, x, y, batch / 2, batch - batch / 2, batch, first, last);
        }
    }

    /** Of the numbers [from, to), each is a range of rows of one half's sum. */
    private static <B extends @Nullable Object> void addHalves(Matrix sum, Matrix x, B y, Part<B> part, double batch, int from, int to) {
        int examples = (int) batch;
        int middle = examples / 2;
        int ranges = ranges(sum);
        for (int i = from; i < to; i++) {
            int range = i % ranges;
            int first = (int) ((long) sum.rows() * range / ranges);
            int last = (int) ((long) sum.rows() * (range + 1) / ranges);
            if (i < ranges) {
                part.add(sum, x, y, 0, middle, examples, first, last);
            } else {
                Matrix other = sum.second();
                other.clearRows(first, last);
                part.add(other, x, y, middle, examples - middle, examples, first, last);
            }
        }
    }

    /** So many that with two halves every thread has one. */
    private static int ranges(Matrix sum) {
        return Math.max(1, Math.min((sum.compute().threads() + 1) / 2, sum.rows() / ROW_GRAIN));
    }
}
