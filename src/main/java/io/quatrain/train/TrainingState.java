package io.quatrain.train;

import io.quatrain.tensor.Matrix;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Everything that a run needs to go on bit for bit, as plain named data:
 * <pre>
 *   arrays    weights/PATH, slot/NAME/PATH (the optimizer's), state/VERTEX/PART (carried)
 *   longs     update, targets, position, optimizer, validated, best, since best
 *   doubles   smoothed, best, epoch, learning rate
 * </pre>
 */
public record TrainingState(Map<String, Array> arrays, Map<String, long[]> longs, Map<String, double[]> doubles) {
    public static final String WEIGHTS = "weights/";
    public static final String SLOT = "slot/";
    public static final String STATE = "state/";

    public TrainingState {
        arrays = Collections.unmodifiableMap(new LinkedHashMap<>(arrays));
        longs = Collections.unmodifiableMap(new LinkedHashMap<>(longs));
        doubles = Collections.unmodifiableMap(new LinkedHashMap<>(doubles));
    }

    /** Updates made. */
    public long update() {
        return number("update")[0];
    }

    long[] number(String name) {
        return present(longs.get(name), name);
    }

    double[] real(String name) {
        return present(doubles.get(name), name);
    }

    Array array(String name) {
        return present(arrays.get(name), name);
    }

    private static <T> T present(@Nullable T found, String name) {
        if (found == null) {
            throw new IllegalArgumentException("the checkpoint has no \"" + name + "\"");
        }
        return found;
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof TrainingState that && arrays.equals(that.arrays)
                && same(longs, that.longs, Arrays::equals) && same(doubles, that.doubles, Arrays::equals);
    }

    private static <T> boolean same(Map<String, T> a, Map<String, T> b, java.util.function.BiPredicate<T, T> equal) {
        return a.keySet().equals(b.keySet())
                && a.entrySet().stream().allMatch(entry -> equal.test(entry.getValue(), Objects.requireNonNull(b.get(entry.getKey()))));
    }

    @Override
    public int hashCode() {
        return Objects.hash(arrays, longs.keySet(), doubles.keySet());
    }

    /** A column-major matrix, float or double: one of the two is there. Equal when every bit is. */
    public record Array(int rows, int columns, float @Nullable [] floats, double @Nullable [] doubles) {
        public Array {
            int length = floats != null ? floats.length : doubles != null ? doubles.length : -1;
            if (floats != null && doubles != null || length != (long) rows * columns) {
                throw new IllegalArgumentException("[" + rows + " × " + columns + "] needs as many floats or doubles, given "
                        + length);
            }
        }

        /** A copy. */
        public static Array of(Matrix matrix) {
            if (matrix.compute().precision() == io.quatrain.tensor.Precision.FLOAT64) {
                return new Array(matrix.rows(), matrix.columns(), null, matrix.toDoubles());
            }
            float[] floats = new float[matrix.rows() * matrix.columns()];
            matrix.copyTo(floats, 0);
            return new Array(matrix.rows(), matrix.columns(), floats, null);
        }

        /** Writes it to a matrix of the same size. */
        public void copyTo(Matrix target, String name) {
            if (target.rows() != rows || target.columns() != columns) {
                throw new IllegalArgumentException("\"" + name + "\": the model needs [" + target.rows() + " × "
                        + target.columns() + "], the checkpoint has [" + rows + " × " + columns + "]");
            }
            boolean single = target.compute().precision() == io.quatrain.tensor.Precision.FLOAT32;
            if (single != (floats != null)) {
                throw new IllegalArgumentException("\"" + name + "\": the model computes in " + target.compute().precision()
                        + ", the checkpoint holds the other precision");
            }
            if (floats != null) {
                target.setFrom(floats, 0);
            } else if (doubles != null) {
                target.setFrom(doubles);
            }
        }

        @Override
        public boolean equals(@Nullable Object other) {
            return other instanceof Array that && rows == that.rows && columns == that.columns
                    && Arrays.equals(floats, that.floats) && Arrays.equals(doubles, that.doubles);
        }

        @Override
        public int hashCode() {
            return Objects.hash(rows, columns, Arrays.hashCode(floats), Arrays.hashCode(doubles));
        }

        @Override
        public String toString() {
            return "[" + rows + " × " + columns + "]";
        }
    }
}
