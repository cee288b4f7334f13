package io.quatrain.optimize;

/**
 * Resilient propagation (Riedmiller and Braun 1993): every weight has its own step, longer while the gradient keeps its
 * sign, shorter when it turns; for whole-corpus gradients.
 * <pre>
 *   g·previous &gt; 0:  step = min(step·η⁺, longest)
 *   g·previous &lt; 0:  step = max(step·η⁻, shortest), g = 0
 *   w −= sign(g)·step        previous = g
 * </pre>
 * The first step is the learning rate of the first update. PyTorch's Rprop; Keras has none.
 */
public final class RProp extends SweepOptimizer {
    private final double shrink;
    private final double grow;
    private final double shortest;
    private final double longest;
    private boolean first;

    /** PyTorch's defaults. */
    public RProp() {
        this(0.5, 1.2, 1e-6, 50);
    }

    public RProp(double shrink, double grow, double shortest, double longest) {
        super("previous", "step");
        this.shrink = Check.require(shrink > 0 && shrink < 1, "shrink", "must be above 0 and below 1", shrink);
        this.grow = Check.require(grow > 1, "grow", "must be above 1", grow);
        this.shortest = Check.notNegative("shortest step", shortest);
        this.longest = Check.require(longest >= shortest, "longest step", "must not be below the shortest", longest);
    }

    @Override
    protected void begin(long step, double rate) {
        first = step == 1;
    }

    @Override
    protected void update(int n, double[] w, double[] g, double[][] s, double rate) {
        double[] previous = s[0];
        double[] step = s[1];
        for (int i = 0; i < n; i++) {
            double agreement = g[i] * previous[i];
            double change = agreement > 0 ? grow : agreement < 0 ? shrink : 1;
            step[i] = Math.max(shortest, Math.min(longest, (first ? rate : step[i]) * change));
            double gradient = agreement < 0 ? 0 : g[i];
            w[i] -= Math.signum(gradient) * step[i];
            previous[i] = gradient;
        }
    }
}
