package io.quatrain.optimize;

import io.quatrain.node.Parameter;
import io.quatrain.tensor.Matrix;

/**
 * Layer-wise adaptive moments for large batches (You et al. 2020): Adam's step, as long as the parameter that it changes.
 * <pre>
 *   m = β1·m + (1 − β1)·g        v = β2·v + (1 − β2)·g²
 *   r = m̂ / (√v̂ + ε)             m̂ = m / (1 − β1^t),  v̂ = v / (1 − β2^t)
 *   w −= rate·(‖w‖ / ‖r‖)·r      the quotient is 1 where either norm is 0
 * </pre>
 * The paper's λ·w in r is {@link WeightDecay}'s work here, as in Keras. Keras's Lamb, whose ε is 1e-7; PyTorch has none.
 */
public final class Lamb extends Optimizer {
    private final double beta1;
    private final double beta2;
    private final double epsilon;
    private double correction1 = 1;
    private double correction2 = 1;
    private double factor = 1;
    private final Blocks.Sweep direction = (n, r, g, s) -> sweep(n, r, s[0], s[1]);

    public Lamb(double beta1, double beta2, double epsilon) {
        super("m", "v");
        this.beta1 = Check.decay("beta1", beta1);
        this.beta2 = Check.decay("beta2", beta2);
        this.epsilon = Check.notNegative("epsilon", epsilon);
    }

    @Override
    protected void begin(long step, double rate) {
        correction1 = 1 - Math.pow(beta1, step);
        correction2 = 1 - Math.pow(beta2, step);
    }

    @Override
    protected void update(Parameter parameter, Matrix[] slots, double rate, double factor) {
        this.factor = factor;
        Matrix w = parameter.value();
        Matrix r = parameter.gradient();
        Blocks.sweep(r, r, slots, direction);                           // r takes the gradient's place
        double length = Math.sqrt(w.sumOfSquares());
        double step = Math.sqrt(r.sumOfSquares());
        w.addScaled(-rate * (length > 0 && step > 0 ? length / step : 1), r);
    }

    private void sweep(int n, double[] r, double[] m, double[] v) {
        for (int i = 0; i < n; i++) {
            double g = factor * r[i];
            m[i] = beta1 * m[i] + (1 - beta1) * g;
            v[i] = beta2 * v[i] + (1 - beta2) * g * g;
            r[i] = m[i] / correction1 / (Math.sqrt(v[i] / correction2) + epsilon);
        }
    }
}
