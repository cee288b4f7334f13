package io.quatrain.node;

import io.quatrain.tensor.Compute;
import io.quatrain.tensor.Matrix;
import java.util.ArrayList;
import java.util.List;

/**
 * A recurrent pass's state before its first step or after its last: parts (h; h and c; both of every layer and
 * direction), each [size × batch], and the gradient of each. An encoder's final port can be given to a decoder as its
 * initial one.
 */
public record StatePort(List<Matrix> values, List<Matrix> gradients) {
    /** Of passes without state. */
    public static final StatePort NONE = new StatePort(List.of(), List.of());

    /** New parts of zeros. */
    public static StatePort zeros(Compute compute, List<Integer> sizes, int batch) {
        List<Matrix> values = new ArrayList<>();
        List<Matrix> gradients = new ArrayList<>();
        for (int size : sizes) {
            values.add(compute.matrix(size, batch));
            gradients.add(compute.matrix(size, batch));
        }
        return new StatePort(List.copyOf(values), List.copyOf(gradients));
    }

    /** The parts of several ports, one after the other. */
    public static StatePort joined(List<StatePort> ports) {
        List<Matrix> values = new ArrayList<>();
        List<Matrix> gradients = new ArrayList<>();
        for (StatePort port : ports) {
            values.addAll(port.values);
            gradients.addAll(port.gradients);
        }
        return new StatePort(List.copyOf(values), List.copyOf(gradients));
    }

    /** Parts [from, to). */
    public StatePort parts(int from, int to) {
        return new StatePort(values.subList(from, to), gradients.subList(from, to));
    }

    public boolean isEmpty() {
        return values.isEmpty();
    }

    public void clear() {
        fill(values);
    }

    public void clearGradients() {
        fill(gradients);
    }

    private static void fill(List<Matrix> parts) {
        for (int p = 0; p < parts.size(); p++) {            // a list's iterator is an object
            parts.get(p).fill(0);
        }
    }

    /** Copies the values of a port of the same sizes. */
    public void set(StatePort other) {
        if (other.values.size() != values.size()) {
            throw new IllegalArgumentException("a state of " + values.size() + " parts cannot be set from one of "
                    + other.values.size());
        }
        for (int p = 0; p < values.size(); p++) {
            values.get(p).set(other.values.get(p));
        }
    }
}
