package io.quatrain.node;

import io.quatrain.tensor.Mask;
import io.quatrain.tensor.Matrix;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A value without time at every one of n steps: y_t = x. Keras calls it RepeatVector, PyTorch expand. */
public final class RepeatNode implements Node {
    private final int steps;

    public RepeatNode(int steps) {
        this.steps = steps;
    }

    @Override
    public List<Parameter> parameters() {
        return List.of();
    }

    @Override
    public Pass pass(Wiring wiring) {
        int batch = wiring.mask().batch();
        Signal output = Signal.of(wiring.compute(), wiring.x().features(), Mask.full(steps, batch), wiring.differentiable());
        @Nullable Matrix dx = wiring.input().gradient();
        Matrix[] dy = output.gradient() == null ? new Matrix[0] : output.wantedGradient().steps(batch);
        return new Pass(output) {
            @Override
            public void forward(boolean training) {
                for (int t = 0; t < steps; t++) {
                    output.value().at(t).set(wiring.x().all());     // y_t = x
                }
            }

            @Override
            public void backward() {
                for (int t = 0; dx != null && t < steps; t++) {
                    dx.add(dy[t]);                                  // undoes y_t = x
                }
            }
        };
    }
}
