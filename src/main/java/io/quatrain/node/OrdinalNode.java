package io.quatrain.node;

import io.quatrain.tensor.Matrix;
import java.util.List;

/**
 * Tokens as quantities: y_t = scale·id_t, one number at every step; 0 at steps that are not there. Nothing is learned and no
 * gradient goes further. Keras and PyTorch have no layer for it: there, ids are reshaped to one feature before the model.
 */
public final class OrdinalNode implements Node {
    private final double scale;

    public OrdinalNode(double scale) {
        this.scale = scale;
    }

    @Override
    public List<Parameter> parameters() {
        return List.of();
    }

    @Override
    public Pass pass(Wiring wiring) {
        Signal output = wiring.signal(1);
        Matrix y = output.value().all();
        return new Pass(output) {
            @Override
            public void forward(boolean training) {
                int[] ids = wiring.x().ids();
                if (ids == null) {
                    throw new IllegalStateException(wiring.place() + ": ordinal reads tokens");
                }
                int batch = wiring.mask().batch();
                for (int j = 0; j < ids.length; j++) {
                    y.set(0, j, wiring.mask().valid(j / batch, j % batch) ? scale * ids[j] : 0);
                }
            }

            @Override
            public void backward() {
            }
        };
    }
}
