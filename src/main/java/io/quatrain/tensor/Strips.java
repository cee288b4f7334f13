package io.quatrain.tensor;

import org.jspecify.annotations.Nullable;

/**
 * The right operand of a weight gradient, copied once into what products read, for all threads that share out the rows of the left one;
 * without it each thread copies it for every range of rows that it takes.
 */
final class Strips {
    /** So many numbers are kept at most. */
    private static final int MOST = 1 << 24;

    private static final Compute.Operation<Strips, Matrix, @Nullable Object, @Nullable Object> PACK =
            (strips, b, none, nothing, batch, from, to) -> strips.pack(b, (int) batch, from, to);

    private @Nullable Object numbers;
    private int length;
    private int secondHalf;

    /** Whether A·Bᵀ over steps of {@code batch} examples can be had this way. */
    static boolean fit(Matrix a, Matrix b, int batch) {
        int middle = ExampleSums.firstHalf(batch);
        return (long) b.rows() * b.columns() <= MOST && b.kernel().stripsLength(b.rows(), b.columns()) > 0
                && a.even(0, middle, batch) && b.even(0, middle, batch)
                && a.even(middle, batch - middle, batch) && b.even(middle, batch - middle, batch);
    }

    /** Takes over the numbers of a matrix. */
    Strips of(Matrix b, int batch) {
        int needed = b.kernel().stripsLength(b.rows(), b.columns());
        if (numbers == null || length < needed) {
            numbers = b.kernel().allocate(needed);
            length = needed;
        }
        int steps = b.columns() / batch;
        int middle = ExampleSums.firstHalf(batch);
        secondHalf = b.rows() * steps * middle;
        int pieces = b.kernel().stripPieces(b.rows(), steps * middle) + b.kernel().stripPieces(b.rows(), steps * (batch - middle));
        b.compute().split(pieces, 1, 2 * Compute.ELEMENT * b.rows() * b.columns(), this, b, null, null, batch, PACK);
        return this;
    }

    private void pack(Matrix b, int batch, int from, int to) {
        int middle = ExampleSums.firstHalf(batch);
        int first = b.kernel().stripPieces(b.rows(), b.columns() / batch * middle);
        b.packStrips(0, middle, batch, numbers(), 0, from, Math.min(to, first));
        b.packStrips(middle, batch - middle, batch, numbers(), secondHalf, from - first, to - first);
    }

    Object numbers() {
        if (numbers == null) {
            throw new IllegalStateException("nothing is packed");
        }
        return numbers;
    }

    /** Where the strips begin of the examples from this one on. */
    int at(int example) {
        return example == 0 ? 0 : secondHalf;
    }
}
