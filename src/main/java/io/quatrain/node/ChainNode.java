package io.quatrain.node;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Nodes one after the other as one node: the layers of a stack. Their states are joined in order. */
public final class ChainNode implements Node {
    private final List<Node> links;
    private final List<Integer> stateParts;

    /** @param stateParts how many state parts each link has */
    public ChainNode(List<? extends Node> links, List<Integer> stateParts) {
        this.links = List.copyOf(links);
        this.stateParts = List.copyOf(stateParts);
    }

    @Override
    public List<Parameter> parameters() {
        return links.stream().flatMap(link -> link.parameters().stream()).distinct().toList();
    }

    @Override
    public Pass pass(Wiring wiring) {
        List<Pass> passes = new ArrayList<>();
        Signal signal = wiring.input();
        int part = 0;
        for (int i = 0; i < links.size(); i++) {
            @Nullable StatePort given = wiring.initialState();
            @Nullable StatePort state = given == null || stateParts.get(i) == 0 ? null
                    : given.parts(part, part + stateParts.get(i));
            part += stateParts.get(i);
            Pass pass = links.get(i).pass(wiring.part(Integer.toString(i), List.of(signal), state));
            passes.add(pass);
            signal = pass.output();
        }
        Pass[] order = passes.toArray(Pass[]::new);
        return new Composite(signal, passes) {
            @Override
            public void forward(boolean training) {
                for (Pass pass : order) {
                    pass.forward(training);
                }
            }

            @Override
            public void backward() {
                for (int i = order.length - 1; i >= 0; i--) {
                    order[i].backward();
                }
            }
        };
    }

    /** A pass made of passes. */
    abstract static class Composite extends Pass {
        private final Pass[] parts;

        Composite(Signal output, List<Pass> parts) {
            super(output, StatePort.joined(parts.stream().map(Pass::initialState).toList()),
                    StatePort.joined(parts.stream().map(Pass::finalState).toList()));
            this.parts = parts.toArray(Pass[]::new);
        }

        @Override
        public void clearGradients() {
            super.clearGradients();
            for (Pass part : parts) {
                part.clearGradients();
            }
        }
    }
}
