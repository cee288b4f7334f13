package io.quatrain.tensor;

import io.quatrain.kernel.Kernel;
import java.util.Objects;
import org.ojalgo.matrix.store.MatrixStore;
import org.ojalgo.matrix.store.PhysicalStore;
import org.ojalgo.matrix.store.R032Store;
import org.ojalgo.matrix.store.R064Store;
import org.jspecify.annotations.Nullable;

/**
 * A column-major [rows × columns] matrix, or a view of a block of one. Its numbers are the array behind an ojAlgo
 * store ({@link #store()}), float or double as its {@link Compute} says: what is written against this class runs in
 * both precisions.
 *
 * <p>Methods that change the matrix return it. Operands must have fitting sizes and the same precision; an
 * {@link IllegalArgumentException} names both sizes otherwise.
 */
public final class Matrix {
    private final Compute compute;
    private final Kernel<Object> kernel;
    private final Object array;
    private final int offset;
    private final int rows;
    private final int columns;
    private final int stride;
    /** How many numbers behind every column are nobody's. */
    private final int gap;
    /** Columns a step; 0 where columns are no steps. */
    private final int batch;
    /** How many of a step's columns are its first half. */
    private final int middle;
    /** Where the second halves of all steps begin, which then follow one another, as the first do; −1 where whole steps do. */
    private final int secondHalves;
    private @Nullable Matrix second;

    /** @param margin how many numbers are left free in front of the matrix's */
    Matrix(Compute compute, int rows, int columns, int margin, boolean withNumbers) {
        this(compute, rows, columns, 0, false, 0, margin, withNumbers);
    }

    /** @param halved whether the columns of a batch lie in halves; see {@link Compute#matrix(int, int, int)} */
    Matrix(Compute compute, int rows, int columns, int batch, boolean halved, int gap, boolean withNumbers) {
        this(compute, rows, columns, batch, halved, gap, compute.arithmetic().margin(), withNumbers);
    }

    private Matrix(Compute compute, int rows, int columns, int batch, boolean halved, int gap, int margin, boolean withNumbers) {
        if (rows < 0 || columns < 0 || ((long) rows + gap) * columns + margin > Integer.MAX_VALUE - 8) {
            throw new IllegalArgumentException("a matrix of [" + rows + " × " + columns + "] cannot be made: "
                    + "at most 2^31 − 9 numbers");
        }
        this.compute = compute;
        this.kernel = compute.arithmetic();
        this.rows = rows;
        this.columns = columns;
        this.offset = margin;
        this.gap = gap;
        this.stride = rows + gap;
        this.batch = batch;
        this.middle = batch / 2;
        this.secondHalves = halved ? offset + columns / batch * middle * stride : NOT_HALVED;
        this.array = kernel.allocate(withNumbers ? offset + stride * columns : 0);
    }

    private Matrix(Matrix whole, int offset, int rows, int columns, int gap, int batch, int middle, int secondHalves) {
        this.compute = whole.compute;
        this.kernel = whole.kernel;
        this.array = whole.array;
        this.offset = offset;
        this.rows = rows;
        this.columns = columns;
        this.stride = whole.stride;
        this.gap = gap;
        this.batch = batch;
        this.middle = middle;
        this.secondHalves = secondHalves;
    }

    public int rows() {
        return rows;
    }

    public int columns() {
        return columns;
    }

    public Compute compute() {
        return compute;
    }

    public double get(int row, int column) {
        return kernel.get(array, index(row, column));
    }

    public Matrix set(int row, int column, double value) {
        kernel.set(array, index(row, column), value);
        return this;
    }

    private int index(int row, int column) {
        if (row < 0 || row >= rows || column < 0 || column >= columns) {
            throw new IndexOutOfBoundsException("(" + row + ", " + column + ") of " + size());
        }
        return at(column) + row;
    }

    // Views: they share the numbers

    /** Columns [from, to). Of several steps these must be whole steps, where the matrix knows of steps. */
    public Matrix columns(int from, int to) {
        if (from < 0 || to < from || to > columns) {
            throw new IndexOutOfBoundsException("columns " + from + "…" + to + " of " + size());
        }
        if (batch == 0 || from == to) {
            return new Matrix(this, from == to ? offset : at(from), rows, to - from, gap, 0, 0, NOT_HALVED);
        }
        int first = from % batch;
        int last = first + to - from;
        if (first == 0 && to % batch == 0 && to - from > batch) {
            return new Matrix(this, at(from), rows, to - from, gap, batch, middle, halved() ? at(from + middle) : NOT_HALVED);
        }
        if (last > batch) {
            throw new IllegalArgumentException("columns " + from + "…" + to + " of steps of " + batch
                    + " examples: take whole steps, or examples of one step");
        }
        boolean across = first < middle && last > middle;
        return new Matrix(this, at(from), rows, to - from, gap, across ? to - from : 0, across ? middle - first : 0,
                across && halved() ? at(from - first + middle) : NOT_HALVED);
    }

    /** Its steps, [rows × batch] each. */
    public Matrix[] steps(int batch) {
        Matrix[] steps = new Matrix[columns / batch];
        for (int t = 0; t < steps.length; t++) {
            steps[t] = columns(t * batch, (t + 1) * batch);
        }
        return steps;
    }

    /** Rows [from, to). */
    public Matrix rows(int from, int to) {
        if (from < 0 || to < from || to > rows) {
            throw new IndexOutOfBoundsException("rows " + from + "…" + to + " of " + size());
        }
        return new Matrix(this, offset + from, to - from, columns, 0, batch, middle, halved() ? secondHalves + from : NOT_HALVED);
    }

    /** A new matrix of zeros whose columns are the same steps and examples as this one's. */
    public Matrix another(int rows) {
        return batch == 0 ? compute.matrix(rows, columns) : compute.matrix(rows, columns / batch, batch);
    }

    /** Whether the columns of the first halves of all steps lie side by side. */
    boolean halved() {
        return secondHalves != NOT_HALVED;
    }

    int gap() {
        return gap;
    }

    private boolean contiguous() {
        return !halved() && (stride == rows || columns <= 1);
    }

    /**
     * This matrix as an ojAlgo store: the same numbers where it is the value of a parameter or made by {@link Compute#storable}; of others it
     * may be a copy, of views and of several steps it is.
     * Writing to the numbers of a parameter must be followed by {@code Parameter.changed()}.
     */
    public PhysicalStore<Double> store() {
        if (offset == 0 && batch == 0 && contiguous() && rows > 0 && length() == rows * columns) {
            return array instanceof float[] floats ? R032Store.wrap(floats, rows)
                    : R064Store.wrap((double[]) array, rows);
        }
        PhysicalStore<Double> copy = array instanceof float[] ? R032Store.FACTORY.make(rows, columns)
                : R064Store.FACTORY.make(rows, columns);
        for (int c = 0; c < columns; c++) {
            for (int r = 0; r < rows; r++) {
                copy.set(r, c, get(r, c));
            }
        }
        return copy;
    }

