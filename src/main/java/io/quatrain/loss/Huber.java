package io.quatrain.loss;

/**
 * Quadratic near the target and linear far from it (Huber 1964): the mean over a column's n features of
 * <pre>
 *   ½e²            where |e| ≤ δ        e = y − target
 *   δ(|e| − ½δ)    elsewhere
 * </pre>
 * PyTorch's HuberLoss and Keras's Huber. {@link #smoothAbsolute} divides it by δ, which is PyTorch's SmoothL1Loss.
 */
public final class Huber extends ValueLoss {
    private final double delta;
    private final double factor;

    /** @param delta where the line begins; above 0, usually 1 */
    public Huber(double delta) {
        this(delta, 1);
    }

    private Huber(double delta, double factor) {
        if (!(delta > 0)) {
            throw new IllegalArgumentException("huber: delta must be above 0, got " + delta);
        }
        this.delta = delta;
        this.factor = factor;
    }

    /** ½e²/β where |e| &lt; β, |e| − ½β elsewhere; with β = 0 the absolute error. */
    public static ValueLoss smoothAbsolute(double beta) {
        return beta == 0 ? new MeanAbsoluteError() : new Huber(beta, 1 / beta);
    }

    @Override
    protected double loss(double[] y, double[] target, double[] dy, int n) {
        double sum = 0;
        for (int r = 0; r < n; r++) {
            double e = y[r] - target[r];
            double size = Math.abs(e);
            sum += size <= delta ? 0.5 * e * e : delta * (size - 0.5 * delta);
            dy[r] = factor * Math.max(-delta, Math.min(delta, e)) / n;
        }
        return factor * sum / n;
    }
}
