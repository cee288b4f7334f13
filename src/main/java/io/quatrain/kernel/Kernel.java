package io.quatrain.kernel;

import org.jspecify.annotations.Nullable;

/**
 * Arithmetic on column-major arrays of one precision.
 *
 * <p>{@code A} is {@code float[]} or {@code double[]}. A matrix is an array, the offset of its first element and its
 * stride {@code ld}: element (r, c) stands at {@code offset + r + c·ld}. Nothing here checks bounds or starts
 * threads: {@code io.quatrain.tensor} does, and calls these on disjoint ranges.
 *
 * <p>Laws that every implementation keeps, so that a result depends neither on the number of threads nor on how
 * examples were grouped into batches:
 * <ul>
 *   <li>a column of a product is computed by the same operations in the same order whatever its neighbours;</li>
 *   <li>an element of an elementwise function depends on that element only, not on its position.</li>
 * </ul>
 */
public interface Kernel<A> {
    /** For messages and benchmarks: "plain", "vector 256". */
    String name();

    A allocate(int length);

    /**
     * How many numbers a matrix leaves free in front of its own, so that vectors do not lie across two lines of the cache: an array begins 16
     * bytes into its object, and objects lie at multiples of 64 bytes with {@code -XX:ObjectAlignmentInBytes=64}. Any other number is
     * slower at most.
     */
    default int margin() {
        return 0;
    }

    double get(A a, int index);

    void set(A a, int index, double value);

    // Products

    /** How many rows one packed panel holds; those of a kernel that has panels of several heights say so in the next two. */
    int panelRows();

    /** Room for the panels of a [rows × inner] matrix, of whatever type this kernel reads them from. */
    default Object allocatePanels(int rows, int inner) {
        return allocate(Math.multiplyExact(panels(rows) * panelRows(), inner));
    }

    default int panels(int rows) {
        return (rows + panelRows() - 1) / panelRows();
    }

    /**
     * Copies W [rows × inner] into panels: each holds the rows that follow those of the one before, one run of values per column of
     * W. Only panels {@code from ≤ q < to} are written. {@code transposed}: the array holds Wᵀ [inner × rows].
     *
     * @param panels from {@link #allocatePanels} of the same rows and inner
     */
    void pack(A w, int wo, int ldw, boolean transposed, int rows, int inner, Object panels, int from, int to);

    /** The first row of a panel; of the one after the last, {@code rows}. */
    default int panelStart(int rows, int panel) {
        return Math.min(rows, panel * panelRows());
    }

    /**
     * Y [rows × columns] += W·X, where W [rows × inner] is packed and X is [inner × columns]. Only rows of panels {@code from ≤ q < to} are
     * computed, with the same bits.
     */
    void addPackedProduct(Object panels, int rows, int inner, int from, int to, A x, int xo, int ldx, A y, int yo, int ldy, int columns);

    /** All rows. */
    default void addPackedProduct(Object panels, int rows, int inner, A x, int xo, int ldx, A y, int yo, int ldy, int columns) {
        addPackedProduct(panels, rows, inner, 0, panels(rows), x, xo, ldx, y, yo, ldy, columns);
    }

    /** Y = W·X + b in every column; b [rows] may be null. Equal, bit for bit, to setting every column to b and adding. */
    default void setPackedProduct(Object panels, int rows, int inner, int from, int to, A x, int xo, int ldx, @Nullable A b, int bo,
                                  A y, int yo, int ldy, int columns) {
        int first = panelStart(rows, from);
        int n = panelStart(rows, to) - first;
        for (int j = 0; j < columns; j++) {
            if (b == null) {
                fill(y, yo + first + j * ldy, n, 0);
            } else {
                System.arraycopy(b, bo + first, y, yo + first + j * ldy, n);
            }
        }
        addPackedProduct(panels, rows, inner, from, to, x, xo, ldx, y, yo, ldy, columns);
    }

    /** All rows. */
    default void setPackedProduct(Object panels, int rows, int inner, A x, int xo, int ldx, @Nullable A b, int bo,
                                  A y, int yo, int ldy, int columns) {
        setPackedProduct(panels, rows, inner, 0, panels(rows), x, xo, ldx, b, bo, y, yo, ldy, columns);
    }

