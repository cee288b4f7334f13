package io.quatrain.kernel;

import org.jspecify.annotations.Nullable;

/**
 * Float arithmetic in plain Java, written so that the compiler finds the vectors by itself, without any flag.
 *
 * <p>It does that for a loop whose arrays all have the loop variable itself as index, and not for one where two offsets
 * into float arrays meet, since those could overlap. So operands go through short arrays of their own:
 *
 * <p><b>Products.</b> A block of columns of W is copied out, each into its own array. Then, for three columns of Y at a time,
 * three columns of W are multiplied and added per sweep: nine multiply-adds for six loads and three stores. That is
 * the largest body which C2 of JDK 17 and of 25 both turn into vectors. A panel is a strip of W, whose columns are arrays already: few columns
 * of Y are computed right from these.
 *
 * <p><b>Elementwise.</b> Functions are taken in pieces, of several columns where columns are short; updates have one index
 * when all offsets are equal, as they are when a whole parameter is updated.
 *
 * <p><b>No rests.</b> Before its vectors, such a loop takes single numbers up to an address that is a multiple of a vector,
 * at least one, and after them what is left: with sixteen lanes sixteen numbers together, as slow as sixteen vectors. A loop
 * over 1 + 16·k numbers takes one, if it starts one number before such an address. So arrays have a number in front and some
 * behind that nobody reads (old ones; NaN and ∞ cost vectors nothing), and where to start is found by trying
 * ({@link Scratch#findStart}).
 */
final class PlainKernel implements Kernel<float[]> {
    /** Rows of a strip. */
    private static final int STRIP = 512;
    /** Columns of W copied at a time; with {@link #STRIP}, 200 KB of the second cache. */
    private static final int BLOCK = 96;
    /** So few columns of X do not pay a copy of W: what was packed is read where it is. */
    private static final int FEW = 5;
    /** Columns of a W that was not packed, copied at a time for few columns of X: 26 KB, so that the copy does not leave the first cache. */
    private static final int SMALL_BLOCK = 12;
    /** Columns of W turned at a time: a run of a panel stays in the first cache until all its rows have been copied. */
    private static final int RUN = 128;
    private static final int Y = BLOCK;
    private static final int E = Y + 3;
    /** Numbers in the widest vector there is. */
    private static final int LANES = 16;
    /** Where loops over packed columns start, which begin one later: at a multiple of 64 bytes, if their arrays do (see {@link Kernel#margin}). */
    private static final int PANEL_START = 11;

    private static final ThreadLocal<Scratch> SCRATCH = ThreadLocal.withInitial(Scratch::new);

    private static final class Scratch {
        static final int ROOM = room(STRIP);
        /** Multiply-adds before the first search, so that a program's first results do not wait for it. */
        static final long FIRST = 1 << 22;
        /** Multiply-adds between two searches, at first and later: garbage collections move arrays. */
        static final long SOON = 1 << 20;
        static final long LATER = 1 << 29;
        /** So often arrays are made anew that are not neighbours. */
        static final int RENEWALS = 100;

        /**
         * Columns of W, from {@link PlainKernel#Y} on three of Y, from {@link PlainKernel#E} on what elementwise functions need. No other references:
         * a garbage collection then copies them one after the other, and they stay neighbours.
         */
        float[][] w = new float[E + 8][ROOM];

        /** Where loops start; the numbers begin one later. Right from the beginning where arrays begin at multiples of 64 bytes. */
        int start = PANEL_START;
        private long interval = SOON / 2;
        private long left = FIRST;
        private int renewals;

        private float[] joined = {};

        /** Columns of B that do not lie side by side, put together. */
        float[] joined(int size) {
            if (joined.length < size) {
                joined = new float[size];
            }
            return joined;
        }

        /** Counts work that comes, and looks again for the start when much has been done. */
        void count(long work) {
            left -= work;
            if (left < 0) {
                interval = Math.min(LATER, 2 * interval);
                left = interval;
                findStart();
                if (renewals < RENEWALS && !neighbours()) {
                    renewals++;
                    w = new float[E + 8][ROOM];
                    findStart();
                }
            }
        }

        /** The start that gives the fastest sweeps: the address of an array cannot be asked for. */
        private void findStart() {
            long best = Long.MAX_VALUE;
            for (int from = 0; from < LANES; from++) {
                long time = time(from, 0);
                if (time < best) {
                    best = time;
                    start = from;
                }
            }
        }

        /** Whether all columns are equally fast, as far as can be seen: a new piece of the heap may have begun among them. */
        private boolean neighbours() {
            long least = Long.MAX_VALUE;
            long most = 0;
            for (int p = 0; p <= BLOCK - 3; p += 3) {
                long time = time(start, p);
                least = Math.min(least, time);
                most = Math.max(most, time);
            }
            return most <= least + least / 8;
        }

        /**
         * What a few sweeps take. They are long for a second reason: C2 takes wide vectors only for loops that, as far as it has
         * seen, are long on average.
         */
        private long time(int from, int p) {
            long best = Long.MAX_VALUE;
            for (int attempt = 0; attempt < 4; attempt++) {
                long before = System.nanoTime();
                for (int sweep = 0; sweep < 8; sweep++) {
                    threeByThree(from, from + 1 + STRIP, w[p], w[p + 1], w[p + 2], w[Y], w[Y + 1], w[Y + 2], 0, 0, 0, 0, 0, 0, 0, 0, 0);
                }
                best = Math.min(best, System.nanoTime() - before);
            }
            return best;
        }
    }

    /**
     * Numbers of an array that holds {@code n}: enough for a start below {@link #LANES}, a number in front and a rest. With its header it takes an
     * odd number of cache lines: neighbours begin at the same place of a line, and do not contend for the same lines.
     */
    private static int room(int n) {
        int lines = (2 * LANES + n + LANES - 1) / LANES;
        return (lines + lines % 2) * LANES + 12;
    }

