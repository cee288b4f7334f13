package io.quatrain.optimize;

/**
 * Averaged stochastic gradient descent (Polyak and Juditsky 1992; the form of Bottou's sgd).
 * <pre>
 *   η = rate / (1 + λ·rate·(t − 1))^α        μ = 1 / max(1, t − 1 − t0)
 *   w = (1 − λ·η)·w − η·g                    a += μ·(w − a)
 * </pre>
 * a is the average of w since step t0, to be used in place of w when training is over: {@link #averageSlot}. PyTorch's
 * ASGD with its defaults λ = 1e-4, α = 0.75, t0 = 1e6, but for this: where a schedule changes the rate, PyTorch's η still is of the
 * rate of the step before. Keras has none. With λ = 0 and t0 set when the validation loss stops falling this
 * is the NT-ASGD of Merity, Keskar and Socher (2018).
 */
public final class Asgd extends SweepOptimizer {
    private final double lambda;
    private final double alpha;
    private final double averageFrom;
    private double eta;
    private double mu = 1;

    /** PyTorch's defaults. */
    public Asgd() {
        this(1e-4, 0.75, 1e6);
    }

    public Asgd(double lambda, double alpha, double averageFrom) {
        super("average");
        this.lambda = Check.notNegative("lambda", lambda);
        this.alpha = Check.notNegative("alpha", alpha);
        this.averageFrom = Check.notNegative("t0", averageFrom);
    }

    @Override
    protected void begin(long step, double rate) {
        eta = rate / Math.pow(1 + lambda * rate * (step - 1), alpha);
        mu = 1 / Math.max(1, step - 1 - averageFrom);
    }

    @Override
    protected void update(int n, double[] w, double[] g, double[][] s, double rate) {
        double[] a = s[0];
        for (int i = 0; i < n; i++) {
            w[i] = (1 - lambda * eta) * w[i] - eta * g[i];
            a[i] = mu == 1 ? w[i] : a[i] + mu * (w[i] - a[i]);
        }
    }
}
