package io.quatrain.optimize;

import io.quatrain.node.Parameter;
import java.util.List;

/** Keeps gradients small (Pascanu, Mikolov and Bengio 2013). */
@FunctionalInterface
public interface Clipping {
    /** No clipping. */
    Clipping NONE = (parameters, norm) -> 1;

    /**
     * Clips what must be clipped elementwise, and returns a factor by which every gradient is to be multiplied. A gradient
     * that is not finite gives a factor that is not.
     *
     * @param norm the {@link #globalNorm global norm} of the gradients as they come
     */
    double apply(List<Parameter> parameters, double norm);

    /** Every element into [−limit, limit]. */
    static Clipping byValue(double limit) {
        return (parameters, norm) -> {
            for (Parameter parameter : parameters) {
                if (parameter.trainable()) {
                    parameter.gradient().clamp(limit);
                }
            }
            return 1;
        };
    }

    /** The norm of all gradients together to at most {@code limit}: g·min(1, limit / (‖g‖ + 1e-6)), as PyTorch does. */
    static Clipping byGlobalNorm(double limit) {
        return (parameters, norm) -> Math.min(1, limit / (norm + 1e-6));
    }

    /** The Euclidean norm of all trainable parameters' gradients together. */
    static double globalNorm(List<Parameter> parameters) {
        double sum = 0;
        for (Parameter parameter : parameters) {
            if (parameter.trainable()) {
                sum += parameter.gradient().sumOfSquares();
            }
        }
        return Math.sqrt(sum);
    }
}
