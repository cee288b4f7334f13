package io.quatrain.optimize;

import io.quatrain.node.Parameter;
import java.util.List;
import java.util.function.Predicate;

/**
 * A part of the loss that is the weights' own: λ₁·Σ|w| + λ₂·Σw². Its gradient λ₁·sign(w) + 2λ₂·w joins the others before
 * clipping. Keras's regularizers L1, L2 and L1L2; PyTorch's weight_decay λ is λ₂ = λ/2.
 */
public final class Penalty {
    private final double absolute;
    private final double square;
    private final Predicate<Parameter> where;
    private final Blocks.Sweep signs;

    public Penalty(double absolute, double square) {
        this(absolute, square, parameter -> true);
    }

    public Penalty(double absolute, double square, Predicate<Parameter> where) {
        this.absolute = Check.notNegative("l1", absolute);
        this.square = Check.notNegative("l2", square);
        this.where = where;
        this.signs = Blocks.signs(absolute);
    }

    /** The penalty, to be added to the loss. */
    public double value(List<Parameter> parameters) {
        double sum = 0;
        for (int i = 0; i < parameters.size(); i++) {
            Parameter parameter = parameters.get(i);
            if (parameter.trainable() && where.test(parameter)) {
                sum += square == 0 ? 0 : square * parameter.value().sumOfSquares();
                sum += absolute == 0 ? 0 : absolute * Blocks.powerSum(parameter.value(), 1);
            }
        }
        return sum;
    }

    /** Adds the penalty's gradient to the parameters'. */
    public void addGradients(List<Parameter> parameters) {
        for (int i = 0; i < parameters.size(); i++) {
            Parameter parameter = parameters.get(i);
            if (parameter.trainable() && where.test(parameter)) {
                if (square != 0) {
                    parameter.gradient().addScaled(2 * square, parameter.value());
                }
                if (absolute != 0) {
                    Blocks.addSigns(signs, parameter.value(), parameter.gradient());
                }
            }
        }
    }
}
