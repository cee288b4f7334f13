package io.quatrain.loss;

import io.quatrain.tensor.Matrix;
import io.quatrain.tensor.Sequence;
import org.jspecify.annotations.Nullable;

/**
 * A number to make small, and its gradient. A loss of one's own that treats every column by itself extends
 * {@link ValueLoss}.
 */
public interface Loss {
    /**
     * The sum over columns of weight·loss. Where {@code gradient} is given, it becomes scale·∂(sum)/∂prediction, zero
     * in columns that do not count: the caller chooses between a sum (scale 1) and a mean (1 / total weight), or asks
     * a {@link Reduction}.
     *
     * @param prediction [features × steps·batch]
     * @param gradient   of the prediction's size, or null
     */
    double evaluate(Sequence prediction, Targets targets, double scale, @Nullable Matrix gradient);

    /** What a mean is divided by: the sum of the columns' weights. */
    default double totalWeight(Sequence prediction, Targets targets) {
        return targets.totalWeight(prediction);
    }

    /** Above which output of a single feature a model says yes, for accuracies; NaN where the loss is not about yes and no. */
    default double yesAbove() {
        return Double.NaN;
    }

    /** The loss under a reduction, and its gradient where one is given: 0 and zero where nothing counts. */
    default double evaluate(Sequence prediction, Targets targets, Reduction reduction, @Nullable Matrix gradient) {
        double scale = reduction.scale(this, prediction, targets);
        if (scale == 0) {
            if (gradient != null) {
                gradient.fill(0);
            }
            return 0;
        }
        return scale * evaluate(prediction, targets, scale, gradient);
    }
}
