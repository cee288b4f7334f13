package io.quatrain.kernel;

/**
 * tanh, sigmoid and exp of one float, each a fixed sequence of operations that a vector can repeat bit for bit.
 */
final class FloatMath {
    private FloatMath() {
    }

    /** x·P(x²)/Q(x²) on [−9, 9], where float32 tanh has long been ±1. */
    static float tanh(float x) {
        float v = Math.max(-9f, Math.min(9f, x));
        float s = v * v;
        float p = Math.fma(s, Math.fma(s, Math.fma(s, Math.fma(s, 1.335341428e-08f, 2.060818449e-05f),
                3.495534450e-03f), 1.338098105e-01f), 9.999999796e-01f);
        float q = Math.fma(s, Math.fma(s, Math.fma(s, Math.fma(s, 7.776047328e-07f, 3.285546235e-04f),
                2.587677967e-02f), 4.671429670e-01f), 1f);
        return v * p / q;
    }

    /** ½ + ½·tanh(x/2) */
    static float sigmoid(float x) {
        return Math.fma(0.5f, tanh(0.5f * x), 0.5f);
    }

    static float exp(float x) {
        return (float) Math.exp(x);
    }
}
