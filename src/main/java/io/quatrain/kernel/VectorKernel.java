package io.quatrain.kernel;

import static jdk.incubator.vector.FloatVector.broadcast;
import static jdk.incubator.vector.FloatVector.fromArray;

import java.util.Arrays;
import java.util.stream.IntStream;
import jdk.incubator.vector.DoubleVector;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorSpecies;
import org.jspecify.annotations.Nullable;

/**
 * Float arithmetic on the Vector API; with {@link TallTiles} the only class that knows it.
 *
 * <p><b>Products.</b> W lies in panels two vectors high. A <i>tile</i> multiplies one panel by a few columns of X, with all
 * sums of the tile in registers: each step loads two vectors of W, and spreads one number of X per column. Twelve sums
 * fit the sixteen registers of a 256-bit machine, twenty-four the thirty-two of a 512-bit one; eight are enough to
 * keep two multiply-add units of latency four busy. With one or two columns, a tile takes several panels instead:
 * every sum is still one chain of multiply-adds along the inner dimension, starting from Y, so that a column's bits do
 * not depend on the tile it fell into. The inner dimension is cut into blocks so that a tile's panel and columns stay
 * in the first cache, and panels into blocks that stay in the second. On a 512-bit machine, packed products have panels three vectors high
 * where they can; a few of two make up the rest.
 *
 * <p>Tiles are written out one by one, without branches and without arrays of vectors, because the compiler keeps a
 * vector in a register only when it can see where it goes. The widest ones take the panel's height as an argument: were it
 * a constant, the compiler would move the bounds checks out of the loop, JDK 17 would then load all of a step's numbers
 * of X before the first of its sums, and the registers would not suffice (44 instead of 82 GFLOP/s).
 *
 * <p><b>Elementwise.</b> Vectors first, then the same operations on single floats ({@link FloatMath}) for the rest.
 *
 * <p><b>No method takes or returns a vector</b>, and tanh is written out twice. A vector that crosses a call is an object,
 * many times slower; whether C2 inlines a method of ours depends on how many nodes it has seen before
 * (NodeCountInliningCutoff) and on whether the method has been compiled already by itself (InlineSmallCode), which is a
 * matter of timing: a few runs in a hundred would stay slow. The methods of the Vector API are exempt from
 * the second; the first puts them off on 17, so that its tiles are smaller (src/bench/NOTES.md).
 */
final class VectorKernel implements Kernel<float[]> {
    private static final VectorSpecies<Float> SPECIES = species();
    private static final VectorSpecies<Double> DOUBLES = VectorSpecies.of(double.class, SPECIES.vectorShape());
    private static final VectorSpecies<Integer> INTS = VectorSpecies.of(int.class, SPECIES.vectorShape());
    private static final int LANES = SPECIES.length();
    private static final int[] COUNTING = IntStream.range(0, LANES).toArray();
    /** Rows of a panel. */
    private static final int PANEL = 2 * LANES;
    /**
     * On 17 one process of a hundred stayed slow with tiles of more than 18 sums of 512 bits: C2 no longer inlines at the end of their loop, and
     * then may not know the class of a sum (src/bench/NOTES.md).
     */
    private static final boolean RECENT = Runtime.version().feature() >= 21;
    /** Columns of the widest tile. */
    private static final int WIDEST = LANES == 16 ? RECENT ? 12 : 8 : System.getProperty("os.arch").equals("aarch64") ? 12 : 6;
    /** What a tile of thirteen columns costs; it wants 28 registers of 512 bits. */
    private static final double THIRTEEN = LANES == 16 && RECENT ? 13 : Double.POSITIVE_INFINITY;
    /** Widths of tiles that read packed columns, and what each costs, in columns of the widest (src/bench/NOTES.md). */
    private static final int[] WIDTHS = WIDEST == 12 ? new int[] {13, 12, 8, 6, 5, 4} : WIDEST == 8 ? new int[] {8, 6, 5, 4} : new int[] {6, 5, 4};
    private static final double[] COSTS = WIDEST == 12 ? new double[] {THIRTEEN, 12, 9.4, 8.3, 7.9, 7.2}
            : WIDEST == 8 ? new double[] {8, 7.06, 6.72, 6.13} : new double[] {6, 5.15, 4.7};
    /** What the tiles of so many columns cost at least; infinite: they are no sum of widths. */
    private static final double[] COST = new double[12 * WIDEST + 1];
    /** The width of the first of these tiles; 0: there is none. */
    private static final int[] FIRST = firstWidths(WIDTHS, COSTS, COST);
    /** Inner steps of a block at most: so many that loading and storing Y costs little. */
    private static final int INNER = 640;
    /** Rows of a block: with {@link #INNER}, as much of W as the second cache keeps. */
    private static final int ROWS = 4 * PANEL;
    /** Rows of a block of a weight gradient's A, for which all of B is read again: fewer are better with 1 MB of second cache, more with 2. */
    private static final int GRADIENT_ROWS = 6 * PANEL;
    /** Rows of a panel three vectors high; 0: there are none. */
    private static final int TALL = LANES == 16 ? TallTiles.PANEL : 0;
    /** The width of the first tile on tall panels, by the number of columns. A tile costs so many columns of the one of eight. */
    private static final int[] TALL_FIRST = RECENT ? firstWidths(new int[] {8, 9, 7, 6, 5, 4}, new double[] {8, 9.6, 7.05, 7.2, 6.3, 5.8}, new double[64])
            : firstWidths(new int[] {6, 5, 4, 3}, new double[] {7.2, 6.3, 5.8, 5.4}, new double[64]);
    /** Rows of a block of tall panels at least, and numbers of one at most where it has all inner steps; then X is read once a block. */
    private static final int TALL_ROWS = 4 * TALL;
    private static final int TALL_BLOCK = 6 * TALL * 512;
    /** More numbers of W than the second cache keeps, and columns of X so few that reading W counts: then tiles read the next panel ahead. */
    private static final int FAR = 3 << 17;
    private static final int FEW = 64;
    /** Numbers of W at most that, where Y would come back for every inner block, are read again for every {@link #FOR_COLUMNS} columns of X and Y instead. */
    private static final int READ_AGAIN = 5 << 18;
    private static final int FOR_COLUMNS = 96;
    /**
     * What lies in front of packed panels: arrays begin 16 bytes into an object, and where objects lie at multiples of 64 bytes
     * (-XX:ObjectAlignmentInBytes=64) so do the vectors then, and none of them is part of two lines.
     */
    private static final int MARGIN = 12;
    /** Columns packed at a time. */
    private static final int COLUMNS = 516;
    /** From so many rows on, a column is read often enough to pay for being packed; never on tall panels (src/bench/NOTES.md). */
    private static final int ROWS_WORTH_PACKING = LANES == 16 && RECENT ? 2048 : 256;
    /** Steps of a matrix that lie further apart than this are packed for fewer rows. */
    private static final int NEAR = 256;
    /** Rows of C at most that a product by way of Cᵀ has. */
    private static final int MOST_TURNED = 256;

    /** Powers of e that are kept at a time where only their sum, or a multiple of them, is wanted. */
    private static final int STRIP = 1024;

    private static final float[] NOTHING = {};
    private static final float[] ZEROS = new float[TALL];
    private static final ThreadLocal<Scratch> SCRATCH = ThreadLocal.withInitial(Scratch::new);

    private static final class Scratch {
        final float[] tile = new float[MARGIN + Math.max(PANEL * (WIDEST + 1), TallTiles.WIDEST * TALL)];
        final float[] few = new float[LANES];
        final float[] strip = new float[STRIP];
        float[] panels = {};
        float[] columns = {};
        float[] turned = {};
        /** What tiles read ahead, kept so that the compiler does not leave it out. */
        int ahead;

        float[] panels() {
            return panels.length > 0 ? panels : (panels = new float[MARGIN + GRADIENT_ROWS * INNER]);
        }

        float[] columns() {
            return columns.length > 0 ? columns : (columns = new float[COLUMNS * INNER + LANES]);
        }

        float[] turned() {
            return turned.length > 0 ? turned : (turned = new float[MARGIN + ROWS * MOST_TURNED]);
        }
    }

    private static VectorSpecies<Float> species() {
        return switch (Integer.getInteger("quatrain.kernel.bits", 0)) {
            case 128 -> FloatVector.SPECIES_128;
            case 256 -> FloatVector.SPECIES_256;
            case 512 -> FloatVector.SPECIES_512;
            default -> FloatVector.SPECIES_PREFERRED;
        };
    }

    static boolean worthwhile() {
        return SPECIES.vectorBitSize() >= 128;
    }

    @Override
    public String name() {
        return "vector " + SPECIES.vectorBitSize();
    }

    @Override
    public float[] allocate(int length) {
        return new float[length];
    }

    @Override
    public int margin() {
        return MARGIN;
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
        return PANEL;
    }

    /** As many panels as can are tall, the rest, as few as can be, two vectors high. */
    @Override
    public int panels(int rows) {
        int tall = tallRows(rows);
        return (TALL == 0 ? 0 : tall / TALL) + flatPanels(rows - tall);
    }

    @Override
    public int panelStart(int rows, int panel) {
        int tall = tallRows(rows);
        int talls = TALL == 0 ? 0 : tall / TALL;
        return Math.min(rows, panel <= talls ? panel * TALL : tall + (panel - talls) * PANEL);
    }

    @Override
    public Object allocatePanels(int rows, int inner) {
        int tall = tallRows(rows);
        return allocate(Math.addExact(MARGIN, Math.multiplyExact(tall + flatPanels(rows - tall) * PANEL, inner)));
    }

    private static int flatPanels(int rows) {
        return (rows + PANEL - 1) / PANEL;
    }

    /** How many rows tall panels have, which come first. */
    private static int tallRows(int rows) {
        int vectors = (rows + LANES - 1) / LANES;
        return TALL == 0 ? 0 : Math.max(0, vectors - 2 * Math.floorMod(-vectors, 3)) * LANES;
    }

    /** Rows of the panel that begins at row {@code r}. */
    private static int height(int r, int tallRows) {
        return r < tallRows ? TALL : PANEL;
    }

    /** Rows from {@code r} on that make one block: panels of one height, tall ones {@code most} rows together. */
    private static int block(int r, int tallRows, int rows, int most) {
        return Math.min(rows - r, r < tallRows ? Math.min(most, tallRows - r) : ROWS);
    }

    /** Zero below the last row. */
    @Override
    public void pack(float[] w, int wo, int ldw, boolean transposed, int rows, int inner, Object into,
                     int from, int to) {
        float[] panels = (float[]) into;
        int tall = tallRows(rows);
        int last = panelStart(rows, to);
        for (int r = panelStart(rows, from), block; r < last; r += block) {
            block = block(r, tall, last, TALL_ROWS);
            packPanels(w, wo + r * (transposed ? ldw : 1), ldw, Math.max(1, inner), inner, 0, transposed, height(r, tall), block, inner,
                    panels, MARGIN + r * inner);
        }
    }

    /** Panels {@code height} high of up to a block's rows; below the last row zero. */
    private static void packPanels(float[] w, int wo, int ldw, int run, int step, int from, boolean transposed, int height, int rows,
                                   int inner, float[] panels, int po) {
        int whole = rows / height * height;
        for (int r = 0; r < whole && transposed; r += height) {
            packTransposedPanel(w, wo + r * ldw, ldw, height, height, inner, panels, po + r * inner);
        }
        int column = wo + Kernel.column(from, run, step) * ldw;
        int next = run - from % run;
        for (int p = 0; p < inner && !transposed; p++) {
            for (int r = 0; r < whole; r += height) {
                int source = column + r;
                int target = po + r * inner + p * height;
                fromArray(SPECIES, w, source).intoArray(panels, target);
                fromArray(SPECIES, w, source + LANES).intoArray(panels, target + LANES);
                if (height > PANEL) {
                    fromArray(SPECIES, w, source + 2 * LANES).intoArray(panels, target + 2 * LANES);
                }
            }
            column += ldw;
            if (--next == 0) {
                next = run;
                column += (step - run) * ldw;
            }
        }
        if (whole == rows) {
            return;
        }
        int last = po + whole * inner;
        if (transposed) {
            packTransposedPanel(w, wo + whole * ldw, ldw, height, rows - whole, inner, panels, last);
            return;
        }
        for (int p = 0; p < inner; p++) {
            System.arraycopy(w, wo + whole + Kernel.column(from + p, run, step) * ldw, panels, last + p * height, rows - whole);
            Arrays.fill(panels, last + p * height + rows - whole, last + (p + 1) * height, 0f);
        }
    }

    /** In short runs, so that a run of the panel stays in the first cache until all its rows have been copied. */
    private static void packTransposedPanel(float[] w, int wo, int ldw, int panel, int height, int inner, float[] panels, int po) {
        if (height < panel) {
            Arrays.fill(panels, po, po + inner * panel, 0f);
        }
        for (int start = 0; start < inner; start += 256) {
            int run = Math.min(256, inner - start);
            int target = po + start * panel;
            int r = 0;
            for (; r <= height - 4; r += 4) {
                packFour(w, wo + r * ldw + start, ldw, run, panels, target + r, panel);
            }
            for (; r < height; r++) {
                int source = wo + r * ldw + start;
                for (int p = 0; p < run; p++) {
                    panels[target + p * panel + r] = w[source + p];
                }
            }
        }
    }

    @Override
    public void addPackedProduct(Object panels, int rows, int inner, int from, int to, float[] x, int xo, int ldx,
                                 float[] y, int yo, int ldy, int columns) {
        packedProduct((float[]) panels, rows, inner, panelStart(rows, from), panelStart(rows, to), x, xo, ldx, Start.Y, NOTHING, 0,
                y, yo, ldy, columns);
    }

    @Override
    public void setPackedProduct(Object panels, int rows, int inner, int from, int to, float[] x, int xo, int ldx,
                                 float @Nullable [] b, int bo, float[] y, int yo, int ldy, int columns) {
        Start start = b == null ? Start.ZERO : Start.BIAS;
        packedProduct((float[]) panels, rows, inner, panelStart(rows, from), panelStart(rows, to), x, xo, ldx, start,
                b == null ? NOTHING : b, bo, y, yo, ldy, columns);
    }

    /** What a sum begins with. */
    private enum Start {
        Y, ZERO, BIAS;

        /** Writes it to a part of Y, right before that is read. */
        void write(float[] b, int bo, float[] y, int yo, int ldy, int rows, int columns) {
            for (int j = 0; j < columns && this != Y; j++) {
                if (this == ZERO) {
                    Arrays.fill(y, yo + j * ldy, yo + j * ldy + rows, 0f);
                } else {
                    System.arraycopy(b, bo, y, yo + j * ldy, rows);
                }
            }
        }
    }

