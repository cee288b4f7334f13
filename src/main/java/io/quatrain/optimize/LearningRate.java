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

    /** This for so many updates, then the next, which counts its own updates from 1. PyTorch's SequentialLR. */
    default LearningRate then(long updates, LearningRate next) {
        return new Composed(this, next) {
            @Override
            public double at(long update, double epoch) {
                return update <= updates ? first.at(update, epoch) : second.at(update - updates, epoch);
            }
        };
    }

    /** This times another: a schedule that begins at 1, say. PyTorch's ChainedScheduler. */
    default LearningRate times(LearningRate other) {
        return new Composed(this, other) {
            @Override
            public double at(long update, double epoch) {
                return first.at(update, epoch) * second.at(update, epoch);
            }
        };
    }

    /** Rises in a straight line over the first updates: times update/updates. */
    default LearningRate warmedUp(long updates) {
        Check.positive("updates", updates);
        return times((update, epoch) -> Math.min(1, (double) update / updates));
    }

    /** The same schedule counted in whole epochs instead of updates. */
    default LearningRate perEpoch() {
        return new Composed(this, constant(1)) {
            @Override
            public double at(long update, double epoch) {
                return first.at((long) Math.floor(epoch) + 1, epoch);
            }
        };
    }
}
