package io.quatrain.train;

/** Is told how training goes, in the trainer's thread. What it throws ends the run and comes out of it. */
public interface TrainingListener {
    /**
     * One update.
     *
     * @param update       counts from 1
     * @param loss         as the objective reduces it
     * @param meanLoss     per target
     * @param smoothedLoss of {@code loss}
     * @param epochLoss    the mean per target since the epoch began
     * @param gradientNorm before clipping
     * @param targets      of this update
     * @param allTargets   since the beginning of training
     * @param epoch        counts from 0
     * @param progress     of the epoch, 0 to 1
     * @param seconds      since this process began to train
     */
    record Update(long update, double loss, double meanLoss, double smoothedLoss, double epochLoss, double learningRate,
                  double gradientNorm, long targets, long allTargets, long epoch, double progress, double seconds) {
    }

    /**
     * A validation.
     *
     * @param improved whether it is better than every one before
     * @param last     whether training is over; this one does not count for patience
     */
    record Validation(long update, long epoch, Evaluation evaluation, boolean improved, boolean last) {
    }

    default void updated(Update update) {
    }

    /**
     * @param epoch the one that is over, counted from 0
     * @param loss  its mean per target
     */
    default void epochEnded(long epoch, double loss) {
    }

    default void validated(Trainer trainer, Validation validation) {
    }

    /** The moment to write {@link Trainer#save()} to a file: as often as the options say, and when a run ends or is stopped. */
    default void checkpoint(Trainer trainer) {
    }

    /** The moment to show what the model writes. */
    default void sample(Trainer trainer) {
    }
}
