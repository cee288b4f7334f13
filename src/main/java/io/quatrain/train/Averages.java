package io.quatrain.train;

import io.quatrain.node.Parameter;
import io.quatrain.optimize.Optimizer;
import io.quatrain.tensor.Matrix;
import java.util.List;

/**
 * The averages that an optimizer keeps of the parameters, and their use in place of what it learns: for judging, writing and
 * saving. While they are in use, the slots hold what is learned.
 */
final class Averages {
    private final Optimizer optimizer;
    private final List<Parameter> parameters;
    private boolean inUse;

    Averages(Optimizer optimizer, List<Parameter> parameters) {
        this.optimizer = optimizer;
        this.parameters = parameters.stream().filter(Parameter::trainable).toList();
    }

    /** Whether there are any that differ from what is learned. */
    boolean kept() {
        return optimizer.averageSlot() >= 0 && optimizer.steps() > 0;
    }

    /** The model computes with the averages, if there are any, until {@link #release()}. */
    void use() {
        if (!inUse && kept()) {
            exchange();
        }
    }

    /** The model computes with what is learned. */
    void release() {
        if (inUse) {
            exchange();
        }
    }

    /** Parameters and slots have been set to what was saved while the averages were in use. */
    void restored() {
        inUse = kept();
    }

    private void exchange() {
        inUse = !inUse;
        for (Parameter parameter : parameters) {
            Matrix w = parameter.value();
            Matrix average = optimizer.slots(parameter)[optimizer.averageSlot()];
            Matrix before = w.compute().matrix(w.rows(), w.columns()).set(w);
            w.set(average);
            average.set(before);
            parameter.changed();
        }
    }
}
