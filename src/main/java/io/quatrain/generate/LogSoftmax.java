package io.quatrain.generate;

import io.quatrain.tensor.Matrix;

/** Logits to log-probabilities, in double precision. */
final class LogSoftmax {
    private double[] column = new double[0];

    /** Valid until the next call. */
    double[] of(Matrix logits, int c) {
        if (column.length != logits.rows()) {
            column = new double[logits.rows()];
        }
        logits.copyColumn(c, column, 0);
        double largest = Double.NEGATIVE_INFINITY;
        for (double each : column) {
            largest = Math.max(largest, each);
        }
        double sum = 0;
        for (double each : column) {
            sum += StrictMath.exp(each - largest);
        }
        double logSum = largest + StrictMath.log(sum);
        for (int i = 0; i < column.length; i++) {
            column[i] -= logSum;
        }
        return column;
    }
}
