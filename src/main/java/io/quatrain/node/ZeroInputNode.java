package io.quatrain.node;

import java.util.List;

/** Zeros at every step of what it reads, whatever that is: what follows sees how many steps there are and nothing else. */
public final class ZeroInputNode implements Node {
    private final int features;

    public ZeroInputNode(int features) {
        this.features = features;
    }

    @Override
    public List<Parameter> parameters() {
        return List.of();
    }

    @Override
    public Pass pass(Wiring wiring) {
        return new Pass(wiring.signal(features)) {
            @Override
            public void forward(boolean training) {
            }

            @Override
            public void backward() {
            }
        };
    }
}