    /** Rows {@code first ≤ r < last}, which are those of whole panels. */
    private static void packedProduct(float[] panels, int rows, int inner, int first, int last, float[] x, int xo, int ldx,
                                      Start start, float[] b, int bo, float[] y, int yo, int ldy, int columns) {
        if (inner == 0) {
            start.write(b, bo + first, y, yo + first, ldy, last - first, columns);
        } else if (panelByPanel(rows, inner, last - first, columns)) {
            for (int j = 0, width; j < columns; j += width) {
                width = columns - j < 2 * FOR_COLUMNS ? columns - j : FOR_COLUMNS;
                farProduct(panels, rows, inner, first, last, x, xo + j * ldx, ldx, start, b, bo, y, yo + j * ldy, ldy, width);
            }
        } else if (columns == 1 || TALL > 0 || rows < ROWS_WORTH_PACKING || !packable(columns)) {
            int most = columns == 1 ? inner : depth(inner);
            int tall = tallRows(rows);
            int mostRows = most < inner || TALL == 0 ? TALL_ROWS : Math.max(TALL_ROWS, TALL_BLOCK / most / TALL * TALL);
            for (int p = 0; p < inner; p += most) {
                int depth = Math.min(most, inner - p);
                for (int r = first, block; r < last; r += block) {
                    block = block(r, tall, last, mostRows);
                    int height = height(r, tall);
                    multiplyPanels(height, panels, MARGIN + r * inner + p * height, inner * height, block, depth,
                            x, xo + p, ldx, p == 0 ? start : Start.Y, b, bo + r, y, yo + r, ldy, columns);
                }
            }
        } else {
            float[] packed = SCRATCH.get().columns();
            int most = depth(inner);
            for (int j = 0; j < columns; ) {
                int width = blockWidth(columns - j);
                for (int p = 0; p < inner; p += most) {
                    int depth = Math.min(most, inner - p);
                    packColumns(x, xo + p + j * ldx, ldx, depth, width, packed);
                    for (int r = first; r < last; r += ROWS) {
                        multiplyStrips(panels, MARGIN + r * inner + p * PANEL, inner * PANEL, Math.min(ROWS, last - r), depth,
                                packed, 0, 0, p == 0 ? start : Start.Y, b, bo + r, y, yo + r + j * ldy, ldy, width);
                    }
                }
                j += width;
            }
        }
    }

    /** Whether a few columns at a time go through all of W: where W comes from far anyway, or Y would come back for every inner block. */
    private static boolean panelByPanel(int rows, int inner, int height, int columns) {
        if (TALL == 0 || !RECENT || columns < TallTiles.AHEAD) {
            return false;
        }
        long numbers = (long) tallRows(rows) * inner;
        return columns <= FEW ? numbers > FAR : columns > FOR_COLUMNS && height > TALL_ROWS && depth(inner) < inner && numbers <= READ_AGAIN;
    }

    /** The same, panel by panel, where W need not stay in the second cache; the last panel's tiles read the first, which the next step needs. */
    private static void farProduct(float[] panels, int rows, int inner, int first, int last, float[] x, int xo, int ldx,
                                   Start start, float[] b, int bo, float[] y, int yo, int ldy, int columns) {
        int most = depth(inner);
        int tall = tallRows(rows);
        int full = Math.min(tall, last / TALL * TALL);
        int read = start == Start.Y ? readInOrder(y, yo + first, ldy, last - first, columns) : 0;
        for (int p = 0, after; p < inner; p = after) {
            after = Math.min(inner, p + most);
            int depth = after - p;
            Start begin = p == 0 ? start : Start.Y;
            for (int r = first; r < full; r += TALL) {
                int w = MARGIN + r * inner + p * TALL;
                int next = r + TALL < full ? w + inner * TALL : MARGIN + first * inner + after % inner * TALL;
                int end = next + (r + TALL < full ? depth : Math.min(most, inner - after % inner)) * TALL;
                read += multiplyAhead(panels, w, next, end, depth, x, xo + p, ldx, begin, b, bo + r, y, yo + r, ldy, columns);
            }
            int rest = Math.max(first, full);
            if (rest < last) {
                int height = height(rest, tall);
                multiplyPanels(height, panels, MARGIN + rest * inner + p * height, inner * height, last - rest, depth,
                        x, xo + p, ldx, begin, b, bo + rest, y, yo + rest, ldy, columns);
            }
        }
        SCRATCH.get().ahead = read;
    }

    /**
     * Reads a number of every line, column by column, which the processor fetches ahead by itself. Gates of this step come from memory, and a tile
     * begins with three lines of each of eight columns, for which it would wait.
     *
     * @return what was read, which is of no use but must not be left out
     */
    private static int readInOrder(float[] y, int yo, int ldy, int rows, int columns) {
        int read = 0;
        for (int j = 0; j < columns; j++) {
            for (int i = yo + j * ldy, end = i + rows; i < end; i += TallTiles.LINE) {
                read ^= Float.floatToRawIntBits(y[i]);
            }
        }
        return read;
    }

    /** Y += W·X for one tall panel, whose tiles read ahead until all from {@code next} to {@code end} has been. */
    private static int multiplyAhead(float[] w, int wo, int next, int end, int inner, float[] x, int xo, int ldx,
                                     Start start, float[] b, int bo, float[] y, int yo, int ldy, int columns) {
        int read = 0;
        for (int j = 0; j < columns; ) {
            int width = tallWidth(columns - j);
            start.write(b, bo, y, yo + j * ldy, ldy, TALL, width);
            if (width >= TallTiles.AHEAD && next + inner * TallTiles.LINE <= end) {
                read += TallTiles.tileAhead(width, w, wo, next, inner, x, xo + j * ldx, ldx, y, yo + j * ldy, ldy);
                next += inner * TallTiles.LINE;
            } else {
                TallTiles.tile(width, w, wo, inner, x, xo + j * ldx, ldx, y, yo + j * ldy, ldy);
            }
            j += width;
        }
        return read;
    }

    /** Inner steps of a block: equal blocks, so that none is short. */
    private static int depth(int inner) {
        int blocks = Math.max(1, (inner + INNER - 1) / INNER);
        return (inner + blocks - 1) / blocks;
    }

    private static int[] firstWidths(int[] widths, double[] costs, double[] cost) {
        int[] first = new int[cost.length];
        for (int columns = 1; columns < cost.length; columns++) {
            cost[columns] = Double.POSITIVE_INFINITY;
            for (int i = 0; i < widths.length; i++) {
                int rest = columns - widths[i];
                if (rest >= 0 && costs[i] + cost[rest] < cost[columns]) {
                    cost[columns] = costs[i] + cost[rest];
                    first[columns] = widths[i];
                }
            }
        }
        return first;
    }

    private static boolean packable(int columns) {
        return packedWidth(columns) > 0;
    }

    /** Columns to pack at once; neither they nor the rest are too few to be packed. */
    private static int blockWidth(int columns) {
        return columns <= COLUMNS ? columns : packable(columns - COLUMNS) ? COLUMNS : COLUMNS - 8;
    }

    /** What the tiles of so many columns cost, if those of many begin with wide ones. */
    private static double cost(int columns) {
        int wide = Math.max(0, (columns - COST.length + WIDEST) / WIDEST);
        return wide * (double) WIDEST + COST[columns - wide * WIDEST];
    }

    /** The width of the next of so many columns' tiles. */
    private static int packedWidth(int columns) {
        return columns < FIRST.length ? FIRST[columns] : WIDEST;
    }

    /** The same on tall panels. */
    private static int tallWidth(int columns) {
        return columns < 4 ? columns : columns < TALL_FIRST.length ? TALL_FIRST[columns] : RECENT ? 8 : 6;
    }

    /** Copies columns into strips as wide as tiles, a strip's numbers of one step side by side. */
    private static void packColumns(float[] x, int xo, int ldx, int depth, int columns, float[] packed) {
        for (int j = 0; j < columns; ) {
            int width = packedWidth(columns - j);
            int c = 0;
            for (; c <= width - 4; c += 4) {
                packFour(x, xo + (j + c) * ldx, ldx, depth, packed, j * depth + c, width);
            }
            for (; c < width; c++) {
                int source = xo + (j + c) * ldx;
                for (int p = 0, target = j * depth + c; p < depth; p++, target += width) {
                    packed[target] = x[source + p];
                }
            }
            j += width;
        }
    }

    /** Four columns of X side by side, at every step {@code width} further on. */
    private static void packFour(float[] x, int xo, int ldx, int depth, float[] packed, int to, int width) {
        int x1 = xo + ldx;
        int x2 = x1 + ldx;
        int x3 = x2 + ldx;
        for (int p = 0; p < depth; p++, to += width) {
            packed[to] = x[xo + p];
            packed[to + 1] = x[x1 + p];
            packed[to + 2] = x[x2 + p];
            packed[to + 3] = x[x3 + p];
        }
    }

    /**
     * The same of a matrix whose columns' numbers lie {@code ldb} apart, its columns side by side; as one strip if {@code whole}.
     * A step at a time, so that a line of B is read once. Whole vectors are copied, as what is too much is written over by the steps
     * after it; a strip's last steps, after which the next strip begins, are exact.
     */
    private static void packRows(float[] b, int bo, int ldb, int run, int step, int from, int depth, int columns,
                                 boolean whole, float[] packed, int po) {
        int source = bo + Kernel.column(from, run, step) * ldb;
        int next = run - from % run;
        for (int p = 0; p < depth; p++) {
            for (int j = 0; j < columns; ) {
                int width = whole ? columns : packedWidth(columns - j);
                int to = po + j * depth + p * width;
                boolean withinStrip = to + width + LANES <= po + (j + width) * depth;
                if (withinStrip && source + j + width + LANES <= b.length) {
                    for (int c = 0; c < width; c += LANES) {
                        fromArray(SPECIES, b, source + j + c).intoArray(packed, to + c);
                    }
                } else {
                    System.arraycopy(b, source + j, packed, to, width);
                }
                j += width;
            }
            source += ldb;
            if (--next == 0) {
                next = run;
                source += (step - run) * ldb;
            }
        }
    }

    /**
     * Y += W·X for panels {@code stride} apart and columns side by side: those of packed strips, or, where the steps of X lie
     * {@code ldx} apart, those of a matrix as it is.
     */
    private static void multiplyStrips(float[] w, int wo, int stride, int rows, int inner, float[] x, int xo, int ldx,
                                       Start start, float[] b, int bo, float[] y, int yo, int ldy, int columns) {
        for (int j = 0; j < columns; ) {
            int width = packedWidth(columns - j);
            int strip = ldx == 0 ? xo + j * inner : xo + j;
            int step = ldx == 0 ? width : ldx;
            int panel = wo;
            int r = 0;
            start.write(b, bo, y, yo + j * ldy, ldy, rows, width);
            for (; r + PANEL <= rows; r += PANEL, panel += stride) {
                stripTile(width, w, panel, inner, x, strip, step, y, yo + r + j * ldy, ldy);
            }
            if (r < rows) {
                float[] whole = SCRATCH.get().tile;
                copyRows(y, yo + r + j * ldy, ldy, whole, MARGIN, PANEL, rows - r, width);
                stripTile(width, w, panel, inner, x, strip, step, whole, MARGIN, PANEL);
                copyRows(whole, MARGIN, PANEL, y, yo + r + j * ldy, ldy, rows - r, width);
            }
            j += width;
        }
    }

    private static void stripTile(int width, float[] w, int wo, int inner, float[] x, int xo, int ldx,
                                  float[] y, int yo, int ldy) {
        switch (width) {
            case 4 -> stripTile4(w, wo, inner, x, xo, ldx, y, yo, ldy);
            case 5 -> stripTile5(w, wo, inner, x, xo, ldx, y, yo, ldy);
            case 6 -> stripTile6(w, wo, inner, x, xo, ldx, y, yo, ldy);
            case 8 -> stripTile8(w, wo, inner, x, xo, ldx, y, yo, ldy);
            case 12 -> stripTile12(w, wo, inner, x, xo, ldx, y, yo, ldy);
            case 13 -> stripTile13(w, wo, inner, x, xo, ldx, y, yo, ldy);
            default -> throw new IllegalArgumentException("no tile is " + width + " wide");
        }
    }

    /** Y += W·X for panels {@code height} high and {@code stride} apart, tile by tile. */
    private static void multiplyPanels(int height, float[] w, int wo, int stride, int rows, int inner,
                                       float[] x, int xo, int ldx, Start start, float[] b, int bo,
                                       float[] y, int yo, int ldy, int columns) {
        for (int j = 0; j < columns; ) {
            int width = height == PANEL ? tileWidth(columns - j) : tallWidth(columns - j);
            if (start != Start.Y && height == TALL && width == TallTiles.SET && rows % TALL == 0) {
                setPanels(w, wo, stride, rows, inner, x, xo + j * ldx, ldx, start == Start.ZERO ? null : b, bo, y, yo + j * ldy, ldy);
            } else {
                start.write(b, bo, y, yo + j * ldy, ldy, rows, width);
                multiplyColumns(height, width, w, wo, stride, rows, inner, x, xo + j * ldx, ldx, y, yo + j * ldy, ldy);
            }
            j += width;
        }
    }

    /** Y = W·X + b for whole tall panels and the columns of one tile; b may be null. */
    private static void setPanels(float[] w, int wo, int stride, int rows, int inner, float[] x, int xo, int ldx,
                                  float @Nullable [] b, int bo, float[] y, int yo, int ldy) {
        for (int r = 0, panel = wo; r < rows; r += TALL, panel += stride) {
            TallTiles.set(b == null ? ZEROS : b, b == null ? 0 : bo + r, w, panel, inner, x, xo, ldx, y, yo + r, ldy);
        }
    }

    /** Wide tiles, and a rest that is not a sliver. */
    private static int tileWidth(int columns) {
        return packable(columns) ? packedWidth(columns) : columns == 7 ? 5 : columns == 3 ? 2 : columns;
    }

    private static void multiplyColumns(int height, int width, float[] w, int wo, int stride, int rows, int inner,
                                        float[] x, int xo, int ldx, float[] y, int yo, int ldy) {
        int r = 0;
        for (int panels = together(width); panels > 1 && r + panels * height <= rows; r += panels * height, wo += panels * stride) {
            if (height != PANEL && width == 1) {
                TallTiles.fourPanels1(w, wo, stride, inner, x, xo, y, yo + r);
            } else if (height != PANEL) {
                TallTiles.twoPanels2(w, wo, stride, inner, x, xo, ldx, y, yo + r, ldy);
            } else if (width == 1) {
                fourPanels1(w, wo, stride, inner, x, xo, ldx, y, yo + r, ldy);
            } else {
                twoPanels2(w, wo, stride, inner, x, xo, ldx, y, yo + r, ldy);
            }
        }
        for (; r + height <= rows; r += height, wo += stride) {
            tile(height, width, w, wo, inner, x, xo, ldx, y, yo + r, ldy);
        }
        if (r < rows) {
            float[] whole = SCRATCH.get().tile;
            copyRows(y, yo + r, ldy, whole, MARGIN, height, rows - r, width);
            tile(height, width, w, wo, inner, x, xo, ldx, whole, MARGIN, height);
            copyRows(whole, MARGIN, height, y, yo + r, ldy, rows - r, width);
        }
    }

    /** How many panels one tile takes: with few columns one has too few sums. */
    private static int together(int width) {
        return width == 1 ? 4 : width == 2 ? 2 : 1;
    }

    private static void copyRows(float[] from, int fo, int ldf, float[] to, int too, int ldt, int rows, int columns) {
        for (int j = 0; j < columns; j++) {
            System.arraycopy(from, fo + j * ldf, to, too + j * ldt, rows);
        }
    }

    /** The height of a panel is an argument where a constant has C2 of 17 keep sums in memory (src/bench/NOTES.md). */
    private static void tile(int height, int width, float[] w, int wo, int inner, float[] x, int xo, int ldx,
                             float[] y, int yo, int ldy) {
        if (height != PANEL) {
            TallTiles.tile(width, w, wo, inner, x, xo, ldx, y, yo, ldy);
            return;
        }
        switch (width) {
            case 1 -> tile1(w, wo, inner, x, xo, ldx, y, yo, ldy);
            case 2 -> tile2(w, wo, inner, x, xo, ldx, y, yo, ldy);
            case 4 -> tile4(w, wo, inner, x, xo, ldx, y, yo, ldy);
            case 5 -> tile5(w, wo, PANEL, inner, x, xo, ldx, y, yo, ldy);
            case 6 -> tile6(w, wo, PANEL, inner, x, xo, ldx, y, yo, ldy);
            case 8 -> tile8(w, wo, inner, x, xo, ldx, y, yo, ldy);
            case 12 -> tile12(w, wo, PANEL, inner, x, xo, ldx, y, yo, ldy);
            case 13 -> tile13(w, wo, PANEL, inner, x, xo, ldx, y, yo, ldy);
            default -> throw new IllegalArgumentException("no tile is " + width + " wide");
        }
    }

