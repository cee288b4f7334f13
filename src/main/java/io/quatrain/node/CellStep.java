package io.quatrain.node;

import io.quatrain.tensor.Compute;
import io.quatrain.tensor.Mask;
import io.quatrain.tensor.Matrix;
import java.util.List;

/**
 * A recurrent layer one step at a time: {@code step(x, state)} gives the output and the next state, and remembers nothing.
 * What it gives is the caller's to keep. Forward only, without dropout. PyTorch's LSTMCell and its kin, Keras's LSTMCell.
 */
public final class CellStep {
    private final Signal input;
    private final Pass pass;
    private final List<Parameter> parameters;

    /**
     * @param node     any recurrent layer, or several on each other
     * @param features of x
     * @param batch    examples side by side
     */
    public CellStep(Node node, Compute compute, int features, int batch) {
        this.parameters = node.parameters();
        this.input = Signal.of(compute, features, Mask.full(1, batch), false);
        this.pass = node.pass(new Wiring(compute, "step", List.of(input), null, false, new Noise()));
    }

    /** The weights that it computes with. */
    public List<Parameter> parameters() {
        return parameters;
    }

    /**
     * What a step gives.
     *
     * @param output [outputs × batch]
     * @param state  the state after it, in as many parts as it had
     */
    public record Result(Matrix output, List<Matrix> state) {
    }

    /** A state to begin with: zero. */
    public List<Matrix> start() {
        return pass.initialState().values().stream().map(part -> part.compute().matrix(part.rows(), part.columns())).toList();
    }

    /**
     * @param x     [features × batch]
     * @param state as many parts as {@link #start()} has, of the same sizes
     */
    public Result step(Matrix x, List<Matrix> state) {
        List<Matrix> parts = pass.initialState().values();
        if (state.size() != parts.size()) {
            throw new IllegalArgumentException("needs a state of " + parts.size() + " parts, given " + state.size());
        }
        input.value().all().set(x);
        for (int p = 0; p < parts.size(); p++) {
            parts.get(p).set(state.get(p));
        }
        pass.forward(false);
        return new Result(copy(pass.output().value().all()), pass.finalState().values().stream().map(CellStep::copy).toList());
    }

    private static Matrix copy(Matrix x) {
        return x.compute().matrix(x.rows(), x.columns()).set(x);
    }
}
