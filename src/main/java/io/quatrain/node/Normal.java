package io.quatrain.node;

/** The standard normal distribution, to about 1e-15. */
final class Normal {
    private static final double SQRT_2_PI = Math.sqrt(2 * Math.PI);
    private static final int LEVELS = 80;

    private Normal() {
    }

    /** φ(x) = e^(−x²/2) / √(2π) */
    static double density(double x) {
        return Math.exp(-0.5 * x * x) / SQRT_2_PI;
    }

    /**
     * Φ(x), the probability of a value below x. Near 0 by Φ(x) = ½ + φ(x)·(x + x³/3 + x⁵/(3·5) + …), whose terms all
     * have one sign; in the tails by Laplace's fraction, 1 − Φ(x) = φ(x) / (x + 1/(x + 2/(x + 3/(x + …)))).
     */
    static double distribution(double x) {
        double size = Math.abs(x);
        if (!(size < 38)) {
            return x > 0 ? 1 : x < 0 ? 0 : x;
        }
        if (size < 3) {
            double term = x;
            double sum = x;
            for (int k = 3; Math.abs(term) > 1e-17 * Math.abs(sum); k += 2) {
                term *= x * x / k;
                sum += term;
            }
            return 0.5 + density(x) * sum;
        }
        double fraction = size;
        for (int k = LEVELS; k > 0; k--) {
            fraction = size + k / fraction;
        }
        double tail = density(x) / fraction;
        return x > 0 ? 1 - tail : tail;
    }
}
