package io.quatrain.train;

/** A run whose numbers are no longer finite. The model's weights are those before the update that failed. */
public final class DivergedException extends RuntimeException {
    /** How the place of an input begins. */
    static final String INPUT = "input ";

    private final long update;
    private final String place;

    public DivergedException(long update, String what, String place) {
        super("update " + update + ": " + what + (place.isEmpty() ? "" : ", first in " + place)
                + (place.startsWith(INPUT) ? "; mend the data" : "; use a smaller learning rate, or clip gradients"));
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
