package io.quatrain.train;

import io.quatrain.loss.Targets;
import io.quatrain.node.GraphPass;
import io.quatrain.node.PassSize;
import java.util.Map;

/** A source that does as another one does. */
abstract class DelegatingSource implements BatchSource {
    private final BatchSource source;

    DelegatingSource(BatchSource source) {
        this.source = source;
    }

    @Override
    public long updatesPerEpoch() {
        return source.updatesPerEpoch();
    }

    @Override
    public long epoch() {
        return source.epoch();
    }

    @Override
    public void begin(long epoch) {
        source.begin(epoch);
    }

    @Override
    public boolean hasNext() {
        return source.hasNext();
    }

    @Override
    public void next() {
        source.next();
    }

    @Override
    public PassSize size() {
        return source.size();
    }

    @Override
    public Map<String, Targets> targets(GraphPass pass) {
        return source.targets(pass);
    }

    @Override
    public void fill(GraphPass pass, Map<String, Targets> targets) {
        source.fill(pass, targets);
    }

    @Override
    public boolean carriesState() {
        return source.carriesState();
    }

    @Override
    public boolean startsAnew(int example) {
        return source.startsAnew(example);
    }

    @Override
    public long[] position() {
        return source.position();
    }

    @Override
    public long taken() {
        return source.taken();
    }

    @Override
    public void position(long[] position) {
        source.position(position);
    }
}
