package io.quatrain.metric;

import io.quatrain.tensor.Matrix;
import java.util.function.IntToDoubleFunction;

/**
 * How often each class was taken for each: {@link #count}(target, chosen), by weight. From it, class by class,
 * <pre>
 *   precision   of those that were taken for it, the share that was it
 *   recall      of those that were it, the share that was taken for it
 *   F1          2·precision·recall / (precision + recall)
 * </pre>
 * each 0 where nothing was taken for it or nothing was it, as in scikit-learn. {@link #value} is the mean F1 over the
 * classes that occur, as target or as answer.
 */
public final class ConfusionMatrix extends ClassMetric {
    private final double[][] counts;

    /** For logits. */
    public ConfusionMatrix(int classes) {
        this(classes, 0);
    }

    /** @param threshold for yes-or-no answers */
    public ConfusionMatrix(int classes, double threshold) {
        super(threshold);
        if (classes < 2) {
            throw new IllegalArgumentException("a confusion matrix needs 2 classes or more, got " + classes);
        }
        this.counts = new double[classes][classes];
    }

    @Override
    public String name() {
        return "F1";
    }

    @Override
    void add(Matrix y, int column, int target, double weight) {
        if (Math.max(2, y.rows()) != counts.length) {
            throw new IllegalArgumentException("the confusion matrix has " + counts.length
                    + " classes, the model's output " + Math.max(2, y.rows()));
        }
        counts[target][chosen(y, column)] += weight;
    }

    public int classes() {
        return counts.length;
    }

    /** The weight of targets of one class that were taken for another. */
    public double count(int target, int chosen) {
        return counts[target][chosen];
    }

    public double precision(int c) {
        return share(counts[c][c], taken(c));
    }

    public double recall(int c) {
        return share(counts[c][c], support(c));
    }

    public double f1(int c) {
        return share(2 * counts[c][c], taken(c) + support(c));
    }

    /** The weight of targets of a class. */
    public double support(int c) {
        double sum = 0;
        for (int chosen = 0; chosen < counts.length; chosen++) {
            sum += counts[c][chosen];
        }
        return sum;
    }

    private double taken(int c) {
        double sum = 0;
        for (double[] row : counts) {
            sum += row[c];
        }
        return sum;
    }

    private static double share(double part, double whole) {
        return whole == 0 ? 0 : part / whole;
    }

    /** The share of targets whose class was chosen. */
    public double accuracy() {
        double right = 0;
        double all = 0;
        for (int c = 0; c < counts.length; c++) {
            right += counts[c][c];
            all += support(c);
        }
        return right / all;
    }

    @Override
    public double value() {
        return macro(this::f1);
    }

    @Override
    public void reset() {
        for (double[] row : counts) {
            java.util.Arrays.fill(row, 0);
        }
    }

    /** The mean of what is asked for each class that occurs, as target or as answer: scikit-learn's "macro avg" of all labels. */
    public double macro(IntToDoubleFunction of) {
        double sum = 0;
        int occurring = 0;
        for (int c = 0; c < counts.length; c++) {
            if (occurs(c)) {
                sum += of.applyAsDouble(c);
                occurring++;
            }
        }
        return sum / occurring;
    }

    /** The mean weighed by how often each class was the target: scikit-learn's "weighted avg". */
    public double weighted(IntToDoubleFunction of) {
        double sum = 0;
        double all = 0;
        for (int c = 0; c < counts.length; c++) {
            sum += support(c) * of.applyAsDouble(c);
            all += support(c);
        }
        return sum / all;
    }

    /** Whether a class was a target or an answer. */
    public boolean occurs(int c) {
        return taken(c) + support(c) != 0;
    }

    /** A row a target class, a column a chosen one. */
    @Override
    public String toString() {
        StringBuilder text = new StringBuilder();
        for (double[] row : counts) {
            for (double count : row) {
                text.append(String.format(java.util.Locale.ROOT, "%10s", count == Math.rint(count)
                        ? Long.toString((long) count) : String.format(java.util.Locale.ROOT, "%.3f", count)));
            }
            text.append('\n');
        }
        return text.toString();
    }
}
