package io.quatrain.node;

import io.quatrain.kernel.FloatSeries;
import io.quatrain.kernel.Kernel;

/**
 * An activation and its derivative on float32 numbers side by side: loops that become vectors, where a number at a time in double
 * precision takes ten to a hundred times as long. Values err by at most 3e-7·max(1, |x|, |y|), slopes by 6e-7 of the largest; silu, mish, softplus(1),
 * logSigmoid, elu, selu and celu also by at most 4e-7 of themselves, so that their tails are right. NaN stays NaN.
 *
 * <p>The loops call nothing but Math: whether the compiler takes another method in depends on what it has seen by then, and where it does not,
 * numbers are taken one at a time (one gelu of six at a quarter of its speed).
 */
interface FloatFormula {
    /** y = f(z) for the first n numbers; s is scratch. */
    void values(Kernel<float[]> kernel, int n, float[] z, float[] y, float[] s);

    /** d = d∘f′(z), where y = f(z); s is scratch, y is once it was read, and z where the derivative does not need it. */
    void slopes(Kernel<float[]> kernel, int n, float[] z, float[] y, float[] d, float[] s);

    /** min(1, max(0, x·LARGE)) is 1 from x = 1e-38 on and 0 where x ≤ 0, without a branch. */
    float LARGE = 1e38f;

    /** x·σ(u) = x / (1 + e^−u), where u is a function of x. */
    abstract class Gated implements FloatFormula {
        /** s = e^−u */
        abstract void exponentials(Kernel<float[]> kernel, int n, float[] z, float[] s);

        @Override
        public void values(Kernel<float[]> kernel, int n, float[] z, float[] y, float[] s) {
            exponentials(kernel, n, z, s);
            for (int i = 0; i < n; i++) {
                y[i] = z[i] / (1f + s[i]);
            }
        }
    }

    /** x·σ(x) */
    final class Silu extends Gated {
        @Override
        void exponentials(Kernel<float[]> kernel, int n, float[] z, float[] s) {
            for (int i = 0; i < n; i++) {
                s[i] = Math.max(-60f, Math.min(87f, -z[i]));
            }
            kernel.exp(s, 0, s, 0, n);
        }

        @Override
        public void slopes(Kernel<float[]> kernel, int n, float[] z, float[] y, float[] d, float[] s) {
            exponentials(kernel, n, z, s);
            for (int i = 0; i < n; i++) {
                float gate = 1f / (1f + s[i]);
                d[i] *= gate * Math.fma(z[i], gate * s[i], 1f);                        // 1 − σ = σ·e^−u
            }
        }
    }

    /**
     * x·Φ(x) = max(x, 0) − |x|·q with q = 1 − Φ(|x|) = ½(a₁t + a₂t² + … + a₅t⁵)·e^(−x²/2), t = 1 / (1 + p|x|/√2): Abramowitz and Stegun
     * 7.1.26, to 8e-8 of q.
     */
    final class Gelu implements FloatFormula {
        private static final float P = (float) (0.3275911 / Math.sqrt(2));
        private static final float A1 = 0.5f * 0.254829592f;
        private static final float A2 = 0.5f * -0.284496736f;
        private static final float A3 = 0.5f * 1.421413741f;
        private static final float A4 = 0.5f * -1.453152027f;
        private static final float A5 = 0.5f * 1.061405429f;
        private static final float DENSITY = (float) (1 / Math.sqrt(2 * Math.PI));

        /** s = e^(−z²/2), q = 1 − Φ(|z|) */
        private static void tails(Kernel<float[]> kernel, int n, float[] z, float[] s, float[] q) {
            for (int i = 0; i < n; i++) {
                s[i] = Math.max(-0.5f * z[i] * z[i], -80f);
            }
            kernel.exp(s, 0, s, 0, n);
            for (int i = 0; i < n; i++) {
                float t = 1f / Math.fma(P, Math.abs(z[i]), 1f);
                float sum = Math.fma(t, A5, A4);
                sum = Math.fma(t, sum, A3);
                sum = Math.fma(t, sum, A2);
                sum = Math.fma(t, sum, A1);
                q[i] = t * sum * s[i];
            }
        }

        @Override
        public void values(Kernel<float[]> kernel, int n, float[] z, float[] y, float[] s) {
            tails(kernel, n, z, s, y);
            for (int i = 0; i < n; i++) {
                y[i] = Math.max(z[i], 0f) - Math.min(Math.abs(z[i]), 40f) * y[i];
            }
        }

        @Override
        public void slopes(Kernel<float[]> kernel, int n, float[] z, float[] y, float[] d, float[] s) {
            tails(kernel, n, z, s, y);
            for (int i = 0; i < n; i++) {
                float above = Math.min(1f, Math.max(0f, z[i] * LARGE));
                float below = Math.fma(1f - 2f * above, y[i], above);
                d[i] *= Math.fma(DENSITY * Math.max(-40f, Math.min(40f, z[i])), s[i], below);
            }
        }
    }

