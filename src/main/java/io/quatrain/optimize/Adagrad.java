package io.quatrain.optimize;

import io.quatrain.node.Parameter;
import io.quatrain.tensor.Matrix;

/**
 * Adagrad (Duchi, Hazan and Singer 2011): s += g²; w −= rate·g / (√s + epsilon). PyTorch's convention; Keras starts s at
 * 0.1 and adds epsilon inside the root.
 */
public final class Adagrad extends Optimizer {
    private final double epsilon;
    private final double initialAccumulator;

    public Adagrad(double epsilon, double initialAccumulator) {
        super("s");
        this.epsilon = epsilon;
        this.initialAccumulator = initialAccumulator;
    }

    @Override
    protected double initialSlotValue(int slot) {
        return initialAccumulator;
    }

    @Override
    protected void update(Parameter parameter, Matrix[] slots, double rate, double factor) {
        parameter.value().updateAdagrad(parameter.gradient(), slots[0], factor, rate, epsilon);
    }
}
