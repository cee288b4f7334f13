package io.quatrain.node;

import io.quatrain.tensor.Matrix;

/**
 * Columns with mean 0 and deviation 1, times a gain (Ba, Kiros and Hinton 2016):
 * <pre>
 *   n = (x − mean x) / √(var x + ε)      y = g∘n
 * </pre>
 * over the features of one example at one step. Holds n and 1/deviation of every step.
 */
final class Normalization {
    static final double EPSILON = 1e-5;

    private final double epsilon;

    private final Parameter gain;
    private final Matrix n;
    private final Matrix scales;
    private final Matrix ones;

    Normalization(Parameter gain, Wiring wiring) {
        this(gain, EPSILON, wiring);
    }

    Normalization(Parameter gain, double epsilon, Wiring wiring) {
        this(gain, epsilon, wiring.overSteps(gain.rows()), wiring.overSteps(1), wiring.compute().matrix(gain.rows(), 1).fill(1));
    }

    private Normalization(Parameter gain, double epsilon, Matrix n, Matrix scales, Matrix ones) {
        this.epsilon = epsilon;
        this.gain = gain;
        this.n = n;
        this.scales = scales;
        this.ones = ones;
    }

    /** The part of columns [from, to), on the same numbers. */
    Normalization columns(int from, int to) {
        return new Normalization(gain, epsilon, n.columns(from, to), scales.columns(from, to), ones);
    }

    /** y = g∘norm(x); y may be x. */
    void forward(Matrix x, Matrix y) {
        n.set(x);
        n.normalizeColumns(epsilon, ones, scales);
        y.set(n);
        y.multiplyByColumn(gain.value());
    }

    /** y += g∘norm(x) */
    void forwardAdding(Matrix x, Matrix y) {
        n.set(x);
        n.normalizeColumns(epsilon, ones, scales);
        y.addMultipliedByColumn(gain.value(), n);
    }

    /** dg += Σ dy∘n */
    void addGainGradient(Matrix dy) {
        if (gain.trainable()) {
            gain.gradient().addMultipliedColumnSums(0, dy, n);
        }
    }

    /** dy becomes dx. */
    void backward(Matrix dy) {
        dy.multiplyByColumn(gain.value());
        dy.normalizeColumnsGradient(n, ones, scales);
    }
}
