package io.quatrain.node;

import io.quatrain.tensor.Matrix;
import org.jspecify.annotations.Nullable;

/** The part of the gates that does not wait for the step before: Z = gx∘norm(Wx·X) + b, every step at once. */
final class InputSide {
    private final InputProduct product;
    private final @Nullable Parameter b;
    private final @Nullable Normalization norm;
    private final int batch;

    InputSide(CellWeights weights, Wiring wiring) {
        Parameter gain = weights.gx();
        b = weights.b();
        product = new InputProduct(weights.wx(), gain == null ? b : null, wiring.input());
        norm = gain == null ? null : new Normalization(gain, wiring);
        batch = wiring.x().batch();
    }

    void forward(Matrix z) {
        product.forward(z);                             // Z = Wx·X + b
        if (norm != null) {
            norm.forward(z, z);                         // Z = gx∘norm(Wx·X)
            if (b != null) {
                z.addToEachColumn(b.value());
            }
        }
    }

    void backward(Matrix dz) {
        if (norm != null) {
            if (b != null && b.trainable()) {
                b.gradient().addColumnSums(dz, batch);
            }
            norm.addGainGradient(dz);
            norm.backward(dz);                          // undoes Z = gx∘norm(Wx·X)
        }
        product.backward(dz);                           // undoes Z = Wx·X + b
    }
}
