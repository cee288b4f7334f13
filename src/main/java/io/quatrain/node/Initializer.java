package io.quatrain.node;

import io.quatrain.tensor.Matrix;
import io.quatrain.tensor.Randomness;

/** Gives a parameter its first values. */
@FunctionalInterface
public interface Initializer {
    /** All zero. */
    Initializer ZEROS = (w, random) -> { };

    void fill(Matrix w, Randomness random);

    static Initializer constant(double value) {
        return (w, random) -> w.fill(value);
    }

    /** Uniform in [low, high). */
    static Initializer uniform(double low, double high) {
        return (w, random) -> each(w, () -> low + (high - low) * random.nextDouble());
    }

    static Initializer normal(double mean, double deviation) {
        return (w, random) -> each(w, () -> mean + deviation * random.nextGaussian());
    }

    /** Uniform in ±√(6 / (inputs + outputs)), where W is [outputs × inputs] (Glorot and Bengio 2010). */
    static Initializer glorotUniform() {
        return (w, random) -> {
            double limit = Math.sqrt(6.0 / (w.rows() + w.columns()));
            each(w, () -> (2 * random.nextDouble() - 1) * limit);
        };
    }

    /** The block of rows [g·rows/gates, (g + 1)·rows/gates) is filled by the g-th initializer. */
    static Initializer perGate(Initializer... gates) {
        return (w, random) -> {
            int units = w.rows() / gates.length;
            for (int g = 0; g < gates.length; g++) {
                gates[g].fill(w.rows(g * units, (g + 1) * units), random);
            }
        };
    }

    private static void each(Matrix w, java.util.function.DoubleSupplier next) {
        for (int c = 0; c < w.columns(); c++) {
            for (int r = 0; r < w.rows(); r++) {
                w.set(r, c, next.getAsDouble());
            }
        }
    }
}
