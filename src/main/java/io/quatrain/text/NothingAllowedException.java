package io.quatrain.text;

/** No token may be written next: what is banned and what a {@link Constraint} forbids leave none. */
public final class NothingAllowedException extends IllegalStateException {
    private static final long serialVersionUID = 1;

    /** @param where which choice it is about */
    public NothingAllowedException(String where) {
        super(where + "; ban fewer tokens or loosen the constraint");
    }
}
