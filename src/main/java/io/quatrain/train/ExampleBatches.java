package io.quatrain.train;

import io.quatrain.loss.Targets;
import io.quatrain.node.GraphPass;
import io.quatrain.node.PassSize;
import io.quatrain.tensor.Matrix;
import io.quatrain.tensor.Randomness;
import io.quatrain.tensor.Sequence;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;

/**
 * Independent {@link Examples} in batches: shuffled anew for every epoch, examples of like length together, padded on the
 * right. Every example is in exactly one update of an epoch. Where the last batch of an epoch has fewer examples, its other
 * columns are copies that do not count; and so few sizes of passes are needed, steps are rounded up to 1, 2 … 8, 10, 12, 14,
 * 16, 20, 24 … (at most the longest example).
 */
public final class ExampleBatches extends AbstractSource {
    private final Examples examples;
    private final Options options;
    private final int batch;
    private final boolean variable;
    private final Map<String, Integer> longest = new LinkedHashMap<>();
    private final int[] chosen;
    private int[] order = new int[0];
    private int[] batches = new int[0];

    /**
     * @param batch   examples of an update
     * @param seed    of the order
     * @param shuffle false: always in the given order, but for bucketing
     * @param bucket  so many batches' examples are sorted by length before they are cut into batches; 1 for none
     */
    public record Options(int batch, long seed, boolean shuffle, int bucket) {
        public Options {
            if (batch < 1 || bucket < 1) {
                throw new IllegalArgumentException("batch and bucket must be at least 1, got " + batch + " and " + bucket);
            }
        }

        /** Shuffled, 100 batches sorted by length. */
        public Options(int batch, long seed) {
            this(batch, seed, true, 100);
        }

        public Options inOrder() {
            return new Options(batch, seed, false, bucket);
        }

        public Options withBucket(int bucket) {
            return new Options(batch, seed, shuffle, bucket);
        }
    }

    public ExampleBatches(Examples examples, Options options) {
        this.examples = examples;
        this.options = options;
        this.batch = Math.min(options.batch, examples.size());
        this.chosen = new int[batch];
        boolean differ = false;
        for (Map.Entry<String, Series> input : examples.inputs().entrySet()) {
            Series series = input.getValue();
            int max = 1;
            for (int i = 0; i < series.size(); i++) {
                max = Math.max(max, series.length(i));
                differ |= series.length(i) != series.length(0);
            }
            longest.put(input.getKey(), max);
        }
        this.variable = differ;
        arrange(0);
    }

    @Override
    public long updatesPerEpoch() {
        return (examples.size() + batch - 1) / batch;
    }

    @Override
    void arrange(long epoch) {
        int count = examples.size();
        Randomness random = new Randomness(options.seed * 31 + epoch, "order of examples");
        order = options.shuffle ? random.permutation(count) : natural(count);
        int pool = (int) Math.min(count, (long) options.bucket * batch);
        if (options.bucket > 1 && variable) {
            for (int from = 0; from < count; from += pool) {
                sort(from, (int) Math.min(count, (long) from + pool));
            }
        }
        int updates = (int) updatesPerEpoch();
        batches = options.shuffle && options.bucket > 1 && variable ? random.permutation(updates) : natural(updates);
    }

    private static int[] natural(int count) {
        int[] order = new int[count];
        for (int i = 0; i < count; i++) {
            order[i] = i;
        }
        return order;
    }

    /** Sorts a part of the order by the inputs' lengths; equals stay as they stand. */
    private void sort(int from, int to) {
        Integer[] part = new Integer[to - from];
        for (int i = 0; i < part.length; i++) {
            part[i] = order[from + i];
        }
        java.util.Arrays.sort(part, (a, b) -> {
            for (Series series : examples.inputs().values()) {
                int difference = Integer.compare(series.length(a), series.length(b));
                if (difference != 0) {
                    return difference;
                }
            }
            return 0;
        });
        for (int i = 0; i < part.length; i++) {
            order[from + i] = part[i];
        }
    }

    /** The example in column b of the current update; where there are fewer, the first again. */
    private int example(int b) {
        int first = batches[(int) current()] * batch;
        return order[first + b < order.length ? first + b : first];
    }

    /** How many examples the current update has. */
    public int count() {
        return Math.min(batch, order.length - batches[(int) current()] * batch);
    }

    /** The examples of the current update, column by column. */
    public int[] current(int[] target) {
        for (int b = 0; b < count(); b++) {
            target[b] = example(b);
        }
        return target;
    }

    @Override
    public PassSize size() {
        PassSize size = PassSize.of(batch, 1);
        for (Map.Entry<String, Series> input : examples.inputs().entrySet()) {
            int steps = 1;
            for (int b = 0; b < batch; b++) {
                steps = Math.max(steps, input.getValue().length(example(b)));
            }
            size = size.withSteps(input.getKey(), Math.min(rounded(steps), Objects.requireNonNull(longest.get(input.getKey()))));
        }
        return variable ? size.withVariableLengths() : size;
    }

    /** Four sizes an octave. */
    static int rounded(int steps) {
        int unit = Math.max(1, Integer.highestOneBit(steps) / 4);
        return (steps + unit - 1) / unit * unit;
    }

    @Override
    public Map<String, Targets> targets(GraphPass pass) {
        Map<String, Targets> all = new LinkedHashMap<>();
        examples.targets().forEach((output, series) -> {
            Sequence value = Outputs.value(pass, output);
            if (series instanceof NumberSeries numbers && numbers.features() != value.features()) {
                throw new IllegalArgumentException("output \"" + output + "\" has " + value.features()
                        + " features, its targets have " + numbers.features());
            }
            int columns = value.steps() * value.batch();
            all.put(output, series instanceof TokenSeries ? Targets.ofClasses(columns)
                    : Targets.ofValues(pass.graph().compute().matrix(value.features(), columns)));
        });
        return all;
    }

    @Override
    public void fill(GraphPass pass, Map<String, Targets> targets) {
        int count = count();
        for (int b = 0; b < batch; b++) {
            chosen[b] = example(b);
        }
        examples.inputs().forEach((name, series) -> series.write(pass.input(name), chosen, name));
        targets.forEach((output, target) -> fillTarget(pass, output, target, count));
    }

    private static void write(Matrix x, int column, NumberSeries series, int example, int t, boolean there) {
        for (int r = 0; r < x.rows(); r++) {
            x.set(r, column, there ? series.value(example, t, r) : 0);
        }
    }

    private void fillTarget(GraphPass pass, String output, Targets target, int count) {
        Series series = Objects.requireNonNull(examples.targets().get(output));
        Examples.Weight weight = examples.weights().get(output);
        int steps = pass.signal(output).value().steps();
        for (int b = 0; b < batch; b++) {
            int example = example(b);
            int length = series.length(example);
            if (length > steps) {
                throw new IllegalArgumentException("example " + example + " has targets for " + length + " steps, output \""
                        + output + "\" gives " + steps);
            }
            for (int t = 0; t < steps; t++) {
                int column = t * batch + b;
                boolean counts = b < count && t < length;
                if (series instanceof TokenSeries tokens) {
                    target.classes()[column] = counts ? tokens.id(example, t) : Targets.IGNORED;
                } else {
                    write(target.values(), column, (NumberSeries) series, example, t, counts);
                }
                target.weights()[column] = !counts ? 0 : weight == null ? 1 : weight.of(example, t);
            }
        }
    }

    @Override
    public boolean carriesState() {
        return false;
    }

    @Override
    public boolean startsAnew(int example) {
        return true;
    }
}
