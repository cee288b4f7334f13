package io.quatrain.optimize;

import io.quatrain.node.Parameter;
import io.quatrain.tensor.Matrix;

/**
 * Adam (Kingma and Ba 2015).
 * <pre>
 *   m = β1·m + (1 − β1)·g      v = β2·v + (1 − β2)·g²
 *   w −= rate·m̂ / (√v̂ + epsilon),   m̂ = m / (1 − β1^t),   v̂ = v / (1 − β2^t)
 * </pre>
 * PyTorch's convention: epsilon is added after the bias correction; Keras adds it before.
 */
public final class Adam extends Optimizer {
    private final double beta1;
    private final double beta2;
    private final double epsilon;
    private double correction1 = 1;
    private double correction2 = 1;

    public Adam(double beta1, double beta2, double epsilon) {
        super("m", "v");
        this.beta1 = beta1;
        this.beta2 = beta2;
        this.epsilon = epsilon;
    }

    @Override
    protected void begin(long step, double rate) {
        correction1 = 1 - Math.pow(beta1, step);
        correction2 = 1 - Math.pow(beta2, step);
    }

    @Override
    protected void update(Parameter parameter, Matrix[] slots, double rate, double factor) {
        parameter.value().updateAdam(parameter.gradient(), slots[0], slots[1], factor, rate / correction1, beta1, beta2,
                1 / Math.sqrt(correction2), epsilon);
    }
}
