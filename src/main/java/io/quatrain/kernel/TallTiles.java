package io.quatrain.kernel;

import static jdk.incubator.vector.FloatVector.broadcast;
import static jdk.incubator.vector.FloatVector.fromArray;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

/**
 * Tiles three vectors high and up to nine columns wide (six on Java 17), for the thirty-two registers of a 512-bit machine; see {@link VectorKernel},
 * whose tiles are two vectors high.
 *
 * <p>Three vectors of W serve one number of X that is spread: for 24 multiply-adds a tile of eight columns starts some 50 instructions where it
 * reads columns as they lie, one of twelve columns and two vectors 68. That is felt where the processor starts six in a cycle, or
 * where its other thread is somebody's (src/bench/NOTES.md). The panel's height is an argument where a constant would have C2 unroll the loop
 * and keep sums in memory.
 */
final class TallTiles {
    private static final VectorSpecies<Float> SPECIES = FloatVector.SPECIES_512;
    private static final int LANES = 16;
    /** Rows of a panel. */
    static final int PANEL = 3 * LANES;
    static final int WIDEST = 9;
    /** From so many columns on a tile can read ahead. */
    static final int AHEAD = 7;
    /** The columns of a tile that can set. */
    static final int SET = 8;
    /** Numbers of a line of the cache. */
    static final int LINE = 16;

    private TallTiles() {
    }

    /** One panel by 1 to 9 columns of X as they lie: Y += W·X */
    static void tile(int width, float[] w, int wo, int inner, float[] x, int xo, int ldx, float[] y, int yo, int ldy) {
        switch (width) {
            case 1 -> tile1(w, wo, inner, x, xo, y, yo);
            case 2 -> tile2(w, wo, PANEL, inner, x, xo, ldx, y, yo, ldy);
            case 3 -> tile3(w, wo, PANEL, inner, x, xo, ldx, y, yo, ldy);
            case 4 -> tile4(w, wo, PANEL, inner, x, xo, ldx, y, yo, ldy);
            case 5 -> tile5(w, wo, PANEL, inner, x, xo, ldx, y, yo, ldy);
            case 6 -> tile6(w, wo, PANEL, inner, x, xo, ldx, y, yo, ldy);
            case 7 -> tile7(w, wo, PANEL, inner, x, xo, ldx, y, yo, ldy);
            case 8 -> tile8(w, wo, PANEL, inner, x, xo, ldx, y, yo, ldy);
            case 9 -> tile9(w, wo, PANEL, inner, x, xo, ldx, y, yo, ldy);
            default -> throw new IllegalArgumentException("no tile is " + width + " wide");
        }
    }

    /**
     * The same for 7 to 9 columns, while a line of W is read at every step from {@code next} on, which brings {@code inner} lines into the second
     * cache: where W comes from the third at every product, the first tile of a panel would wait for it. A line each time, in order, is what the
     * processor fetches ahead by itself, so that the reading does not wait either. With {@code next} behind W these loops took a tenth longer
     * (src/bench/NOTES.md).
     *
     * @return what was read, which is of no use but must not be left out
     */
    static int tileAhead(int width, float[] w, int wo, int next, int inner, float[] x, int xo, int ldx, float[] y, int yo, int ldy) {
        return switch (width) {
            case 7 -> tile7Ahead(next, w, wo, PANEL, inner, x, xo, ldx, y, yo, ldy);
            case 8 -> tile8Ahead(next, w, wo, PANEL, inner, x, xo, ldx, y, yo, ldy);
            case 9 -> tile9Ahead(next, w, wo, PANEL, inner, x, xo, ldx, y, yo, ldy);
            default -> throw new IllegalArgumentException("no tile that reads ahead is " + width + " wide");
        };
    }

    /**
     * One panel by {@link #SET} columns, Y = W·X + b: Y is only written. Writing b there first and adding to it costs a read of every line that
     * waits; the processor writes in the background.
     */
    static void set(float[] b, int bo, float[] w, int wo, int inner, float[] x, int xo, int ldx, float[] y, int yo, int ldy) {
        set8(b, bo, w, wo, PANEL, inner, x, xo, ldx, y, yo, ldy);
    }

    /** One panel by one column. */
    private static void tile1(float[] w, int wo, int inner, float[] x, int xo, float[] y, int yo) {
        FloatVector a = fromArray(SPECIES, y, yo), b = fromArray(SPECIES, y, yo + LANES), c = fromArray(SPECIES, y, yo + 2 * LANES);
        for (int p = 0; p < inner; p++) {
            int q = wo + p * PANEL;
            FloatVector v = broadcast(SPECIES, x[xo + p]);
            a = fromArray(SPECIES, w, q).fma(v, a); b = fromArray(SPECIES, w, q + LANES).fma(v, b); c = fromArray(SPECIES, w, q + 2 * LANES).fma(v, c);
        }
        a.intoArray(y, yo); b.intoArray(y, yo + LANES); c.intoArray(y, yo + 2 * LANES);
    }

    /** One panel by two columns. */
    private static void tile2(float[] w, int wo, int step, int inner, float[] x, int xo, int ldx,
                              float[] y, int yo, int ldy) {
        int x1 = xo + ldx;
        int y1 = yo + ldy;
        FloatVector a0 = fromArray(SPECIES, y, yo), b0 = fromArray(SPECIES, y, yo + LANES), c0 = fromArray(SPECIES, y, yo + 2 * LANES);
        FloatVector a1 = fromArray(SPECIES, y, y1), b1 = fromArray(SPECIES, y, y1 + LANES), c1 = fromArray(SPECIES, y, y1 + 2 * LANES);
        for (int p = 0, q = wo; p < inner; p++, q += step) {
            FloatVector wa = fromArray(SPECIES, w, q), wb = fromArray(SPECIES, w, q + LANES), wc = fromArray(SPECIES, w, q + 2 * LANES);
            FloatVector v0 = broadcast(SPECIES, x[xo + p]);
            a0 = wa.fma(v0, a0); b0 = wb.fma(v0, b0); c0 = wc.fma(v0, c0);
            FloatVector v1 = broadcast(SPECIES, x[x1 + p]);
            a1 = wa.fma(v1, a1); b1 = wb.fma(v1, b1); c1 = wc.fma(v1, c1);
        }
        a0.intoArray(y, yo); b0.intoArray(y, yo + LANES); c0.intoArray(y, yo + 2 * LANES);
        a1.intoArray(y, y1); b1.intoArray(y, y1 + LANES); c1.intoArray(y, y1 + 2 * LANES);
    }

