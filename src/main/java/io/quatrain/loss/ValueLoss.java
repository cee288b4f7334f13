package io.quatrain.loss;

import io.quatrain.tensor.Matrix;
import io.quatrain.tensor.Sequence;
import org.jspecify.annotations.Nullable;

/**
 * A loss between a column of numbers and its target: what a loss of one's own extends. One formula and its derivative,
 * in double precision; weights, lengths, threads and precision are taken care of.
 */
public abstract class ValueLoss extends ColumnLoss {
    /**
     * The loss of one column.
     *
     * @param y      the prediction: n numbers
     * @param target what it should have been: n numbers
     * @param dy     becomes ∂loss/∂y: n numbers
     */
    protected abstract double loss(double[] y, double[] target, double[] dy, int n);

    @Override
    final double column(Matrix y, Targets targets, int c, double weight, double scale, @Nullable Matrix gradient,
                        Scratch scratch) {
        int n = y.rows();
        y.copyColumn(c, scratch.y(), 0);
        if (targets.hasClasses()) {
            scratch.target()[0] = targets.classes()[c];
        } else {
            targets.values().copyColumn(c, scratch.target(), 0);
        }
        double loss = loss(scratch.y(), scratch.target(), scratch.dy(), n);
        if (gradient != null) {
            double[] dy = scratch.dy();
            for (int r = 0; r < n; r++) {
                dy[r] *= scale * weight;
            }
            gradient.setFrom(c * n, n, dy);
        }
        return weight * loss;
    }

    /** Numbers of the prediction's size, or, for an output of one feature, classes: then the class is the number. */
    @Override
    void check(Sequence prediction, Targets targets) {
        int rows = prediction.features();
        if (targets.hasClasses() ? rows != 1 : targets.values().rows() != rows) {
            throw new IllegalArgumentException("the model's output has " + rows + " features a step, the targets have "
                    + (targets.hasClasses() ? "classes" : targets.values().rows() + "")
                    + "; give the loss one number for each feature");
        }
    }
}
