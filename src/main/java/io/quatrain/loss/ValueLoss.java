package io.quatrain.loss;

import io.quatrain.kernel.Kernel;
import io.quatrain.tensor.Matrix;
import io.quatrain.tensor.Precision;
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

    /** Its formula in float32, where it has one of its own. */
    @Nullable FloatLoss floats() {
        return null;
    }

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

    @Override
    final int several(Sequence prediction, Targets targets, int c, int to, double scale, @Nullable Matrix gradient, Scratch scratch,
                      double[] losses) {
        FloatLoss formula = floats();
        Matrix y = prediction.all();
        if (formula == null || targets.hasClasses() || y.compute().precision() != Precision.FLOAT32
                || targets.values().compute().precision() != Precision.FLOAT32) {
            return 0;
        }
        int rows = y.rows();
        int columns = Math.min(to - c, Math.max(1, FloatLoss.BLOCK / rows));
        int n = columns * rows;
        float[][] floats = scratch.floats(Math.max(rows, FloatLoss.BLOCK));
        float[] dy = floats[2];
        float[] terms = floats[3];
        y.copyTo(c * rows, n, floats[0]);
        targets.values().copyTo(c * rows, n, floats[1]);
        Kernel<float[]> kernel = y.compute().floatKernel();
        formula.terms(kernel, floats[0], floats[1], dy, terms, floats[4], rows, n);
        for (int j = 0; j < columns; j++) {
            double weight = targets.weight(prediction, c + j);
            double loss = 0;
            for (int i = j * rows; i < (j + 1) * rows && weight != 0; i++) {
                loss += terms[i];
            }
            losses[byExamples(prediction, c + j)] = weight * loss;
            if (weight == 0) {
                kernel.fill(dy, j * rows, rows, 0);
            } else {
                kernel.scale(scale * weight, dy, j * rows, rows);
            }
        }
        if (gradient != null) {
            gradient.setFrom(c * rows, n, dy);
        }
        return columns;
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
