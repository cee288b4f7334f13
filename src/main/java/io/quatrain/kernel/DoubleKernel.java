package io.quatrain.kernel;

/**
 * The definition: textbook loops in double precision, with the JDK's own tanh and exp. Gradient checks and golden
 * values run on it, and the float kernels are tested against it.
 */
final class DoubleKernel implements Kernel<double[]> {
    private static final int PANEL = 8;
    private static final double FLUSH = 0x1p-848;

    @Override
    public String name() {
        return "double";
    }

    @Override
    public double[] allocate(int length) {
        return new double[length];
    }

    @Override
    public double get(double[] a, int index) {
        return a[index];
    }

    @Override
    public void set(double[] a, int index, double value) {
        a[index] = value;
    }

    // Products

    @Override
    public int panelRows() {
        return PANEL;
    }

    @Override
    public void pack(double[] w, int wo, int ldw, boolean transposed, int rows, int inner, Object into,
                     int from, int to) {
        double[] panels = (double[]) into;
        for (int q = from; q < to; q++) {
            for (int p = 0; p < inner; p++) {
                for (int r = 0; r < PANEL; r++) {
                    int row = q * PANEL + r;
                    double value = row >= rows ? 0 : transposed ? w[wo + p + row * ldw] : w[wo + row + p * ldw];
                    panels[(q * inner + p) * PANEL + r] = value;
                }
            }
        }
    }

    @Override
    public void addPackedProduct(Object packed, int rows, int inner, int from, int to, double[] x, int xo, int ldx,
                                 double[] y, int yo, int ldy, int columns) {
        double[] panels = (double[]) packed;
        int last = panelStart(rows, to);
        for (int j = 0; j < columns; j++) {
            for (int first = from * PANEL; first < last; first += PANEL) {
                int height = Math.min(PANEL, rows - first);
                for (int p = 0; p < inner; p++) {
                    double value = x[xo + p + j * ldx];
                    int panel = first * inner + p * PANEL;
                    for (int r = 0; r < height; r++) {
                        y[yo + first + r + j * ldy] += panels[panel + r] * value;
                    }
                }
            }
        }
    }

    @Override
    public void addProductTransposed(double[] a, int ao, int lda, double[] b, int bo, int ldb,
                                     double[] c, int co, int ldc, int rows, int columns, int inner, int run, int step) {
        for (int p = 0, at = 0; p < inner; p += run, at += step) {
            addProduct(false, a, ao + at * lda, lda, true, b, bo + at * ldb, ldb, c, co, ldc, rows, columns,
                    Math.min(run, inner - p));
        }
    }

    @Override
    public void addProduct(boolean transposeA, double[] a, int ao, int lda, boolean transposeB, double[] b, int bo,
                           int ldb, double[] c, int co, int ldc, int rows, int columns, int inner) {
        int aRow = transposeA ? lda : 1;
        int aColumn = transposeA ? 1 : lda;
        int bRow = transposeB ? ldb : 1;
        int bColumn = transposeB ? 1 : ldb;
        for (int j = 0; j < columns; j++) {
            for (int p = 0; p < inner; p++) {
                double value = b[bo + p * bRow + j * bColumn];
                for (int i = 0; i < rows; i++) {
                    c[co + i + j * ldc] += a[ao + i * aRow + p * aColumn] * value;
                }
            }
        }
    }

    // Elementwise

    @Override
    public void fill(double[] y, int yo, int n, double value) {
        java.util.Arrays.fill(y, yo, yo + n, value);
    }

    @Override
    public void add(double[] x, int xo, double[] y, int yo, int n) {
        for (int i = 0; i < n; i++) {
            y[yo + i] += x[xo + i];
        }
    }

    @Override
    public void addScaled(double factor, double[] x, int xo, double[] y, int yo, int n) {
        for (int i = 0; i < n; i++) {
            y[yo + i] += factor * x[xo + i];
        }
    }