    /** One panel by three columns. */
    private static void tile3(float[] w, int wo, int step, int inner, float[] x, int xo, int ldx,
                              float[] y, int yo, int ldy) {
        int x1 = xo + ldx, x2 = x1 + ldx;
        int y1 = yo + ldy, y2 = y1 + ldy;
        FloatVector a0 = fromArray(SPECIES, y, yo), b0 = fromArray(SPECIES, y, yo + LANES), c0 = fromArray(SPECIES, y, yo + 2 * LANES);
        FloatVector a1 = fromArray(SPECIES, y, y1), b1 = fromArray(SPECIES, y, y1 + LANES), c1 = fromArray(SPECIES, y, y1 + 2 * LANES);
        FloatVector a2 = fromArray(SPECIES, y, y2), b2 = fromArray(SPECIES, y, y2 + LANES), c2 = fromArray(SPECIES, y, y2 + 2 * LANES);
        for (int p = 0, q = wo; p < inner; p++, q += step) {
            FloatVector wa = fromArray(SPECIES, w, q), wb = fromArray(SPECIES, w, q + LANES), wc = fromArray(SPECIES, w, q + 2 * LANES);
            FloatVector v0 = broadcast(SPECIES, x[xo + p]);
            a0 = wa.fma(v0, a0); b0 = wb.fma(v0, b0); c0 = wc.fma(v0, c0);
            FloatVector v1 = broadcast(SPECIES, x[x1 + p]);
            a1 = wa.fma(v1, a1); b1 = wb.fma(v1, b1); c1 = wc.fma(v1, c1);
            FloatVector v2 = broadcast(SPECIES, x[x2 + p]);
            a2 = wa.fma(v2, a2); b2 = wb.fma(v2, b2); c2 = wc.fma(v2, c2);
        }
        a0.intoArray(y, yo); b0.intoArray(y, yo + LANES); c0.intoArray(y, yo + 2 * LANES);
        a1.intoArray(y, y1); b1.intoArray(y, y1 + LANES); c1.intoArray(y, y1 + 2 * LANES);
        a2.intoArray(y, y2); b2.intoArray(y, y2 + LANES); c2.intoArray(y, y2 + 2 * LANES);
    }

    /** One panel by four columns. */
    private static void tile4(float[] w, int wo, int step, int inner, float[] x, int xo, int ldx,
                              float[] y, int yo, int ldy) {
        int x1 = xo + ldx, x2 = x1 + ldx, x3 = x2 + ldx;
        int y1 = yo + ldy, y2 = y1 + ldy, y3 = y2 + ldy;
        FloatVector a0 = fromArray(SPECIES, y, yo), b0 = fromArray(SPECIES, y, yo + LANES), c0 = fromArray(SPECIES, y, yo + 2 * LANES);
        FloatVector a1 = fromArray(SPECIES, y, y1), b1 = fromArray(SPECIES, y, y1 + LANES), c1 = fromArray(SPECIES, y, y1 + 2 * LANES);
        FloatVector a2 = fromArray(SPECIES, y, y2), b2 = fromArray(SPECIES, y, y2 + LANES), c2 = fromArray(SPECIES, y, y2 + 2 * LANES);
        FloatVector a3 = fromArray(SPECIES, y, y3), b3 = fromArray(SPECIES, y, y3 + LANES), c3 = fromArray(SPECIES, y, y3 + 2 * LANES);
        for (int p = 0, q = wo; p < inner; p++, q += step) {
            FloatVector wa = fromArray(SPECIES, w, q), wb = fromArray(SPECIES, w, q + LANES), wc = fromArray(SPECIES, w, q + 2 * LANES);
            FloatVector v0 = broadcast(SPECIES, x[xo + p]);
            a0 = wa.fma(v0, a0); b0 = wb.fma(v0, b0); c0 = wc.fma(v0, c0);
            FloatVector v1 = broadcast(SPECIES, x[x1 + p]);
            a1 = wa.fma(v1, a1); b1 = wb.fma(v1, b1); c1 = wc.fma(v1, c1);
            FloatVector v2 = broadcast(SPECIES, x[x2 + p]);
            a2 = wa.fma(v2, a2); b2 = wb.fma(v2, b2); c2 = wc.fma(v2, c2);
            FloatVector v3 = broadcast(SPECIES, x[x3 + p]);
            a3 = wa.fma(v3, a3); b3 = wb.fma(v3, b3); c3 = wc.fma(v3, c3);
        }
        a0.intoArray(y, yo); b0.intoArray(y, yo + LANES); c0.intoArray(y, yo + 2 * LANES);
        a1.intoArray(y, y1); b1.intoArray(y, y1 + LANES); c1.intoArray(y, y1 + 2 * LANES);
        a2.intoArray(y, y2); b2.intoArray(y, y2 + LANES); c2.intoArray(y, y2 + 2 * LANES);
        a3.intoArray(y, y3); b3.intoArray(y, y3 + LANES); c3.intoArray(y, y3 + 2 * LANES);
    }

    /** One panel by five columns. */
    private static void tile5(float[] w, int wo, int step, int inner, float[] x, int xo, int ldx,
                              float[] y, int yo, int ldy) {
        int x1 = xo + ldx, x2 = x1 + ldx, x3 = x2 + ldx, x4 = x3 + ldx;
        int y1 = yo + ldy, y2 = y1 + ldy, y3 = y2 + ldy, y4 = y3 + ldy;
        FloatVector a0 = fromArray(SPECIES, y, yo), b0 = fromArray(SPECIES, y, yo + LANES), c0 = fromArray(SPECIES, y, yo + 2 * LANES);
        FloatVector a1 = fromArray(SPECIES, y, y1), b1 = fromArray(SPECIES, y, y1 + LANES), c1 = fromArray(SPECIES, y, y1 + 2 * LANES);
        FloatVector a2 = fromArray(SPECIES, y, y2), b2 = fromArray(SPECIES, y, y2 + LANES), c2 = fromArray(SPECIES, y, y2 + 2 * LANES);
        FloatVector a3 = fromArray(SPECIES, y, y3), b3 = fromArray(SPECIES, y, y3 + LANES), c3 = fromArray(SPECIES, y, y3 + 2 * LANES);
        FloatVector a4 = fromArray(SPECIES, y, y4), b4 = fromArray(SPECIES, y, y4 + LANES), c4 = fromArray(SPECIES, y, y4 + 2 * LANES);
        for (int p = 0, q = wo; p < inner; p++, q += step) {
            FloatVector wa = fromArray(SPECIES, w, q), wb = fromArray(SPECIES, w, q + LANES), wc = fromArray(SPECIES, w, q + 2 * LANES);
            FloatVector v0 = broadcast(SPECIES, x[xo + p]);
            a0 = wa.fma(v0, a0); b0 = wb.fma(v0, b0); c0 = wc.fma(v0, c0);
            FloatVector v1 = broadcast(SPECIES, x[x1 + p]);
            a1 = wa.fma(v1, a1); b1 = wb.fma(v1, b1); c1 = wc.fma(v1, c1);
            FloatVector v2 = broadcast(SPECIES, x[x2 + p]);
            a2 = wa.fma(v2, a2); b2 = wb.fma(v2, b2); c2 = wc.fma(v2, c2);
            FloatVector v3 = broadcast(SPECIES, x[x3 + p]);
            a3 = wa.fma(v3, a3); b3 = wb.fma(v3, b3); c3 = wc.fma(v3, c3);
            FloatVector v4 = broadcast(SPECIES, x[x4 + p]);
            a4 = wa.fma(v4, a4); b4 = wb.fma(v4, b4); c4 = wc.fma(v4, c4);
        }
        a0.intoArray(y, yo); b0.intoArray(y, yo + LANES); c0.intoArray(y, yo + 2 * LANES);
        a1.intoArray(y, y1); b1.intoArray(y, y1 + LANES); c1.intoArray(y, y1 + 2 * LANES);
        a2.intoArray(y, y2); b2.intoArray(y, y2 + LANES); c2.intoArray(y, y2 + 2 * LANES);
        a3.intoArray(y, y3); b3.intoArray(y, y3 + LANES); c3.intoArray(y, y3 + 2 * LANES);
        a4.intoArray(y, y4); b4.intoArray(y, y4 + LANES); c4.intoArray(y, y4 + 2 * LANES);
    }

