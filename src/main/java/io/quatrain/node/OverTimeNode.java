package io.quatrain.node;

import io.quatrain.tensor.Mask;
import io.quatrain.tensor.Matrix;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One value for a whole example: the mean or the greatest of each feature over the steps that are there, zero where there is
 * none. The gradient of a maximum goes to the first step that has it. Keras's global pooling layers are the same; PyTorch's
 * count the padding, too.
 */
public final class OverTimeNode implements Node {
    /** What becomes of the steps. */
    public enum How { MEAN, MAX }

    private final How how;

    public OverTimeNode(How how) {
        this.how = how;
    }

    @Override
    public List<Parameter> parameters() {
        return List.of();
    }

    @Override
    public Pass pass(Wiring wiring) {
        return how == How.MEAN ? mean(wiring) : max(wiring);
    }

    private static Pass mean(Wiring wiring) {
        Signal output = wiring.vector(wiring.x().features());
        Matrix y = output.value().all();
        Mask mask = wiring.mask();
        int batch = mask.batch();
        @Nullable Matrix dx = wiring.input().gradient();
        return new Pass(output) {
            @Override
            public void forward(boolean training) {
                Matrix x = wiring.x().all();
                y.fill(0);
                for (int b = 0; b < batch; b++) {
                    for (int t = 0; t < mask.steps(); t++) {
                        if (mask.valid(t, b)) {
                            y.addColumn(b, x, t * batch + b);
                        }
                    }
                    y.scaleColumn(b, 1.0 / Math.max(1, mask.count(b)));     // y = Σ x_t / n
                }
            }

            @Override
            public void backward() {
                Matrix dy = output.wantedGradient();
                for (int b = 0; dx != null && b < batch; b++) {
                    double share = 1.0 / Math.max(1, mask.count(b));
                    for (int t = 0; t < mask.steps(); t++) {
                        if (mask.valid(t, b)) {
                            dx.addScaledColumn(t * batch + b, share, dy, b);
                        }
                    }
                }
            }
        };
    }

    private static Pass max(Wiring wiring) {
        int features = wiring.x().features();
        Signal output = wiring.vector(features);
        Matrix y = output.value().all();
        Mask mask = wiring.mask();
        int batch = mask.batch();
        int[] winners = new int[features * batch];                  // the column of x that y was taken from, or −1
        @Nullable Matrix dx = wiring.input().gradient();
        return new Pass(output) {
            @Override
            public void forward(boolean training) {
                Matrix x = wiring.x().all();
                for (int b = 0; b < batch; b++) {
                    for (int r = 0; r < features; r++) {
                        int winner = -1;
                        for (int t = 0; t < mask.steps(); t++) {
                            int column = t * batch + b;
                            if (mask.valid(t, b) && (winner < 0 || x.get(r, column) > x.get(r, winner))) {
                                winner = column;
                            }
                        }
                        winners[b * features + r] = winner;
                        y.set(r, b, winner < 0 ? 0 : x.get(r, winner));
                    }
                }
            }

            @Override
            public void backward() {
                Matrix dy = output.wantedGradient();
                for (int b = 0; dx != null && b < batch; b++) {
                    for (int r = 0; r < features; r++) {
                        int winner = winners[b * features + r];
                        if (winner >= 0) {
                            dx.set(r, winner, dx.get(r, winner) + dy.get(r, b));
                        }
                    }
                }
            }
        };
    }
}