    @Override
    public void scale(double factor, double[] y, int yo, int n) {
        for (int i = 0; i < n; i++) {
            y[yo + i] *= factor;
        }
    }

    @Override
    public void multiply(double[] x, int xo, double[] y, int yo, int n) {
        for (int i = 0; i < n; i++) {
            y[yo + i] *= x[xo + i];
        }
    }

    @Override
    public void addMultiplied(double[] x, int xo, double[] y, int yo, double[] z, int zo, int n) {
        for (int i = 0; i < n; i++) {
            z[zo + i] += x[xo + i] * y[yo + i];
        }
    }

    @Override
    public void clamp(double limit, double[] y, int yo, int n) {
        for (int i = 0; i < n; i++) {
            y[yo + i] = Math.max(-limit, Math.min(limit, y[yo + i]));
        }
    }

    @Override
    public void flush(double[] y, int yo, int n) {
        for (int i = 0; i < n; i++) {
            y[yo + i] = y[yo + i] + FLUSH - FLUSH;
        }
    }

    @Override
    public void bernoulli(long key, int place, double probability, double value, double[] y, int yo, int n) {
        int limit = RandomBits.limit(probability);
        for (int i = 0; i < n; i++) {
            y[yo + i] = RandomBits.at(key, place + i) < limit ? value : 0;
        }
    }

    @Override
    public double sumOfSquares(double[] x, int xo, int n) {
        return dot(x, xo, x, xo, n);
    }

    @Override
    public double dot(double[] x, int xo, double[] y, int yo, int n) {
        double sum = 0;
        for (int i = 0; i < n; i++) {
            sum += x[xo + i] * y[yo + i];
        }
        return sum;
    }

    @Override
    public void tanh(double[] x, int xo, double[] y, int yo, int n) {
        for (int i = 0; i < n; i++) {
            y[yo + i] = Math.tanh(x[xo + i]);
        }
    }

    private static double sigmoid(double x) {
        return 1 / (1 + Math.exp(-x));
    }

    @Override
    public void sigmoid(double[] x, int xo, double[] y, int yo, int n) {
        for (int i = 0; i < n; i++) {
            y[yo + i] = sigmoid(x[xo + i]);
        }
    }

    @Override
    public void relu(double[] x, int xo, double[] y, int yo, int n) {
        for (int i = 0; i < n; i++) {
            y[yo + i] = Math.max(0, x[xo + i]);
        }
    }

    @Override
    public void exp(double[] x, int xo, double[] y, int yo, int n) {
        for (int i = 0; i < n; i++) {
            y[yo + i] = Math.exp(x[xo + i]);
        }
    }

    @Override
    public void tanhBackward(double[] y, int yo, double[] dy, int dyo, double[] dz, int dzo, int n) {
        for (int i = 0; i < n; i++) {
            double value = y[yo + i];
            dz[dzo + i] = dy[dyo + i] * (1 - value * value);
        }
    }

    @Override
    public void sigmoidBackward(double[] y, int yo, double[] dy, int dyo, double[] dz, int dzo, int n) {
        for (int i = 0; i < n; i++) {
            double value = y[yo + i];
            dz[dzo + i] = dy[dyo + i] * value * (1 - value);
        }
    }

    @Override
    public void reluBackward(double[] y, int yo, double[] dy, int dyo, double[] dz, int dzo, int n) {
        for (int i = 0; i < n; i++) {
            dz[dzo + i] = y[yo + i] > 0 ? dy[dyo + i] : 0;
        }
    }

    @Override
    public void clampBackward(double limit, double[] z, int zo, double[] dz, int dzo, int n) {
        for (int i = 0; i < n; i++) {
            if (Math.abs(z[zo + i]) >= limit) {
                dz[dzo + i] = 0;
            }
        }
    }

    // Columns

    @Override
    public void addToEachColumn(double[] b, int bo, double[] y, int yo, int ldy, int rows, int columns) {
        for (int j = 0; j < columns; j++) {
            add(b, bo, y, yo + j * ldy, rows);
        }
    }

