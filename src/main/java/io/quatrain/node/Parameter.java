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
    /** Whether the gradient is zero although its numbers are not. */
    private boolean cleared;
    private int fixedColumn = -1;
    private boolean everywhere;
    private boolean[] isTouched = {};
    private int[] touched = {};
    private int touchedCount;
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

    /**
     * Backward passes add to it; whoever starts a new update {@link #clearGradient clears} it. Made when first asked for; to be asked
     * for anew after it was cleared. A lookup asks for {@link #gradientOfColumns} instead, a product for {@link #addToGradient}.
     */
    public synchronized Matrix gradient() {
        everywhere = true;
        return madeGradient();
    }

    /**
     * The gradient, for one who adds to these columns only, as lookups in an embedding do. As long as nobody asks for
     * {@link #gradient()}, clearing, norms and the optimizers that can (see {@code Optimizer}) keep to such columns.
     */
    public synchronized Matrix gradientOfColumns(int[] columns) {
        if (!everywhere) {
            if (isTouched.length == 0) {
                isTouched = new boolean[value.columns()];
                touched = new int[value.columns()];
            }
            for (int column : columns) {
                if (!isTouched[column]) {
                    isTouched[column] = true;
                    touched[touchedCount++] = column;
                }
            }
        }
        return madeGradient();
    }

    /** The gradient, for one who adds to none of its zeros. */
    public synchronized Matrix gradientToRead() {
        return madeGradient();
    }

    /** gradient += A·Bᵀ, over several steps of {@code batch} examples each; see {@link #addToGradient(Matrix, Matrix, Matrix, int)}. */
    public void addToGradient(Matrix a, Matrix b, int batch) {
        addToGradient(a, b, null, batch);
    }

    /**
     * gradient += A·Bᵀ, and {@code sums}, where given, += the sum of A's columns; see {@link Matrix#addProductTransposed(Matrix, Matrix,
     * Matrix, int)}. Where nothing was added since the gradient was cleared, its numbers are written without being read.
     */
    public void addToGradient(Matrix a, Matrix b, @Nullable Matrix sums, int batch) {
        Matrix matrix;
        boolean anew;
        synchronized (this) {
            anew = cleared;
            cleared = false;
            matrix = gradient();
        }
        if (anew) {
            matrix.setProductTransposed(a, b, sums, batch);
        } else {
            matrix.addProductTransposed(a, b, sums, batch);
        }
    }

    private Matrix madeGradient() {
        Matrix matrix = gradient;
        if (matrix == null) {
            matrix = gradient = value.compute().matrix(value.rows(), value.columns());
        }
        if (cleared) {
            matrix.fill(0);
            cleared = false;
        }
        return matrix;
    }

    /** Whether the gradient is zero outside the first {@link #touchedCount()} of {@link #touchedColumns()}. */
    public boolean gradientIsSparse() {
        return !everywhere;
    }

    /** Columns that were added to since the gradient was cleared. Not to be changed. */
    public int[] touchedColumns() {
        return touched;
    }

    public int touchedCount() {
        return touchedCount;
    }

    /** Sets the gradient to zero: its numbers when it is next asked for, if that is not to overwrite them. */
    public synchronized void clearGradient() {
        if (everywhere) {
            cleared = true;
            return;
        }
        Matrix matrix = madeGradient();
        for (int i = 0; i < touchedCount; i++) {
            matrix.fillColumn(touched[i], 0);
            isTouched[touched[i]] = false;
        }
        touchedCount = 0;
    }

    /** The sum of the gradient's squares, in double precision. */
    public double gradientSumOfSquares() {
        if (everywhere) {
            return gradientToRead().sumOfSquares();
        }
        double sum = 0;
        for (int i = 0; i < touchedCount; i++) {
            sum += gradientToRead().sumOfSquares(touched[i]);
        }
        return sum;
    }

    /** Whether optimizers change it. */
    public boolean trainable() {
        return trainable;
    }

    /** A column that keeps its values although the others learn, as that of a padding token does; −1 for none. */
    public int fixedColumn() {
        return fixedColumn;
    }

    void fixColumn(int column) {
        fixedColumn = column;
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