    private int length() {
        return array instanceof float[] floats ? floats.length : ((double[]) array).length;
    }

    // Copies

    public Matrix set(Matrix x) {
        same(x);
        if (sweepableWith(x)) {
            int border = span(firstHalves());
            System.arraycopy(x.array, x.offset, array, offset, border);
            if (halved()) {
                System.arraycopy(x.array, x.secondHalves, array, secondHalves, span(columns) - border);
            }
        } else {
            for (int c = 0; c < columns; c++) {
                System.arraycopy(x.array, x.at(c), array, at(c), rows);
            }
        }
        return this;
    }

    /** Sets this from any ojAlgo matrix of the same size. */
    public Matrix set(MatrixStore<?> x) {
        if (x.getRowDim() != rows || x.getColDim() != columns) {
            throw new IllegalArgumentException("needs " + size() + ", given [" + x.getRowDim() + " × " + x.getColDim() + "]");
        }
        for (int c = 0; c < columns; c++) {
            for (int r = 0; r < rows; r++) {
                set(r, c, x.doubleValue(r, c));
            }
        }
        return this;
    }

    /** Column {@code to} = column {@code from} of x. */
    public Matrix setColumn(int to, Matrix x, int from) {
        System.arraycopy(x.array, x.at(from), array, at(to), rows);
        return this;
    }

    /** The rows from {@code to} on = x. */
    public Matrix setRows(int to, Matrix x) {
        checkRows(x.rows, to, this, x);
        for (int c = 0; c < columns; c++) {
            System.arraycopy(x.array, x.at(c), array, at(c) + to, x.rows);
        }
        return this;
    }

    /** this += the rows of x from {@code from} on, as many as this has. */
    public Matrix addRows(Matrix x, int from) {
        checkRows(rows, from, x, this);
        for (int c = 0; c < columns; c++) {
            kernel.add(x.array, x.at(c) + from, array, at(c), rows);
        }
        return this;
    }

    private static void checkRows(int count, int from, Matrix whole, Matrix part) {
        if (from < 0 || count > whole.rows - from || whole.columns != part.columns) {
            throw new IllegalArgumentException(part.size() + " from row " + from + " of " + whole.size());
        }
    }

    /** Column {@code to} += column {@code from} of x. */
    public Matrix addColumn(int to, Matrix x, int from) {
        kernel.add(x.array, x.at(from), array, at(to), rows);
        return this;
    }

    /** Column {@code to} += factor·column {@code from} of x. */
    public Matrix addScaledColumn(int to, double factor, Matrix x, int from) {
        kernel.addScaled(factor, x.array, x.at(from), array, at(to), rows);
        return this;
    }

    /** Copies column c to {@code target}, from {@code targetOffset}. */
    public void copyColumn(int c, double[] target, int targetOffset) {
        copyRun(at(c), target, targetOffset, rows);
    }

    /** Copies n numbers, counted column by column from {@code from}, to the beginning of {@code target}. */
    public void copyTo(int from, int n, double[] target) {
        checkPart(from, n);
        for (int done = 0; done < n; ) {
            int count = numbersSideBySide(from + done, n - done);
            copyRun(numberByColumns(from + done), target, done, count);
            done += count;
        }
    }

    /** The same of a float32 matrix. */
    public void copyTo(int from, int n, float[] target) {
        checkPart(from, n);
        for (int done = 0; done < n; ) {
            int count = numbersSideBySide(from + done, n - done);
            System.arraycopy(array, numberByColumns(from + done), target, done, count);
            done += count;
        }
    }

    /** Sets n numbers of a float32 matrix, counted column by column from {@code from}, from the beginning of {@code source}. */
    public void setFrom(int from, int n, float[] source) {
        checkPart(from, n);
        for (int done = 0; done < n; ) {
            int count = numbersSideBySide(from + done, n - done);
            System.arraycopy(source, done, array, numberByColumns(from + done), count);
            done += count;
        }
    }

    /** Sets n numbers, counted column by column from {@code from}, from the beginning of {@code source}. */
    public void setFrom(int from, int n, double[] source) {
        checkPart(from, n);
        for (int done = 0; done < n; ) {
            int count = numbersSideBySide(from + done, n - done);
            setRun(numberByColumns(from + done), source, done, count);
            done += count;
        }
    }

    private void copyRun(int place, double[] target, int index, int count) {
        if (array instanceof float[] floats) {
            for (int i = 0; i < count; i++) {
                target[index + i] = floats[place + i];
            }
        } else {
            System.arraycopy((double[]) array, place, target, index, count);
        }
    }

    private void setRun(int place, double[] source, int index, int count) {
        if (array instanceof float[] floats) {
            for (int i = 0; i < count; i++) {
                floats[place + i] = (float) source[index + i];
            }
        } else {
            System.arraycopy(source, index, (double[]) array, place, count);
        }
    }

    private void checkPart(int from, int n) {
        if (from < 0 || n < 0 || (long) from + n > (long) rows * columns) {
            throw new IndexOutOfBoundsException(n + " numbers from " + from + " of " + size());
        }
    }

    /** How many of n numbers, counted column by column from {@code from}, lie one after the other. */
    private int numbersSideBySide(int from, int n) {
        return contiguous() ? n : Math.min(n, rows - from % rows);
    }

    private int numberByColumns(int n) {
        return contiguous() ? offset + n : at(n / rows) + n % rows;
    }

    /** Copies the numbers, column by column, into a new double array. */
    public double[] toDoubles() {
        double[] copy = new double[rows * columns];
        for (int c = 0; c < columns; c++) {
            copyColumn(c, copy, c * rows);
        }
        return copy;
    }

    /** Copies the numbers, column by column, into {@code target}, as floats. */
    public void copyTo(float[] target, int targetOffset) {
        for (int c = 0; c < columns; c++) {
            if (array instanceof float[] floats) {
                System.arraycopy(floats, at(c), target, targetOffset + c * rows, rows);
            } else {
                for (int r = 0; r < rows; r++) {
                    target[targetOffset + c * rows + r] = (float) get(r, c);
                }
            }
        }
    }

    /** Sets the numbers, column by column, from {@code source}. */
    public Matrix setFrom(float[] source, int sourceOffset) {
        for (int c = 0; c < columns; c++) {
            if (array instanceof float[] floats) {
                System.arraycopy(source, sourceOffset + c * rows, floats, at(c), rows);
            } else {
                for (int r = 0; r < rows; r++) {
                    set(r, c, source[sourceOffset + c * rows + r]);
                }
            }
        }
        return this;
    }

