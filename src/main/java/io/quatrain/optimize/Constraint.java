package io.quatrain.optimize;

import io.quatrain.tensor.Matrix;

/** Something that a weight must satisfy after every update. */
@FunctionalInterface
public interface Constraint {
    void apply(Matrix w);

    /**
     * No unit's incoming weights, a row of W, have a norm above the limit: longer rows are scaled down to it (Srivastava
     * et al. 2014). Keras's MaxNorm with axis 0; it divides by norm + 1e-7.
     */
    static Constraint maxNormOfRows(double limit) {
        double most = Check.positive("max norm", limit);
        return w -> {
            for (int r = 0; r < w.rows(); r++) {
                shorten(w.rows(r, r + 1), most);
            }
        };
    }

    /** No column has a norm above the limit: for embeddings, whose columns are the tokens' vectors. */
    static Constraint maxNormOfColumns(double limit) {
        double most = Check.positive("max norm", limit);
        return w -> {
            for (int c = 0; c < w.columns(); c++) {
                shorten(w.columns(c, c + 1), most);
            }
        };
    }

    /** No weight is below zero. */
    static Constraint notNegative() {
        return w -> w.setRelu(w);
    }

    private static void shorten(Matrix part, double most) {
        double norm = Math.sqrt(part.sumOfSquares());
        if (norm > most) {
            part.scale(most / norm);
        }
    }
}
