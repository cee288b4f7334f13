package io.quatrain.node;

import io.quatrain.tensor.Matrix;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** y = x + f(x), where f is a node whose output is of its input's size (He et al. 2016). Keras and PyTorch add by hand. */
public final class ResidualNode implements Node {
    private final Node f;

    public ResidualNode(Node f) {
        this.f = f;
    }

    @Override
    public List<Parameter> parameters() {
        return f.parameters();
    }

    @Override
    public Pass pass(Wiring wiring) {
        Pass inner = f.pass(wiring);
        Signal output = wiring.signal(wiring.x().features());
        @Nullable Matrix dx = wiring.input().gradient();
        return new ChainNode.Composite(output, List.of(inner)) {
            @Override
            public void forward(boolean training) {
                inner.forward(training);
                output.value().all().set(wiring.x().all()).add(inner.output().value().all());
            }

            @Override
            public void backward() {
                Matrix dy = output.wantedGradient();
                inner.output().wantedGradient().add(dy);            // undoes y = … + f(x)
                inner.backward();
                if (dx != null) {
                    dx.add(dy);                                     // undoes y = x + …
                }
            }
        };
    }
}
