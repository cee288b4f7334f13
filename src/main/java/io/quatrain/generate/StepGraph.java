package io.quatrain.generate;

import io.quatrain.node.Graph;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A graph cut in two along one input: what the output needs and does not depend on that input runs once (an encoder, other
 * inputs), the rest runs step by step.
 */
final class StepGraph {
    private final Graph whole;
    private final Graph.Input input;
    private final String output;
    private final List<Graph.Vertex> stepping = new ArrayList<>();
    private final Set<String> crossing = new LinkedHashSet<>();
    private final Map<String, String> states = new LinkedHashMap<>();
    private final @Nullable Graph before;

    StepGraph(Graph whole, String input, String output) {
        this.whole = whole;
        this.output = output;
        this.input = whole.inputs().stream().filter(each -> each.name().equals(input)).findFirst()
                .orElseThrow(() -> new IllegalArgumentException("no input \"" + input + "\"; there are "
                        + whole.inputs().stream().map(Graph.Input::name).toList()));
        if (!whole.outputs().contains(output)) {
            throw new IllegalArgumentException("no output \"" + output + "\"; there are " + whole.outputs());
        }
        Set<String> dependent = dependent();
        Set<String> needed = needed();
        if (!dependent.contains(output)) {
            throw new IllegalArgumentException("output \"" + output + "\" does not depend on input \"" + input + "\"");
        }
        List<Graph.Vertex> once = new ArrayList<>();
        for (Graph.Vertex vertex : whole.vertices()) {
            if (!needed.contains(vertex.name())) {
                continue;
            }
            if (!dependent.contains(vertex.name())) {
                once.add(vertex);
                continue;
            }
            vertex.inputs().stream().filter(name -> !dependent.contains(name)).forEach(crossing::add);
            String state = vertex.state();
            if (state != null && dependent.contains(state)) {
                throw new IllegalArgumentException("layer \"" + vertex.name() + "\" starts from the final state of \"" + state
                        + "\", which reads the same input: this model cannot run step by step");
            }
            if (state != null) {
                states.put(vertex.name(), state);
            }
            stepping.add(new Graph.Vertex(vertex.name(), vertex.node(), vertex.inputs(), null));
        }
        before = crossing.isEmpty() && states.isEmpty() ? null : before(once);
    }

    private Set<String> dependent() {
        Set<String> dependent = new HashSet<>(Set.of(input.name()));
        for (Graph.Vertex vertex : whole.vertices()) {
            String state = vertex.state();
            if (vertex.inputs().stream().anyMatch(dependent::contains) || state != null && dependent.contains(state)) {
                dependent.add(vertex.name());
            }
        }
        return dependent;
    }

    private Set<String> needed() {
        Set<String> needed = new HashSet<>(Set.of(output));
        for (int i = whole.vertices().size() - 1; i >= 0; i--) {
            Graph.Vertex vertex = whole.vertices().get(i);
            if (needed.contains(vertex.name())) {
                needed.addAll(vertex.inputs());
                String state = vertex.state();
                if (state != null) {
                    needed.add(state);
                }
            }
        }
        return needed;
    }

    private Graph before(List<Graph.Vertex> vertices) {
        Set<String> read = new HashSet<>(crossing);
        vertices.forEach(vertex -> read.addAll(vertex.inputs()));
        List<Graph.Input> inputs = whole.inputs().stream().filter(each -> read.contains(each.name())).toList();
        return new Graph(whole.compute(), inputs, vertices, List.of());
    }

    Graph.Input input() {
        return input;
    }

    String output() {
        return output;
    }

    Graph whole() {
        return whole;
    }

    /** What runs once; null where there is nothing. */
    @Nullable Graph before() {
        return before;
    }

    /** Names of the inputs that must be given before the first step. */
    List<String> given() {
        return before == null ? List.of() : before.inputs().stream().map(Graph.Input::name).toList();
    }

    /** Values of {@link #before()} that the steps read. */
    Set<String> crossing() {
        return crossing;
    }

    /** For layers that start from a state of {@link #before()}: whose. */
    Map<String, String> states() {
        return states;
    }

    /** The steps, with the values that cross as inputs. */
    Graph steps(List<Graph.Input> crossing) {
        List<Graph.Input> inputs = new ArrayList<>(List.of(input));
        inputs.addAll(crossing);
        return new Graph(whole.compute(), inputs, stepping, List.of(output));
    }
}
