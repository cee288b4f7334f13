package io.quatrain.node;

import io.quatrain.tensor.Matrix;
import java.util.List;

/** Several inputs of the same steps as one; see {@link Merge}. Keras's Concatenate, Add, Average, Multiply; PyTorch has functions. */
public final class MergeNode implements Node {
    private final Merge merge;

    public MergeNode(Merge merge) {
        this.merge = merge;
    }

    @Override
    public List<Parameter> parameters() {
        return List.of();
    }

    @Override
    public Pass pass(Wiring wiring) {
        for (Signal input : wiring.inputs()) {
            if (input.value().steps() != wiring.x().steps()) {
                throw new IllegalArgumentException(wiring.place() + ": cannot merge " + wiring.x().steps()
                        + " steps with " + input.value().steps());
            }
        }
        Signal output = wiring.signal(merge.features(wiring.inputs()));
        Matrix y = output.value().all();
        boolean needsScratch = wiring.differentiable() && merge == Merge.PRODUCT;
        Matrix scratch = needsScratch ? y.another(y.rows()) : y;
        return new Pass(output) {
            @Override
            public void forward(boolean training) {
                merge.forward(wiring.inputs(), y);
            }

            @Override
            public void backward() {
                merge.backward(wiring.inputs(), output.wantedGradient(), scratch);
            }
        };
    }
}
