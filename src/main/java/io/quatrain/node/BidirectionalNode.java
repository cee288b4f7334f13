package io.quatrain.node;

import io.quatrain.tensor.Matrix;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Two recurrent nodes over the same input, one reading it forwards and one backwards, merged (Schuster and Paliwal
 * 1997):
 * <pre>
 *   y = merge(forwards(x), backwards(x))
 * </pre>
 * The state's parts are the forward direction's, then the backward one's, as in PyTorch's h_n, which always concatenates. Keras's
 * Bidirectional has the same merges (ave, mul) and None, which is {@code both} here; at padding it repeats the output before, which
 * is {@code carried} here, and zero otherwise.
 */
public final class BidirectionalNode implements Node {
    private final Node forwards;
    private final Node backwards;
    private final Merge merge;

    public BidirectionalNode(Node forwards, Node backwards, Merge merge) {
        this.forwards = forwards;
        this.backwards = backwards;
        this.merge = merge;
    }

    @Override
    public List<Parameter> parameters() {
        return Stream.concat(forwards.parameters().stream(), backwards.parameters().stream()).distinct().toList();
    }

    @Override
    public Pass pass(Wiring wiring) {
        @Nullable StatePort given = wiring.initialState();
        int half = given == null ? 0 : given.values().size() / 2;
        Pass ahead = forwards.pass(wiring.part("forwards", wiring.inputs(), given == null ? null : given.parts(0, half)));
        Pass back = backwards.pass(wiring.part("backwards", wiring.inputs(),
                given == null ? null : given.parts(half, 2 * half)));
        List<Signal> both = List.of(ahead.output(), back.output());
        int features = merge.features(both);
        boolean sequence = ahead.output().value().steps() == wiring.x().steps()
                && ahead.output().value().mask() == wiring.mask();
        Signal output = sequence ? wiring.signal(features) : wiring.vector(features);
        Matrix y = output.value().all();
        boolean needsScratch = wiring.differentiable() && merge == Merge.PRODUCT;
        Matrix scratch = needsScratch ? y.another(y.rows()) : y;
        return new ChainNode.Composite(output, List.of(ahead, back)) {
            @Override
            public void forward(boolean training) {
                ahead.forward(training);
                back.forward(training);
                merge.forward(both, y);
            }

            @Override
            public void backward() {
                merge.backward(both, output.wantedGradient(), scratch);
                back.backward();
                ahead.backward();
            }
        };
    }
}
