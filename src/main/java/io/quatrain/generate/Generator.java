package io.quatrain.generate;

import io.quatrain.node.Graph;
import io.quatrain.tensor.Matrix;
import io.quatrain.tensor.Precision;
import io.quatrain.text.Constraint;
import io.quatrain.text.Sampler;
import io.quatrain.text.Sampling;
import io.quatrain.train.Series;
import io.quatrain.train.TokenSeries;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.NoSuchElementException;
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
     * @param output where logits come out, or their softmax
     */
    public Generator(Graph graph, String input, String output) {
        this(parts(graph, input, output), 0);
    }

    private Generator(StepGraph parts, int window) {
        this.parts = parts;
        this.window = window;
        if (window < 0) {
            throw new IllegalArgumentException("window must be at least 0, got " + window);
        }
        if (window == 0) {
            FutureCheck.refuse(parts);
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
        return new Generator(parts(graph, input, output), steps);
    }

    /** Numbers are fed back as the model gives them; of tokens, logits are wanted. */
    private static StepGraph parts(Graph graph, String input, String output) {
        boolean tokens = graph.inputs().stream().anyMatch(each -> each.name().equals(input) && each.tokens());
        return new StepGraph(tokens ? graph.withLogits(output) : graph, input, output);
    }

    private static String only(List<String> names, String what) {
        if (names.size() != 1) {
            throw new IllegalArgumentException("this model has the " + what + " " + names + "; say which one is meant");
        }
        return names.get(0);
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
        for (int i = 0; i < tokens.length; i++) {
            if (tokens[i] < 0 || tokens[i] >= vocabulary()) {
                throw new IllegalArgumentException("token id " + tokens[i] + " at " + i + ": the vocabulary has " + vocabulary()
                        + " tokens, so ids go from 0 to " + (vocabulary() - 1));
            }
        }
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
}
