package io.quatrain.loss;

/** The mean over a column's features of 100·|y − t| / max(|t|, 1e-7). Keras's MeanAbsolutePercentageError; PyTorch has none. */
public final class AbsolutePercentageError extends ValueLoss {
    private static final double LEAST_TARGET = 1e-7;

    @Override
    protected double loss(double[] y, double[] target, double[] dy, int n) {
        double sum = 0;
        for (int r = 0; r < n; r++) {
            double scale = 100 / Math.max(LEAST_TARGET, Math.abs(target[r]));
            sum += scale * Math.abs(y[r] - target[r]);
            dy[r] = scale * Math.signum(y[r] - target[r]) / n;
        }
        return sum / n;
    }
}
