package io.quatrain.generate;

import io.quatrain.node.Graph;
import io.quatrain.node.GraphPass;
import io.quatrain.node.PassSize;
import io.quatrain.tensor.Matrix;
import io.quatrain.tensor.Sequence;
import io.quatrain.train.Series;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.IntStream;

/** A trained model that is asked about whole examples: what class, what numbers. */
public final class Predictor {
    private static final int BATCH = 64;

    private final Graph graph;
    private final String output;

    /** For a model with one output. */
    public Predictor(Graph graph) {
        this(graph, graph.outputs().size() == 1 ? graph.outputs().get(0) : "");
    }

    public Predictor(Graph graph, String output) {
        if (!graph.outputs().contains(output)) {
            throw new IllegalArgumentException("this model has the outputs " + graph.outputs() + "; say which one is meant");
        }
        this.graph = graph;
        this.output = output;
    }

    /** A class and how likely the model holds it. */
    public record Ranked(int id, double probability) {
    }

    /** For every example of a model whose output has one step, the most likely classes, best first: softmax of its logits, or what its own softmax gives. */
    public List<List<Ranked>> classify(Map<String, ? extends Series> inputs, int top) {
        return classifySteps(inputs, top).stream().map(steps -> steps.get(steps.size() - 1)).toList();
    }

    /** The same at every step that is there: for taggers. */
    public List<List<List<Ranked>>> classifySteps(Map<String, ? extends Series> inputs, int top) {
        List<List<List<Ranked>>> all = new ArrayList<>();
        LogSoftmax softmax = new LogSoftmax();
        run(graph.withLogits(output), inputs, (y, b) -> {
            List<List<Ranked>> steps = new ArrayList<>();
            for (int t = 0; t < y.steps(); t++) {
                if (y.mask().valid(t, b)) {
                    steps.add(top(softmax.of(y.all(), t * y.batch() + b), top));
                }
            }
            all.add(steps);
        });
        return all;
    }

    private static List<Ranked> top(double[] logProbabilities, int top) {
        return IntStream.range(0, logProbabilities.length).boxed()
                .sorted((a, b) -> Double.compare(logProbabilities[b], logProbabilities[a]))
                .limit(top).map(id -> new Ranked(id, Math.exp(logProbabilities[id]))).toList();
    }

    /** For every example the model's output as it comes, [features × steps that are there], column by column. */
    public List<double[]> values(Map<String, ? extends Series> inputs) {
        List<double[]> all = new ArrayList<>();
        run(graph, inputs, (y, b) -> {
            int count = IntStream.range(0, y.steps()).map(t -> y.mask().valid(t, b) ? 1 : 0).sum();
            double[] values = new double[count * y.features()];
            int at = 0;
            for (int t = 0; t < y.steps(); t++) {
                if (y.mask().valid(t, b)) {
                    y.all().copyColumn(t * y.batch() + b, values, at);
                    at += y.features();
                }
            }
            all.add(values);
        });
        return all;
    }

    private interface Column {
        void accept(Sequence output, int example);
    }

    private void run(Graph graph, Map<String, ? extends Series> inputs, Column told) {
        List<String> names = graph.inputs().stream().map(Graph.Input::name).toList();
        if (!inputs.keySet().equals(new java.util.HashSet<>(names))) {
            throw new IllegalArgumentException("this model has the inputs " + names + ", given " + inputs.keySet());
        }
        int count = Objects.requireNonNull(inputs.get(names.get(0))).size();
        inputs.forEach((name, series) -> {
            if (series.size() != count) {
                throw new IllegalArgumentException("input \"" + name + "\" has " + series.size() + " examples, input \"" + names.get(0) + "\" has "
                        + count + "; every example needs all inputs");
            }
        });
        for (int from = 0; from < count; from += BATCH) {
            int first = from;
            int[] chosen = IntStream.range(first, Math.min(count, first + BATCH)).toArray();
            GraphPass pass = graph.pass(size(inputs, chosen));
            inputs.forEach((name, series) -> series.write(pass.input(name), chosen, name));
            pass.forward(false);
            for (int b = 0; b < chosen.length; b++) {
                told.accept(pass.signal(output).value(), b);
            }
        }
    }

    private static PassSize size(Map<String, ? extends Series> inputs, int[] chosen) {
        PassSize size = PassSize.of(chosen.length, 1);
        boolean differ = false;
        for (Map.Entry<String, ? extends Series> input : inputs.entrySet()) {
            Series series = input.getValue();
            int steps = 1;
            for (int example : chosen) {
                if (series.length(example) < 1) {
                    throw new IllegalArgumentException("example " + example + " of input \"" + input.getKey() + "\" has no steps");
                }
                steps = Math.max(steps, series.length(example));
                differ |= series.length(example) != series.length(chosen[0]);
            }
            size = size.withSteps(input.getKey(), steps);
        }
        return differ ? size.withVariableLengths() : size;
    }

    /**
     * A free run: reads what is known of some series, then feeds every output back as the next input. The model's output has
     * the input's features and stands for the next step.
     *
     * @param known  one sequence for each series that is to be continued
     * @param steps  how many columns to foretell
     * @param window 0: the state is carried; otherwise so many last columns are read anew for every step, for models that
     *               were trained on windows
     * @return for every series [features × steps], column by column
     */
    public List<double[]> forecast(io.quatrain.train.NumberSeries known, int steps, int window) {
        if (graph.inputs().size() != 1) {
            throw new IllegalArgumentException("a forecast needs a model with one input, this one has " + graph.inputs());
        }
        String input = graph.inputs().get(0).name();
        Generator generator = window == 0 ? new Generator(graph, input, output)
                : Generator.ofWindow(graph, input, output, window);
        Session session = generator.session(known.size());
        session.read(known);
        Matrix next = session.logits();
        if (next.rows() != known.features()) {
            throw new IllegalArgumentException("a free run feeds the output back, so it needs " + known.features()
                    + " features as the input has; output \"" + output + "\" has " + next.rows());
        }
        List<double[]> foretold = new ArrayList<>();
        for (int b = 0; b < known.size(); b++) {
            foretold.add(new double[steps * next.rows()]);
        }
        for (int t = 0; t < steps; t++) {
            for (int b = 0; b < known.size(); b++) {
                next.copyColumn(b, Objects.requireNonNull(foretold.get(b)), t * next.rows());
            }
            if (t < steps - 1) {
                session.step(next);
                next = session.logits();
            }
        }
        return foretold;
    }
}