    /** Where a loop ends that takes the number in front and {@code n} more. */
    private static int end(int start, int n) {
        return start + 1 + (n + LANES - 1) / LANES * LANES;
    }

    @Override
    public String name() {
        return "plain";
    }

    @Override
    public float[] allocate(int length) {
        return new float[length];
    }

    @Override
    public double get(float[] a, int index) {
        return a[index];
    }

    @Override
    public void set(float[] a, int index, double value) {
        a[index] = (float) value;
    }

    // Products

    @Override
    public int panelRows() {
        return STRIP;
    }

    /** The columns of all strips, each an array of its own that begins like the scratch's. */
    @Override
    public Object allocatePanels(int rows, int inner) {
        float[][] columns = new float[panels(rows) * inner][];
        for (int i = 0; i < columns.length; i++) {
            columns[i] = new float[room(Math.min(STRIP, rows - i / inner * STRIP))];
        }
        return columns;
    }

    @Override
    public void pack(float[] w, int wo, int ldw, boolean transposed, int rows, int inner, Object into,
                     int from, int to) {
        float[][] columns = (float[][]) into;
        for (int q = from; q < to; q++) {
            int first = q * STRIP;
            int height = Math.min(STRIP, rows - first);
            for (int p = 0; p < inner && !transposed; p++) {
                System.arraycopy(w, wo + first + p * ldw, columns[q * inner + p], PANEL_START + 1, height);
            }
            for (int start = 0; start < inner && transposed; start += RUN) {
                packRows(w, wo + first * ldw + start, ldw, height, Math.min(RUN, inner - start), columns, q * inner + start);
            }
        }
    }

    /** Rows to columns, four at a time. */
    private static void packRows(float[] w, int wo, int ldw, int height, int run, float[][] columns, int at) {
        int r = 0;
        for (; r <= height - 4; r += 4) {
            int to = PANEL_START + 1 + r;
            int w0 = wo + r * ldw;
            int w1 = w0 + ldw;
            int w2 = w1 + ldw;
            int w3 = w2 + ldw;
            for (int p = 0; p < run; p++) {
                float[] column = columns[at + p];
                column[to] = w[w0 + p];
                column[to + 1] = w[w1 + p];
                column[to + 2] = w[w2 + p];
                column[to + 3] = w[w3 + p];
            }
        }
        for (; r < height; r++) {
            for (int p = 0; p < run; p++) {
                columns[at + p][PANEL_START + 1 + r] = w[wo + r * ldw + p];
            }
        }
    }

    /**
     * Few columns of X read W where it was packed; for more it is worth a copy into arrays that begin at the same place of a cache line as
     * those of Y.
     */
    @Override
    public void addPackedProduct(Object panels, int rows, int inner, int from, int to, float[] x, int xo, int ldx,
                                 float[] y, int yo, int ldy, int columns) {
        float[][] w = (float[][]) panels;
        int last = panelStart(rows, to);
        Scratch scratch = SCRATCH.get();
        scratch.count((long) (last - from * STRIP) * inner * columns);
        for (int first = from * STRIP, at = from * inner; first < last; first += STRIP, at += inner) {
            int height = Math.min(STRIP, rows - first);
            if (columns <= FEW) {
                multiply(w, at, PANEL_START, scratch, height, inner, x, xo, 1, ldx, y, yo + first, ldy, columns);
            } else {
                for (int p = 0; p < inner; p += BLOCK) {
                    int depth = Math.min(BLOCK, inner - p);
                    for (int i = 0; i < depth; i++) {
                        System.arraycopy(w[at + p + i], PANEL_START + 1, scratch.w[i], scratch.start + 1, height);
                    }
                    multiply(scratch, height, depth, x, xo + p, 1, ldx, y, yo + first, ldy, columns);
                }
            }
        }
    }

    @Override
    public void addProductTransposed(float[] a, int ao, int lda, float[] b, int bo, int ldb,
                                     float[] c, int co, int ldc, int rows, int columns, int inner, int run, int step) {
        if (run == step || inner <= run) {
            addProduct(false, a, ao, lda, true, b, bo, ldb, c, co, ldc, rows, columns, inner);
            return;
        }
        Scratch scratch = SCRATCH.get();
        scratch.count((long) rows * inner * columns);
        float[] joined = scratch.joined(BLOCK * columns);
        for (int p = 0; p < inner; p += BLOCK) {
            int depth = Math.min(BLOCK, inner - p);
            for (int i = 0; i < depth; i++) {
                System.arraycopy(b, bo + Kernel.column(p + i, run, step) * ldb, joined, i * columns, columns);
            }
            for (int first = 0; first < rows; first += STRIP) {
                int height = Math.min(STRIP, rows - first);
                for (int i = 0; i < depth; i++) {
                    System.arraycopy(a, ao + first + Kernel.column(p + i, run, step) * lda, scratch.w[i], scratch.start + 1, height);
                }
                multiply(scratch, height, depth, joined, 0, columns, 1, c, co + first, ldc, columns);
            }
        }
    }

    @Override
    public void addProduct(boolean transposeA, float[] a, int ao, int lda, boolean transposeB, float[] b, int bo,
                           int ldb, float[] c, int co, int ldc, int rows, int columns, int inner) {
        Scratch scratch = SCRATCH.get();
        scratch.count((long) rows * inner * columns);
        int bRow = transposeB ? ldb : 1;
        int bColumn = transposeB ? 1 : ldb;
        int block = columns <= FEW ? SMALL_BLOCK : BLOCK;
        for (int first = 0; first < rows; first += STRIP) {
            int height = Math.min(STRIP, rows - first);
            for (int p = 0; p < inner; p += block) {
                int depth = Math.min(block, inner - p);
                if (transposeA) {
                    copyRows(a, ao + p + first * lda, lda, scratch, height, depth);
                } else {
                    copyColumns(a, ao + first + p * lda, lda, scratch, height, depth);
                }
                multiply(scratch, height, depth, b, bo + p * bRow, bRow, bColumn, c, co + first, ldc, columns);
            }
        }
    }

