package io.quatrain.metric;

import io.quatrain.loss.Targets;
import io.quatrain.tensor.Matrix;
import io.quatrain.tensor.Sequence;

/**
 * A metric that looks at one class after another. Targets are classes, or columns of numbers, whose largest is the
 * class. An output of one feature answers yes (class 1) above a threshold and no (class 0) otherwise: 0 suits logits,
 * ½ probabilities.
 */
abstract class ClassMetric implements Metric {
    private final double threshold;

    ClassMetric(double threshold) {
        this.threshold = threshold;
    }

    /** One column that counts. */
    abstract void add(Matrix y, int column, int target, double weight);

    @Override
    public final void add(Sequence prediction, Targets targets) {
        Matrix y = prediction.all();
        if (targets.columns() != y.columns()) {
            throw new IllegalArgumentException(name() + ": the model's output has " + y.columns()
                    + " columns, the targets have " + targets.columns());
        }
        for (int c = 0; c < y.columns(); c++) {
            double weight = targets.weight(prediction, c);
            if (weight != 0) {
                int target = target(targets, c);
                if (target < 0 || target >= Math.max(2, y.rows())) {
                    throw new IllegalArgumentException(name() + ": target class " + target + " at step "
                            + c / prediction.batch() + " of example " + c % prediction.batch()
                            + ": the model's output has " + Math.max(2, y.rows()) + " classes");
                }
                add(y, c, target, weight);
            }
        }
    }

    private static int target(Targets targets, int c) {
        if (targets.hasClasses()) {
            return targets.classes()[c];
        }
        Matrix values = targets.values();
        return values.rows() == 1 ? values.get(0, c) >= 0.5 ? 1 : 0 : values.rowOfMaximum(c);
    }

    /** The class that the model chooses. */
    final int chosen(Matrix y, int column) {
        return y.rows() == 1 ? y.get(0, column) > threshold ? 1 : 0 : y.rowOfMaximum(column);
    }
}
