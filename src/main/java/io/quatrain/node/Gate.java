package io.quatrain.node;

import io.quatrain.tensor.Matrix;
import org.jspecify.annotations.Nullable;

/**
 * One gate of a lane at every step: a = f(clip(z + p∘c)), where the peephole p (Gers and Schmidhuber 2000) and the clip
 * are there on request. Each matrix in {@code z} is the gate's rows at one step; after backward it holds the gradient of
 * the pre-activation.
 */
final class Gate {
    private final Matrix[] z;
    private final Matrix[] a;
    private final Activation f;
    private final double clip;
    private final @Nullable Matrix p;

    /** @param p [units × 1], or null */
    Gate(Matrix[] z, Matrix[] a, Activation f, double clip, @Nullable Matrix p) {
        this.z = z;
        this.a = a;
        this.f = f;
        this.clip = clip;
        this.p = p;
    }

    /** The rows [from, to) of every block. */
    static Matrix[] rows(Matrix[] blocks, int from, int to) {
        Matrix[] rows = new Matrix[blocks.length];
        for (int t = 0; t < blocks.length; t++) {
            rows[t] = blocks[t].rows(from, to);
        }
        return rows;
    }

    Matrix at(int t) {
        return a[t];
    }

    Matrix z(int t) {
        return z[t];
    }

    /** a = f(clip(z + p∘c)) */
    void forward(int t, Matrix c) {
        if (p != null) {
            z[t].addMultipliedByColumn(p, c);
        }
        if (clip < Double.POSITIVE_INFINITY) {
            z[t].clamp(clip);
        }
        f.forward(z[t], a[t]);
    }

    /** Undoes {@link #forward}: da, which is spoilt, becomes z's gradient; dc += p∘dz. */
    void backward(int t, Matrix da, Matrix dc) {
        f.backward(z[t], a[t], da, da);
        if (clip < Double.POSITIVE_INFINITY) {
            da.clampGradient(z[t], clip);
        }
        z[t].set(da);
        if (p != null) {
            dc.addMultipliedByColumn(p, da);
        }
    }
}