    private static void copyColumns(float[] from, int offset, int ld, Scratch scratch, int rows, int columns) {
        int first = scratch.start + 1;
        for (int p = 0; p < columns; p++) {
            System.arraycopy(from, offset + p * ld, scratch.w[p], first, rows);
        }
    }

    private static void copyRows(float[] from, int offset, int ld, Scratch scratch, int rows, int columns) {
        int first = scratch.start + 1;
        for (int p = 0; p < columns; p++) {
            float[] column = scratch.w[p];
            for (int r = 0; r < rows; r++) {
                column[first + r] = from[offset + r * ld + p];
            }
        }
    }

    /** Y += W·X, where the columns of W stand in the scratch and X is any matrix. */
    private static void multiply(Scratch scratch, int rows, int inner, float[] x, int xo, int xRow, int xColumn,
                                 float[] y, int yo, int ldy, int columns) {
        multiply(scratch.w, 0, scratch.start, scratch, rows, inner, x, xo, xRow, xColumn, y, yo, ldy, columns);
    }

    /** Y += W·X, where the columns of W are arrays, the first is w[{@code at}], and loops over them start at {@code from}. */
    private static void multiply(float[][] w, int at, int from, Scratch scratch, int rows, int inner,
                                 float[] x, int xo, int xRow, int xColumn, float[] y, int yo, int ldy, int columns) {
        float[] y0 = scratch.w[Y];
        float[] y1 = scratch.w[Y + 1];
        float[] y2 = scratch.w[Y + 2];
        int first = from + 1;
        int to = end(from, rows);
        int last = at + inner;
        xo -= at * xRow;            // rows of X count from at, as columns of W do
        int j = 0;
        for (; j <= columns - 3; j += 3) {
            System.arraycopy(y, yo + j * ldy, y0, first, rows);
            System.arraycopy(y, yo + (j + 1) * ldy, y1, first, rows);
            System.arraycopy(y, yo + (j + 2) * ldy, y2, first, rows);
            int x0 = xo + j * xColumn;
            int x1 = x0 + xColumn;
            int x2 = x1 + xColumn;
            int p = at;
            for (; p <= last - 3; p += 3) {
                int q = p * xRow;
                int r = q + xRow;
                int s = r + xRow;
                threeByThree(from, to, w[p], w[p + 1], w[p + 2], y0, y1, y2, x[x0 + q], x[x0 + r], x[x0 + s],
                        x[x1 + q], x[x1 + r], x[x1 + s], x[x2 + q], x[x2 + r], x[x2 + s]);
            }
            for (; p < last; p++) {
                oneByThree(from, to, w[p], y0, y1, y2, x[x0 + p * xRow], x[x1 + p * xRow], x[x2 + p * xRow]);
            }
            System.arraycopy(y0, first, y, yo + j * ldy, rows);
            System.arraycopy(y1, first, y, yo + (j + 1) * ldy, rows);
            System.arraycopy(y2, first, y, yo + (j + 2) * ldy, rows);
        }
        if (j == columns - 2) {
            System.arraycopy(y, yo + j * ldy, y0, first, rows);
            System.arraycopy(y, yo + (j + 1) * ldy, y1, first, rows);
            int x0 = xo + j * xColumn;
            int x1 = x0 + xColumn;
            int p = at;
            for (; p <= last - 3; p += 3) {
                int q = p * xRow;
                int r = q + xRow;
                int s = r + xRow;
                threeByTwo(from, to, w[p], w[p + 1], w[p + 2], y0, y1, x[x0 + q], x[x0 + r], x[x0 + s],
                        x[x1 + q], x[x1 + r], x[x1 + s]);
            }
            for (; p < last; p++) {
                oneByOne(from, to, w[p], y0, x[x0 + p * xRow]);
                oneByOne(from, to, w[p], y1, x[x1 + p * xRow]);
            }
            System.arraycopy(y0, first, y, yo + j * ldy, rows);
            System.arraycopy(y1, first, y, yo + (j + 1) * ldy, rows);
        } else if (j == columns - 1) {
            System.arraycopy(y, yo + j * ldy, y0, first, rows);
            int x0 = xo + j * xColumn;
            int p = at;
            for (; p <= last - 6; p += 6) {
                int q = x0 + p * xRow;
                sixByOne(from, to, w[p], w[p + 1], w[p + 2], w[p + 3], w[p + 4], w[p + 5], y0, x[q], x[q + xRow],
                        x[q + 2 * xRow], x[q + 3 * xRow], x[q + 4 * xRow], x[q + 5 * xRow]);
            }
            for (; p < last; p++) {
                oneByOne(from, to, w[p], y0, x[x0 + p * xRow]);
            }
            System.arraycopy(y0, first, y, yo + j * ldy, rows);
        }
    }

