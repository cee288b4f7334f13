package io.quatrain.loss;

import io.quatrain.tensor.Compute;
import io.quatrain.tensor.Matrix;
import io.quatrain.tensor.Sequence;
import org.jspecify.annotations.Nullable;

/**
 * Softmax cross-entropy of logits against classes: log Σ_k e^{l_k} − l_target, in natural logarithms. The model's last
 * layer gives logits, without softmax. PyTorch's CrossEntropyLoss; Keras's SparseCategoricalCrossentropy with
 * from_logits.
 */
public final class SoftmaxCrossEntropy implements Loss {
    private static final int GRAIN = 16;

    @Override
    public double evaluate(Sequence prediction, Targets targets, double scale, @Nullable Matrix gradient) {
        Matrix logits = prediction.all();
        Compute compute = logits.compute();
        int[] classes = targets.classes();
        int columns = targets.columns();
        int blocks = (columns + GRAIN - 1) / GRAIN;
        Matrix written = gradient == null ? compute.matrix(logits.rows(), 1) : gradient;
        double[] sums = new double[blocks];
        compute.split(blocks, 1, gradient == null ? 0 : 10.0 * logits.rows() * columns, (from, to) -> {
            for (int block = from; block < to; block++) {
                for (int c = block * GRAIN; c < Math.min(columns, (block + 1) * GRAIN); c++) {
                    double weight = targets.weight(prediction, c);
                    if (weight == 0) {
                        if (gradient != null) {
                            gradient.columns(c, c + 1).fill(0);
                        }
                    } else {
                        int target = classes[c];
                        if (target < 0 || target >= logits.rows()) {
                            throw new IllegalArgumentException("target class " + target + " in column " + c
                                    + ": the model's output has " + logits.rows() + " classes");
                        }
                        sums[block] += logits.softmaxCrossEntropy(c, target, weight, scale, written,
                                gradient == null ? 0 : c);
                    }
                }
            }
        });
        double sum = 0;
        for (double part : sums) {
            sum += part;
        }
        return sum;
    }
}
