package io.quatrain.text;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * Chooses tokens one after the other as {@link Sampling} says. Stateful: one for each text that is written. Same options, same
 * logits, same choices on every JDK: functions come from StrictMath, the n-th draw from the n-th number of SplitMix64 (Steele et al. 2014).
 */
public final class Sampler {
    /**
     * A token that was chosen.
     *
     * @param id             its id
     * @param logProbability natural logarithm of the probability that the model itself gave it: softmax of the logits before penalty,
     *                       temperature and filters
     */
    public record Choice(int id, double logProbability) { }

    private final Sampling sampling;
    private final Constraint constraint;
    private final long base;
    private final List<Integer> seen = new ArrayList<>();       // prompt and choices, for the penalty
    private final List<Integer> written = new ArrayList<>();    // for the constraint
    private final List<Integer> writtenView = Collections.unmodifiableList(written);
    private final BitSet allowed = new BitSet();
    private int choices;
    private double[] scores = {};
    private double[] exponentials = {};
    private long[] keys = {};

    Sampler(Sampling sampling, long stream, Constraint constraint) {
        this.sampling = sampling;
        this.constraint = constraint;
        this.base = Random64.base(sampling.seed(), stream);
    }

    /** Tells what stands before the first choice. It counts for the repetition penalty and, as written text, for the constraint. */
    public void prompt(int... ids) {
        for (int id : ids) {
            seen.add(id);
            written.add(id);
        }
    }

    /** Everything that was given as prompt or chosen, in order. */
    public List<Integer> written() {
        return writtenView;
    }

    /** Chooses from the logits of one step; the id is the index. */
    public Choice next(float[] logits) {
        return next(logits, 0, logits.length);
    }

    /** Chooses from {@code logits[offset … offset + count − 1]}; the id is the index from {@code offset} on. */
    public Choice next(float[] logits, int offset, int count) {
        ensure(count);
        for (int id = 0; id < count; id++) {
            scores[id] = logits[offset + id];
        }
        return choose(count);
    }

    /** Chooses from the logits of one step; the id is the index. */
    public Choice next(double[] logits) {
        ensure(logits.length);
        System.arraycopy(logits, 0, scores, 0, logits.length);
        return choose(logits.length);
    }

    private void ensure(int count) {
        if (count < 1) {
            throw new IllegalArgumentException("choice " + choices + ": there are no logits");
        }
        if (scores.length < count) {
            scores = new double[count];
            exponentials = new double[count];
            keys = new long[count];
        }
    }

    private Choice choose(int count) {
        double largest = Double.NEGATIVE_INFINITY;
        for (int id = 0; id < count; id++) {
            if (!Double.isFinite(scores[id])) {
                throw new IllegalArgumentException("choice " + choices + ": the logit of token " + id + " is " + scores[id]
                        + "; the weights are damaged or training diverged");
            }
            largest = Math.max(largest, scores[id]);
        }
        double sum = 0;
        for (int id = 0; id < count; id++) {
            sum += StrictMath.exp(scores[id] - largest);
        }
        double logSum = largest + StrictMath.log(sum);
        int step = choices++;
        int id;
        double logit;
        if (step < sampling.forced().size()) {
            id = sampling.forced().get(step);
            if (id < 0 || id >= count) {
                throw new IllegalArgumentException("sampling: forced token " + id + " is not below " + count);
            }
            logit = scores[id];
        } else {
            double[] raw = sampling.repetitionPenalty() == 1 ? scores : Arrays.copyOf(scores, count);
            penalise(count);
            allow(count, step);
            id = sampling.temperature() == 0 ? mostLikely() : draw(step);
            logit = raw[id];
        }
        seen.add(id);
        written.add(id);
        return new Choice(id, logit - logSum);
    }

    private void penalise(int count) {
        double penalty = sampling.repetitionPenalty();
        if (penalty == 1) {
            return;
        }
        int window = sampling.repetitionWindow();
        int from = window == 0 ? 0 : Math.max(0, seen.size() - window);
        Set<Integer> recent = new HashSet<>(seen.subList(from, seen.size()));
        for (int id : recent) {
            if (id >= 0 && id < count) {
                scores[id] = scores[id] > 0 ? scores[id] / penalty : scores[id] * penalty;
            }
        }
    }

