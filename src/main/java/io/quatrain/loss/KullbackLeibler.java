package io.quatrain.loss;

/**
 * The divergence of the predicted distribution p from the target t (Kullback and Leibler 1951), the sum over a column's
 * features of t·(log t − log p), where 0·log 0 is 0. The gradient is −t with respect to log p, −t/p with respect to p, and
 * softmax(z)·Σt − t with respect to logits.
 *
 * <p>PyTorch's KLDivLoss takes log-probabilities; its "batchmean" is our mean, its "mean" also divides by the number of
 * features, and {@code log_target} is {@code targetsAreLogarithms}. Keras's KLDivergence takes probabilities and clips
 * both to [1e-7, 1]: {@code clip} 1e-7.
 */
public final class KullbackLeibler extends ValueLoss {
    private final Form form;
    private final double clip;
    private final boolean targetsAreLogarithms;

    /** @param clip probabilities are clipped to [clip, 1]; 0 for none */
    public KullbackLeibler(Form form, double clip, boolean targetsAreLogarithms) {
        this.form = form;
        this.clip = clip;
        this.targetsAreLogarithms = targetsAreLogarithms;
    }

    @Override
    protected double loss(double[] y, double[] target, double[] dy, int n) {
        double logSum = form == Form.LOGITS ? Softmax.logSumExp(y, n) : 0;
        double sum = 0;
        double total = 0;
        for (int r = 0; r < n; r++) {
            double t = targetsAreLogarithms ? Math.exp(target[r]) : clipped(target[r]);
            double logT = targetsAreLogarithms ? target[r] : Math.log(t);
            double logP = form == Form.PROBABILITIES ? Math.log(clipped(y[r])) : y[r] - logSum;
            if (t != 0) {
                sum += t * (logT - logP);
            }
            total += t;
            dy[r] = form != Form.PROBABILITIES ? -t : t == 0 || clipped(y[r]) != y[r] ? 0 : -t / y[r];
        }
        if (form == Form.LOGITS) {
            for (int r = 0; r < n; r++) {
                dy[r] += total * Math.exp(y[r] - logSum);
            }
        }
        return sum;
    }

    private double clipped(double p) {
        return clip == 0 ? p : Math.max(clip, Math.min(1, p));
    }
}
