package io.quatrain.node;

import io.quatrain.tensor.Matrix;
import org.jspecify.annotations.Nullable;

/**
 * Softmax of every column, y = e^z / Σe^z, or its logarithm, y = z − log Σe^z. Right for any finite z.
 * <pre>
 *   softmax       dz = y∘(dy − Σ dy∘y)
 *   logarithm     dz = dy − e^y·Σ dy
 * </pre>
 */
final class SoftmaxActivation implements Activation {
    private final boolean logarithm;

    SoftmaxActivation(boolean logarithm) {
        this.logarithm = logarithm;
    }

    @Override
    public void forward(Matrix z, Matrix y) {
        if (!logarithm) {
            y.setSoftmax(z);
            return;
        }
        y.compute().split(y.columns(), 1, work(y), z, y, null, null, 0, SoftmaxActivation::logarithms);
    }

    private static void logarithms(Matrix z, Matrix y, @Nullable Object none, @Nullable Object nothing, double number, int from,
                                   int to) {
        for (int c = from; c < to; c++) {
            double max = Double.NEGATIVE_INFINITY;
            for (int r = 0; r < z.rows(); r++) {
                max = Math.max(max, z.get(r, c));
            }
            double sum = 0;
            for (int r = 0; r < z.rows(); r++) {
                sum += Math.exp(z.get(r, c) - max);
            }
            double log = Math.log(sum);
            for (int r = 0; r < z.rows(); r++) {
                y.set(r, c, z.get(r, c) - max - log);
            }
        }
    }

    @Override
    public void backward(Matrix z, Matrix y, Matrix dy, Matrix dz) {
        y.compute().split(y.columns(), 1, work(y), this, y, dy, dz, 0, SoftmaxActivation::gradients);
    }

    private static void gradients(SoftmaxActivation f, Matrix y, Matrix dy, Matrix dz, double number, int from, int to) {
        for (int c = from; c < to; c++) {
            double sum = 0;
            for (int r = 0; r < y.rows(); r++) {
                sum += f.logarithm ? dy.get(r, c) : dy.get(r, c) * y.get(r, c);
            }
            for (int r = 0; r < y.rows(); r++) {
                dz.set(r, c, f.logarithm ? dy.get(r, c) - Math.exp(y.get(r, c)) * sum : y.get(r, c) * (dy.get(r, c) - sum));
            }
        }
    }

    private static double work(Matrix y) {
        return 40.0 * y.rows() * y.columns();
    }
}
