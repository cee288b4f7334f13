package io.quatrain.train;

import io.quatrain.loss.Targets;
import io.quatrain.node.GraphPass;
import io.quatrain.node.PassSize;
import java.util.Map;

/**
 * What a model is trained or judged on, one update after the other: {@link #next()}, make or find a pass of
 * {@link #size()}, {@link #fill}. The order is a function of the source's seed and the epoch, so two numbers say where a
 * run stands. For one thread.
 */
public interface BatchSource {
    /** Updates of one epoch. */
    long updatesPerEpoch();

    /** The epoch under way; counts from 0. */
    long epoch();

    /** Goes to the beginning of an epoch. */
    void begin(long epoch);

    /** Whether this epoch has another update. */
    boolean hasNext();

    /** Goes to the next update. */
    void next();

    /** The size of the current update's pass; who trains makes it differentiable. */
    PassSize size();

    /** New targets for a pass, one for each output that is judged, by name. Made once a pass. */
    Map<String, Targets> targets(GraphPass pass);

    /** Writes the current update's inputs, lengths, classes or numbers, and weights. */
    void fill(GraphPass pass, Map<String, Targets> targets);

    /** Whether the state after an update is where the next one starts. If not, every example starts from zero. */
    boolean carriesState();

    /** Whether an example of the current update starts from a state of zeros. */
    boolean startsAnew(int example);

    /** The epoch, and how many of its updates were taken. */
    long[] position();

    /** How many updates of the epoch were taken. */
    default long taken() {
        return position()[1];
    }

    /** Goes to a {@link #position()}: the next update is the one after it. */
    void position(long[] position);
}
