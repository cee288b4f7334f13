package io.quatrain.node;

import io.quatrain.tensor.Compute;
import io.quatrain.tensor.Mask;
import io.quatrain.tensor.Matrix;
import io.quatrain.tensor.Sequence;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A graph at work on a fixed number of steps and examples. Used by one thread at a time; several passes may share one
 * graph.
 *
 * <p>To train: set the inputs, {@link #forward forward(true)}, {@link #clearGradients()}, let the loss write the outputs'
 * gradients, {@link #backward()}.
 */
public final class GraphPass {
    private final Graph graph;
    private final PassSize size;
    private final Noise noise = new Noise();
    private final Map<String, Signal> inputs = new LinkedHashMap<>();
    private final Map<String, Pass> passes = new LinkedHashMap<>();
    private final Map<String, Pass> freeState = new LinkedHashMap<>();
    private final Pass[] order;
    private final Pass[] free;
    private final Matrix[] inputGradients;

    GraphPass(Graph graph, PassSize size) {
        this.graph = graph;
        this.size = size;
        Compute compute = graph.compute();
        for (Graph.Input input : graph.inputs()) {
            int steps = size.steps(input);
            Mask mask = size.variableLengths() && input.sequence() ? Mask.variable(steps, size.batch())
                    : Mask.full(steps, size.batch());
            Signal signal = input.tokens()
                    ? new Signal(Sequence.ofTokens(compute, input.size(), mask), null)
                    : Signal.of(compute, input.size(), mask, size.inputGradients());
            inputs.put(input.name(), signal);
        }
        for (Graph.Vertex vertex : graph.vertices()) {
            List<Signal> given = vertex.inputs().stream().map(this::signal).toList();
            @Nullable String source = vertex.state();
            @Nullable StatePort state = source == null ? null : pass(source).finalState();
            Pass pass = vertex.node().pass(new Wiring(compute, vertex.name(), given, state, size.differentiable(), noise));
            passes.put(vertex.name(), pass);
            if (source == null && !pass.initialState().isEmpty()) {
                freeState.put(vertex.name(), pass);
            }
        }
        order = passes.values().toArray(Pass[]::new);
        free = freeState.values().toArray(Pass[]::new);
        inputGradients = inputs.values().stream().map(Signal::gradient).filter(Objects::nonNull).toArray(Matrix[]::new);
    }

    public PassSize size() {
        return size;
    }

    public Graph graph() {
        return graph;
    }

    public Noise noise() {
        return noise;
    }

    /** What an input reads: set its ids or numbers, and its lengths. */
    public Sequence input(String name) {
        return inputSignal(name).value();
    }

    /** The only input. */
    public Sequence input() {
        if (graph.inputs().size() != 1) {
            throw severalOf(inputs.keySet(), "inputs");
        }
        return input(graph.inputs().get(0).name());
    }

    public Signal inputSignal(String name) {
        Signal signal = inputs.get(name);
        if (signal == null) {
            throw new IllegalArgumentException("no input \"" + name + "\"; there are " + inputs.keySet());
        }
        return signal;
    }

    /** The value and gradient of an input or of a vertex. */
    public Signal signal(String name) {
        Signal signal = inputs.get(name);
        return signal != null ? signal : pass(name).output();
    }

    /** The only output. */
    public Signal output() {
        if (graph.outputs().size() != 1) {
            throw severalOf(graph.outputs(), "outputs");
        }
        return signal(graph.outputs().get(0));
    }

    private static IllegalStateException severalOf(Collection<String> names, String what) {
        return new IllegalStateException("this graph has " + names.size() + " " + what + ", " + names + "; name one");
    }

    public Pass pass(String vertex) {
        Pass pass = passes.get(vertex);
        if (pass == null) {
            throw new IllegalArgumentException("no node \"" + vertex + "\"; there are " + passes.keySet());
        }
        return pass;
    }

    public void forward(boolean training) {
        for (Pass pass : order) {
            pass.forward(training);
        }
    }

    /** Sets the gradients of every signal to zero; the parameters' gradients are the caller's. */
    public void clearGradients() {
        for (Matrix gradient : inputGradients) {
            gradient.fill(0);
        }
        for (Pass pass : order) {
            pass.clearGradients();
        }
        for (Pass pass : free) {
            pass.initialState().clearGradients();
        }
    }

    public void backward() {
        for (int i = order.length - 1; i >= 0; i--) {
            order[i].backward();
        }
    }

    // State

    /** The passes whose initial state the caller may set, by vertex. */
    public Map<String, Pass> recurrent() {
        return freeState;
    }

    /** The next run starts where this one ended. */
    public void carryState() {
        carryState(this);
    }

    /** The next run starts where the last one of another pass over the same graph ended, which may be of other steps. */
    public void carryState(GraphPass before) {
        for (int i = 0; i < free.length; i++) {
            free[i].initialState().set(before.free[i].finalState());
        }
    }

    /** The next run starts from zero. */
    public void clearState() {
        for (Pass pass : free) {
            pass.initialState().clear();
        }
    }

    /** The next run of one example starts from zero. */
    public void clearState(int example) {
        for (Pass pass : free) {
            List<Matrix> parts = pass.initialState().values();
            for (int p = 0; p < parts.size(); p++) {
                parts.get(p).fillColumn(example, 0);
            }
        }
    }

    /** The state after the last step of the last run. */
    public State finalState() {
        return copy(Pass::finalState);
    }

    /** The state that the next run starts from. */
    public State initialState() {
        return copy(Pass::initialState);
    }

    private State copy(java.util.function.Function<Pass, StatePort> port) {
        Map<String, List<double[]>> parts = new LinkedHashMap<>();
        freeState.forEach((name, pass) ->
                parts.put(name, port.apply(pass).values().stream().map(Matrix::toDoubles).toList()));
        return new State(size.batch(), parts);
    }

    /** The next run starts from a state that a pass of as many examples gave. */
    public void startFrom(State state) {
        if (state.batch() != size.batch() || !state.parts().keySet().equals(freeState.keySet())) {
            throw new IllegalArgumentException("a state of " + state.batch() + " examples for " + state.parts().keySet()
                    + " does not fit a pass of " + size.batch() + " examples with " + freeState.keySet());
        }
        freeState.forEach((name, pass) -> {
            List<double[]> parts = state.parts().get(name);
            List<Matrix> values = pass.initialState().values();
            for (int p = 0; p < values.size(); p++) {
                values.get(p).setFrom(parts.get(p));
            }
        });
    }
}
