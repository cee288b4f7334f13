package io.quatrain.loss;

import io.quatrain.tensor.Matrix;
import io.quatrain.tensor.Sequence;
import org.jspecify.annotations.Nullable;

/**
 * Cross-entropy of a predicted distribution p over classes against a target distribution q:
 * <pre>
 *   loss = −Σ_k w_k·q_k·log p_k
 * </pre>
 * Targets are classes (then q is 1 at the class) or columns of probabilities. Label smoothing s replaces q by
 * (1 − s)q + s/classes; w are class weights, 1 unless given. With classes as targets a mean is divided by the sum of
 * the targets' class weights, with distributions by the sum of the columns' weights, as PyTorch and ONNX do both.
 *
 * <p>With logits this is {@link SoftmaxCrossEntropy}. From log-probabilities it is PyTorch's NLLLoss. From probabilities
 * it is Keras's CategoricalCrossentropy and SparseCategoricalCrossentropy: a column is divided by its sum, then clipped
 * to [1e-7, 1 − 1e-7].
 */
public class CrossEntropy extends ColumnLoss {
    private static final double CLIP = 1e-7;

    private final Form form;
    private final double smoothing;
    private final double @Nullable [] classWeights;

    /**
     * @param labelSmoothing in [0, 1)
     * @param classWeights   one for each class, or null
     */
    public CrossEntropy(Form form, double labelSmoothing, double @Nullable [] classWeights) {
        if (!(labelSmoothing >= 0 && labelSmoothing < 1)) {
            throw new IllegalArgumentException("label smoothing must be in [0, 1), got " + labelSmoothing);
        }
        this.form = form;
        this.smoothing = labelSmoothing;
        this.classWeights = classWeights == null ? null : classWeights.clone();
    }

    final double smoothing() {
        return smoothing;
    }

    final double @Nullable [] classWeights() {
        return classWeights;
    }

    @Override
    public double totalWeight(Sequence prediction, Targets targets) {
        if (classWeights == null || !targets.hasClasses()) {
            return targets.totalWeight(prediction);
        }
        double total = 0;
        for (int c = 0; c < targets.columns(); c++) {
            double weight = targets.weight(prediction, c);
            total += weight == 0 ? 0 : weight * classWeights[targets.classes()[c]];
        }
        return total;
    }

    @Override
    void check(Sequence prediction, Targets targets) {
        int classes = prediction.features();
        if (classWeights != null && classWeights.length != classes) {
            throw new IllegalArgumentException("the loss has weights for " + classWeights.length
                    + " classes, the model's output has " + classes);
        }
        if (!targets.hasClasses()) {
            if (targets.values().rows() != classes) {
                throw new IllegalArgumentException("the targets have " + targets.values().rows()
                        + " probabilities a step, the model's output has " + classes + " classes");
            }
            return;
        }
        int[] given = targets.classes();
        for (int c = 0; c < given.length; c++) {
            if ((given[c] < 0 || given[c] >= classes) && targets.weight(prediction, c) != 0) {
                throw new IllegalArgumentException("target class " + given[c] + " at " + place(prediction, c)
                        + ": the model's output has " + classes + " classes, so targets go from 0 to " + (classes - 1)
                        + " (" + Targets.IGNORED + " ignores one)");
            }
        }
    }

    @Override
    double column(Matrix y, Targets targets, int c, double weight, double scale, @Nullable Matrix gradient,
                  Scratch scratch) {
        if (targets.hasClasses() && smoothing == 0 && form != Form.LOGITS) {
            return ofClass(y, targets.classes()[c], c, weight, scale, gradient, scratch);
        }
        int n = y.rows();
        double[] given = scratch.y();
        double[] q = scratch.target();
        double[] dy = scratch.dy();
        y.copyColumn(c, given, 0);
        if (targets.hasClasses()) {
            java.util.Arrays.fill(q, smoothing / n);
            q[targets.classes()[c]] += 1 - smoothing;
        } else {
            targets.values().copyColumn(c, q, 0);
            for (int k = 0; k < n && smoothing != 0; k++) {
                q[k] = (1 - smoothing) * q[k] + smoothing / n;
            }
        }
        for (int k = 0; k < n && classWeights != null; k++) {
            q[k] *= classWeights[k];
        }
        double loss = switch (form) {
            case LOGITS -> fromLogits(given, q, dy, n);
            case LOG_PROBABILITIES -> fromLogarithms(given, q, dy, n);
            case PROBABILITIES -> fromProbabilities(given, q, dy, n);
        };
        if (gradient != null) {
            for (int k = 0; k < n; k++) {
                dy[k] *= scale * weight;
            }
            gradient.setFrom(c * n, n, dy);
        }
        return weight * loss;
    }

    /**
     * The same where q is w at one class and 0 elsewhere: nothing but that class's number counts and, for probabilities, the sum of all.
     * The gradient is that of {@link #fromLogarithms} or {@link #fromProbabilities}.
     */
    private double ofClass(Matrix y, int target, int c, double weight, double scale, @Nullable Matrix gradient, Scratch scratch) {
        double q = classWeights == null ? 1 : classWeights[target];
        double own = y.get(target, c);
        double loss = q == 0 ? 0 : -q * own;
        double slope = -q;
        double others = 0;
        if (form == Form.PROBABILITIES) {
            double sum = y.dot(c, scratch.classWeights(null), 0);
            double p = own / sum;
            double clipped = clip(p);
            loss = -q * Math.log(clipped);
            others = p == clipped ? q / sum : 0;
            slope = p == clipped ? others - q / own : 0;
        }
        if (gradient != null) {
            gradient.fillColumn(c, scale * weight * others);
            gradient.set(target, c, scale * weight * slope);
        }
        return weight * loss;
    }

    private static double clip(double p) {
        return Math.max(CLIP, Math.min(1 - CLIP, p));
    }

    /** −Σ q_k·log softmax(z)_k; the gradient is softmax(z)·Σq − q. */
    private static double fromLogits(double[] z, double[] q, double[] dz, int n) {
        double logSum = Softmax.logSumExp(z, n);
        double loss = 0;
        double total = 0;
        for (int k = 0; k < n; k++) {
            loss += q[k] == 0 ? 0 : q[k] * (logSum - z[k]);
            total += q[k];
        }
        for (int k = 0; k < n; k++) {
            dz[k] = total * Math.exp(z[k] - logSum) - q[k];
        }
        return loss;
    }

    private static double fromLogarithms(double[] logP, double[] q, double[] dLogP, int n) {
        double loss = 0;
        for (int k = 0; k < n; k++) {
            loss -= q[k] == 0 ? 0 : q[k] * logP[k];
            dLogP[k] = -q[k];
        }
        return loss;
    }

    /** p = y/Σy, clipped; ∂p_k/∂y_j = (1_{k=j} − p_k)/Σy where p_k is not clipped, so the gradient is (Σq − q_j/p_j)/Σy. */
    private static double fromProbabilities(double[] y, double[] q, double[] dy, int n) {
        double sum = 0;
        for (int k = 0; k < n; k++) {
            sum += y[k];
        }
        double loss = 0;
        double total = 0;
        for (int k = 0; k < n; k++) {
            double p = y[k] / sum;
            double clipped = clip(p);
            loss -= q[k] * Math.log(clipped);
            total += p == clipped ? q[k] : 0;
            dy[k] = p == clipped ? -q[k] / p : 0;
        }
        for (int k = 0; k < n; k++) {
            dy[k] = (dy[k] + total) / sum;
        }
        return loss;
    }
}
