package io.quatrain.node;

import io.quatrain.tensor.Matrix;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Some of the features: y = rows [from, to) of x; x[..., from:to] in Keras and PyTorch. */
public final class SliceNode implements Node {
    private final int from;
    private final int to;

    public SliceNode(int from, int to) {
        this.from = from;
        this.to = to;
    }

    @Override
    public List<Parameter> parameters() {
        return List.of();
    }

    @Override
    public Pass pass(Wiring wiring) {
        Signal output = wiring.signal(to - from);
        Matrix part = wiring.x().all().rows(from, to);
        @Nullable Matrix dx = wiring.input().gradient();
        @Nullable Matrix dPart = dx == null ? null : dx.rows(from, to);
        return new Pass(output) {
            @Override
            public void forward(boolean training) {
                output.value().all().set(part);
            }

            @Override
            public void backward() {
                if (dPart != null) {
                    dPart.add(output.wantedGradient());
                }
            }
        };
    }
}
