package io.quatrain.node;

import io.quatrain.tensor.Mask;
import io.quatrain.tensor.Matrix;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Every example backwards: of n steps that are there, the i-th becomes the (n − 1 − i)-th that is there. What is padding
 * stays where it is, and is zero. The same as TensorFlow's reverse_sequence; a plain flip, as
 * Keras's and PyTorch's, puts the padding first.
 */
public final class ReverseNode implements Node {
    @Override
    public List<Parameter> parameters() {
        return List.of();
    }

    @Override
    public Pass pass(Wiring wiring) {
        Signal output = wiring.signal(wiring.x().features());
        Matrix y = output.value().all();
        Mask mask = wiring.mask();
        int batch = mask.batch();
        int[] order = new int[mask.steps()];
        @Nullable Matrix dx = wiring.input().gradient();
        return new Pass(output) {
            @Override
            public void forward(boolean training) {
                Matrix x = wiring.x().all();
                if (mask.variable()) {
                    y.fill(0);
                }
                for (int b = 0; b < batch; b++) {
                    int n = there(mask, b, order);
                    for (int i = 0; i < n; i++) {
                        y.setColumn(order[i] * batch + b, x, order[n - 1 - i] * batch + b);
                    }
                }
            }

            @Override
            public void backward() {
                Matrix dy = output.wantedGradient();
                for (int b = 0; dx != null && b < batch; b++) {
                    int n = there(mask, b, order);
                    for (int i = 0; i < n; i++) {
                        int from = order[i] * batch + b;
                        int to = order[n - 1 - i] * batch + b;
                        dx.addColumn(to, dy, from);
                    }
                }
            }
        };
    }

    /** Writes the steps of an example that are there into {@code order} and returns how many there are. */
    private static int there(Mask mask, int example, int[] order) {
        int n = 0;
        for (int t = 0; t < order.length; t++) {
            if (mask.valid(t, example)) {
                order[n++] = t;
            }
        }
        return n;
    }
}