    /** One panel by one column. */
    private static void tile1(float[] w, int wo, int inner, float[] x, int xo, int ldx,
                             float[] y, int yo, int ldy) {
        FloatVector a0 = fromArray(SPECIES, y, yo), b0 = fromArray(SPECIES, y, yo + LANES);
        for (int p = 0; p < inner; p++) {
            int q = wo + p * PANEL;
            FloatVector wa = fromArray(SPECIES, w, q), wb = fromArray(SPECIES, w, q + LANES);
            FloatVector v0 = broadcast(SPECIES, x[xo + p]);
            a0 = wa.fma(v0, a0); b0 = wb.fma(v0, b0);
        }
        a0.intoArray(y, yo); b0.intoArray(y, yo + LANES);
    }

    /** One panel by two columns. */
    private static void tile2(float[] w, int wo, int inner, float[] x, int xo, int ldx,
                             float[] y, int yo, int ldy) {
        int x1 = xo + ldx;
        int y1 = yo + ldy;
        FloatVector a0 = fromArray(SPECIES, y, yo), b0 = fromArray(SPECIES, y, yo + LANES);
        FloatVector a1 = fromArray(SPECIES, y, y1), b1 = fromArray(SPECIES, y, y1 + LANES);
        for (int p = 0; p < inner; p++) {
            int q = wo + p * PANEL;
            FloatVector wa = fromArray(SPECIES, w, q), wb = fromArray(SPECIES, w, q + LANES);
            FloatVector v0 = broadcast(SPECIES, x[xo + p]);
            a0 = wa.fma(v0, a0); b0 = wb.fma(v0, b0);
            FloatVector v1 = broadcast(SPECIES, x[x1 + p]);
            a1 = wa.fma(v1, a1); b1 = wb.fma(v1, b1);
        }
        a0.intoArray(y, yo); b0.intoArray(y, yo + LANES);
        a1.intoArray(y, y1); b1.intoArray(y, y1 + LANES);
    }

    /** One panel by four columns. */
    private static void tile4(float[] w, int wo, int inner, float[] x, int xo, int ldx,
                             float[] y, int yo, int ldy) {
        int x1 = xo + ldx, x2 = x1 + ldx, x3 = x2 + ldx;
        int y1 = yo + ldy, y2 = y1 + ldy, y3 = y2 + ldy;
        FloatVector a0 = fromArray(SPECIES, y, yo), b0 = fromArray(SPECIES, y, yo + LANES);
        FloatVector a1 = fromArray(SPECIES, y, y1), b1 = fromArray(SPECIES, y, y1 + LANES);
        FloatVector a2 = fromArray(SPECIES, y, y2), b2 = fromArray(SPECIES, y, y2 + LANES);
        FloatVector a3 = fromArray(SPECIES, y, y3), b3 = fromArray(SPECIES, y, y3 + LANES);
        for (int p = 0; p < inner; p++) {
            int q = wo + p * PANEL;
            FloatVector wa = fromArray(SPECIES, w, q), wb = fromArray(SPECIES, w, q + LANES);
            FloatVector v0 = broadcast(SPECIES, x[xo + p]);
            a0 = wa.fma(v0, a0); b0 = wb.fma(v0, b0);
            FloatVector v1 = broadcast(SPECIES, x[x1 + p]);
            a1 = wa.fma(v1, a1); b1 = wb.fma(v1, b1);
            FloatVector v2 = broadcast(SPECIES, x[x2 + p]);
            a2 = wa.fma(v2, a2); b2 = wb.fma(v2, b2);
            FloatVector v3 = broadcast(SPECIES, x[x3 + p]);
            a3 = wa.fma(v3, a3); b3 = wb.fma(v3, b3);
        }
        a0.intoArray(y, yo); b0.intoArray(y, yo + LANES);
        a1.intoArray(y, y1); b1.intoArray(y, y1 + LANES);
        a2.intoArray(y, y2); b2.intoArray(y, y2 + LANES);
        a3.intoArray(y, y3); b3.intoArray(y, y3 + LANES);
    }

    /** One panel by five columns. */
    private static void tile5(float[] w, int wo, int step, int inner, float[] x, int xo, int ldx,
                             float[] y, int yo, int ldy) {
        int x1 = xo + ldx, x2 = x1 + ldx, x3 = x2 + ldx, x4 = x3 + ldx;
        int y1 = yo + ldy, y2 = y1 + ldy, y3 = y2 + ldy, y4 = y3 + ldy;
        FloatVector a0 = fromArray(SPECIES, y, yo), b0 = fromArray(SPECIES, y, yo + LANES);
        FloatVector a1 = fromArray(SPECIES, y, y1), b1 = fromArray(SPECIES, y, y1 + LANES);
        FloatVector a2 = fromArray(SPECIES, y, y2), b2 = fromArray(SPECIES, y, y2 + LANES);
        FloatVector a3 = fromArray(SPECIES, y, y3), b3 = fromArray(SPECIES, y, y3 + LANES);
        FloatVector a4 = fromArray(SPECIES, y, y4), b4 = fromArray(SPECIES, y, y4 + LANES);
        for (int p = 0, q = wo; p < inner; p++, q += step) {
            FloatVector wa = fromArray(SPECIES, w, q), wb = fromArray(SPECIES, w, q + LANES);
            FloatVector v0 = broadcast(SPECIES, x[xo + p]);
            a0 = wa.fma(v0, a0); b0 = wb.fma(v0, b0);
            FloatVector v1 = broadcast(SPECIES, x[x1 + p]);
            a1 = wa.fma(v1, a1); b1 = wb.fma(v1, b1);
            FloatVector v2 = broadcast(SPECIES, x[x2 + p]);
            a2 = wa.fma(v2, a2); b2 = wb.fma(v2, b2);
            FloatVector v3 = broadcast(SPECIES, x[x3 + p]);
            a3 = wa.fma(v3, a3); b3 = wb.fma(v3, b3);
            FloatVector v4 = broadcast(SPECIES, x[x4 + p]);
            a4 = wa.fma(v4, a4); b4 = wb.fma(v4, b4);
        }
        a0.intoArray(y, yo); b0.intoArray(y, yo + LANES);
        a1.intoArray(y, y1); b1.intoArray(y, y1 + LANES);
        a2.intoArray(y, y2); b2.intoArray(y, y2 + LANES);
        a3.intoArray(y, y3); b3.intoArray(y, y3 + LANES);
        a4.intoArray(y, y4); b4.intoArray(y, y4 + LANES);
    }

    /** One panel by six columns. */
    private static void tile6(float[] w, int wo, int step, int inner, float[] x, int xo, int ldx,
                             float[] y, int yo, int ldy) {
        int x1 = xo + ldx, x2 = x1 + ldx, x3 = x2 + ldx, x4 = x3 + ldx, x5 = x4 + ldx;
        int y1 = yo + ldy, y2 = y1 + ldy, y3 = y2 + ldy, y4 = y3 + ldy, y5 = y4 + ldy;
        FloatVector a0 = fromArray(SPECIES, y, yo), b0 = fromArray(SPECIES, y, yo + LANES);
        FloatVector a1 = fromArray(SPECIES, y, y1), b1 = fromArray(SPECIES, y, y1 + LANES);
        FloatVector a2 = fromArray(SPECIES, y, y2), b2 = fromArray(SPECIES, y, y2 + LANES);
        FloatVector a3 = fromArray(SPECIES, y, y3), b3 = fromArray(SPECIES, y, y3 + LANES);
        FloatVector a4 = fromArray(SPECIES, y, y4), b4 = fromArray(SPECIES, y, y4 + LANES);
        FloatVector a5 = fromArray(SPECIES, y, y5), b5 = fromArray(SPECIES, y, y5 + LANES);
        for (int p = 0, q = wo; p < inner; p++, q += step) {
            FloatVector wa = fromArray(SPECIES, w, q), wb = fromArray(SPECIES, w, q + LANES);
            FloatVector v0 = broadcast(SPECIES, x[xo + p]);
            a0 = wa.fma(v0, a0); b0 = wb.fma(v0, b0);
            FloatVector v1 = broadcast(SPECIES, x[x1 + p]);
            a1 = wa.fma(v1, a1); b1 = wb.fma(v1, b1);
            FloatVector v2 = broadcast(SPECIES, x[x2 + p]);
            a2 = wa.fma(v2, a2); b2 = wb.fma(v2, b2);
            FloatVector v3 = broadcast(SPECIES, x[x3 + p]);
            a3 = wa.fma(v3, a3); b3 = wb.fma(v3, b3);
            FloatVector v4 = broadcast(SPECIES, x[x4 + p]);
            a4 = wa.fma(v4, a4); b4 = wb.fma(v4, b4);
            FloatVector v5 = broadcast(SPECIES, x[x5 + p]);
            a5 = wa.fma(v5, a5); b5 = wb.fma(v5, b5);
        }
        a0.intoArray(y, yo); b0.intoArray(y, yo + LANES);
        a1.intoArray(y, y1); b1.intoArray(y, y1 + LANES);
        a2.intoArray(y, y2); b2.intoArray(y, y2 + LANES);
        a3.intoArray(y, y3); b3.intoArray(y, y3 + LANES);
        a4.intoArray(y, y4); b4.intoArray(y, y4 + LANES);
        a5.intoArray(y, y5); b5.intoArray(y, y5 + LANES);
    }

    /** One panel by eight columns. */
    private static void tile8(float[] w, int wo, int inner, float[] x, int xo, int ldx,
                             float[] y, int yo, int ldy) {
        int x1 = xo + ldx, x2 = x1 + ldx, x3 = x2 + ldx, x4 = x3 + ldx, x5 = x4 + ldx, x6 = x5 + ldx;
        int x7 = x6 + ldx;
        int y1 = yo + ldy, y2 = y1 + ldy, y3 = y2 + ldy, y4 = y3 + ldy, y5 = y4 + ldy, y6 = y5 + ldy;
        int y7 = y6 + ldy;
        FloatVector a0 = fromArray(SPECIES, y, yo), b0 = fromArray(SPECIES, y, yo + LANES);
        FloatVector a1 = fromArray(SPECIES, y, y1), b1 = fromArray(SPECIES, y, y1 + LANES);
        FloatVector a2 = fromArray(SPECIES, y, y2), b2 = fromArray(SPECIES, y, y2 + LANES);
        FloatVector a3 = fromArray(SPECIES, y, y3), b3 = fromArray(SPECIES, y, y3 + LANES);
        FloatVector a4 = fromArray(SPECIES, y, y4), b4 = fromArray(SPECIES, y, y4 + LANES);
        FloatVector a5 = fromArray(SPECIES, y, y5), b5 = fromArray(SPECIES, y, y5 + LANES);
        FloatVector a6 = fromArray(SPECIES, y, y6), b6 = fromArray(SPECIES, y, y6 + LANES);
        FloatVector a7 = fromArray(SPECIES, y, y7), b7 = fromArray(SPECIES, y, y7 + LANES);
        for (int p = 0; p < inner; p++) {
            int q = wo + p * PANEL;
            FloatVector wa = fromArray(SPECIES, w, q), wb = fromArray(SPECIES, w, q + LANES);
            FloatVector v0 = broadcast(SPECIES, x[xo + p]);
            a0 = wa.fma(v0, a0); b0 = wb.fma(v0, b0);
            FloatVector v1 = broadcast(SPECIES, x[x1 + p]);
            a1 = wa.fma(v1, a1); b1 = wb.fma(v1, b1);
            FloatVector v2 = broadcast(SPECIES, x[x2 + p]);
            a2 = wa.fma(v2, a2); b2 = wb.fma(v2, b2);
            FloatVector v3 = broadcast(SPECIES, x[x3 + p]);
            a3 = wa.fma(v3, a3); b3 = wb.fma(v3, b3);
            FloatVector v4 = broadcast(SPECIES, x[x4 + p]);
            a4 = wa.fma(v4, a4); b4 = wb.fma(v4, b4);
            FloatVector v5 = broadcast(SPECIES, x[x5 + p]);
            a5 = wa.fma(v5, a5); b5 = wb.fma(v5, b5);
            FloatVector v6 = broadcast(SPECIES, x[x6 + p]);
            a6 = wa.fma(v6, a6); b6 = wb.fma(v6, b6);
            FloatVector v7 = broadcast(SPECIES, x[x7 + p]);
            a7 = wa.fma(v7, a7); b7 = wb.fma(v7, b7);
        }
        a0.intoArray(y, yo); b0.intoArray(y, yo + LANES);
        a1.intoArray(y, y1); b1.intoArray(y, y1 + LANES);
        a2.intoArray(y, y2); b2.intoArray(y, y2 + LANES);
        a3.intoArray(y, y3); b3.intoArray(y, y3 + LANES);
        a4.intoArray(y, y4); b4.intoArray(y, y4 + LANES);
        a5.intoArray(y, y5); b5.intoArray(y, y5 + LANES);
        a6.intoArray(y, y6); b6.intoArray(y, y6 + LANES);
        a7.intoArray(y, y7); b7.intoArray(y, y7 + LANES);
    }

