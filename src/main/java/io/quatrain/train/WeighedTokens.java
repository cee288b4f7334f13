package io.quatrain.train;

import io.quatrain.loss.Targets;
import io.quatrain.node.GraphPass;
import java.util.Map;

/**
 * A source whose classes do not all count alike: a target of class k weighs weights[k] times what it weighed. With the
 * reduction {@code MEAN_OVER_COUNT} that scales the gradient of each target and nothing else; with {@code MEAN} the sum is
 * divided by the weights' sum. Targets that are numbers stay as they are.
 */
public final class WeighedTokens extends DelegatingSource {
    private final double[] weights;

    /** @param weights one for each class, at least 0 */
    public WeighedTokens(BatchSource source, double[] weights) {
        super(source);
        this.weights = weights.clone();
        for (double weight : weights) {
            if (!(weight >= 0) || Double.isInfinite(weight)) {
                throw new IllegalArgumentException("the weight of a token must be at least 0 and finite, got " + weight);
            }
        }
    }

    @Override
    public void fill(GraphPass pass, Map<String, Targets> targets) {
        super.fill(pass, targets);
        for (Targets target : targets.values()) {
            for (int c = 0; target.hasClasses() && c < target.columns(); c++) {
                int k = target.classes()[c];
                if (k != Targets.IGNORED) {
                    target.weights()[c] *= weights[k];
                }
            }
        }
    }
}
