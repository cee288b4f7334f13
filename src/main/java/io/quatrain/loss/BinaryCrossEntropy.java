package io.quatrain.loss;

import org.jspecify.annotations.Nullable;

/**
 * Binary cross-entropy of n yes-or-no answers, the mean over a column's n features of
 * <pre>
 *   −[ w₊·t·log p + (1 − t)·log(1 − p) ]          p = σ(z) from logits
 * </pre>
 * with targets t in [0, 1]. From logits z it is computed as (1 − t)z + (1 + (w₊ − 1)t)·log(1 + e^−z) with the
 * exponent kept negative, so it is right for any finite z; the gradient is (1 − t) − (1 + (w₊ − 1)t)(1 − σ(z)).
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
                double softplus = Math.log1p(e) + Math.max(-z, 0);            // log(1 + e^−z)
                double other = z >= 0 ? e / (1 + e) : 1 / (1 + e);            // 1 − σ(z)
                double share = 1 + (positive - 1) * t;
                sum += (1 - t) * z + share * softplus;
                dy[r] = ((1 - t) - share * other) / n;
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
