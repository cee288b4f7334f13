package io.quatrain.node;

import java.util.List;

/**
 * Tokens as one-hot columns. Nothing is computed: a {@code Sequence} of tokens is one, and products gather; Keras's and PyTorch's
 * one_hot make a matrix.
 */
public final class OneHotNode implements Node {
    @Override
    public List<Parameter> parameters() {
        return List.of();
    }

    @Override
    public Pass pass(Wiring wiring) {
        return new Pass(wiring.input()) {
            @Override
            public void forward(boolean training) {
            }

            @Override
            public void backward() {
            }

            @Override
            public void clearGradients() {
            }
        };
    }
}