    /** One panel by twelve columns. */
    private static void tile12(float[] w, int wo, int step, int inner, float[] x, int xo, int ldx,
                              float[] y, int yo, int ldy) {
        int x1 = xo + ldx, x2 = x1 + ldx, x3 = x2 + ldx, x4 = x3 + ldx, x5 = x4 + ldx, x6 = x5 + ldx;
        int x7 = x6 + ldx, x8 = x7 + ldx, x9 = x8 + ldx, x10 = x9 + ldx, x11 = x10 + ldx;
        int y1 = yo + ldy, y2 = y1 + ldy, y3 = y2 + ldy, y4 = y3 + ldy, y5 = y4 + ldy, y6 = y5 + ldy;
        int y7 = y6 + ldy, y8 = y7 + ldy, y9 = y8 + ldy, y10 = y9 + ldy, y11 = y10 + ldy;
        FloatVector a0 = fromArray(SPECIES, y, yo), b0 = fromArray(SPECIES, y, yo + LANES);
        FloatVector a1 = fromArray(SPECIES, y, y1), b1 = fromArray(SPECIES, y, y1 + LANES);
        FloatVector a2 = fromArray(SPECIES, y, y2), b2 = fromArray(SPECIES, y, y2 + LANES);
        FloatVector a3 = fromArray(SPECIES, y, y3), b3 = fromArray(SPECIES, y, y3 + LANES);
        FloatVector a4 = fromArray(SPECIES, y, y4), b4 = fromArray(SPECIES, y, y4 + LANES);
        FloatVector a5 = fromArray(SPECIES, y, y5), b5 = fromArray(SPECIES, y, y5 + LANES);
        FloatVector a6 = fromArray(SPECIES, y, y6), b6 = fromArray(SPECIES, y, y6 + LANES);
        FloatVector a7 = fromArray(SPECIES, y, y7), b7 = fromArray(SPECIES, y, y7 + LANES);
        FloatVector a8 = fromArray(SPECIES, y, y8), b8 = fromArray(SPECIES, y, y8 + LANES);
        FloatVector a9 = fromArray(SPECIES, y, y9), b9 = fromArray(SPECIES, y, y9 + LANES);
        FloatVector a10 = fromArray(SPECIES, y, y10), b10 = fromArray(SPECIES, y, y10 + LANES);
        FloatVector a11 = fromArray(SPECIES, y, y11), b11 = fromArray(SPECIES, y, y11 + LANES);
        for (int p = 0, q = wo; p < inner; p++, q += step) {
            FloatVector wa = fromArray(SPECIES, w, q), wb = fromArray(SPECIES, w, q + LANES);
            FloatVector v0 = broadcast(SPECIES, x[xo + p]);
            a0 = wa.fma(v0, a0); b0 = wb.fma(v0, b0);
            FloatVector v1 = broadcast(SPECIES, x[x1 + p]);
            a1 = wa.fma(v1, a1); b1 = wb.fma(v1, b1);
            FloatVector v2 = broadcast(SPECIES, x[x2 + p]);
            a2 = wa.fma(v2, a2); b2 = wb.fma(v2, b2);
            FloatVector v3 = broadcast(SPECIES, x[x3 + p]);
            a3 = wa.fma(v3, a3); b3 = wb.fma(v3, b3);
            FloatVector v4 = broadcast(SPECIES, x[x4 + p]);
            a4 = wa.fma(v4, a4); b4 = wb.fma(v4, b4);
            FloatVector v5 = broadcast(SPECIES, x[x5 + p]);
            a5 = wa.fma(v5, a5); b5 = wb.fma(v5, b5);
            FloatVector v6 = broadcast(SPECIES, x[x6 + p]);
            a6 = wa.fma(v6, a6); b6 = wb.fma(v6, b6);
            FloatVector v7 = broadcast(SPECIES, x[x7 + p]);
            a7 = wa.fma(v7, a7); b7 = wb.fma(v7, b7);
            FloatVector v8 = broadcast(SPECIES, x[x8 + p]);
            a8 = wa.fma(v8, a8); b8 = wb.fma(v8, b8);
            FloatVector v9 = broadcast(SPECIES, x[x9 + p]);
            a9 = wa.fma(v9, a9); b9 = wb.fma(v9, b9);
            FloatVector v10 = broadcast(SPECIES, x[x10 + p]);
            a10 = wa.fma(v10, a10); b10 = wb.fma(v10, b10);
            FloatVector v11 = broadcast(SPECIES, x[x11 + p]);
            a11 = wa.fma(v11, a11); b11 = wb.fma(v11, b11);
        }
        a0.intoArray(y, yo); b0.intoArray(y, yo + LANES);
        a1.intoArray(y, y1); b1.intoArray(y, y1 + LANES);
        a2.intoArray(y, y2); b2.intoArray(y, y2 + LANES);
        a3.intoArray(y, y3); b3.intoArray(y, y3 + LANES);
        a4.intoArray(y, y4); b4.intoArray(y, y4 + LANES);
        a5.intoArray(y, y5); b5.intoArray(y, y5 + LANES);
        a6.intoArray(y, y6); b6.intoArray(y, y6 + LANES);
        a7.intoArray(y, y7); b7.intoArray(y, y7 + LANES);
        a8.intoArray(y, y8); b8.intoArray(y, y8 + LANES);
        a9.intoArray(y, y9); b9.intoArray(y, y9 + LANES);
        a10.intoArray(y, y10); b10.intoArray(y, y10 + LANES);
        a11.intoArray(y, y11); b11.intoArray(y, y11 + LANES);
    }

    /** One panel by thirteen columns. */
    private static void tile13(float[] w, int wo, int step, int inner, float[] x, int xo, int ldx,
                              float[] y, int yo, int ldy) {
        int x1 = xo + ldx, x2 = x1 + ldx, x3 = x2 + ldx, x4 = x3 + ldx, x5 = x4 + ldx, x6 = x5 + ldx;
        int x7 = x6 + ldx, x8 = x7 + ldx, x9 = x8 + ldx, x10 = x9 + ldx, x11 = x10 + ldx, x12 = x11 + ldx;
        int y1 = yo + ldy, y2 = y1 + ldy, y3 = y2 + ldy, y4 = y3 + ldy, y5 = y4 + ldy, y6 = y5 + ldy;
        int y7 = y6 + ldy, y8 = y7 + ldy, y9 = y8 + ldy, y10 = y9 + ldy, y11 = y10 + ldy, y12 = y11 + ldy;
        FloatVector a0 = fromArray(SPECIES, y, yo), b0 = fromArray(SPECIES, y, yo + LANES);
        FloatVector a1 = fromArray(SPECIES, y, y1), b1 = fromArray(SPECIES, y, y1 + LANES);
        FloatVector a2 = fromArray(SPECIES, y, y2), b2 = fromArray(SPECIES, y, y2 + LANES);
        FloatVector a3 = fromArray(SPECIES, y, y3), b3 = fromArray(SPECIES, y, y3 + LANES);
        FloatVector a4 = fromArray(SPECIES, y, y4), b4 = fromArray(SPECIES, y, y4 + LANES);
        FloatVector a5 = fromArray(SPECIES, y, y5), b5 = fromArray(SPECIES, y, y5 + LANES);
        FloatVector a6 = fromArray(SPECIES, y, y6), b6 = fromArray(SPECIES, y, y6 + LANES);
        FloatVector a7 = fromArray(SPECIES, y, y7), b7 = fromArray(SPECIES, y, y7 + LANES);
        FloatVector a8 = fromArray(SPECIES, y, y8), b8 = fromArray(SPECIES, y, y8 + LANES);
        FloatVector a9 = fromArray(SPECIES, y, y9), b9 = fromArray(SPECIES, y, y9 + LANES);
        FloatVector a10 = fromArray(SPECIES, y, y10), b10 = fromArray(SPECIES, y, y10 + LANES);
        FloatVector a11 = fromArray(SPECIES, y, y11), b11 = fromArray(SPECIES, y, y11 + LANES);
        FloatVector a12 = fromArray(SPECIES, y, y12), b12 = fromArray(SPECIES, y, y12 + LANES);
        for (int p = 0, q = wo; p < inner; p++, q += step) {
            FloatVector wa = fromArray(SPECIES, w, q), wb = fromArray(SPECIES, w, q + LANES);
            FloatVector v0 = broadcast(SPECIES, x[xo + p]);
            a0 = wa.fma(v0, a0); b0 = wb.fma(v0, b0);
            FloatVector v1 = broadcast(SPECIES, x[x1 + p]);
            a1 = wa.fma(v1, a1); b1 = wb.fma(v1, b1);
            FloatVector v2 = broadcast(SPECIES, x[x2 + p]);
            a2 = wa.fma(v2, a2); b2 = wb.fma(v2, b2);
            FloatVector v3 = broadcast(SPECIES, x[x3 + p]);
            a3 = wa.fma(v3, a3); b3 = wb.fma(v3, b3);
            FloatVector v4 = broadcast(SPECIES, x[x4 + p]);
            a4 = wa.fma(v4, a4); b4 = wb.fma(v4, b4);
            FloatVector v5 = broadcast(SPECIES, x[x5 + p]);
            a5 = wa.fma(v5, a5); b5 = wb.fma(v5, b5);
            FloatVector v6 = broadcast(SPECIES, x[x6 + p]);
            a6 = wa.fma(v6, a6); b6 = wb.fma(v6, b6);
            FloatVector v7 = broadcast(SPECIES, x[x7 + p]);
            a7 = wa.fma(v7, a7); b7 = wb.fma(v7, b7);
            FloatVector v8 = broadcast(SPECIES, x[x8 + p]);
            a8 = wa.fma(v8, a8); b8 = wb.fma(v8, b8);
            FloatVector v9 = broadcast(SPECIES, x[x9 + p]);
            a9 = wa.fma(v9, a9); b9 = wb.fma(v9, b9);
            FloatVector v10 = broadcast(SPECIES, x[x10 + p]);
            a10 = wa.fma(v10, a10); b10 = wb.fma(v10, b10);
            FloatVector v11 = broadcast(SPECIES, x[x11 + p]);
            a11 = wa.fma(v11, a11); b11 = wb.fma(v11, b11);
            FloatVector v12 = broadcast(SPECIES, x[x12 + p]);
            a12 = wa.fma(v12, a12); b12 = wb.fma(v12, b12);
        }
        a0.intoArray(y, yo); b0.intoArray(y, yo + LANES);
        a1.intoArray(y, y1); b1.intoArray(y, y1 + LANES);
        a2.intoArray(y, y2); b2.intoArray(y, y2 + LANES);
        a3.intoArray(y, y3); b3.intoArray(y, y3 + LANES);
        a4.intoArray(y, y4); b4.intoArray(y, y4 + LANES);
        a5.intoArray(y, y5); b5.intoArray(y, y5 + LANES);
        a6.intoArray(y, y6); b6.intoArray(y, y6 + LANES);
        a7.intoArray(y, y7); b7.intoArray(y, y7 + LANES);
        a8.intoArray(y, y8); b8.intoArray(y, y8 + LANES);
        a9.intoArray(y, y9); b9.intoArray(y, y9 + LANES);
        a10.intoArray(y, y10); b10.intoArray(y, y10 + LANES);
        a11.intoArray(y, y11); b11.intoArray(y, y11 + LANES);
        a12.intoArray(y, y12); b12.intoArray(y, y12 + LANES);
    }

    /** Four panels by one column: alone, a column keeps the units busy with more rows only. */
    private static void fourPanels1(float[] w, int wo, int panel, int inner, float[] x, int xo, int ldx,
                                   float[] y, int yo, int ldy) {
        FloatVector a0 = fromArray(SPECIES, y, yo), b0 = fromArray(SPECIES, y, yo + LANES);
        FloatVector c0 = fromArray(SPECIES, y, yo + 2 * LANES), d0 = fromArray(SPECIES, y, yo + 3 * LANES);
        FloatVector e0 = fromArray(SPECIES, y, yo + 4 * LANES), f0 = fromArray(SPECIES, y, yo + 5 * LANES);
        FloatVector g0 = fromArray(SPECIES, y, yo + 6 * LANES), h0 = fromArray(SPECIES, y, yo + 7 * LANES);
        for (int p = 0; p < inner; p++) {
            int q = wo + p * PANEL;
            FloatVector v0 = broadcast(SPECIES, x[xo + p]);
            a0 = fromArray(SPECIES, w, q).fma(v0, a0); b0 = fromArray(SPECIES, w, q + LANES).fma(v0, b0);
            c0 = fromArray(SPECIES, w, q + panel).fma(v0, c0); d0 = fromArray(SPECIES, w, q + panel + LANES).fma(v0, d0);
            e0 = fromArray(SPECIES, w, q + 2 * panel).fma(v0, e0); f0 = fromArray(SPECIES, w, q + 2 * panel + LANES).fma(v0, f0);
            g0 = fromArray(SPECIES, w, q + 3 * panel).fma(v0, g0); h0 = fromArray(SPECIES, w, q + 3 * panel + LANES).fma(v0, h0);
        }
        a0.intoArray(y, yo); b0.intoArray(y, yo + LANES);
        c0.intoArray(y, yo + 2 * LANES); d0.intoArray(y, yo + 3 * LANES);
        e0.intoArray(y, yo + 4 * LANES); f0.intoArray(y, yo + 5 * LANES);
        g0.intoArray(y, yo + 6 * LANES); h0.intoArray(y, yo + 7 * LANES);
    }

    /** Two panels by two columns. */
    private static void twoPanels2(float[] w, int wo, int panel, int inner, float[] x, int xo, int ldx,
                                  float[] y, int yo, int ldy) {
        int x1 = xo + ldx;
        int y1 = yo + ldy;
        FloatVector a0 = fromArray(SPECIES, y, yo), b0 = fromArray(SPECIES, y, yo + LANES);
        FloatVector c0 = fromArray(SPECIES, y, yo + 2 * LANES), d0 = fromArray(SPECIES, y, yo + 3 * LANES);
        FloatVector a1 = fromArray(SPECIES, y, y1), b1 = fromArray(SPECIES, y, y1 + LANES);
        FloatVector c1 = fromArray(SPECIES, y, y1 + 2 * LANES), d1 = fromArray(SPECIES, y, y1 + 3 * LANES);
        for (int p = 0; p < inner; p++) {
            int q = wo + p * PANEL;
            FloatVector wa = fromArray(SPECIES, w, q), wb = fromArray(SPECIES, w, q + LANES);
            FloatVector wc = fromArray(SPECIES, w, q + panel), wd = fromArray(SPECIES, w, q + panel + LANES);
            FloatVector v0 = broadcast(SPECIES, x[xo + p]);
            a0 = wa.fma(v0, a0); b0 = wb.fma(v0, b0);
            c0 = wc.fma(v0, c0); d0 = wd.fma(v0, d0);
            FloatVector v1 = broadcast(SPECIES, x[x1 + p]);
            a1 = wa.fma(v1, a1); b1 = wb.fma(v1, b1);
            c1 = wc.fma(v1, c1); d1 = wd.fma(v1, d1);
        }
        a0.intoArray(y, yo); b0.intoArray(y, yo + LANES);
        c0.intoArray(y, yo + 2 * LANES); d0.intoArray(y, yo + 3 * LANES);
        a1.intoArray(y, y1); b1.intoArray(y, y1 + LANES);
        c1.intoArray(y, y1 + 2 * LANES); d1.intoArray(y, y1 + 3 * LANES);
    }

    /** One panel by four columns side by side. */
    private static void stripTile4(float[] w, int wo, int inner, float[] x, int xo, int ldx,
                                   float[] y, int yo, int ldy) {
        int y1 = yo + ldy, y2 = y1 + ldy, y3 = y2 + ldy;
        FloatVector a0 = fromArray(SPECIES, y, yo), b0 = fromArray(SPECIES, y, yo + LANES);
        FloatVector a1 = fromArray(SPECIES, y, y1), b1 = fromArray(SPECIES, y, y1 + LANES);
        FloatVector a2 = fromArray(SPECIES, y, y2), b2 = fromArray(SPECIES, y, y2 + LANES);
        FloatVector a3 = fromArray(SPECIES, y, y3), b3 = fromArray(SPECIES, y, y3 + LANES);
        for (int p = 0, q = wo, s = xo; p < inner; p++, q += PANEL, s += ldx) {
            FloatVector wa = fromArray(SPECIES, w, q), wb = fromArray(SPECIES, w, q + LANES);
            FloatVector v0 = broadcast(SPECIES, x[s]);
            a0 = wa.fma(v0, a0); b0 = wb.fma(v0, b0);
            FloatVector v1 = broadcast(SPECIES, x[s + 1]);
            a1 = wa.fma(v1, a1); b1 = wb.fma(v1, b1);
            FloatVector v2 = broadcast(SPECIES, x[s + 2]);
            a2 = wa.fma(v2, a2); b2 = wb.fma(v2, b2);
            FloatVector v3 = broadcast(SPECIES, x[s + 3]);
            a3 = wa.fma(v3, a3); b3 = wb.fma(v3, b3);
        }
        a0.intoArray(y, yo); b0.intoArray(y, yo + LANES);
        a1.intoArray(y, y1); b1.intoArray(y, y1 + LANES);
        a2.intoArray(y, y2); b2.intoArray(y, y2 + LANES);
        a3.intoArray(y, y3); b3.intoArray(y, y3 + LANES);
    }

