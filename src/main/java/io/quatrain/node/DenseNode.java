package io.quatrain.node;

import io.quatrain.tensor.Matrix;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A fully connected layer, at every step alike: y = f(W·x + b). W is [units × inputs], b [units × 1]. The same as
 * Keras's Dense and PyTorch's Linear followed by an activation; both store W, Keras its transpose.
 */
public final class DenseNode implements Node {
    private final Parameter w;
    private final @Nullable Parameter b;
    private final Activation activation;

    public DenseNode(Parameter w, @Nullable Parameter b, Activation activation) {
        this.w = w;
        this.b = b;
        this.activation = activation;
    }

    @Override
    public List<Parameter> parameters() {
        return b == null ? List.of(w) : List.of(w, b);
    }

    @Override
    public Node logits() {
        return new DenseNode(w, b, activation.logits());
    }

    @Override
    public Pass pass(Wiring wiring) {
        Signal output = wiring.signal(w.rows());
        InputProduct input = new InputProduct(w, b, wiring.input());
        Matrix y = output.value().all();
        Matrix z = activation.needsInput() ? y.another(y.rows()) : y;
        return new Pass(output) {
            @Override
            public void forward(boolean training) {
                input.forward(z);                                   // z = W·x + b
                activation.forward(z, y);                           // y = f(z)
            }

            @Override
            public void backward() {
                Matrix dz = output.wantedGradient();
                activation.backward(z, y, dz, dz);                  // undoes y = f(z)
                input.backward(dz);                                 // undoes z = W·x + b
            }
        };
    }
}
