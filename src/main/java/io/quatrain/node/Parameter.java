package io.quatrain.node;

import io.quatrain.tensor.Matrix;
import io.quatrain.tensor.PackedMatrix;
import org.jspecify.annotations.Nullable;

/**
 * A matrix that is learned, and the gradient of the loss with respect to it. Its path ("1.lstm.forwards.wx") names it
 * in files and messages.
 */
public final class Parameter {
    private final String path;
    private final Matrix value;
    private final boolean trainable;
    private @Nullable Matrix gradient;
    private @Nullable Packed plain;
    private @Nullable Packed transposed;
    private volatile long version;

    public Parameter(String path, Matrix value, boolean trainable) {
        this.path = path;
        this.value = value;
        this.trainable = trainable;
    }

    public String path() {
        return path;
    }

    public int rows() {
        return value.rows();
    }

    public int columns() {
        return value.columns();
    }

    public int size() {
        return value.rows() * value.columns();
    }

    /** Whoever writes to it calls {@link #changed()} afterwards. */
    public Matrix value() {
        return value;
    }

    /** Backward passes add to it; whoever starts a new update sets it to zero. Made when first asked for. */
    public synchronized Matrix gradient() {
        Matrix matrix = gradient;
        if (matrix == null) {
            matrix = gradient = value.compute().matrix(value.rows(), value.columns());
        }
        return matrix;
    }

    /** Whether optimizers change it. */
    public boolean trainable() {
        return trainable;
    }

    /** Tells that the numbers changed, so that packed copies are made anew before their next use. */
    public void changed() {
        version++;
    }

    long version() {
        return version;
    }

    /** W, packed for W·x. */
    public synchronized PackedMatrix packed() {
        Packed current = plain;
        if (current == null) {
            current = plain = new Packed(value, false, version);
        }
        return current.at(version);
    }

    /** Wᵀ, packed for Wᵀ·dy. */
    public synchronized PackedMatrix packedTransposed() {
        Packed current = transposed;
        if (current == null) {
            current = transposed = new Packed(value, true, version);
        }
        return current.at(version);
    }

    private static final class Packed {
        private final PackedMatrix matrix;
        private long version;

        Packed(Matrix value, boolean transposed, long version) {
            this.matrix = new PackedMatrix(value, transposed);
            this.version = version;
        }

        PackedMatrix at(long wanted) {
            if (version != wanted) {
                matrix.pack();
                version = wanted;
            }
            return matrix;
        }
    }

    @Override
    public String toString() {
        return path + " [" + value.rows() + " × " + value.columns() + "]";
    }
}
