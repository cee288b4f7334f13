package io.quatrain.node;

import io.quatrain.tensor.Compute;
import io.quatrain.tensor.Mask;
import io.quatrain.tensor.Matrix;
import io.quatrain.tensor.Sequence;
import java.util.function.ObjIntConsumer;

/**
 * What a decoder's step looks at: a mean of an encoder's steps, weighted by how well each of them answers.
 * <pre>
 *   α_t = softmax over s of e(q_t, m_s)      y_t = Σ_s α_ts·m_s
 * </pre>
 * The first input is the query (the decoder), the second the memory (the encoder); steps of the memory that are not there
 * have no weight, and where there is none, y is zero. Subclasses say what e is.
 */
public abstract class Attention extends Pass {
    private final Sequence memory;
    private final Signal queries;
    private final Signal memories;
    private final Compute compute;
    private final int batch;
    private final double work;
    private final Matrix weights;       // α: [steps of the memory × steps of the query·batch]
    private final Matrix scores;        // e, then its gradient

    Attention(Wiring wiring) {
        super(output(wiring));
        this.queries = wiring.inputs().get(0);
        this.memories = wiring.inputs().get(1);
        this.memory = memories.value();
        this.compute = wiring.compute();
        this.batch = memory.batch();
        this.work = Compute.ELEMENT * memory.steps() * queries.value().steps() * batch * (memory.features() + queries.value().features());
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
        eachExample(Attention::forward);
    }

    /** Threads work on examples of their own, to whose memory nobody else adds. */
    private void eachExample(ObjIntConsumer<Attention> body) {
        compute.splitByExamples(batch, batch, 1, work, this, body, null, null, 0, (attention, each, c, d, none, from, to) -> {
            for (int b = from; b < to; b++) {
                each.accept(attention, b);
            }
        });
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
        eachExample(Attention::backward);
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
