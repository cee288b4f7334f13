package io.quatrain.tensor;

/**
 * Random numbers by counting: the n-th number of a stream is a hash of (seed, stream, n), the same on every machine and
 * Java version. The whole state is {@link #position()}, so a run resumes exactly. The hash is SplitMix64 (Steele, Lea
 * and Flood, "Fast splittable pseudorandom number generators", 2014).
 */
public final class Randomness {
    private static final long GOLDEN = 0x9E3779B97F4A7C15L;

    private final long stream;
    private long key;
    private long position;

    public Randomness(long seed, long stream) {
        this.stream = mix(stream + GOLDEN);
        restart(seed);
    }

    /** A stream named by a text, so that adding another one disturbs nothing. */
    public Randomness(long seed, String stream) {
        this(seed, hash(stream));
    }

    /** The beginning of the same stream under another seed. */
    public void restart(long seed) {
        key = mix(seed * GOLDEN + stream);
        position = 0;
    }

    private static long hash(String text) {
        long hash = 0xCBF29CE484222325L;
        for (int i = 0; i < text.length(); i++) {
            hash = (hash ^ text.charAt(i)) * 0x100000001B3L;
        }
        return hash;
    }

    private static long mix(long z) {
        z = (z ^ (z >>> 30)) * 0xBF58476D1CE4E5B9L;
        z = (z ^ (z >>> 27)) * 0x94D049BB133111EBL;
        return z ^ (z >>> 31);
    }

    public long position() {
        return position;
    }

    public void position(long position) {
        this.position = position;
    }

    /** The number at a place, whatever was drawn before: 64 random bits. */
    public long at(long place) {
        return mix(key + (place + 1) * GOLDEN);
    }

    public long nextLong() {
        return at(position++);
    }

    /** In [0, 1), 53 random bits. */
    public double nextDouble() {
        return (nextLong() >>> 11) * 0x1.0p-53;
    }

    /** In [0, bound). */
    public int nextInt(int bound) {
        return (int) (((nextLong() >>> 32) * bound) >>> 32);
    }

    /** Normal with mean 0 and deviation 1 (Box and Muller 1958, in StrictMath). */
    public double nextGaussian() {
        double u = 1 - nextDouble();
        double v = nextDouble();
        return StrictMath.sqrt(-2 * StrictMath.log(u)) * StrictMath.cos(2 * Math.PI * v);
    }

    /** A random order of 0 … n − 1 (Fisher and Yates). */
    public int[] permutation(int n) {
        int[] order = new int[n];
        for (int i = 0; i < n; i++) {
            int j = nextInt(i + 1);
            order[i] = order[j];
            order[j] = i;
        }
        return order;
    }
}