    /**
     * A call, never inlined: C2 of JDK 17 makes vectors of this loop where the arrays are parameters, and takes single numbers, five times as
     * slow, where they were loaded from an array of arrays. C2 does not inline what is longer than 325 bytes (FreqInlineSize), hence the first
     * branch: nobody takes it, so it is not compiled either.
     */
    private static void threeByThree(int from, int to, float[] wa, float[] wb, float[] wc,
                                     float[] y0, float[] y1, float[] y2, float a0, float b0, float c0,
                                     float a1, float b1, float c1, float a2, float b2, float c2) {
        if (from < 0) {
            for (int i = from; i < to; i += 2) {
                y0[i] = Math.fma(wc[i], c0, Math.fma(wb[i], b0, Math.fma(wa[i], a0, y0[i])));
                y1[i] = Math.fma(wc[i], c1, Math.fma(wb[i], b1, Math.fma(wa[i], a1, y1[i])));
                y2[i] = Math.fma(wc[i], c2, Math.fma(wb[i], b2, Math.fma(wa[i], a2, y2[i])));
                y0[i + 1] = Math.fma(wc[i + 1], c0, Math.fma(wb[i + 1], b0, Math.fma(wa[i + 1], a0, y0[i + 1])));
                y1[i + 1] = Math.fma(wc[i + 1], c1, Math.fma(wb[i + 1], b1, Math.fma(wa[i + 1], a1, y1[i + 1])));
                y2[i + 1] = Math.fma(wc[i + 1], c2, Math.fma(wb[i + 1], b2, Math.fma(wa[i + 1], a2, y2[i + 1])));
            }
            return;
        }
        for (int i = from; i < to; i++) {
            float a = wa[i];
            float b = wb[i];
            float c = wc[i];
            y0[i] = Math.fma(c, c0, Math.fma(b, b0, Math.fma(a, a0, y0[i])));
            y1[i] = Math.fma(c, c1, Math.fma(b, b1, Math.fma(a, a1, y1[i])));
            y2[i] = Math.fma(c, c2, Math.fma(b, b2, Math.fma(a, a2, y2[i])));
        }
    }

    private static void threeByTwo(int from, int to, float[] wa, float[] wb, float[] wc, float[] y0, float[] y1,
                                   float a0, float b0, float c0, float a1, float b1, float c1) {
        for (int i = from; i < to; i++) {
            float a = wa[i];
            float b = wb[i];
            float c = wc[i];
            y0[i] = Math.fma(c, c0, Math.fma(b, b0, Math.fma(a, a0, y0[i])));
            y1[i] = Math.fma(c, c1, Math.fma(b, b1, Math.fma(a, a1, y1[i])));
        }
    }

    private static void sixByOne(int from, int to, float[] wa, float[] wb, float[] wc, float[] wd, float[] we, float[] wf,
                                 float[] y, float a, float b, float c, float d, float e, float f) {
        for (int i = from; i < to; i++) {
            float sum = Math.fma(wc[i], c, Math.fma(wb[i], b, Math.fma(wa[i], a, y[i])));
            y[i] = Math.fma(wf[i], f, Math.fma(we[i], e, Math.fma(wd[i], d, sum)));
        }
    }

    private static void oneByThree(int from, int to, float[] w, float[] y0, float[] y1, float[] y2,
                                   float x0, float x1, float x2) {
        for (int i = from; i < to; i++) {
            float a = w[i];
            y0[i] = Math.fma(a, x0, y0[i]);
            y1[i] = Math.fma(a, x1, y1[i]);
            y2[i] = Math.fma(a, x2, y2[i]);
        }
    }

    private static void oneByOne(int from, int to, float[] w, float[] y, float x) {
        for (int i = from; i < to; i++) {
            y[i] = Math.fma(w[i], x, y[i]);
        }
    }

    // Elementwise

    @Override
    public void fill(float[] y, int yo, int n, double value) {
        java.util.Arrays.fill(y, yo, yo + n, (float) value);
    }

    @Override
    public void add(float[] x, int xo, float[] y, int yo, int n) {
        Scratch scratch = SCRATCH.get();
        int from = scratch.start;
        for (int k = 0; k < n; k += STRIP) {
            int length = Math.min(STRIP, n - k);
            System.arraycopy(x, xo + k, scratch.w[E], from + 1, length);
            System.arraycopy(y, yo + k, scratch.w[E + 1], from + 1, length);
            add(scratch.w[E], scratch.w[E + 1], from, end(from, length));
            System.arraycopy(scratch.w[E + 1], from + 1, y, yo + k, length);
        }
    }

    private static void add(float[] x, float[] y, int from, int to) {
        for (int i = from; i < to; i++) {
            y[i] += x[i];
        }
    }

    @Override
    public void addScaled(double factor, float[] x, int xo, float[] y, int yo, int n) {
        for (int i = 0; i < n; i++) {
            y[yo + i] = Math.fma(x[xo + i], (float) factor, y[yo + i]);
        }
    }

    @Override
    public void scale(double factor, float[] y, int yo, int n) {
        for (int i = 0; i < n; i++) {
            y[yo + i] *= (float) factor;
        }
    }

    @Override
    public void multiply(float[] x, int xo, float[] y, int yo, int n) {
        for (int i = 0; i < n; i++) {
            y[yo + i] *= x[xo + i];
        }
    }

    @Override
    public void addMultiplied(float[] x, int xo, float[] y, int yo, float[] z, int zo, int n) {
        for (int i = 0; i < n; i++) {
            z[zo + i] = Math.fma(x[xo + i], y[yo + i], z[zo + i]);
        }
    }

    @Override
    public void clamp(double limit, float[] y, int yo, int n) {
        for (int i = 0; i < n; i++) {
            y[yo + i] = Math.max(-(float) limit, Math.min((float) limit, y[yo + i]));
        }
    }

    @Override
    public void flush(float[] y, int yo, int n) {
        for (int i = 0; i < n; i++) {
            y[yo + i] = y[yo + i] + FloatMath.FLUSH - FloatMath.FLUSH;
        }
    }

    @Override
    public void bernoulli(long key, int place, double probability, double value, float[] y, int yo, int n) {
        int limit = RandomBits.limit(probability);
        int bits = Float.floatToRawIntBits((float) value);
        for (int i = 0; i < n; i++) {
            y[yo + i] = Float.intBitsToFloat(bits & RandomBits.at(key, place + i) - limit >> 31); // nobody could foresee a branch
        }
    }

    @Override
    public double sumOfSquares(float[] x, int xo, int n) {
        return dot(x, xo, x, xo, n);
    }

    @Override
    public double dot(float[] x, int xo, float[] y, int yo, int n) {
        double sum = 0;
        for (int i = 0; i < n; i++) {
            sum += (double) x[xo + i] * y[yo + i];
        }
        return sum;
    }

