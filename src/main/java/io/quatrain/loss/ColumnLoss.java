package io.quatrain.loss;

import io.quatrain.tensor.Compute;
import io.quatrain.tensor.Matrix;
import io.quatrain.tensor.Sequence;
import org.jspecify.annotations.Nullable;

/**
 * A loss that treats every column by itself. Columns are shared out over the threads in blocks; the blocks' sums are
 * added in order, so the result does not depend on the number of threads. A loss of one's own extends {@link ValueLoss}.
 */
public abstract class ColumnLoss implements Loss {
    private static final int BLOCK = 16;
    /** Multiply-adds one number of the prediction is worth, to decide about threads. */
    private static final double WORK = 10;

    ColumnLoss() {
    }

    /** What one thread computes with: room for a column of the prediction, of the target, and of the gradient. */
    static final class Scratch {
        final double[] y;
        final double[] target;
        final double[] dy;
        private final Compute compute;
        private @Nullable Matrix column;

        Scratch(Compute compute, int rows) {
            this.compute = compute;
            this.y = new double[rows];
            this.target = new double[rows];
            this.dy = new double[rows];
        }

        /** A matrix of one column, for kernels that write a gradient nobody wants. */
        Matrix column() {
            Matrix made = column;
            if (made == null) {
                made = column = compute.matrix(y.length, 1);
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

    /** Throws where the targets do not fit the prediction. */
    abstract void check(Sequence prediction, Targets targets);

    @Override
    public double evaluate(Sequence prediction, Targets targets, double scale, @Nullable Matrix gradient) {
        return run(prediction, targets, scale, gradient, null);
    }

    /**
     * weight·loss of every column, 0 for those that do not count: the reduction "none" of PyTorch and Keras.
     *
     * @param losses one number a column
     */
    public final void evaluateEach(Sequence prediction, Targets targets, double[] losses) {
        run(prediction, targets, 1, null, losses);
    }

    private double run(Sequence prediction, Targets targets, double scale, @Nullable Matrix gradient,
                       double @Nullable [] losses) {
        Matrix y = prediction.all();
        if (targets.columns() != y.columns()) {
            throw new IllegalArgumentException("the model's output has " + y.columns() + " columns (" + prediction.steps()
                    + " steps of " + prediction.batch() + " examples), the targets have " + targets.columns());
        }
        check(prediction, targets);
        Compute compute = y.compute();
        int columns = y.columns();
        int blocks = (columns + BLOCK - 1) / BLOCK;
        double[] sums = new double[blocks];
        compute.split(blocks, 1, WORK * y.rows() * columns, (from, to) -> {
            Scratch scratch = new Scratch(compute, y.rows());
            for (int block = from; block < to; block++) {
                for (int c = block * BLOCK; c < Math.min(columns, (block + 1) * BLOCK); c++) {
                    double weight = targets.weight(prediction, c);
                    double loss = 0;
                    if (weight != 0) {
                        loss = column(y, targets, c, weight, scale, gradient, scratch);
                    } else if (gradient != null) {
                        gradient.columns(c, c + 1).fill(0);
                    }
                    sums[block] += loss;
                    if (losses != null) {
                        losses[c] = loss;
                    }
                }
            }
        });
        double sum = 0;
        for (double part : sums) {
            sum += part;
        }
        return sum;
    }

    /** "step 3 of example 7", for messages. */
    static String place(Sequence prediction, int column) {
        return "step " + column / prediction.batch() + " of example " + column % prediction.batch();
    }
}
