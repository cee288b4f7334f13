package io.quatrain.kernel;

/**
 * Random bits by counting: a hash of (key, place) in 32-bit operations, of which a vector does as many at once as it holds floats. Three rounds of
 * xor-shift and multiply, with constants of Wellons's Hash Prospector; half of the key is added before the first, the other half behind it, so
 * that the numbers of two keys are not those of one key some places on.
 */
final class RandomBits {
    static final int FIRST = 0xED5AD4BB;
    static final int SECOND = 0x21F0AAAD;
    static final int THIRD = 0xD35A2D97;

    private RandomBits() {
    }

    /** In [0, 2³¹). */
    static int at(long key, int place) {
        int x = place + (int) key;
        x = (x ^ x >>> 17) * FIRST + (int) (key >>> 32);
        x = (x ^ x >>> 16) * SECOND;
        x = (x ^ x >>> 15) * THIRD;
        return (x ^ x >>> 15) >>> 1;
    }

    /** Numbers of {@link #at} below it have the probability. */
    static int limit(double probability) {
        return (int) Math.min(Integer.MAX_VALUE, Math.rint(probability * 0x1p31));
    }
}