    /** One panel by five columns side by side. */
    private static void stripTile5(float[] w, int wo, int inner, float[] x, int xo, int ldx,
                                   float[] y, int yo, int ldy) {
        int y1 = yo + ldy, y2 = y1 + ldy, y3 = y2 + ldy, y4 = y3 + ldy;
        FloatVector a0 = fromArray(SPECIES, y, yo), b0 = fromArray(SPECIES, y, yo + LANES);
        FloatVector a1 = fromArray(SPECIES, y, y1), b1 = fromArray(SPECIES, y, y1 + LANES);
        FloatVector a2 = fromArray(SPECIES, y, y2), b2 = fromArray(SPECIES, y, y2 + LANES);
        FloatVector a3 = fromArray(SPECIES, y, y3), b3 = fromArray(SPECIES, y, y3 + LANES);
        FloatVector a4 = fromArray(SPECIES, y, y4), b4 = fromArray(SPECIES, y, y4 + LANES);
        for (int p = 0, q = wo, s = xo; p < inner; p++, q += PANEL, s += ldx) {
            FloatVector wa = fromArray(SPECIES, w, q), wb = fromArray(SPECIES, w, q + LANES);
            FloatVector v0 = broadcast(SPECIES, x[s]);
            a0 = wa.fma(v0, a0); b0 = wb.fma(v0, b0);
            FloatVector v1 = broadcast(SPECIES, x[s + 1]);
            a1 = wa.fma(v1, a1); b1 = wb.fma(v1, b1);
            FloatVector v2 = broadcast(SPECIES, x[s + 2]);
            a2 = wa.fma(v2, a2); b2 = wb.fma(v2, b2);
            FloatVector v3 = broadcast(SPECIES, x[s + 3]);
            a3 = wa.fma(v3, a3); b3 = wb.fma(v3, b3);
            FloatVector v4 = broadcast(SPECIES, x[s + 4]);
            a4 = wa.fma(v4, a4); b4 = wb.fma(v4, b4);
        }
        a0.intoArray(y, yo); b0.intoArray(y, yo + LANES);
        a1.intoArray(y, y1); b1.intoArray(y, y1 + LANES);
        a2.intoArray(y, y2); b2.intoArray(y, y2 + LANES);
        a3.intoArray(y, y3); b3.intoArray(y, y3 + LANES);
        a4.intoArray(y, y4); b4.intoArray(y, y4 + LANES);
    }

    /** One panel by six columns side by side. */
    private static void stripTile6(float[] w, int wo, int inner, float[] x, int xo, int ldx,
                                   float[] y, int yo, int ldy) {
        int y1 = yo + ldy, y2 = y1 + ldy, y3 = y2 + ldy, y4 = y3 + ldy, y5 = y4 + ldy;
        FloatVector a0 = fromArray(SPECIES, y, yo), b0 = fromArray(SPECIES, y, yo + LANES);
        FloatVector a1 = fromArray(SPECIES, y, y1), b1 = fromArray(SPECIES, y, y1 + LANES);
        FloatVector a2 = fromArray(SPECIES, y, y2), b2 = fromArray(SPECIES, y, y2 + LANES);
        FloatVector a3 = fromArray(SPECIES, y, y3), b3 = fromArray(SPECIES, y, y3 + LANES);
        FloatVector a4 = fromArray(SPECIES, y, y4), b4 = fromArray(SPECIES, y, y4 + LANES);
        FloatVector a5 = fromArray(SPECIES, y, y5), b5 = fromArray(SPECIES, y, y5 + LANES);
        for (int p = 0, q = wo, s = xo; p < inner; p++, q += PANEL, s += ldx) {
            FloatVector wa = fromArray(SPECIES, w, q), wb = fromArray(SPECIES, w, q + LANES);
            FloatVector v0 = broadcast(SPECIES, x[s]);
            a0 = wa.fma(v0, a0); b0 = wb.fma(v0, b0);
            FloatVector v1 = broadcast(SPECIES, x[s + 1]);
            a1 = wa.fma(v1, a1); b1 = wb.fma(v1, b1);
            FloatVector v2 = broadcast(SPECIES, x[s + 2]);
            a2 = wa.fma(v2, a2); b2 = wb.fma(v2, b2);
            FloatVector v3 = broadcast(SPECIES, x[s + 3]);
            a3 = wa.fma(v3, a3); b3 = wb.fma(v3, b3);
            FloatVector v4 = broadcast(SPECIES, x[s + 4]);
            a4 = wa.fma(v4, a4); b4 = wb.fma(v4, b4);
            FloatVector v5 = broadcast(SPECIES, x[s + 5]);
            a5 = wa.fma(v5, a5); b5 = wb.fma(v5, b5);
        }
        a0.intoArray(y, yo); b0.intoArray(y, yo + LANES);
        a1.intoArray(y, y1); b1.intoArray(y, y1 + LANES);
        a2.intoArray(y, y2); b2.intoArray(y, y2 + LANES);
        a3.intoArray(y, y3); b3.intoArray(y, y3 + LANES);
        a4.intoArray(y, y4); b4.intoArray(y, y4 + LANES);
        a5.intoArray(y, y5); b5.intoArray(y, y5 + LANES);
    }

    /** One panel by eight columns side by side. */
    private static void stripTile8(float[] w, int wo, int inner, float[] x, int xo, int ldx,
                                   float[] y, int yo, int ldy) {
        int y1 = yo + ldy, y2 = y1 + ldy, y3 = y2 + ldy, y4 = y3 + ldy, y5 = y4 + ldy, y6 = y5 + ldy;
        int y7 = y6 + ldy;
        FloatVector a0 = fromArray(SPECIES, y, yo), b0 = fromArray(SPECIES, y, yo + LANES);
        FloatVector a1 = fromArray(SPECIES, y, y1), b1 = fromArray(SPECIES, y, y1 + LANES);
        FloatVector a2 = fromArray(SPECIES, y, y2), b2 = fromArray(SPECIES, y, y2 + LANES);
        FloatVector a3 = fromArray(SPECIES, y, y3), b3 = fromArray(SPECIES, y, y3 + LANES);
        FloatVector a4 = fromArray(SPECIES, y, y4), b4 = fromArray(SPECIES, y, y4 + LANES);
        FloatVector a5 = fromArray(SPECIES, y, y5), b5 = fromArray(SPECIES, y, y5 + LANES);
        FloatVector a6 = fromArray(SPECIES, y, y6), b6 = fromArray(SPECIES, y, y6 + LANES);
        FloatVector a7 = fromArray(SPECIES, y, y7), b7 = fromArray(SPECIES, y, y7 + LANES);
        for (int p = 0, q = wo, s = xo; p < inner; p++, q += PANEL, s += ldx) {
            FloatVector wa = fromArray(SPECIES, w, q), wb = fromArray(SPECIES, w, q + LANES);
            FloatVector v0 = broadcast(SPECIES, x[s]);
            a0 = wa.fma(v0, a0); b0 = wb.fma(v0, b0);
            FloatVector v1 = broadcast(SPECIES, x[s + 1]);
            a1 = wa.fma(v1, a1); b1 = wb.fma(v1, b1);
            FloatVector v2 = broadcast(SPECIES, x[s + 2]);
            a2 = wa.fma(v2, a2); b2 = wb.fma(v2, b2);
            FloatVector v3 = broadcast(SPECIES, x[s + 3]);
            a3 = wa.fma(v3, a3); b3 = wb.fma(v3, b3);
            FloatVector v4 = broadcast(SPECIES, x[s + 4]);
            a4 = wa.fma(v4, a4); b4 = wb.fma(v4, b4);
            FloatVector v5 = broadcast(SPECIES, x[s + 5]);
            a5 = wa.fma(v5, a5); b5 = wb.fma(v5, b5);
            FloatVector v6 = broadcast(SPECIES, x[s + 6]);
            a6 = wa.fma(v6, a6); b6 = wb.fma(v6, b6);
            FloatVector v7 = broadcast(SPECIES, x[s + 7]);
            a7 = wa.fma(v7, a7); b7 = wb.fma(v7, b7);
        }
        a0.intoArray(y, yo); b0.intoArray(y, yo + LANES);
        a1.intoArray(y, y1); b1.intoArray(y, y1 + LANES);
        a2.intoArray(y, y2); b2.intoArray(y, y2 + LANES);
        a3.intoArray(y, y3); b3.intoArray(y, y3 + LANES);
        a4.intoArray(y, y4); b4.intoArray(y, y4 + LANES);
        a5.intoArray(y, y5); b5.intoArray(y, y5 + LANES);
        a6.intoArray(y, y6); b6.intoArray(y, y6 + LANES);
        a7.intoArray(y, y7); b7.intoArray(y, y7 + LANES);
    }

    /** One panel by twelve columns side by side. */
    private static void stripTile12(float[] w, int wo, int inner, float[] x, int xo, int ldx,
                                   float[] y, int yo, int ldy) {
        int y1 = yo + ldy, y2 = y1 + ldy, y3 = y2 + ldy, y4 = y3 + ldy, y5 = y4 + ldy, y6 = y5 + ldy;
        int y7 = y6 + ldy, y8 = y7 + ldy, y9 = y8 + ldy, y10 = y9 + ldy, y11 = y10 + ldy;
        FloatVector a0 = fromArray(SPECIES, y, yo), b0 = fromArray(SPECIES, y, yo + LANES);
        FloatVector a1 = fromArray(SPECIES, y, y1), b1 = fromArray(SPECIES, y, y1 + LANES);
        FloatVector a2 = fromArray(SPECIES, y, y2), b2 = fromArray(SPECIES, y, y2 + LANES);
        FloatVector a3 = fromArray(SPECIES, y, y3), b3 = fromArray(SPECIES, y, y3 + LANES);
        FloatVector a4 = fromArray(SPECIES, y, y4), b4 = fromArray(SPECIES, y, y4 + LANES);
        FloatVector a5 = fromArray(SPECIES, y, y5), b5 = fromArray(SPECIES, y, y5 + LANES);
        FloatVector a6 = fromArray(SPECIES, y, y6), b6 = fromArray(SPECIES, y, y6 + LANES);
        FloatVector a7 = fromArray(SPECIES, y, y7), b7 = fromArray(SPECIES, y, y7 + LANES);
        FloatVector a8 = fromArray(SPECIES, y, y8), b8 = fromArray(SPECIES, y, y8 + LANES);
        FloatVector a9 = fromArray(SPECIES, y, y9), b9 = fromArray(SPECIES, y, y9 + LANES);
        FloatVector a10 = fromArray(SPECIES, y, y10), b10 = fromArray(SPECIES, y, y10 + LANES);
        FloatVector a11 = fromArray(SPECIES, y, y11), b11 = fromArray(SPECIES, y, y11 + LANES);
        for (int p = 0, q = wo, s = xo; p < inner; p++, q += PANEL, s += ldx) {
            FloatVector wa = fromArray(SPECIES, w, q), wb = fromArray(SPECIES, w, q + LANES);
            FloatVector v0 = broadcast(SPECIES, x[s]);
            a0 = wa.fma(v0, a0); b0 = wb.fma(v0, b0);
            FloatVector v1 = broadcast(SPECIES, x[s + 1]);
            a1 = wa.fma(v1, a1); b1 = wb.fma(v1, b1);
            FloatVector v2 = broadcast(SPECIES, x[s + 2]);
            a2 = wa.fma(v2, a2); b2 = wb.fma(v2, b2);
            FloatVector v3 = broadcast(SPECIES, x[s + 3]);
            a3 = wa.fma(v3, a3); b3 = wb.fma(v3, b3);
            FloatVector v4 = broadcast(SPECIES, x[s + 4]);
            a4 = wa.fma(v4, a4); b4 = wb.fma(v4, b4);
            FloatVector v5 = broadcast(SPECIES, x[s + 5]);
            a5 = wa.fma(v5, a5); b5 = wb.fma(v5, b5);
            FloatVector v6 = broadcast(SPECIES, x[s + 6]);
            a6 = wa.fma(v6, a6); b6 = wb.fma(v6, b6);
            FloatVector v7 = broadcast(SPECIES, x[s + 7]);
            a7 = wa.fma(v7, a7); b7 = wb.fma(v7, b7);
            FloatVector v8 = broadcast(SPECIES, x[s + 8]);
            a8 = wa.fma(v8, a8); b8 = wb.fma(v8, b8);
            FloatVector v9 = broadcast(SPECIES, x[s + 9]);
            a9 = wa.fma(v9, a9); b9 = wb.fma(v9, b9);
            FloatVector v10 = broadcast(SPECIES, x[s + 10]);
            a10 = wa.fma(v10, a10); b10 = wb.fma(v10, b10);
            FloatVector v11 = broadcast(SPECIES, x[s + 11]);
            a11 = wa.fma(v11, a11); b11 = wb.fma(v11, b11);
        }
        a0.intoArray(y, yo); b0.intoArray(y, yo + LANES);
        a1.intoArray(y, y1); b1.intoArray(y, y1 + LANES);
        a2.intoArray(y, y2); b2.intoArray(y, y2 + LANES);
        a3.intoArray(y, y3); b3.intoArray(y, y3 + LANES);
        a4.intoArray(y, y4); b4.intoArray(y, y4 + LANES);
        a5.intoArray(y, y5); b5.intoArray(y, y5 + LANES);
        a6.intoArray(y, y6); b6.intoArray(y, y6 + LANES);
        a7.intoArray(y, y7); b7.intoArray(y, y7 + LANES);
        a8.intoArray(y, y8); b8.intoArray(y, y8 + LANES);
        a9.intoArray(y, y9); b9.intoArray(y, y9 + LANES);
        a10.intoArray(y, y10); b10.intoArray(y, y10 + LANES);
        a11.intoArray(y, y11); b11.intoArray(y, y11 + LANES);
    }

