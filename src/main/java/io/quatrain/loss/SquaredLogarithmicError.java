package io.quatrain.loss;

/**
 * The mean over a column's features of (log(1 + y) − log(1 + t))², where what is below 1e-7 counts as 1e-7: for numbers of
 * which the proportion matters. Keras's MeanSquaredLogarithmicError; PyTorch has none.
 */
public final class SquaredLogarithmicError extends ValueLoss {
    private static final double LEAST = 1e-7;

    @Override
    protected double loss(double[] y, double[] target, double[] dy, int n) {
        double sum = 0;
        for (int r = 0; r < n; r++) {
            double difference = Math.log1p(Math.max(LEAST, y[r])) - Math.log1p(Math.max(LEAST, target[r]));
            sum += difference * difference;
            dy[r] = y[r] > LEAST ? 2 * difference / (1 + y[r]) / n : 0;
        }
        return sum / n;
    }
}
