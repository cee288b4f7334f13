package io.quatrain.node;

/**
 * What every variant of a cell can do.
 *
 * @param clip             every gate's pre-activation is kept within ±clip; infinite for none
 * @param recurrentDropout the probability with which a value of h_{t−1} is dropped on its way into the product; the state
 *                         itself stays whole (Gal and Ghahramani 2016; Keras's recurrent_dropout)
 * @param heldOverTime     whether one choice serves all steps of an example
 */
public record CellOptions(double clip, double recurrentDropout, boolean heldOverTime) {
    public static final CellOptions NONE = new CellOptions(Double.POSITIVE_INFINITY, 0, true);

    public CellOptions {
        if (!(clip > 0) || !(recurrentDropout >= 0 && recurrentDropout < 1)) {
            throw new IllegalArgumentException("clip must be positive and recurrentDropout in [0, 1), got " + clip
                    + " and " + recurrentDropout);
        }
    }
}
