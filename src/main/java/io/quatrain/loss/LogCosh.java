package io.quatrain.loss;

/**
 * The mean over a column's n features of log cosh(y − target): about ½e² near the target, |e| − log 2 far from it. The
 * gradient is tanh(e)/n. Keras's LogCosh; PyTorch has none.
 */
public final class LogCosh extends ValueLoss {
    @Override
    protected double loss(double[] y, double[] target, double[] dy, int n) {
        double sum = 0;
        for (int r = 0; r < n; r++) {
            double e = y[r] - target[r];
            double size = Math.abs(e);
            sum += size + Math.log1p(Math.exp(-2 * size)) - Math.log(2);
            dy[r] = Math.tanh(e) / n;
        }
        return sum / n;
    }
}
