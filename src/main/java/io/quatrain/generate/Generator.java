package io.quatrain.generate;

import io.quatrain.node.Graph;
import io.quatrain.tensor.Matrix;
import io.quatrain.tensor.Precision;
import io.quatrain.text.Constraint;
import io.quatrain.text.NothingAllowedException;
import io.quatrain.text.Sampler;
import io.quatrain.text.Sampling;
import io.quatrain.train.NumberSeries;
import io.quatrain.train.Series;
import io.quatrain.train.TokenSeries;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Comparator;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.PriorityQueue;
import java.util.Set;
import java.util.function.IntFunction;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * A trained model that writes: it reads tokens at one input and gives the logits of the next one. Where the model has other
 * inputs (an encoder's text), they are given once, before the first token; an encoder then runs once, and its final state is
 * where the decoder starts. Immutable; every text has its own {@link Session}, so threads may share a generator.
 */
public final class Generator {
    private static final double FUTURE = 1e-4;

    private final StepGraph parts;
    private final int window;

    /**
     * For a model with one input and one output.
     *
     * @throws IllegalArgumentException where the model cannot run token by token
     */
    public Generator(Graph graph) {
        this(graph, only(graph.inputs().stream().map(Graph.Input::name).toList(), "inputs"),
                only(graph.outputs(), "outputs"));
    }

    /**
     * @param input  where the text is read; of an encoder and a decoder, the decoder's
     * @param output where logits come out
     */
    public Generator(Graph graph, String input, String output) {
        this(new StepGraph(graph, input, output), 0);
    }

    private Generator(StepGraph parts, int window) {
        this.parts = parts;
        this.window = window;
        if (window < 0) {
            throw new IllegalArgumentException("window must be at least 0, got " + window);
        }
        if (window == 0) {
            refuseFuture();
        }
    }

    /**
     * A generator without carried state, which reads the last {@code steps} tokens anew for every one that it writes: for
     * models that were trained on windows of a fixed length.
     */
    public static Generator ofWindow(Graph graph, String input, String output, int steps) {
        if (steps < 1) {
            throw new IllegalArgumentException("a window needs at least 1 step, got " + steps);
        }
        return new Generator(new StepGraph(graph, input, output), steps);
    }

    private static String only(List<String> names, String what) {
        if (names.size() != 1) {
            throw new IllegalArgumentException("this model has the " + what + " " + names + "; say which one is meant");
        }
        return names.get(0);
    }

    /** Two tokens at once must give what they give one after the other. */
    private void refuseFuture() {
        Map<String, Series> given = new LinkedHashMap<>();
        for (String name : parts.given()) {
            given.put(name, nothing(input(name)));
        }
        Series two = parts.input().tokens() ? TokenSeries.of(new int[][] {{0, parts.input().size() - 1}})
                : NumberSeries.of(new float[][] {ramp(2 * parts.input().size())}, parts.input().size());
        List<double[]> together = columns(session(1, given), two);
        Session session = session(1, given);
        List<double[]> apart = new ArrayList<>();
        for (int t = 0; t < 2; t++) {
            int step = t;
            apart.addAll(columns(session, part(two, step)));
        }
        for (int t = 1; t <= Math.min(together.size(), 2); t++) {
            double[] a = together.get(together.size() - t);
            double[] b = apart.get(2 - t);
            double largest = 0;
            double difference = 0;
            for (int r = 0; r < a.length; r++) {
                largest = Math.max(largest, Math.max(Math.abs(a[r]), Math.abs(b[r])));
                difference = Math.max(difference, Math.abs(a[r] - b[r]));
            }
            if (difference > FUTURE * largest) {
                throw new IllegalArgumentException("output \"" + parts.output() + "\" of a step depends on later steps of \""
                        + parts.input().name() + "\" (a bidirectional or reversed layer?), so this model cannot write token by "
                        + "token; use layers that read forwards only, or a window");
            }
        }
    }

    private Graph.Input input(String name) {
        return parts.whole().inputs().stream().filter(each -> each.name().equals(name)).findFirst().orElseThrow();
    }

    private static Series nothing(Graph.Input input) {
        return input.tokens() ? TokenSeries.of(new int[][] {{0}})
                : NumberSeries.of(new float[][] {new float[input.size()]}, input.size());
    }

    private static float[] ramp(int n) {
        float[] numbers = new float[n];
        for (int i = 0; i < n; i++) {
            numbers[i] = (i + 1f) / n;
        }
        return numbers;
    }

    private static Series part(Series two, int step) {
        if (two instanceof TokenSeries tokens) {
            return TokenSeries.of(new int[][] {{tokens.id(0, step)}});
        }
        NumberSeries numbers = (NumberSeries) two;
        float[] column = new float[numbers.features()];
        for (int r = 0; r < column.length; r++) {
            column[r] = (float) numbers.value(0, step, r);
        }
        return NumberSeries.of(new float[][] {column}, column.length);
    }

    private static List<double[]> columns(Session session, Series series) {
        List<double[]> columns = new ArrayList<>();
        session.read(series, (text, place, logits, column) -> {
            double[] copy = new double[logits.rows()];
            logits.copyColumn(column, copy, 0);
            columns.add(copy);
        });
        return columns;
    }

    /** How many tokens the input knows, or its features. */
    public int vocabulary() {
        return parts.input().size();
    }

    /** The inputs that must be given before the first token, by name. */
    public List<String> given() {
        return parts.given();
    }

    /** Texts that begin side by side, for a model without other inputs. */
    public Session session(int texts) {
        return session(texts, Map.of());
    }

    /** @param given for every name of {@link #given()} one example for each text, or one for all */
    public Session session(int texts, Map<String, ? extends Series> given) {
        return new Session(parts, texts, window, given);
    }

    // Writing

    /**
     * A text as it is written, token after token, for as long as it is asked or until an end token was chosen, which is not
     * given.
     */
    public final class Writing implements Iterator<Sampler.Choice> {
        private final Session session;
        private final int[] prompt;
        private final Sampler sampler;
        private final Set<Integer> ends;
        private float[] floats = new float[0];
        private boolean begun;
        private boolean ended;
        private Sampler.@Nullable Choice next;
        private Sampler.@Nullable Choice end;
        private int previous = -1;

        private Writing(Session session, int[] prompt, Sampler sampler, Set<Integer> ends) {
            this.session = session;
            this.prompt = prompt.clone();
            this.sampler = sampler;
            this.ends = Set.copyOf(ends);
        }

        @Override
        public boolean hasNext() {
            if (next == null && !ended) {
                if (!begun) {
                    begun = true;
                    sampler.prompt(prompt);
                    session.read(prompt);
                } else {
                    session.step(previous);
                }
                floats = room(session, floats);
                next = choose(session, 0, sampler, floats);
                ended = ends.contains(next.id());
                end = ended ? next : null;
            }
            return !ended;
        }

        /** The end token that was chosen; null where none was so far. */
        public Sampler.@Nullable Choice end() {
            return end;
        }

        @Override
        public Sampler.Choice next() {
            if (!hasNext() || next == null) {
                throw new NoSuchElementException("the text has ended");
            }
            Sampler.Choice choice = next;
            previous = choice.id();
            next = null;
            return choice;
        }
    }

    private static float[] room(Session session, float[] floats) {
        int rows = session.logits().rows();
        return floats.length == rows ? floats : new float[rows];
    }

    private static Sampler.Choice choose(Session session, int text, Sampler sampler, float[] floats) {
        Matrix logits = session.logits();
        if (logits.compute().precision() == Precision.FLOAT64) {
            double[] doubles = new double[logits.rows()];
            logits.copyColumn(text, doubles, 0);
            return sampler.next(doubles);
        }
        (logits.columns() == 1 ? logits : logits.columns(text, text + 1)).copyTo(floats, 0);
        return sampler.next(floats, 0, logits.rows());
    }

    /** Writes on from a prompt of at least one token. Nothing is computed before the first token is asked for. */
    public Writing write(int[] prompt, Sampler sampler, Set<Integer> ends) {
        return write(Map.of(), prompt, sampler, ends);
    }

    /** The same for a model with other inputs. */
    public Writing write(Map<String, ? extends Series> given, int[] prompt, Sampler sampler, Set<Integer> ends) {
        return new Writing(session(1, given), prompt, sampler, ends);
    }

    /**
     * Writes many texts side by side, each on from a prompt of its own, until an end token (which is not among the choices)
     * or {@code length} tokens. Text b draws as {@code sampling.sampler(b, constraint)}.
     */
    public List<List<Sampler.Choice>> writeAll(Map<String, ? extends Series> given, List<int[]> prompts, Sampling sampling,
                                               Constraint constraint, Set<Integer> ends, int length) {
        List<List<Sampler.Choice>> written = new ArrayList<>();
        prompts.forEach(prompt -> written.add(new ArrayList<>()));
        writeAll(given, prompts, text -> sampling.sampler(text, constraint), length, (text, choice) -> {
            boolean ended = ends.contains(choice.id());
            if (!ended) {
                written.get(text).add(choice);
            }
            return !ended;
        });
        return written;
    }

    /** Follows texts that are written side by side. */
    public interface Follower {
        /**
         * A token was chosen.
         *
         * @param text which text it belongs to, from 0
         * @return whether this text goes on
         */
        boolean next(int text, Sampler.Choice choice);
    }

    /**
     * Writes many texts side by side, each until its follower ends it or it has {@code length} tokens.
     *
     * @param samplers gives each text, from 0, the sampler that draws it
     */
    public void writeAll(Map<String, ? extends Series> given, List<int[]> prompts, IntFunction<Sampler> samplers, int length,
                         Follower follower) {
        int texts = prompts.size();
        Session session = session(texts, given);
        List<Sampler> drawing = new ArrayList<>();
        for (int b = 0; b < texts; b++) {
            drawing.add(samplers.apply(b));
            drawing.get(b).prompt(prompts.get(b));
        }
        session.read(TokenSeries.of(prompts));
        float[] floats = room(session, new float[0]);
        boolean[] ended = new boolean[texts];
        int[] ids = new int[texts];
        for (int step = 0; step < length; step++) {
            boolean all = true;
            for (int b = 0; b < texts; b++) {
                if (!ended[b]) {
                    Sampler.Choice choice = choose(session, b, drawing.get(b), floats);
                    ids[b] = choice.id();
                    ended[b] = !follower.next(b, choice);
                }
                all &= ended[b];
            }
            if (all) {
                break;
            }
            if (step < length - 1) {
                session.step(ids);
            }
        }
    }

    // Scoring

    /**
     * How likely a text is.
     *
     * @param logProbabilities of every token but the first, given those before it; natural logarithms
     */
    public record Score(double[] logProbabilities) {
        public double total() {
            double sum = 0;
            for (double each : logProbabilities) {
                sum += each;
            }
            return sum;
        }

        /** e^(−mean): of how many equally likely tokens one would have to choose; NaN for fewer than two tokens. */
        public double perplexity() {
            return Math.exp(-total() / logProbabilities.length);
        }

        public double bitsPerToken() {
            return -total() / logProbabilities.length / Math.log(2);
        }
    }

    /** Scores a text; begin it with a start token where the first one is to be scored too. */
    public Score score(int... tokens) {
        return score(Map.of(), tokens);
    }

    public Score score(Map<String, ? extends Series> given, int... tokens) {
        double[] logProbabilities = new double[Math.max(0, tokens.length - 1)];
        if (tokens.length > 1) {
            Series read = TokenSeries.of(new int[][] {tokens}).withoutLast();
            LogSoftmax softmax = new LogSoftmax();
            session(1, given).read(read, (text, place, logits, column) ->
                    logProbabilities[place] = softmax.of(logits, column)[tokens[place + 1]]);
        }
        return new Score(logProbabilities);
    }

    // Search

    /**
     * How to search for the most likely text.
     *
     * @param width       hypotheses kept at every step
     * @param length      the longest text, in tokens after the prompt
     * @param lengthPower hypotheses are compared by log-probability / tokens^power: 0 prefers short ones, 1 takes the mean
     * @param ends        tokens that end a text
     * @param banned      tokens that are never written
     * @param constraint  what may come next
     * @param stop        whether a text, as the tokens after the prompt, ends with its last token although that is no end token: at a stop
     *                    text, say
     */
    public record Beam(int width, int length, double lengthPower, Set<Integer> ends, Set<Integer> banned,
                       Constraint constraint, @Nullable Predicate<List<Integer>> stop) {
        public Beam {
            if (width < 1 || length < 1 || !(lengthPower >= 0)) {
                throw new IllegalArgumentException("beam search: width and length must be at least 1 and lengthPower at least 0, got "
                        + width + ", " + length + " and " + lengthPower);
            }
            ends = Set.copyOf(ends);
            banned = Set.copyOf(banned);
        }

        /** Mean log-probability, no end token. */
        public Beam(int width, int length) {
            this(width, length, 1, Set.of(), Set.of(), Constraint.NONE, null);
        }

        public Beam withEnds(Set<Integer> ends) {
            return new Beam(width, length, lengthPower, ends, banned, constraint, stop);
        }

        public Beam withLengthPower(double power) {
            return new Beam(width, length, power, ends, banned, constraint, stop);
        }

        public Beam withBanned(Set<Integer> banned) {
            return new Beam(width, length, lengthPower, ends, banned, constraint, stop);
        }

        public Beam withConstraint(Constraint constraint) {
            return new Beam(width, length, lengthPower, ends, banned, constraint, stop);
        }

        public Beam withStop(Predicate<List<Integer>> stop) {
            return new Beam(width, length, lengthPower, ends, banned, constraint, stop);
        }
    }

    /**
     * A text that was found.
     *
     * @param tokens         after the prompt; an end token that it ended with is the last
     * @param logProbability of all of them
     * @param score          what hypotheses are compared by
     * @param ended          false where the length ran out
     */
    public record Hypothesis(List<Integer> tokens, double logProbability, double score, boolean ended) {
    }

    /** The best texts that go on from a prompt, best first: at most as many as the beam is wide. */
    public List<Hypothesis> search(int[] prompt, Beam beam) {
        return search(Map.of(), prompt, beam);
    }

    /** The same for a model with other inputs, one example of each. */
    public List<Hypothesis> search(Map<String, ? extends Series> given, int[] prompt, Beam beam) {
        return new BeamSearch(session(beam.width(), given), prompt, beam).run();
    }

    /** Logits to log-probabilities, in double precision. */
    static final class LogSoftmax {
        private double[] column = new double[0];

        /** Valid until the next call. */
        double[] of(Matrix logits, int c) {
            if (column.length != logits.rows()) {
                column = new double[logits.rows()];
            }
            logits.copyColumn(c, column, 0);
            double largest = Double.NEGATIVE_INFINITY;
            for (double each : column) {
                largest = Math.max(largest, each);
            }
            double sum = 0;
            for (double each : column) {
                sum += StrictMath.exp(each - largest);
            }
            double logSum = largest + StrictMath.log(sum);
            for (int i = 0; i < column.length; i++) {
                column[i] -= logSum;
            }
            return column;
        }
    }

    /** One search. Ties go to the earlier hypothesis, then to the lower token. */
    private static final class BeamSearch {
        private final Session session;
        private final int[] prompt;
        private final Beam beam;
        private final LogSoftmax softmax = new LogSoftmax();
        private final List<Hypothesis> finished = new ArrayList<>();

        BeamSearch(Session session, int[] prompt, Beam beam) {
            this.session = session;
            this.prompt = prompt;
            this.beam = beam;
        }

        private record Candidate(int parent, int token, double logProbability) {
        }

        List<Hypothesis> run() {
            session.read(prompt);
            List<List<Integer>> texts = new ArrayList<>(List.of(new ArrayList<>()));
            double[] scores = {0};
            for (int step = 0; step < beam.length() && !texts.isEmpty(); step++) {
                List<Candidate> best = candidates(texts, scores);
                List<List<Integer>> next = new ArrayList<>();
                List<Candidate> alive = new ArrayList<>();
                for (int rank = 0; rank < best.size() && alive.size() < beam.width(); rank++) {
                    Candidate candidate = best.get(rank);
                    List<Integer> text = new ArrayList<>(texts.get(candidate.parent()));
                    text.add(candidate.token());
                    boolean ended = beam.ends().contains(candidate.token()) || beam.stop() != null && beam.stop().test(text);
                    if (!ended && step < beam.length() - 1) {
                        next.add(text);
                        alive.add(candidate);
                    } else if (rank < beam.width()) {
                        finished.add(new Hypothesis(List.copyOf(text), candidate.logProbability(),
                                score(candidate.logProbability(), text.size()), ended));
                    }
                }
                texts = next;
                scores = alive.stream().mapToDouble(Candidate::logProbability).toArray();
                if (texts.isEmpty() || decided(scores)) {
                    break;
                }
                advance(alive);
            }
            finished.sort((a, b) -> Double.compare(b.score(), a.score()));
            return List.copyOf(finished.subList(0, Math.min(beam.width(), finished.size())));
        }

        private double score(double logProbability, int length) {
            return logProbability / Math.pow(length, beam.lengthPower());
        }

        /** Whether nothing that is still growing can become better than the worst of the best. */
        private boolean decided(double[] growing) {
            if (finished.size() < beam.width()) {
                return false;
            }
            double worst = finished.stream().mapToDouble(Hypothesis::score).map(each -> -each).sorted()
                    .map(each -> -each).limit(beam.width()).min().orElseThrow();
            double hope = Double.NEGATIVE_INFINITY;
            for (double logProbability : growing) {
                hope = Math.max(hope, score(logProbability, beam.length()));
            }
            return hope <= worst;
        }

        /**
         * The best that go on and the best that end, as many of each as the beam is wide, best first; where a text may stop at any token,
         * twice as many that seem to go on, since half of them may stop.
         */
        private List<Candidate> candidates(List<List<Integer>> texts, double[] scores) {
            Matrix logits = session.logits();
            Comparator<Candidate> worstFirst = Comparator.comparingDouble(Candidate::logProbability)
                    .thenComparing(Candidate::parent, Comparator.reverseOrder())
                    .thenComparing(Candidate::token, Comparator.reverseOrder());
            PriorityQueue<Candidate> growing = new PriorityQueue<>(worstFirst);
            PriorityQueue<Candidate> ending = new PriorityQueue<>(worstFirst);
            BitSet allowed = new BitSet(logits.rows());
            int goingOn = beam.stop() == null ? beam.width() : 2 * beam.width();
            for (int k = 0; k < texts.size(); k++) {
                double[] logProbabilities = softmax.of(logits, k);
                allowed.clear();
                allowed.set(0, logits.rows());
                beam.banned().forEach(allowed::clear);
                List<Integer> written = new ArrayList<>();
                for (int id : prompt) {
                    written.add(id);
                }
                written.addAll(texts.get(k));
                beam.constraint().narrow(written, allowed);
                for (int id = allowed.nextSetBit(0); id >= 0 && id < logits.rows(); id = allowed.nextSetBit(id + 1)) {
                    boolean end = beam.ends().contains(id);
                    PriorityQueue<Candidate> best = end ? ending : growing;
                    int most = end ? beam.width() : goingOn;
                    double logProbability = scores[k] + logProbabilities[id];
                    Candidate worst = best.peek();
                    if (best.size() < most || worst == null || logProbability > worst.logProbability()) {
                        best.add(new Candidate(k, id, logProbability));
                        if (best.size() > most) {
                            best.poll();
                        }
                    }
                }
            }
            List<Candidate> falling = new ArrayList<>(growing);
            falling.addAll(ending);
            falling.sort(worstFirst.reversed());
            if (falling.isEmpty() && finished.isEmpty()) {
                throw new NothingAllowedException("no token is allowed after " + texts.get(0));
            }
            return falling;
        }

        private void advance(List<Candidate> alive) {
            int[] from = new int[session.texts()];
            int[] ids = new int[session.texts()];
            for (int k = 0; k < from.length; k++) {
                Candidate candidate = alive.get(Math.min(k, alive.size() - 1));
                from[k] = candidate.parent();
                ids[k] = candidate.token();
            }
            session.reorder(from);
            session.step(ids);
        }
    }
}
