package io.quatrain.node;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The weights that every variant of a cell has. With gains, each product is normalised before it is added (Ba, Kiros and
 * Hinton 2016): gx∘norm(Wx·x) + gh∘norm(Wh·h) + b.
 *
 * @param wx [gates·units × inputs]
 * @param wh [gates·units × units]
 * @param b  [gates·units × 1], or null
 * @param gx [gates·units × 1], or null
 * @param gh [gates·units × 1], or null
 */
public record CellWeights(Parameter wx, Parameter wh, @Nullable Parameter b, @Nullable Parameter gx,
                          @Nullable Parameter gh) {
    List<Parameter> and(@Nullable Parameter... others) {
        List<Parameter> all = new ArrayList<>();
        for (Parameter parameter : new @Nullable Parameter[] {wx, wh, b, gx, gh}) {
            if (parameter != null) {
                all.add(parameter);
            }
        }
        Arrays.stream(others).filter(Objects::nonNull).forEach(all::add);
        return List.copyOf(all);
    }
}