    private void allow(int count, int step) {
        allowed.clear();
        allowed.set(0, count);
        sampling.banned().forEach(id -> {
            if (id >= 0) {
                allowed.clear(id);
            }
        });
        constraint.narrow(writtenView, allowed);
        if (allowed.length() > count) {
            allowed.clear(count, allowed.length());
        }
        if (allowed.isEmpty()) {
            throw new NothingAllowedException("choice " + step + ": no token is allowed");
        }
    }

    private int mostLikely() {
        int best = allowed.nextSetBit(0);
        for (int id = best; id >= 0; id = allowed.nextSetBit(id + 1)) {
            if (scores[id] > scores[best]) {
                best = id;
            }
        }
        return best;
    }

    /** The candidates are keys[0 … n − 1], most likely first where a filter needs that; each filter makes n smaller. */
    private int draw(int step) {
        double best = scores[mostLikely()];
        int n = 0;
        for (int id = allowed.nextSetBit(0); id >= 0; id = allowed.nextSetBit(id + 1)) {
            exponentials[id] = StrictMath.exp((scores[id] - best) / sampling.temperature());    // 1 for the most likely
            keys[n++] = id;
        }
        boolean sorted = sampling.topK() > 0 && sampling.topK() < n || sampling.topP() < 1;
        if (sorted) {
            sortFalling(n, exponentials);
        }
        if (sampling.topK() > 0) {
            n = Math.min(n, sampling.topK());
        }
        if (sampling.topP() < 1) {
            n = shortest(n, sampling.topP());
        }
        if (sampling.minP() > 0) {
            int kept = 0;
            for (int i = 0; i < n; i++) {
                if (exponentials[(int) keys[i]] >= sampling.minP()) {
                    keys[kept++] = keys[i];
                }
            }
            n = kept;
        }
        if (sampling.typical() < 1) {
            n = typical(n);
        }
        double sum = sum(n);
        double point = Random64.uniform(base, step) * sum;
        double passed = 0;
        for (int i = 0; i < n; i++) {
            passed += exponentials[(int) keys[i]];
            if (point < passed) {
                return (int) keys[i];
            }
        }
        return (int) keys[n - 1];
    }

    private double sum(int n) {
        double sum = 0;
        for (int i = 0; i < n; i++) {
            sum += exponentials[(int) keys[i]];
        }
        return sum;
    }

    /** How many of the first candidates it takes to hold a share of the mass of all n. */
    private int shortest(int n, double share) {
        double wanted = share * sum(n);
        double passed = 0;
        for (int i = 0; i < n; i++) {
            passed += exponentials[(int) keys[i]];
            if (passed >= wanted) {
                return i + 1;
            }
        }
        return n;
    }

    /** Candidates in the order of |−log p − entropy|, cut where they hold the mass that was asked for. */
    private int typical(int n) {
        double sum = sum(n);
        double entropy = 0;
        for (int i = 0; i < n; i++) {
            double p = exponentials[(int) keys[i]] / sum;
            entropy -= p == 0 ? 0 : p * StrictMath.log(p);
        }
        double[] closeness = new double[scores.length];
        for (int i = 0; i < n; i++) {
            double p = exponentials[(int) keys[i]] / sum;
            closeness[(int) keys[i]] = -Math.abs(-StrictMath.log(p) - entropy);
        }
        sortFalling(n, closeness);
        return shortest(n, sampling.typical());
    }

    /** Sorts the first n candidates by falling value, equal ones by id; values are compared as floats. */
    private void sortFalling(int n, double[] values) {
        for (int i = 0; i < n; i++) {
            int bits = Float.floatToIntBits((float) values[(int) keys[i]] + 0f);
            int ordered = bits < 0 ? ~bits : bits | 0x80000000;             // unsigned order of the floats
            keys[i] = (long) (~ordered ^ 0x80000000) << 32 | keys[i];
        }
        Arrays.sort(keys, 0, n);
        for (int i = 0; i < n; i++) {
            keys[i] &= 0xffffffffL;
        }
    }
}
