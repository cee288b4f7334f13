package io.quatrain.optimize;

import io.quatrain.node.Parameter;
import io.quatrain.tensor.Matrix;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;

/**
 * Changes parameters by their gradients. What it remembers of a parameter (moments, sums of squares) stands in slots,
 * matrices of the parameter's size, so that a checkpoint can hold them; all else follows from the number of steps. The
 * learning rate comes with every step. An optimizer of one's own extends {@link SweepOptimizer}.
 *
 * <p>Every optimizer takes {@link #decaying weight decay}, {@link #constrained constraints}, {@link #averaging averages} and
 * {@link #maximizing}. A step is: decoupled decay; clipping's factor and coupled decay on the gradient; the update; constraints;
 * the average.
 */
public abstract class Optimizer {
    private final List<String> slotNames;
    private final Map<Parameter, Matrix[]> slots = new LinkedHashMap<>();
    private final List<WeightDecay> decays = new ArrayList<>();
    private final List<Bound> constraints = new ArrayList<>();
    private double direction = 1;
    private long steps;
    private double momentum = Double.NaN;
    private int overwriteEvery;

    private record Bound(Constraint constraint, Predicate<Parameter> where) {
    }

    /** @param slotNames what is remembered of every parameter: "m", "v" */
    protected Optimizer(String... slotNames) {
        this.slotNames = new ArrayList<>(List.of(slotNames));
    }

    /** Adds a decay; several add up. */
    public final Optimizer decaying(WeightDecay decay) {
        decays.add(decay);
        return this;
    }

    /** Adds a constraint for the parameters chosen. */
    public final Optimizer constrained(Constraint constraint, Predicate<Parameter> where) {
        constraints.add(new Bound(constraint, where));
        return this;
    }

    /**
     * Keeps an exponential average of every parameter, a = momentum·a + (1 − momentum)·w after each update, a = w after the first
     * (Polyak and Juditsky 1992): Keras's use_ema, and PyTorch's AveragedModel with its get_ema_multi_avg_fn.
     *
     * @param overwriteEvery so many updates after which w = a; 0: never
     */
    public final Optimizer averaging(double momentum, int overwriteEvery) {
        if (averageSlot() >= 0 || !slots.isEmpty()) {
            throw new IllegalStateException(averageSlot() >= 0 ? "these averages are kept already" : "updates were made already");
        }
        this.momentum = Check.decay("momentum", momentum);
        this.overwriteEvery = (int) Check.notNegative("overwrite every", overwriteEvery);
        slotNames.add("average");
        return this;
    }

    /** Which slot holds a parameter's average, to be used in its place when training is over; −1 where none is kept. */
    public final int averageSlot() {
        return slotNames.indexOf("average");
    }

    private void average(Matrix w, Matrix average) {
        average.scale(momentum).addScaled(steps == 1 ? 1 : 1 - momentum, w);
        if (overwriteEvery > 0 && steps % overwriteEvery == 0) {
            w.set(average);
        }
    }

    /** Climbs instead of descending: gradients count with the opposite sign, decay does not. */
    public final Optimizer maximizing() {
        direction = -1;
        return this;
    }

    /**
     * One update of every trainable parameter. Gradients may be changed by it: they are to be cleared next.
     *
     * @param factor multiplies every gradient (clipping by the global norm)
     */
    public final void step(List<Parameter> parameters, double rate, double factor) {
        steps++;
        begin(steps, rate);
        for (int i = 0; i < parameters.size(); i++) {
            if (parameters.get(i).trainable()) {
                step(parameters.get(i), rate, direction * factor);
            }
        }
    }

    private void step(Parameter parameter, double rate, double factor) {
        double remaining = factor;
        for (int i = 0; i < decays.size(); i++) {
            WeightDecay decay = decays.get(i);
            decay.before(parameter, rate);
            if (decay.joinsGradient(parameter)) {
                Matrix gradient = parameter.gradient();
                if (remaining != 1) {
                    gradient.scale(remaining);
                    remaining = 1;
                }
                decay.addTo(gradient, parameter.value());
            }
        }
        Matrix[] remembered = slots(parameter);
        if (!parameter.gradientIsSparse() || !updateColumns(parameter, remembered, parameter.touchedColumns(),
                parameter.touchedCount(), rate, remaining)) {
            update(parameter, remembered, rate, remaining);
        }
        for (int i = 0; i < decays.size(); i++) {
            decays.get(i).after(parameter);
        }
        for (int i = 0; i < constraints.size(); i++) {
            if (constraints.get(i).where.test(parameter)) {
                constraints.get(i).constraint.apply(parameter.value());
            }
        }
        if (!Double.isNaN(momentum)) {
            average(parameter.value(), slots(parameter)[averageSlot()]);
        }
        parameter.changed();
    }

    /** Before the parameters of step {@code step}, which counts from 1. */
    protected void begin(long step, double rate) {
    }

    protected abstract void update(Parameter parameter, Matrix[] slots, double rate, double factor);

    /**
     * The update of a parameter of which only the first n of {@code columns} were looked up, where a weight and its slots stay
     * exactly what they are while its gradient is zero: not where moments fade, as in Adam.
     *
     * @return whether it was made; false, unless overridden: {@link #update} is to make it
     */
    protected boolean updateColumns(Parameter parameter, Matrix[] slots, int[] columns, int n, double rate, double factor) {
        return false;
    }

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
        return List.copyOf(slotNames);
    }

    /** What is remembered of a parameter, in the order of {@link #slotNames()}; made when first asked for. */
    public final Matrix[] slots(Parameter parameter) {
        Matrix[] known = slots.get(parameter);
        if (known == null) {
            known = new Matrix[slotNames.size()];
            for (int i = 0; i < known.length; i++) {
                known[i] = parameter.value().compute().matrix(parameter.rows(), parameter.columns());
                if (initialSlotValue(i) != 0) {
                    known[i].fill(initialSlotValue(i));
                }
            }
            slots.put(parameter, known);
        }
        return known;
    }
}
