package io.quatrain.node;

import io.quatrain.tensor.Compute;
import io.quatrain.tensor.Matrix;

/** h_t = (1 − z)∘n + z∘h_{t−1} of a gated recurrent unit, and back. */
final class Interpolation {
    /** The gradient of n after {@link #backward}. */
    final Matrix dn;
    /** The gradient of z after {@link #backward}. */
    final Matrix du;

    Interpolation(Compute compute, int units, int examples) {
        dn = compute.matrix(units, examples);
        du = compute.matrix(units, examples);
    }

    /** h' = n + z∘(h − n) */
    void forward(Matrix u, Matrix n, Matrix h, Matrix hNext) {
        hNext.set(h).addScaled(-1, n).multiply(u).add(n);
    }

    /** dn = (1 − z)∘dh, dz = (h − n)∘dh; dh becomes z∘dh. */
    void backward(Matrix u, Matrix n, Matrix h, Matrix dh) {
        du.set(h).addScaled(-1, n).multiply(dh);
        dn.set(dh);
        dh.multiply(u);
        dn.addScaled(-1, dh);
    }
}
