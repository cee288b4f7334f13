package io.quatrain.text;

/** SplitMix64 (Steele, Lea &amp; Flood 2014): the n-th number is a function of seed and n, the same on every JDK. */
final class Random64 {
    private static final long GOLDEN = 0x9e3779b97f4a7c15L;

    private final long base;
    private long n;

    Random64(long seed) {
        base = mix(seed);
    }

    /** A whole number from 0 to below the bound. */
    int below(int bound) {
        return (int) (uniform(base, n++) * bound);
    }

    /** The n-th number of a sequence, from 0 to below 1. */
    static double uniform(long base, long n) {
        return (mix(base + (n + 1) * GOLDEN) >>> 11) * 0x1p-53;
    }

    /** The base of the numbered sequence that belongs to a seed. */
    static long base(long seed, long stream) {
        return mix(mix(seed) + stream * GOLDEN);
    }

    private static long mix(long value) {
        long z = (value ^ value >>> 30) * 0xbf58476d1ce4e5b9L;
        z = (z ^ z >>> 27) * 0x94d049bb133111ebL;
        return z ^ z >>> 31;
    }
}