    /** One panel by thirteen columns side by side. */
    private static void stripTile13(float[] w, int wo, int inner, float[] x, int xo, int ldx,
                                   float[] y, int yo, int ldy) {
        int y1 = yo + ldy, y2 = y1 + ldy, y3 = y2 + ldy, y4 = y3 + ldy, y5 = y4 + ldy, y6 = y5 + ldy;
        int y7 = y6 + ldy, y8 = y7 + ldy, y9 = y8 + ldy, y10 = y9 + ldy, y11 = y10 + ldy, y12 = y11 + ldy;
        FloatVector a0 = fromArray(SPECIES, y, yo), b0 = fromArray(SPECIES, y, yo + LANES);
        FloatVector a1 = fromArray(SPECIES, y, y1), b1 = fromArray(SPECIES, y, y1 + LANES);
        FloatVector a2 = fromArray(SPECIES, y, y2), b2 = fromArray(SPECIES, y, y2 + LANES);
        FloatVector a3 = fromArray(SPECIES, y, y3), b3 = fromArray(SPECIES, y, y3 + LANES);
        FloatVector a4 = fromArray(SPECIES, y, y4), b4 = fromArray(SPECIES, y, y4 + LANES);
        FloatVector a5 = fromArray(SPECIES, y, y5), b5 = fromArray(SPECIES, y, y5 + LANES);
        FloatVector a6 = fromArray(SPECIES, y, y6), b6 = fromArray(SPECIES, y, y6 + LANES);
        FloatVector a7 = fromArray(SPECIES, y, y7), b7 = fromArray(SPECIES, y, y7 + LANES);
        FloatVector a8 = fromArray(SPECIES, y, y8), b8 = fromArray(SPECIES, y, y8 + LANES);
        FloatVector a9 = fromArray(SPECIES, y, y9), b9 = fromArray(SPECIES, y, y9 + LANES);
        FloatVector a10 = fromArray(SPECIES, y, y10), b10 = fromArray(SPECIES, y, y10 + LANES);
        FloatVector a11 = fromArray(SPECIES, y, y11), b11 = fromArray(SPECIES, y, y11 + LANES);
        FloatVector a12 = fromArray(SPECIES, y, y12), b12 = fromArray(SPECIES, y, y12 + LANES);
        for (int p = 0, q = wo, s = xo; p < inner; p++, q += PANEL, s += ldx) {
            FloatVector wa = fromArray(SPECIES, w, q), wb = fromArray(SPECIES, w, q + LANES);
            FloatVector v0 = broadcast(SPECIES, x[s]);
            a0 = wa.fma(v0, a0); b0 = wb.fma(v0, b0);
            FloatVector v1 = broadcast(SPECIES, x[s + 1]);
            a1 = wa.fma(v1, a1); b1 = wb.fma(v1, b1);
            FloatVector v2 = broadcast(SPECIES, x[s + 2]);
            a2 = wa.fma(v2, a2); b2 = wb.fma(v2, b2);
            FloatVector v3 = broadcast(SPECIES, x[s + 3]);
            a3 = wa.fma(v3, a3); b3 = wb.fma(v3, b3);
            FloatVector v4 = broadcast(SPECIES, x[s + 4]);
            a4 = wa.fma(v4, a4); b4 = wb.fma(v4, b4);
            FloatVector v5 = broadcast(SPECIES, x[s + 5]);
            a5 = wa.fma(v5, a5); b5 = wb.fma(v5, b5);
            FloatVector v6 = broadcast(SPECIES, x[s + 6]);
            a6 = wa.fma(v6, a6); b6 = wb.fma(v6, b6);
            FloatVector v7 = broadcast(SPECIES, x[s + 7]);
            a7 = wa.fma(v7, a7); b7 = wb.fma(v7, b7);
            FloatVector v8 = broadcast(SPECIES, x[s + 8]);
            a8 = wa.fma(v8, a8); b8 = wb.fma(v8, b8);
            FloatVector v9 = broadcast(SPECIES, x[s + 9]);
            a9 = wa.fma(v9, a9); b9 = wb.fma(v9, b9);
            FloatVector v10 = broadcast(SPECIES, x[s + 10]);
            a10 = wa.fma(v10, a10); b10 = wb.fma(v10, b10);
            FloatVector v11 = broadcast(SPECIES, x[s + 11]);
            a11 = wa.fma(v11, a11); b11 = wb.fma(v11, b11);
            FloatVector v12 = broadcast(SPECIES, x[s + 12]);
            a12 = wa.fma(v12, a12); b12 = wb.fma(v12, b12);
        }
        a0.intoArray(y, yo); b0.intoArray(y, yo + LANES);
        a1.intoArray(y, y1); b1.intoArray(y, y1 + LANES);
        a2.intoArray(y, y2); b2.intoArray(y, y2 + LANES);
        a3.intoArray(y, y3); b3.intoArray(y, y3 + LANES);
        a4.intoArray(y, y4); b4.intoArray(y, y4 + LANES);
        a5.intoArray(y, y5); b5.intoArray(y, y5 + LANES);
        a6.intoArray(y, y6); b6.intoArray(y, y6 + LANES);
        a7.intoArray(y, y7); b7.intoArray(y, y7 + LANES);
        a8.intoArray(y, y8); b8.intoArray(y, y8 + LANES);
        a9.intoArray(y, y9); b9.intoArray(y, y9 + LANES);
        a10.intoArray(y, y10); b10.intoArray(y, y10 + LANES);
        a11.intoArray(y, y11); b11.intoArray(y, y11 + LANES);
        a12.intoArray(y, y12); b12.intoArray(y, y12 + LANES);
    }

    @Override
    public void addProductTransposed(float[] a, int ao, int lda, float[] b, int bo, int ldb,
                                     float[] c, int co, int ldc, int rows, int columns, int inner, int run, int step) {
        addProduct(false, a, ao, lda, true, b, bo, ldb, run, step, false, c, co, ldc, false, null, 0, rows, columns, inner);
    }

    @Override
    public void addProductTransposed(float[] a, int ao, int lda, float[] b, int bo, int ldb,
                                     float[] c, int co, int ldc, boolean anew, float @Nullable [] s, int so,
                                     int rows, int columns, int inner, int run, int step) {
        if (anew && inner == 0) {
            clear(c, co, ldc, rows, columns);
        }
        addProduct(false, a, ao, lda, true, b, bo, ldb, run, step, false, c, co, ldc, anew, s, so, rows, columns, inner);
    }

    @Override
    public int stripsLength(int columns, int inner) {
        return packable(columns) ? Math.multiplyExact(columns, inner) : 0;
    }

    @Override
    public int stripPieces(int columns, int inner) {
        int blocks = 0;
        for (int j = 0; j < columns; j += blockWidth(columns - j)) {
            blocks++;
        }
        int most = Math.max(1, depth(inner));
        return blocks * ((inner + most - 1) / most);
    }

    @Override
    public void packStrips(float[] b, int bo, int ldb, int columns, int inner, int run, int step, float[] strips, int so, int from, int to) {
        int most = depth(inner);
        int piece = 0;
        for (int j = 0, width; j < columns; j += width) {
            width = blockWidth(columns - j);
            for (int p = 0; p < inner; p += most, piece++) {
                if (from <= piece && piece < to) {
                    packRows(b, bo + j, ldb, run, step, p, Math.min(most, inner - p), width, false, strips, so + strip(j, width, p, inner));
                }
            }
        }
    }

    /** Where the strips of a block of columns and steps begin. */
    private static int strip(int j, int width, int p, int inner) {
        return j * inner + p * width;
    }

    @Override
    public void addProductOfStrips(float[] a, int ao, int lda, float[] strips, int so, float[] c, int co, int ldc, boolean anew,
                                   float @Nullable [] s, int sumsAt, int rows, int columns, int inner, int run, int step) {
        if (anew && inner == 0) {
            clear(c, co, ldc, rows, columns);
        }
        addProduct(false, a, ao, lda, true, strips, so, 0, run, step, true, c, co, ldc, anew, s, sumsAt, rows, columns, inner);
    }

    @Override
    public void addProduct(boolean transposeA, float[] a, int ao, int lda, boolean transposeB, float[] b, int bo,
                           int ldb, float[] c, int co, int ldc, int rows, int columns, int inner) {
        addProduct(transposeA, a, ao, lda, transposeB, b, bo, ldb, Math.max(1, inner), inner, false, c, co, ldc, false, null, 0, rows, columns, inner);
    }

    /**
     * Whether Cᵀ += B·Aᵀ costs less than C += A·Bᵀ: 65 rows are three panels of 32, but five tiles of 13 columns. In cycles of a
     * tile; a number of C takes some six to be turned twice.
     */
    private static boolean cheaperTurned(int rows, int columns, int inner) {
        if (!RECENT || rows > MOST_TURNED || !packable(columns)) {
            return false;
        }
        return flatPanels(columns) * cost(rows) * inner + 6.0 * rows * columns < flatPanels(rows) * cost(columns) * inner;
    }

    /** C += A·Bᵀ by way of Cᵀ, {@link #ROWS} columns of C at a time; the sums are the same bit for bit. */
    private static void addProductTurned(float[] a, int ao, int lda, float[] b, int bo, int ldb, int run, int step,
                                         float[] c, int co, int ldc, boolean anew, int rows, int columns, int inner) {
        Scratch scratch = SCRATCH.get();
        float[] panels = scratch.panels();
        float[] packed = scratch.columns();
        float[] turned = scratch.turned();
        int most = depth(inner);
        boolean apart = run != step && run < inner;
        for (int r = 0; r < columns; r += ROWS) {
            int height = Math.min(ROWS, columns - r);
            int origin = co + r * ldc;
            if (!anew) {
                copyTurned(c, origin, 1, ldc, turned, MARGIN, ROWS, 1, rows, height);
            }
            for (int p = 0; p < inner; p += most) {
                int depth = Math.min(most, inner - p);
                packPanels(b, bo + r, ldb, run, step, p, false, PANEL, height, depth, panels, MARGIN);
                if (apart) {
                    packRows(a, ao, lda, run, step, p, depth, rows, true, packed, 0);
                }
                multiplyStrips(panels, MARGIN, depth * PANEL, height, depth, apart ? packed : a, apart ? 0 : ao + p * lda,
                        apart ? rows : lda, anew && p == 0 ? Start.ZERO : Start.Y, NOTHING, 0, turned, MARGIN, ROWS, rows);
            }
            copyTurned(turned, MARGIN, ROWS, 1, c, origin, 1, ldc, rows, height);
        }
    }

    /** Copies numbers that lie a step apart from row to row and another from column to column. */
    private static void copyTurned(float[] from, int fo, int rowFrom, int columnFrom, float[] to, int too, int rowTo, int columnTo,
                                   int rows, int columns) {
        for (int j = 0; j < columns; j++) {
            int source = fo + j * columnFrom;
            int target = too + j * columnTo;
            for (int i = 0; i < rows; i++, source += rowFrom, target += rowTo) {
                to[target] = from[source];
            }
        }
    }

    /**
     * Packs a block of op(A) at a time, and the columns of op(B) that meet it, unless they lie as wanted and few rows meet them, or are
     * {@code packed} already: then b has strips.
     */
    private void addProduct(boolean transposeA, float[] a, int ao, int lda, boolean transposeB, float[] b, int bo,
                           int ldb, int run, int step, boolean packed, float[] c, int co, int ldc, boolean anew, float @Nullable [] s, int so,
                           int rows, int columns, int inner) {
        boolean turned = !packed && !transposeA && transposeB && cheaperTurned(rows, columns, inner);
        if (s != null && (turned || columns == 0)) {    // A is not packed
            addColumnSums(a, ao, lda, s, so, rows, inner, run, step);
        }
        if (turned) {
            addProductTurned(a, ao, lda, b, bo, ldb, run, step, c, co, ldc, anew, rows, columns, inner);
            return;
        }
        Scratch scratch = SCRATCH.get();
        float[] panels = scratch.panels();
        float[] strips = packed ? b : scratch.columns();
        int most = depth(inner);
        boolean apart = run != step && run < inner;
        boolean inRows = !packed && RECENT && transposeB && rows < ((apart ? columns : ldb) > NEAR ? 256 : ROWS_WORTH_PACKING);
        boolean asItIs = inRows && !apart;
        for (int j = 0; j < columns; ) {
            int width = packable(columns) ? blockWidth(columns - j) : columns;
            for (int p = 0; p < inner; p += most) {
                int depth = Math.min(most, inner - p);
                Start start = anew && p == 0 ? Start.ZERO : Start.Y;
                int strip = packed ? bo + strip(j, width, p, inner) : 0;
                if (!packable(columns)) {
                    copyColumns(transposeB, b, bo, ldb, run, step, p, depth, columns, strips);
                } else if (!transposeB) {
                    packColumns(b, bo + p + j * ldb, ldb, depth, width, strips);
                } else if (!asItIs && !packed) {
                    packRows(b, bo + j, ldb, run, step, p, depth, width, inRows, strips, 0);
                }
                for (int r = 0; r < rows; r += GRADIENT_ROWS) {
                    int height = Math.min(GRADIENT_ROWS, rows - r);
                    packPanels(a, ao + (transposeA ? p + r * lda : r), lda, run, step, p, transposeA, PANEL, height, depth, panels, MARGIN);
                    if (s != null && j == 0) {
                        addPanelSums(panels, height, depth, s, so + r);
                    }
                    if (packable(columns)) {
                        multiplyStrips(panels, MARGIN, depth * PANEL, height, depth, asItIs ? b : strips,
                                asItIs ? bo + j + p * ldb : strip, asItIs ? ldb : inRows ? width : 0, start, NOTHING, 0,
                                c, co + r + j * ldc, ldc, width);
                    } else {
                        multiplyPanels(PANEL, panels, MARGIN, depth * PANEL, height, depth, strips, 0, INNER, start, NOTHING, 0,
                                c, co + r, ldc, columns);
                    }
                }
            }
            j += width;
        }
    }

    /** s += the sums of packed rows, which are in the caches now. */
    private static void addPanelSums(float[] panels, int rows, int inner, float[] s, int so) {
        int r = 0;
        for (; r + PANEL <= rows; r += PANEL) {
            FloatVector a = fromArray(SPECIES, s, so + r), b = fromArray(SPECIES, s, so + r + LANES);
            for (int p = 0, q = MARGIN + r * inner; p < inner; p++, q += PANEL) {
                a = a.add(fromArray(SPECIES, panels, q));
                b = b.add(fromArray(SPECIES, panels, q + LANES));
            }
            a.intoArray(s, so + r);
            b.intoArray(s, so + r + LANES);
        }
        for (int p = 0, q = MARGIN + r * inner; p < inner && r < rows; p++, q += PANEL) {
            for (int i = r; i < rows; i++) {
                s[so + i] += panels[q + i - r];
            }
        }
    }

    /** A block of a few columns of op(B), one after the other, {@link #INNER} apart. */
    private static void copyColumns(boolean transposed, float[] b, int bo, int ldb, int run, int step, int from, int depth,
                                    int columns, float[] target) {
        for (int j = 0; j < columns; j++) {
            if (!transposed) {
                System.arraycopy(b, bo + from + j * ldb, target, j * INNER, depth);
            }
            for (int p = 0; p < depth && transposed; p++) {
                target[j * INNER + p] = b[bo + j + Kernel.column(from + p, run, step) * ldb];
            }
        }
    }

    // Elementwise

    @Override
    public void fill(float[] y, int yo, int n, double value) {
        Arrays.fill(y, yo, yo + n, (float) value);
    }

    @Override
    public void add(float[] x, int xo, float[] y, int yo, int n) {
        int i = 0;
        for (; i <= n - LANES; i += LANES) {
            fromArray(SPECIES, y, yo + i).add(fromArray(SPECIES, x, xo + i)).intoArray(y, yo + i);
        }
        for (; i < n; i++) {
            y[yo + i] += x[xo + i];
        }
    }

    @Override
    public void addScaled(double factor, float[] x, int xo, float[] y, int yo, int n) {
        float single = (float) factor;
        FloatVector many = broadcast(SPECIES, single);
        int i = 0;
        for (; i <= n - LANES; i += LANES) {
            fromArray(SPECIES, x, xo + i).fma(many, fromArray(SPECIES, y, yo + i)).intoArray(y, yo + i);
        }
        for (; i < n; i++) {
            y[yo + i] = Math.fma(x[xo + i], single, y[yo + i]);
        }
    }

    @Override
    public void scale(double factor, float[] y, int yo, int n) {
        float single = (float) factor;
        FloatVector many = broadcast(SPECIES, single);
        int i = 0;
        for (; i <= n - LANES; i += LANES) {
            fromArray(SPECIES, y, yo + i).mul(many).intoArray(y, yo + i);
        }
        for (; i < n; i++) {
            y[yo + i] *= single;
        }
    }

    @Override
    public void multiply(float[] x, int xo, float[] y, int yo, int n) {
        int i = 0;
        for (; i <= n - LANES; i += LANES) {
            fromArray(SPECIES, y, yo + i).mul(fromArray(SPECIES, x, xo + i)).intoArray(y, yo + i);
        }
        for (; i < n; i++) {
            y[yo + i] *= x[xo + i];
        }
    }

    @Override
    public void addMultiplied(float[] x, int xo, float[] y, int yo, float[] z, int zo, int n) {
        int i = 0;
        for (; i <= n - LANES; i += LANES) {
            fromArray(SPECIES, x, xo + i).fma(fromArray(SPECIES, y, yo + i), fromArray(SPECIES, z, zo + i)).intoArray(z, zo + i);
        }
        for (; i < n; i++) {
            z[zo + i] = Math.fma(x[xo + i], y[yo + i], z[zo + i]);
        }
    }