    @Override
    public void tanh(float[] x, int xo, float[] y, int yo, int n) {
        Scratch scratch = SCRATCH.get();
        int from = scratch.start;
        for (int k = 0; k < n; k += STRIP) {
            int length = Math.min(STRIP, n - k);
            System.arraycopy(x, xo + k, scratch.w[E], from + 1, length);
            tanh(scratch.w[E], from, end(from, length));
            System.arraycopy(scratch.w[E], from + 1, y, yo + k, length);
        }
    }

    @Override
    public void sigmoid(float[] x, int xo, float[] y, int yo, int n) {
        Scratch scratch = SCRATCH.get();
        int from = scratch.start;
        for (int k = 0; k < n; k += STRIP) {
            int length = Math.min(STRIP, n - k);
            System.arraycopy(x, xo + k, scratch.w[E], from + 1, length);
            sigmoid(scratch.w[E], from, end(from, length));
            System.arraycopy(scratch.w[E], from + 1, y, yo + k, length);
        }
    }

    private static void tanh(float[] y, int from, int to) {
        for (int i = from; i < to; i++) {
            y[i] = FloatMath.tanh(y[i]);
        }
    }

    private static void sigmoid(float[] y, int from, int to) {
        for (int i = from; i < to; i++) {
            y[i] = FloatMath.sigmoid(y[i]);
        }
    }

    @Override
    public void relu(float[] x, int xo, float[] y, int yo, int n) {
        for (int i = 0; i < n; i++) {
            y[yo + i] = Math.max(0, x[xo + i]);
        }
    }

    @Override
    public void exp(float[] x, int xo, float[] y, int yo, int n) {
        Scratch scratch = SCRATCH.get();
        int first = scratch.start + 1;
        for (int k = 0; k < n; k += STRIP) {
            int length = Math.min(STRIP, n - k);
            System.arraycopy(x, xo + k, scratch.w[E], first, length);
            exp(scratch, length);
            System.arraycopy(scratch.w[E], first, y, yo + k, length);
        }
    }

    /** e^e0, in three sweeps: the first two become vectors, the one that makes powers of two from bits does not. */
    private static void exp(Scratch scratch, int n) {
        float[] e = scratch.w[E];
        float[] shifted = scratch.w[E + 1];
        int from = scratch.start;
        int to = end(from, n);
        expStart(e, shifted, from, to);
        expRest(e, shifted, from, to);
        for (int i = from + 1; i <= from + n; i++) {
            e[i] = FloatMath.expScale(e[i], shifted[i]);
        }
    }

    private static void expStart(float[] e, float[] shifted, int from, int to) {
        for (int i = from; i < to; i++) {
            e[i] = FloatMath.expClamp(e[i]);
            shifted[i] = FloatMath.expShift(e[i]);
        }
    }

    private static void expRest(float[] e, float[] shifted, int from, int to) {
        for (int i = from; i < to; i++) {
            e[i] = FloatMath.expRest(e[i], shifted[i]);
        }
    }

    @Override
    public void tanhBackward(float[] y, int yo, float[] dy, int dyo, float[] dz, int dzo, int n) {
        Scratch scratch = SCRATCH.get();
        int from = scratch.start;
        for (int k = 0; k < n; k += STRIP) {
            int length = Math.min(STRIP, n - k);
            System.arraycopy(y, yo + k, scratch.w[E], from + 1, length);
            System.arraycopy(dy, dyo + k, scratch.w[E + 1], from + 1, length);
            tanhBackward(scratch.w[E], scratch.w[E + 1], from, end(from, length));
            System.arraycopy(scratch.w[E + 1], from + 1, dz, dzo + k, length);
        }
    }

    private static void tanhBackward(float[] y, float[] d, int from, int to) {
        for (int i = from; i < to; i++) {
            d[i] *= 1 - y[i] * y[i];
        }
    }

    @Override
    public void sigmoidBackward(float[] y, int yo, float[] dy, int dyo, float[] dz, int dzo, int n) {
        for (int i = 0; i < n; i++) {
            float value = y[yo + i];
            dz[dzo + i] = dy[dyo + i] * value * (1 - value);
        }
    }

    @Override
    public void reluBackward(float[] y, int yo, float[] dy, int dyo, float[] dz, int dzo, int n) {
        for (int i = 0; i < n; i++) {
            dz[dzo + i] = y[yo + i] > 0 ? dy[dyo + i] : 0;
        }
    }

    @Override
    public void clampBackward(double limit, float[] z, int zo, float[] dz, int dzo, int n) {
        for (int i = 0; i < n; i++) {
            if (Math.abs(z[zo + i]) >= (float) limit) {
                dz[dzo + i] = 0;
            }
        }
    }

    // Columns

    @Override
    public void addToEachColumn(float[] b, int bo, float[] y, int yo, int ldy, int rows, int columns) {
        for (int j = 0; j < columns; j++) {
            add(b, bo, y, yo + j * ldy, rows);
        }
    }

    @Override
    public void addColumnSums(float[] x, int xo, int ldx, float[] s, int so, int rows, int columns) {
        Scratch scratch = SCRATCH.get();
        int from = scratch.start;
        for (int k = 0; k < rows; k += STRIP) {
            int length = Math.min(STRIP, rows - k);
            int to = end(from, length);
            System.arraycopy(s, so + k, scratch.w[E + 1], from + 1, length);
            for (int j = 0; j < columns; j++) {
                System.arraycopy(x, xo + k + j * ldx, scratch.w[E], from + 1, length);
                add(scratch.w[E], scratch.w[E + 1], from, to);
            }
            System.arraycopy(scratch.w[E + 1], from + 1, s, so + k, length);
        }
    }

    // Recurrent cells, in pieces of a part of one column or of several columns

    private static int columnsOfPiece(int units, int columns) {
        return Math.max(1, Math.min(columns, STRIP / Math.max(1, units)));
    }

    /** {@code n} rows of columns, one column after the other. */
    private static void take(float[] from, int offset, int ld, int n, int columns, float[] piece, int first) {
        for (int j = 0; j < columns; j++) {
            System.arraycopy(from, offset + j * ld, piece, first + j * n, n);
        }
    }

