package io.quatrain.kernel;

/** Float arithmetic in plain Java. */
final class PlainKernel implements Kernel<float[]> {
    private static final int PANEL = 8;

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
        return PANEL;
    }

    @Override
    public void pack(float[] w, int wo, int ldw, boolean transposed, int rows, int inner, float[] panels,
                     int from, int to) {
        for (int q = from; q < to; q++) {
            for (int p = 0; p < inner; p++) {
                for (int r = 0; r < PANEL; r++) {
                    int row = q * PANEL + r;
                    float value = row >= rows ? 0 : transposed ? w[wo + p + row * ldw] : w[wo + row + p * ldw];
                    panels[(q * inner + p) * PANEL + r] = value;
                }
            }
        }
    }

    @Override
    public void addPackedProduct(float[] panels, int rows, int inner, float[] x, int xo, int ldx,
                                 float[] y, int yo, int ldy, int columns) {
        for (int j = 0; j < columns; j++) {
            for (int first = 0; first < rows; first += PANEL) {
                int height = Math.min(PANEL, rows - first);
                for (int p = 0; p < inner; p++) {
                    float value = x[xo + p + j * ldx];
                    int panel = first * inner + p * PANEL;
                    for (int r = 0; r < height; r++) {
                        y[yo + first + r + j * ldy] += panels[panel + r] * value;
                    }
                }
            }
        }
    }

    @Override
    public void addProductTransposed(float[] a, int ao, int lda, float[] b, int bo, int ldb,
                                     float[] c, int co, int ldc, int rows, int columns, int inner) {
        addProduct(false, a, ao, lda, true, b, bo, ldb, c, co, ldc, rows, columns, inner);
    }

    @Override
    public void addProduct(boolean transposeA, float[] a, int ao, int lda, boolean transposeB, float[] b, int bo,
                           int ldb, float[] c, int co, int ldc, int rows, int columns, int inner) {
        int aRow = transposeA ? lda : 1;
        int aColumn = transposeA ? 1 : lda;
        int bRow = transposeB ? ldb : 1;
        int bColumn = transposeB ? 1 : ldb;
        for (int j = 0; j < columns; j++) {
            for (int p = 0; p < inner; p++) {
                float value = b[bo + p * bRow + j * bColumn];
                for (int i = 0; i < rows; i++) {
                    c[co + i + j * ldc] += a[ao + i * aRow + p * aColumn] * value;
                }
            }
        }
    }

    // Elementwise

    @Override
    public void fill(float[] y, int yo, int n, double value) {
        java.util.Arrays.fill(y, yo, yo + n, (float) value);
    }

    @Override
    public void add(float[] x, int xo, float[] y, int yo, int n) {
        for (int i = 0; i < n; i++) {
            y[yo + i] += x[xo + i];
        }
    }

    @Override
    public void addScaled(double factor, float[] x, int xo, float[] y, int yo, int n) {
        for (int i = 0; i < n; i++) {
            y[yo + i] += (float) factor * x[xo + i];
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
            z[zo + i] += x[xo + i] * y[yo + i];
        }
    }

    @Override
    public void clamp(double limit, float[] y, int yo, int n) {
        for (int i = 0; i < n; i++) {
            y[yo + i] = Math.max(-(float) limit, Math.min((float) limit, y[yo + i]));
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
        for (int i = 0; i < n; i++) {
            y[yo + i] = FloatMath.tanh(x[xo + i]);
        }
    }

    @Override
    public void sigmoid(float[] x, int xo, float[] y, int yo, int n) {
        for (int i = 0; i < n; i++) {
            y[yo + i] = FloatMath.sigmoid(x[xo + i]);
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
        for (int i = 0; i < n; i++) {
            y[yo + i] = FloatMath.exp(x[xo + i]);
        }
    }

    @Override
    public void tanhBackward(float[] y, int yo, float[] dy, int dyo, float[] dz, int dzo, int n) {
        for (int i = 0; i < n; i++) {
            float value = y[yo + i];
            dz[dzo + i] = dy[dyo + i] * (1 - value * value);
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
    public void gatherColumns(float[] x, int xo, int ldx, int[] ids, int from, float[] y, int yo, int ldy,
                              int rows, int columns) {
        for (int j = 0; j < columns; j++) {
            System.arraycopy(x, xo + ids[from + j] * ldx, y, yo + j * ldy, rows);
        }
    }

    @Override
    public void scatterAddColumns(float[] x, int xo, int ldx, int[] ids, int from, float[] y, int yo, int ldy,
                                  int rows, int columns) {
        for (int j = 0; j < columns; j++) {
            add(x, xo + j * ldx, y, yo + ids[from + j] * ldy, rows);
        }
    }

    // Recurrent cells

    @Override
    public void lstmForward(int units, int columns, float[] z, int zo, int ldz, float[] c, int co, int ldc,
                            float[] cNext, int cno, int ldcn, float[] tanhC, int to, int ldt,
                            float[] h, int ho, int ldh) {
        for (int j = 0; j < columns; j++) {
            int gates = zo + j * ldz;
            for (int k = 0; k < units; k++) {
                float i = FloatMath.sigmoid(z[gates + k]);
                float f = FloatMath.sigmoid(z[gates + units + k]);
                float o = FloatMath.sigmoid(z[gates + 2 * units + k]);
                float g = FloatMath.tanh(z[gates + 3 * units + k]);
                float next = f * c[co + j * ldc + k] + i * g;
                float squashed = FloatMath.tanh(next);
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
    public void lstmBackward(int units, int columns, float[] z, int zo, int ldz, float[] c, int co, int ldc,
                             float[] tanhC, int to, int ldt, float[] dh, int dho, int lddh,
                             float[] dc, int dco, int lddc) {
        for (int j = 0; j < columns; j++) {
            int gates = zo + j * ldz;
            for (int k = 0; k < units; k++) {
                float i = z[gates + k];
                float f = z[gates + units + k];
                float o = z[gates + 2 * units + k];
                float g = z[gates + 3 * units + k];
                float squashed = tanhC[to + j * ldt + k];
                float dhk = dh[dho + j * lddh + k];
                float dck = dc[dco + j * lddc + k] + dhk * o * (1 - squashed * squashed);
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
    public void gruForward(int units, int columns, float[] z, int zo, int ldz, float[] q, int qo, int ldq,
                           float[] h, int ho, int ldh, float[] hNext, int hno, int ldhn) {
        for (int j = 0; j < columns; j++) {
            int gates = zo + j * ldz;
            int products = qo + j * ldq;
            for (int k = 0; k < units; k++) {
                float r = FloatMath.sigmoid(z[gates + k] + q[products + k]);
                float u = FloatMath.sigmoid(z[gates + units + k] + q[products + units + k]);
                float n = FloatMath.tanh(z[gates + 2 * units + k] + r * q[products + 2 * units + k]);
                z[gates + k] = r;
                z[gates + units + k] = u;
                z[gates + 2 * units + k] = n;
                hNext[hno + j * ldhn + k] = (1 - u) * n + u * h[ho + j * ldh + k];
            }
        }
    }

    @Override
    public void gruBackward(int units, int columns, float[] z, int zo, int ldz, float[] q, int qo, int ldq,
                            float[] h, int ho, int ldh, float[] dh, int dho, int lddh) {
        for (int j = 0; j < columns; j++) {
            int gates = zo + j * ldz;
            int products = qo + j * ldq;
            for (int k = 0; k < units; k++) {
                float r = z[gates + k];
                float u = z[gates + units + k];
                float n = z[gates + 2 * units + k];
                float dhk = dh[dho + j * lddh + k];
                float dn = dhk * (1 - u) * (1 - n * n);
                float du = dhk * (h[ho + j * ldh + k] - n) * u * (1 - u);
                float dr = dn * q[products + 2 * units + k] * r * (1 - r);
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

    private static float max(float[] x, int xo, int n) {
        float max = Float.NEGATIVE_INFINITY;
        for (int i = 0; i < n; i++) {
            max = Math.max(max, x[xo + i]);
        }
        return max;
    }

    /** y = e^(x − shift), and returns its sum. */
    private static double shiftedExp(float[] x, int xo, float shift, float[] y, int yo, int n) {
        double sum = 0;
        for (int i = 0; i < n; i++) {
            float e = FloatMath.exp(x[xo + i] - shift);
            y[yo + i] = e;
            sum += e;
        }
        return sum;
    }

    // Updates

    @Override
    public void sgd(float[] w, int wo, float[] g, int go, int n, double factor, double rate) {
        for (int i = 0; i < n; i++) {
            w[wo + i] -= (float) rate * ((float) factor * g[go + i]);
        }
    }

    @Override
    public void adagrad(float[] w, int wo, float[] g, int go, float[] s, int so, int n, double factor,
                        double rate, double epsilon) {
        for (int i = 0; i < n; i++) {
            float gradient = (float) factor * g[go + i];
            float sum = s[so + i] + gradient * gradient;
            s[so + i] = sum;
            w[wo + i] -= (float) rate * gradient / ((float) Math.sqrt(sum) + (float) epsilon);
        }
    }

    @Override
    public void adam(float[] w, int wo, float[] g, int go, float[] m, int mo, float[] v, int vo, int n,
                     double factor, double rate, double beta1, double beta2, double vScale, double epsilon) {
        for (int i = 0; i < n; i++) {
            float gradient = (float) factor * g[go + i];
            float mean = (float) beta1 * m[mo + i] + (float) (1 - beta1) * gradient;
            float variance = (float) beta2 * v[vo + i] + (float) (1 - beta2) * (gradient * gradient);
            m[mo + i] = mean;
            v[vo + i] = variance;
            w[wo + i] -= (float) rate * mean / ((float) Math.sqrt(variance) * (float) vScale + (float) epsilon);
        }
    }
}
