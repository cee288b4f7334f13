package io.quatrain.optimize;

/**
 * Adadelta (Zeiler 2012): steps in the unit of the weights.
 * <pre>
 *   v = ρ·v + (1 − ρ)·g²
 *   d = g·√(a + ε) / √(v + ε)
 *   a = ρ·a + (1 − ρ)·d²
 *   w −= rate·d
 * </pre>
 * The paper's rate is 1. PyTorch's defaults are ρ = 0.9, ε = 1e-6, Keras's ρ = 0.95, ε = 1e-7; the equations are the same.
 */
public final class Adadelta extends SweepOptimizer {
    private final double rho;
    private final double epsilon;

    public Adadelta(double rho, double epsilon) {
        super("v", "a");
        this.rho = Check.decay("rho", rho);
        this.epsilon = Check.notNegative("epsilon", epsilon);
    }

    @Override
    protected void update(int n, double[] w, double[] g, double[][] s, double rate) {
        double[] v = s[0];
        double[] a = s[1];
        for (int i = 0; i < n; i++) {
            v[i] = rho * v[i] + (1 - rho) * g[i] * g[i];
            double d = g[i] * Math.sqrt(a[i] + epsilon) / Math.sqrt(v[i] + epsilon);
            a[i] = rho * a[i] + (1 - rho) * d * d;
            w[i] -= rate * d;
        }
    }
}