    /** One panel by six columns. */
    private static void tile6(float[] w, int wo, int step, int inner, float[] x, int xo, int ldx,
                              float[] y, int yo, int ldy) {
        int x1 = xo + ldx, x2 = x1 + ldx, x3 = x2 + ldx, x4 = x3 + ldx, x5 = x4 + ldx;
        int y1 = yo + ldy, y2 = y1 + ldy, y3 = y2 + ldy, y4 = y3 + ldy, y5 = y4 + ldy;
        FloatVector a0 = fromArray(SPECIES, y, yo), b0 = fromArray(SPECIES, y, yo + LANES), c0 = fromArray(SPECIES, y, yo + 2 * LANES);
        FloatVector a1 = fromArray(SPECIES, y, y1), b1 = fromArray(SPECIES, y, y1 + LANES), c1 = fromArray(SPECIES, y, y1 + 2 * LANES);
        FloatVector a2 = fromArray(SPECIES, y, y2), b2 = fromArray(SPECIES, y, y2 + LANES), c2 = fromArray(SPECIES, y, y2 + 2 * LANES);
        FloatVector a3 = fromArray(SPECIES, y, y3), b3 = fromArray(SPECIES, y, y3 + LANES), c3 = fromArray(SPECIES, y, y3 + 2 * LANES);
        FloatVector a4 = fromArray(SPECIES, y, y4), b4 = fromArray(SPECIES, y, y4 + LANES), c4 = fromArray(SPECIES, y, y4 + 2 * LANES);
        FloatVector a5 = fromArray(SPECIES, y, y5), b5 = fromArray(SPECIES, y, y5 + LANES), c5 = fromArray(SPECIES, y, y5 + 2 * LANES);
        for (int p = 0, q = wo; p < inner; p++, q += step) {
            FloatVector wa = fromArray(SPECIES, w, q), wb = fromArray(SPECIES, w, q + LANES), wc = fromArray(SPECIES, w, q + 2 * LANES);
            FloatVector v0 = broadcast(SPECIES, x[xo + p]);
            a0 = wa.fma(v0, a0); b0 = wb.fma(v0, b0); c0 = wc.fma(v0, c0);
            FloatVector v1 = broadcast(SPECIES, x[x1 + p]);
            a1 = wa.fma(v1, a1); b1 = wb.fma(v1, b1); c1 = wc.fma(v1, c1);
            FloatVector v2 = broadcast(SPECIES, x[x2 + p]);
            a2 = wa.fma(v2, a2); b2 = wb.fma(v2, b2); c2 = wc.fma(v2, c2);
            FloatVector v3 = broadcast(SPECIES, x[x3 + p]);
            a3 = wa.fma(v3, a3); b3 = wb.fma(v3, b3); c3 = wc.fma(v3, c3);
            FloatVector v4 = broadcast(SPECIES, x[x4 + p]);
            a4 = wa.fma(v4, a4); b4 = wb.fma(v4, b4); c4 = wc.fma(v4, c4);
            FloatVector v5 = broadcast(SPECIES, x[x5 + p]);
            a5 = wa.fma(v5, a5); b5 = wb.fma(v5, b5); c5 = wc.fma(v5, c5);
        }
        a0.intoArray(y, yo); b0.intoArray(y, yo + LANES); c0.intoArray(y, yo + 2 * LANES);
        a1.intoArray(y, y1); b1.intoArray(y, y1 + LANES); c1.intoArray(y, y1 + 2 * LANES);
        a2.intoArray(y, y2); b2.intoArray(y, y2 + LANES); c2.intoArray(y, y2 + 2 * LANES);
        a3.intoArray(y, y3); b3.intoArray(y, y3 + LANES); c3.intoArray(y, y3 + 2 * LANES);
        a4.intoArray(y, y4); b4.intoArray(y, y4 + LANES); c4.intoArray(y, y4 + 2 * LANES);
        a5.intoArray(y, y5); b5.intoArray(y, y5 + LANES); c5.intoArray(y, y5 + 2 * LANES);
    }

    /** One panel by seven columns. */
    private static void tile7(float[] w, int wo, int step, int inner, float[] x, int xo, int ldx,
                              float[] y, int yo, int ldy) {
        int x1 = xo + ldx, x2 = x1 + ldx, x3 = x2 + ldx, x4 = x3 + ldx, x5 = x4 + ldx, x6 = x5 + ldx;
        int y1 = yo + ldy, y2 = y1 + ldy, y3 = y2 + ldy, y4 = y3 + ldy, y5 = y4 + ldy, y6 = y5 + ldy;
        FloatVector a0 = fromArray(SPECIES, y, yo), b0 = fromArray(SPECIES, y, yo + LANES), c0 = fromArray(SPECIES, y, yo + 2 * LANES);
        FloatVector a1 = fromArray(SPECIES, y, y1), b1 = fromArray(SPECIES, y, y1 + LANES), c1 = fromArray(SPECIES, y, y1 + 2 * LANES);
        FloatVector a2 = fromArray(SPECIES, y, y2), b2 = fromArray(SPECIES, y, y2 + LANES), c2 = fromArray(SPECIES, y, y2 + 2 * LANES);
        FloatVector a3 = fromArray(SPECIES, y, y3), b3 = fromArray(SPECIES, y, y3 + LANES), c3 = fromArray(SPECIES, y, y3 + 2 * LANES);
        FloatVector a4 = fromArray(SPECIES, y, y4), b4 = fromArray(SPECIES, y, y4 + LANES), c4 = fromArray(SPECIES, y, y4 + 2 * LANES);
        FloatVector a5 = fromArray(SPECIES, y, y5), b5 = fromArray(SPECIES, y, y5 + LANES), c5 = fromArray(SPECIES, y, y5 + 2 * LANES);
        FloatVector a6 = fromArray(SPECIES, y, y6), b6 = fromArray(SPECIES, y, y6 + LANES), c6 = fromArray(SPECIES, y, y6 + 2 * LANES);
        for (int p = 0, q = wo; p < inner; p++, q += step) {
            FloatVector wa = fromArray(SPECIES, w, q), wb = fromArray(SPECIES, w, q + LANES), wc = fromArray(SPECIES, w, q + 2 * LANES);
            FloatVector v0 = broadcast(SPECIES, x[xo + p]);
            a0 = wa.fma(v0, a0); b0 = wb.fma(v0, b0); c0 = wc.fma(v0, c0);
            FloatVector v1 = broadcast(SPECIES, x[x1 + p]);
            a1 = wa.fma(v1, a1); b1 = wb.fma(v1, b1); c1 = wc.fma(v1, c1);
            FloatVector v2 = broadcast(SPECIES, x[x2 + p]);
            a2 = wa.fma(v2, a2); b2 = wb.fma(v2, b2); c2 = wc.fma(v2, c2);
            FloatVector v3 = broadcast(SPECIES, x[x3 + p]);
            a3 = wa.fma(v3, a3); b3 = wb.fma(v3, b3); c3 = wc.fma(v3, c3);
            FloatVector v4 = broadcast(SPECIES, x[x4 + p]);
            a4 = wa.fma(v4, a4); b4 = wb.fma(v4, b4); c4 = wc.fma(v4, c4);
            FloatVector v5 = broadcast(SPECIES, x[x5 + p]);
            a5 = wa.fma(v5, a5); b5 = wb.fma(v5, b5); c5 = wc.fma(v5, c5);
            FloatVector v6 = broadcast(SPECIES, x[x6 + p]);
            a6 = wa.fma(v6, a6); b6 = wb.fma(v6, b6); c6 = wc.fma(v6, c6);
        }
        a0.intoArray(y, yo); b0.intoArray(y, yo + LANES); c0.intoArray(y, yo + 2 * LANES);
        a1.intoArray(y, y1); b1.intoArray(y, y1 + LANES); c1.intoArray(y, y1 + 2 * LANES);
        a2.intoArray(y, y2); b2.intoArray(y, y2 + LANES); c2.intoArray(y, y2 + 2 * LANES);
        a3.intoArray(y, y3); b3.intoArray(y, y3 + LANES); c3.intoArray(y, y3 + 2 * LANES);
        a4.intoArray(y, y4); b4.intoArray(y, y4 + LANES); c4.intoArray(y, y4 + 2 * LANES);
        a5.intoArray(y, y5); b5.intoArray(y, y5 + LANES); c5.intoArray(y, y5 + 2 * LANES);
        a6.intoArray(y, y6); b6.intoArray(y, y6 + LANES); c6.intoArray(y, y6 + 2 * LANES);
    }

