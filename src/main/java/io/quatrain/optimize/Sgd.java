package io.quatrain.optimize;

import io.quatrain.node.Parameter;
import io.quatrain.tensor.Matrix;

/** Stochastic gradient descent: w −= rate·g. */
public final class Sgd extends Optimizer {
    @Override
    protected void update(Parameter parameter, Matrix[] slots, double rate, double factor) {
        parameter.value().updateSgd(parameter.gradient(), factor, rate);
    }
}
