package io.quatrain.optimize;

import io.quatrain.node.Parameter;
import io.quatrain.tensor.Matrix;
import java.util.function.Predicate;

/**
 * Pulls weights towards zero at every update. Coupled decay joins the gradient, so that the optimizer's own scaling acts
 * on it; decoupled decay acts on the weights themselves (Loshchilov and Hutter 2019).
 *
 * <p>PyTorch's weight_decay is {@link #coupled} in every optimizer but AdamW, Keras's is {@link #decoupled} in all. A
 * Keras regularizer l2(λ) adds λw² to the loss: that is coupled(2λ), before clipping; see {@link Penalty}. All parameters
 * decay unless {@link #where} says otherwise.
 */
public final class WeightDecay {
    enum Kind { COUPLED, ABSOLUTE, DECOUPLED, AFTERWARDS }

    private final Kind kind;
    private final double coefficient;
    private final Predicate<Parameter> where;
    private final Blocks.Sweep signs;

    private WeightDecay(Kind kind, double coefficient, Predicate<Parameter> where) {
        this.kind = kind;
        this.coefficient = Check.notNegative("weight decay", coefficient);
        this.where = where;
        this.signs = Blocks.signs(coefficient);
    }

    /** L2: g += λ·w */
    public static WeightDecay coupled(double coefficient) {
        return new WeightDecay(Kind.COUPLED, coefficient, parameter -> true);
    }

    /** L1: g += λ·sign(w) */
    public static WeightDecay absolute(double coefficient) {
        return new WeightDecay(Kind.ABSOLUTE, coefficient, parameter -> true);
    }

    /** w −= rate·λ·w before the update */
    public static WeightDecay decoupled(double coefficient) {
        return new WeightDecay(Kind.DECOUPLED, coefficient, parameter -> true);
    }

    /** w −= λ·w after the update, whatever the learning rate: ONNX's norm_coefficient_post. */
    public static WeightDecay afterwards(double coefficient) {
        return new WeightDecay(Kind.AFTERWARDS, coefficient, parameter -> true);
    }

    /** The same for chosen parameters only: all but biases, say. */
    public WeightDecay where(Predicate<Parameter> chosen) {
        return new WeightDecay(kind, coefficient, parameter -> where.test(parameter) && chosen.test(parameter));
    }

    /** Whether the gradient changes. */
    boolean joinsGradient(Parameter parameter) {
        return coefficient != 0 && (kind == Kind.COUPLED || kind == Kind.ABSOLUTE) && where.test(parameter);
    }

    void addTo(Matrix gradient, Matrix w) {
        if (kind == Kind.COUPLED) {
            gradient.addScaled(coefficient, w);
        } else {
            Blocks.addSigns(signs, w, gradient);
        }
    }

    void before(Parameter parameter, double rate) {
        if (kind == Kind.DECOUPLED && coefficient != 0 && where.test(parameter)) {
            parameter.value().scale(1 - rate * coefficient);
        }
    }

    void after(Parameter parameter) {
        if (kind == Kind.AFTERWARDS && coefficient != 0 && where.test(parameter)) {
            parameter.value().scale(1 - coefficient);
        }
    }

    /** Whether a weight may change though its gradient is zero. */
    boolean touches(Parameter parameter) {
        return coefficient != 0 && where.test(parameter);
    }
}
