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

    /** This, then another, which sees the gradients as this one left them. */
    default Clipping then(Clipping next) {
        return (parameters, norm) -> {
            double factor = apply(parameters, norm);
            if (!Double.isFinite(factor)) {
                return factor;
            }
            if (factor != 1) {
                for (int i = 0; i < parameters.size(); i++) {
                    if (parameters.get(i).trainable()) {
                        parameters.get(i).gradientToRead().scale(factor);
                    }
                }
            }
            return next.apply(parameters, globalNorm(parameters));
        };
    }

    /** Every element into [−limit, limit]: PyTorch's clip_grad_value_, Keras's clipvalue. */
    static Clipping byValue(double limit) {
        Check.positive("clipping value", limit);
        return (parameters, norm) -> {
            for (int i = 0; i < parameters.size(); i++) {
                if (parameters.get(i).trainable()) {
                    parameters.get(i).gradientToRead().clamp(limit);
                }
            }
            return factorWhereFinite(norm, 1);
        };
    }

    /** The norm of every parameter's gradient to at most {@code limit}: g·min(1, limit / ‖g‖). Keras's clipnorm. */
    static Clipping byNorm(double limit) {
        Check.positive("clipping norm", limit);
        return (parameters, norm) -> {
            for (int i = 0; i < parameters.size(); i++) {
                Parameter parameter = parameters.get(i);
                if (parameter.trainable()) {
                    double own = Math.sqrt(parameter.gradientSumOfSquares());
                    if (own > limit) {
                        parameter.gradientToRead().scale(limit / own);
                    }
                }
            }
            return factorWhereFinite(norm, 1);
        };
    }

    /** The norm of all gradients together to at most {@code limit}: g·min(1, limit / (‖g‖ + 1e-6)), as PyTorch does. */
    static Clipping byGlobalNorm(double limit) {
        return byGlobalNorm(limit, 2, Convention.PYTORCH);
    }

    /**
     * The p-norm of all gradients together to at most {@code limit}. PyTorch's clip_grad_norm_ divides by ‖g‖ + 1e-6,
     * Keras's global_clipnorm by ‖g‖.
     *
     * @param p above 0; {@link Double#POSITIVE_INFINITY} for the greatest element
     */
    static Clipping byGlobalNorm(double limit, double p, Convention convention) {
        Check.positive("clipping norm", limit);
        Check.require(p > 0, "p", "must be above 0", p);
        double epsilon = convention == Convention.PYTORCH ? 1e-6 : 0;
        return (parameters, norm) -> {
            double length = p == 2 ? norm : globalNorm(parameters, p);
            return factorWhereFinite(length, Math.min(1, limit / (length + epsilon)));
        };
    }

    private static double factorWhereFinite(double norm, double factor) {
        return Double.isFinite(norm) ? factor : Double.NaN;
    }

    /** The Euclidean norm of all trainable parameters' gradients together. */
    static double globalNorm(List<Parameter> parameters) {
        return globalNorm(parameters, 2);
    }

    /** The p-norm of all trainable parameters' gradients together: (Σ|g|^p)^(1/p), or the greatest |g|. */
    static double globalNorm(List<Parameter> parameters, double p) {
        double sum = 0;
        for (int i = 0; i < parameters.size(); i++) {
            Parameter parameter = parameters.get(i);
            if (parameter.trainable()) {
                double part = p == 2 ? parameter.gradientSumOfSquares() : Blocks.powerSum(parameter.gradientToRead(), p);
                sum = p == Double.POSITIVE_INFINITY ? Math.max(sum, part) : sum + part;
            }
        }
        return p == 2 ? Math.sqrt(sum) : p == Double.POSITIVE_INFINITY ? sum : Math.pow(sum, 1 / p);
    }
}