    private static void give(float[] piece, int first, int n, int columns, float[] to, int offset, int ld) {
        for (int j = 0; j < columns; j++) {
            System.arraycopy(piece, first + j * n, to, offset + j * ld, n);
        }
    }

    @Override
    public void lstmForward(int units, int columns, float[] z, int zo, int ldz, float[] c, int co, int ldc,
                            float[] cNext, int cno, int ldcn, float[] tanhC, int to, int ldt,
                            float[] h, int ho, int ldh) {
        Scratch scratch = SCRATCH.get();
        float[] i = scratch.w[E];
        float[] f = scratch.w[E + 1];
        float[] o = scratch.w[E + 2];
        float[] g = scratch.w[E + 3];
        float[] cell = scratch.w[E + 4];
        int start = scratch.start;
        int first = start + 1;
        int several = columnsOfPiece(units, columns);
        for (int j = 0; j < columns; j += several) {
            int m = Math.min(several, columns - j);
            for (int k = 0; k < units; k += STRIP) {
                int n = Math.min(STRIP, units - k);
                int end = end(start, n * m);
                int gates = zo + j * ldz + k;
                take(z, gates, ldz, n, m, i, first);
                take(z, gates + units, ldz, n, m, f, first);
                take(z, gates + 2 * units, ldz, n, m, o, first);
                take(z, gates + 3 * units, ldz, n, m, g, first);
                take(c, co + j * ldc + k, ldc, n, m, cell, first);
                sigmoid(i, start, end);
                sigmoid(f, start, end);
                sigmoid(o, start, end);
                tanh(g, start, end);
                lstmCell(i, f, g, cell, start, end);
                give(i, first, n, m, z, gates, ldz);
                give(f, first, n, m, z, gates + units, ldz);
                give(o, first, n, m, z, gates + 2 * units, ldz);
                give(g, first, n, m, z, gates + 3 * units, ldz);
                give(cell, first, n, m, cNext, cno + j * ldcn + k, ldcn);
                tanh(cell, start, end);
                give(cell, first, n, m, tanhC, to + j * ldt + k, ldt);
                multiply(o, cell, start, end);
                give(cell, first, n, m, h, ho + j * ldh + k, ldh);
            }
        }
    }

    private static void lstmCell(float[] i, float[] f, float[] g, float[] cell, int from, int to) {
        for (int k = from; k < to; k++) {
            cell[k] = Math.fma(i[k], g[k], f[k] * cell[k]);
        }
    }

    private static void multiply(float[] x, float[] y, int from, int to) {
        for (int k = from; k < to; k++) {
            y[k] *= x[k];
        }
    }

    @Override
    public void lstmBackward(int units, int columns, float[] z, int zo, int ldz, float[] c, int co, int ldc,
                             float[] tanhC, int to, int ldt, float[] dh, int dho, int lddh,
                             float[] dc, int dco, int lddc) {
        Scratch scratch = SCRATCH.get();
        float[] i = scratch.w[E];
        float[] f = scratch.w[E + 1];
        float[] o = scratch.w[E + 2];
        float[] g = scratch.w[E + 3];
        float[] cell = scratch.w[E + 4];
        float[] squashed = scratch.w[E + 5];
        float[] dhk = scratch.w[E + 6];
        float[] dck = scratch.w[E + 7];
        int start = scratch.start;
        int first = start + 1;
        int several = columnsOfPiece(units, columns);
        for (int j = 0; j < columns; j += several) {
            int m = Math.min(several, columns - j);
            for (int k = 0; k < units; k += STRIP) {
                int n = Math.min(STRIP, units - k);
                int end = end(start, n * m);
                int gates = zo + j * ldz + k;
                take(z, gates, ldz, n, m, i, first);
                take(z, gates + units, ldz, n, m, f, first);
                take(z, gates + 2 * units, ldz, n, m, o, first);
                take(z, gates + 3 * units, ldz, n, m, g, first);
                take(c, co + j * ldc + k, ldc, n, m, cell, first);
                take(tanhC, to + j * ldt + k, ldt, n, m, squashed, first);
                take(dh, dho + j * lddh + k, lddh, n, m, dhk, first);
                take(dc, dco + j * lddc + k, lddc, n, m, dck, first);
                lstmBackwardOutput(o, squashed, dhk, dck, start, end);
                lstmBackwardInput(i, g, dck, start, end);
                lstmBackwardForget(f, cell, dck, start, end);
                give(i, first, n, m, z, gates, ldz);
                give(f, first, n, m, z, gates + units, ldz);
                give(o, first, n, m, z, gates + 2 * units, ldz);
                give(g, first, n, m, z, gates + 3 * units, ldz);
                give(dck, first, n, m, dc, dco + j * lddc + k, lddc);
            }
        }
    }

    private static void lstmBackwardOutput(float[] o, float[] squashed, float[] dh, float[] dc, int from, int to) {
        for (int k = from; k < to; k++) {
            dc[k] = Math.fma(dh[k] * o[k], 1f - squashed[k] * squashed[k], dc[k]);
            o[k] = dh[k] * squashed[k] * o[k] * (1f - o[k]);
        }
    }

    private static void lstmBackwardInput(float[] i, float[] g, float[] dc, int from, int to) {
        for (int k = from; k < to; k++) {
            float input = i[k];
            float candidate = g[k];
            i[k] = dc[k] * candidate * input * (1f - input);
            g[k] = dc[k] * input * (1f - candidate * candidate);
        }
    }

    private static void lstmBackwardForget(float[] f, float[] cell, float[] dc, int from, int to) {
        for (int k = from; k < to; k++) {
            float forget = f[k];
            float d = dc[k];
            f[k] = d * cell[k] * forget * (1f - forget);
            dc[k] = d * forget;
        }
    }

