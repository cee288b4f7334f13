package io.quatrain.generate;

import io.quatrain.node.Graph;
import io.quatrain.node.GraphPass;
import io.quatrain.node.Pass;
import io.quatrain.node.PassSize;
import io.quatrain.node.StatePort;
import io.quatrain.tensor.Mask;
import io.quatrain.tensor.Matrix;
import io.quatrain.tensor.Sequence;
import io.quatrain.train.Series;
import io.quatrain.train.TokenSeries;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Some texts under way, side by side: what was read so far stands in the recurrent state, and {@link #logits} says what may
 * come next. {@link #read} takes many tokens at once, {@link #step} one for each text. For one thread.
 */
public final class Session {
    private static final int CHUNK = 64;

    private final StepGraph parts;
    private final int texts;
    private final int window;
    private final Graph graph;
    private final boolean variable;
    private final Map<String, Integer> stepsOf = new HashMap<>();
    private final @Nullable GraphPass before;
    private final Map<String, StatePort> starts = new LinkedHashMap<>();
    private final boolean[] ready;
    private final Memory memory;
    private @Nullable Matrix logits;
    private @Nullable GraphPass single;
    private @Nullable GraphPass chunk;
    private @Nullable GraphPass last;
    private int @Nullable [] order;

    Session(StepGraph parts, int texts, int window, Map<String, ? extends Series> given) {
        if (texts < 1) {
            throw new IllegalArgumentException("a session needs at least 1 text, got " + texts);
        }
        this.parts = parts;
        this.texts = texts;
        this.window = window;
        this.ready = new boolean[texts];
        this.memory = new Memory(texts, window, parts.input().tokens() ? 1 : parts.input().size());
        Graph once = parts.before();
        if (!given.keySet().equals(new java.util.HashSet<>(parts.given()))) {
            throw new IllegalArgumentException("this model must be given " + parts.given() + " before it begins, came "
                    + given.keySet());
        }
        this.before = once == null ? null : run(once, given);
        List<Graph.Input> crossing = new ArrayList<>();
        boolean lengths = false;
        for (String name : parts.crossing()) {
            Sequence value = Objects.requireNonNull(before).signal(name).value();
            boolean sequence = value.steps() > 1;
            crossing.add(new Graph.Input(name, value.features(), value.ids() != null, sequence));
            if (sequence) {
                stepsOf.put(name, value.steps());
                lengths |= !value.mask().full();
            }
        }
        this.variable = lengths;
        this.graph = parts.steps(crossing);
        parts.states().forEach((layer, source) ->
                starts.put(layer, Objects.requireNonNull(before).pass(source).finalState()));
    }

    private GraphPass run(Graph once, Map<String, ? extends Series> given) {
        PassSize size = PassSize.of(texts, 1);
        boolean differ = false;
        for (Map.Entry<String, ? extends Series> entry : given.entrySet()) {
            Series series = entry.getValue();
            if (series.size() != texts && series.size() != 1) {
                throw new IllegalArgumentException("\"" + entry.getKey() + "\": needs one example for each of " + texts
                        + " texts, or one for all; given " + series.size());
            }
            int steps = 1;
            for (int i = 0; i < series.size(); i++) {
                steps = Math.max(steps, series.length(i));
                differ |= series.length(i) != series.length(0);
            }
            size = size.withSteps(entry.getKey(), steps);
        }
        GraphPass pass = once.pass(differ ? size.withVariableLengths() : size);
        given.forEach((name, series) -> {
            int[] chosen = new int[texts];
            for (int b = 0; series.size() > 1 && b < texts; b++) {
                chosen[b] = b;
            }
            series.write(pass.input(name), chosen, name);
        });
        pass.clearState();
        pass.forward(false);
        return pass;
    }

    public int texts() {
        return texts;
    }

    /** Forgets what was read; what was given at the beginning stays. */
    public void restart() {
        last = null;
        order = null;
        memory.clear();
        java.util.Arrays.fill(ready, false);
    }

    /** Reads the same tokens into every text. */
    public void read(int... tokens) {
        read(TokenSeries.of(new int[][] {tokens}));
    }

    /** Reads on in every text; one sequence for each, or one for all. Empty ones change nothing. */
    public void read(Series sequences) {
        read(sequences, null);
    }

    /** Is told of every column of logits that comes out while reading. */
    interface Reader {
        /** @param place of the token in its sequence */
        void accept(int text, int place, Matrix logits, int column);
    }

    void read(Series sequences, @Nullable Reader reader) {
        if (sequences.size() != texts && sequences.size() != 1) {
            throw new IllegalArgumentException("needs one sequence for each of " + texts + " texts, or one for all; given "
                    + sequences.size());
        }
        int[] lengths = new int[texts];
        int longest = 0;
        for (int b = 0; b < texts; b++) {
            lengths[b] = sequences.length(sequences.size() == 1 ? 0 : b);
            longest = Math.max(longest, lengths[b]);
        }
        if (window > 0) {
            readWindow(sequences, lengths, longest, reader);
            return;
        }
        for (int from = 0; from < longest; ) {
            boolean one = true;
            for (int length : lengths) {
                one &= length == from + 1;
            }
            if (one) {
                readOne(sequences, from, reader);
                from++;
            } else {
                from += readChunk(sequences, lengths, from, longest, reader);
            }
        }
    }

    private void readOne(Series sequences, int from, @Nullable Reader reader) {
        GraphPass pass = single();
        for (int b = 0; b < texts; b++) {
            put(pass, 0, b, sequences, from);
        }
        run(pass);
        for (int b = 0; b < texts; b++) {
            keep(pass, b, 0, from, reader);
        }
    }

    private int readChunk(Series sequences, int[] lengths, int from, int longest, @Nullable Reader reader) {
        GraphPass pass = chunk;
        if (pass == null) {
            pass = chunk = pass(Math.max(8, Math.min(CHUNK, longest - from)), true);
        }
        int steps = pass.input(parts.input().name()).steps();
        int[] there = new int[texts];
        for (int b = 0; b < texts; b++) {
            there[b] = Math.max(0, Math.min(steps, lengths[b] - from));
            for (int t = 0; t < there[b]; t++) {
                put(pass, t, b, sequences, from + t);
            }
        }
        pass.input(parts.input().name()).mask().setLengths(there);
        run(pass);
        boolean every = pass.output().value().steps() == steps;
        for (int b = 0; b < texts; b++) {
            for (int t = every && reader != null ? 0 : Math.max(0, there[b] - 1); t < there[b]; t++) {
                keep(pass, b, every ? t : 0, from + t, reader);
            }
        }
        return steps;
    }

    private void readWindow(Series sequences, int[] lengths, int longest, @Nullable Reader reader) {
        for (int place = 0; place < longest; place++) {
            for (int b = 0; b < texts; b++) {
                if (place < lengths[b]) {
                    memory.add(b, sequences, sequences.size() == 1 ? 0 : b, place);
                }
            }
            if (reader != null || place == longest - 1) {
                runWindow();
                for (int b = 0; reader != null && b < texts; b++) {
                    if (place < lengths[b]) {
                        reader.accept(b, place, wanted(), b);
                    }
                }
            }
        }
    }

    /** One more token for every text. */
    public void step(int... ids) {
        if (ids.length != texts) {
            throw new IllegalArgumentException("needs one token for each of " + texts + " texts, given " + ids.length);
        }
        if (window > 0) {
            for (int b = 0; b < texts; b++) {
                memory.add(b, ids[b]);
            }
            runWindow();
            return;
        }
        GraphPass pass = single();
        pass.input(parts.input().name()).setIds(ids);
        runAndKeep(pass);
    }

    /** One more column of numbers for every text: {@code columns} is [features × texts]. */
    public void step(Matrix columns) {
        Matrix x;
        if (window > 0) {
            for (int b = 0; b < texts; b++) {
                memory.add(b, columns, b);
            }
            runWindow();
            return;
        }
        GraphPass pass = single();
        x = pass.input(parts.input().name()).all();
        x.set(columns);
        runAndKeep(pass);
    }

    private void runAndKeep(GraphPass pass) {
        run(pass);
        for (int b = 0; b < texts; b++) {
            keep(pass, b, 0, 0, null);
        }
    }

    /**
     * Text b goes on as what text {@code from[b]} was: for searches that keep the best. The logits follow with the next step.
     */
    public void reorder(int[] from) {
        if (from.length != texts) {
            throw new IllegalArgumentException("needs " + texts + " places, given " + from.length);
        }
        if (window > 0) {
            memory.reorder(from);
        } else if (order == null) {
            order = from.clone();
        } else {
            int[] before = order;
            order = java.util.Arrays.stream(from).map(place -> before[place]).toArray();
        }
    }

    /** What may come next, a column for each text [vocabulary × texts]: logits, or numbers. Valid until the next step. */
    public Matrix logits() {
        for (int b = 0; b < texts; b++) {
            if (!ready[b]) {
                throw new IllegalStateException("text " + b + " has read nothing; begin with a prompt or a start token");
            }
        }
        return wanted();
    }

    private Matrix wanted() {
        return Objects.requireNonNull(logits);
    }

    // Passes

    private GraphPass single() {
        GraphPass pass = single;
        if (pass == null) {
            pass = single = pass(1, variable);
        }
        return pass;
    }

    private GraphPass pass(int steps, boolean lengths) {
        PassSize size = PassSize.of(texts, steps);
        for (Map.Entry<String, Integer> entry : stepsOf.entrySet()) {
            size = size.withSteps(entry.getKey(), entry.getValue());
        }
        GraphPass pass = graph.pass(lengths ? size.withVariableLengths() : size);
        for (String name : parts.crossing()) {
            copy(Objects.requireNonNull(before).signal(name).value(), pass.input(name));
        }
        return pass;
    }

    private static void copy(Sequence from, Sequence to) {
        int[] ids = from.ids();
        if (ids == null) {
            to.all().set(from.all());
        } else {
            to.setIds(ids);
        }
        Mask mask = to.mask();
        if (mask.variable()) {
            boolean[] there = new boolean[mask.steps() * mask.batch()];
            for (int j = 0; j < there.length; j++) {
                there[j] = from.mask().valid(j);
            }
            mask.setValid(there);
        }
    }

    private void put(GraphPass pass, int step, int text, Series sequences, int place) {
        Sequence x = pass.input(parts.input().name());
        int example = sequences.size() == 1 ? 0 : text;
        if (sequences instanceof TokenSeries tokens) {
            x.setId(step, text, tokens.id(example, place));
        } else {
            Matrix all = x.all();
            io.quatrain.train.NumberSeries numbers = (io.quatrain.train.NumberSeries) sequences;
            for (int r = 0; r < all.rows(); r++) {
                all.set(r, step * texts + text, numbers.value(example, place, r));
            }
        }
    }

    private void run(GraphPass pass) {
        for (Map.Entry<String, Pass> entry : pass.recurrent().entrySet()) {
            StatePort to = entry.getValue().initialState();
            StatePort from = last == null ? starts.get(entry.getKey())
                    : Objects.requireNonNull(last.recurrent().get(entry.getKey())).finalState();
            if (from == null) {
                to.clear();
            } else if (order == null) {
                to.set(from);
            } else {
                for (int p = 0; p < to.values().size(); p++) {
                    for (int b = 0; b < texts; b++) {
                        to.values().get(p).setColumn(b, from.values().get(p), order[b]);
                    }
                }
            }
        }
        order = null;
        pass.forward(false);
        last = pass;
    }

    private void keep(GraphPass pass, int text, int step, int place, @Nullable Reader reader) {
        Matrix all = pass.output().value().all();
        Matrix kept = logits;
        if (kept == null) {
            kept = logits = all.compute().matrix(all.rows(), texts);
        }
        kept.setColumn(text, all, step * texts + text);
        ready[text] = true;
        if (reader != null) {
            reader.accept(text, place, kept, text);
        }
    }

    private void runWindow() {
        GraphPass pass = chunk;
        if (pass == null) {
            pass = chunk = pass(window, true);
        }
        int[] there = memory.write(pass.input(parts.input().name()));
        last = null;
        run(pass);
        boolean every = pass.output().value().steps() == window;
        for (int b = 0; b < texts; b++) {
            if (there[b] > 0) {
                keep(pass, b, every ? there[b] - 1 : 0, 0, null);
            }
        }
    }

    /** The last {@code window} columns of every text. */
    private static final class Memory {
        private final int window;
        private final int width;
        private final double[][] kept;
        private final int[] counts;

        Memory(int texts, int window, int width) {
            this.window = window;
            this.width = width;
            this.kept = new double[texts][window * width];
            this.counts = new int[texts];
        }

        void clear() {
            java.util.Arrays.fill(counts, 0);
        }

        private int place(int text) {
            double[] row = kept[text];
            if (counts[text] == window) {
                System.arraycopy(row, width, row, 0, row.length - width);
            } else {
                counts[text]++;
            }
            return (counts[text] - 1) * width;
        }

        void add(int text, int id) {
            int at = place(text);
            kept[text][at] = id;
        }

        void add(int text, Matrix columns, int column) {
            columns.copyColumn(column, kept[text], place(text));
        }

        void add(int text, Series series, int example, int step) {
            int at = place(text);
            for (int r = 0; r < width; r++) {
                kept[text][at + r] = series instanceof TokenSeries tokens ? tokens.id(example, step)
                        : ((io.quatrain.train.NumberSeries) series).value(example, step, r);
            }
        }

        void reorder(int[] from) {
            double[][] rows = new double[kept.length][];
            int[] sizes = new int[kept.length];
            for (int b = 0; b < rows.length; b++) {
                rows[b] = kept[from[b]].clone();
                sizes[b] = counts[from[b]];
            }
            System.arraycopy(rows, 0, kept, 0, rows.length);
            System.arraycopy(sizes, 0, counts, 0, sizes.length);
        }

        /** Returns the lengths. */
        int[] write(Sequence x) {
            for (int b = 0; b < kept.length; b++) {
                for (int t = 0; t < counts[b]; t++) {
                    if (x.ids() != null) {
                        x.setId(t, b, (int) kept[b][t]);
                    } else {
                        for (int r = 0; r < width; r++) {
                            x.all().set(r, t * kept.length + b, kept[b][t * width + r]);
                        }
                    }
                }
            }
            x.mask().setLengths(counts);
            return counts;
        }
    }
}
