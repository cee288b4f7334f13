package io.quatrain.metric;

import io.quatrain.loss.Targets;
import io.quatrain.tensor.Matrix;
import io.quatrain.tensor.Sequence;

/**
 * How far predicted numbers are from their targets, over every feature of every column that counts:
 * <pre>
 *   MAE    mean |y − target|
 *   RMSE   √(mean (y − target)²)
 *   MAPE   100·mean |y − target| / max(|target|, 1e-7)
 * </pre>
 * Keras's MeanAbsoluteError, RootMeanSquaredError and MeanAbsolutePercentageError.
 */
public final class ErrorMetric implements Metric {
    private static final double LEAST_TARGET = 1e-7;

    /** Which error. */
    public enum Kind {
        MAE {
            @Override
            double of(double y, double target) {
                return Math.abs(y - target);
            }
        },
        RMSE {
            @Override
            double of(double y, double target) {
                return (y - target) * (y - target);
            }

            @Override
            double total(double mean) {
                return Math.sqrt(mean);
            }
        },
        MAPE {
            @Override
            double of(double y, double target) {
                return 100 * Math.abs(y - target) / Math.max(Math.abs(target), LEAST_TARGET);
            }
        };

        abstract double of(double y, double target);

        double total(double mean) {
            return mean;
        }
    }

    private final Kind kind;
    private double sum;
    private double weight;

    public ErrorMetric(Kind kind) {
        this.kind = kind;
    }

    @Override
    public String name() {
        return kind.name();
    }

    @Override
    public void add(Sequence prediction, Targets targets) {
        Matrix y = prediction.all();
        Matrix target = targets.values();
        if (target.rows() != y.rows() || target.columns() != y.columns()) {
            throw new IllegalArgumentException(kind + ": the model's output is [" + y.rows() + " × " + y.columns()
                    + "], the targets are [" + target.rows() + " × " + target.columns() + "]");
        }
        for (int c = 0; c < y.columns(); c++) {
            double columnWeight = targets.weight(prediction, c);
            for (int r = 0; r < y.rows() && columnWeight != 0; r++) {
                sum += columnWeight * kind.of(y.get(r, c), target.get(r, c));
                weight += columnWeight;
            }
        }
    }

    @Override
    public double value() {
        return weight == 0 ? Double.NaN : kind.total(sum / weight);
    }

    @Override
    public void reset() {
        sum = 0;
        weight = 0;
    }
}
