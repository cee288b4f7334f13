package io.quatrain.train;

import io.quatrain.loss.Targets;
import io.quatrain.node.Graph;
import io.quatrain.node.GraphPass;
import io.quatrain.node.PassSize;
import io.quatrain.node.State;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The passes that a source's updates need, each made once, and the state carried from one to the next. */
final class Workspaces {
    /** So many sizes of passes are kept; the one that was not used for longest goes first. */
    private static final int KEPT = 24;

    /** A pass and the targets for its outputs. */
    record Workspace(GraphPass pass, Map<String, Targets> targets) {
    }

    private final Graph graph;
    private final boolean differentiable;
    private final Map<PassSize, Workspace> made = new LinkedHashMap<>(16, 0.75f, true) {
        @Override
        protected boolean removeEldestEntry(Map.Entry<PassSize, Workspace> eldest) {
            return size() > KEPT;
        }
    };
    private @Nullable GraphPass last;
    private @Nullable State restored;

    Workspaces(Graph graph, boolean differentiable) {
        this.graph = graph;
        this.differentiable = differentiable;
    }

    /** Ready for the source's next update. */
    Workspace next(BatchSource source) {
        source.next();
        PassSize size = source.size();
        Workspace workspace = made.get(size);
        if (workspace == null) {
            GraphPass pass = graph.pass(differentiable ? size.forTraining() : size);
            workspace = new Workspace(pass, source.targets(pass));
            made.put(size, workspace);
        }
        GraphPass pass = workspace.pass();
        carry(source, pass);
        source.fill(pass, workspace.targets());
        last = pass;
        return workspace;
    }

    private void carry(BatchSource source, GraphPass pass) {
        if (pass.recurrent().isEmpty()) {
            return;
        }
        int batch = pass.size().batch();
        int anew = 0;
        for (int b = 0; b < batch; b++) {
            anew += source.startsAnew(b) ? 1 : 0;
        }
        if (!source.carriesState() || anew == batch || last == null && restored == null) {
            pass.clearState();
            restored = null;
            return;
        }
        if (restored != null) {
            pass.startFrom(restored);
            restored = null;
        } else if (last != null) {
            pass.carryState(last);
        }
        for (int b = 0; anew > 0 && b < batch; b++) {
            if (source.startsAnew(b)) {
                pass.clearState(b);
            }
        }
    }

    /** The state that the next update would start from; null before the first. */
    @Nullable State carried() {
        return last == null ? restored : last.finalState();
    }

    /** The next update starts from this state. */
    void carried(@Nullable State state) {
        last = null;
        restored = state;
    }
}