    /**
     * C [rows × columns] += A·Bᵀ over {@code inner} columns of A and B, which have {@code rows} and {@code columns} rows: a weight
     * gradient. The columns come in runs of {@code run}, which begin {@code step} columns apart.
     */
    void addProductTransposed(A a, int ao, int lda, A b, int bo, int ldb, A c, int co, int ldc,
                              int rows, int columns, int inner, int run, int step);

    /**
     * The same, and s [rows], where given, gets the sum of A's columns added, first column first: a bias gradient.
     *
     * @param anew whether C counts as zero, whatever stands there
     */
    default void addProductTransposed(A a, int ao, int lda, A b, int bo, int ldb, A c, int co, int ldc, boolean anew, @Nullable A s, int so,
                                      int rows, int columns, int inner, int run, int step) {
        if (anew) {
            clear(c, co, ldc, rows, columns);
        }
        if (s != null) {
            addColumnSums(a, ao, lda, s, so, rows, inner, run, step);
        }
        addProductTransposed(a, ao, lda, b, bo, ldb, c, co, ldc, rows, columns, inner, run, step);
    }

    /** Where the p-th of columns lies that come in runs of {@code run}, which begin {@code step} columns apart. */
    static int column(int p, int run, int step) {
        return p / run * step + p % run;
    }

    /**
     * How many numbers op(B) of {@link #addProductTransposed} takes when it is copied once for several threads, each of which has some rows of
     * C; 0 where a kernel has no use for that.
     */
    default int stripsLength(int columns, int inner) {
        return 0;
    }

    /** In how many pieces strips are made. */
    default int stripPieces(int columns, int inner) {
        return 0;
    }

    /** Copies B into strips; only pieces {@code from ≤ i < to} are written. */
    default void packStrips(A b, int bo, int ldb, int columns, int inner, int run, int step, A strips, int so, int from, int to) {
        throw new UnsupportedOperationException(name() + " has no strips");
    }

    /** {@link #addProductTransposed}, the same bit for bit, with strips in place of B. */
    default void addProductOfStrips(A a, int ao, int lda, A strips, int so, A c, int co, int ldc, boolean anew, @Nullable A s, int sumsAt,
                                    int rows, int columns, int inner, int run, int step) {
        throw new UnsupportedOperationException(name() + " has no strips");
    }

    /** C [rows × columns] += op(A)·op(B) for small operands; op(A) is [rows × inner], op(B) [inner × columns]. */
    void addProduct(boolean transposeA, A a, int ao, int lda, boolean transposeB, A b, int bo, int ldb,
                    A c, int co, int ldc, int rows, int columns, int inner);

    // Elementwise, on n consecutive elements

    void fill(A y, int yo, int n, double value);

    /** Y [rows × columns] = 0 */
    default void clear(A y, int yo, int ldy, int rows, int columns) {
        for (int j = 0; j < columns; j++) {
            fill(y, yo + j * ldy, rows, 0);
        }
    }

    /** y += x */
    void add(A x, int xo, A y, int yo, int n);

    /** y += factor·x */
    void addScaled(double factor, A x, int xo, A y, int yo, int n);

    /** y = factor·y */
    void scale(double factor, A y, int yo, int n);

    /** y = y∘x */
    void multiply(A x, int xo, A y, int yo, int n);

    /** z += x∘y */
    void addMultiplied(A x, int xo, A y, int yo, A z, int zo, int n);

    /** y = max(−limit, min(limit, y)); NaN stays NaN. */
    void clamp(double limit, A y, int yo, int n);

    /**
     * y = y + 2⁻⁷⁷ − 2⁻⁷⁷ (float64: 2⁻⁸⁴⁸), a multiple of 2⁻¹⁰¹ (2⁻⁹⁰¹). From 2⁻⁵² (2⁻⁷⁹⁴) on numbers stay what they are, smaller ones
     * change by a rounding, NaN and ±∞ stay. What fades from step to step would otherwise end at subnormal numbers and stay there, as 0.9 of
     * the smallest of them rounds to itself, and a processor takes some hundred cycles for an operation on these.
     */
    void flush(A y, int yo, int n);

    /** The sum of squares, accumulated in double precision in an order that n alone decides. */
    double sumOfSquares(A x, int xo, int n);

