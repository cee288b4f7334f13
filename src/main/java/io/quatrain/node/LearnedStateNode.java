package io.quatrain.node;

import io.quatrain.tensor.Matrix;
import java.util.ArrayList;
import java.util.List;

/**
 * A recurrent node whose first state is learned. The state has one part more than the cell's, a number u that says whether
 * the other parts have been used:
 * <pre>
 *   s_0 = u∘s_given + (1 − u)∘s_learned
 * </pre>
 * A state of zeros (u = 0) starts from what was learned, and a final state (u = 1) goes on where it ended: carrying,
 * clearing and saving states need to know nothing of it. Each learned part is [size × 1], for every example alike.
 * PyTorch and Keras leave it to code that gives the layer a parameter as its first state.
 */
public final class LearnedStateNode implements Node {
    private final Node cell;
    private final List<Parameter> learned;

    /** @param learned one [size × 1] for each part of the cell's state */
    public LearnedStateNode(Node cell, List<Parameter> learned) {
        this.cell = cell;
        this.learned = List.copyOf(learned);
    }

    @Override
    public List<Parameter> parameters() {
        List<Parameter> all = new ArrayList<>(cell.parameters());
        all.addAll(learned);
        return List.copyOf(all);
    }

    @Override
    public Pass pass(Wiring wiring) {
        int batch = wiring.mask().batch();
        List<Integer> sizes = new ArrayList<>();
        learned.forEach(part -> sizes.add(part.rows()));
        StatePort start = StatePort.zeros(wiring.compute(), sizes, batch);
        Pass pass = cell.pass(wiring.part("cell", wiring.inputs(), start));
        sizes.add(1);
        StatePort given = wiring.stateOf(sizes);
        StatePort used = StatePort.zeros(wiring.compute(), List.of(1), batch);
        used.values().get(0).fill(1);
        return new LearnedPass(pass, start, given, StatePort.joined(List.of(pass.finalState(), used)));
    }

    private final class LearnedPass extends Pass {
        private final Pass pass;
        private final StatePort start;
        private final StatePort given;

        LearnedPass(Pass pass, StatePort start, StatePort given, StatePort end) {
            super(pass.output(), given, end);
            this.pass = pass;
            this.start = start;
            this.given = given;
        }

        @Override
        public void forward(boolean training) {
            Matrix u = given.values().get(learned.size());
            for (int p = 0; p < learned.size(); p++) {
                Matrix s = start.values().get(p);
                Matrix g = given.values().get(p);
                Matrix w = learned.get(p).value();
                for (int b = 0; b < s.columns(); b++) {
                    double weight = u.get(0, b);
                    for (int r = 0; r < s.rows(); r++) {
                        s.set(r, b, weight == 1 ? g.get(r, b) : weight * g.get(r, b) + (1 - weight) * w.get(r, 0));
                    }
                }
            }
            pass.forward(training);
        }

        @Override
        public void backward() {
            pass.backward();
            Matrix u = given.values().get(learned.size());
            Matrix du = given.gradients().get(learned.size());
            for (int p = 0; p < learned.size(); p++) {
                Matrix ds = start.gradients().get(p);
                Matrix g = given.values().get(p);
                Matrix dg = given.gradients().get(p);
                Matrix w = learned.get(p).value();
                for (int b = 0; b < ds.columns(); b++) {
                    double weight = u.get(0, b);
                    for (int r = 0; r < ds.rows(); r++) {
                        double d = ds.get(r, b);
                        dg.set(r, b, dg.get(r, b) + weight * d);
                        du.set(0, b, du.get(0, b) + (g.get(r, b) - w.get(r, 0)) * d);
                        if (learned.get(p).trainable()) {
                            Matrix dw = learned.get(p).gradient();
                            dw.set(r, 0, dw.get(r, 0) + (1 - weight) * d);
                        }
                    }
                }
            }
        }

        @Override
        public void clearGradients() {
            super.clearGradients();
            pass.clearGradients();
            start.clearGradients();
        }
    }
}
