package io.quatrain.optimize;

/**
 * Adamax (Kingma and Ba 2015, section 7.1): Adam with the greatest recent gradient in place of the root of its mean square.
 * <pre>
 *   m = β1·m + (1 − β1)·g
 *   PyTorch   u = max(β2·u, |g| + ε)        w −= rate / (1 − β1^t) · m / u
 *   Keras     u = max(β2·u, |g|)            w −= rate / (1 − β1^t) · m / (u + ε)
 * </pre>
 */
public final class Adamax extends SweepOptimizer {
    private final double beta1;
    private final double beta2;
    private final double epsilon;
    private final boolean keras;
    private double correction = 1;

    public Adamax(double beta1, double beta2, double epsilon, Convention convention) {
        super("m", "u");
        this.beta1 = Check.decay("beta1", beta1);
        this.beta2 = Check.decay("beta2", beta2);
        this.epsilon = Check.notNegative("epsilon", epsilon);
        this.keras = convention == Convention.KERAS;
    }

    @Override
    protected void begin(long step, double rate) {
        correction = 1 - Math.pow(beta1, step);
    }

    @Override
    protected void update(int n, double[] w, double[] g, double[][] s, double rate) {
        double[] m = s[0];
        double[] u = s[1];
        double stepSize = rate / correction;
        for (int i = 0; i < n; i++) {
            m[i] = beta1 * m[i] + (1 - beta1) * g[i];
            u[i] = Math.max(beta2 * u[i], Math.abs(g[i]) + (keras ? 0 : epsilon));
            w[i] -= stepSize * m[i] / (keras ? u[i] + epsilon : u[i]);
        }
    }
}
