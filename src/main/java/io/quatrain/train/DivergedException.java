package io.quatrain.train;

/** A run whose numbers are no longer finite. The model's weights are those before the update that failed. */
public final class DivergedException extends RuntimeException {
    private final long update;
    private final String place;

    public DivergedException(long update, String what, String place) {
        this(update, what, place, "use a smaller learning rate, or clip gradients");
    }

    DivergedException(long update, String what, String place, String advice) {
        super("update " + update + ": " + what + (place.isEmpty() ? "" : ", first in " + place) + "; " + advice);
        this.update = update;
        this.place = place;
    }

    /** The update that could not be made; counts from 1. */
    public long update() {
        return update;
    }

    /** The first node, parameter or input with a number that is not finite; empty where there is none. */
    public String place() {
        return place;
    }
}