    double dot(A x, int xo, A y, int yo, int n);

    /** y = tanh x, in float32 to 3.3e-7 and never beyond ±1; NaN stays NaN. x and y may be the same place. */
    void tanh(A x, int xo, A y, int yo, int n);

    /** y = 1 / (1 + e^−x), in float32 to 1.9e-7 and within [0, 1]; NaN stays NaN. x and y may be the same place. */
    void sigmoid(A x, int xo, A y, int yo, int n);

    /** y = max(0, x); x and y may be the same place. */
    void relu(A x, int xo, A y, int yo, int n);

    /** y = e^x, in float32 to 1e-7 of its value; NaN stays NaN. x and y may be the same place. */
    void exp(A x, int xo, A y, int yo, int n);

    /** dz = dy∘(1 − y²): undoes y = tanh z. dz and dy may be the same place. */
    void tanhBackward(A y, int yo, A dy, int dyo, A dz, int dzo, int n);

    /** dz = dy∘y∘(1 − y): undoes y = σ(z). dz and dy may be the same place. */
    void sigmoidBackward(A y, int yo, A dy, int dyo, A dz, int dzo, int n);

    /** dz = dy where y &gt; 0, else 0: undoes y = max(0, z). dz and dy may be the same place. */
    void reluBackward(A y, int yo, A dy, int dyo, A dz, int dzo, int n);

    /** dz = 0 where |z| ≥ limit: undoes {@link #clamp}, which left z. */
    void clampBackward(double limit, A z, int zo, A dz, int dzo, int n);

    /**
     * y_i = {@code value} with a probability, else 0: value where {@link RandomBits#at} of the key and place + i is below probability·2³¹. The same
     * bits from every kernel.
     *
     * @param probability in [0, 1]
     */
    void bernoulli(long key, int place, double probability, double value, A y, int yo, int n);

    // Columns

    /** Every column of Y [rows × columns] += b. */
    void addToEachColumn(A b, int bo, A y, int yo, int ldy, int rows, int columns);

    /** s += the sum of the columns of X [rows × columns], first column first. */
    void addColumnSums(A x, int xo, int ldx, A s, int so, int rows, int columns);

    /** The same of columns in runs of {@code run}, which begin {@code step} columns apart. */
    default void addColumnSums(A x, int xo, int ldx, A s, int so, int rows, int columns, int run, int step) {
        for (int p = 0, at = 0; p < columns; p += run, at += step) {
            addColumnSums(x, xo + at * ldx, ldx, s, so, rows, Math.min(run, columns - p));
        }
    }

    /** Column j of Y [rows × columns] = column ids[from + j] of X, + b [rows] where that is given. */
    default void gatherColumns(A x, int xo, int ldx, int[] ids, int from, @Nullable A b, int bo, A y, int yo, int ldy, int rows, int columns) {
        for (int j = 0; j < columns; j++) {
            System.arraycopy(x, xo + ids[from + j] * ldx, y, yo + j * ldy, rows);
        }
        if (b != null) {
            addToEachColumn(b, bo, y, yo, ldy, rows, columns);
        }
    }

    /** Column ids[from + j] of Y += column j of X [rows × columns], j ascending. */
    default void scatterAddColumns(A x, int xo, int ldx, int[] ids, int from, A y, int yo, int ldy, int rows, int columns) {
        for (int j = 0; j < columns; j++) {
            add(x, xo + j * ldx, y, yo + ids[from + j] * ldy, rows);
        }
    }

    // Recurrent cells: gates are stacked by rows, i, f, o, g of an LSTM, r, z, n of a GRU

    /**
     * One step of a plain LSTM on {@code columns} examples. z [4·units × columns] holds pre-activations and becomes
     * the gates: i, f, o = σ(z), g = tanh(z); c' = f∘c + i∘g; tanhC = tanh(c'); h = o∘tanhC.
     */
    void lstmForward(int units, int columns, A z, int zo, int ldz, A c, int co, int ldc,
                     A cNext, int cno, int ldcn, A tanhC, int to, int ldt, A h, int ho, int ldh);

