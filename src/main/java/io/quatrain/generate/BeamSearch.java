package io.quatrain.generate;

import io.quatrain.tensor.Matrix;
import io.quatrain.text.NothingAllowedException;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Comparator;
import java.util.List;
import java.util.PriorityQueue;

/** One search. Ties go to the earlier hypothesis, then to the lower token. */
final class BeamSearch {
    private static final Comparator<Generator.Hypothesis> BEST_FIRST = Comparator.comparingDouble(Generator.Hypothesis::score).reversed();

    private final Session session;
    private final int[] prompt;
    private final Generator.Beam beam;
    private final LogSoftmax softmax = new LogSoftmax();
    private final List<Generator.Hypothesis> finished = new ArrayList<>();

    BeamSearch(Session session, int[] prompt, Generator.Beam beam) {
        this.session = session;
        this.prompt = prompt;
        this.beam = beam;
    }

    private record Candidate(int parent, int token, double logProbability) {
    }

    List<Generator.Hypothesis> run() {
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
                    finished.add(new Generator.Hypothesis(List.copyOf(text), candidate.logProbability(),
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
        finished.sort(BEST_FIRST);
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
        finished.sort(BEST_FIRST);
        double worst = finished.get(beam.width() - 1).score();
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