    /** ½x(1 + tanh u) = x·σ(2u) with u = √(2/π)(x + 0.044715x³); f′ = σ + x·σ(1 − σ)·2u′ */
    final class GeluTanh extends Gated {
        private static final float TWICE = (float) (2 * Math.sqrt(2 / Math.PI));
        private static final float CUBE = 0.044715f;

        @Override
        void exponentials(Kernel<float[]> kernel, int n, float[] z, float[] s) {
            for (int i = 0; i < n; i++) {
                s[i] = Math.max(-60f, Math.min(80f, -TWICE * z[i] * Math.fma(CUBE * z[i], z[i], 1f)));
            }
            kernel.exp(s, 0, s, 0, n);
        }

        @Override
        public void slopes(Kernel<float[]> kernel, int n, float[] z, float[] y, float[] d, float[] s) {
            exponentials(kernel, n, z, s);
            for (int i = 0; i < n; i++) {
                float gate = 1f / (1f + s[i]);
                float near = Math.max(-40f, Math.min(40f, z[i]));
                float inner = TWICE * Math.fma(3 * CUBE * near, near, 1f);
                d[i] *= Math.fma(near * inner, gate * (gate * s[i]), gate);           // 1 − σ = σ·e^−2u
            }
        }
    }

    /** scale·x above 0, scale·α(e^(rate·x) − 1) below; e^x − 1 = tanh(x/2)·(e^x + 1), which is exact near 0. */
    final class ExponentialUnit implements FloatFormula {
        private final float alpha;
        private final float rate;
        private final float scale;

        ExponentialUnit(double alpha, double rate, double scale) {
            this.alpha = (float) alpha;
            this.rate = (float) rate;
            this.scale = (float) scale;
        }

        @Override
        public void values(Kernel<float[]> kernel, int n, float[] z, float[] y, float[] s) {
            for (int i = 0; i < n; i++) {
                s[i] = Math.max(Math.min(z[i], 0f) * rate, -30f);
                y[i] = 0.5f * s[i];
            }
            kernel.exp(s, 0, s, 0, n);
            kernel.tanh(y, 0, y, 0, n);
            for (int i = 0; i < n; i++) {
                y[i] = scale * Math.fma(alpha * y[i], s[i] + 1f, Math.max(z[i], 0f));
            }
        }

        @Override
        public void slopes(Kernel<float[]> kernel, int n, float[] z, float[] y, float[] d, float[] s) {
            for (int i = 0; i < n; i++) {
                float below = rate * Math.fma(scale, alpha, Math.min(y[i], 0f));
                d[i] *= Math.fma(scale - below, Math.min(1f, Math.max(0f, y[i] * LARGE)), below);
            }
        }
    }

    /**
     * log(1 + e^(βx))/β = (max(βx, 0) + log(1 + e^−|βx|))/β; f′ = 1 − e^(−βy) = tanh(βy/2)·(1 + e^(−βy)). With β = −1 it is log σ(x).
     */
    final class Softplus implements FloatFormula {
        private final float sharpness;

        Softplus(double sharpness) {
            this.sharpness = (float) sharpness;
        }

        @Override
        public void values(Kernel<float[]> kernel, int n, float[] z, float[] y, float[] s) {
            for (int i = 0; i < n; i++) {
                s[i] = Math.max(-Math.abs(sharpness * z[i]), -86f);
            }
            kernel.exp(s, 0, s, 0, n);
            FloatSeries.logOfOnePlus(s, n);
            for (int i = 0; i < n; i++) {
                y[i] = (Math.max(sharpness * z[i], 0f) + s[i]) / sharpness;
            }
        }

        @Override
        public void slopes(Kernel<float[]> kernel, int n, float[] z, float[] y, float[] d, float[] s) {
            for (int i = 0; i < n; i++) {
                s[i] = Math.max(-sharpness * y[i], -86f);
                z[i] = -0.5f * s[i];
            }
            kernel.exp(s, 0, s, 0, n);
            kernel.tanh(z, 0, z, 0, n);
            for (int i = 0; i < n; i++) {
                d[i] *= z[i] * (1f + s[i]);
            }
        }
    }

    /** x·tanh(log(1 + e^x)) = x·m / (m + 2) with m = e^x·(e^x + 2) */
    final class Mish implements FloatFormula {
        /** From here on the factor is 1. */
        private static final float MOST = 20f;
        private static final float LEAST = -86f;

        private static void exponentials(Kernel<float[]> kernel, int n, float[] z, float[] s) {
            for (int i = 0; i < n; i++) {
                s[i] = Math.max(LEAST, Math.min(MOST, z[i]));
            }
            kernel.exp(s, 0, s, 0, n);
        }

        @Override
        public void values(Kernel<float[]> kernel, int n, float[] z, float[] y, float[] s) {
            exponentials(kernel, n, z, s);
            for (int i = 0; i < n; i++) {
                float m = s[i] * (s[i] + 2f);
                y[i] = z[i] * (m / (m + 2f));
            }
        }

