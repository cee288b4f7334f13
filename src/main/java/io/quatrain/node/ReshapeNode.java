package io.quatrain.node;

import io.quatrain.tensor.Mask;
import io.quatrain.tensor.Matrix;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The same numbers of an example, in the same order, with another number of features at each step: a step of k·f features
 * becomes k steps of f, or k steps of f features become one of k·f. A step that is made of several is there where the
 * first of them is; what is missing of it counts as it stands.
 * Keras's Reshape and PyTorch's view of [steps, features] put the numbers alike, and know nothing of lengths.
 */
public final class ReshapeNode implements Node {
    private final int features;

    /** @param features of each new step: a divisor or a multiple of the input's */
    public ReshapeNode(int features) {
        this.features = features;
    }

    @Override
    public List<Parameter> parameters() {
        return List.of();
    }

    @Override
    public Pass pass(Wiring wiring) {
        int given = wiring.x().features();
        int oldSteps = wiring.x().steps();
        long numbers = (long) given * oldSteps;
        if (numbers % features != 0) {
            throw new IllegalArgumentException(wiring.place() + ": " + oldSteps + " steps of " + given
                    + " features cannot be made into steps of " + features);
        }
        int steps = (int) (numbers / features);
        Mask old = wiring.mask();
        int batch = old.batch();
        Mask mask = old.variable() ? Mask.variable(steps, batch) : Mask.full(steps, batch);
        Signal output = Signal.of(wiring.compute(), features, mask, wiring.differentiable());
        int run = Math.min(given, features);                        // a step of the one with fewer features
        Matrix[] from = runs(wiring.x().all(), batch, run);
        Matrix[] to = runs(output.value().all(), batch, run);
        @Nullable Matrix dx = wiring.input().gradient();
        Matrix[] dFrom = dx == null ? new Matrix[0] : runs(dx, batch, run);
        Matrix[] dTo = dx == null ? new Matrix[0] : runs(output.wantedGradient(), batch, run);
        int runs = from.length;
        boolean[] pattern = new boolean[steps * batch];
        return new Pass(output) {
            @Override
            public void forward(boolean training) {
                if (mask.variable()) {
                    for (int t = 0; t < steps; t++) {
                        for (int b = 0; b < batch; b++) {
                            pattern[t * batch + b] = old.valid((int) ((long) t * features / given), b);
                        }
                    }
                    mask.setValid(pattern);
                }
                for (int i = 0; i < runs; i++) {
                    to[i].set(from[i]);
                }
            }

            @Override
            public void backward() {
                for (int i = 0; i < dFrom.length; i++) {
                    dFrom[i].add(dTo[i]);
                }
            }
        };
    }

    /** Numbers that stay together: of every step, {@code run} rows at a time. */
    private static Matrix[] runs(Matrix all, int batch, int run) {
        int each = all.rows() / run;
        Matrix[] steps = all.steps(batch);
        Matrix[] runs = new Matrix[steps.length * each];
        for (int i = 0; i < runs.length; i++) {
            runs[i] = steps[i / each].rows(i % each * run, (i % each + 1) * run);
        }
        return runs;
    }
}
