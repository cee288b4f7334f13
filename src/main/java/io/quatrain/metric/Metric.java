package io.quatrain.metric;

import io.quatrain.loss.Targets;
import io.quatrain.tensor.Sequence;

/**
 * A number about predictions, accumulated over batches: the value after several batches is that of all of them as one.
 * Columns that are padding or have an ignored target do not count, others count by their weights.
 */
public interface Metric {
    /** A word for logs: "accuracy". */
    String name();

    /** Takes one batch into account. */
    void add(Sequence prediction, Targets targets);

    /** The value over everything since the last {@link #reset()}; NaN where nothing counted. */
    double value();

    /** Forgets everything. */
    void reset();
}