    /** One panel by eight columns. */
    private static void tile8(float[] w, int wo, int step, int inner, float[] x, int xo, int ldx,
                              float[] y, int yo, int ldy) {
        int x1 = xo + ldx, x2 = x1 + ldx, x3 = x2 + ldx, x4 = x3 + ldx, x5 = x4 + ldx, x6 = x5 + ldx;
        int x7 = x6 + ldx;
        int y1 = yo + ldy, y2 = y1 + ldy, y3 = y2 + ldy, y4 = y3 + ldy, y5 = y4 + ldy, y6 = y5 + ldy;
        int y7 = y6 + ldy;
        FloatVector a0 = fromArray(SPECIES, y, yo), b0 = fromArray(SPECIES, y, yo + LANES), c0 = fromArray(SPECIES, y, yo + 2 * LANES);
        FloatVector a1 = fromArray(SPECIES, y, y1), b1 = fromArray(SPECIES, y, y1 + LANES), c1 = fromArray(SPECIES, y, y1 + 2 * LANES);
        FloatVector a2 = fromArray(SPECIES, y, y2), b2 = fromArray(SPECIES, y, y2 + LANES), c2 = fromArray(SPECIES, y, y2 + 2 * LANES);
        FloatVector a3 = fromArray(SPECIES, y, y3), b3 = fromArray(SPECIES, y, y3 + LANES), c3 = fromArray(SPECIES, y, y3 + 2 * LANES);
        FloatVector a4 = fromArray(SPECIES, y, y4), b4 = fromArray(SPECIES, y, y4 + LANES), c4 = fromArray(SPECIES, y, y4 + 2 * LANES);
        FloatVector a5 = fromArray(SPECIES, y, y5), b5 = fromArray(SPECIES, y, y5 + LANES), c5 = fromArray(SPECIES, y, y5 + 2 * LANES);
        FloatVector a6 = fromArray(SPECIES, y, y6), b6 = fromArray(SPECIES, y, y6 + LANES), c6 = fromArray(SPECIES, y, y6 + 2 * LANES);
        FloatVector a7 = fromArray(SPECIES, y, y7), b7 = fromArray(SPECIES, y, y7 + LANES), c7 = fromArray(SPECIES, y, y7 + 2 * LANES);
        for (int p = 0, q = wo; p < inner; p++, q += step) {
            FloatVector wa = fromArray(SPECIES, w, q), wb = fromArray(SPECIES, w, q + LANES), wc = fromArray(SPECIES, w, q + 2 * LANES);
            FloatVector v0 = broadcast(SPECIES, x[xo + p]);
            a0 = wa.fma(v0, a0); b0 = wb.fma(v0, b0); c0 = wc.fma(v0, c0);
            FloatVector v1 = broadcast(SPECIES, x[x1 + p]);
            a1 = wa.fma(v1, a1); b1 = wb.fma(v1, b1); c1 = wc.fma(v1, c1);
            FloatVector v2 = broadcast(SPECIES, x[x2 + p]);
            a2 = wa.fma(v2, a2); b2 = wb.fma(v2, b2); c2 = wc.fma(v2, c2);
            FloatVector v3 = broadcast(SPECIES, x[x3 + p]);
            a3 = wa.fma(v3, a3); b3 = wb.fma(v3, b3); c3 = wc.fma(v3, c3);
            FloatVector v4 = broadcast(SPECIES, x[x4 + p]);
            a4 = wa.fma(v4, a4); b4 = wb.fma(v4, b4); c4 = wc.fma(v4, c4);
            FloatVector v5 = broadcast(SPECIES, x[x5 + p]);
            a5 = wa.fma(v5, a5); b5 = wb.fma(v5, b5); c5 = wc.fma(v5, c5);
            FloatVector v6 = broadcast(SPECIES, x[x6 + p]);
            a6 = wa.fma(v6, a6); b6 = wb.fma(v6, b6); c6 = wc.fma(v6, c6);
            FloatVector v7 = broadcast(SPECIES, x[x7 + p]);
            a7 = wa.fma(v7, a7); b7 = wb.fma(v7, b7); c7 = wc.fma(v7, c7);
        }
        a0.intoArray(y, yo); b0.intoArray(y, yo + LANES); c0.intoArray(y, yo + 2 * LANES);
        a1.intoArray(y, y1); b1.intoArray(y, y1 + LANES); c1.intoArray(y, y1 + 2 * LANES);
        a2.intoArray(y, y2); b2.intoArray(y, y2 + LANES); c2.intoArray(y, y2 + 2 * LANES);
        a3.intoArray(y, y3); b3.intoArray(y, y3 + LANES); c3.intoArray(y, y3 + 2 * LANES);
        a4.intoArray(y, y4); b4.intoArray(y, y4 + LANES); c4.intoArray(y, y4 + 2 * LANES);
        a5.intoArray(y, y5); b5.intoArray(y, y5 + LANES); c5.intoArray(y, y5 + 2 * LANES);
        a6.intoArray(y, y6); b6.intoArray(y, y6 + LANES); c6.intoArray(y, y6 + 2 * LANES);
        a7.intoArray(y, y7); b7.intoArray(y, y7 + LANES); c7.intoArray(y, y7 + 2 * LANES);
    }

