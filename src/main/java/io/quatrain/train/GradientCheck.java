package io.quatrain.train;

import io.quatrain.loss.Loss;
import io.quatrain.loss.Targets;
import io.quatrain.node.Graph;
import io.quatrain.node.GraphPass;
import io.quatrain.node.Parameter;
import io.quatrain.node.Pass;
import io.quatrain.node.PassSize;
import io.quatrain.node.Signal;
import io.quatrain.node.StatePort;
import io.quatrain.tensor.Mask;
import io.quatrain.tensor.Matrix;
import io.quatrain.tensor.Precision;
import io.quatrain.tensor.Randomness;
import io.quatrain.tensor.Sequence;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Proves a graph's derivatives against slopes: with random inputs, lengths and targets, every trainable parameter, every
 * input that is not tokens and every initial state is moved a little, and the loss's change is compared with the gradient
 * that {@code backward} announces.
 * <pre>
 *   slope = (8·(L(w+h) − L(w−h)) − (L(w+2h) − L(w−2h))) / 12h,   h = 1e-3
 *   error = |announced − slope| / max(|announced| + |slope|, 1e-5·max(1, |L|))
 * </pre>
 * In double precision the slope is right to about 1e-12, so an error above 1e-6 is a wrong derivative. An element that
 * fails is tried again with smaller h, because a function with corners (relu) may have one between w − 2h and w + 2h.
 *
 * <p>The loss is the sum over outputs of a random weight times each value that is there, unless a {@link #withLoss loss} is
 * set for an output; and of a random weight times each element of every recurrent layer's final state. Gradients are
 * proved to be <em>added</em> to what stood there before. Random numbers depend on the seed only, and dropout draws the
 * same mask at every evaluation. Immutable; the {@code with} methods return changed copies.
 *
 * @param seed            of all random numbers
 * @param batch           examples, 3 by default
 * @param steps           of every input that is a sequence, 5 by default, unless {@code stepsOf} says otherwise
 * @param stepsOf         steps of single inputs, by name
 * @param variableLengths whether examples get random lengths, one of them full and one of them short
 * @param gaps            whether, instead of lengths, any step of any example may be missing
 * @param training        whether dropout and its like are at work; true by default
 * @param elements        how many elements of each matrix are checked, at random places where it has more; 200 by default
 * @param tolerance       the largest error that is right, 1e-6 by default
 * @param losses          losses of outputs, by name
 */
public record GradientCheck(long seed, int batch, int steps, Map<String, Integer> stepsOf, boolean variableLengths,
                            boolean gaps, boolean training, int elements, double tolerance, Map<String, Loss> losses) {
    private static final double[] DISTANCES = {1e-3, 1e-4, 1e-5, 1e-6};
    private static final double SMALLEST = 1e-5;
    private static final double BEFORE = 0.75;

    public GradientCheck {
        if (batch < 1 || steps < 1 || elements < 1 || !(tolerance > 0)) {
            throw new IllegalArgumentException("batch, steps, elements and tolerance must be positive, got batch " + batch
                    + ", steps " + steps + ", elements " + elements + ", tolerance " + tolerance);
        }
        stepsOf = Map.copyOf(stepsOf);
        losses = Map.copyOf(losses);
    }

    /** Seed 1, 3 examples of 5 steps, 200 elements of each matrix, tolerance 1e-6. */
    public GradientCheck() {
        this(1, 3, 5, Map.of(), false, false, true, 200, 1e-6, Map.of());
    }

    public GradientCheck withSeed(long seed) {
        return new GradientCheck(seed, batch, steps, stepsOf, variableLengths, gaps, training, elements, tolerance, losses);
    }

    public GradientCheck withBatch(int batch) {
        return new GradientCheck(seed, batch, steps, stepsOf, variableLengths, gaps, training, elements, tolerance, losses);
    }

    public GradientCheck withSteps(int steps) {
        return new GradientCheck(seed, batch, steps, stepsOf, variableLengths, gaps, training, elements, tolerance, losses);
    }

    public GradientCheck withSteps(String input, int steps) {
        Map<String, Integer> all = new HashMap<>(stepsOf);
        all.put(input, steps);
        return new GradientCheck(seed, batch, this.steps, all, variableLengths, gaps, training, elements, tolerance, losses);
    }

    public GradientCheck withVariableLengths() {
        return new GradientCheck(seed, batch, steps, stepsOf, true, gaps, training, elements, tolerance, losses);
    }

    /** Any step of any example may be missing. */
    public GradientCheck withGaps() {
        return new GradientCheck(seed, batch, steps, stepsOf, true, true, training, elements, tolerance, losses);
    }

    public GradientCheck withTraining(boolean training) {
        return new GradientCheck(seed, batch, steps, stepsOf, variableLengths, gaps, training, elements, tolerance, losses);
    }

    public GradientCheck withElements(int elements) {
        return new GradientCheck(seed, batch, steps, stepsOf, variableLengths, gaps, training, elements, tolerance, losses);
    }

    public GradientCheck withTolerance(double tolerance) {
        return new GradientCheck(seed, batch, steps, stepsOf, variableLengths, gaps, training, elements, tolerance, losses);
    }

    /** The loss of one output, with random targets of which some do not count. */
    public GradientCheck withLoss(String output, Loss loss) {
        Map<String, Loss> all = new HashMap<>(losses);
        all.put(output, loss);
        return new GradientCheck(seed, batch, steps, stepsOf, variableLengths, gaps, training, elements, tolerance, all);
    }

    /**
     * One number and its derivative.
     *
     * @param place     "parameter 1.lstm.wx", "input x", "initial state of 1.lstm, part 0"
     * @param announced what {@code backward} gave
     * @param measured  the slope
     */
    public record Slope(String place, int row, int column, double announced, double measured, double error) {
        @Override
        public String toString() {
            return String.format(Locale.ROOT, "%s (%d, %d): backward gives %.12g, the slope is %.12g, relative error %.2g",
                    place, row, column, announced, measured, error);
        }
    }

    /**
     * What a check found.
     *
     * @param checked how many derivatives were compared
     * @param worst   the one with the largest error; null where there was nothing to check
     * @param wrong   those with an error above the tolerance
     * @param places  the largest error of every matrix
     */
    public record Result(long seed, int checked, @Nullable Slope worst, List<Slope> wrong, Map<String, Double> places) {
        public boolean correct() {
            return wrong.isEmpty();
        }

        public double worstError() {
            return worst == null ? 0 : worst.error();
        }

        /** @throws AssertionError naming the worst element of every matrix that has a wrong one */
        public void assertCorrect() {
            if (!correct()) {
                throw new AssertionError(toString());
            }
        }

        @Override
        public String toString() {
            if (correct()) {
                return "gradients are right: " + checked + " derivatives, worst " + worst;
            }
            StringBuilder text = new StringBuilder("gradients are wrong: " + wrong.size() + " of " + checked
                    + " derivatives (seed " + seed + ")");
            Map<String, Slope> worstOf = new LinkedHashMap<>();
            for (Slope slope : wrong) {
                worstOf.merge(slope.place(), slope, (a, b) -> a.error() >= b.error() ? a : b);
            }
            worstOf.values().forEach(slope -> text.append("\n  ").append(slope));
            return text.toString();
        }
    }

    /**
     * Checks a graph. Its parameters are moved while this runs and stand as before afterwards; their gradients are zero.
     *
     * @throws IllegalArgumentException where the graph does not compute in double precision
     */
    public Result check(Graph graph) {
        if (graph.compute().precision() != Precision.FLOAT64) {
            throw new IllegalArgumentException("slopes need double precision; compile the model with FLOAT64");
        }
        for (String output : losses.keySet()) {
            if (!graph.outputs().contains(output)) {
                throw new IllegalArgumentException("no output \"" + output + "\"; there are " + graph.outputs());
            }
        }
        return new Run(graph).check();
    }

    private final class Run {
        private final GraphPass pass;
        private final List<Parameter> parameters;
        private final List<Term> terms = new ArrayList<>();
        private final List<Slope> wrong = new ArrayList<>();
        private final Map<String, Double> places = new LinkedHashMap<>();
        private int checked;
        private @Nullable Slope worst;

        Run(Graph graph) {
            PassSize size = PassSize.of(batch, steps).withInputGradients();
            for (Map.Entry<String, Integer> entry : stepsOf.entrySet()) {
                size = size.withSteps(entry.getKey(), entry.getValue());
            }
            pass = graph.pass(variableLengths ? size.withVariableLengths() : size);
            parameters = graph.parameters().stream().filter(Parameter::trainable).toList();
            for (String output : graph.outputs()) {
                Loss loss = losses.get(output);
                terms.add(loss == null ? new Functional(output) : new Judged(output, loss));
            }
            for (Graph.Vertex vertex : graph.vertices()) {
                StatePort port = pass.pass(vertex.name()).finalState();
                if (!port.isEmpty()) {
                    terms.add(new StateFunctional(vertex.name(), port));
                }
            }
        }

        Result check() {
            draw("before");                                 // what a first run leaves in buffers must not matter
            announce();
            draw("now");
            announce();
            double loss = loss();

            List<Runnable> comparisons = new ArrayList<>();
            for (Parameter parameter : parameters) {
                comparisons.add(compare("parameter " + parameter.path(), parameter.value(), parameter.gradient(), loss,
                        parameter::changed, parameter.fixedColumn()));
            }
            for (Graph.Input input : pass.graph().inputs()) {
                Matrix gradient = pass.inputSignal(input.name()).gradient();
                if (gradient != null) {
                    comparisons.add(compare("input " + input.name(), pass.input(input.name()).all(), gradient, loss,
                            () -> { }, -1));
                }
            }
            pass.recurrent().forEach((name, recurrent) -> {
                StatePort port = recurrent.initialState();
                for (int p = 0; p < port.values().size(); p++) {
                    comparisons.add(compare("initial state of " + name + ", part " + p, port.values().get(p),
                            port.gradients().get(p), loss, () -> { }, -1));
                }
            });
            comparisons.forEach(Runnable::run);
            for (Parameter parameter : parameters) {
                parameter.gradient().fill(0);
            }
            return new Result(seed, checked, worst, List.copyOf(wrong), places);
        }

        private void draw(String occasion) {
            Randomness random = new Randomness(seed, "gradient check " + occasion);
            for (Graph.Input input : pass.graph().inputs()) {
                Sequence x = pass.input(input.name());
                Mask mask = x.mask();
                if (mask.variable()) {
                    int[] lengths = new int[batch];
                    for (int b = 0; b < batch; b++) {
                        lengths[b] = 1 + random.nextInt(mask.steps());
                    }
                    lengths[batch - 1] = 1;
                    lengths[0] = mask.steps();
                    mask.setLengths(lengths);
                    if (gaps) {
                        boolean[] pattern = new boolean[mask.steps() * batch];
                        for (int j = 0; j < pattern.length; j++) {
                            pattern[j] = random.nextInt(3) > 0;
                        }
                        mask.setValid(pattern);
                    }
                }
                if (input.tokens()) {
                    for (int t = 0; t < x.steps(); t++) {
                        for (int b = 0; b < batch; b++) {
                            x.setId(t, b, random.nextInt(input.size()));
                        }
                    }
                } else {
                    fill(x.all(), random, 1);
                }
            }
            for (Pass recurrent : pass.recurrent().values()) {
                recurrent.initialState().values().forEach(part -> fill(part, random, 0.5));
            }
            terms.forEach(term -> term.draw(random));
        }

        private double loss() {
            pass.noise().set(seed, 1);
            pass.forward(training);
            double sum = 0;
            for (Term term : terms) {
                sum += term.evaluate();
            }
            return sum;
        }

        /** Leaves every gradient in its place, on top of {@link #BEFORE}. */
        private void announce() {
            loss();
            pass.clearGradients();
            for (Parameter parameter : parameters) {
                parameter.gradient().fill(BEFORE);
            }
            for (Graph.Input input : pass.graph().inputs()) {
                Matrix gradient = pass.inputSignal(input.name()).gradient();
                if (gradient != null) {
                    gradient.fill(BEFORE);
                }
            }
            pass.recurrent().values().forEach(each ->
                    each.initialState().gradients().forEach(gradient -> gradient.fill(BEFORE)));
            terms.forEach(Term::differentiate);
            pass.backward();
        }

        /** @param fixed a column that learns nothing, whatever its slope; −1 for none */
        private Runnable compare(String place, Matrix value, Matrix gradient, double loss, Runnable changed, int fixed) {
            double[] announced = gradient.toDoubles();
            return () -> {
                int size = value.rows() * value.columns();
                Randomness random = new Randomness(seed, "places of " + place);
                double largest = 0;
                for (int i = 0; i < Math.min(size, elements); i++) {
                    int at = size <= elements ? i : random.nextInt(size);
                    Slope slope = at / value.rows() == fixed
                            ? new Slope(place, at % value.rows(), fixed, announced[at] - BEFORE, 0, Math.abs(announced[at] - BEFORE))
                            : slope(place, value, at % value.rows(), at / value.rows(), announced[at] - BEFORE, loss, changed);
                    checked++;
                    largest = worse(slope.error(), largest) ? slope.error() : largest;
                    if (worst == null || worse(slope.error(), worst.error())) {
                        worst = slope;
                    }
                    if (!(slope.error() <= tolerance)) {
                        wrong.add(slope);
                    }
                }
                places.put(place, largest);
            };
        }

        private static boolean worse(double a, double b) {
            return a > b || Double.isNaN(a) && !Double.isNaN(b);
        }

        private Slope slope(String place, Matrix value, int row, int column, double announced, double loss,
                            Runnable changed) {
            double center = value.get(row, column);
            @Nullable Slope best = null;
            for (double h : DISTANCES) {
                double near = at(value, row, column, center + h, changed) - at(value, row, column, center - h, changed);
                double far = at(value, row, column, center + 2 * h, changed)
                        - at(value, row, column, center - 2 * h, changed);
                double measured = (8 * near - far) / (12 * h);
                double error = Math.abs(announced - measured)
                        / Math.max(Math.abs(announced) + Math.abs(measured), SMALLEST * Math.max(1, Math.abs(loss)));
                if (best == null || worse(best.error(), error)) {
                    best = new Slope(place, row, column, announced, measured, error);
                }
                if (best.error() <= tolerance) {
                    break;
                }
            }
            value.set(row, column, center);
            changed.run();
            return java.util.Objects.requireNonNull(best);
        }

        private double at(Matrix value, int row, int column, double moved, Runnable changed) {
            value.set(row, column, moved);
            changed.run();
            return loss();
        }

        /** A part of the loss. */
        private interface Term {
            void draw(Randomness random);

            double evaluate();

            /** Adds to the gradient of what the term reads. */
            void differentiate();
        }

        /** Σ weight·value over the steps that are there. */
        private final class Functional implements Term {
            private final Signal signal;
            private final Matrix weights;

            Functional(String output) {
                signal = pass.signal(output);
                Matrix value = signal.value().all();
                weights = value.compute().matrix(value.rows(), value.columns());
            }

            @Override
            public void draw(Randomness random) {
                fill(weights, random, 1 / Math.sqrt(weights.rows() * (double) weights.columns()));
                Mask mask = signal.value().mask();
                for (int c = 0; c < weights.columns(); c++) {
                    if (!mask.valid(c)) {
                        weights.fillColumn(c, 0);
                    }
                }
            }

            @Override
            public double evaluate() {
                return dot(weights, signal.value().all());
            }

            @Override
            public void differentiate() {
                Matrix gradient = signal.gradient();
                if (gradient != null) {
                    gradient.add(weights);
                }
            }
        }

        private final class StateFunctional implements Term {
            private final String vertex;
            private final StatePort port;
            private final List<Matrix> weights;

            StateFunctional(String vertex, StatePort port) {
                this.vertex = vertex;
                this.port = port;
                this.weights = port.values().stream()
                        .map(part -> part.compute().matrix(part.rows(), part.columns())).toList();
            }

            @Override
            public void draw(Randomness random) {
                weights.forEach(part -> fill(part, random, 0.3 / Math.sqrt(part.rows() * (double) part.columns())));
            }

            @Override
            public double evaluate() {
                double sum = 0;
                for (int p = 0; p < weights.size(); p++) {
                    sum += dot(weights.get(p), port.values().get(p));
                }
                return sum;
            }

            @Override
            public void differentiate() {
                for (int p = 0; p < weights.size(); p++) {
                    port.gradients().get(p).add(weights.get(p));
                }
            }

            @Override
            public String toString() {
                return "final state of " + vertex;
            }
        }

        private final class Judged implements Term {
            private final Signal signal;
            private final Loss loss;
            private final Targets targets;
            private final Matrix gradient;
            private final Matrix numbers;
            private boolean classes;

            Judged(String output, Loss loss) {
                this.signal = pass.signal(output);
                this.loss = loss;
                Matrix y = signal.value().all();
                this.gradient = y.another(y.rows());
                this.numbers = y.another(y.rows());
                this.classes = needsClasses(y.columns());
                this.targets = classes ? Targets.ofClasses(y.columns()) : Targets.ofValues(numbers);
            }

            private boolean needsClasses(int columns) {
                try {
                    loss.evaluate(signal.value(), Targets.ofClasses(columns), 1, null);
                    return true;
                } catch (IllegalStateException | IllegalArgumentException needsNumbers) {
                    return false;
                }
            }

            @Override
            public void draw(Randomness random) {
                int columns = targets.columns();
                for (int c = 0; c < columns; c++) {
                    targets.weights()[c] = 0.5 + random.nextDouble();
                    if (classes) {
                        targets.classes()[c] = columns > 3 && random.nextInt(5) == 0 ? Targets.IGNORED
                                : random.nextInt(signal.value().features());
                    }
                }
                // in (0, 1), so that losses of probabilities can be checked too
                for (int c = 0; c < columns; c++) {
                    for (int r = 0; r < numbers.rows(); r++) {
                        numbers.set(r, c, 0.05 + 0.9 * random.nextDouble());
                    }
                }
            }

            @Override
            public double evaluate() {
                return scale() * loss.evaluate(signal.value(), targets, 1, null);
            }

            @Override
            public void differentiate() {
                loss.evaluate(signal.value(), targets, scale(), gradient);
                Matrix whole = signal.gradient();
                if (whole != null) {
                    whole.add(gradient);
                }
            }

            private double scale() {
                double weight = loss.totalWeight(signal.value(), targets);
                return weight == 0 ? 0 : 1 / weight;
            }
        }
    }

    /** Uniform in ±limit. */
    private static void fill(Matrix target, Randomness random, double limit) {
        for (int c = 0; c < target.columns(); c++) {
            for (int r = 0; r < target.rows(); r++) {
                target.set(r, c, (2 * random.nextDouble() - 1) * limit);
            }
        }
    }

    /** Σ a∘b, with the rounding errors of the sum carried along (Kahan 1965). */
    private static double dot(Matrix a, Matrix b) {
        double sum = 0;
        double lost = 0;
        for (int c = 0; c < a.columns(); c++) {
            for (int r = 0; r < a.rows(); r++) {
                double term = a.get(r, c) * b.get(r, c) - lost;
                double next = sum + term;
                lost = (next - sum) - term;
                sum = next;
            }
        }
        return sum;
    }
}
