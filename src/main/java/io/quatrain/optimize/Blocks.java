package io.quatrain.optimize;

import io.quatrain.tensor.Matrix;
import io.quatrain.tensor.Precision;

/**
 * Sweeps over matrices of one size in blocks that fit the first-level cache. A block is computed in double precision
 * whatever the matrices hold, so a formula is written once; scratch belongs to the thread, so nothing is allocated.
 */
final class Blocks {
    private static final int BLOCK = 512;
    private static final int GRAIN = 4096;
    /** x + FLUSH − FLUSH is a multiple of 2⁻¹²⁶, the smallest float32 that is not subnormal: see {@link io.quatrain.kernel.Kernel#flush}. */
    private static final double FLUSH_FLOATS = 0x1p-73;
    private static final double FLUSH_DOUBLES = 0x1p-848;
    private static final ThreadLocal<Scratch> SCRATCH = ThreadLocal.withInitial(Scratch::new);
    private static final Matrix[] NONE = {};

    private static final class Scratch {
        final double[] w = new double[BLOCK];
        final double[] g = new double[BLOCK];
        double[][] slots = new double[3][BLOCK];

        double[][] slots(int count) {
            if (slots.length < count) {
                slots = new double[count][BLOCK];
            }
            return slots;
        }
    }

    /** One block: n numbers of each. */
    interface Sweep {
        void block(int n, double[] w, double[] g, double[][] slots);
    }

    private Blocks() {
    }

    /** w and the slots are read and written, g is read. */
    static void sweep(Matrix w, Matrix g, Matrix[] slots, Sweep sweep) {
        int size = w.rows() * w.columns();
        w.compute().split(size, GRAIN, 20.0 * size, w, g, slots, sweep, 0, Blocks::range);
    }

    private static void range(Matrix w, Matrix g, Matrix[] slots, Sweep sweep, double none, int from, int to) {
        Scratch scratch = SCRATCH.get();
        double[][] s = scratch.slots(slots.length);
        double flush = w.compute().precision() == Precision.FLOAT32 ? FLUSH_FLOATS : FLUSH_DOUBLES;
        for (int start = from; start < to; start += BLOCK) {
            int n = Math.min(BLOCK, to - start);
            w.copyTo(start, n, scratch.w);
            g.copyTo(start, n, scratch.g);
            for (int i = 0; i < slots.length; i++) {
                slots[i].copyTo(start, n, s[i]);
            }
            sweep.block(n, scratch.w, scratch.g, s);
            w.setFrom(start, n, scratch.w);
            for (int i = 0; i < slots.length; i++) {
                flush(flush, n, s[i]);
                slots[i].setFrom(start, n, s[i]);
            }
        }
    }

    private static void flush(double flush, int n, double[] x) {
        for (int i = 0; i < n; i++) {
            x[i] = x[i] + flush - flush;
        }
    }

    /** g += λ·sign(w), to be used by {@link #addSigns}. */
    static Sweep signs(double coefficient) {
        return (n, g, w, slots) -> {
            for (int i = 0; i < n; i++) {
                g[i] += coefficient * Math.signum(w[i]);
            }
        };
    }

    static void addSigns(Sweep signs, Matrix w, Matrix g) {
        sweep(g, w, NONE, signs);
    }

    /** Σ|x|^p, or max |x| where p is infinite. */
    static double powerSum(Matrix x, double p) {
        Scratch scratch = SCRATCH.get();
        int size = x.rows() * x.columns();
        double sum = 0;
        for (int start = 0; start < size; start += BLOCK) {
            int n = Math.min(BLOCK, size - start);
            x.copyTo(start, n, scratch.w);
            for (int i = 0; i < n; i++) {
                double magnitude = Math.abs(scratch.w[i]);
                if (p == Double.POSITIVE_INFINITY) {
                    sum = Math.max(sum, magnitude);
                } else {
                    sum += p == 1 ? magnitude : Math.pow(magnitude, p);
                }
            }
        }
        return sum;
    }
}