    /** One panel by nine columns. */
    private static void tile9(float[] w, int wo, int step, int inner, float[] x, int xo, int ldx,
                              float[] y, int yo, int ldy) {
        int x1 = xo + ldx, x2 = x1 + ldx, x3 = x2 + ldx, x4 = x3 + ldx, x5 = x4 + ldx, x6 = x5 + ldx;
        int x7 = x6 + ldx, x8 = x7 + ldx;
        int y1 = yo + ldy, y2 = y1 + ldy, y3 = y2 + ldy, y4 = y3 + ldy, y5 = y4 + ldy, y6 = y5 + ldy;
        int y7 = y6 + ldy, y8 = y7 + ldy;
        FloatVector a0 = fromArray(SPECIES, y, yo), b0 = fromArray(SPECIES, y, yo + LANES), c0 = fromArray(SPECIES, y, yo + 2 * LANES);
        FloatVector a1 = fromArray(SPECIES, y, y1), b1 = fromArray(SPECIES, y, y1 + LANES), c1 = fromArray(SPECIES, y, y1 + 2 * LANES);
        FloatVector a2 = fromArray(SPECIES, y, y2), b2 = fromArray(SPECIES, y, y2 + LANES), c2 = fromArray(SPECIES, y, y2 + 2 * LANES);
        FloatVector a3 = fromArray(SPECIES, y, y3), b3 = fromArray(SPECIES, y, y3 + LANES), c3 = fromArray(SPECIES, y, y3 + 2 * LANES);
        FloatVector a4 = fromArray(SPECIES, y, y4), b4 = fromArray(SPECIES, y, y4 + LANES), c4 = fromArray(SPECIES, y, y4 + 2 * LANES);
        FloatVector a5 = fromArray(SPECIES, y, y5), b5 = fromArray(SPECIES, y, y5 + LANES), c5 = fromArray(SPECIES, y, y5 + 2 * LANES);
        FloatVector a6 = fromArray(SPECIES, y, y6), b6 = fromArray(SPECIES, y, y6 + LANES), c6 = fromArray(SPECIES, y, y6 + 2 * LANES);
        FloatVector a7 = fromArray(SPECIES, y, y7), b7 = fromArray(SPECIES, y, y7 + LANES), c7 = fromArray(SPECIES, y, y7 + 2 * LANES);
        FloatVector a8 = fromArray(SPECIES, y, y8), b8 = fromArray(SPECIES, y, y8 + LANES), c8 = fromArray(SPECIES, y, y8 + 2 * LANES);
        for (int p = 0, q = wo; p < inner; p++, q += step) {
            FloatVector wa = fromArray(SPECIES, w, q), wb = fromArray(SPECIES, w, q + LANES), wc = fromArray(SPECIES, w, q + 2 * LANES);
            FloatVector v0 = broadcast(SPECIES, x[xo + p]);
            a0 = wa.fma(v0, a0); b0 = wb.fma(v0, b0); c0 = wc.fma(v0, c0);
            FloatVector v1 = broadcast(SPECIES, x[x1 + p]);
            a1 = wa.fma(v1, a1); b1 = wb.fma(v1, b1); c1 = wc.fma(v1, c1);
            FloatVector v2 = broadcast(SPECIES, x[x2 + p]);
            a2 = wa.fma(v2, a2); b2 = wb.fma(v2, b2); c2 = wc.fma(v2, c2);
            FloatVector v3 = broadcast(SPECIES, x[x3 + p]);
            a3 = wa.fma(v3, a3); b3 = wb.fma(v3, b3); c3 = wc.fma(v3, c3);
            FloatVector v4 = broadcast(SPECIES, x[x4 + p]);
            a4 = wa.fma(v4, a4); b4 = wb.fma(v4, b4); c4 = wc.fma(v4, c4);
            FloatVector v5 = broadcast(SPECIES, x[x5 + p]);
            a5 = wa.fma(v5, a5); b5 = wb.fma(v5, b5); c5 = wc.fma(v5, c5);
            FloatVector v6 = broadcast(SPECIES, x[x6 + p]);
            a6 = wa.fma(v6, a6); b6 = wb.fma(v6, b6); c6 = wc.fma(v6, c6);
            FloatVector v7 = broadcast(SPECIES, x[x7 + p]);
            a7 = wa.fma(v7, a7); b7 = wb.fma(v7, b7); c7 = wc.fma(v7, c7);
            FloatVector v8 = broadcast(SPECIES, x[x8 + p]);
            a8 = wa.fma(v8, a8); b8 = wb.fma(v8, b8); c8 = wc.fma(v8, c8);
        }
        a0.intoArray(y, yo); b0.intoArray(y, yo + LANES); c0.intoArray(y, yo + 2 * LANES);
        a1.intoArray(y, y1); b1.intoArray(y, y1 + LANES); c1.intoArray(y, y1 + 2 * LANES);
        a2.intoArray(y, y2); b2.intoArray(y, y2 + LANES); c2.intoArray(y, y2 + 2 * LANES);
        a3.intoArray(y, y3); b3.intoArray(y, y3 + LANES); c3.intoArray(y, y3 + 2 * LANES);
        a4.intoArray(y, y4); b4.intoArray(y, y4 + LANES); c4.intoArray(y, y4 + 2 * LANES);
        a5.intoArray(y, y5); b5.intoArray(y, y5 + LANES); c5.intoArray(y, y5 + 2 * LANES);
        a6.intoArray(y, y6); b6.intoArray(y, y6 + LANES); c6.intoArray(y, y6 + 2 * LANES);
        a7.intoArray(y, y7); b7.intoArray(y, y7 + LANES); c7.intoArray(y, y7 + 2 * LANES);
        a8.intoArray(y, y8); b8.intoArray(y, y8 + LANES); c8.intoArray(y, y8 + 2 * LANES);
    }

    /** One panel by seven columns, reading ahead. */
    private static int tile7Ahead(int next, float[] w, int wo, int step, int inner, float[] x, int xo, int ldx,
                                  float[] y, int yo, int ldy) {
        int x1 = xo + ldx, x2 = x1 + ldx, x3 = x2 + ldx, x4 = x3 + ldx, x5 = x4 + ldx, x6 = x5 + ldx;
        int y1 = yo + ldy, y2 = y1 + ldy, y3 = y2 + ldy, y4 = y3 + ldy, y5 = y4 + ldy, y6 = y5 + ldy;
        FloatVector a0 = fromArray(SPECIES, y, yo), b0 = fromArray(SPECIES, y, yo + LANES), c0 = fromArray(SPECIES, y, yo + 2 * LANES);
        FloatVector a1 = fromArray(SPECIES, y, y1), b1 = fromArray(SPECIES, y, y1 + LANES), c1 = fromArray(SPECIES, y, y1 + 2 * LANES);
        FloatVector a2 = fromArray(SPECIES, y, y2), b2 = fromArray(SPECIES, y, y2 + LANES), c2 = fromArray(SPECIES, y, y2 + 2 * LANES);
        FloatVector a3 = fromArray(SPECIES, y, y3), b3 = fromArray(SPECIES, y, y3 + LANES), c3 = fromArray(SPECIES, y, y3 + 2 * LANES);
        FloatVector a4 = fromArray(SPECIES, y, y4), b4 = fromArray(SPECIES, y, y4 + LANES), c4 = fromArray(SPECIES, y, y4 + 2 * LANES);
        FloatVector a5 = fromArray(SPECIES, y, y5), b5 = fromArray(SPECIES, y, y5 + LANES), c5 = fromArray(SPECIES, y, y5 + 2 * LANES);
        FloatVector a6 = fromArray(SPECIES, y, y6), b6 = fromArray(SPECIES, y, y6 + LANES), c6 = fromArray(SPECIES, y, y6 + 2 * LANES);
        int read = 0;
        for (int p = 0, q = wo; p < inner; p++, q += step) {
            read ^= Float.floatToRawIntBits(w[next + p * LINE]);
            FloatVector wa = fromArray(SPECIES, w, q), wb = fromArray(SPECIES, w, q + LANES), wc = fromArray(SPECIES, w, q + 2 * LANES);
            FloatVector v0 = broadcast(SPECIES, x[xo + p]);
            a0 = wa.fma(v0, a0); b0 = wb.fma(v0, b0); c0 = wc.fma(v0, c0);
            FloatVector v1 = broadcast(SPECIES, x[x1 + p]);
            a1 = wa.fma(v1, a1); b1 = wb.fma(v1, b1); c1 = wc.fma(v1, c1);
            FloatVector v2 = broadcast(SPECIES, x[x2 + p]);
            a2 = wa.fma(v2, a2); b2 = wb.fma(v2, b2); c2 = wc.fma(v2, c2);
            FloatVector v3 = broadcast(SPECIES, x[x3 + p]);
            a3 = wa.fma(v3, a3); b3 = wb.fma(v3, b3); c3 = wc.fma(v3, c3);
            FloatVector v4 = broadcast(SPECIES, x[x4 + p]);
            a4 = wa.fma(v4, a4); b4 = wb.fma(v4, b4); c4 = wc.fma(v4, c4);
            FloatVector v5 = broadcast(SPECIES, x[x5 + p]);
            a5 = wa.fma(v5, a5); b5 = wb.fma(v5, b5); c5 = wc.fma(v5, c5);
            FloatVector v6 = broadcast(SPECIES, x[x6 + p]);
            a6 = wa.fma(v6, a6); b6 = wb.fma(v6, b6); c6 = wc.fma(v6, c6);
        }
        a0.intoArray(y, yo); b0.intoArray(y, yo + LANES); c0.intoArray(y, yo + 2 * LANES);
        a1.intoArray(y, y1); b1.intoArray(y, y1 + LANES); c1.intoArray(y, y1 + 2 * LANES);
        a2.intoArray(y, y2); b2.intoArray(y, y2 + LANES); c2.intoArray(y, y2 + 2 * LANES);
        a3.intoArray(y, y3); b3.intoArray(y, y3 + LANES); c3.intoArray(y, y3 + 2 * LANES);
        a4.intoArray(y, y4); b4.intoArray(y, y4 + LANES); c4.intoArray(y, y4 + 2 * LANES);
        a5.intoArray(y, y5); b5.intoArray(y, y5 + LANES); c5.intoArray(y, y5 + 2 * LANES);
        a6.intoArray(y, y6); b6.intoArray(y, y6 + LANES); c6.intoArray(y, y6 + 2 * LANES);
        return read;
    }

