package io.quatrain.node;

import io.quatrain.tensor.Mask;
import io.quatrain.tensor.Matrix;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The last step of every example that is there; zero where there is none. What Keras's layers give without return_sequences, and
 * PyTorch's h_n of a packed sequence; y[:, −1] of a padded one is padding.
 */
public final class LastStepNode implements Node {
    @Override
    public List<Parameter> parameters() {
        return List.of();
    }

    @Override
    public Pass pass(Wiring wiring) {
        Signal output = wiring.vector(wiring.x().features());
        Matrix y = output.value().all();
        Mask mask = wiring.mask();
        int batch = mask.batch();
        @Nullable Matrix dx = wiring.input().gradient();
        return new Pass(output) {
            @Override
            public void forward(boolean training) {
                Matrix x = wiring.x().all();
                for (int b = 0; b < batch; b++) {
                    int t = mask.lastValid(b);
                    if (t >= 0) {
                        y.setColumn(b, x, t * batch + b);
                    } else {
                        y.fillColumn(b, 0);
                    }
                }
            }

            @Override
            public void backward() {
                Matrix dy = output.wantedGradient();
                for (int b = 0; dx != null && b < batch; b++) {
                    int t = mask.lastValid(b);
                    if (t >= 0) {
                        int column = t * batch + b;
                        dx.addColumn(column, dy, b);
                    }
                }
            }
        };
    }
}
