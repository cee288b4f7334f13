package io.quatrain.node;

import io.quatrain.tensor.Matrix;
import java.util.List;

/**
 * A learned vector for every token: y_t = column id_t of E, which is [size × vocabulary]. PyTorch and Keras store Eᵀ; in
 * memory the two are the same.
 */
public final class EmbeddingNode implements Node {
    private final Parameter e;

    public EmbeddingNode(Parameter e) {
        this.e = e;
    }

    @Override
    public List<Parameter> parameters() {
        return List.of(e);
    }

    @Override
    public Pass pass(Wiring wiring) {
        Signal output = wiring.signal(e.rows());
        InputProduct lookup = new InputProduct(e, null, wiring.input());
        Matrix y = output.value().all();
        return new Pass(output) {
            @Override
            public void forward(boolean training) {
                lookup.forward(y);                                  // y_t = E·onehot(id_t)
            }

            @Override
            public void backward() {
                lookup.backward(output.wantedGradient());
            }
        };
    }
}