    @Override
    public void addColumnSums(double[] x, int xo, int ldx, double[] s, int so, int rows, int columns) {
        for (int j = 0; j < columns; j++) {
            add(x, xo + j * ldx, s, so, rows);
        }
    }

    // Recurrent cells

    @Override
    public void lstmForward(int units, int columns, double[] z, int zo, int ldz, double[] c, int co, int ldc,
                            double[] cNext, int cno, int ldcn, double[] tanhC, int to, int ldt,
                            double[] h, int ho, int ldh) {
        for (int j = 0; j < columns; j++) {
            int gates = zo + j * ldz;
            for (int k = 0; k < units; k++) {
                double i = sigmoid(z[gates + k]);
                double f = sigmoid(z[gates + units + k]);
                double o = sigmoid(z[gates + 2 * units + k]);
                double g = Math.tanh(z[gates + 3 * units + k]);
                double next = f * c[co + j * ldc + k] + i * g;
                double squashed = Math.tanh(next);
                z[gates + k] = i;
                z[gates + units + k] = f;
                z[gates + 2 * units + k] = o;
                z[gates + 3 * units + k] = g;
                cNext[cno + j * ldcn + k] = next;
                tanhC[to + j * ldt + k] = squashed;
                h[ho + j * ldh + k] = o * squashed;
            }
        }
    }

    @Override
    public void lstmBackward(int units, int columns, double[] z, int zo, int ldz, double[] c, int co, int ldc,
                             double[] tanhC, int to, int ldt, double[] dh, int dho, int lddh,
                             double[] dc, int dco, int lddc) {
        for (int j = 0; j < columns; j++) {
            int gates = zo + j * ldz;
            for (int k = 0; k < units; k++) {
                double i = z[gates + k];
                double f = z[gates + units + k];
                double o = z[gates + 2 * units + k];
                double g = z[gates + 3 * units + k];
                double squashed = tanhC[to + j * ldt + k];
                double dhk = dh[dho + j * lddh + k];
                double dck = dc[dco + j * lddc + k] + dhk * o * (1 - squashed * squashed);
                z[gates + k] = dck * g * i * (1 - i);
                z[gates + units + k] = dck * c[co + j * ldc + k] * f * (1 - f);
                z[gates + 2 * units + k] = dhk * squashed * o * (1 - o);
                z[gates + 3 * units + k] = dck * i * (1 - g * g);
                dc[dco + j * lddc + k] = dck * f;
            }
        }
    }

    // Losses

    @Override
    public void gruForward(int units, int columns, double[] z, int zo, int ldz, double[] q, int qo, int ldq,
                           double[] h, int ho, int ldh, double[] hNext, int hno, int ldhn) {
        for (int j = 0; j < columns; j++) {
            int gates = zo + j * ldz;
            int products = qo + j * ldq;
            for (int k = 0; k < units; k++) {
                double r = sigmoid(z[gates + k] + q[products + k]);
                double u = sigmoid(z[gates + units + k] + q[products + units + k]);
                double n = Math.tanh(z[gates + 2 * units + k] + r * q[products + 2 * units + k]);
                z[gates + k] = r;
                z[gates + units + k] = u;
                z[gates + 2 * units + k] = n;
                hNext[hno + j * ldhn + k] = (1 - u) * n + u * h[ho + j * ldh + k];
            }
        }
    }

    @Override
    public void gruBackward(int units, int columns, double[] z, int zo, int ldz, double[] q, int qo, int ldq,
                            double[] h, int ho, int ldh, double[] dh, int dho, int lddh) {
        for (int j = 0; j < columns; j++) {
            int gates = zo + j * ldz;
            int products = qo + j * ldq;
            for (int k = 0; k < units; k++) {
                double r = z[gates + k];
                double u = z[gates + units + k];
                double n = z[gates + 2 * units + k];
                double dhk = dh[dho + j * lddh + k];
                double dn = dhk * (1 - u) * (1 - n * n);
                double du = dhk * (h[ho + j * ldh + k] - n) * u * (1 - u);
                double dr = dn * q[products + 2 * units + k] * r * (1 - r);
                z[gates + k] = dr;
                z[gates + units + k] = du;
                z[gates + 2 * units + k] = dn;
                q[products + k] = dr;
                q[products + units + k] = du;
                q[products + 2 * units + k] = dn * r;
                dh[dho + j * lddh + k] = dhk * u;
            }
        }
    }

