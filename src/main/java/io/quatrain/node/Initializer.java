package io.quatrain.node;

import io.quatrain.tensor.Matrix;
import io.quatrain.tensor.Randomness;
import java.util.function.DoubleSupplier;
import org.ojalgo.matrix.decomposition.QR;
import org.ojalgo.matrix.store.MatrixStore;
import org.ojalgo.matrix.store.R064Store;

/**
 * Gives a parameter its first values. W is [outputs × inputs], so its fan-in is its columns and its fan-out its rows;
 * stacked gates are filled gate by gate with {@link #perGate}, else the fan-out is that of all gates together.
 */
@FunctionalInterface
public interface Initializer {
    /** All zero. */
    Initializer ZEROS = (w, random) -> { };

    void fill(Matrix w, Randomness random);

    static Initializer constant(double value) {
        return (w, random) -> w.fill(value);
    }

    /** gain on the diagonal, 0 elsewhere (Le, Jaitly and Hinton 2015, for recurrent weights with relu). */
    static Initializer identity(double gain) {
        return (w, random) -> {
            w.fill(0);
            for (int i = 0; i < Math.min(w.rows(), w.columns()); i++) {
                w.set(i, i, gain);
            }
        };
    }

    /** Uniform in [low, high). */
    static Initializer uniform(double low, double high) {
        return (w, random) -> each(w, () -> low + (high - low) * random.nextDouble());
    }

    static Initializer normal(double mean, double deviation) {
        return (w, random) -> each(w, () -> mean + deviation * random.nextGaussian());
    }

    /** Normal, drawn again where it is more than two deviations from the mean; Keras's TruncatedNormal. */
    static Initializer truncatedNormal(double mean, double deviation) {
        return (w, random) -> each(w, () -> {
            double x = random.nextGaussian();
            while (Math.abs(x) > 2) {
                x = random.nextGaussian();
            }
            return mean + deviation * x;
        });
    }

    /** Uniform in ±√(6 / (inputs + outputs)) (Glorot and Bengio 2010). PyTorch's xavier_uniform_. */
    static Initializer glorotUniform() {
        return (w, random) -> symmetric(w, random, 6.0 / (w.rows() + w.columns()));
    }

    /** Normal with variance 2 / (inputs + outputs). PyTorch's xavier_normal_; Keras truncates it. */
    static Initializer glorotNormal() {
        return (w, random) -> gaussian(w, random, 2.0 / (w.rows() + w.columns()));
    }

    /** Uniform in ±√(6 / inputs), for relu (He et al. 2015). PyTorch's kaiming_uniform_ with its gain for relu. */
    static Initializer heUniform() {
        return (w, random) -> symmetric(w, random, 6.0 / w.columns());
    }

    /** Normal with variance 2 / inputs, for relu (He et al. 2015). */
    static Initializer heNormal() {
        return (w, random) -> gaussian(w, random, 2.0 / w.columns());
    }

    /** Uniform in ±√(3 / inputs) (LeCun et al. 1998). */
    static Initializer lecunUniform() {
        return (w, random) -> symmetric(w, random, 3.0 / w.columns());
    }

    /** Normal with variance 1 / inputs, for selu (LeCun et al. 1998; Klambauer et al. 2017). */
    static Initializer lecunNormal() {
        return (w, random) -> gaussian(w, random, 1.0 / w.columns());
    }

    /** Uniform in ±1 / √n: what PyTorch gives its Linear (n inputs) and its recurrent layers (n units). */
    static Initializer uniformBy(int n) {
        return uniform(-1 / Math.sqrt(n), 1 / Math.sqrt(n));
    }

    /**
     * gain·Q, where Q has orthonormal columns (or rows, where there are fewer of them), drawn evenly from all such
     * matrices: the QR decomposition of a normal matrix, each column's sign made that of R's diagonal (Saxe, McClelland
     * and Ganguli 2014; Mezzadri 2007). The same distribution as PyTorch's orthogonal_ and Keras's Orthogonal.
     */
    static Initializer orthogonal(double gain) {
        return (w, random) -> {
            boolean tall = w.rows() >= w.columns();
            int rows = tall ? w.rows() : w.columns();
            int columns = tall ? w.columns() : w.rows();
            if (columns == 0) {
                return;
            }
            R064Store drawn = R064Store.FACTORY.make(rows, columns);
            for (int c = 0; c < columns; c++) {
                for (int r = 0; r < rows; r++) {
                    drawn.set(r, c, random.nextGaussian());
                }
            }
            QR<Double> decomposed = QR.R064.make(drawn);
            decomposed.decompose(drawn);
            MatrixStore<Double> q = decomposed.getQ();
            MatrixStore<Double> upper = decomposed.getR();
            for (int c = 0; c < columns; c++) {
                double sign = upper.doubleValue(c, c) < 0 ? -gain : gain;
                for (int r = 0; r < rows; r++) {
                    double value = sign * q.doubleValue(r, c);
                    if (tall) {
                        w.set(r, c, value);
                    } else {
                        w.set(c, r, value);
                    }
                }
            }
        };
    }

    /** The block of rows [g·rows/gates, (g + 1)·rows/gates) is filled by the g-th initializer. */
    static Initializer perGate(Initializer... gates) {
        return (w, random) -> {
            if (gates.length == 0 || w.rows() % gates.length != 0) {
                throw new IllegalArgumentException(w.rows() + " rows cannot be shared by " + gates.length
                        + " gates; give one initializer for each gate");
            }
            int units = w.rows() / gates.length;
            for (int g = 0; g < gates.length; g++) {
                gates[g].fill(w.rows(g * units, (g + 1) * units), random);
            }
        };
    }

    /** Every one of so many gates is filled by the same initializer, each on its own. */
    static Initializer perGate(int gates, Initializer each) {
        Initializer[] all = new Initializer[gates];
        java.util.Arrays.fill(all, each);
        return perGate(all);
    }

    private static void symmetric(Matrix w, Randomness random, double limitSquared) {
        double limit = Math.sqrt(limitSquared);
        each(w, () -> (2 * random.nextDouble() - 1) * limit);
    }

    private static void gaussian(Matrix w, Randomness random, double variance) {
        double deviation = Math.sqrt(variance);
        each(w, () -> deviation * random.nextGaussian());
    }

    private static void each(Matrix w, DoubleSupplier next) {
        for (int c = 0; c < w.columns(); c++) {
            for (int r = 0; r < w.rows(); r++) {
                w.set(r, c, next.getAsDouble());
            }
        }
    }
}
