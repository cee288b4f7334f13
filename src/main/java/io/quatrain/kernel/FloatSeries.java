package io.quatrain.kernel;

/**
 * Functions of float32 numbers side by side that the kernels do not have: loops that become vectors. They call nothing but Math, as whether the
 * compiler takes another method in depends on what it has seen by then.
 */
public final class FloatSeries {
    private FloatSeries() {
    }

    /** s = log(1 + s) = 2·artanh(s / (2 + s)) for n numbers from 0 to 1; the next term of the series is below 2e-8 of the sum. */
    public static void logOfOnePlus(float[] s, int n) {
        for (int i = 0; i < n; i++) {
            float w = s[i] / (2f + s[i]);
            float square = w * w;
            float sum = Math.fma(square, 1 / 13f, 1 / 11f);
            sum = Math.fma(square, sum, 1 / 9f);
            sum = Math.fma(square, sum, 1 / 7f);
            sum = Math.fma(square, sum, 1 / 5f);
            sum = Math.fma(square, sum, 1 / 3f);
            s[i] = 2f * w * Math.fma(square, sum, 1f);
        }
    }
}
