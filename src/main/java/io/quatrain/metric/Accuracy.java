package io.quatrain.metric;

import io.quatrain.tensor.Matrix;

/**
 * The share of targets that are among the k classes of the largest outputs; of equal outputs the first is larger. k = 1 is
 * accuracy proper: Keras's SparseCategoricalAccuracy, CategoricalAccuracy and BinaryAccuracy, and TopKCategoricalAccuracy.
 */
public final class Accuracy extends ClassMetric {
    private final int k;
    private double right;
    private double all;

    public Accuracy() {
        this(1, 0);
    }

    /** Among the k largest. */
    public static Accuracy top(int k) {
        return new Accuracy(k, 0);
    }

    /** Of yes-or-no answers: yes is above the threshold. */
    public static Accuracy above(double threshold) {
        return new Accuracy(1, threshold);
    }

    private Accuracy(int k, double threshold) {
        super(threshold);
        if (k < 1) {
            throw new IllegalArgumentException("top k: k must be 1 or more, got " + k);
        }
        this.k = k;
    }

    @Override
    public String name() {
        return k == 1 ? "accuracy" : "top " + k;
    }

    @Override
    void add(Matrix y, int column, int target, double weight) {
        all += weight;
        boolean found;
        if (k == 1 || y.rows() == 1) {
            found = chosen(y, column) == target;
        } else {
            double own = y.get(target, column);
            int larger = 0;
            for (int r = 0; r < y.rows(); r++) {
                double other = y.get(r, column);
                larger += other > own || other == own && r < target ? 1 : 0;
            }
            found = larger < k && !Double.isNaN(own);
        }
        right += found ? weight : 0;
    }

    /** The weight of the targets that were met. */
    public double right() {
        return right;
    }

    /** The weight of all targets. */
    public double weight() {
        return all;
    }

    @Override
    public double value() {
        return right / all;
    }

    @Override
    public void reset() {
        right = 0;
        all = 0;
    }
}