    @Override
    public void clamp(double limit, float[] y, int yo, int n) {
        float single = (float) limit;
        FloatVector high = broadcast(SPECIES, single);
        FloatVector low = broadcast(SPECIES, -single);
        int i = 0;
        for (; i <= n - LANES; i += LANES) {
            FloatVector v = fromArray(SPECIES, y, yo + i);
            v = v.blend(high, v.compare(VectorOperators.GT, high));
            v.blend(low, v.compare(VectorOperators.LT, low)).intoArray(y, yo + i);
        }
        for (; i < n; i++) {
            y[yo + i] = Math.max(-single, Math.min(single, y[yo + i]));
        }
    }

    @Override
    public void flush(float[] y, int yo, int n) {
        FloatVector flush = broadcast(SPECIES, FloatMath.FLUSH);
        int i = 0;
        for (; i <= n - LANES; i += LANES) {
            fromArray(SPECIES, y, yo + i).add(flush).sub(flush).intoArray(y, yo + i);
        }
        for (; i < n; i++) {
            y[yo + i] = y[yo + i] + FloatMath.FLUSH - FloatMath.FLUSH;
        }
    }

    @Override
    public void bernoulli(long key, int place, double probability, double value, float[] y, int yo, int n) {
        int limit = RandomBits.limit(probability);
        int bits = Float.floatToRawIntBits((float) value);
        IntVector x = IntVector.fromArray(INTS, COUNTING, 0).add(place + (int) key);
        int i = 0;
        for (; i <= n - LANES; i += LANES) {
            IntVector h = x.lanewise(VectorOperators.XOR, x.lanewise(VectorOperators.LSHR, 17)).mul(RandomBits.FIRST).add((int) (key >>> 32));
            h = h.lanewise(VectorOperators.XOR, h.lanewise(VectorOperators.LSHR, 16)).mul(RandomBits.SECOND);
            h = h.lanewise(VectorOperators.XOR, h.lanewise(VectorOperators.LSHR, 15)).mul(RandomBits.THIRD);
            h = h.lanewise(VectorOperators.XOR, h.lanewise(VectorOperators.LSHR, 15)).lanewise(VectorOperators.LSHR, 1);
            h.sub(limit).lanewise(VectorOperators.ASHR, 31).and(bits).reinterpretAsFloats().intoArray(y, yo + i);
            x = x.add(LANES);
        }
        for (; i < n; i++) {
            y[yo + i] = Float.intBitsToFloat(bits & RandomBits.at(key, place + i) - limit >> 31);
        }
    }

    @Override
    public double sumOfSquares(float[] x, int xo, int n) {
        return dot(x, xo, x, xo, n);
    }

    @Override
    public double dot(float[] x, int xo, float[] y, int yo, int n) {
        DoubleVector a = DoubleVector.zero(DOUBLES);
        DoubleVector b = DoubleVector.zero(DOUBLES);
        int i = 0;
        for (; i <= n - LANES; i += LANES) {
            FloatVector left = fromArray(SPECIES, x, xo + i);
            FloatVector right = fromArray(SPECIES, y, yo + i);
            a = ((DoubleVector) left.convertShape(VectorOperators.F2D, DOUBLES, 0))
                    .fma((DoubleVector) right.convertShape(VectorOperators.F2D, DOUBLES, 0), a);
            b = ((DoubleVector) left.convertShape(VectorOperators.F2D, DOUBLES, 1))
                    .fma((DoubleVector) right.convertShape(VectorOperators.F2D, DOUBLES, 1), b);
        }
        // lane by lane: in which order reduceLanes adds may depend on whether it is compiled
        DoubleVector both = a.add(b);
        double sum = both.lane(0) + both.lane(1);
        if (LANES > 4) {
            sum = sum + both.lane(2) + both.lane(3);
        }
        if (LANES > 8) {
            sum = sum + both.lane(4) + both.lane(5) + both.lane(6) + both.lane(7);
        }
        for (; i < n; i++) {
            sum += (double) x[xo + i] * y[yo + i];
        }
        return sum;
    }

    // A number alone costs these functions as much as three vectors. So the numbers behind the last whole vector are done in one that overlaps it,
    // read before that one is written, as y may be x; fewer than a vector are copied to where there is room for one. What the three share stands in
    // each of them: a loop that is taken in twice would pass the 18,000 nodes of Java 17, and one loop for tanh and sigmoid, with two numbers to
    // multiply by, takes tanh a tenth longer (src/bench/NOTES.md).

    private static float[] few(float[] x, int xo, int n) {
        float[] few = SCRATCH.get().few;
        System.arraycopy(x, xo, few, 0, n);
        return few;
    }

    @Override
    public void tanh(float[] x, int xo, float[] y, int yo, int n) {
        FloatVector high = broadcast(SPECIES, FloatMath.TANH_LIMIT);
        FloatVector low = broadcast(SPECIES, -FloatMath.TANH_LIMIT);
        FloatVector one = broadcast(SPECIES, 1f);
        FloatVector minusOne = broadcast(SPECIES, -1f);
        boolean few = n < LANES;
        float[] from = few ? few(x, xo, n) : x;
        float[] to = few ? from : y;
        int first = few ? 0 : xo;
        int target = few ? 0 : yo;
        int last = few ? 0 : n - LANES;
        FloatVector next = fromArray(SPECIES, from, first);
        for (int i = 0; i < last + LANES; i += LANES) {
            FloatVector v = next;
            next = fromArray(SPECIES, from, first + Math.min(i + LANES, last));
            v = v.blend(high, v.compare(VectorOperators.GT, high));
            v = v.blend(low, v.compare(VectorOperators.LT, low));
            FloatVector s = v.mul(v);
            FloatVector p = s.fma(broadcast(SPECIES, FloatMath.P4), broadcast(SPECIES, FloatMath.P3));
            p = s.fma(p, broadcast(SPECIES, FloatMath.P2));
            p = s.fma(p, broadcast(SPECIES, FloatMath.P1));
            p = s.fma(p, one);
            FloatVector q = s.fma(broadcast(SPECIES, FloatMath.Q4), broadcast(SPECIES, FloatMath.Q3));
            q = s.fma(q, broadcast(SPECIES, FloatMath.Q2));
            q = s.fma(q, broadcast(SPECIES, FloatMath.Q1));
            q = s.fma(q, one);
            v = v.mul(p).div(q);
            v = v.blend(one, v.compare(VectorOperators.GT, one));
            v = v.blend(minusOne, v.compare(VectorOperators.LT, minusOne));
            v.intoArray(to, target + Math.min(i, last));
        }
        if (few) {
            System.arraycopy(to, 0, y, yo, n);
        }
    }

    @Override
    public void sigmoid(float[] x, int xo, float[] y, int yo, int n) {
        FloatVector high = broadcast(SPECIES, FloatMath.TANH_LIMIT);
        FloatVector low = broadcast(SPECIES, -FloatMath.TANH_LIMIT);
        FloatVector one = broadcast(SPECIES, 1f);
        FloatVector minusOne = broadcast(SPECIES, -1f);
        FloatVector half = broadcast(SPECIES, 0.5f);
        boolean few = n < LANES;
        float[] from = few ? few(x, xo, n) : x;
        float[] to = few ? from : y;
        int first = few ? 0 : xo;
        int target = few ? 0 : yo;
        int last = few ? 0 : n - LANES;
        FloatVector next = fromArray(SPECIES, from, first);
        for (int i = 0; i < last + LANES; i += LANES) {
            FloatVector v = next.mul(half);
            next = fromArray(SPECIES, from, first + Math.min(i + LANES, last));
            v = v.blend(high, v.compare(VectorOperators.GT, high));
            v = v.blend(low, v.compare(VectorOperators.LT, low));
            FloatVector s = v.mul(v);
            FloatVector p = s.fma(broadcast(SPECIES, FloatMath.P4), broadcast(SPECIES, FloatMath.P3));
            p = s.fma(p, broadcast(SPECIES, FloatMath.P2));
            p = s.fma(p, broadcast(SPECIES, FloatMath.P1));
            p = s.fma(p, one);
            FloatVector q = s.fma(broadcast(SPECIES, FloatMath.Q4), broadcast(SPECIES, FloatMath.Q3));
            q = s.fma(q, broadcast(SPECIES, FloatMath.Q2));
            q = s.fma(q, broadcast(SPECIES, FloatMath.Q1));
            q = s.fma(q, one);
            v = v.mul(p).div(q);
            v = v.blend(one, v.compare(VectorOperators.GT, one));
            v = v.blend(minusOne, v.compare(VectorOperators.LT, minusOne));
            v.fma(half, half).intoArray(to, target + Math.min(i, last));
        }
        if (few) {
            System.arraycopy(to, 0, y, yo, n);
        }
    }

    @Override
    public void relu(float[] x, int xo, float[] y, int yo, int n) {
        int i = 0;
        for (; i <= n - LANES; i += LANES) {
            fromArray(SPECIES, x, xo + i).max(0f).intoArray(y, yo + i);
        }
        for (; i < n; i++) {
            y[yo + i] = Math.max(x[xo + i], 0f);
        }
    }

    @Override
    public void exp(float[] x, int xo, float[] y, int yo, int n) {
        shiftedExp(x, xo, 0f, y, yo, n);
    }

    /**
     * y = e^(x − shift).
     *
     * <p>It does not sum what it writes: with a sum Java 17 counts 18,000 nodes in this loop, from where on it knows the sum as an object.
     */
    private static void shiftedExp(float[] x, int xo, float shift, float[] y, int yo, int n) {
        FloatVector shifts = broadcast(SPECIES, shift);
        FloatVector high = broadcast(SPECIES, FloatMath.EXP_HIGH);
        FloatVector low = broadcast(SPECIES, FloatMath.EXP_LOW);
        FloatVector round = broadcast(SPECIES, FloatMath.ROUND);
        boolean few = n < LANES;
        float[] from = few ? few(x, xo, n) : x;
        float[] to = few ? from : y;
        int first = few ? 0 : xo;
        int target = few ? 0 : yo;
        int last = few ? 0 : n - LANES;
        FloatVector next = fromArray(SPECIES, from, first);
        for (int i = 0; i < last + LANES; i += LANES) {
            FloatVector v = next.sub(shifts);
            next = fromArray(SPECIES, from, first + Math.min(i + LANES, last));
            v = v.blend(high, v.compare(VectorOperators.GT, high));
            v = v.blend(low, v.compare(VectorOperators.LT, low));
            FloatVector shifted = v.fma(broadcast(SPECIES, FloatMath.LOG2_E), round);
            FloatVector k = shifted.sub(round);
            FloatVector r = k.fma(broadcast(SPECIES, -FloatMath.LN2_HIGH), v);
            r = k.fma(broadcast(SPECIES, -FloatMath.LN2_LOW), r);
            FloatVector p = r.fma(broadcast(SPECIES, FloatMath.E5), broadcast(SPECIES, FloatMath.E4));
            p = r.fma(p, broadcast(SPECIES, FloatMath.E3));
            p = r.fma(p, broadcast(SPECIES, FloatMath.E2));
            p = r.fma(p, broadcast(SPECIES, FloatMath.E1));
            p = r.fma(p, broadcast(SPECIES, 0.5f));
            p = r.mul(r).fma(p, r).add(broadcast(SPECIES, 1f));
            // 2^k in two factors, whose exponents with their bias of 127 add up to k + 254
            IntVector biased = shifted.reinterpretAsInts().sub(FloatMath.ROUND_BITS - 254);
            IntVector half = biased.lanewise(VectorOperators.ASHR, 1);
            FloatVector power = half.lanewise(VectorOperators.LSHL, 23).reinterpretAsFloats();
            FloatVector rest = biased.sub(half).lanewise(VectorOperators.LSHL, 23).reinterpretAsFloats();
            p.mul(power).mul(rest).intoArray(to, target + Math.min(i, last));
        }
        if (few) {
            System.arraycopy(to, 0, y, yo, n);
        }
    }

    private static float sum(float[] x, int xo, int n) {
        FloatVector sums = broadcast(SPECIES, 0f);
        int i = 0;
        for (; i <= n - LANES; i += LANES) {
            sums = sums.add(fromArray(SPECIES, x, xo + i));
        }
        // one after the other, as in dot; through an array, since after so many calls of lane() the vector would be an object
        float[] lanes = SCRATCH.get().tile;
        sums.intoArray(lanes, 0);
        float sum = lanes[0];
        for (int lane = 1; lane < LANES; lane++) {
            sum += lanes[lane];
        }
        for (; i < n; i++) {
            sum += x[xo + i];
        }
        return sum;
    }

    @Override
    public void tanhBackward(float[] y, int yo, float[] dy, int dyo, float[] dz, int dzo, int n) {
        FloatVector one = broadcast(SPECIES, 1f);
        int i = 0;
        for (; i <= n - LANES; i += LANES) {
            FloatVector value = fromArray(SPECIES, y, yo + i);
            fromArray(SPECIES, dy, dyo + i).mul(one.sub(value.mul(value))).intoArray(dz, dzo + i);
        }
        for (; i < n; i++) {
            float value = y[yo + i];
            dz[dzo + i] = dy[dyo + i] * (1f - value * value);
        }
    }

    @Override
    public void sigmoidBackward(float[] y, int yo, float[] dy, int dyo, float[] dz, int dzo, int n) {
        FloatVector one = broadcast(SPECIES, 1f);
        int i = 0;
        for (; i <= n - LANES; i += LANES) {
            FloatVector value = fromArray(SPECIES, y, yo + i);
            fromArray(SPECIES, dy, dyo + i).mul(value).mul(one.sub(value)).intoArray(dz, dzo + i);
        }
        for (; i < n; i++) {
            float value = y[yo + i];
            dz[dzo + i] = dy[dyo + i] * value * (1f - value);
        }
    }

    @Override
    public void reluBackward(float[] y, int yo, float[] dy, int dyo, float[] dz, int dzo, int n) {
        FloatVector zero = broadcast(SPECIES, 0f);
        int i = 0;
        for (; i <= n - LANES; i += LANES) {
            VectorMask<Float> open = fromArray(SPECIES, y, yo + i).compare(VectorOperators.GT, zero);
            zero.blend(fromArray(SPECIES, dy, dyo + i), open).intoArray(dz, dzo + i);
        }
        for (; i < n; i++) {
            dz[dzo + i] = y[yo + i] > 0 ? dy[dyo + i] : 0f;
        }
    }