    /** Sets the numbers, column by column, from {@code source}. */
    public Matrix setFrom(double[] source) {
        if (source.length != rows * columns) {
            throw new IllegalArgumentException("needs " + size() + ", given " + source.length + " numbers");
        }
        for (int c = 0; c < columns; c++) {
            for (int r = 0; r < rows; r++) {
                set(r, c, source[c * rows + r]);
            }
        }
        return this;
    }

    /** Column j of this = column ids[j] of x, + b [rows × 1] where that is not null; of several steps of {@code batch} examples. */
    public Matrix setGathered(Matrix x, int[] ids, @Nullable Matrix b, int batch) {
        compute.splitByExamples(columns, batch, 1, 2 * Compute.ELEMENT * rows * columns, this, x, ids, b, 0, Matrix::gather);
        return this;
    }

    private static void gather(Matrix y, Matrix x, int[] ids, @Nullable Matrix b, double number, int from, int to) {
        int block = Math.max(1, GATHERED_AT_ONCE / Math.max(1, y.rows));
        for (int j = from, n; j < to; j += n) {
            n = Math.min(block, y.sideBySide(j, to - j));
            y.kernel.gatherColumns(x.array, x.offset, x.stride, ids, j, b == null ? null : b.array, b == null ? 0 : b.offset,
                    y.array, y.at(j), y.stride, y.rows, n);
        }
    }

    /**
     * Column ids[j] of this += column j of x, of several steps of {@code batch} examples each; j ascending, in a large batch first
     * those of the first half of every step.
     */
    public Matrix addScattered(Matrix x, int[] ids, int batch) {
        return ExampleSums.addColumns(this, x.rows, batch, Compute.ELEMENT * rows * x.columns, x, ids, SCATTER);
    }

    private static final ExampleSums.Columns<int[]> SCATTER = new ExampleSums.Columns<>() {
        @Override
        void add(Matrix sum, Matrix x, int[] ids, int from, int n, int first, int last) {
            sum.kernel.scatterAddColumns(x.array, x.at(from) + first, x.stride, ids, from, sum.array, sum.offset + first, sum.stride,
                    last - first, n);
        }
    };

    // Products

    /** this = W·X; see {@link #addProduct(PackedMatrix, Matrix, int)}. */
    public Matrix setProduct(PackedMatrix w, Matrix x) {
        return setProduct(w, x, null);
    }

    /** this = W·X + b in every column; see {@link #addProduct(PackedMatrix, Matrix, int)}. b [rows × 1] may be null. */
    public Matrix setProduct(PackedMatrix w, Matrix x, @Nullable Matrix b) {
        return setProduct(w, x, b, columns);
    }

    /** The same over several steps of {@code batch} examples each. */
    public Matrix setProduct(PackedMatrix w, Matrix x, @Nullable Matrix b, int batch) {
        checkProduct(w, x);
        if (b != null && (b.rows != rows || b.columns != 1)) {
            throw new IllegalArgumentException("product: " + size() + " needs a bias of [" + rows + " × 1], given " + b.size());
        }
        splitProduct(w, x, b, batch, SET_COLUMNS, SET_ROWS);
        return this;
    }

    /** this += W·X, where W is packed; large products are split over the threads by columns, or by rows where there are few. */
    public Matrix addProduct(PackedMatrix w, Matrix x) {
        return addProduct(w, x, columns);
    }

    /**
     * this += W·X, where W is packed; large products are split over the threads by columns, or by examples, of which there are
     * {@code batch} at each of several steps.
     */
    public Matrix addProduct(PackedMatrix w, Matrix x, int batch) {
        checkProduct(w, x);
        splitProduct(w, x, null, batch, ADD_COLUMNS, ADD_ROWS);
        return this;
    }

    /** A product of columns [from, to), or of the rows of such panels of W. */
    private interface PackedProduct extends Compute.Operation<Matrix, PackedMatrix, Matrix, @Nullable Matrix> {
    }

    private static final PackedProduct ADD_COLUMNS = (y, w, x, none, number, from, to) ->
            y.kernel.addPackedProduct(w.panels(), y.rows, x.rows, x.array, x.place(from), x.stride, y.array, y.place(from), y.stride, to - from);
    private static final PackedProduct SET_COLUMNS = (y, w, x, b, number, from, to) ->
            y.kernel.setPackedProduct(w.panels(), y.rows, x.rows, x.array, x.place(from), x.stride,
                    b == null ? null : b.array, b == null ? 0 : b.offset, y.array, y.place(from), y.stride, to - from);
    private static final PackedProduct ADD_ROWS = (y, w, x, none, number, from, to) ->
            y.kernel.addPackedProduct(w.panels(), y.rows, x.rows, from, to, x.array, x.place(0), x.stride, y.array, y.place(0), y.stride, y.columns);
    private static final PackedProduct SET_ROWS = (y, w, x, b, number, from, to) ->
            y.kernel.setPackedProduct(w.panels(), y.rows, x.rows, from, to, x.array, x.place(0), x.stride,
                    b == null ? null : b.array, b == null ? 0 : b.offset, y.array, y.place(0), y.stride, y.columns);

    /**
     * A W that stays in the first caches is read at every step; a larger one serves many columns at a time. With few columns its rows are
     * shared out: then reading it takes the time.
     */
    private void splitProduct(PackedMatrix w, Matrix x, @Nullable Matrix b, int batch, PackedProduct byColumns, PackedProduct byRows) {
        double work = (double) rows * columns * w.inner();
        if (!alike(x)) {
            for (int c = 0, n; c < columns; c += n) {
                n = sideBySide(c, x.sideBySide(c, columns - c));
                byColumns.accept(columns(c, c + n), w, x.columns(c, c + n), b, 0, 0, n);
            }
        } else if (halved()) {
            compute.split(columns, GRAIN, firstHalves(), work, this, w, x, b, 0, byColumns);
        } else if ((long) rows * w.inner() <= SMALL_FACTOR) {
            compute.splitByExamples(columns, batch, GRAIN, work, this, w, x, b, 0, byColumns);
        } else if (columns < GRAIN) {
            double reading = (double) rows * w.inner() * Math.max(columns, READ_COLUMNS);
            compute.split(w.count(), Math.max(1, ROWS_GRAIN / kernel.panelRows()), reading, this, w, x, b, 0, byRows);
        } else {
            compute.split(columns, GRAIN, work, this, w, x, b, 0, byColumns);
        }
    }

