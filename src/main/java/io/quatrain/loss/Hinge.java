package io.quatrain.loss;

/**
 * The mean over a column's features of max(0, 1 − t·y), or of its square: of a margin to be kept (Cortes and Vapnik 1995).
 * Targets are −1 or 1; 0 counts as −1.
 *
 * <p>Keras's Hinge and SquaredHinge; PyTorch's HingeEmbeddingLoss is another.
 */
public final class Hinge extends ValueLoss {
    private final boolean squared;

    public Hinge(boolean squared) {
        this.squared = squared;
    }

    @Override
    public double yesAbove() {
        return 0;
    }

    @Override
    protected double loss(double[] y, double[] target, double[] dy, int n) {
        double sum = 0;
        for (int r = 0; r < n; r++) {
            double t = target[r] == 0 ? -1 : target[r];
            double missing = Math.max(0, 1 - t * y[r]);
            sum += squared ? missing * missing : missing;
            dy[r] = missing == 0 ? 0 : -t * (squared ? 2 * missing : 1) / n;
        }
        return sum / n;
    }
}
