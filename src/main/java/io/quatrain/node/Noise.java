package io.quatrain.node;

import io.quatrain.tensor.Bernoulli;
import io.quatrain.tensor.Randomness;

/**
 * The randomness of a training step (dropout and its like): a function of a seed, a step number and a place, so that a
 * resumed run draws what the unbroken one would have drawn, on any number of threads.
 */
public final class Noise {
    private long seed;
    private long step;

    /** The randomness of one step of a run. */
    public void set(long seed, long step) {
        this.seed = seed;
        this.step = step;
    }

    public long step() {
        return step;
    }

    /** The numbers of one place ("2.dropout") at this step. */
    public Randomness at(String place) {
        return begin(new Randomness(0, place));
    }

    /** The same, for one who keeps the numbers of a place from step to step. */
    Randomness begin(Randomness place) {
        place.restart(seed * 31 + step);
        return place;
    }

    Bernoulli begin(Bernoulli chance) {
        begin(chance.random());
        return chance;
    }
}
