package io.quatrain.optimize;

import io.quatrain.node.Parameter;
import io.quatrain.tensor.Matrix;

/**
 * An optimizer whose update of a number depends on that number only: what an optimizer of one's own extends. The formula
 * is written once, in double precision; slots are kept in the parameter's precision.
 */
public abstract class SweepOptimizer extends Optimizer {
    private double rate;
    private double factor;
    private final Blocks.Sweep sweep = (n, w, g, s) -> {
        for (int i = 0; i < n; i++) {
            g[i] *= factor;
        }
        update(n, w, g, s, rate);
    };

    protected SweepOptimizer(String... slotNames) {
        super(slotNames);
    }

    /**
     * Updates n numbers.
     *
     * @param w the weights
     * @param g their gradients, clipping and coupled decay already in them
     * @param s the slots, in the order of {@link #slotNames()}
     */
    protected abstract void update(int n, double[] w, double[] g, double[][] s, double rate);

    @Override
    protected final void update(Parameter parameter, Matrix[] slots, double rate, double factor) {
        this.rate = rate;
        this.factor = factor;
        Blocks.sweep(parameter.value(), parameter.gradientToRead(), slots, sweep);
    }
}
