package io.quatrain.node;

import io.quatrain.tensor.Matrix;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A rectifier with a learned slope below 0 (He et al. 2015):
 * <pre>
 *   y = max(0, x) + a∘min(0, x)
 * </pre>
 * a is [features × 1], or [1 × 1] for all features alike. PyTorch's PReLU has one a for all, 0.25 at first; Keras's one for every
 * feature at every step, 0 at first, or with shared_axes = [1] one for every feature, as here.
 */
public final class PReluNode implements Node {
    private final Parameter a;

    public PReluNode(Parameter a) {
        this.a = a;
    }

    @Override
    public List<Parameter> parameters() {
        return List.of(a);
    }

    @Override
    public Pass pass(Wiring wiring) {
        Signal output = wiring.signal(wiring.x().features());
        Matrix y = output.value().all();
        Matrix negative = y.another(y.rows());
        Matrix slopes = wiring.compute().matrix(y.rows(), 1);
        Matrix dSlopes = wiring.compute().matrix(y.rows(), 1);
        @Nullable Matrix dx = wiring.input().gradient();
        return new Pass(output) {
            private Matrix slopes() {
                return a.rows() == y.rows() ? a.value() : slopes.fill(a.value().get(0, 0));
            }

            @Override
            public void forward(boolean training) {
                y.setRelu(wiring.x().all());                        // max(0, x)
                negative.set(wiring.x().all()).addScaled(-1, y);    // min(0, x)
                y.addMultipliedByColumn(slopes(), negative);        // y = max(0, x) + a∘min(0, x)
            }

            @Override
            public void backward() {
                Matrix dy = output.wantedGradient();
                if (a.trainable()) {
                    dSlopes.fill(0).addMultipliedColumnSums(0, dy, negative);
                    if (a.rows() == y.rows()) {
                        a.gradient().add(dSlopes);                  // undoes a∘min(0, x)
                    } else {
                        double sum = 0;
                        for (int r = 0; r < dSlopes.rows(); r++) {
                            sum += dSlopes.get(r, 0);
                        }
                        a.gradient().set(0, 0, a.gradient().get(0, 0) + sum);
                    }
                }
                if (dx != null) {
                    // in place: where x is negative the slope is a, elsewhere 1
                    negative.setReluGradient(wiring.x().all(), dy);
                    dx.add(negative);                               // undoes max(0, x)
                    dx.addMultipliedByColumn(slopes(), negative.scale(-1).add(dy));
                }
            }
        };
    }
}
