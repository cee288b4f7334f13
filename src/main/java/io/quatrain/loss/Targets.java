package io.quatrain.loss;

import io.quatrain.tensor.Mask;
import io.quatrain.tensor.Matrix;
import io.quatrain.tensor.Sequence;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * What a model's output should have been, column by column (column t·batch + b is step t of example b): either a class
 * for each column or a column of numbers, and a weight for each. Made once and refilled for every batch.
 */
public final class Targets {
    /** The class of a column that does not count. */
    public static final int IGNORED = -1;

    private final int columns;
    private final int @Nullable [] classes;
    private final @Nullable Matrix values;
    private final double[] weights;

    private Targets(int columns, int @Nullable [] classes, @Nullable Matrix values) {
        this.columns = columns;
        this.classes = classes;
        this.values = values;
        this.weights = new double[columns];
        Arrays.fill(weights, 1);
    }

    /** Classes for an output of that many columns. */
    public static Targets ofClasses(int columns) {
        return new Targets(columns, new int[columns], null);
    }

    /** Numbers [features × columns]. */
    public static Targets ofValues(Matrix values) {
        return new Targets(values.columns(), null, values);
    }

    public int columns() {
        return columns;
    }

    public boolean hasClasses() {
        return classes != null;
    }

    /** Refill it before each run. */
    public int[] classes() {
        if (classes == null) {
            throw new IllegalStateException("these targets are numbers; the loss needs classes");
        }
        return classes;
    }

    /** Refill it before each run. */
    public Matrix values() {
        if (values == null) {
            throw new IllegalStateException("these targets are classes; the loss needs numbers");
        }
        return values;
    }

    /** One weight a column, 1 unless set. */
    public double[] weights() {
        return weights;
    }

    /** The weight of a column of a prediction: 0 where the step is not there or the target is ignored. */
    public double weight(Sequence prediction, int column) {
        Mask mask = prediction.mask();
        if (!mask.valid(column) || classes != null && classes[column] == IGNORED) {
            return 0;
        }
        return weights[column];
    }

    /**
     * Weighs steps and examples: column t·batch + b gets perStep[t]·perExample[b].
     *
     * @param perStep    one weight a step, or null for 1
     * @param perExample one weight an example, or null for 1
     */
    public void setWeights(int steps, int batch, double @Nullable [] perStep, double @Nullable [] perExample) {
        if (steps * batch != columns || perStep != null && perStep.length != steps
                || perExample != null && perExample.length != batch) {
            throw new IllegalArgumentException("weights of " + (perStep == null ? steps : perStep.length) + " steps and "
                    + (perExample == null ? batch : perExample.length) + " examples do not fit " + steps + " steps of "
                    + batch + " examples in " + columns + " columns");
        }
        for (int t = 0; t < steps; t++) {
            for (int b = 0; b < batch; b++) {
                weights[t * batch + b] = (perStep == null ? 1 : perStep[t]) * (perExample == null ? 1 : perExample[b]);
            }
        }
    }

    /** How many columns count, whatever their weights: they are there, and their target is not ignored. */
    public int count(Sequence prediction) {
        Mask mask = prediction.mask();
        int count = 0;
        for (int c = 0; c < columns; c++) {
            if (mask.valid(c) && (classes == null || classes[c] != IGNORED)) {
                count++;
            }
        }
        return count;
    }

    /** The sum of the columns' weights. */
    public double totalWeight(Sequence prediction) {
        double total = 0;
        for (int c = 0; c < columns; c++) {
            total += weight(prediction, c);
        }
        return total;
    }
}
