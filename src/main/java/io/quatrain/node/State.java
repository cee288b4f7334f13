package io.quatrain.node;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The state of a model's recurrent layers between runs, as a value that the caller holds: for each vertex its parts
 * [size × batch], column by column.
 */
public record State(int batch, Map<String, List<double[]>> parts) {
    public State {
        parts = java.util.Collections.unmodifiableMap(new LinkedHashMap<>(parts));
    }
}
