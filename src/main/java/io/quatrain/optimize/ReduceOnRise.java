package io.quatrain.optimize;

/**
 * Multiplies the rate by a factor whenever the validation loss is above the one before: with ½, "halve when the loss
 * rises", the schedule of many early recurrent language models (Mikolov 2012).
 * Neither Keras nor PyTorch has it: their reduction on a plateau compares with the best so far, see {@link ReduceOnPlateau}.
 */
public final class ReduceOnRise implements LearningRate {
    private final double factor;
    private final double least;
    private double rate;
    private double previous = Double.POSITIVE_INFINITY;

    /** Halves. */
    public ReduceOnRise(double rate) {
        this(rate, 0.5, 0);
    }

    public ReduceOnRise(double rate, double factor, double least) {
        this.rate = Check.positive("rate", rate);
        this.factor = Check.require(factor > 0 && factor < 1, "factor", "must be above 0 and below 1", factor);
        this.least = Check.notNegative("least rate", least);
    }

    @Override
    public double at(long update, double epoch) {
        return rate;
    }

    @Override
    public void observe(double loss) {
        if (loss > previous) {
            rate = Math.max(least, rate * factor);
        }
        previous = loss;
    }

    @Override
    public double[] state() {
        return new double[] {rate, previous};
    }

    @Override
    public void restore(double[] state) {
        if (state.length != 2) {
            throw new IllegalArgumentException("reduce on rise remembers 2 numbers, given " + state.length);
        }
        rate = state[0];
        previous = state[1];
    }
}
