package io.quatrain.train;

/** Counts epochs and updates. */
abstract class AbstractSource implements BatchSource {
    private long epoch;
    private long taken;

    @Override
    public final long epoch() {
        return epoch;
    }

    @Override
    public final void begin(long epoch) {
        this.epoch = epoch;
        this.taken = 0;
        arrange(epoch);
    }

    @Override
    public final boolean hasNext() {
        return taken < updatesPerEpoch();
    }

    @Override
    public final void next() {
        if (!hasNext()) {
            throw new IllegalStateException("epoch " + epoch + " has " + updatesPerEpoch() + " updates, all are taken");
        }
        taken++;
    }

    /** The current update's place in its epoch. */
    final long current() {
        if (taken == 0) {
            throw new IllegalStateException("call next() first");
        }
        return taken - 1;
    }

    @Override
    public final long[] position() {
        return new long[] {epoch, taken};
    }

    @Override
    public final long taken() {
        return taken;
    }

    @Override
    public final void position(long[] position) {
        if (position.length != 2 || position[0] < 0 || position[1] < 0 || position[1] > updatesPerEpoch()) {
            throw new IllegalArgumentException("a position of epoch and updates (at most " + updatesPerEpoch()
                    + ") is needed, given " + java.util.Arrays.toString(position) + "; was the data another one?");
        }
        begin(position[0]);
        taken = position[1];
    }

    /** Puts the updates of an epoch in order. */
    void arrange(long epoch) {
    }
}
