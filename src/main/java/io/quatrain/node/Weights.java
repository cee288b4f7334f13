package io.quatrain.node;

import io.quatrain.tensor.Compute;
import io.quatrain.tensor.Matrix;
import io.quatrain.tensor.Precision;
import io.quatrain.tensor.Randomness;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/**
 * Makes a model's parameters, each under its path. Every parameter draws its first values from a random stream of its
 * own, named by the path: adding a layer does not change the others' beginnings.
 */
public final class Weights {
    private final Compute compute;
    private final long seed;
    private final String path;
    private final Map<String, Parameter> parameters;
    private final Begin begin;

    /** What a new matrix holds. */
    private enum Begin {
        NOTHING, ZEROS, FIRST_VALUES
    }

    public Weights(Compute compute, long seed) {
        this(compute, seed, "", new LinkedHashMap<>(), Begin.FIRST_VALUES);
    }

    private Weights(Compute compute, long seed, String path, Map<String, Parameter> parameters, Begin begin) {
        this.compute = compute;
        this.seed = seed;
        this.path = path;
        this.parameters = parameters;
        this.begin = begin;
    }

    /** A weight matrix that has not been made. */
    public record Size(String path, int rows, int columns) {
    }

    /** What {@code layer} would make, without making it: its matrices have a size and no numbers. */
    public static List<Size> sizesOf(Consumer<Weights> layer) {
        Weights weights = planning();
        layer.accept(weights);
        return weights.sizes();
    }

    /** To plan a whole model with: its matrices have a size and no numbers. */
    public static Weights planning() {
        return new Weights(Compute.of(Precision.FLOAT32), 0, "", new LinkedHashMap<>(), Begin.NOTHING);
    }

    /** For a model whose weights come from a file: drawing first values for all of them would take a part of the start. */
    public static Weights zeros(Compute compute) {
        return new Weights(compute, 0, "", new LinkedHashMap<>(), Begin.ZEROS);
    }

    /** What has been made up to now. */
    public List<Size> sizes() {
        return parameters.values().stream().map(p -> new Size(p.path(), p.rows(), p.columns())).toList();
    }

    /** The same, one step down: of("1.lstm").of("forwards") makes "1.lstm.forwards.wx". */
    public Weights of(String part) {
        return new Weights(compute, seed, path.isEmpty() ? part : path + "." + part, parameters, begin);
    }

    public Compute compute() {
        return compute;
    }

    /** A learned [rows × columns] matrix. */
    public Parameter matrix(String name, int rows, int columns, Initializer initializer) {
        return matrix(name, rows, columns, initializer, true);
    }

    /** @param trainable false: it keeps its values */
    public Parameter matrix(String name, int rows, int columns, Initializer initializer, boolean trainable) {
        String full = path.isEmpty() ? name : path + "." + name;
        Matrix value = begin == Begin.NOTHING ? compute.sizeOnly(rows, columns) : compute.storable(rows, columns);
        if (begin == Begin.FIRST_VALUES) {
            initializer.fill(value, new Randomness(seed, full));
        }
        Parameter parameter = new Parameter(full, value, trainable);
        if (parameters.put(full, parameter) != null) {
            throw new IllegalStateException("two weights have the path \"" + full + "\"");
        }
        return parameter;
    }

    /** A parameter that was made before, by its full path, for layers that share. */
    public Parameter existing(String fullPath) {
        Parameter parameter = parameters.get(fullPath);
        if (parameter == null) {
            throw new IllegalArgumentException("no weights \"" + fullPath + "\"; there are " + parameters.keySet());
        }
        return parameter;
    }

    public List<Parameter> all() {
        return new ArrayList<>(parameters.values());
    }
}
