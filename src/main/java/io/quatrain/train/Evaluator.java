package io.quatrain.train;

import io.quatrain.loss.Targets;
import io.quatrain.node.Graph;
import io.quatrain.node.GraphPass;
import io.quatrain.node.Signal;
import java.util.Map;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Judges a model on data, without dropout and without gradients: one epoch of a source from its beginning, the state
 * carried where the source says so. Passes are made once and kept for the next time.
 */
public final class Evaluator {
    private final Graph graph;
    private final Objective objective;
    private final Workspaces workspaces;
    private final Judgement judgement;

    public Evaluator(Graph graph, Objective objective) {
        this.graph = graph;
        this.objective = objective;
        this.workspaces = new Workspaces(graph, false);
        this.judgement = new Judgement(graph);
    }

    public Graph graph() {
        return graph;
    }

    /** Judges the whole of a source's first epoch. Where no target counts, the loss is 0. */
    public Evaluation evaluate(BatchSource source) {
        Evaluation evaluation = evaluate(source, () -> false);
        if (evaluation == null) {
            throw new IllegalStateException("nobody asked to stop");
        }
        return evaluation;
    }

    /** The same; null when {@code stopped} became true in between. */
    public @Nullable Evaluation evaluate(BatchSource source, BooleanSupplier stopped) {
        RunningLoss loss = new RunningLoss(graph.outputs().size());
        long classes = 0;
        long right = 0;
        long targets = 0;
        long updates = 0;
        source.begin(0);
        workspaces.carried(null);
        while (source.hasNext()) {
            if (stopped.getAsBoolean()) {
                return null;
            }
            Workspaces.Workspace workspace = workspaces.next(source);
            GraphPass pass = workspace.pass();
            pass.forward(false);
            judgement.judge(pass, workspace.targets(), objective, false);
            loss.add(judgement);
            targets += judgement.targets();
            updates++;
            for (Map.Entry<String, Targets> entry : workspace.targets().entrySet()) {
                if (entry.getValue().hasClasses() && objective.term(entry.getKey()) != null) {
                    Signal output = pass.signal(entry.getKey());
                    for (int c = 0; c < entry.getValue().columns(); c++) {
                        if (entry.getValue().weight(output.value(), c) != 0) {
                            classes++;
                            right += output.value().all().rowOfMaximum(c) == entry.getValue().classes()[c] ? 1 : 0;
                        }
                    }
                }
            }
        }
        return new Evaluation(loss.mean(), classes == 0 ? Double.NaN : (double) right / classes,
                targets, updates);
    }
}
