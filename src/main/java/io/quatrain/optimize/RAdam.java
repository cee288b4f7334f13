package io.quatrain.optimize;

/**
 * Rectified Adam (Liu et al. 2020): plain momentum until the second moment can be trusted.
 * <pre>
 *   m = β1·m + (1 − β1)·g        v = β2·v + (1 − β2)·g²        m̂ = m / (1 − β1^t)
 *   ρ∞ = 2 / (1 − β2) − 1        ρ = ρ∞ − 2t·β2^t / (1 − β2^t)
 *   ρ &gt; 5:  w −= rate·m̂·r·√(1 − β2^t) / (√v + ε),   r² = (ρ − 4)(ρ − 2)ρ∞ / ((ρ∞ − 4)(ρ∞ − 2)ρ)
 *   else    w −= rate·m̂
 * </pre>
 * PyTorch's RAdam, where ε stands as here; Keras has none.
 */
public final class RAdam extends SweepOptimizer {
    private final double beta1;
    private final double beta2;
    private final double epsilon;
    private double correction1 = 1;
    private double rectified;

    public RAdam(double beta1, double beta2, double epsilon) {
        super("m", "v");
        this.beta1 = Check.decay("beta1", beta1);
        this.beta2 = Check.decay("beta2", beta2);
        this.epsilon = Check.notNegative("epsilon", epsilon);
    }

    @Override
    protected void begin(long step, double rate) {
        correction1 = 1 - Math.pow(beta1, step);
        double power = Math.pow(beta2, step);
        double longest = 2 / (1 - beta2) - 1;
        double length = longest - 2 * step * power / (1 - power);
        rectified = length <= 5 ? 0 : Math.sqrt((length - 4) * (length - 2) * longest
                / ((longest - 4) * (longest - 2) * length) * (1 - power));
    }

    @Override
    protected void update(int n, double[] w, double[] g, double[][] s, double rate) {
        double[] m = s[0];
        double[] v = s[1];
        double stepSize = rate / correction1;
        for (int i = 0; i < n; i++) {
            m[i] = beta1 * m[i] + (1 - beta1) * g[i];
            v[i] = beta2 * v[i] + (1 - beta2) * g[i] * g[i];
            w[i] -= stepSize * m[i] * (rectified == 0 ? 1 : rectified / (Math.sqrt(v[i]) + epsilon));
        }
    }
}
