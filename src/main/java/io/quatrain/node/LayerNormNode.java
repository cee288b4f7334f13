package io.quatrain.node;

import io.quatrain.tensor.Matrix;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Layer normalisation (Ba, Kiros and Hinton 2016), over the features of one example at one step:
 * <pre>
 *   y = g∘(x − mean x) / √(var x + ε) + b
 * </pre>
 * g and b are [features × 1]; the variance divides by the number of features. PyTorch's ε is 1e-5, as here; Keras's is 1e-3.
 */
public final class LayerNormNode implements Node {
    private final Parameter g;
    private final @Nullable Parameter b;
    private final double epsilon;

    public LayerNormNode(Parameter g, @Nullable Parameter b, double epsilon) {
        this.g = g;
        this.b = b;
        this.epsilon = epsilon;
    }

    @Override
    public List<Parameter> parameters() {
        return b == null ? List.of(g) : List.of(g, b);
    }

    @Override
    public Pass pass(Wiring wiring) {
        Signal output = wiring.signal(g.rows());
        Matrix y = output.value().all();
        Normalization norm = new Normalization(g, epsilon, wiring);
        @Nullable Matrix dx = wiring.input().gradient();
        return new Pass(output) {
            @Override
            public void forward(boolean training) {
                norm.forward(wiring.x().all(), y);                  // y = g∘norm(x)
                if (b != null) {
                    y.addToEachColumn(b.value());                   // y += b
                }
            }

            @Override
            public void backward() {
                Matrix dy = output.wantedGradient();
                if (b != null && b.trainable()) {
                    b.gradient().addColumnSums(dy, wiring.x().batch());                 // undoes y += b
                }
                norm.addGainGradient(dy);
                if (dx != null) {
                    norm.backward(dy);                              // undoes y = g∘norm(x)
                    dx.add(dy);
                }
            }
        };
    }
}
