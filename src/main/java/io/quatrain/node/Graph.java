package io.quatrain.node;

import io.quatrain.tensor.Compute;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Nodes wired by name, in topological order: every input of a vertex is an input of the graph or a vertex before it.
 * Two vertices may share one node, and so its weights.
 */
public final class Graph {
    /**
     * What a person gives.
     *
     * @param size     the vocabulary of tokens, or the number of features
     * @param sequence false: one step, always
     */
    public record Input(String name, int size, boolean tokens, boolean sequence) {
    }

    /**
     * A node at its place.
     *
     * @param inputs names of graph inputs or earlier vertices
     * @param state  the vertex whose final state this one starts from, or null
     */
    public record Vertex(String name, Node node, List<String> inputs, @Nullable String state) {
    }

    private final Compute compute;
    private final List<Input> inputs;
    private final List<Vertex> vertices;
    private final List<String> outputs;

    public Graph(Compute compute, List<Input> inputs, List<Vertex> vertices, List<String> outputs) {
        this.compute = compute;
        this.inputs = List.copyOf(inputs);
        this.vertices = List.copyOf(vertices);
        this.outputs = List.copyOf(outputs);
    }

    public Compute compute() {
        return compute;
    }

    public List<Input> inputs() {
        return inputs;
    }

    public List<Vertex> vertices() {
        return vertices;
    }

    public List<String> outputs() {
        return outputs;
    }

    /** Every parameter once, in the order of the vertices. */
    public List<Parameter> parameters() {
        Set<Parameter> all = new LinkedHashSet<>();
        for (Vertex vertex : vertices) {
            all.addAll(vertex.node().parameters());
        }
        return List.copyOf(all);
    }

    /**
     * This graph, with the same weights, where {@code output} gives logits if its layer ends in softmax: who chooses from probabilities
     * reckons with their logarithms, and so a model that ends in softmax is read as one that leaves it to the loss. An output that other
     * layers read as well stays what it is.
     */
    public Graph withLogits(String output) {
        if (vertices.stream().anyMatch(vertex -> vertex.inputs().contains(output))) {
            return this;
        }
        List<Vertex> changed = vertices.stream().map(vertex -> vertex.name().equals(output)
                ? new Vertex(output, vertex.node().logits(), vertex.inputs(), vertex.state()) : vertex).toList();
        return new Graph(compute, inputs, changed, outputs);
    }

    /** A pass over the whole graph. */
    public GraphPass pass(PassSize size) {
        return new GraphPass(this, size);
    }
}