    /** One panel by eight columns, reading ahead. */
    private static int tile8Ahead(int next, float[] w, int wo, int step, int inner, float[] x, int xo, int ldx,
                                  float[] y, int yo, int ldy) {
        int x1 = xo + ldx, x2 = x1 + ldx, x3 = x2 + ldx, x4 = x3 + ldx, x5 = x4 + ldx, x6 = x5 + ldx;
        int x7 = x6 + ldx;
        int y1 = yo + ldy, y2 = y1 + ldy, y3 = y2 + ldy, y4 = y3 + ldy, y5 = y4 + ldy, y6 = y5 + ldy;
        int y7 = y6 + ldy;
        FloatVector a0 = fromArray(SPECIES, y, yo), b0 = fromArray(SPECIES, y, yo + LANES), c0 = fromArray(SPECIES, y, yo + 2 * LANES);
        FloatVector a1 = fromArray(SPECIES, y, y1), b1 = fromArray(SPECIES, y, y1 + LANES), c1 = fromArray(SPECIES, y, y1 + 2 * LANES);
        FloatVector a2 = fromArray(SPECIES, y, y2), b2 = fromArray(SPECIES, y, y2 + LANES), c2 = fromArray(SPECIES, y, y2 + 2 * LANES);
        FloatVector a3 = fromArray(SPECIES, y, y3), b3 = fromArray(SPECIES, y, y3 + LANES), c3 = fromArray(SPECIES, y, y3 + 2 * LANES);
        FloatVector a4 = fromArray(SPECIES, y, y4), b4 = fromArray(SPECIES, y, y4 + LANES), c4 = fromArray(SPECIES, y, y4 + 2 * LANES);
        FloatVector a5 = fromArray(SPECIES, y, y5), b5 = fromArray(SPECIES, y, y5 + LANES), c5 = fromArray(SPECIES, y, y5 + 2 * LANES);
        FloatVector a6 = fromArray(SPECIES, y, y6), b6 = fromArray(SPECIES, y, y6 + LANES), c6 = fromArray(SPECIES, y, y6 + 2 * LANES);
        FloatVector a7 = fromArray(SPECIES, y, y7), b7 = fromArray(SPECIES, y, y7 + LANES), c7 = fromArray(SPECIES, y, y7 + 2 * LANES);
        int read = 0;
        for (int p = 0, q = wo; p < inner; p++, q += step) {
            read ^= Float.floatToRawIntBits(w[next + p * LINE]);
            FloatVector wa = fromArray(SPECIES, w, q), wb = fromArray(SPECIES, w, q + LANES), wc = fromArray(SPECIES, w, q + 2 * LANES);
            FloatVector v0 = broadcast(SPECIES, x[xo + p]);
            a0 = wa.fma(v0, a0); b0 = wb.fma(v0, b0); c0 = wc.fma(v0, c0);
            FloatVector v1 = broadcast(SPECIES, x[x1 + p]);
            a1 = wa.fma(v1, a1); b1 = wb.fma(v1, b1); c1 = wc.fma(v1, c1);
            FloatVector v2 = broadcast(SPECIES, x[x2 + p]);
            a2 = wa.fma(v2, a2); b2 = wb.fma(v2, b2); c2 = wc.fma(v2, c2);
            FloatVector v3 = broadcast(SPECIES, x[x3 + p]);
            a3 = wa.fma(v3, a3); b3 = wb.fma(v3, b3); c3 = wc.fma(v3, c3);
            FloatVector v4 = broadcast(SPECIES, x[x4 + p]);
            a4 = wa.fma(v4, a4); b4 = wb.fma(v4, b4); c4 = wc.fma(v4, c4);
            FloatVector v5 = broadcast(SPECIES, x[x5 + p]);
            a5 = wa.fma(v5, a5); b5 = wb.fma(v5, b5); c5 = wc.fma(v5, c5);
            FloatVector v6 = broadcast(SPECIES, x[x6 + p]);
            a6 = wa.fma(v6, a6); b6 = wb.fma(v6, b6); c6 = wc.fma(v6, c6);
            FloatVector v7 = broadcast(SPECIES, x[x7 + p]);
            a7 = wa.fma(v7, a7); b7 = wb.fma(v7, b7); c7 = wc.fma(v7, c7);
        }
        a0.intoArray(y, yo); b0.intoArray(y, yo + LANES); c0.intoArray(y, yo + 2 * LANES);
        a1.intoArray(y, y1); b1.intoArray(y, y1 + LANES); c1.intoArray(y, y1 + 2 * LANES);
        a2.intoArray(y, y2); b2.intoArray(y, y2 + LANES); c2.intoArray(y, y2 + 2 * LANES);
        a3.intoArray(y, y3); b3.intoArray(y, y3 + LANES); c3.intoArray(y, y3 + 2 * LANES);
        a4.intoArray(y, y4); b4.intoArray(y, y4 + LANES); c4.intoArray(y, y4 + 2 * LANES);
        a5.intoArray(y, y5); b5.intoArray(y, y5 + LANES); c5.intoArray(y, y5 + 2 * LANES);
        a6.intoArray(y, y6); b6.intoArray(y, y6 + LANES); c6.intoArray(y, y6 + 2 * LANES);
        a7.intoArray(y, y7); b7.intoArray(y, y7 + LANES); c7.intoArray(y, y7 + 2 * LANES);
        return read;
    }

