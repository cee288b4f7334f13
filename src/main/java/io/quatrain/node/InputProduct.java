package io.quatrain.node;

import io.quatrain.tensor.Matrix;
import io.quatrain.tensor.Sequence;
import org.jspecify.annotations.Nullable;

/**
 * Z = W·X + b over every step at once, and back. Where X is a sequence of tokens, W·X is a gather of W's columns and the
 * weight gradient a scatter into them.
 */
public final class InputProduct {
    private final Parameter w;
    private final @Nullable Parameter b;
    private final Signal x;

    /** @param b [rows × 1], or null */
    public InputProduct(Parameter w, @Nullable Parameter b, Signal x) {
        this.w = w;
        this.b = b;
        this.x = x;
    }

    /** z = W·X + b */
    public void forward(Matrix z) {
        Sequence sequence = x.value();
        int[] ids = sequence.ids();
        Matrix bias = b == null ? null : b.value();
        if (ids != null) {
            z.setGathered(w.value(), ids, bias, sequence.batch());
        } else {
            z.setProduct(w.packed(), sequence.all(), bias, sequence.batch());
        }
    }

    /** dW += dZ·Xᵀ, db += Σ dZ, dX += Wᵀ·dZ */
    public void backward(Matrix dz) {
        backward(dz, wantedSums());
    }

    /** The same, and dV += dZ·Hᵀ, for a layer that adds V·H to Z: b's gradient is summed up while dZ is read for V's. */
    public void backward(Matrix dz, Parameter v, Matrix h) {
        Matrix sums = wantedSums();
        if (v.trainable()) {
            v.addToGradient(dz, h, sums, x.value().batch());
            sums = null;
        }
        backward(dz, sums);
    }

    private @Nullable Matrix wantedSums() {
        return b == null || !b.trainable() ? null : b.gradient();
    }

    private void backward(Matrix dz, @Nullable Matrix sums) {
        int batch = x.value().batch();
        int[] ids = x.value().ids();
        if (w.trainable() && ids == null) {
            w.addToGradient(dz, x.value().all(), sums, batch);
        } else if (sums != null) {
            sums.addColumnSums(dz, batch);
        }
        if (w.trainable() && ids != null) {
            w.gradientOfColumns(ids).addScattered(dz, ids, batch);
        }
        Matrix dx = x.gradient();
        if (dx != null) {
            dx.addProduct(w.packedTransposed(), dz, batch);
        }
    }
}
