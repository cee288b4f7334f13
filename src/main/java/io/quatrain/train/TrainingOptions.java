package io.quatrain.train;

import io.quatrain.optimize.Clipping;

/**
 * How long, how often and how carefully. Immutable; the {@code with} methods return changed copies. In every "every", 0 means
 * never.
 *
 * @param epochs             ends after so many epochs, 0 for no limit
 * @param updates            ends after so many updates, 0 for no limit
 * @param clipping           none by default
 * @param validateEvery      updates between validations
 * @param validateEpochs     whether to validate at the end of every epoch; true by default
 * @param patience           ends after so many validations without improvement; without {@link Trainer#validateOn} there are none
 * @param improvement        by how much a validation's loss must be lower than the best to be an improvement
 * @param checkpointEvery    updates between checkpoints
 * @param checkpointEpochs   whether every epoch ends with a checkpoint; true by default
 * @param sampleEvery        updates between samples
 * @param smoothing          the share that the smoothed loss keeps of itself: 0.999 · itself + 0.001 · loss
 * @param smoothedStart      what the smoothed loss starts from; NaN: the first loss
 * @param noiseSeed          of dropout and its like
 */
public record TrainingOptions(long epochs, long updates, Clipping clipping, long validateEvery, boolean validateEpochs,
                              int patience, double improvement, long checkpointEvery, boolean checkpointEpochs,
                              long sampleEvery, double smoothing, double smoothedStart, long noiseSeed) {
    public TrainingOptions {
        notNegative("epochs", epochs);
        notNegative("updates", updates);
        notNegative("validateEvery", validateEvery);
        notNegative("patience", patience);
        notNegative("checkpointEvery", checkpointEvery);
        notNegative("sampleEvery", sampleEvery);
        if (!(improvement >= 0)) {
            throw new IllegalArgumentException("improvement must be at least 0, got " + improvement);
        }
        if (!(smoothing >= 0 && smoothing < 1)) {
            throw new IllegalArgumentException("smoothing must be at least 0 and below 1, got " + smoothing);
        }
    }

    private static void notNegative(String name, long value) {
        if (value < 0) {
            throw new IllegalArgumentException(name + " must be at least 0, got " + value);
        }
    }

    /** No limit, no clipping; validation and a checkpoint at the end of every epoch. */
    public TrainingOptions() {
        this(0, 0, Clipping.NONE, 0, true, 0, 0, 0, true, 0, 0.999, Double.NaN, 1);
    }

    public static TrainingOptions ofEpochs(long epochs) {
        return new TrainingOptions().withEpochs(epochs);
    }

    public static TrainingOptions ofUpdates(long updates) {
        return new TrainingOptions().withUpdates(updates);
    }

    public TrainingOptions withEpochs(long epochs) {
        return new TrainingOptions(epochs, updates, clipping, validateEvery, validateEpochs, patience, improvement,
                checkpointEvery, checkpointEpochs, sampleEvery, smoothing, smoothedStart, noiseSeed);
    }

    public TrainingOptions withUpdates(long updates) {
        return new TrainingOptions(epochs, updates, clipping, validateEvery, validateEpochs, patience, improvement,
                checkpointEvery, checkpointEpochs, sampleEvery, smoothing, smoothedStart, noiseSeed);
    }

    public TrainingOptions withClipping(Clipping clipping) {
        return new TrainingOptions(epochs, updates, clipping, validateEvery, validateEpochs, patience, improvement,
                checkpointEvery, checkpointEpochs, sampleEvery, smoothing, smoothedStart, noiseSeed);
    }

    /** @param everyUpdates 0: only at the ends of epochs, if {@code epochs} */
    public TrainingOptions withValidation(long everyUpdates, boolean epochs) {
        return new TrainingOptions(this.epochs, updates, clipping, everyUpdates, epochs, patience, improvement,
                checkpointEvery, checkpointEpochs, sampleEvery, smoothing, smoothedStart, noiseSeed);
    }

    public TrainingOptions withPatience(int patience, double improvement) {
        return new TrainingOptions(epochs, updates, clipping, validateEvery, validateEpochs, patience, improvement,
                checkpointEvery, checkpointEpochs, sampleEvery, smoothing, smoothedStart, noiseSeed);
    }

    /** @param everyUpdates 0: only at the ends of epochs, if {@code epochs} */
    public TrainingOptions withCheckpoints(long everyUpdates, boolean epochs) {
        return new TrainingOptions(this.epochs, updates, clipping, validateEvery, validateEpochs, patience, improvement,
                everyUpdates, epochs, sampleEvery, smoothing, smoothedStart, noiseSeed);
    }

    public TrainingOptions withSampleEvery(long updates) {
        return new TrainingOptions(epochs, this.updates, clipping, validateEvery, validateEpochs, patience, improvement,
                checkpointEvery, checkpointEpochs, updates, smoothing, smoothedStart, noiseSeed);
    }

    public TrainingOptions withSmoothing(double smoothing, double start) {
        return new TrainingOptions(epochs, updates, clipping, validateEvery, validateEpochs, patience, improvement,
                checkpointEvery, checkpointEpochs, sampleEvery, smoothing, start, noiseSeed);
    }

    public TrainingOptions withNoiseSeed(long seed) {
        return new TrainingOptions(epochs, updates, clipping, validateEvery, validateEpochs, patience, improvement,
                checkpointEvery, checkpointEpochs, sampleEvery, smoothing, smoothedStart, seed);
    }
}