    /** One panel by nine columns, reading ahead. */
    private static int tile9Ahead(int next, float[] w, int wo, int step, int inner, float[] x, int xo, int ldx,
                                  float[] y, int yo, int ldy) {
        int x1 = xo + ldx, x2 = x1 + ldx, x3 = x2 + ldx, x4 = x3 + ldx, x5 = x4 + ldx, x6 = x5 + ldx;
        int x7 = x6 + ldx, x8 = x7 + ldx;
        int y1 = yo + ldy, y2 = y1 + ldy, y3 = y2 + ldy, y4 = y3 + ldy, y5 = y4 + ldy, y6 = y5 + ldy;
        int y7 = y6 + ldy, y8 = y7 + ldy;
        FloatVector a0 = fromArray(SPECIES, y, yo), b0 = fromArray(SPECIES, y, yo + LANES), c0 = fromArray(SPECIES, y, yo + 2 * LANES);
        FloatVector a1 = fromArray(SPECIES, y, y1), b1 = fromArray(SPECIES, y, y1 + LANES), c1 = fromArray(SPECIES, y, y1 + 2 * LANES);
        FloatVector a2 = fromArray(SPECIES, y, y2), b2 = fromArray(SPECIES, y, y2 + LANES), c2 = fromArray(SPECIES, y, y2 + 2 * LANES);
        FloatVector a3 = fromArray(SPECIES, y, y3), b3 = fromArray(SPECIES, y, y3 + LANES), c3 = fromArray(SPECIES, y, y3 + 2 * LANES);
        FloatVector a4 = fromArray(SPECIES, y, y4), b4 = fromArray(SPECIES, y, y4 + LANES), c4 = fromArray(SPECIES, y, y4 + 2 * LANES);
        FloatVector a5 = fromArray(SPECIES, y, y5), b5 = fromArray(SPECIES, y, y5 + LANES), c5 = fromArray(SPECIES, y, y5 + 2 * LANES);
        FloatVector a6 = fromArray(SPECIES, y, y6), b6 = fromArray(SPECIES, y, y6 + LANES), c6 = fromArray(SPECIES, y, y6 + 2 * LANES);
        FloatVector a7 = fromArray(SPECIES, y, y7), b7 = fromArray(SPECIES, y, y7 + LANES), c7 = fromArray(SPECIES, y, y7 + 2 * LANES);
        FloatVector a8 = fromArray(SPECIES, y, y8), b8 = fromArray(SPECIES, y, y8 + LANES), c8 = fromArray(SPECIES, y, y8 + 2 * LANES);
        int read = 0;
        for (int p = 0, q = wo; p < inner; p++, q += step) {
            read ^= Float.floatToRawIntBits(w[next + p * LINE]);
            FloatVector wa = fromArray(SPECIES, w, q), wb = fromArray(SPECIES, w, q + LANES), wc = fromArray(SPECIES, w, q + 2 * LANES);
            FloatVector v0 = broadcast(SPECIES, x[xo + p]);
            a0 = wa.fma(v0, a0); b0 = wb.fma(v0, b0); c0 = wc.fma(v0, c0);
            FloatVector v1 = broadcast(SPECIES, x[x1 + p]);
            a1 = wa.fma(v1, a1); b1 = wb.fma(v1, b1); c1 = wc.fma(v1, c1);
            FloatVector v2 = broadcast(SPECIES, x[x2 + p]);
            a2 = wa.fma(v2, a2); b2 = wb.fma(v2, b2); c2 = wc.fma(v2, c2);
            FloatVector v3 = broadcast(SPECIES, x[x3 + p]);
            a3 = wa.fma(v3, a3); b3 = wb.fma(v3, b3); c3 = wc.fma(v3, c3);
            FloatVector v4 = broadcast(SPECIES, x[x4 + p]);
            a4 = wa.fma(v4, a4); b4 = wb.fma(v4, b4); c4 = wc.fma(v4, c4);
            FloatVector v5 = broadcast(SPECIES, x[x5 + p]);
            a5 = wa.fma(v5, a5); b5 = wb.fma(v5, b5); c5 = wc.fma(v5, c5);
            FloatVector v6 = broadcast(SPECIES, x[x6 + p]);
            a6 = wa.fma(v6, a6); b6 = wb.fma(v6, b6); c6 = wc.fma(v6, c6);
            FloatVector v7 = broadcast(SPECIES, x[x7 + p]);
            a7 = wa.fma(v7, a7); b7 = wb.fma(v7, b7); c7 = wc.fma(v7, c7);
            FloatVector v8 = broadcast(SPECIES, x[x8 + p]);
            a8 = wa.fma(v8, a8); b8 = wb.fma(v8, b8); c8 = wc.fma(v8, c8);
        }
        a0.intoArray(y, yo); b0.intoArray(y, yo + LANES); c0.intoArray(y, yo + 2 * LANES);
        a1.intoArray(y, y1); b1.intoArray(y, y1 + LANES); c1.intoArray(y, y1 + 2 * LANES);
        a2.intoArray(y, y2); b2.intoArray(y, y2 + LANES); c2.intoArray(y, y2 + 2 * LANES);
        a3.intoArray(y, y3); b3.intoArray(y, y3 + LANES); c3.intoArray(y, y3 + 2 * LANES);
        a4.intoArray(y, y4); b4.intoArray(y, y4 + LANES); c4.intoArray(y, y4 + 2 * LANES);
        a5.intoArray(y, y5); b5.intoArray(y, y5 + LANES); c5.intoArray(y, y5 + 2 * LANES);
        a6.intoArray(y, y6); b6.intoArray(y, y6 + LANES); c6.intoArray(y, y6 + 2 * LANES);
        a7.intoArray(y, y7); b7.intoArray(y, y7 + LANES); c7.intoArray(y, y7 + 2 * LANES);
        a8.intoArray(y, y8); b8.intoArray(y, y8 + LANES); c8.intoArray(y, y8 + 2 * LANES);
        return read;
    }

    /** One panel by eight columns, Y = W·X + b. */
    private static void set8(float[] b, int bo, float[] w, int wo, int step, int inner, float[] x, int xo, int ldx,
                             float[] y, int yo, int ldy) {
        int x1 = xo + ldx, x2 = x1 + ldx, x3 = x2 + ldx, x4 = x3 + ldx, x5 = x4 + ldx, x6 = x5 + ldx;
        int x7 = x6 + ldx;
        int y1 = yo + ldy, y2 = y1 + ldy, y3 = y2 + ldy, y4 = y3 + ldy, y5 = y4 + ldy, y6 = y5 + ldy;
        int y7 = y6 + ldy;
        FloatVector ba = fromArray(SPECIES, b, bo), bb = fromArray(SPECIES, b, bo + LANES), bc = fromArray(SPECIES, b, bo + 2 * LANES);
        FloatVector a0 = ba, b0 = bb, c0 = bc;
        FloatVector a1 = ba, b1 = bb, c1 = bc;
        FloatVector a2 = ba, b2 = bb, c2 = bc;
        FloatVector a3 = ba, b3 = bb, c3 = bc;
        FloatVector a4 = ba, b4 = bb, c4 = bc;
        FloatVector a5 = ba, b5 = bb, c5 = bc;
        FloatVector a6 = ba, b6 = bb, c6 = bc;
        FloatVector a7 = ba, b7 = bb, c7 = bc;
        for (int p = 0, q = wo; p < inner; p++, q += step) {
            FloatVector wa = fromArray(SPECIES, w, q), wb = fromArray(SPECIES, w, q + LANES), wc = fromArray(SPECIES, w, q + 2 * LANES);
            FloatVector v0 = broadcast(SPECIES, x[xo + p]);
            a0 = wa.fma(v0, a0); b0 = wb.fma(v0, b0); c0 = wc.fma(v0, c0);
            FloatVector v1 = broadcast(SPECIES, x[x1 + p]);
            a1 = wa.fma(v1, a1); b1 = wb.fma(v1, b1); c1 = wc.fma(v1, c1);
            FloatVector v2 = broadcast(SPECIES, x[x2 + p]);
            a2 = wa.fma(v2, a2); b2 = wb.fma(v2, b2); c2 = wc.fma(v2, c2);
            FloatVector v3 = broadcast(SPECIES, x[x3 + p]);
            a3 = wa.fma(v3, a3); b3 = wb.fma(v3, b3); c3 = wc.fma(v3, c3);
            FloatVector v4 = broadcast(SPECIES, x[x4 + p]);
            a4 = wa.fma(v4, a4); b4 = wb.fma(v4, b4); c4 = wc.fma(v4, c4);
            FloatVector v5 = broadcast(SPECIES, x[x5 + p]);
            a5 = wa.fma(v5, a5); b5 = wb.fma(v5, b5); c5 = wc.fma(v5, c5);
            FloatVector v6 = broadcast(SPECIES, x[x6 + p]);
            a6 = wa.fma(v6, a6); b6 = wb.fma(v6, b6); c6 = wc.fma(v6, c6);
            FloatVector v7 = broadcast(SPECIES, x[x7 + p]);
            a7 = wa.fma(v7, a7); b7 = wb.fma(v7, b7); c7 = wc.fma(v7, c7);
        }
        a0.intoArray(y, yo); b0.intoArray(y, yo + LANES); c0.intoArray(y, yo + 2 * LANES);
        a1.intoArray(y, y1); b1.intoArray(y, y1 + LANES); c1.intoArray(y, y1 + 2 * LANES);
        a2.intoArray(y, y2); b2.intoArray(y, y2 + LANES); c2.intoArray(y, y2 + 2 * LANES);
        a3.intoArray(y, y3); b3.intoArray(y, y3 + LANES); c3.intoArray(y, y3 + 2 * LANES);
        a4.intoArray(y, y4); b4.intoArray(y, y4 + LANES); c4.intoArray(y, y4 + 2 * LANES);
        a5.intoArray(y, y5); b5.intoArray(y, y5 + LANES); c5.intoArray(y, y5 + 2 * LANES);
        a6.intoArray(y, y6); b6.intoArray(y, y6 + LANES); c6.intoArray(y, y6 + 2 * LANES);
        a7.intoArray(y, y7); b7.intoArray(y, y7 + LANES); c7.intoArray(y, y7 + 2 * LANES);
    }

