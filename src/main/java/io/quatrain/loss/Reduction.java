package io.quatrain.loss;

import io.quatrain.tensor.Sequence;

/**
 * How the columns' losses become one number. Columns that are padding or have an ignored target never count; where
 * none counts, the loss and its gradient are 0 (PyTorch answers NaN).
 */
public enum Reduction {
    /** The sum of weight·loss. */
    SUM {
        @Override
        public double scale(Loss loss, Sequence prediction, Targets targets) {
            return 1;
        }
    },

    /** Divided by the sum of the weights: PyTorch's and ONNX's "mean", Keras's "mean_with_sample_weight". */
    MEAN {
        @Override
        public double scale(Loss loss, Sequence prediction, Targets targets) {
            double total = loss.totalWeight(prediction, targets);
            return total == 0 ? 0 : 1 / total;
        }
    },

    /** Divided by the number of columns that count, whatever their weights: Keras's "sum_over_batch_size". */
    MEAN_OVER_COUNT {
        @Override
        public double scale(Loss loss, Sequence prediction, Targets targets) {
            int count = targets.count(prediction);
            return count == 0 ? 0 : 1.0 / count;
        }
    },

    /** Divided by the number of examples of which a step counts: a sum over steps, as Zaremba et al. (2014) train. */
    PER_EXAMPLE {
        @Override
        public double scale(Loss loss, Sequence prediction, Targets targets) {
            int examples = 0;
            for (int b = 0; b < prediction.batch(); b++) {
                for (int t = 0; t < prediction.steps(); t++) {
                    if (targets.weight(prediction, t * prediction.batch() + b) != 0) {
                        examples++;
                        break;
                    }
                }
            }
            return examples == 0 ? 0 : 1.0 / examples;
        }
    };

    /** What the sum and its gradient are multiplied by; 0 where nothing counts. */
    public abstract double scale(Loss loss, Sequence prediction, Targets targets);
}
