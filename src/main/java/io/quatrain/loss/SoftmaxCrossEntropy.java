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
 * smoothing and distributions as targets are those of {@link CrossEntropy}; without them one fused kernel does a column.
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
        if (plain() && targets.hasClasses()) {
            int target = targets.classes()[c];
            return gradient == null ? y.softmaxCrossEntropy(c, target, weight, scale, scratch.column(), 0)
                    : y.softmaxCrossEntropy(c, target, weight, scale, gradient, c);
        }
        return super.column(y, targets, c, weight, scale, gradient, scratch);
    }
}
