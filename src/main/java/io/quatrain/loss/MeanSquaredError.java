package io.quatrain.loss;

import io.quatrain.tensor.Matrix;
import io.quatrain.tensor.Sequence;
import org.jspecify.annotations.Nullable;

/** The mean over a column's features of (y − target)². PyTorch's MSELoss and Keras's MeanSquaredError. */
public final class MeanSquaredError implements Loss {
    @Override
    public double evaluate(Sequence prediction, Targets targets, double scale, @Nullable Matrix gradient) {
        Matrix y = prediction.all();
        Matrix target = targets.values();
        double sum = 0;
        for (int c = 0; c < targets.columns(); c++) {
            double weight = targets.weight(prediction, c) / y.rows();
            for (int r = 0; r < y.rows(); r++) {
                double difference = weight == 0 ? 0 : y.get(r, c) - target.get(r, c);
                sum += weight * difference * difference;
                if (gradient != null) {
                    gradient.set(r, c, 2 * scale * weight * difference);
                }
            }
        }
        return sum;
    }
}