    private void checkProduct(PackedMatrix w, Matrix x) {
        if (w.rows() != rows || w.inner() != x.rows || x.columns != columns) {
            throw new IllegalArgumentException("product: " + size() + " needs [" + rows + " × n]·[n × " + columns
                    + "], given [" + w.rows() + " × " + w.inner() + "]·" + x.size());
        }
    }

    /**
     * this += A·Bᵀ, a weight gradient, over several steps of {@code batch} examples each. Large products are split over the
     * threads by rows or columns of this, or by halves of the batch.
     */
    public Matrix addProductTransposed(Matrix a, Matrix b, int batch) {
        return addProductTransposed(a, b, null, batch);
    }

    /** The same, and {@code sums} [rows × 1], where given, += the sum of A's columns: gradients of weights and bias in one go. */
    public Matrix addProductTransposed(Matrix a, Matrix b, @Nullable Matrix sums, int batch) {
        return productTransposed(a, b, false, sums, batch);
    }

    /** The same with = A·Bᵀ: what stood here is not read. {@code sums} are added to. */
    public Matrix setProductTransposed(Matrix a, Matrix b, @Nullable Matrix sums, int batch) {
        return productTransposed(a, b, true, sums, batch);
    }

    private Matrix productTransposed(Matrix a, Matrix b, boolean anew, @Nullable Matrix sums, int batch) {
        if (a.rows != rows || b.rows != columns || a.columns != b.columns) {
            throw new IllegalArgumentException("product: " + size() + " needs [" + rows + " × n]·[" + columns
                    + " × n]ᵀ, given " + a.size() + "·" + b.size() + "ᵀ");
        }
        if (sums != null && (sums.rows != rows || sums.columns != 1)) {
            throw new IllegalArgumentException("product: the columns of " + a.size() + " are summed in [" + rows + " × 1], given "
                    + sums.size());
        }
        if (a.columns == 0) {
            return anew ? fill(0) : this;
        }
        double work = (double) rows * columns * a.columns;
        boolean halved = ExampleSums.halved(this, rows + columns, a, batch) && work >= Compute.WORTH_SPLITTING;
        boolean byRows = halved || rows >= columns;     // every range packs all of the other operand: let that be the smaller one
        if (byRows && work >= Compute.WORTH_BALANCING && !compute.alone() && Strips.fit(a, b, batch)) {
            Strips strips = compute.takeStrips();
            try {
                return ExampleSums.add(this, sums, halved, batch, work, a, strips.of(b, batch), anew ? OF_STRIPS_ANEW : OF_STRIPS);
            } finally {
                compute.giveBack(strips);
            }
        }
        if (byRows) {
            return ExampleSums.add(this, sums, halved, batch, work, a, b, anew ? BY_ROWS_ANEW : BY_ROWS);
        }
        compute.split(columns, GRAIN, work, this, a, b, sums, batch, (anew ? BY_COLUMNS_ANEW : BY_COLUMNS).inOrder);
        return this;
    }

    /** A·Bᵀ for ranges of the sum's rows, or of its columns. */
    private static final class Product extends ExampleSums.Part<Matrix> {
        private final boolean byRows;

        Product(boolean byRows, boolean anew) {
            super(anew);
            this.byRows = byRows;
        }

        @Override
        void add(boolean anew, Matrix sum, @Nullable Matrix besides, Matrix a, Matrix b, int from, int run, int step, int first, int last) {
            if (byRows) {
                sum.addProductOf(a, b, anew, besides, from, run, step, first, last, 0, sum.columns);
            } else {
                sum.addProductOf(a, b, anew, first == 0 ? besides : null, from, run, step, 0, sum.rows, first, last);
            }
        }
    }

    /** A·Bᵀ for ranges of the sum's rows, with strips in place of B. */
    private static final class ProductOfStrips extends ExampleSums.Part<Strips> {
        ProductOfStrips(boolean anew) {
            super(anew);
        }

        @Override
        int ranges() {
            return 8;
        }

        @Override
        void add(boolean anew, Matrix sum, @Nullable Matrix besides, Matrix a, Strips b, int from, int run, int step, int first, int last) {
            int inner = a.columns / step * run;
            boolean follow = a.follow(from, run, step);
            sum.kernel.addProductOfStrips(a.array, a.at(from) + first, a.stride, b.numbers(), b.at(from), sum.array, sum.offset + first, sum.stride,
                    anew, besides == null ? null : besides.array, besides == null ? 0 : besides.offset + first, last - first, sum.columns,
                    inner, follow ? inner : run, follow ? inner : step);
        }
    }

    private static final ProductOfStrips OF_STRIPS = new ProductOfStrips(false);
    private static final ProductOfStrips OF_STRIPS_ANEW = new ProductOfStrips(true);
    private static final Product BY_ROWS = new Product(true, false);
    private static final Product BY_ROWS_ANEW = new Product(true, true);
    private static final Product BY_COLUMNS = new Product(false, false);
    private static final Product BY_COLUMNS_ANEW = new Product(false, true);

    /**
     * Rows [first, last) and columns [left, right) of this += those of A·Bᵀ over some columns of A and B: from {@code from} on,
     * {@code run} of every {@code step}; these rows of {@code sums}, where given, += the sum of A's columns. If {@code anew}, = A·Bᵀ.
     */
    private void addProductOf(Matrix a, Matrix b, boolean anew, @Nullable Matrix sums, int from, int run, int step, int first, int last,
                              int left, int right) {
        int inner = a.columns / step * run;
        if (a.follow(from, run, step) && b.follow(from, run, step)) {
            addRuns(a, b, anew, sums, from, inner, inner, inner, first, last, left, right);
        } else if (!a.halved() && !b.halved()) {
            addRuns(a, b, anew, sums, from, inner, run, step, first, last, left, right);
        } else {
            for (int start = from; start < a.columns; start += step) {
                for (int c = start, n; c < start + run; c += n) {
                    n = a.sideBySide(c, b.sideBySide(c, start + run - c));
                    addRuns(a, b, anew && c == from, sums, c, n, n, n, first, last, left, right);
                }
            }
        }
    }

    private void addRuns(Matrix a, Matrix b, boolean anew, @Nullable Matrix sums, int from, int inner, int run, int step, int first,
                         int last, int left, int right) {
        kernel.addProductTransposed(a.array, a.at(from) + first, a.stride, b.array, b.at(from) + left, b.stride,
                array, at(left) + first, stride, anew, sums == null ? null : sums.array, sums == null ? 0 : sums.offset + first, last - first,
                right - left, inner, run, step);
    }

    /** Another matrix of the same size, for the sum of a half; see {@link ExampleSums}. */
    synchronized Matrix second() {
        Matrix made = second;
        if (made == null) {
            made = second = compute.matrix(rows, columns);
        }
        return made;
    }

