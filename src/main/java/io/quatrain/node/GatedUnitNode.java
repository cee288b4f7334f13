package io.quatrain.node;

import io.quatrain.tensor.Matrix;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Gated linear unit (Dauphin et al. 2017): one half of the features lets the other through.
 * <pre>
 *   [a; b] = x        y = a∘f(b)
 * </pre>
 * f is σ, as in PyTorch's GLU; other functions give the variants of Shazeer (2020): relu ReGLU, gelu GEGLU, silu SwiGLU.
 * Keras has none.
 */
public final class GatedUnitNode implements Node {
    private final Activation f;

    public GatedUnitNode(Activation f) {
        this.f = f;
    }

    @Override
    public List<Parameter> parameters() {
        return List.of();
    }

    @Override
    public Pass pass(Wiring wiring) {
        int half = wiring.x().features() / 2;
        Signal output = wiring.signal(half);
        Matrix y = output.value().all();
        Matrix b = y.another(half);
        Matrix gate = y.another(half);
        Matrix da = y.another(half);
        @Nullable Matrix dx = wiring.input().gradient();
        return new Pass(output) {
            @Override
            public void forward(boolean training) {
                Matrix x = wiring.x().all();
                b.set(x.rows(half, 2 * half));
                f.forward(b, gate);                                 // f(b)
                y.set(x.rows(0, half)).multiply(gate);              // y = a∘f(b)
            }

            @Override
            public void backward() {
                if (dx == null) {
                    return;
                }
                Matrix dy = output.wantedGradient();
                dx.rows(0, half).add(da.set(dy).multiply(gate));    // undoes y = a∘f(b)
                dy.multiply(wiring.x().all().rows(0, half));
                f.backward(b, gate, dy, dy);                        // undoes f(b)
                dx.rows(half, 2 * half).add(dy);
            }
        };
    }
}
