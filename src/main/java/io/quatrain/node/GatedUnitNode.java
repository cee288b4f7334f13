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
        Matrix xa = wiring.x().all().rows(0, half);
        Matrix xb = wiring.x().all().rows(half, 2 * half);
        @Nullable Matrix dx = wiring.input().gradient();
        @Nullable Matrix dxa = dx == null ? null : dx.rows(0, half);
        @Nullable Matrix dxb = dx == null ? null : dx.rows(half, 2 * half);
        return new Pass(output) {
            @Override
            public void forward(boolean training) {
                b.set(xb);
                f.forward(b, gate);                 // f(b)
                y.set(xa).multiply(gate);           // y = a∘f(b)
            }

            @Override
            public void backward() {
                if (dxa == null || dxb == null) {
                    return;
                }
                Matrix dy = output.wantedGradient();
                dxa.add(da.set(dy).multiply(gate)); // undoes y = a∘f(b)
                dy.multiply(xa);
                f.backward(b, gate, dy, dy);        // undoes f(b)
                dxb.add(dy);
            }
        };
    }
}
