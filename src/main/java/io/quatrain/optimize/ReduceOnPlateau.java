package io.quatrain.optimize;

/**
 * Multiplies the rate by a factor when the validation loss has not improved for more than {@code patience} validations.
 * A loss improves when it is below best·(1 − threshold), or below best − threshold where the threshold is absolute. After
 * a reduction, {@code cooldown} validations are not counted.
 *
 * <p>PyTorch's ReduceLROnPlateau, whose defaults are factor 0.1, patience 10, threshold 1e-4 relative, cooldown 0, least
 * 0, smallest change 1e-8. Keras's callback of that name reduces one validation earlier (its patience 10 is 9 here)
 * and has an absolute threshold.
 */
public final class ReduceOnPlateau implements LearningRate {
    private final double factor;
    private final int patience;
    private final double threshold;
    private final boolean relative;
    private final boolean growing;
    private final int cooldown;
    private final double least;
    private final double smallestChange;
    private double rate;
    private double best;
    private int bad;
    private int resting;

    /** Relative threshold 1e-4, no cooldown, down to 0. */
    public ReduceOnPlateau(double rate, double factor, int patience) {
        this(rate, factor, patience, 1e-4, true, false, 0, 0, 1e-8);
    }

    /**
     * @param growing        whether what is observed should grow: an accuracy
     * @param smallestChange a reduction by this or less is not made
     */
    public ReduceOnPlateau(double rate, double factor, int patience, double threshold, boolean relative, boolean growing,
                           int cooldown, double least, double smallestChange) {
        this.rate = Check.positive("rate", rate);
        this.factor = Check.require(factor > 0 && factor < 1, "factor", "must be above 0 and below 1", factor);
        this.patience = (int) Check.notNegative("patience", patience);
        this.threshold = Check.notNegative("threshold", threshold);
        this.relative = relative;
        this.growing = growing;
        this.cooldown = (int) Check.notNegative("cooldown", cooldown);
        this.least = Check.notNegative("least rate", least);
        this.smallestChange = Check.notNegative("smallest change", smallestChange);
        this.best = growing ? Double.NEGATIVE_INFINITY : Double.POSITIVE_INFINITY;
    }

    @Override
    public double at(long update, double epoch) {
        return rate;
    }

    @Override
    public void observe(double loss) {
        if (improves(loss)) {
            best = loss;
            bad = 0;
        } else {
            bad++;
        }
        if (resting > 0) {
            resting--;
            bad = 0;
        }
        if (bad > patience) {
            double reduced = Math.max(rate * factor, least);
            if (rate - reduced > smallestChange) {
                rate = reduced;
            }
            resting = cooldown;
            bad = 0;
        }
    }

    private boolean improves(double loss) {
        if (growing) {
            return loss > (relative ? best * (1 + threshold) : best + threshold);
        }
        return loss < (relative ? best * (1 - threshold) : best - threshold);
    }

    @Override
    public double[] state() {
        return new double[] {rate, best, bad, resting};
    }

    @Override
    public void restore(double[] state) {
        if (state.length != 4) {
            throw new IllegalArgumentException("reduce on plateau remembers 4 numbers, given " + state.length);
        }
        rate = state[0];
        best = state[1];
        bad = (int) state[2];
        resting = (int) state[3];
    }
}
