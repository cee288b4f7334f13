package io.quatrain.node;

import io.quatrain.tensor.Compute;
import io.quatrain.tensor.Mask;
import io.quatrain.tensor.Matrix;
import io.quatrain.tensor.Sequence;
import java.util.function.IntConsumer;

/**
 * What a decoder's step looks at: a mean of an encoder's steps, weighted by how well each of them answers.
 * <pre>
 *   α_t = softmax over s of e(q_t, m_s)      y_t = Σ_s α_ts·m_s
 * </pre>
 * The first input is the query (the decoder), the second the memory (the encoder); steps of the memory that are not there
 * have no weight, and where there is none, y is zero. Subclasses say what e is.
 */
public abstract class Attention extends Pass {
    /** Some 50 µs; {@link Compute#run} does not ask what it wakes threads for. */
    private static final double WORTH_SPLITTING = 5_000_000;

    private final Sequence memory;
    private final Signal queries;
    private final Signal memories;
    private final Compute compute;
    private final int batch;
    private final int lanes;            // threads work on examples of their own, to whose memory nobody else adds
    private final Matrix weights;       // α: [steps of the memory × steps of the query·batch]
    private final Matrix scores;        // e, then its gradient
    private final IntConsumer forwardLane = lane -> eachExample(lane, true);
    private final IntConsumer backwardLane = lane -> eachExample(lane, false);

    Attention(Wiring wiring) {
        super(output(wiring));
        this.queries = wiring.inputs().get(0);
        this.memories = wiring.inputs().get(1);
        this.memory = memories.value();
        this.compute = wiring.compute();
        this.batch = memory.batch();
        double pairs = (double) memory.steps() * queries.value().steps() * batch;
        this.lanes = pairs * Compute.ELEMENT * (memory.features() + queries.value().features()) < WORTH_SPLITTING ? 1
                : compute.lanes(batch);
        this.weights = compute.matrix(memory.steps(), queries.value().steps(), batch);
        this.scores = weights.another(memory.steps());
    }

    private static Signal output(Wiring wiring) {
        return Signal.of(wiring.compute(), wiring.inputs().get(1).value().features(), wiring.mask(), wiring.differentiable());
    }

    final Signal queries() {
        return queries;
    }

    final Signal memories() {
        return memories;
    }

    /** e(q, m) for column q of the queries and column m of the memory, both of one example; several threads ask, for other examples. */
    abstract double score(int q, int m, int example);

    /** Undoes {@link #score}: adds to the gradients of both. */
    abstract void scoreBackward(int q, int m, int example, double de);

    abstract void prepare();

    abstract void finish();

    @Override
    public void forward(boolean training) {
        prepare();
        output().value().all().fill(0);
        weights.fill(0);
        compute.run(lanes, forwardLane);
    }

    private void eachExample(int lane, boolean forward) {
        int from = lanes == 1 ? 0 : compute.laneStart(batch, lane);
        int to = lanes == 1 ? batch : compute.laneStart(batch, lane + 1);
        for (int b = from; b < to; b++) {
            if (forward) {
                forward(b);
            } else {
                backward(b);
            }
        }
    }

    private void forward(int b) {
        Mask there = memory.mask();
        Matrix y = output().value().all();
        for (int q = b; q < weights.columns(); q += batch) {
            double greatest = Double.NEGATIVE_INFINITY;
            for (int s = 0; s < memory.steps(); s++) {
                if (there.valid(s, b)) {
                    double e = score(q, s * batch + b, b);
                    scores.set(s, q, e);
                    greatest = Math.max(greatest, e);
                }
            }
            double sum = 0;
            for (int s = 0; s < memory.steps(); s++) {
                if (there.valid(s, b)) {
                    double power = Math.exp(scores.get(s, q) - greatest);
                    weights.set(s, q, power);
                    sum += power;
                }
            }
            for (int s = 0; s < memory.steps(); s++) {
                if (there.valid(s, b)) {
                    weights.set(s, q, weights.get(s, q) / sum);
                    int m = s * batch + b;
                    y.addScaledColumn(q, weights.get(s, q), memory.all(), m);               // y_t += α_ts·m_s
                }
            }
        }
    }

    @Override
    public void backward() {
        output().wantedGradient();
        compute.run(lanes, backwardLane);
        finish();
    }

    private void backward(int b) {
        Mask there = memory.mask();
        Matrix dy = output().wantedGradient();
        Matrix dMemory = memories.gradient();
        for (int q = b; q < weights.columns(); q += batch) {
            double mean = 0;
            for (int s = 0; s < memory.steps(); s++) {
                if (there.valid(s, b)) {
                    int m = s * batch + b;
                    if (dMemory != null) {
                        dMemory.addScaledColumn(m, weights.get(s, q), dy, q);               // undoes y_t += α_ts·m_s
                    }
                    double dWeight = dy.dot(q, memory.all(), m);
                    scores.set(s, q, dWeight);
                    mean += weights.get(s, q) * dWeight;
                }
            }
            for (int s = 0; s < memory.steps(); s++) {
                if (there.valid(s, b)) {                                                    // undoes α = softmax e
                    scoreBackward(q, s * batch + b, b, weights.get(s, q) * (scores.get(s, q) - mean));
                }
            }
        }
    }

    /** α of the last run: [steps of the memory × steps of the query·batch], to look at. */
    public final Matrix weights() {
        return weights;
    }
}