    @Override
    public double softmaxCrossEntropy(double[] logits, int lo, int n, int target, double weight, double scale,
                                      double[] gradient, int go) {
        double atTarget = logits[lo + target];
        double max = max(logits, lo, n);
        double sum = shiftedExp(logits, lo, max, gradient, go, n);
        scale(scale * weight / sum, gradient, go, n);
        gradient[go + target] -= scale * weight;
        return weight * (Math.log(sum) + (max - atTarget));
    }

    @Override
    public void softmax(double[] x, int xo, double[] y, int yo, int n) {
        double sum = shiftedExp(x, xo, max(x, xo, n), y, yo, n);
        scale(1 / sum, y, yo, n);
    }

    @Override
    public void logSoftmax(double[] x, int xo, double[] y, int yo, int n) {
        double max = max(x, xo, n);
        double sum = 0;
        for (int i = 0; i < n; i++) {
            sum += Math.exp(x[xo + i] - max);
        }
        double log = Math.log(sum);
        for (int i = 0; i < n; i++) {
            y[yo + i] = x[xo + i] - max - log;
        }
    }

    @Override
    public void logSoftmaxBackward(double[] y, int yo, double[] dy, int dyo, double[] dz, int dzo, int n) {
        double sum = 0;
        for (int i = 0; i < n; i++) {
            sum += dy[dyo + i];
        }
        for (int i = 0; i < n; i++) {
            dz[dzo + i] = dy[dyo + i] - Math.exp(y[yo + i]) * sum;
        }
    }

    private static double max(double[] x, int xo, int n) {
        double max = Double.NEGATIVE_INFINITY;
        for (int i = 0; i < n; i++) {
            max = Math.max(max, x[xo + i]);
        }
        return max;
    }

    /** y = e^(x − shift), and returns its sum. */
    private static double shiftedExp(double[] x, int xo, double shift, double[] y, int yo, int n) {
        double sum = 0;
        for (int i = 0; i < n; i++) {
            double e = Math.exp(x[xo + i] - shift);
            y[yo + i] = e;
            sum += e;
        }
        return sum;
    }

    // Updates

    @Override
    public void sgd(double[] w, int wo, double[] g, int go, int n, double factor, double rate) {
        for (int i = 0; i < n; i++) {
            w[wo + i] -= rate * (factor * g[go + i]);
        }
    }

    @Override
    public void adagrad(double[] w, int wo, double[] g, int go, double[] s, int so, int n, double factor,
                        double rate, double epsilon) {
        for (int i = 0; i < n; i++) {
            double gradient = factor * g[go + i];
            double sum = s[so + i] + gradient * gradient;
            s[so + i] = sum;
            w[wo + i] -= rate * gradient / (Math.sqrt(sum) + epsilon);
        }
    }

    @Override
    public void adam(double[] w, int wo, double[] g, int go, double[] m, int mo, double[] v, int vo, int n,
                     double factor, double rate, double beta1, double beta2, double vScale, double epsilon) {
        for (int i = 0; i < n; i++) {
            double gradient = factor * g[go + i];
            double mean = beta1 * m[mo + i] + FLUSH + (1 - beta1) * gradient - FLUSH;
            double variance = beta2 * v[vo + i] + FLUSH + (1 - beta2) * (gradient * gradient) - FLUSH;
            m[mo + i] = mean;
            v[vo + i] = variance;
            w[wo + i] -= rate * mean / (Math.sqrt(variance) * vScale + epsilon);
        }
    }
}
