package io.quatrain.train;

import io.quatrain.loss.Targets;
import io.quatrain.metric.Accuracy;
import io.quatrain.metric.Metric;
import io.quatrain.node.Graph;
import io.quatrain.node.GraphPass;
import io.quatrain.tensor.Sequence;
import java.util.LinkedHashMap;
import java.util.List;
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
    private final List<Metric> metrics;

    public Evaluator(Graph graph, Objective objective) {
        this(graph, objective, List.of());
    }

    /** @param metrics are told of every output that is judged, and begin anew with every evaluation */
    public Evaluator(Graph graph, Objective objective, List<? extends Metric> metrics) {
        this.graph = graph;
        this.objective = objective;
        this.workspaces = new Workspaces(graph, false);
        this.judgement = new Judgement(graph);
        this.metrics = List.copyOf(metrics);
        objective.check(graph);
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
        double classes = 0;
        double right = 0;
        metrics.forEach(Metric::reset);
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
                Objective.Term term = objective.term(entry.getKey());
                if (term == null) {
                    continue;
                }
                Sequence prediction = pass.signal(entry.getKey()).value();
                double threshold = term.loss().yesAbove();
                if (entry.getValue().hasClasses() && (prediction.features() > 1 || !Double.isNaN(threshold))) {
                    Accuracy accuracy = Accuracy.above(threshold);
                    accuracy.add(prediction, entry.getValue());
                    right += accuracy.right();
                    classes += accuracy.weight();
                }
                for (Metric metric : metrics) {
                    metric.add(prediction, entry.getValue());
                }
            }
        }
        Map<String, Double> values = new LinkedHashMap<>();
        metrics.forEach(metric -> values.put(metric.name(), metric.value()));
        return new Evaluation(loss.mean(), right / classes, targets, updates, values);
    }
}
