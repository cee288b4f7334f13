package io.quatrain.node;

import io.quatrain.tensor.Matrix;

/**
 * One node at work on a fixed number of steps and examples: it holds the activations, so it is the tape.
 *
 * <p>Passes are wired once: {@link #forward} reads the input signals' values and writes {@link #output()};
 * {@link #backward} reads the gradient of the output (and of the final state) and <em>adds</em> to the gradients of the
 * inputs, of the initial state and of the parameters. A backward pass belongs to the forward pass before it and may
 * reuse its buffers, so it runs at most once.
 */
public abstract class Pass {
    private final Signal output;
    private final StatePort initialState;
    private final StatePort finalState;

    /** A pass without state. */
    protected Pass(Signal output) {
        this(output, StatePort.NONE, StatePort.NONE);
    }

    protected Pass(Signal output, StatePort initialState, StatePort finalState) {
        this.output = output;
        this.initialState = initialState;
        this.finalState = finalState;
    }

    public final Signal output() {
        return output;
    }

    /** Where the state before the first step is read; zero unless somebody sets it. Empty for nodes without state. */
    public final StatePort initialState() {
        return initialState;
    }

    /** Where the state after the last step stands. Same parts as {@link #initialState()}. */
    public final StatePort finalState() {
        return finalState;
    }

    /** @param training whether dropout and its like are at work */
    public abstract void forward(boolean training);

    public abstract void backward();

    /** Sets the gradients that others add to, of the output and of the final state, to zero. */
    public void clearGradients() {
        Matrix gradient = output.gradient();
        if (gradient != null) {
            gradient.clear(output.value().batch());
        }
        finalState.clearGradients();
    }
}
