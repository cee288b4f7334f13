package io.quatrain.node;

import io.quatrain.tensor.Compute;
import io.quatrain.tensor.Mask;
import io.quatrain.tensor.Matrix;
import io.quatrain.tensor.Sequence;
import java.util.ArrayList;
import java.util.List;
import java.util.function.IntConsumer;
import org.jspecify.annotations.Nullable;

/**
 * The time loop that every recurrent cell shares: order of steps, state, masks, threads.
 *
 * <p>State part p stands in one matrix [size × (steps + 1)·batch]: run forward in time, slot t holds it before step t
 * and slot t + 1 after; run backward in time, the other way round. Part 0 is the output h. The batch is split into
 * lanes, one a thread, each of which runs the whole loop: no thread waits for another within a sequence. A thread that is
 * done gets half of the examples of another for the steps that are left, as cores are not equally fast. As columns do not
 * influence one another, the result does not depend on the lanes.
 *
 * <p>At a step that is not there (see {@link Mask}) the state is carried unchanged; {@link Output} says what is given.
 */
public abstract class RecurrentPass extends Pass {
    /** What a recurrent node gives. */
    public enum Output {
        /** Its output at every step; zero where a step is not there. */
        SEQUENCE,
        /** The same, but where a step is not there the output before it again (Keras); zero before the first. */
        CARRIED,
        /** The output of the last step that it processed; zero where there was none. */
        LAST
    }

    /** A change to every step of a cell, made from outside. */
    interface Around {
        /** Before the loop. */
        void prepare(boolean training);

        /** The changed cell on examples [from, to). */
        Lane lane(Lane cell, int from, int to);
    }

    /**
     * A cell on some of the examples: one step, and back. What it keeps from step to step stands in matrices of the pass, for
     * another lane may go on with some of its examples.
     */
    public interface Lane {
        /** Computes {@code after} from {@code before} and the input of step t. */
        void forward(int t, Matrix[] before, Matrix[] after);

        /**
         * Undoes step t: {@code d} holds the gradient of the state after it and becomes the gradient of the state
         * {@code before} it. What the input product and the weights need is left in the cell's own buffers.
         */
        void backward(int t, Matrix[] before, Matrix[] after, Matrix[] d);

        /** Sets the gradients that step t left for one example (counted within the lane) to zero. */
        void clearStep(int t, int example);
    }

    /** So many examples are worth sharing, */
    private static final int SHARED_EXAMPLES = 8;
    /** at so many steps: another thread has them in a few µs, and what they are read from in some more. */
    private static final int SHARED_STEPS = 4;
    /** Columns that every kernel multiplies well. */
    private static final int TILE = 8;

    private final Wiring wiring;
    private final int steps;
    private final int batch;
    private final Mask mask;
    private final boolean reversed;
    private final Output outputs;
    private final List<Matrix> state;
    private final Matrix[] before;
    private final Matrix[] after;
    private final List<Around> arounds = new ArrayList<>();
    private int lanes;
    /** The lanes, then the second halves of those that can be shared. */
    private LaneRun[] runs = {};
    private final IntConsumer forwardLane = run -> runs[run].forward();
    private final IntConsumer backwardLane = run -> runs[run].backward();

    /** @param sizes of the parts of the state; part 0 is the output */
    protected RecurrentPass(Wiring wiring, boolean reversed, Output outputs, List<Integer> sizes) {
        this(wiring, reversed, outputs, sizes, states(wiring, sizes));
    }

    private RecurrentPass(Wiring wiring, boolean reversed, Output outputs, List<Integer> sizes, List<Matrix> state) {
        super(output(wiring, reversed, outputs, state.get(0)), wiring.stateOf(sizes),
                finalState(wiring, reversed, sizes, state));
        this.wiring = wiring;
        this.steps = wiring.x().steps();
        this.batch = wiring.x().batch();
        this.mask = wiring.mask();
        this.reversed = reversed;
        this.outputs = outputs;
        this.state = state;
        int whole = steps * batch;
        this.before = columns(state, reversed ? batch : 0, whole);
        this.after = columns(state, reversed ? 0 : batch, whole);
    }

    private static Matrix[] columns(List<Matrix> parts, int from, int count) {
        return parts.stream().map(part -> part.columns(from, from + count)).toArray(Matrix[]::new);
    }

    private static List<Matrix> states(Wiring wiring, List<Integer> sizes) {
        int slots = wiring.x().steps() + 1;
        return sizes.stream().map(size -> wiring.compute().matrix(size, slots, wiring.x().batch())).toList();
    }

    /** Where every step is there, the output is the state itself. */
    private static Signal output(Wiring wiring, boolean reversed, Output outputs, Matrix h) {
        if (outputs == Output.LAST) {
            return wiring.vector(h.rows());
        }
        if (wiring.mask().variable()) {
            return wiring.signal(h.rows());
        }
        int batch = wiring.x().batch();
        int steps = wiring.x().steps();
        Matrix after = reversed ? h.columns(0, steps * batch) : h.columns(batch, (steps + 1) * batch);
        return Signal.over(Sequence.over(after, wiring.mask()), wiring.differentiable());
    }