        @Override
        public void slopes(Kernel<float[]> kernel, int n, float[] z, float[] y, float[] d, float[] s) {
            exponentials(kernel, n, z, s);
            for (int i = 0; i < n; i++) {
                float m = s[i] * (s[i] + 2f);
                float gate = s[i] / (1f + s[i]);
                float rest = 4f * (m + 1f) / ((m + 2f) * (m + 2f));          // 1 − tanh²
                d[i] *= Math.fma(Math.max(LEAST, Math.min(MOST, z[i])) * gate, rest, m / (m + 2f));
            }
        }
    }

    /** x above 0, αx below. */
    final class LeakyRelu implements FloatFormula {
        private final float alpha;

        LeakyRelu(double alpha) {
            this.alpha = (float) alpha;
        }

        @Override
        public void values(Kernel<float[]> kernel, int n, float[] z, float[] y, float[] s) {
            for (int i = 0; i < n; i++) {
                y[i] = Math.fma(alpha, Math.min(z[i], 0f), Math.max(z[i], 0f));
            }
        }

        @Override
        public void slopes(Kernel<float[]> kernel, int n, float[] z, float[] y, float[] d, float[] s) {
            float[] sign = alpha < 0 ? z : y;
            for (int i = 0; i < n; i++) {
                d[i] *= Math.fma(1f - alpha, Math.min(1f, Math.max(0f, sign[i] * LARGE)), alpha);
            }
        }
    }

    /** x / (1 + |x|) */
    final class Softsign implements FloatFormula {
        @Override
        public void values(Kernel<float[]> kernel, int n, float[] z, float[] y, float[] s) {
            for (int i = 0; i < n; i++) {
                y[i] = z[i] / (1f + Math.abs(z[i]));
            }
        }

        @Override
        public void slopes(Kernel<float[]> kernel, int n, float[] z, float[] y, float[] d, float[] s) {
            for (int i = 0; i < n; i++) {
                float rest = 1f - Math.abs(y[i]);
                d[i] *= rest * rest;
            }
        }
    }

    /** max(least, min(most, αx + β)) */
    final class Between implements FloatFormula {
        private final float alpha;
        private final float beta;
        private final float least;
        private final float most;

        Between(double alpha, double beta, double least, double most) {
            this.alpha = (float) alpha;
            this.beta = (float) beta;
            this.least = (float) least;
            this.most = (float) most;
        }

        @Override
        public void values(Kernel<float[]> kernel, int n, float[] z, float[] y, float[] s) {
            for (int i = 0; i < n; i++) {
                y[i] = Math.max(least, Math.min(most, alpha * z[i] + beta));
            }
        }

        @Override
        public void slopes(Kernel<float[]> kernel, int n, float[] z, float[] y, float[] d, float[] s) {
            for (int i = 0; i < n; i++) {
                float above = Math.min(1f, Math.max(0f, (y[i] - least) * LARGE));
                float below = Math.min(1f, Math.max(0f, (most - y[i]) * LARGE));
                d[i] *= alpha * above * below;
            }
        }
    }

    /** x·max(0, min(1, x/6 + ½)) */
    final class HardSwish implements FloatFormula {
        @Override
        public void values(Kernel<float[]> kernel, int n, float[] z, float[] y, float[] s) {
            for (int i = 0; i < n; i++) {
                y[i] = z[i] * Math.max(0f, Math.min(6f, z[i] + 3f)) / 6f;
            }
        }

        @Override
        public void slopes(Kernel<float[]> kernel, int n, float[] z, float[] y, float[] d, float[] s) {
            for (int i = 0; i < n; i++) {
                float near = Math.max(-4f, Math.min(4f, z[i]));
                float outside = Math.min(1f, Math.max(0f, (-3f - near) * LARGE));
                float below = Math.min(1f, Math.max(0f, (3f - near) * LARGE));
                d[i] *= Math.fma((1f - outside) * below, near / 3f + 0.5f, 1f - below);
            }
        }
    }

    /** α·tanh(βx) */
    final class ScaledTanh implements FloatFormula {
        private final float alpha;
        private final float beta;

        ScaledTanh(double alpha, double beta) {
            this.alpha = (float) alpha;
            this.beta = (float) beta;
        }

        @Override
        public void values(Kernel<float[]> kernel, int n, float[] z, float[] y, float[] s) {
            for (int i = 0; i < n; i++) {
                s[i] = beta * z[i];
            }
            kernel.tanh(s, 0, s, 0, n);
            for (int i = 0; i < n; i++) {
                y[i] = alpha * s[i];
            }
        }

        @Override
        public void slopes(Kernel<float[]> kernel, int n, float[] z, float[] y, float[] d, float[] s) {
            float inverse = alpha == 0 ? 0f : 1f / alpha;
            for (int i = 0; i < n; i++) {
                d[i] *= beta * (alpha - y[i] * y[i] * inverse);
            }
        }
    }

    /** e^x */
    final class Exponential implements FloatFormula {
        @Override
        public void values(Kernel<float[]> kernel, int n, float[] z, float[] y, float[] s) {
            kernel.exp(z, 0, y, 0, n);
        }

        @Override
        public void slopes(Kernel<float[]> kernel, int n, float[] z, float[] y, float[] d, float[] s) {
            kernel.multiply(y, 0, d, 0, n);
        }
    }
}
