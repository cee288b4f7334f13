package io.quatrain.optimize;

/**
 * Nadam (Dozat 2016): Adam with Nesterov's momentum.
 * <pre>
 *   μ_t = β1·(1 − ½·0.96^(t·ψ))        Π_t = μ_1 ⋯ μ_t
 *   m = β1·m + (1 − β1)·g        v = β2·v + (1 − β2)·g²        v̂ = v / (1 − β2^t)
 *   w −= rate·( (1 − μ_t)·g / (1 − Π_t) + μ_{t+1}·m / (1 − Π_{t+1}) ) / (√v̂ + ε)
 * </pre>
 * The momentum's schedule has ψ = 0.004 in PyTorch, 1 in Keras; all else is the same.
 */
public final class Nadam extends SweepOptimizer {
    private final double beta1;
    private final double beta2;
    private final double epsilon;
    private final double momentumDecay;
    private double product = 1;
    private long productSteps;
    private double gradientShare;
    private double momentumShare;
    private double vScale = 1;

    /** @param momentumDecay ψ: 0.004 (PyTorch) or 1 (Keras) */
    public Nadam(double beta1, double beta2, double epsilon, double momentumDecay) {
        super("m", "v");
        this.beta1 = Check.decay("beta1", beta1);
        this.beta2 = Check.decay("beta2", beta2);
        this.epsilon = Check.notNegative("epsilon", epsilon);
        this.momentumDecay = Check.notNegative("momentum decay", momentumDecay);
    }

    private double momentum(long step) {
        return beta1 * (1 - 0.5 * Math.pow(0.96, step * momentumDecay));
    }

    @Override
    protected void begin(long step, double rate) {
        if (step <= productSteps) {
            product = 1;
            productSteps = 0;
        }
        while (productSteps < step) {
            productSteps++;
            product *= momentum(productSteps);
        }
        double now = momentum(step);
        double next = momentum(step + 1);
        gradientShare = (1 - now) / (1 - product);
        momentumShare = next / (1 - product * next);
        vScale = 1 / Math.sqrt(1 - Math.pow(beta2, step));
    }

    @Override
    protected void update(int n, double[] w, double[] g, double[][] s, double rate) {
        double[] m = s[0];
        double[] v = s[1];
        for (int i = 0; i < n; i++) {
            m[i] = beta1 * m[i] + (1 - beta1) * g[i];
            v[i] = beta2 * v[i] + (1 - beta2) * g[i] * g[i];
            w[i] -= rate * (gradientShare * g[i] + momentumShare * m[i]) / (Math.sqrt(v[i]) * vScale + epsilon);
        }
    }
}
