package io.quatrain.optimize;

import io.quatrain.node.Parameter;
import io.quatrain.tensor.Matrix;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Changes parameters by their gradients. What it remembers of a parameter (moments, sums of squares) stands in slots,
 * matrices of the parameter's size, so that a checkpoint can hold them.
 */
public abstract class Optimizer {
    private final List<String> slotNames;
    private final Map<Parameter, Matrix[]> slots = new LinkedHashMap<>();
    private long steps;

    /** @param slotNames what is remembered of every parameter: "m", "v" */
    protected Optimizer(String... slotNames) {
        this.slotNames = List.of(slotNames);
    }

    /**
     * One update of every trainable parameter.
     *
     * @param factor multiplies every gradient (clipping by the global norm)
     */
    public final void step(List<Parameter> parameters, double rate, double factor) {
        steps++;
        begin(steps, rate);
        for (Parameter parameter : parameters) {
            if (parameter.trainable()) {
                update(parameter, slots(parameter), rate, factor);
                parameter.changed();
            }
        }
    }

    /** Before the parameters of step {@code step}, which counts from 1. */
    protected void begin(long step, double rate) {
    }

    protected abstract void update(Parameter parameter, Matrix[] slots, double rate, double factor);

    /** The first values of a slot; zero unless overridden. */
    protected double initialSlotValue(int slot) {
        return 0;
    }

    /** Updates made. */
    public final long steps() {
        return steps;
    }

    public final void steps(long steps) {
        this.steps = steps;
    }

    public final List<String> slotNames() {
        return slotNames;
    }

    /** What is remembered of a parameter, in the order of {@link #slotNames()}; made when first asked for. */
    public final Matrix[] slots(Parameter parameter) {
        return slots.computeIfAbsent(parameter, p -> {
            Matrix[] made = new Matrix[slotNames.size()];
            for (int i = 0; i < made.length; i++) {
                made[i] = p.value().compute().matrix(p.rows(), p.columns());
                if (initialSlotValue(i) != 0) {
                    made[i].fill(initialSlotValue(i));
                }
            }
            return made;
        });
    }
}
