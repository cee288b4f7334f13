package io.quatrain.loss;

import io.quatrain.tensor.Matrix;
import org.jspecify.annotations.Nullable;

/**
 * Softmax cross-entropy of logits z against classes or distributions, in natural logarithms:
 * <pre>
 *   log Σ_k e^{z_k} − z_target            gradient: softmax(z) − 1_target
 * </pre>
 * The model's last layer gives logits, without softmax. Right for logits of any finite size. PyTorch's CrossEntropyLoss,
 * ONNX's SoftmaxCrossEntropyLoss, Keras's (Sparse)CategoricalCrossentropy with from_logits. Class weights, label
 * smoothing and distributions as targets are those of {@link CrossEntropy}; with classes as targets one fused kernel does a column.
 */
public final class SoftmaxCrossEntropy extends CrossEntropy {
    public SoftmaxCrossEntropy() {
        this(0, null);
    }

    /**
     * @param labelSmoothing in [0, 1)
     * @param classWeights   one for each class, or null
     */
    public SoftmaxCrossEntropy(double labelSmoothing, double @Nullable [] classWeights) {
        super(Form.LOGITS, labelSmoothing, classWeights);
    }

    @Override
    double column(Matrix y, Targets targets, int c, double weight, double scale, @Nullable Matrix gradient,
                  Scratch scratch) {
        if (!targets.hasClasses()) {
            return super.column(y, targets, c, weight, scale, gradient, scratch);
        }
        Matrix dz = gradient == null ? scratch.column() : gradient;
        int to = gradient == null ? 0 : c;
        int target = targets.classes()[c];
        double[] given = classWeights();
        double own = given == null ? 1 : given[target];
        if (smoothing() == 0) {
            return y.softmaxCrossEntropy(c, target, weight * own, scale, dz, to);
        }
        // q_k = (1 − s)·w_k·1_target + share·w_k: Σq times the loss of the class alone, and what the shares differ from it
        Matrix w = scratch.classWeights(given);
        double share = smoothing() / y.rows();
        double shares = share * sum(given, y.rows());
        double rest = shares * y.get(target, c) - share * y.dot(c, w, 0);
        double loss = y.softmaxCrossEntropy(c, target, weight * ((1 - smoothing()) * own + shares), scale, dz, to);
        dz.addScaledColumn(to, -scale * weight * share, w, 0);
        dz.set(target, to, dz.get(target, to) + scale * weight * shares);
        return loss + weight * rest;
    }

    private static double sum(double @Nullable [] weights, int classes) {
        if (weights == null) {
            return classes;
        }
        double sum = 0;
        for (double weight : weights) {
            sum += weight;
        }
        return sum;
    }
}