    @Override
    public void clampBackward(double limit, float[] z, int zo, float[] dz, int dzo, int n) {
        float single = (float) limit;
        FloatVector zero = broadcast(SPECIES, 0f);
        FloatVector most = broadcast(SPECIES, single);
        int i = 0;
        for (; i <= n - LANES; i += LANES) {
            VectorMask<Float> closed = fromArray(SPECIES, z, zo + i).abs().compare(VectorOperators.GE, most);
            fromArray(SPECIES, dz, dzo + i).blend(zero, closed).intoArray(dz, dzo + i);
        }
        for (; i < n; i++) {
            dz[dzo + i] = Math.abs(z[zo + i]) >= single ? 0f : dz[dzo + i];
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
        for (int j = 0; j < columns; j++) {
            add(x, xo + j * ldx, s, so, rows);
        }
    }

    @Override
    public void gatherColumns(float[] x, int xo, int ldx, int[] ids, int from, float @Nullable [] b, int bo,
                              float[] y, int yo, int ldy, int rows, int columns) {
        if (b == null) {
            Kernel.super.gatherColumns(x, xo, ldx, ids, from, null, 0, y, yo, ldy, rows, columns);
            return;
        }
        for (int j = 0; j < columns; j++) {
            int source = xo + ids[from + j] * ldx;
            int target = yo + j * ldy;
            int i = 0;
            for (; i <= rows - LANES; i += LANES) {
                fromArray(SPECIES, x, source + i).add(fromArray(SPECIES, b, bo + i)).intoArray(y, target + i);
            }
            for (; i < rows; i++) {
                y[target + i] = x[source + i] + b[bo + i];
            }
        }
    }

    // Recurrent cells

    @Override
    public void lstmForward(int units, int columns, float[] z, int zo, int ldz, float[] c, int co, int ldc,
                            float[] cNext, int cno, int ldcn, float[] tanhC, int to, int ldt,
                            float[] h, int ho, int ldh) {
        for (int j = 0; j < columns; j++) {
            int gates = zo + j * ldz;
            int next = cno + j * ldcn;
            int squashed = to + j * ldt;
            sigmoid(z, gates, z, gates, 3 * units);
            tanh(z, gates + 3 * units, z, gates + 3 * units, units);
            lstmCell(units, z, gates, c, co + j * ldc, cNext, next);
            tanh(cNext, next, tanhC, squashed, units);
            product(z, gates + 2 * units, tanhC, squashed, h, ho + j * ldh, units);
        }
    }

    /** c' = f∘c + i∘g */
    private static void lstmCell(int units, float[] z, int zo, float[] c, int co, float[] cNext, int cno) {
        int zf = zo + units;
        int zg = zo + 3 * units;
        int k = 0;
        for (; k <= units - LANES; k += LANES) {
            FloatVector remembered = fromArray(SPECIES, z, zf + k).mul(fromArray(SPECIES, c, co + k));
            fromArray(SPECIES, z, zo + k).fma(fromArray(SPECIES, z, zg + k), remembered).intoArray(cNext, cno + k);
        }
        for (; k < units; k++) {
            cNext[cno + k] = Math.fma(z[zo + k], z[zg + k], z[zf + k] * c[co + k]);
        }
    }

    /** z = x∘y */
    private static void product(float[] x, int xo, float[] y, int yo, float[] z, int zo, int n) {
        int i = 0;
        for (; i <= n - LANES; i += LANES) {
            fromArray(SPECIES, x, xo + i).mul(fromArray(SPECIES, y, yo + i)).intoArray(z, zo + i);
        }
        for (; i < n; i++) {
            z[zo + i] = x[xo + i] * y[yo + i];
        }
    }

    @Override
    public void lstmBackward(int units, int columns, float[] z, int zo, int ldz, float[] c, int co, int ldc,
                             float[] tanhC, int to, int ldt, float[] dh, int dho, int lddh,
                             float[] dc, int dco, int lddc) {
        for (int j = 0; j < columns; j++) {
            lstmBackward(units, z, zo + j * ldz, c, co + j * ldc, tanhC, to + j * ldt, dh, dho + j * lddh,
                    dc, dco + j * lddc);
        }
    }

    private static void lstmBackward(int units, float[] z, int zo, float[] c, int co, float[] tanhC, int to,
                                     float[] dh, int dho, float[] dc, int dco) {
        int zf = zo + units;
        int zOut = zf + units;
        int zg = zOut + units;
        FloatVector one = broadcast(SPECIES, 1f);
        int k = 0;
        for (; k <= units - LANES; k += LANES) {
            FloatVector i = fromArray(SPECIES, z, zo + k);
            FloatVector f = fromArray(SPECIES, z, zf + k);
            FloatVector o = fromArray(SPECIES, z, zOut + k);
            FloatVector g = fromArray(SPECIES, z, zg + k);
            FloatVector squashed = fromArray(SPECIES, tanhC, to + k);
            FloatVector dhk = fromArray(SPECIES, dh, dho + k);
            FloatVector dck = dhk.mul(o).fma(one.sub(squashed.mul(squashed)), fromArray(SPECIES, dc, dco + k));
            dck.mul(g).mul(i).mul(one.sub(i)).intoArray(z, zo + k);
            dck.mul(fromArray(SPECIES, c, co + k)).mul(f).mul(one.sub(f)).intoArray(z, zf + k);
            dhk.mul(squashed).mul(o).mul(one.sub(o)).intoArray(z, zOut + k);
            dck.mul(i).mul(one.sub(g.mul(g))).intoArray(z, zg + k);
            dck.mul(f).intoArray(dc, dco + k);
        }
        for (; k < units; k++) {
            float i = z[zo + k];
            float f = z[zf + k];
            float o = z[zOut + k];
            float g = z[zg + k];
            float squashed = tanhC[to + k];
            float dhk = dh[dho + k];
            float dck = Math.fma(dhk * o, 1f - squashed * squashed, dc[dco + k]);
            z[zo + k] = dck * g * i * (1f - i);
            z[zf + k] = dck * c[co + k] * f * (1f - f);
            z[zOut + k] = dhk * squashed * o * (1f - o);
            z[zg + k] = dck * i * (1f - g * g);
            dc[dco + k] = dck * f;
        }
    }

    @Override
    public void gruForward(int units, int columns, float[] z, int zo, int ldz, float[] q, int qo, int ldq,
                           float[] h, int ho, int ldh, float[] hNext, int hno, int ldhn) {
        for (int j = 0; j < columns; j++) {
            int gates = zo + j * ldz;
            int products = qo + j * ldq;
            int candidate = gates + 2 * units;
            add(q, products, z, gates, 2 * units);
            sigmoid(z, gates, z, gates, 2 * units);
            addMultiplied(z, gates, q, products + 2 * units, z, candidate, units);
            tanh(z, candidate, z, candidate, units);
            mix(z, gates + units, h, ho + j * ldh, z, candidate, hNext, hno + j * ldhn, units);
        }
    }

    /** y = u∘h + (1−u)∘n */
    private static void mix(float[] u, int uo, float[] h, int ho, float[] n, int no, float[] y, int yo, int length) {
        int i = 0;
        for (; i <= length - LANES; i += LANES) {
            FloatVector candidate = fromArray(SPECIES, n, no + i);
            FloatVector step = fromArray(SPECIES, h, ho + i).sub(candidate);
            fromArray(SPECIES, u, uo + i).fma(step, candidate).intoArray(y, yo + i);
        }
        for (; i < length; i++) {
            y[yo + i] = Math.fma(u[uo + i], h[ho + i] - n[no + i], n[no + i]);
        }
    }

    @Override
    public void gruBackward(int units, int columns, float[] z, int zo, int ldz, float[] q, int qo, int ldq,
                            float[] h, int ho, int ldh, float[] dh, int dho, int lddh) {
        for (int j = 0; j < columns; j++) {
            gruBackward(units, z, zo + j * ldz, q, qo + j * ldq, h, ho + j * ldh, dh, dho + j * lddh);
        }
    }

    private static void gruBackward(int units, float[] z, int zo, float[] q, int qo, float[] h, int ho,
                                    float[] dh, int dho) {
        int zu = zo + units;
        int zn = zu + units;
        int qu = qo + units;
        int qn = qu + units;
        FloatVector one = broadcast(SPECIES, 1f);
        int k = 0;
        for (; k <= units - LANES; k += LANES) {
            FloatVector r = fromArray(SPECIES, z, zo + k);
            FloatVector u = fromArray(SPECIES, z, zu + k);
            FloatVector n = fromArray(SPECIES, z, zn + k);
            FloatVector dhk = fromArray(SPECIES, dh, dho + k);
            FloatVector dn = dhk.mul(one.sub(u)).mul(one.sub(n.mul(n)));
            FloatVector du = dhk.mul(fromArray(SPECIES, h, ho + k).sub(n)).mul(u).mul(one.sub(u));
            FloatVector dr = dn.mul(fromArray(SPECIES, q, qn + k)).mul(r).mul(one.sub(r));
            dr.intoArray(z, zo + k);
            du.intoArray(z, zu + k);
            dn.intoArray(z, zn + k);
            dr.intoArray(q, qo + k);
            du.intoArray(q, qu + k);
            dn.mul(r).intoArray(q, qn + k);
            dhk.mul(u).intoArray(dh, dho + k);
        }
        for (; k < units; k++) {
            float r = z[zo + k];
            float u = z[zu + k];
            float n = z[zn + k];
            float dhk = dh[dho + k];
            float dn = dhk * (1f - u) * (1f - n * n);
            float du = dhk * (h[ho + k] - n) * u * (1f - u);
            float dr = dn * q[qn + k] * r * (1f - r);
            z[zo + k] = dr;
            z[zu + k] = du;
            z[zn + k] = dn;
            q[qo + k] = dr;
            q[qu + k] = du;
            q[qn + k] = dn * r;
            dh[dho + k] = dhk * u;
        }
    }

    // Losses

    @Override
    public double softmaxCrossEntropy(float[] logits, int lo, int n, int target, double weight, double scale,
                                      float[] gradient, int go) {
        float atTarget = logits[lo + target];
        float max = max(logits, lo, n);
        shiftedExp(logits, lo, max, gradient, go, n);
        float sum = sum(gradient, go, n);
        scale(scale * weight / sum, gradient, go, n);
        gradient[go + target] -= (float) (scale * weight);
        return weight * (Math.log(sum) + ((double) max - atTarget));
    }

    @Override
    public void softmax(float[] x, int xo, float[] y, int yo, int n) {
        shiftedExp(x, xo, max(x, xo, n), y, yo, n);
        scale(1.0 / sum(y, yo, n), y, yo, n);
    }

    @Override
    public void logSoftmax(float[] x, int xo, float[] y, int yo, int n) {
        float max = max(x, xo, n);
        float log = (float) Math.log(sumOfShiftedExp(x, xo, max, n));
        FloatVector shifts = broadcast(SPECIES, max);
        FloatVector logs = broadcast(SPECIES, log);
        int i = 0;
        for (; i <= n - LANES; i += LANES) {
            fromArray(SPECIES, x, xo + i).sub(shifts).sub(logs).intoArray(y, yo + i);
        }
        for (; i < n; i++) {
            y[yo + i] = x[xo + i] - max - log;
        }
    }

    private static double sumOfShiftedExp(float[] x, int xo, float shift, int n) {
        float[] e = SCRATCH.get().strip;
        double sum = 0;
        for (int k = 0; k < n; k += STRIP) {
            int length = Math.min(STRIP, n - k);
            shiftedExp(x, xo + k, shift, e, 0, length);
            sum += sum(e, 0, length);
        }
        return sum;
    }

    @Override
    public void logSoftmaxBackward(float[] y, int yo, float[] dy, int dyo, float[] dz, int dzo, int n) {
        double sum = FloatMath.sum(dy, dyo, n);
        float[] e = SCRATCH.get().strip;
        for (int k = 0; k < n; k += STRIP) {
            int length = Math.min(STRIP, n - k);
            shiftedExp(y, yo + k, 0f, e, 0, length);
            System.arraycopy(dy, dyo + k, dz, dzo + k, length);
            addScaled(-sum, e, 0, dz, dzo + k, length);
        }
    }

    private static float max(float[] x, int xo, int n) {
        FloatVector vector = broadcast(SPECIES, Float.NEGATIVE_INFINITY);
        int i = 0;
        for (; i <= n - LANES; i += LANES) {
            vector = fromArray(SPECIES, x, xo + i).max(vector);
        }
        float max = vector.reduceLanes(VectorOperators.MAX);
        for (; i < n; i++) {
            max = Math.max(max, x[xo + i]);
        }
        return max;
    }

    // Updates

    @Override
    public void sgd(float[] w, int wo, float[] g, int go, int n, double factor, double rate) {
        addScaled(-rate * factor, g, go, w, wo, n);
    }

    @Override
    public void adagrad(float[] w, int wo, float[] g, int go, float[] s, int so, int n, double factor, double rate,
                        double epsilon) {
        float factor1 = (float) factor;
        float rate1 = (float) rate;
        float epsilon1 = (float) epsilon;
        FloatVector factors = broadcast(SPECIES, factor1);
        FloatVector rates = broadcast(SPECIES, rate1);
        FloatVector epsilons = broadcast(SPECIES, epsilon1);
        int i = 0;
        for (; i <= n - LANES; i += LANES) {
            FloatVector gradient = fromArray(SPECIES, g, go + i).mul(factors);
            FloatVector sum = gradient.fma(gradient, fromArray(SPECIES, s, so + i));
            sum.intoArray(s, so + i);
            FloatVector step = gradient.mul(rates).div(sum.sqrt().add(epsilons));
            fromArray(SPECIES, w, wo + i).sub(step).intoArray(w, wo + i);
        }
        for (; i < n; i++) {
            float gradient = g[go + i] * factor1;
            float sum = Math.fma(gradient, gradient, s[so + i]);
            s[so + i] = sum;
            w[wo + i] -= gradient * rate1 / ((float) Math.sqrt(sum) + epsilon1);
        }
    }

    @Override
    public void adam(float[] w, int wo, float[] g, int go, float[] m, int mo, float[] v, int vo, int n,
                     double factor, double rate, double beta1, double beta2, double vScale, double epsilon) {
        float factor1 = (float) factor;
        float rate1 = (float) rate;
        float keepM = (float) beta1;
        float takeM = (float) (1 - beta1);
        float keepV = (float) beta2;
        float takeV = (float) (1 - beta2);
        float vScale1 = (float) vScale;
        float epsilon1 = (float) epsilon;
        FloatVector factors = broadcast(SPECIES, factor1);
        FloatVector rates = broadcast(SPECIES, rate1);
        FloatVector keepsM = broadcast(SPECIES, keepM);
        FloatVector takesM = broadcast(SPECIES, takeM);
        FloatVector keepsV = broadcast(SPECIES, keepV);
        FloatVector takesV = broadcast(SPECIES, takeV);
        FloatVector vScales = broadcast(SPECIES, vScale1);
        FloatVector epsilons = broadcast(SPECIES, epsilon1);
        FloatVector flush = broadcast(SPECIES, FloatMath.FLUSH);
        FloatVector flushSquare = broadcast(SPECIES, FloatMath.FLUSH_SQUARE);
        int i = 0;
        for (; i <= n - LANES; i += LANES) {
            // the large number is there before anything small could be rounded
            FloatVector gradient = fromArray(SPECIES, g, go + i).mul(factors);
            FloatVector mean = gradient.fma(takesM, fromArray(SPECIES, m, mo + i).fma(keepsM, flush)).sub(flush);
            FloatVector kept = fromArray(SPECIES, v, vo + i).fma(keepsV, flushSquare);
            FloatVector variance = gradient.mul(takesV).fma(gradient, kept).sub(flushSquare);
            mean.intoArray(m, mo + i);
            variance.intoArray(v, vo + i);
            FloatVector step = mean.mul(rates).div(variance.sqrt().fma(vScales, epsilons));
            fromArray(SPECIES, w, wo + i).sub(step).intoArray(w, wo + i);
        }
        for (; i < n; i++) {
            float gradient = g[go + i] * factor1;
            float mean = Math.fma(gradient, takeM, Math.fma(m[mo + i], keepM, FloatMath.FLUSH)) - FloatMath.FLUSH;
            float kept = Math.fma(v[vo + i], keepV, FloatMath.FLUSH_SQUARE);
            float variance = Math.fma(gradient * takeV, gradient, kept) - FloatMath.FLUSH_SQUARE;
            m[mo + i] = mean;
            v[vo + i] = variance;
            w[wo + i] -= mean * rate1 / Math.fma((float) Math.sqrt(variance), vScale1, epsilon1);
        }
    }
}
