package io.quatrain.node;

import io.quatrain.tensor.Matrix;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * y = f(x), elementwise. Keras's Activation, PyTorch's modules of the functions' names; {@link Activations} says where their numbers
 * differ.
 */
public final class ActivationNode implements Node {
    private final Activation activation;

    public ActivationNode(Activation activation) {
        this.activation = activation;
    }

    @Override
    public List<Parameter> parameters() {
        return List.of();
    }

    @Override
    public Node logits() {
        return new ActivationNode(activation.logits());
    }

    @Override
    public Pass pass(Wiring wiring) {
        Signal output = wiring.signal(wiring.x().features());
        Matrix y = output.value().all();
        @Nullable Matrix dx = wiring.input().gradient();
        return new Pass(output) {
            @Override
            public void forward(boolean training) {
                activation.forward(wiring.x().all(), y);
            }

            @Override
            public void backward() {
                Matrix dz = output.wantedGradient();
                activation.backward(wiring.x().all(), y, dz, dz);
                if (dx != null) {
                    dx.add(dz);
                }
            }
        };
    }
}
