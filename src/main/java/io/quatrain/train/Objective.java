package io.quatrain.train;

import io.quatrain.loss.ActivityPenalty;
import io.quatrain.loss.Loss;
import io.quatrain.loss.Reduction;
import io.quatrain.node.Graph;
import io.quatrain.node.GraphPass;
import io.quatrain.node.Parameter;
import io.quatrain.optimize.Penalty;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What training makes small: the losses of a model's outputs, each with a factor, added up. Immutable; the {@code with}
 * methods return changed copies.
 *
 * @param reduction how the losses of an update's columns become one number
 * @param penalties  of the weights, added in training only
 * @param activities of what layers give, added in training only
 */
public record Objective(Map<String, Term> terms, Reduction reduction, List<Penalty> penalties, List<Activity> activities) {
    /** The name under which the only output goes, whatever it is called. */
    private static final String ONLY = "";

    /** The loss of one output. */
    public record Term(Loss loss, double factor) {
        public Term {
            if (!(factor >= 0) || Double.isInfinite(factor)) {
                throw new IllegalArgumentException("a loss's factor must be at least 0 and finite, got " + factor);
            }
        }
    }

    /** A penalty of what a layer gives. */
    public record Activity(String layer, ActivityPenalty penalty) {
    }

    public Objective {
        terms = java.util.Collections.unmodifiableMap(new LinkedHashMap<>(terms));
        penalties = List.copyOf(penalties);
        activities = List.copyOf(activities);
        if (terms.isEmpty()) {
            throw new IllegalArgumentException("an objective needs a loss");
        }
    }

    /** The mean loss of the only output. */
    public static Objective of(Loss loss) {
        return new Objective(Map.of(ONLY, new Term(loss, 1)), Reduction.MEAN, List.of(), List.of());
    }

    /** The mean loss of a named output; add others by {@link #with}. */
    public static Objective of(String output, Loss loss) {
        return new Objective(Map.of(output, new Term(loss, 1)), Reduction.MEAN, List.of(), List.of());
    }

    public Objective with(String output, Loss loss, double factor) {
        Map<String, Term> all = new LinkedHashMap<>(terms);
        all.put(output, new Term(loss, factor));
        return new Objective(all, reduction, penalties, activities);
    }

    public Objective with(Reduction reduction) {
        return new Objective(terms, reduction, penalties, activities);
    }

    public Objective with(Penalty penalty) {
        List<Penalty> all = new ArrayList<>(penalties);
        all.add(penalty);
        return new Objective(terms, reduction, all, activities);
    }

    /**
     * Penalises what a layer gives (Merity, McCann and Socher 2017).
     *
     * @param layer its name in the graph
     */
    public Objective with(String layer, ActivityPenalty penalty) {
        List<Activity> all = new ArrayList<>(activities);
        all.add(new Activity(layer, penalty));
        return new Objective(terms, reduction, penalties, all);
    }

    /** Throws where a loss is of an output, or an activity of a layer, that the graph does not have. */
    void check(Graph graph) {
        for (String output : terms.keySet()) {
            if (!output.equals(ONLY) && !graph.outputs().contains(output)) {
                throw new IllegalArgumentException("objective: the model has no output \"" + output + "\"; its outputs are "
                        + String.join(", ", graph.outputs()));
            }
        }
        List<String> names = graph.vertices().stream().map(Graph.Vertex::name).toList();
        for (Activity activity : activities) {
            if (!names.contains(activity.layer())) {
                throw new IllegalArgumentException("activity: the model has no layer \"" + activity.layer()
                        + "\"; its layers are " + String.join(", ", names));
            }
        }
    }

    /** The penalties' sum; their gradients are added to those of the parameters and of the layers' outputs. */
    double penalise(List<Parameter> parameters, GraphPass pass) {
        double sum = 0;
        for (int i = 0; i < penalties.size(); i++) {
            sum += penalties.get(i).value(parameters);
            penalties.get(i).addGradients(parameters);
        }
        for (int i = 0; i < activities.size(); i++) {
            sum += activities.get(i).penalty().apply(pass.signal(activities.get(i).layer()));
        }
        return sum;
    }

    /** The term of an output; null where it is not judged. */
    @Nullable Term term(String output) {
        Term term = terms.get(output);
        return term == null ? terms.get(ONLY) : term;
    }
}
