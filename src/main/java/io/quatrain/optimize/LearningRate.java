package io.quatrain.optimize;

/**
 * The learning rate over the course of a run. What a schedule remembers (of validation losses, say) is its
 * {@link #state()}, so that a checkpoint can hold it.
 */
@FunctionalInterface
public interface LearningRate {
    /**
     * The rate of one update.
     *
     * @param update counts from 1
     * @param epoch  how many times the data was gone through before this update, with its fraction
     */
    double at(long update, double epoch);

    /** Tells the loss of a validation, for schedules that wait for it to stop falling. */
    default void observe(double validationLoss) {
    }

    /** What is remembered; empty for schedules that only count. */
    default double[] state() {
        return new double[0];
    }

    /** Goes on from what {@link #state()} gave. */
    default void restore(double[] state) {
        if (state.length != 0) {
            throw new IllegalArgumentException("this learning rate remembers nothing, given " + state.length + " numbers");
        }
    }

    /** The same rate for every update. */
    static LearningRate constant(double rate) {
        return (update, epoch) -> rate;
    }
}
