package io.quatrain.node;

import io.quatrain.tensor.Matrix;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A dense layer whose weights are an embedding's, turned round (Press and Wolf 2017; Inan et al. 2017): y = f(Eᵀ·x + b), where
 * E is [size × vocabulary]. What the two layers learn adds up in E.
 * In PyTorch one says decoder.weight = encoder.weight; Keras has no word for it.
 */
public final class TiedDenseNode implements Node {
    private final Parameter e;
    private final @Nullable Parameter b;
    private final Activation activation;

    public TiedDenseNode(Parameter e, @Nullable Parameter b, Activation activation) {
        this.e = e;
        this.b = b;
        this.activation = activation;
    }

    @Override
    public List<Parameter> parameters() {
        return b == null ? List.of(e) : List.of(e, b);
    }

    @Override
    public Node logits() {
        return new TiedDenseNode(e, b, activation.logits());
    }

    @Override
    public Pass pass(Wiring wiring) {
        Signal output = wiring.signal(e.columns());
        Matrix y = output.value().all();
        Matrix z = activation.needsInput() ? y.another(y.rows()) : y;
        @Nullable Matrix dx = wiring.input().gradient();
        return new Pass(output) {
            @Override
            public void forward(boolean training) {
                if (b != null) {
                    z.setEachColumn(b.value());
                } else {
                    z.fill(0);
                }
                z.addProduct(e.packedTransposed(), wiring.x().all());   // z = Eᵀ·x + b
                activation.forward(z, y);                               // y = f(z)
            }

            @Override
            public void backward() {
                Matrix dz = output.wantedGradient();
                activation.backward(z, y, dz, dz);                      // undoes y = f(z)
                if (b != null && b.trainable()) {
                    b.gradient().addColumnSums(dz, wiring.x().batch());
                }
                if (e.trainable()) {
                    e.addToGradient(wiring.x().all(), dz, wiring.x().batch());
                }
                if (dx != null) {
                    dx.addProduct(e.packed(), dz);                      // undoes z = Eᵀ·x + b
                }
            }
        };
    }
}
