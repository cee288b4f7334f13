package io.quatrain.loss;

import io.quatrain.kernel.FloatSeries;
import io.quatrain.kernel.Kernel;
import org.jspecify.annotations.Nullable;

/**
 * Binary cross-entropy of n yes-or-no answers, the mean over a column's n features of
 * <pre>
 *   −[ w₊·t·log p + (1 − t)·log(1 − p) ]          p = σ(z) from logits
 * </pre>
 * with targets t in [0, 1]. From logits z it is computed as w₊t·log(1 + e^−z) + (1 − t)·log(1 + e^z) with the
 * exponent kept negative, so it is right for any finite z; the gradient is (1 − t)·σ(z) − w₊t·σ(−z).
 * In float32 losses err by 5e-7 of themselves at most, slopes by 6e-7 of their two parts, and logits beyond ±86 count as ±86 in e^−|z|.
 *
 * <p>Label smoothing s replaces t by t(1 − s) + s/2, as Keras does. The weight w₊ of "yes" is PyTorch's pos_weight.
 * PyTorch's BCEWithLogitsLoss and BCELoss; Keras's BinaryCrossentropy. From probabilities PyTorch bounds the logarithms
 * below by −100 and p(1 − p) in the gradient by 1e-12; Keras clips p to [1e-7, 1 − 1e-7]: {@code clip} 0 does the
 * former, {@code clip} 1e-7 the latter.
 */
public final class BinaryCrossEntropy extends ValueLoss {
    private static final double LEAST_LOGARITHM = -100;
    private static final double LEAST_VARIANCE = 1e-12f;

    private final Form form;
    private final double clip;
    private final double smoothing;
    private final double @Nullable [] positiveWeights;
    private final @Nullable FloatLoss floats;

    /** From logits. */
    public BinaryCrossEntropy() {
        this(Form.LOGITS, 0, 0, null);
    }

    /**
     * @param form            LOGITS or PROBABILITIES
     * @param clip            probabilities are clipped to [clip, 1 − clip]; only for PROBABILITIES
     * @param labelSmoothing  in [0, 1)
     * @param positiveWeights the weight of "yes" of every feature (or one for all), or null for 1
     */
    public BinaryCrossEntropy(Form form, double clip, double labelSmoothing, double @Nullable [] positiveWeights) {
        if (form == Form.LOG_PROBABILITIES) {
            throw new IllegalArgumentException("binary cross-entropy takes logits or probabilities, not their logarithms");
        }
        if (!(labelSmoothing >= 0 && labelSmoothing < 1)) {
            throw new IllegalArgumentException("label smoothing must be in [0, 1), got " + labelSmoothing);
        }
        this.form = form;
        this.clip = clip;
        this.smoothing = labelSmoothing;
        this.positiveWeights = positiveWeights == null ? null : positiveWeights.clone();
        this.floats = form == Form.LOGITS ? this::terms : null;
    }

    @Override
    protected double loss(double[] y, double[] target, double[] dy, int n) {
        double sum = 0;
        for (int r = 0; r < n; r++) {
            double t = target[r] * (1 - smoothing) + 0.5 * smoothing;
            double positive = positiveWeight(r, n);
            if (form == Form.LOGITS) {
                double z = y[r];
                double e = Math.exp(-Math.abs(z));
                double rest = Math.log1p(e);                                  // log(1 + e^z) = max(z, 0) + log(1 + e^−|z|)
                sum += positive * t * (Math.max(-z, 0) + rest) + (1 - t) * (Math.max(z, 0) + rest);
                double yes = (z >= 0 ? 1 : e) / (1 + e);                      // σ(z)
                double no = (z >= 0 ? e : 1) / (1 + e);
                dy[r] = ((1 - t) * yes - positive * t * no) / n;
            } else {
                double p = Math.max(clip, Math.min(1 - clip, y[r]));
                sum -= positive * t * Math.max(LEAST_LOGARITHM, Math.log(p))
                        + (1 - t) * Math.max(LEAST_LOGARITHM, Math.log1p(-p));
                boolean clipped = clip > 0 && p != y[r];
                double slope = ((1 - t) * p - positive * t * (1 - p)) / Math.max(LEAST_VARIANCE, p * (1 - p));
                dy[r] = clipped ? 0 : slope / n;
            }
        }
        return sum / n;
    }

    @Override
    @Nullable FloatLoss floats() {
        return floats;
    }

    private void terms(Kernel<float[]> kernel, float[] z, float[] target, float[] dz, float[] s, float[] positive, int rows, int n) {
        for (int i = 0; i < n; i++) {
            s[i] = Math.max(-Math.abs(z[i]), -86f);
        }
        kernel.exp(s, 0, s, 0, n);
        for (int r = 0; r < rows; r++) {
            positive[r] = (float) positiveWeight(r, rows);
        }
        for (int j = rows; j < n; j += rows) {
            System.arraycopy(positive, 0, positive, j, rows);
        }
        float keeps = (float) (1 - smoothing);
        float adds = (float) (0.5 * smoothing);
        float mean = 1f / rows;
        for (int i = 0; i < n; i++) {
            dz[i] = Math.min(1f, Math.max(0f, z[i] * 1e38f));                 // 1 where z > 0, without a branch
        }
        for (int i = 0; i < n; i++) {                                         // σ(z) = (z > 0 ? 1 : e) / (1 + e)
            float t = Math.fma(keeps, target[i], adds);
            float yes = (1f - t) * Math.fma(1f - dz[i], s[i], dz[i]);
            float no = positive[i] * t * Math.fma(dz[i], s[i], 1f - dz[i]);
            dz[i] = mean * (yes - no) / (1f + s[i]);
        }
        FloatSeries.logOfOnePlus(s, n);
        for (int i = 0; i < n; i++) {
            float t = Math.fma(keeps, target[i], adds);
            s[i] = mean * (positive[i] * t * (Math.max(-z[i], 0f) + s[i]) + (1f - t) * (Math.max(z[i], 0f) + s[i]));
        }
    }

    @Override
    public double yesAbove() {
        return form == Form.LOGITS ? 0 : 0.5;
    }

    private double positiveWeight(int r, int n) {
        if (positiveWeights == null) {
            return 1;
        }
        if (positiveWeights.length != 1 && positiveWeights.length != n) {
            throw new IllegalArgumentException("binary cross-entropy has " + positiveWeights.length
                    + " positive weights, the model's output " + n + " features");
        }
        return positiveWeights[positiveWeights.length == 1 ? 0 : r];
    }
}