    void clearRows(int from, int to) {
        for (int c = 0; c < columns; c++) {
            kernel.fill(array, at(c) + from, to - from, 0);
        }
    }

    /** this += op(A)·op(B) where neither is packed: for small or passing operands. */
    public Matrix addProduct(boolean transposeA, Matrix a, boolean transposeB, Matrix b) {
        int inner = transposeA ? a.rows : a.columns;
        if ((transposeA ? a.columns : a.rows) != rows || (transposeB ? b.columns : b.rows) != inner
                || (transposeB ? b.rows : b.columns) != columns) {
            throw new IllegalArgumentException("product: " + size() + " is not " + a.size() + (transposeA ? "ᵀ·" : "·")
                    + b.size() + (transposeB ? "ᵀ" : ""));
        }
        Matrix left = a.whole();
        Matrix right = b.whole();
        Matrix sum = whole();
        kernel.addProduct(transposeA, left.array, left.offset, left.stride, transposeB, right.array, right.offset, right.stride,
                sum.array, sum.offset, sum.stride, rows, columns, inner);
        return sum == this ? this : set(sum);
    }

    // Elementwise

    public Matrix fill(double value) {
        eachRun(this, value, (kernel, number, x, xo, y, yo, n) -> kernel.fill(y, yo, n, number));
        return this;
    }

    /** Every number of column c = value. */
    public Matrix fillColumn(int c, double value) {
        kernel.fill(array, at(c), rows, value);
        return this;
    }

    /** this = 0, each example's columns by the thread that works on the example; several steps of {@code batch} examples each. */
    public Matrix clear(int batch) {
        compute.splitByExamples(columns, batch, 1, 2 * Compute.ELEMENT * rows * columns, this, null, null, null, 0,
                (y, b, c, d, none, from, to) -> {
                    for (int j = from, n; j < to; j += n) {
                        n = y.sweepable() ? y.sideBySide(j, to - j) : 1;
                        y.kernel.fill(y.array, y.at(j), n == 1 ? y.rows : y.span(n), 0);
                    }
                });
        return this;
    }

    /** this += x */
    public Matrix add(Matrix x) {
        eachRun(x, Kernel::add);
        return this;
    }

    /** The same where another thread wrote x: its numbers take some four times as long to come. */
    Matrix addOfAnother(Matrix x) {
        eachRun(x, 0, 4 * Compute.ELEMENT, (PairedRun) Kernel::add);
        return this;
    }

    /** this += factor·x */
    public Matrix addScaled(double factor, Matrix x) {
        eachRun(x, factor, Kernel::addScaled);
        return this;
    }

    /** this = factor·this */
    public Matrix scale(double factor) {
        eachRun(this, factor, (kernel, number, x, xo, y, yo, n) -> kernel.scale(number, y, yo, n));
        return this;
    }

    /** Column c = factor·column c. */
    public Matrix scaleColumn(int c, double factor) {
        kernel.scale(factor, array, at(c), rows);
        return this;
    }

    /** this = this∘x */
    public Matrix multiply(Matrix x) {
        eachRun(x, Kernel::multiply);
        return this;
    }

    /** Every number by chance, wherever it lies and whichever thread draws it. */
    public Matrix draw(Bernoulli chance) {
        if (chance.probability() == 1) {
            return fill(chance.value());
        }
        compute.splitByExamples(columns, batch, 16, 2 * Compute.ELEMENT * rows * columns, this, chance, null, null, 0, (y, b, c, d, none, from, to) -> {
            long key = b.random().at(0);
            for (int j = from; j < to; j++) {
                y.kernel.bernoulli(key, j * y.rows, b.probability(), b.value(), y.array, y.at(j), y.rows);
            }
        });
        return this;
    }

    /** The same at each of several steps, which stand side by side: x is of one step. */
    public Matrix multiplyBySteps(Matrix x) {
        for (int c = 0; c < columns; c++) {
            kernel.multiply(x.array, x.at(c % x.columns), array, at(c), rows);
        }
        return this;
    }

    /** this += x∘y */
    public Matrix addMultiplied(Matrix x, Matrix y) {
        same(x);
        same(y);
        for (int c = 0; c < columns; c++) {
            kernel.addMultiplied(x.array, x.at(c), y.array, y.at(c), array, at(c), rows);
        }
        return this;
    }

    /** Every column += p∘(the column of x), where p is [rows × 1]. */
    public Matrix addMultipliedByColumn(Matrix p, Matrix x) {
        same(x);
        for (int c = 0; c < columns; c++) {
            kernel.addMultiplied(p.array, p.offset, x.array, x.at(c), array, at(c), rows);
        }
        return this;
    }

    /** Every column = p∘(the column), where p is [rows × 1]. */
    public Matrix multiplyByColumn(Matrix p) {
        for (int c = 0; c < columns; c++) {
            kernel.multiply(p.array, p.offset, array, at(c), rows);
        }
        return this;
    }

    /** Rows of this [rows × 1] from {@code row} on += Σ x_c∘y_c over the columns, first column first. */
    public Matrix addMultipliedColumnSums(int row, Matrix x, Matrix y) {
        x.same(y);
        if (columns != 1 || row < 0 || x.rows > rows - row) {
            throw new IllegalArgumentException("sums of the columns of " + x.size() + " from row " + row + " of " + size());
        }
        for (int c = 0; c < x.columns; c++) {
            kernel.addMultiplied(x.array, x.at(c), y.array, y.at(c), array, offset + row, x.rows);
        }
        return this;
    }

    /** Every column = (column − its mean) / √(its variance + ε); {@code scales} [1 × columns] keeps the divisors' inverses. */
    public Matrix normalizeColumns(double epsilon, Matrix ones, Matrix scales) {
        for (int c = 0; c < columns; c++) {
            double mean = kernel.dot(array, at(c), ones.array, ones.offset, rows) / rows;
            kernel.addScaled(-mean, ones.array, ones.offset, array, at(c), rows);
            double scale = 1 / Math.sqrt(kernel.sumOfSquares(array, at(c), rows) / rows + epsilon);
            kernel.scale(scale, array, at(c), rows);
            scales.set(0, c, scale);
        }
        return this;
    }

    /**
     * Undoes {@link #normalizeColumns}: this holds dy and becomes dx = scale·(dy − mean dy − y·mean(dy∘y)) of every column.
     */
    public Matrix normalizeColumnsGradient(Matrix y, Matrix ones, Matrix scales) {
        same(y);
        for (int c = 0; c < columns; c++) {
            double mean = kernel.dot(array, at(c), ones.array, ones.offset, rows) / rows;
            double along = kernel.dot(array, at(c), y.array, y.at(c), rows) / rows;
            kernel.addScaled(-mean, ones.array, ones.offset, array, at(c), rows);
            kernel.addScaled(-along, y.array, y.at(c), array, at(c), rows);
            kernel.scale(scales.get(0, c), array, at(c), rows);
        }
        return this;
    }

