package io.quatrain.loss;

import io.quatrain.kernel.Kernel;

/**
 * What takes the place of {@link ValueLoss#loss} where numbers are float32: loops over several columns at once, which become vectors. They call
 * nothing but Math, as whether another method is taken in depends on what the compiler has seen by then.
 */
interface FloatLoss {
    /** So many numbers at once, or one column where that is longer. */
    int BLOCK = 512;

    /**
     * Of n numbers, which are whole columns of {@code rows}: what each adds to the loss of its column, and the slope.
     *
     * @param terms   become the summands of the columns' losses; up to then scratch, as is {@code scratch}
     * @param dy      becomes ∂(loss of the column)/∂y
     */
    void terms(Kernel<float[]> kernel, float[] y, float[] target, float[] dy, float[] terms, float[] scratch, int rows, int n);
}
