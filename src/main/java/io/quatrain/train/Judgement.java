package io.quatrain.train;

import io.quatrain.loss.Targets;
import io.quatrain.node.Graph;
import io.quatrain.node.GraphPass;
import io.quatrain.node.Signal;
import io.quatrain.tensor.Sequence;
import java.util.List;
import java.util.Map;

/** What an objective says of one update, output by output in the graph's order. */
final class Judgement {
    private final List<String> outputs;
    private final double[] sums;
    private final double[] weights;
    private double value;
    private double meanLoss;
    private long targets;

    Judgement(Graph graph) {
        outputs = graph.outputs();
        sums = new double[outputs.size()];
        weights = new double[outputs.size()];
    }

    /** The objective's value: reduced and with factors. */
    double value() {
        return value;
    }

    /** Σ factor·weight·loss over an output's targets. */
    double sum(int output) {
        return sums[output];
    }

    /** Σ weight over an output's targets. */
    double weight(int output) {
        return weights[output];
    }

    /** Factors times means, added up. */
    double meanLoss() {
        return meanLoss;
    }

    /** How many targets count. */
    long targets() {
        return targets;
    }

    /** Whether any target counts. */
    boolean counts() {
        return targets > 0;
    }

    /**
     * Judges a pass that ran forward.
     *
     * @param gradients whether to write the outputs' gradients
     */
    void judge(GraphPass pass, Map<String, Targets> all, Objective objective, boolean gradients) {
        value = 0;
        meanLoss = 0;
        targets = 0;
        for (int i = 0; i < outputs.size(); i++) {
            sums[i] = 0;
            weights[i] = 0;
            Objective.Term term = objective.term(outputs.get(i));
            Targets target = all.get(outputs.get(i));
            if (term == null || target == null) {
                continue;
            }
            Signal output = pass.signal(outputs.get(i));
            double weight = term.loss().totalWeight(output.value(), target);
            if (weight == 0) {
                continue;                   // nothing counts: loss 0, gradient 0
            }
            double scale = term.factor() * objective.reduction().scale(term.loss(), output.value(), target);
            double sum = term.loss().evaluate(output.value(), target, scale, gradients ? output.wantedGradient() : null);
            sums[i] = term.factor() * sum;
            weights[i] = weight;
            value += scale * sum;
            meanLoss += sums[i] / weight;
            targets += count(output.value(), target);
        }
    }

    private static long count(Sequence output, Targets target) {
        long count = 0;
        for (int c = 0; c < target.columns(); c++) {
            count += target.weight(output, c) != 0 ? 1 : 0;
        }
        return count;
    }
}