    @Override
    public void gruForward(int units, int columns, float[] z, int zo, int ldz, float[] q, int qo, int ldq,
                           float[] h, int ho, int ldh, float[] hNext, int hno, int ldhn) {
        Scratch scratch = SCRATCH.get();
        float[] r = scratch.w[E];
        float[] u = scratch.w[E + 1];
        float[] n = scratch.w[E + 2];
        float[] other = scratch.w[E + 3];
        int start = scratch.start;
        int first = start + 1;
        int several = columnsOfPiece(units, columns);
        for (int j = 0; j < columns; j += several) {
            int m = Math.min(several, columns - j);
            for (int k = 0; k < units; k += STRIP) {
                int length = Math.min(STRIP, units - k);
                int end = end(start, length * m);
                int gates = zo + j * ldz + k;
                int products = qo + j * ldq + k;
                take(z, gates, ldz, length, m, r, first);
                take(q, products, ldq, length, m, other, first);
                add(other, r, start, end);
                sigmoid(r, start, end);
                give(r, first, length, m, z, gates, ldz);

                take(z, gates + units, ldz, length, m, u, first);
                take(q, products + units, ldq, length, m, other, first);
                add(other, u, start, end);
                sigmoid(u, start, end);
                give(u, first, length, m, z, gates + units, ldz);

                take(z, gates + 2 * units, ldz, length, m, n, first);
                take(q, products + 2 * units, ldq, length, m, other, first);
                addMultiplied(r, other, n, start, end);
                tanh(n, start, end);
                give(n, first, length, m, z, gates + 2 * units, ldz);

                take(h, ho + j * ldh + k, ldh, length, m, other, first);
                gruOutput(u, n, other, start, end);
                give(other, first, length, m, hNext, hno + j * ldhn + k, ldhn);
            }
        }
    }

    private static void addMultiplied(float[] x, float[] y, float[] z, int from, int to) {
        for (int k = from; k < to; k++) {
            z[k] = Math.fma(x[k], y[k], z[k]);
        }
    }

    private static void gruOutput(float[] u, float[] n, float[] h, int from, int to) {
        for (int k = from; k < to; k++) {
            h[k] = Math.fma(u[k], h[k] - n[k], n[k]);
        }
    }

    @Override
    public void gruBackward(int units, int columns, float[] z, int zo, int ldz, float[] q, int qo, int ldq,
                            float[] h, int ho, int ldh, float[] dh, int dho, int lddh) {
        Scratch scratch = SCRATCH.get();
        float[] r = scratch.w[E];
        float[] u = scratch.w[E + 1];
        float[] n = scratch.w[E + 2];
        float[] qn = scratch.w[E + 3];
        float[] hk = scratch.w[E + 4];
        float[] dhk = scratch.w[E + 5];
        int start = scratch.start;
        int first = start + 1;
        int several = columnsOfPiece(units, columns);
        for (int j = 0; j < columns; j += several) {
            int m = Math.min(several, columns - j);
            for (int k = 0; k < units; k += STRIP) {
                int length = Math.min(STRIP, units - k);
                int end = end(start, length * m);
                int gates = zo + j * ldz + k;
                int products = qo + j * ldq + k;
                take(z, gates, ldz, length, m, r, first);
                take(z, gates + units, ldz, length, m, u, first);
                take(z, gates + 2 * units, ldz, length, m, n, first);
                take(q, products + 2 * units, ldq, length, m, qn, first);
                take(h, ho + j * ldh + k, ldh, length, m, hk, first);
                take(dh, dho + j * lddh + k, lddh, length, m, dhk, first);
                gruBackwardOutput(u, n, hk, dhk, start, end);
                gruBackwardReset(r, hk, qn, start, end);
                give(r, first, length, m, z, gates, ldz);
                give(u, first, length, m, z, gates + units, ldz);
                give(hk, first, length, m, z, gates + 2 * units, ldz);
                give(r, first, length, m, q, products, ldq);
                give(u, first, length, m, q, products + units, ldq);
                give(qn, first, length, m, q, products + 2 * units, ldq);
                give(dhk, first, length, m, dh, dho + j * lddh + k, lddh);
            }
        }
    }

    /** u becomes its gradient, h that of n, and dh what goes on. */
    private static void gruBackwardOutput(float[] u, float[] n, float[] h, float[] dh, int from, int to) {
        for (int k = from; k < to; k++) {
            float update = u[k];
            float d = dh[k];
            u[k] = d * (h[k] - n[k]) * update * (1 - update);
            h[k] = d * (1 - update) * (1 - n[k] * n[k]);
            dh[k] = d * update;
        }
    }

    /** r and qn become their gradients. */
    private static void gruBackwardReset(float[] r, float[] dn, float[] qn, int from, int to) {
        for (int k = from; k < to; k++) {
            float reset = r[k];
            r[k] = dn[k] * qn[k] * reset * (1 - reset);
            qn[k] = dn[k] * reset;
        }
    }

    // Losses

    @Override
    public double softmaxCrossEntropy(float[] logits, int lo, int n, int target, double weight, double scale,
                                      float[] gradient, int go) {
        float atTarget = logits[lo + target];
        float max = max(logits, lo, n);
        double sum = shiftedExp(logits, lo, max, gradient, go, n);
        scale(scale * weight / sum, gradient, go, n);
        gradient[go + target] -= (float) (scale * weight);
        return weight * (Math.log(sum) + ((double) max - atTarget));
    }

    @Override
    public void softmax(float[] x, int xo, float[] y, int yo, int n) {
        double sum = shiftedExp(x, xo, max(x, xo, n), y, yo, n);
        scale(1 / sum, y, yo, n);
    }

    @Override
    public void logSoftmax(float[] x, int xo, float[] y, int yo, int n) {
        float max = max(x, xo, n);
        float log = (float) Math.log(shiftedExp(x, xo, max, null, 0, n));
        System.arraycopy(x, xo, y, yo, n);
        subtract(max, y, yo, yo + n);
        subtract(log, y, yo, yo + n);
    }

