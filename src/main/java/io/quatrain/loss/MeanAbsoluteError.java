package io.quatrain.loss;

/**
 * The mean over a column's n features of |y − target|; the gradient is sign(y − target)/n, 0 where they are equal.
 * PyTorch's L1Loss and Keras's MeanAbsoluteError.
 */
public final class MeanAbsoluteError extends ValueLoss {
    @Override
    protected double loss(double[] y, double[] target, double[] dy, int n) {
        double sum = 0;
        for (int r = 0; r < n; r++) {
            double difference = y[r] - target[r];
            sum += Math.abs(difference);
            dy[r] = Math.signum(difference) / n;
        }
        return sum / n;
    }
}
