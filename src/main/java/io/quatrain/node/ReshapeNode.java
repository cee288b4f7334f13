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
        Matrix y = output.value().all();
        int run = Math.min(given, features);
        boolean[] pattern = new boolean[steps * batch];
        @Nullable Matrix dx = wiring.input().gradient();
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
                eachRun((t, row, oldT, oldRow) -> part(y, t, row).set(part(wiring.x().all(), oldT, oldRow)));
            }

            @Override
            public void backward() {
                if (dx != null) {
                    Matrix dy = output.wantedGradient();
                    eachRun((t, row, oldT, oldRow) -> part(dx, oldT, oldRow).add(part(dy, t, row)));
                }
            }

            private Matrix part(Matrix all, int t, int row) {
                return all.columns(t * batch, (t + 1) * batch).rows(row, row + run);
            }

            /** Numbers that stay together: a step of the one with fewer features. */
            private void eachRun(Run body) {
                for (int i = 0; i < numbers / run; i++) {
                    int number = i * run;
                    body.accept(number / features, number % features, number / given, number % given);
                }
            }
        };
    }

    private interface Run {
        void accept(int t, int row, int oldT, int oldRow);
    }
}