    private static StatePort finalState(Wiring wiring, boolean reversed, List<Integer> sizes, List<Matrix> state) {
        int batch = wiring.x().batch();
        int last = reversed ? 0 : wiring.x().steps();
        StatePort port = StatePort.zeros(wiring.compute(), sizes, batch);
        return new StatePort(state.stream().map(part -> part.columns(last * batch, (last + 1) * batch)).toList(),
                port.gradients());
    }

    /** Everything a lane needs, for examples [from, to). Called after construction, for lanes and for halves of them. */
    protected abstract Lane lane(int from, int to);

    /** Before the loop: the products over every step at once. */
    protected abstract void prepare(boolean training);

    /** Before the loop backward. */
    protected abstract void beforeBackward();

    /** After the loop backward: the gradients of the weights and of the input, over every step at once. */
    protected abstract void finish();

    /** Changes every step; called before the first run. */
    final void wrap(Around around) {
        arounds.add(around);
    }

    protected final Wiring wiring() {
        return wiring;
    }

    protected final int steps() {
        return steps;
    }

    protected final int batch() {
        return batch;
    }

    /** State part p before every step: [size × steps·batch], in the order of the input's steps. */
    protected final Matrix before(int part) {
        return before[part];
    }

    /** State part p after every step: [size × steps·batch]. */
    protected final Matrix after(int part) {
        return after[part];
    }

    /** The columns of examples [from, to) at every step of a matrix over all steps. */
    protected final Matrix[] blocks(Matrix overSteps, int from, int to) {
        int count = overSteps.columns() / batch;
        Matrix[] blocks = new Matrix[count];
        for (int t = 0; t < count; t++) {
            blocks[t] = overSteps.columns(t * batch + from, t * batch + to);
        }
        return blocks;
    }

    private void layLanes() {
        if (lanes > 0) {
            return;
        }
        Compute compute = wiring.compute();
        lanes = compute.lanes(batch);
        runs = new LaneRun[2 * lanes];
        for (int i = 0; i < lanes; i++) {
            LaneRun lane = new LaneRun(compute.laneStart(batch, i), compute.laneStart(batch, i + 1), null);
            runs[i] = lane;
            if (lanes > 1 && lane.to - lane.from >= SHARED_EXAMPLES) {
                runs[lanes + i] = lane.halve(lanes + i);
            }
        }
    }

    @Override
    public final void forward(boolean training) {
        layLanes();
        prepare(training);
        for (int i = 0; i < arounds.size(); i++) {
            arounds.get(i).prepare(training);
        }
        wiring.compute().run(lanes, forwardLane);
    }

    @Override
    public final void backward() {
        beforeBackward();
        wiring.compute().run(lanes, backwardLane);
        finish();
    }

    private final class LaneRun {
        private final int from;
        private final int to;
        private final Lane lane;
        private final Matrix[][] slots;
        private final Matrix[] y;
        private final Matrix @Nullable [] dy;
        private final Matrix[] initial;
        private final Matrix[] d;
        private final Matrix[] dFinal;
        private final Matrix[] dInitial;
        private final Matrix @Nullable [] held;
        private @Nullable LaneRun first;
        private @Nullable LaneRun second;
        private int secondNumber;
        /** How many steps were done before, by the lane that this is a half of. */
        private int begin;

        /** @param whole the lane that this is a half of */
        LaneRun(int from, int to, @Nullable LaneRun whole) {
            this.from = from;
            this.to = to;
            Lane cell = lane(from, to);
            for (Around around : arounds) {
                cell = around.lane(cell, from, to);
            }
            this.lane = cell;
            int parts = state.size();
            this.slots = new Matrix[steps + 1][parts];
            for (int p = 0; p < parts; p++) {
                Matrix[] blocks = blocks(state.get(p), from, to);
                for (int slot = 0; slot <= steps; slot++) {
                    slots[slot][p] = blocks[slot];
                }
            }
            this.y = blocks(output().value().all(), from, to);
            Matrix gradient = output().gradient();
            this.dy = gradient == null ? null : blocks(gradient, from, to);
            this.initial = columns(initialState().values(), from, to - from);
            this.dInitial = columns(initialState().gradients(), from, to - from);
            this.dFinal = columns(finalState().gradients(), from, to - from);
            this.d = new Matrix[parts];
            for (int p = 0; p < parts; p++) {
                d[p] = whole == null ? wiring.compute().matrix(state.get(p).rows(), to - from)
                        : whole.d[p].columns(from - whole.from, to - whole.from);
            }
            if (mask.variable()) {
                Matrix[] copies = new Matrix[parts];
                for (int p = 0; p < parts; p++) {
                    copies[p] = wiring.compute().matrix(state.get(p).rows(), to - from);
                }
                held = copies;
            } else {
                held = null;
            }
        }

        /** Makes its halves, for when it is shared, and returns the second, which is run by its number. */
        LaneRun halve(int secondNumber) {
            int half = (to - from) / 2;
            int middle = from + (half > TILE ? half / TILE * TILE : half);
            LaneRun second = new LaneRun(middle, to, this);
            this.first = new LaneRun(from, middle, this);
            this.second = second;
            this.secondNumber = secondNumber;
            return second;
        }