    @Override
    public void logSoftmaxBackward(float[] y, int yo, float[] dy, int dyo, float[] dz, int dzo, int n) {
        double sum = FloatMath.sum(dy, dyo, n);
        Scratch scratch = SCRATCH.get();
        float[] e = scratch.w[E];
        int first = scratch.start + 1;
        for (int k = 0; k < n; k += STRIP) {
            int length = Math.min(STRIP, n - k);
            System.arraycopy(y, yo + k, e, first, length);
            exp(scratch, length);
            System.arraycopy(dy, dyo + k, dz, dzo + k, length);
            addScaled(-sum, e, first, dz, dzo + k, length);
        }
    }

    /** A comparison, not Math.max, which is slow alone; NaN is left out here and spoils the sum later. */
    private static float max(float[] x, int xo, int n) {
        float max = Float.NEGATIVE_INFINITY;
        for (int i = xo; i < xo + n; i++) {
            if (x[i] > max) {
                max = x[i];
            }
        }
        return max;
    }

    /** y = e^(x − shift), where y is given, and returns its sum. */
    private static double shiftedExp(float[] x, int xo, float shift, float @Nullable [] y, int yo, int n) {
        Scratch scratch = SCRATCH.get();
        float[] e = scratch.w[E];
        int from = scratch.start;
        double sum = 0;
        for (int k = 0; k < n; k += STRIP) {
            int length = Math.min(STRIP, n - k);
            System.arraycopy(x, xo + k, e, from + 1, length);
            subtract(shift, e, from, end(from, length));
            exp(scratch, length);
            if (y != null) {
                System.arraycopy(e, from + 1, y, yo + k, length);
            }
            sum += FloatMath.sum(e, from + 1, length);
        }
        return sum;
    }

    private static void subtract(float shift, float[] y, int from, int to) {
        for (int i = from; i < to; i++) {
            y[i] -= shift;
        }
    }

    // Updates

    @Override
    public void sgd(float[] w, int wo, float[] g, int go, int n, double factor, double rate) {
        addScaled(-rate * factor, g, go, w, wo, n);
    }

    @Override
    public void adagrad(float[] w, int wo, float[] g, int go, float[] s, int so, int n, double factor,
                        double rate, double epsilon) {
        if (wo == go && wo == so) {
            adagrad(w, g, s, wo, wo + n, (float) factor, (float) rate, (float) epsilon);
            return;
        }
        Scratch scratch = SCRATCH.get();
        for (int start = 0; start < n; start += STRIP) {
            int length = Math.min(STRIP, n - start);
            System.arraycopy(w, wo + start, scratch.w[E], 0, length);
            System.arraycopy(g, go + start, scratch.w[E + 1], 0, length);
            System.arraycopy(s, so + start, scratch.w[E + 2], 0, length);
            adagrad(scratch.w[E], scratch.w[E + 1], scratch.w[E + 2], 0, length, (float) factor, (float) rate, (float) epsilon);
            System.arraycopy(scratch.w[E], 0, w, wo + start, length);
            System.arraycopy(scratch.w[E + 2], 0, s, so + start, length);
        }
    }

    private static void adagrad(float[] w, float[] g, float[] s, int from, int to, float factor, float rate,
                                float epsilon) {
        for (int i = from; i < to; i++) {
            float gradient = factor * g[i];
            float sum = Math.fma(gradient, gradient, s[i]);
            s[i] = sum;
            w[i] -= rate * gradient / ((float) Math.sqrt(sum) + epsilon);
        }
    }

    @Override
    public void adam(float[] w, int wo, float[] g, int go, float[] m, int mo, float[] v, int vo, int n,
                     double factor, double rate, double beta1, double beta2, double vScale, double epsilon) {
        float takeM = (float) (1 - beta1);
        float takeV = (float) (1 - beta2);
        if (wo == go && wo == mo && wo == vo) {
            adam(w, g, m, v, wo, wo + n, (float) factor, (float) rate, (float) beta1, takeM, (float) beta2, takeV,
                    (float) vScale, (float) epsilon);
            return;
        }
        Scratch scratch = SCRATCH.get();
        for (int start = 0; start < n; start += STRIP) {
            int length = Math.min(STRIP, n - start);
            System.arraycopy(w, wo + start, scratch.w[E], 0, length);
            System.arraycopy(g, go + start, scratch.w[E + 1], 0, length);
            System.arraycopy(m, mo + start, scratch.w[E + 2], 0, length);
            System.arraycopy(v, vo + start, scratch.w[E + 3], 0, length);
            adam(scratch.w[E], scratch.w[E + 1], scratch.w[E + 2], scratch.w[E + 3], 0, length, (float) factor, (float) rate,
                    (float) beta1, takeM, (float) beta2, takeV, (float) vScale, (float) epsilon);
            System.arraycopy(scratch.w[E], 0, w, wo + start, length);
            System.arraycopy(scratch.w[E + 2], 0, m, mo + start, length);
            System.arraycopy(scratch.w[E + 3], 0, v, vo + start, length);
        }
    }

    private static void adam(float[] w, float[] g, float[] m, float[] v, int from, int to, float factor, float rate,
                             float keepM, float takeM, float keepV, float takeV, float vScale, float epsilon) {
        for (int i = from; i < to; i++) {
            float gradient = factor * g[i];
            float mean = Math.fma(gradient, takeM, Math.fma(keepM, m[i], FloatMath.FLUSH)) - FloatMath.FLUSH;
            float kept = Math.fma(keepV, v[i], FloatMath.FLUSH_SQUARE);
            float variance = Math.fma(takeV * gradient, gradient, kept) - FloatMath.FLUSH_SQUARE;
            m[i] = mean;
            v[i] = variance;
            w[i] -= rate * mean / Math.fma((float) Math.sqrt(variance), vScale, epsilon);
        }
    }
}
