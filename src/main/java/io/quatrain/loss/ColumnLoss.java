package io.quatrain.loss;

import io.quatrain.tensor.Compute;
import io.quatrain.tensor.Matrix;
import io.quatrain.tensor.Sequence;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A loss that treats every column by itself. Columns are shared out over the threads by examples; their losses are
 * added in order, so the result does not depend on the number of threads. A loss of one's own extends {@link ValueLoss}.
 */
public abstract class ColumnLoss implements Loss {
    private static final int GRAIN = 16;
    /** Multiply-adds one number of the prediction is worth, to decide about threads: 45 to 150 were measured. */
    private static final double WORK = 60;

    ColumnLoss() {
    }

    /** What one thread computes with, kept from one call to the next. */
    static final class Scratch {
        private static final ThreadLocal<Scratch> OF_THREAD = ThreadLocal.withInitial(Scratch::new);

        private int rows;
        private @Nullable Compute compute;
        private double[] y = {};
        private double[] target = {};
        private double[] dy = {};
        private float[][] floats = {};
        private @Nullable Matrix column;
        private @Nullable Matrix classWeights;
        private double @Nullable [] classWeightsOf;
        // Of the thread that shares out the columns: a loss of each, and where their gradients go
        private double[] losses = {};
        private @Nullable Matrix gradient;

        private static Scratch of(int columns, @Nullable Matrix gradient) {
            Scratch scratch = OF_THREAD.get();
            if (scratch.losses.length < columns) {
                scratch.losses = new double[columns];
            }
            scratch.gradient = gradient;
            return scratch;
        }

        private static Scratch of(Compute compute, int rows) {
            Scratch scratch = OF_THREAD.get();
            if (scratch.compute != compute || scratch.rows != rows) {
                scratch.compute = compute;
                scratch.rows = rows;
                scratch.column = null;
                scratch.classWeights = null;
            }
            return scratch;
        }

        /** A column of class weights; of ones where there are none. */
        Matrix classWeights(double @Nullable [] weights) {
            Matrix made = classWeights;
            if (made == null || classWeightsOf != weights) {
                made = Objects.requireNonNull(compute).matrix(rows, 1).fill(1);
                if (weights != null) {
                    made.setFrom(weights);
                }
                classWeights = made;
                classWeightsOf = weights;
            }
            return made;
        }

        /** Five arrays for n numbers. */
        float[][] floats(int n) {
            if (floats.length == 0 || floats[0].length < n) {
                floats = new float[5][n];
            }
            return floats;
        }

        /** Room for a column of the prediction. */
        double[] y() {
            return y = fit(y);
        }

        /** Room for a column of the targets. */
        double[] target() {
            return target = fit(target);
        }

        /** Room for a column of the gradient. */
        double[] dy() {
            return dy = fit(dy);
        }

        private double[] fit(double[] array) {
            return array.length == rows ? array : new double[rows];
        }

        /** A matrix of one column, for kernels that write a gradient nobody wants. */
        Matrix column() {
            Matrix made = column;
            if (made == null) {
                made = column = Objects.requireNonNull(compute).matrix(rows, 1);
            }
            return made;
        }
    }

    /**
     * weight·loss of column c, which counts. Where {@code gradient} is given, its column c becomes
     * scale·weight·∂loss/∂y.
     */
    abstract double column(Matrix y, Targets targets, int c, double weight, double scale, @Nullable Matrix gradient,
                           Scratch scratch);

    /**
     * Columns [c, to), or the first of them, all at once, where a loss can: their losses are written to where {@link #byExamples} says.
     *
     * @return how many that were; 0 where it cannot
     */
    int several(Sequence prediction, Targets targets, int c, int to, double scale, @Nullable Matrix gradient, Scratch scratch, double[] losses) {
        return 0;
    }

    /** Throws where the targets do not fit the prediction. */
    abstract void check(Sequence prediction, Targets targets);

    @Override
    public double evaluate(Sequence prediction, Targets targets, double scale, @Nullable Matrix gradient) {
        double[] losses = run(prediction, targets, scale, gradient);
        double sum = 0;
        for (int c = 0; c < targets.columns(); c++) {
            sum += losses[byExamples(prediction, c)];
        }
        return sum;
    }

    /**
     * weight·loss of every column, 0 for those that do not count: the reduction "none" of PyTorch and Keras.
     *
     * @param losses one number a column
     */
    public final void evaluateEach(Sequence prediction, Targets targets, double[] losses) {
        double[] found = run(prediction, targets, 1, null);
        for (int c = 0; c < targets.columns(); c++) {
            losses[c] = found[byExamples(prediction, c)];
        }
    }

    /** Where a column's loss is kept: all steps of an example together, as one thread writes them. */
    static int byExamples(Sequence prediction, int column) {
        return column % prediction.batch() * prediction.steps() + column / prediction.batch();
    }

    /** The columns' losses, in an array that this thread's next call writes anew; see {@link #byExamples}. */
    private double[] run(Sequence prediction, Targets targets, double scale, @Nullable Matrix gradient) {
        Matrix y = prediction.all();
        if (targets.columns() != y.columns()) {
            throw new IllegalArgumentException("the model's output has " + y.columns() + " columns (" + prediction.steps()
                    + " steps of " + prediction.batch() + " examples), the targets have " + targets.columns());
        }
        check(prediction, targets);
        Scratch caller = Scratch.of(y.columns(), gradient);
        y.compute().splitByExamples(y.columns(), prediction.batch(), GRAIN, WORK * y.rows() * y.columns(),
                this, prediction, targets, caller, scale, ColumnLoss::range);
        caller.gradient = null;
        return caller.losses;
    }

    private static void range(ColumnLoss loss, Sequence prediction, Targets targets, Scratch caller, double scale, int from, int to) {
        Matrix y = prediction.all();
        Matrix gradient = caller.gradient;
        Scratch scratch = Scratch.of(y.compute(), y.rows());
        int c = from;
        for (int done = 1; c < to && done > 0; c += done) {
            done = loss.several(prediction, targets, c, to, scale, gradient, scratch, caller.losses);
        }
        for (; c < to; c++) {
            double weight = targets.weight(prediction, c);
            double found = 0;
            if (weight != 0) {
                found = loss.column(y, targets, c, weight, scale, gradient, scratch);
            } else if (gradient != null) {
                gradient.fillColumn(c, 0);
            }
            caller.losses[byExamples(prediction, c)] = found;
        }
    }

    /** "step 3 of example 7", for messages. */
    static String place(Sequence prediction, int column) {
        return "step " + column / prediction.batch() + " of example " + column % prediction.batch();
    }
}