    /**
     * Undoes {@link #lstmForward}. Given dh = ∂L/∂h and dc = ∂L/∂c', z's gates become the gradient of the
     * pre-activations, and dc becomes ∂L/∂c.
     * <pre>
     *   dc += dh∘o∘(1 − tanhC²)
     *   dzi = dc∘g∘i(1−i)   dzf = dc∘c∘f(1−f)   dzo = dh∘tanhC∘o(1−o)   dzg = dc∘i∘(1−g²)   dc = dc∘f
     * </pre>
     */
    void lstmBackward(int units, int columns, A z, int zo, int ldz, A c, int co, int ldc,
                      A tanhC, int to, int ldt, A dh, int dho, int lddh, A dc, int dco, int lddc);

    /**
     * One step of a gated recurrent unit that resets after the product, on {@code columns} examples. z [3·units × columns]
     * holds Wx·x + b and becomes the gates r, z, n; q of the same size holds Wh·h + b'.
     * <pre>
     *   r = σ(z_r + q_r)   z = σ(z_z + q_z)   n = tanh(z_n + r∘q_n)   h' = (1 − z)∘n + z∘h
     * </pre>
     */
    void gruForward(int units, int columns, A z, int zo, int ldz, A q, int qo, int ldq, A h, int ho, int ldh,
                    A hNext, int hno, int ldhn);

    /**
     * Undoes {@link #gruForward}. Given dh = ∂L/∂h', z's gates become the gradient of Wx·x + b, q becomes that of
     * Wh·h + b', and dh becomes the part of ∂L/∂h that does not go through the product.
     * <pre>
     *   dn = dh∘(1−z)∘(1−n²)   dz_z = dh∘(h−n)∘z(1−z)   dz_r = dn∘q_n∘r(1−r)   dq_n = dn∘r   dh = dh∘z
     * </pre>
     */
    void gruBackward(int units, int columns, A z, int zo, int ldz, A q, int qo, int ldq, A h, int ho, int ldh,
                     A dh, int dho, int lddh);

    // Losses

    /**
     * Softmax cross-entropy of one column of n logits against a class: returns weight·(log Σe^l − l_target), and
     * writes scale·weight·(softmax(l) − 1_target) to {@code gradient}, which may be the same place as the logits. Right
     * for logits of any finite size. The target is in [0, n).
     */
    double softmaxCrossEntropy(A logits, int lo, int n, int target, double weight, double scale,
                               A gradient, int go);

    /** y = softmax(x), of one column; x and y may be the same place. */
    void softmax(A x, int xo, A y, int yo, int n);

    /** dz = y∘(dy − Σ dy∘y), of one column: undoes y = softmax(z). dz and dy may be the same place. */
    default void softmaxBackward(A y, int yo, A dy, int dyo, A dz, int dzo, int n) {
        double sum = dot(y, yo, dy, dyo, n);
        System.arraycopy(dy, dyo, dz, dzo, n);
        multiply(y, yo, dz, dzo, n);
        addScaled(-sum, y, yo, dz, dzo, n);
    }

    /** y = x − log Σ e^x, the logarithm of softmax(x), of one column; x and y may be the same place. Right for any finite x. */
    void logSoftmax(A x, int xo, A y, int yo, int n);

    /** dz = dy − e^y·Σ dy, of one column: undoes {@link #logSoftmax}. dz and dy may be the same place. */
    void logSoftmaxBackward(A y, int yo, A dy, int dyo, A dz, int dzo, int n);

    // Updates, one sweep over memory; the gradient is multiplied by {@code factor} (clipping by norm) as it is read

    /** w −= rate·factor·g */
    void sgd(A w, int wo, A g, int go, int n, double factor, double rate);

    /** s += (factor·g)²; w −= rate·factor·g / (√s + epsilon) */
    void adagrad(A w, int wo, A g, int go, A s, int so, int n, double factor, double rate, double epsilon);

    /**
     * m = β1·m + (1−β1)·ĝ; v = β2·v + (1−β2)·ĝ²; w −= rate·m / (√v·vScale + epsilon), with ĝ = factor·g. The caller
     * folds the bias corrections into rate and vScale. m and v are kept from becoming subnormal, as {@link #flush} does.
     */
    void adam(A w, int wo, A g, int go, A m, int mo, A v, int vo, int n, double factor, double rate,
              double beta1, double beta2, double vScale, double epsilon);
}
