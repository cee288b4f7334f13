package io.quatrain.loss;

/**
 * The negative log-likelihood of counts under a Poisson distribution, without the part that the prediction does not change: the
 * mean over a column's features of y − t·log(y + 1e-7) for a predicted rate y above 0, or, for a predicted logarithm z of the
 * rate, of e^z − t·z.
 *
 * <p>From rates it is Keras's Poisson; from logarithms PyTorch's PoissonNLLLoss with its default log_input.
 */
public final class Poisson extends ValueLoss {
    private static final double EPSILON = 1e-7;

    private final boolean logarithms;

    /** @param logarithms whether the model's output is the logarithm of the rate */
    public Poisson(boolean logarithms) {
        this.logarithms = logarithms;
    }

    @Override
    protected double loss(double[] y, double[] target, double[] dy, int n) {
        double sum = 0;
        for (int r = 0; r < n; r++) {
            double t = target[r];
            if (logarithms) {
                double rate = Math.exp(y[r]);
                sum += rate - t * y[r];
                dy[r] = (rate - t) / n;
            } else {
                sum += y[r] - t * Math.log(y[r] + EPSILON);
                dy[r] = (1 - t / (y[r] + EPSILON)) / n;
            }
        }
        return sum / n;
    }
}
