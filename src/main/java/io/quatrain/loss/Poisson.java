package io.quatrain.loss;

/**
 * The negative log-likelihood of counts under a Poisson distribution, without the part that the prediction does not change: the
 * mean over a column's features of y − t·log(y + ε) for a predicted rate y above 0, or, for a predicted logarithm z of the
 * rate, of e^z − t·z.
 *
 * <p>From rates with ε = 1e-7 it is Keras's Poisson, with 1e-8 PyTorch's PoissonNLLLoss without log_input; from logarithms that
 * with its default log_input.
 */
public final class Poisson extends ValueLoss {
    private final boolean logarithms;
    private final double epsilon;

    /** Keras's ε. */
    public Poisson(boolean logarithms) {
        this(logarithms, 1e-7);
    }

    /**
     * @param logarithms whether the model's output is the logarithm of the rate
     * @param epsilon    keeps the logarithm of a rate of 0 finite
     */
    public Poisson(boolean logarithms, double epsilon) {
        this.logarithms = logarithms;
        this.epsilon = epsilon;
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
                sum += y[r] - t * Math.log(y[r] + epsilon);
                dy[r] = (1 - t / (y[r] + epsilon)) / n;
            }
        }
        return sum / n;
    }
}
