package io.quatrain.loss;

import io.quatrain.node.Signal;
import io.quatrain.tensor.Mask;
import io.quatrain.tensor.Matrix;
import org.jspecify.annotations.Nullable;

/**
 * Activation regularisation and temporal activation regularisation (Merity, McCann and Socher 2017): outputs h of a
 * recurrent layer are to be small and to change slowly.
 * <pre>
 *   α·mean h_t²  +  β·mean (h_{t+1} − h_t)²
 * </pre>
 * The means go over every feature of the steps that are there (of both steps, for the second). The authors' language
 * model takes α on what dropout left and β on the layer's output itself, with α = 2, β = 1. Keras's activity_regularizer
 * l2(λ) is a sum over features divided by the batch size; PyTorch leaves it to code.
 *
 * <p>Called between the loss and the backward pass, since a loss sets the gradient of an output and this adds to it.
 */
public final class ActivityPenalty {
    private final double alpha;
    private final double beta;

    /** @param alpha on the size; @param beta on the change from step to step; 0 for none */
    public ActivityPenalty(double alpha, double beta) {
        if (!(alpha >= 0 && beta >= 0)) {
            throw new IllegalArgumentException("activity penalty: needs numbers of 0 or more, got " + alpha + " and " + beta);
        }
        this.alpha = alpha;
        this.beta = beta;
    }

    /** The penalty, to be added to the loss; its gradient is added to the signal's where that has one. */
    public double apply(Signal signal) {
        Matrix h = signal.value().all();
        Mask mask = signal.value().mask();
        int rows = h.rows();
        int batch = mask.batch();
        long sizes = 0;
        long changes = 0;
        for (int c = 0; c < h.columns(); c++) {
            sizes += mask.valid(c) ? rows : 0;
            changes += change(mask, c) ? rows : 0;
        }
        double[] here = new double[rows];
        double[] next = new double[rows];
        double[] slope = new double[rows];
        double sum = 0;
        for (int c = 0; c < h.columns(); c++) {
            if (!mask.valid(c)) {
                continue;
            }
            h.copyColumn(c, here, 0);
            java.util.Arrays.fill(slope, 0);
            if (alpha != 0) {
                sum += add(alpha / sizes, here, null, slope);
            }
            if (beta != 0 && change(mask, c)) {
                h.copyColumn(c + batch, next, 0);
                sum += add(beta / changes, here, next, slope);
            }
            if (beta != 0 && c >= batch && change(mask, c - batch)) {
                h.copyColumn(c - batch, next, 0);
                add(beta / changes, here, next, slope);             // counted already, at the step before
            }
            Matrix gradient = signal.gradient();
            if (gradient != null) {
                gradient.copyColumn(c, next, 0);
                for (int r = 0; r < rows; r++) {
                    next[r] += slope[r];
                }
                gradient.setFrom(c * rows, rows, next);
            }
        }
        return sum;
    }

    /** Whether a column and the next step's are both there. */
    private static boolean change(Mask mask, int column) {
        int after = column + mask.batch();
        return after < mask.steps() * mask.batch() && mask.valid(column) && mask.valid(after);
    }

    /** factor·Σ(h − other)², whose gradient is added to {@code slope}. */
    private static double add(double factor, double[] h, double @Nullable [] other, double[] slope) {
        double sum = 0;
        for (int r = 0; r < h.length; r++) {
            double difference = other == null ? h[r] : h[r] - other[r];
            sum += difference * difference;
            slope[r] += 2 * factor * difference;
        }
        return factor * sum;
    }
}