    /** Undoes {@link #clamp}: zero where z, already clamped, stands at the limit. */
    public Matrix clampGradient(Matrix z, double limit) {
        eachRun(z, limit, (kernel, number, x, xo, y, yo, n) -> kernel.clampBackward(number, x, xo, y, yo, n));
        return this;
    }

    /** this = max(−limit, min(limit, this)) */
    public Matrix clamp(double limit) {
        eachRun(this, limit, (kernel, number, x, xo, y, yo, n) -> kernel.clamp(number, y, yo, n));
        return this;
    }

    /** Keeps what has faded from becoming subnormal, in which nobody could calculate fast: see {@link Kernel#flush}. */
    public Matrix flush() {
        eachRun(this, 0, (kernel, number, x, xo, y, yo, n) -> kernel.flush(y, yo, n));
        return this;
    }

    /** The sum of squares, in double precision. */
    public double sumOfSquares() {
        if (contiguous() && batch == 0) {
            int n = rows * columns;
            if (n <= SUM_BLOCK) {
                return kernel.sumOfSquares(array, offset, n);
            }
            int blocks = (n + SUM_BLOCK - 1) / SUM_BLOCK;
            double[] sums = sums(blocks);
            compute.split(blocks, 1, Compute.ELEMENT * n, this, sums, null, null, 0, (x, parts, c, d, none, from, to) -> {
                for (int i = from; i < to; i++) {
                    int start = i * SUM_BLOCK;
                    parts[i] = x.kernel.sumOfSquares(x.array, x.offset + start, Math.min(SUM_BLOCK, x.rows * x.columns - start));
                }
            });
            double sum = 0;
            for (int i = 0; i < blocks; i++) {
                sum += sums[i];
            }
            return sum;
        }
        double sum = 0;
        for (int c = 0; c < columns; c++) {
            sum += kernel.sumOfSquares(array, at(c), rows);
        }
        return sum;
    }

    /** The sum of a column's squares, in double precision. */
    public double sumOfSquares(int column) {
        return kernel.sumOfSquares(array, at(column), rows);
    }

    private static double[] sums(int blocks) {
        double[] sums = SUMS.get();
        if (sums.length < blocks) {
            sums = new double[blocks];
            SUMS.set(sums);
        }
        return sums;
    }

    /** Σ this∘x, in double precision. */
    public double dot(Matrix x) {
        same(x);
        double sum = 0;
        for (int c = 0; c < columns; c++) {
            sum += kernel.dot(array, at(c), x.array, x.at(c), rows);
        }
        return sum;
    }

    /** Σ of a column∘column {@code other} of x, in double precision. */
    public double dot(int column, Matrix x, int other) {
        return kernel.dot(array, at(column), x.array, x.at(other), rows);
    }

    /** The row of the largest number of a column; the first of equals. */
    public int rowOfMaximum(int column) {
        int start = index(0, column);
        int best = 0;
        if (array instanceof float[] floats) {
            for (int r = 1; r < rows; r++) {
                best = floats[start + r] > floats[start + best] ? r : best;
            }
        } else {
            double[] doubles = (double[]) array;
            for (int r = 1; r < rows; r++) {
                best = doubles[start + r] > doubles[start + best] ? r : best;
            }
        }
        return best;
    }

    /** Whether every number is finite. */
    public boolean finite() {
        double sum = sumOfSquares();
        if (!Double.isNaN(sum) && !Double.isInfinite(sum)) {
            return true;
        }
        for (int c = 0; c < columns; c++) {
            for (int r = 0; r < rows; r++) {
                if (!Double.isFinite(get(r, c))) {
                    return false;
                }
            }
        }
        return true;
    }

    public Matrix setTanh(Matrix x) {
        eachRun(x, Kernel::tanh);
        return this;
    }

    public Matrix setSigmoid(Matrix x) {
        eachRun(x, Kernel::sigmoid);
        return this;
    }

    public Matrix setRelu(Matrix x) {
        eachRun(x, Kernel::relu);
        return this;
    }

    public Matrix setExp(Matrix x) {
        eachRun(x, Kernel::exp);
        return this;
    }

    /** this = dy∘(1 − y²): undoes y = tanh z. dy may be this. */
    public Matrix setTanhGradient(Matrix y, Matrix dy) {
        return gradient(y, dy, Compute.ELEMENT, Kernel::tanhBackward);
    }

    /** this = dy∘y∘(1 − y): undoes y = σ(z). dy may be this. */
    public Matrix setSigmoidGradient(Matrix y, Matrix dy) {
        return gradient(y, dy, Compute.ELEMENT, Kernel::sigmoidBackward);
    }

    /** this = dy where y &gt; 0, else 0: undoes y = max(0, z). dy may be this. */
    public Matrix setReluGradient(Matrix y, Matrix dy) {
        return gradient(y, dy, Compute.ELEMENT, Kernel::reluBackward);
    }

    // Columns

    /** Every column += b [rows × 1]. */
    public Matrix addToEachColumn(Matrix b) {
        compute.split(columns, GRAIN, firstHalves(), Compute.ELEMENT * rows * columns, this, b, null, null, 0,
                (y, x, c, d, none, from, to) ->
                        y.kernel.addToEachColumn(x.array, x.offset, y.array, y.place(from), y.stride, y.rows, to - from));
        return this;
    }

    /** Every column = b [rows × 1]. */
    public Matrix setEachColumn(Matrix b) {
        compute.split(columns, GRAIN, Compute.ELEMENT * rows * columns, this, b, null, null, 0, (y, x, c, d, none, from, to) -> {
            for (int j = from; j < to; j++) {
                System.arraycopy(x.array, x.offset, y.array, y.at(j), y.rows);
            }
        });
        return this;
    }

    /** this [rows × 1] += the sum of x's columns, which are several steps of {@code batch} examples each. */
    public Matrix addColumnSums(Matrix x, int batch) {
        if (columns != 1 || x.rows != rows) {
            throw new IllegalArgumentException(size() + " += the column sums of " + x.size());
        }
        return ExampleSums.addColumns(this, rows, batch, Compute.ELEMENT * rows * x.columns, x, null, COLUMN_SUMS);
    }

    private static final ExampleSums.Columns<@Nullable Object> COLUMN_SUMS = new ExampleSums.Columns<>() {
        @Override
        void add(Matrix sum, Matrix x, @Nullable Object none, int from, int n, int first, int last) {
            sum.kernel.addColumnSums(x.array, x.at(from) + first, x.stride, sum.array, sum.offset + first, last - first, n);
        }
    };

