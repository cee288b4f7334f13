package io.quatrain.optimize;

/**
 * Lion (Chen et al. 2023): only the sign of a momentum counts.
 * <pre>
 *   w −= rate·sign(β1·m + (1 − β1)·g)
 *   m = β2·m + (1 − β2)·g
 * </pre>
 * Rates are three to ten times smaller than Adam's. Keras's Lion; PyTorch has none.
 */
public final class Lion extends SweepOptimizer {
    private final double beta1;
    private final double beta2;

    public Lion(double beta1, double beta2) {
        super("m");
        this.beta1 = Check.decay("beta1", beta1);
        this.beta2 = Check.decay("beta2", beta2);
    }

    @Override
    protected void update(int n, double[] w, double[] g, double[][] s, double rate) {
        double[] m = s[0];
        for (int i = 0; i < n; i++) {
            w[i] -= rate * Math.signum(beta1 * m[i] + (1 - beta1) * g[i]);
            m[i] = beta2 * m[i] + (1 - beta2) * g[i];
        }
    }
}
