package io.quatrain.kernel;

/**
 * tanh, sigmoid and exp of one float, each a fixed sequence of operations that a vector can repeat bit for bit.
 */
final class FloatMath {
    /** From here on float32 tanh is ±1. */
    static final float TANH_LIMIT = 9.02f;
    static final float P1 = 0.133826557513f;
    static final float P2 = 0.00349742006209f;
    static final float P3 = 2.06352036722e-05f;
    static final float P4 = 1.33834480902e-08f;
    static final float Q1 = 0.467159770158f;
    static final float Q2 = 0.0258842182273f;
    static final float Q3 = 0.000328845574504f;
    static final float Q4 = 7.78990044948e-07f;

    /** Beyond these e^x is 0 and ∞ in float32. */
    static final float EXP_LOW = -104f;
    static final float EXP_HIGH = 89f;
    /** 1.5·2²³: adding it rounds to a whole number and leaves that in the low bits. */
    static final float ROUND = 12582912f;
    static final int ROUND_BITS = 0x4B400000;
    static final float LOG2_E = 1.44269504f;
    static final float LN2_HIGH = 0x1.62e43p-1f;
    static final float LN2_LOW = -1.904654323e-9f;
    static final float E1 = 1.6666665459e-1f;
    static final float E2 = 4.1665795894e-2f;
    static final float E3 = 8.3334519073e-3f;
    static final float E4 = 1.3981999507e-3f;
    static final float E5 = 1.9875691500e-4f;

    /** y + FLUSH − FLUSH is a multiple of 2⁻¹⁰¹. */
    static final float FLUSH = 0x1p-77f;
    /** The same for squares, which become multiples of 2⁻¹²⁶, the smallest that is not subnormal. */
    static final float FLUSH_SQUARE = 0x1p-103f;

    private FloatMath() {
    }

    /**
     * x·P(x²)/Q(x²) with P(0) = Q(0) = 1: the best such ratio errs by 2.2e-8, rounding adds the rest and may lead a little
     * beyond ±1, which the last clamp takes back. NaN passes through every step.
     */
    static float tanh(float x) {
        float v = Math.max(-TANH_LIMIT, Math.min(TANH_LIMIT, x));
        float s = v * v;
        float p = Math.fma(s, Math.fma(s, Math.fma(s, Math.fma(s, P4, P3), P2), P1), 1f);
        float q = Math.fma(s, Math.fma(s, Math.fma(s, Math.fma(s, Q4, Q3), Q2), Q1), 1f);
        return Math.max(-1f, Math.min(1f, v * p / q));
    }

    /** ½ + ½·tanh(x/2) */
    static float sigmoid(float x) {
        return Math.fma(tanh(x * 0.5f), 0.5f, 0.5f);
    }

    /** 2^k·e^r with x = k·ln 2 + r. The steps stand alone for the sake of loops that take one of them at a time. */
    static float exp(float x) {
        float v = expClamp(x);
        float shifted = expShift(v);
        return expScale(expRest(v, shifted), shifted);
    }

    static float expClamp(float x) {
        return Math.max(EXP_LOW, Math.min(EXP_HIGH, x));
    }

    /** k + {@link #ROUND}: k is the whole number next to x/ln 2. */
    static float expShift(float v) {
        return Math.fma(v, LOG2_E, ROUND);
    }

    /** e^r */
    static float expRest(float v, float shifted) {
        float k = shifted - ROUND;
        float r = Math.fma(k, -LN2_LOW, Math.fma(k, -LN2_HIGH, v));
        float p = Math.fma(r, E5, E4);
        p = Math.fma(r, p, E3);
        p = Math.fma(r, p, E2);
        p = Math.fma(r, p, E1);
        p = Math.fma(r, p, 0.5f);
        return Math.fma(r * r, p, r) + 1f;
    }

    /** 2^k·p, the power in two factors, so that the result may be subnormal. */
    static float expScale(float p, float shifted) {
        int whole = Float.floatToRawIntBits(shifted) - ROUND_BITS;
        int half = whole >> 1;
        return p * power2(half) * power2(whole - half);
    }

    private static float power2(int k) {
        return Float.intBitsToFloat(k + 127 << 23);
    }

    /** Σ x in double precision: four sums, element by element, then the rest. */
    static double sum(float[] x, int from, int n) {
        double s0 = 0;
        double s1 = 0;
        double s2 = 0;
        double s3 = 0;
        int i = from;
        int end = from + n;
        for (; i <= end - 4; i += 4) {
            s0 += x[i];
            s1 += x[i + 1];
            s2 += x[i + 2];
            s3 += x[i + 3];
        }
        double sum = s0 + s1 + (s2 + s3);
        for (; i < end; i++) {
            sum += x[i];
        }
        return sum;
    }
}