    /** y = softmax(x) of every column. */
    public Matrix setSoftmax(Matrix x) {
        return eachColumn(x, Kernel::softmax);
    }

    /** dz = y∘(dy − Σ dy∘y) of every column: undoes y = softmax(z). dy may be this. */
    public Matrix setSoftmaxGradient(Matrix y, Matrix dy) {
        return gradient(y, dy, SOFTMAX, Kernel::softmaxBackward);
    }

    /** y = x − log Σ e^x of every column, the logarithm of its softmax. */
    public Matrix setLogSoftmax(Matrix x) {
        return eachColumn(x, Kernel::logSoftmax);
    }

    /** dz = dy − e^y·Σ dy of every column: undoes y = log softmax(z). dy may be this. */
    public Matrix setLogSoftmaxGradient(Matrix y, Matrix dy) {
        return gradient(y, dy, SOFTMAX, Kernel::logSoftmaxBackward);
    }

    /**
     * Softmax cross-entropy of column c of this (logits) against a class: returns weight·(log Σe^l − l_target); writes
     * scale·weight·(softmax(l) − 1_target) to column g of {@code gradient}, which may be this.
     */
    public double softmaxCrossEntropy(int c, int target, double weight, double scale, Matrix gradient, int g) {
        if (target < 0 || target >= rows) {
            throw new IllegalArgumentException("class " + target + " of " + rows);
        }
        return kernel.softmaxCrossEntropy(array, at(c), rows, target, weight, scale, gradient.array, gradient.at(g));
    }

    // Fused steps and sweeps

    /** One step of a plain LSTM; see {@link Kernel#lstmForward}. this is z. */
    public void lstmForward(Matrix c, Matrix cNext, Matrix tanhC, Matrix h) {
        for (int j = 0, n; j < columns; j += n) {
            n = sideBySide(j, c.sideBySide(j, cNext.sideBySide(j, tanhC.sideBySide(j, h.sideBySide(j, columns - j)))));
            kernel.lstmForward(rows / 4, n, array, at(j), stride, c.array, c.at(j), c.stride, cNext.array,
                    cNext.at(j), cNext.stride, tanhC.array, tanhC.at(j), tanhC.stride, h.array, h.at(j), h.stride);
        }
    }

    /** Undoes {@link #lstmForward}; see {@link Kernel#lstmBackward}. this is z. */
    public void lstmBackward(Matrix c, Matrix tanhC, Matrix dh, Matrix dc) {
        for (int j = 0, n; j < columns; j += n) {
            n = sideBySide(j, c.sideBySide(j, tanhC.sideBySide(j, dh.sideBySide(j, dc.sideBySide(j, columns - j)))));
            kernel.lstmBackward(rows / 4, n, array, at(j), stride, c.array, c.at(j), c.stride,
                    tanhC.array, tanhC.at(j), tanhC.stride, dh.array, dh.at(j), dh.stride, dc.array, dc.at(j), dc.stride);
        }
    }

    /** One step of a plain GRU; see {@link Kernel#gruForward}. this is z. */
    public void gruForward(Matrix q, Matrix h, Matrix hNext) {
        for (int j = 0, n; j < columns; j += n) {
            n = sideBySide(j, q.sideBySide(j, h.sideBySide(j, hNext.sideBySide(j, columns - j))));
            kernel.gruForward(rows / 3, n, array, at(j), stride, q.array, q.at(j), q.stride,
                    h.array, h.at(j), h.stride, hNext.array, hNext.at(j), hNext.stride);
        }
    }

    /** Undoes {@link #gruForward}; see {@link Kernel#gruBackward}. this is z. */
    public void gruBackward(Matrix q, Matrix h, Matrix dh) {
        for (int j = 0, n; j < columns; j += n) {
            n = sideBySide(j, q.sideBySide(j, h.sideBySide(j, dh.sideBySide(j, columns - j))));
            kernel.gruBackward(rows / 3, n, array, at(j), stride, q.array, q.at(j), q.stride,
                    h.array, h.at(j), h.stride, dh.array, dh.at(j), dh.stride);
        }
    }

    /**
     * Calls an operation with this matrix, its operands and ranges of all its numbers, counted column by column: an update of a
     * parameter. This must be a whole matrix.
     */
    public <B extends @Nullable Object, C extends @Nullable Object, D extends @Nullable Object> void sweep(
            B b, C c, D d, double number, Compute.Operation<Matrix, B, C, D> operation) {
        compute.split(rows * columns, SWEEP_GRAIN, 2 * Compute.ELEMENT * rows * columns, this, b, c, d, number, operation);
    }

    /** this −= rate·factor·g, for numbers [from, to). */
    public void updateSgd(Matrix g, int from, int to, double factor, double rate) {
        kernel.sgd(array, updated(from, to), g.array, g.offset + from, to - from, factor, rate);
    }

    /** See {@link Kernel#adagrad}; for numbers [from, to). */
    public void updateAdagrad(Matrix g, Matrix s, int from, int to, double factor, double rate, double epsilon) {
        kernel.adagrad(array, updated(from, to), g.array, g.offset + from, s.array, s.offset + from, to - from, factor, rate, epsilon);
    }

    /** See {@link Kernel#adam}; for numbers [from, to). */
    public void updateAdam(Matrix g, Matrix m, Matrix v, int from, int to, double factor, double rate, double beta1,
                           double beta2, double vScale, double epsilon) {
        kernel.adam(array, updated(from, to), g.array, g.offset + from, m.array, m.offset + from, v.array, v.offset + from,
                to - from, factor, rate, beta1, beta2, vScale, epsilon);
    }

    /** Where the numbers [from, to) are that an optimizer changes. */
    private int updated(int from, int to) {
        if (!contiguous()) {
            throw new IllegalStateException("a view of " + size() + " cannot be updated");
        }
        return offset + Objects.checkFromToIndex(from, to, rows * columns);
    }

    // How

    private static final int NOT_HALVED = -1;
    /** Columns per range are multiples of this, so that tiles stay whole. */
    private static final int GRAIN = 12;
    /** Rows that a product with one column has at least in a range: enough sums to hide that each waits for the one before. */
    private static final int ROWS_GRAIN = 128;
    /** So many columns' products take as long as reading a W that is in the second cache. */
    private static final int READ_COLUMNS = 4;
    /** Numbers of a W that stays in a first cache. */
    private static final int SMALL_FACTOR = 10_000;
    private static final int SWEEP_GRAIN = 4096;
    /** Numbers that are still in the first cache when the bias is added. */
    private static final int GATHERED_AT_ONCE = 4096;
    /** Numbers whose squares one thread adds up. */
    private static final int SUM_BLOCK = 1 << 16;