        /** Gives half of the examples away where another thread has nothing to do, and goes on with the others. */
        private @Nullable LaneRun rest(int done, long started, IntConsumer run) {
            LaneRun rest = first;
            if (rest == null || second == null || steps - done < SHARED_STEPS || !wiring.compute().idle(run)) {
                return null;
            }
            rest.begin = done;
            second.begin = done;
            long left = done == 0 ? 0 : (System.nanoTime() - started) / done * (steps - done);
            return wiring.compute().offer(run, secondNumber, left) ? rest : null;
        }

        void forward() {
            if (begin == 0) {
                Matrix[] start = slots[reversed ? steps : 0];
                for (int p = 0; p < start.length; p++) {
                    start[p].set(initial[p]);
                }
            }
            long started = System.nanoTime();
            for (int s = begin; s < steps; s++) {
                LaneRun rest = rest(s, started, forwardLane);
                if (rest != null) {
                    rest.forward();
                    return;
                }
                int t = reversed ? steps - 1 - s : s;
                Matrix[] before = slots[reversed ? t + 1 : t];
                Matrix[] after = slots[reversed ? t : t + 1];
                lane.forward(t, before, after);
                if (mask.variable()) {
                    carryAndEmit(t, before, after);
                }
            }
            if (outputs == Output.LAST) {
                y[0].set(slots[reversed ? 0 : steps][0]);
                clearWhereNothingIsThere(y[0]);
            }
        }

        private void clearWhereNothingIsThere(Matrix last) {
            for (int b = from; b < to; b++) {
                if (!mask.full() && mask.lastValid(b) < 0) {
                    last.fillColumn(b - from, 0);
                }
            }
        }

        /** Where step t is not there: state after = state before. */
        private void carryAndEmit(int t, Matrix[] before, Matrix[] after) {
            boolean emit = outputs != Output.LAST;
            if (emit) {
                y[t].set(after[0]);
            }
            if (mask.full(t, from, to)) {
                return;
            }
            int last = reversed ? t + 1 : t - 1;
            boolean carried = outputs == Output.CARRIED && last >= 0 && last < steps;
            for (int b = from; b < to; b++) {
                if (!mask.valid(t, b)) {
                    for (int p = 0; p < after.length; p++) {
                        after[p].setColumn(b - from, before[p], b - from);
                    }
                    if (emit && carried) {
                        y[t].setColumn(b - from, y[last], b - from);
                    } else if (emit) {
                        y[t].fillColumn(b - from, 0);
                    }
                }
            }
        }

        void backward() {
            Matrix[] dOutput = dy;
            if (dOutput == null) {
                throw new IllegalStateException(wiring.place() + ": this pass was made for forward runs only");
            }
            if (begin == 0) {
                for (int p = 0; p < d.length; p++) {
                    d[p].set(dFinal[p]);
                }
                if (outputs == Output.LAST) {
                    clearWhereNothingIsThere(dOutput[0]);
                    d[0].add(dOutput[0]);
                }
            }
            long started = System.nanoTime();
            for (int s = steps - 1 - begin; s >= 0; s--) {
                LaneRun rest = rest(steps - 1 - s, started, backwardLane);
                if (rest != null) {
                    rest.backward();
                    return;
                }
                int t = reversed ? steps - 1 - s : s;
                Matrix[] before = slots[reversed ? t + 1 : t];
                Matrix[] after = slots[reversed ? t : t + 1];
                if (mask.full(t, from, to)) {
                    if (outputs != Output.LAST) {
                        d[0].add(dOutput[t]);              // h_t is the output of step t
                    }
                    lane.backward(t, before, after, d);
                } else {
                    backwardWithGaps(t, before, after, dOutput);
                }
                for (Matrix part : d) {
                    part.flush();
                }
            }
            for (int p = 0; p < d.length; p++) {
                dInitial[p].add(d[p]);
            }
        }

        /** Where step t is not there, the gradient of the state passes by unchanged and the weights learn nothing. */
        private void backwardWithGaps(int t, Matrix[] before, Matrix[] after, Matrix[] dOutput) {
            Matrix[] copies = held;
            if (copies == null) {
                throw new IllegalStateException("a mask without variable lengths has no gaps");
            }
            for (int p = 0; p < d.length; p++) {
                copies[p].set(d[p]);
            }
            if (outputs != Output.LAST) {
                d[0].add(dOutput[t]);
            }
            lane.backward(t, before, after, d);
            int last = reversed ? t + 1 : t - 1;
            boolean carried = outputs == Output.CARRIED && last >= 0 && last < steps;
            for (int b = from; b < to; b++) {
                if (!mask.valid(t, b)) {
                    lane.clearStep(t, b - from);
                    for (int p = 0; p < d.length; p++) {
                        d[p].setColumn(b - from, copies[p], b - from);
                    }
                    if (carried) {                         // the output was that of the step before
                        dOutput[last].addColumn(b - from, dOutput[t], b - from);
                    }
                }
            }
        }
    }
}
