package io.quatrain.train;

import io.quatrain.loss.Targets;
import io.quatrain.node.GraphPass;
import io.quatrain.node.PassSize;
import io.quatrain.tensor.Matrix;
import io.quatrain.tensor.Randomness;
import io.quatrain.tensor.Sequence;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

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
    private final int count;
    private final Input[] inputs;
    private final Output[] outputs;
    private final int[] steps;                                  // of each input, in the current update
    private final List<Size> sizes = new ArrayList<>();         // made so far
    private final int[] chosen;
    private int[] order = new int[0];
    private int[] batches = new int[0];

    private record Input(String name, Series series, int longest) {
    }

    private record Output(String name, Series series, Examples.@Nullable Weight weight) {
    }

    private record Size(int[] steps, PassSize size) {
    }

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
        this.count = examples.size();
        this.batch = Math.min(options.batch, count);
        this.chosen = new int[batch];
        boolean differ = false;
        List<Input> read = new ArrayList<>();
        for (Map.Entry<String, Series> input : examples.inputs().entrySet()) {
            Series series = input.getValue();
            int max = 1;
            for (int i = 0; i < series.size(); i++) {
                max = Math.max(max, series.length(i));
                differ |= series.length(i) != series.length(0);
            }
            read.add(new Input(input.getKey(), series, max));
        }
        this.inputs = read.toArray(Input[]::new);
        this.steps = new int[inputs.length];
        this.outputs = examples.targets().entrySet().stream()
                .map(target -> new Output(target.getKey(), target.getValue(), examples.weights().get(target.getKey())))
                .toArray(Output[]::new);
        this.variable = differ;
        arrange(0);
    }

    @Override
    public long updatesPerEpoch() {
        return (count + batch - 1) / batch;
    }

    @Override
    void arrange(long epoch) {
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
        Arrays.sort(part, (a, b) -> {
            for (Input input : inputs) {
                int difference = Integer.compare(input.series.length(a), input.series.length(b));
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
        for (int i = 0; i < inputs.length; i++) {
            steps[i] = 1;
            for (int b = 0; b < batch; b++) {
                steps[i] = Math.max(steps[i], inputs[i].series.length(example(b)));
            }
            steps[i] = Math.min(rounded(steps[i]), inputs[i].longest);
        }
        for (int i = 0; i < sizes.size(); i++) {
            if (Arrays.equals(sizes.get(i).steps, steps)) {
                return sizes.get(i).size;
            }
        }
        PassSize size = PassSize.of(batch, 1);
        for (int i = 0; i < inputs.length; i++) {
            size = size.withSteps(inputs[i].name, steps[i]);
        }
        sizes.add(new Size(steps.clone(), variable ? size.withVariableLengths() : size));
        return size();
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
            all.put(output, series instanceof TokenSeries ? Targets.ofClasses(value.steps() * value.batch())
                    : Targets.ofValues(pass.graph().compute().matrix(value.features(), value.steps(), value.batch())));
        });
        return all;
    }

    @Override
    public void fill(GraphPass pass, Map<String, Targets> targets) {
        int count = count();
        for (int b = 0; b < batch; b++) {
            chosen[b] = example(b);
        }
        for (Input input : inputs) {
            input.series.write(pass.input(input.name), chosen, input.name);
        }
        for (Output output : outputs) {
            fillTarget(pass, output, Objects.requireNonNull(targets.get(output.name)), count);
        }
    }

    private static void write(Matrix x, int column, NumberSeries series, int example, int t, boolean there) {
        for (int r = 0; r < x.rows(); r++) {
            x.set(r, column, there ? series.value(example, t, r) : 0);
        }
    }

    private void fillTarget(GraphPass pass, Output output, Targets target, int count) {
        Series series = output.series;
        Examples.Weight weight = output.weight;
        int steps = pass.signal(output.name).value().steps();
        for (int b = 0; b < batch; b++) {
            int example = example(b);
            int length = series.length(example);
            if (length > steps) {
                throw new IllegalArgumentException("example " + example + " has targets for " + length + " steps, output \""
                        + output.name + "\" gives " + steps);
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