    /** What one number of a softmax, or of its gradient, takes, in multiply-adds. */
    private static final double SOFTMAX = 4 * Compute.ELEMENT;

    private static final ThreadLocal<double[]> SUMS = ThreadLocal.withInitial(() -> new double[64]);

    /** What a kernel does to n numbers of y, given as many of x and one number. */
    private interface ScaledRun {
        void accept(Kernel<Object> kernel, double factor, Object x, int xo, Object y, int yo, int n);
    }

    private interface GradientRun {
        void accept(Kernel<Object> kernel, Object y, int yo, Object dy, int dyo, Object dz, int dzo, int n);
    }

    private interface PairedRun extends ScaledRun {
        void accept(Kernel<Object> kernel, Object x, int xo, Object y, int yo, int n);

        @Override
        default void accept(Kernel<Object> kernel, double none, Object x, int xo, Object y, int yo, int n) {
            accept(kernel, x, xo, y, yo, n);
        }
    }

    /** Where a column begins in the array. */
    private int at(int column) {
        if (!halved()) {
            return offset + column * stride;
        }
        int step = column / batch;
        int example = column - step * batch;
        return example < middle ? offset + (step * middle + example) * stride
                : secondHalves + (step * (batch - middle) + example - middle) * stride;
    }

    /** How many columns are in the first halves of their steps; all of them where columns do not lie in halves. */
    private int firstHalves() {
        return halved() ? columns / batch * middle : columns;
    }

    /** Where the n-th column begins when those of the first halves are counted first. */
    private int place(int n) {
        int border = firstHalves();
        return n < border ? offset + n * stride : secondHalves + (n - border) * stride;
    }

    /** How many numbers so many columns are when they lie side by side, with the gaps between them. */
    private int span(int count) {
        return columns <= 1 ? rows * count : stride * count;
    }

    /** Where the n-th number is, counted like that, where columns lie side by side; gaps count. */
    private int number(int n) {
        int border = span(firstHalves());
        return n < border ? offset + n : secondHalves + n - border;
    }

    /** How many of n columns from {@code from} on lie side by side. */
    int sideBySide(int from, int n) {
        if (!halved()) {
            return n;
        }
        int example = from % batch;
        return Math.min(n, (example < middle ? middle : batch) - example);
    }

    /** Whether columns from {@code from} on, {@code run} of every {@code step}, follow one another. */
    private boolean follow(int from, int run, int step) {
        if (!halved()) {
            return run == step || columns == step;
        }
        return batch == step && (from == 0 && run == middle || from == middle && run == batch - middle);
    }

    /** Whether runs of columns that begin at {@code from} and {@code step} later, and so on, are as far apart in memory. */
    boolean even(int from, int run, int step) {
        return !halved() || follow(from, run, step) || run == 0;
    }

    /** Copies the columns from {@code from} on, {@code run} of every {@code step}, into strips; see {@link Kernel#packStrips}. */
    void packStrips(int from, int run, int step, Object strips, int at, int first, int last) {
        if (first < last && last > 0 && run > 0) {
            int inner = columns / step * run;
            boolean follow = follow(from, run, step);
            kernel.packStrips(array, at(from), stride, rows, inner, follow ? inner : run, follow ? inner : step, strips, at, first, last);
        }
    }

    Kernel<Object> kernel() {
        return kernel;
    }

    private boolean alike(Matrix x) {
        return halved() == x.halved() && (!halved() || batch == x.batch && middle == x.middle);
    }

    /** Whether numbers of the same row and column have the same place in both, and nothing else lies between them. */
    private boolean sweepableWith(Matrix x) {
        return sweepable() && x.sweepable() && alike(x) && (stride == x.stride || columns <= 1);
    }

    /** Whether everything between its first number and its last is its own. */
    private boolean sweepable() {
        return stride == rows + gap || columns <= 1;
    }

    /** This, or a copy whose columns follow one another. */
    private Matrix whole() {
        return halved() ? compute.matrix(rows, columns).set(this) : this;
    }

    private void eachRun(Matrix x, PairedRun run) {
        eachRun(x, 0, run);
    }

    private void eachRun(Matrix x, double factor, ScaledRun run) {
        eachRun(x, factor, Compute.ELEMENT, run);
    }

    /** @param each what a number costs, in multiply-adds */
    private void eachRun(Matrix x, double factor, double each, ScaledRun run) {
        same(x);
        if (sweepableWith(x)) {
            int border = span(firstHalves());
            if (span(columns) > 8 * SWEEP_GRAIN) {
                compute.split(span(columns), SWEEP_GRAIN, border, each * rows * columns, this, x, run, null, factor,
                        (y, other, function, d, scale, from, to) -> function.accept(y.kernel, scale, other.array, other.number(from),
                                y.array, y.number(from), to - from));
            } else {
                run.accept(kernel, factor, x.array, x.offset, array, offset, border);
                if (halved()) {
                    run.accept(kernel, factor, x.array, x.secondHalves, array, secondHalves, span(columns) - border);
                }
            }
        } else {
            for (int c = 0; c < columns; c++) {
                run.accept(kernel, factor, x.array, x.at(c), array, at(c), rows);
            }
        }
    }

    /** A function of a whole column at a time. */
    private Matrix eachColumn(Matrix x, PairedRun run) {
        same(x);
        compute.split(columns, 1, SOFTMAX * rows * columns, this, x, run, null, 0, (y, from, function, none, number, first, last) -> {
            for (int c = first; c < last; c++) {
                function.accept(y.kernel, from.array, from.at(c), y.array, y.at(c), y.rows);
            }
        });
        return this;
    }

    /** this = dz, a column at a time; dy may be this. */
    private Matrix gradient(Matrix y, Matrix dy, double each, GradientRun run) {
        same(y);
        same(dy);
        compute.split(columns, 1, each * rows * columns, this, y, dy, run, 0, (dz, of, given, function, number, first, last) -> {
            for (int c = first; c < last; c++) {
                function.accept(dz.kernel, of.array, of.at(c), given.array, given.at(c), dz.array, dz.at(c), dz.rows);
            }
        });
        return this;
    }

    private void same(Matrix x) {
        if (x.rows != rows || x.columns != columns) {
            throw new IllegalArgumentException("needs " + size() + ", given " + x.size());
        }
    }

    private String size() {
        return "[" + rows + " × " + columns + "]";
    }

    void pack(boolean transposed, int rows, int inner, Object panels, int from, int to) {
        if (halved()) {
            throw new IllegalArgumentException("values over time cannot be packed; copy them: compute.matrix(rows, columns).set(values)");
        }
        kernel.pack(array, offset, stride, transposed, rows, inner, panels, from, to);
    }

    @Override
    public String toString() {
        return "Matrix" + size();
    }
}
