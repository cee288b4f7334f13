package io.quatrain.node;

import io.quatrain.tensor.Compute;
import io.quatrain.tensor.Mask;
import io.quatrain.tensor.Matrix;
import io.quatrain.tensor.Sequence;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a node is given to make a pass.
 *
 * @param place          the node's name in the graph, for messages and for its randomness
 * @param inputs         the signals it reads
 * @param initialState   a state to start from that another pass writes, or null: then the pass makes its own port
 * @param differentiable whether {@code backward} will be called
 * @param noise          the randomness of the current step
 */
public record Wiring(Compute compute, String place, List<Signal> inputs, @Nullable StatePort initialState,
                     boolean differentiable, Noise noise) {
    public Signal input() {
        return inputs.get(0);
    }

    public Sequence x() {
        return input().value();
    }

    public Mask mask() {
        return x().mask();
    }

    /** The same, for a part of the node. */
    public Wiring part(String name, List<Signal> inputs, @Nullable StatePort initialState) {
        return new Wiring(compute, place + "." + name, inputs, initialState, differentiable, noise);
    }

    /** A new signal of the input's steps and examples. */
    public Signal signal(int features) {
        return Signal.of(compute, features, mask(), differentiable);
    }

    /** A new signal of one step: a value without time. */
    public Signal vector(int features) {
        return Signal.of(compute, features, Mask.full(1, mask().batch()), differentiable);
    }

    /** A new matrix of zeros over the input's steps: [rows × steps·batch]. */
    public Matrix overSteps(int rows) {
        return compute.matrix(rows, x().steps(), x().batch());
    }

    /** The given initial state, or a new one of zeros. */
    public StatePort stateOf(List<Integer> sizes) {
        if (initialState == null) {
            return StatePort.zeros(compute, sizes, mask().batch());
        }
        List<Integer> given = initialState.values().stream().map(value -> value.rows()).toList();
        if (!given.equals(sizes)) {
            throw new IllegalArgumentException(place + ": needs a state of sizes " + sizes + ", given " + given
                    + "; use the same units, layers and directions on both sides");
        }
        return initialState;
    }
}
