package io.quatrain.optimize;

/** Refuses options that make no sense, by name. */
final class Check {
    private Check() {
    }

    static double positive(String name, double value) {
        return require(value > 0 && Double.isFinite(value), name, "must be above 0", value);
    }

    static double notNegative(String name, double value) {
        return require(value >= 0 && Double.isFinite(value), name, "must be 0 or more", value);
    }

    /** In [0, 1). */
    static double decay(String name, double value) {
        return require(value >= 0 && value < 1, name, "must be 0 or more and below 1", value);
    }

    static double require(boolean right, String name, String need, double value) {
        if (!right) {
            throw new IllegalArgumentException(name + " " + need + ", got " + value);
        }
        return value;
    }
}
