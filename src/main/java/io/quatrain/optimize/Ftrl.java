package io.quatrain.optimize;

/**
 * Follow the regularised leader (McMahan et al. 2013): weights that gain little become exactly 0.
 * <pre>
 *   ĝ  = g + 2·shrinkage·w             n' = n + g²
 *   l += ĝ − (n'^−p − n^−p) / rate · w
 *   w  = (clamp(l, ±λ1) − l) / (n'^−p / rate + 2·(λ2 + β / (2·rate)))
 * </pre>
 * p is the power of the learning rate, −½ for 1/√n. Keras's Ftrl with its defaults p = −½, n at first 0.1, all others 0; PyTorch
 * has none.
 */
public final class Ftrl extends SweepOptimizer {
    private final double power;
    private final double initialAccumulator;
    private final double absolute;
    private final double square;
    private final double shrinkage;
    private final double beta;

    /** @param power 0 or less; @param absolute λ1; @param square λ2 */
    public Ftrl(double power, double initialAccumulator, double absolute, double square, double shrinkage, double beta) {
        super("n", "l");
        this.power = Check.require(power <= 0, "power", "must be 0 or less", power);
        this.initialAccumulator = Check.notNegative("initial accumulator", initialAccumulator);
        this.absolute = Check.notNegative("absolute", absolute);
        this.square = Check.notNegative("square", square);
        this.shrinkage = Check.notNegative("shrinkage", shrinkage);
        this.beta = Check.notNegative("beta", beta);
    }

    @Override
    protected double initialSlotValue(int slot) {
        return slot == 0 ? initialAccumulator : 0;
    }

    @Override
    protected void update(int n, double[] w, double[] g, double[][] s, double rate) {
        double[] squares = s[0];
        double[] l = s[1];
        double whole = 2 * (square + beta / (2 * rate));
        for (int i = 0; i < n; i++) {
            double next = squares[i] + g[i] * g[i];
            double slow = Math.pow(next, -power);
            l[i] += g[i] + 2 * shrinkage * w[i] - (slow - Math.pow(squares[i], -power)) / rate * w[i];
            double curvature = slow / rate + whole;
            w[i] = curvature == 0 ? 0 : (Math.max(-absolute, Math.min(absolute, l[i])) - l[i]) / curvature;
            squares[i] = next;
        }
    }
}
