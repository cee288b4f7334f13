package io.quatrain.loss;

/**
 * The mean over a column's n features of (y − target)²; the gradient is 2(y − target)/n. PyTorch's MSELoss and Keras's
 * MeanSquaredError. PyTorch's reduction "sum" also adds over features: n times ours.
 */
public final class MeanSquaredError extends ValueLoss {
    @Override
    protected double loss(double[] y, double[] target, double[] dy, int n) {
        double sum = 0;
        for (int r = 0; r < n; r++) {
            double difference = y[r] - target[r];
            sum += difference * difference;
            dy[r] = 2 * difference / n;
        }
        return sum / n;
    }
}