    /** Four panels by one column, twelve sums: a load of W each. */
    static void fourPanels1(float[] w, int wo, int panel, int inner, float[] x, int xo, float[] y, int yo) {
        FloatVector a = fromArray(SPECIES, y, yo), b = fromArray(SPECIES, y, yo + LANES);
        FloatVector c = fromArray(SPECIES, y, yo + 2 * LANES), d = fromArray(SPECIES, y, yo + 3 * LANES);
        FloatVector e = fromArray(SPECIES, y, yo + 4 * LANES), f = fromArray(SPECIES, y, yo + 5 * LANES);
        FloatVector g = fromArray(SPECIES, y, yo + 6 * LANES), h = fromArray(SPECIES, y, yo + 7 * LANES);
        FloatVector i = fromArray(SPECIES, y, yo + 8 * LANES), j = fromArray(SPECIES, y, yo + 9 * LANES);
        FloatVector k = fromArray(SPECIES, y, yo + 10 * LANES), l = fromArray(SPECIES, y, yo + 11 * LANES);
        for (int p = 0; p < inner; p++) {
            int q = wo + p * PANEL;
            FloatVector v = broadcast(SPECIES, x[xo + p]);
            a = fromArray(SPECIES, w, q).fma(v, a); b = fromArray(SPECIES, w, q + LANES).fma(v, b); c = fromArray(SPECIES, w, q + 2 * LANES).fma(v, c);
            d = fromArray(SPECIES, w, q + panel).fma(v, d); e = fromArray(SPECIES, w, q + panel + LANES).fma(v, e); f = fromArray(SPECIES, w, q + panel + 2 * LANES).fma(v, f);
            g = fromArray(SPECIES, w, q + 2 * panel).fma(v, g); h = fromArray(SPECIES, w, q + 2 * panel + LANES).fma(v, h); i = fromArray(SPECIES, w, q + 2 * panel + 2 * LANES).fma(v, i);
            j = fromArray(SPECIES, w, q + 3 * panel).fma(v, j); k = fromArray(SPECIES, w, q + 3 * panel + LANES).fma(v, k); l = fromArray(SPECIES, w, q + 3 * panel + 2 * LANES).fma(v, l);
        }
        a.intoArray(y, yo); b.intoArray(y, yo + LANES); c.intoArray(y, yo + 2 * LANES);
        d.intoArray(y, yo + 3 * LANES); e.intoArray(y, yo + 4 * LANES); f.intoArray(y, yo + 5 * LANES);
        g.intoArray(y, yo + 6 * LANES); h.intoArray(y, yo + 7 * LANES); i.intoArray(y, yo + 8 * LANES);
        j.intoArray(y, yo + 9 * LANES); k.intoArray(y, yo + 10 * LANES); l.intoArray(y, yo + 11 * LANES);
    }

    /** Two panels by two columns. */
    static void twoPanels2(float[] w, int wo, int panel, int inner, float[] x, int xo, int ldx, float[] y, int yo, int ldy) {
        int x1 = xo + ldx, y1 = yo + ldy;
        FloatVector a0 = fromArray(SPECIES, y, yo), b0 = fromArray(SPECIES, y, yo + LANES), c0 = fromArray(SPECIES, y, yo + 2 * LANES);
        FloatVector d0 = fromArray(SPECIES, y, yo + 3 * LANES), e0 = fromArray(SPECIES, y, yo + 4 * LANES), f0 = fromArray(SPECIES, y, yo + 5 * LANES);
        FloatVector a1 = fromArray(SPECIES, y, y1), b1 = fromArray(SPECIES, y, y1 + LANES), c1 = fromArray(SPECIES, y, y1 + 2 * LANES);
        FloatVector d1 = fromArray(SPECIES, y, y1 + 3 * LANES), e1 = fromArray(SPECIES, y, y1 + 4 * LANES), f1 = fromArray(SPECIES, y, y1 + 5 * LANES);
        for (int p = 0; p < inner; p++) {
            int q = wo + p * PANEL;
            FloatVector wa = fromArray(SPECIES, w, q), wb = fromArray(SPECIES, w, q + LANES), wc = fromArray(SPECIES, w, q + 2 * LANES);
            FloatVector wd = fromArray(SPECIES, w, q + panel), we = fromArray(SPECIES, w, q + panel + LANES), wf = fromArray(SPECIES, w, q + panel + 2 * LANES);
            FloatVector v0 = broadcast(SPECIES, x[xo + p]);
            a0 = wa.fma(v0, a0); b0 = wb.fma(v0, b0); c0 = wc.fma(v0, c0);
            d0 = wd.fma(v0, d0); e0 = we.fma(v0, e0); f0 = wf.fma(v0, f0);
            FloatVector v1 = broadcast(SPECIES, x[x1 + p]);
            a1 = wa.fma(v1, a1); b1 = wb.fma(v1, b1); c1 = wc.fma(v1, c1);
            d1 = wd.fma(v1, d1); e1 = we.fma(v1, e1); f1 = wf.fma(v1, f1);
        }
        a0.intoArray(y, yo); b0.intoArray(y, yo + LANES); c0.intoArray(y, yo + 2 * LANES);
        d0.intoArray(y, yo + 3 * LANES); e0.intoArray(y, yo + 4 * LANES); f0.intoArray(y, yo + 5 * LANES);
        a1.intoArray(y, y1); b1.intoArray(y, y1 + LANES); c1.intoArray(y, y1 + 2 * LANES);
        d1.intoArray(y, y1 + 3 * LANES); e1.intoArray(y, y1 + 4 * LANES); f1.intoArray(y, y1 + 5 * LANES);
    }
}
