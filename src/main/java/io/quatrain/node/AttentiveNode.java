package io.quatrain.node;

import io.quatrain.tensor.Mask;
import io.quatrain.tensor.Matrix;
import io.quatrain.tensor.Sequence;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * A decoder that looks back before every step (Bahdanau, Cho and Bengio 2015): what the last step looks for decides what
 * the next one reads. s is the state of a recurrent cell or a stack of them, h the output of its top layer, m_1 … m_S the
 * memory (an encoder's steps).
 * <pre>
 *   e_ts = vᵀ·tanh(Wq·h_{t−1} + Wm·m_s + b)     or, by dot product (Luong et al. 2015),  e_ts = h_{t−1}ᵀ·m_s
 *   α_t  = softmax over s of e_ts               c_t = Σ_s α_ts·m_s
 *   s_t  = cell([x_t; c_t], s_{t−1})            y_t = [h_t; c_t]
 * </pre>
 * Inputs: x and the memory. Wq is [A × units], Wm [A × memory features], b and v [A × 1]. The state is the cell's, so that
 * an encoder of the same cell can be where it starts, and one step at a time gives what all steps give. Steps of the memory
 * that are not there have no weight; at a step of x that is not there, the state is carried and y is zero. Keras's and
 * PyTorch's attention layers stand behind a decoder instead and do not feed it.
 */
public final class AttentiveNode implements Node {
    /** Wq, Wm, b and v of additive attention. */
    public record Additive(Parameter wq, Parameter wm, Parameter b, Parameter v) {
        List<Parameter> parameters() {
            return List.of(wq, wm, b, v);
        }
    }

    private final Node cell;
    private final int queryPart;
    private final @Nullable Additive additive;

    /**
     * @param cell      recurrent, gives its output at every step; reads x's and the memory's features
     * @param queryPart which part of its state is h of the top layer
     * @param additive  null: by dot product, for a memory of as many features as h
     */
    public AttentiveNode(Node cell, int queryPart, @Nullable Additive additive) {
        this.cell = cell;
        this.queryPart = queryPart;
        this.additive = additive;
    }

    @Override
    public List<Parameter> parameters() {
        return additive == null ? cell.parameters()
                : Stream.concat(cell.parameters().stream(), additive.parameters().stream()).toList();
    }

    @Override
    public Pass pass(Wiring wiring) {
        Sequence x = wiring.x();
        int inputs = x.features() + wiring.inputs().get(1).value().features();
        List<Pass> steps = new ArrayList<>();
        List<Signal> read = new ArrayList<>();
        @Nullable StatePort state = wiring.initialState();
        for (int t = 0; t < x.steps(); t++) {
            Mask mask = x.mask().variable() ? Mask.variable(1, x.batch()) : Mask.full(1, x.batch());
            read.add(Signal.of(wiring.compute(), inputs, mask, wiring.differentiable()));
            Pass step = cell.pass(wiring.part("step" + t, List.of(read.get(t)), state));
            steps.add(step);
            state = step.finalState();
        }
        return new AttentivePass(wiring, steps, read);
    }

    private final class AttentivePass extends Pass {
        private final Signal input;
        private final Signal memories;
        private final Sequence memory;
        private final Pass[] steps;
        private final Step[] at;
        private final Matrix[] weights;                     // α_t: [steps of the memory × batch]
        private final Matrix scores;                        // e_t, then its gradient: [1 × steps of the memory·batch]
        private final Matrix dContext;
        private final @Nullable Keys keys;
        private final int batch;
        private final boolean[] there;

        AttentivePass(Wiring wiring, List<Pass> steps, List<Signal> read) {
            super(wiring.signal(steps.get(0).output().value().features() + wiring.inputs().get(1).value().features()),
                    steps.get(0).initialState(), steps.get(steps.size() - 1).finalState());
            this.input = wiring.input();
            this.memories = wiring.inputs().get(1);
            this.memory = memories.value();
            this.steps = steps.toArray(Pass[]::new);
            int features = wiring.x().features();
            int units = steps.get(0).output().value().features();
            this.batch = wiring.x().batch();
            this.there = new boolean[batch];
            this.at = new Step[steps.size()];
            for (int t = 0; t < at.length; t++) {
                at[t] = new Step(t, read.get(t), features, units);
            }
            this.weights = new Matrix[steps.size()];
            for (int t = 0; t < weights.length; t++) {
                weights[t] = wiring.compute().matrix(memory.steps(), batch);
            }
            this.scores = wiring.compute().matrix(1, memory.steps() * batch);
            this.dContext = wiring.compute().matrix(memory.features(), batch);
            this.keys = additive == null ? null : new Keys(wiring, additive);
        }

        private Matrix query(int t) {
            return steps[t].initialState().values().get(queryPart);                 // h_{t−1}
        }

        private Matrix dQuery(int t) {
            return steps[t].initialState().gradients().get(queryPart);
        }

        @Override
        public void forward(boolean training) {
            if (keys != null) {
                keys.forward();
            }
            Matrix y = output().value().all();
            for (int t = 0; t < steps.length; t++) {
                setMask(t);
                at[t].x.set(input.value().at(t));
                look(t);
                steps[t].forward(training);
                at[t].yOutput.set(steps[t].output().value().all());                 // y_t = [h_t; c_t]
                at[t].yContext.set(at[t].context);
                for (int b = 0; b < batch; b++) {
                    if (!input.value().mask().valid(t, b)) {
                        y.fillColumn(t * batch + b, 0);
                    }
                }
            }
        }

        private void setMask(int t) {
            Mask mask = at[t].read.value().mask();
            if (mask.variable()) {
                for (int b = 0; b < batch; b++) {
                    there[b] = input.value().mask().valid(t, b);
                }
                mask.setValid(there);
            }
        }

        /** α_t and c_t */
        private void look(int t) {
            if (keys != null) {
                keys.score(query(t), scores);
            } else {
                for (int c = 0; c < scores.columns(); c++) {
                    scores.set(0, c, query(t).dot(c % batch, memory.all(), c));
                }
            }
            Matrix a = weights[t].fill(0);
            Matrix context = at[t].context.fill(0);
            Mask there = memory.mask();
            for (int b = 0; b < batch; b++) {
                double greatest = Double.NEGATIVE_INFINITY;
                for (int s = 0; s < memory.steps(); s++) {
                    greatest = there.valid(s, b) ? Math.max(greatest, scores.get(0, s * batch + b)) : greatest;
                }
                double sum = 0;
                for (int s = 0; s < memory.steps(); s++) {
                    if (there.valid(s, b)) {
                        a.set(s, b, Math.exp(scores.get(0, s * batch + b) - greatest));
                        sum += a.get(s, b);
                    }
                }
                for (int s = 0; s < memory.steps(); s++) {
                    if (there.valid(s, b)) {
                        a.set(s, b, a.get(s, b) / sum);                             // α_t = softmax e_t
                        context.addScaledColumn(b, a.get(s, b), memory.all(), s * batch + b);
                    }
                }
            }
        }

        @Override
        public void backward() {
            if (keys != null) {
                keys.clear();
            }
            for (int t = steps.length - 1; t >= 0; t--) {
                Gradients d = Objects.requireNonNull(at[t].gradients, "a pass for forward runs only");
                steps[t].output().wantedGradient().add(d.yOutput);
                steps[t].backward();                                                // undoes s_t = cell([x_t; c_t], s_{t−1})
                if (d.x != null) {
                    d.x.add(d.readX);
                }
                dContext.set(d.readContext).add(d.yContext);
                lookBackward(t);
            }
            if (keys != null) {
                keys.backward();
            }
        }

        private void lookBackward(int t) {
            Matrix a = weights[t];
            Matrix dMemory = memories.gradient();
            Matrix de = scores.fill(0);
            for (int b = 0; b < batch; b++) {
                if (!input.value().mask().valid(t, b)) {
                    continue;
                }
                double mean = 0;
                for (int s = 0; s < memory.steps(); s++) {
                    if (memory.mask().valid(s, b)) {
                        if (dMemory != null) {
                            dMemory.addScaledColumn(s * batch + b, a.get(s, b), dContext, b);   // undoes c_t = Σ α_ts·m_s
                        }
                        double dWeight = dContext.dot(b, memory.all(), s * batch + b);
                        de.set(0, s * batch + b, dWeight);
                        mean += a.get(s, b) * dWeight;
                    }
                }
                for (int s = 0; s < memory.steps(); s++) {                          // undoes α_t = softmax e_t
                    int c = s * batch + b;
                    de.set(0, c, memory.mask().valid(s, b) ? a.get(s, b) * (de.get(0, c) - mean) : 0);
                }
            }
            if (keys != null) {
                keys.scoreBackward(query(t), de, dQuery(t));
                return;
            }
            for (int c = 0; c < de.columns(); c++) {                                // undoes e_ts = h_{t−1}ᵀ·m_s
                int b = c % batch;
                dQuery(t).addScaledColumn(b, de.get(0, c), memory.all(), c);
                if (dMemory != null) {
                    dMemory.addScaledColumn(c, de.get(0, c), query(t), b);
                }
            }
        }

        @Override
        public void clearGradients() {
            super.clearGradients();
            for (int t = 0; t < steps.length; t++) {
                steps[t].clearGradients();
                Matrix gradient = at[t].read.gradient();
                if (gradient != null) {
                    gradient.fill(0);
                }
            }
        }

        /** What step t reads and writes. */
        private final class Step {
            private final Signal read;                      // [x_t; c_t]
            private final Matrix x;
            private final Matrix context;
            private final Matrix yOutput;
            private final Matrix yContext;
            private final @Nullable Gradients gradients;

            Step(int t, Signal read, int features, int units) {
                this.read = read;
                this.x = read.value().all().rows(0, features);
                this.context = read.value().all().rows(features, read.value().features());
                Matrix y = output().value().at(t);
                this.yOutput = y.rows(0, units);
                this.yContext = y.rows(units, y.rows());
                Matrix dRead = read.gradient();
                Matrix dy = output().gradient();
                this.gradients = dRead == null || dy == null ? null
                        : new Gradients(dy.columns(t * batch, (t + 1) * batch), units, dRead, features,
                                input.gradient() == null ? null : input.gradient().columns(t * batch, (t + 1) * batch));
            }
        }

        private static final class Gradients {
            private final Matrix yOutput;
            private final Matrix yContext;
            private final Matrix readX;
            private final Matrix readContext;
            private final @Nullable Matrix x;

            Gradients(Matrix y, int units, Matrix read, int features, @Nullable Matrix x) {
                this.yOutput = y.rows(0, units);
                this.yContext = y.rows(units, y.rows());
                this.readX = read.rows(0, features);
                this.readContext = read.rows(features, read.rows());
                this.x = x;
            }
        }

        /** e by the small network; Wm·m_s + b is the same for every t. */
        private final class Keys {
            private final Additive network;
            private final InputProduct product;
            private final Matrix k;                         // Wm·m_s + b, every s: [A × steps of the memory·batch]
            private final Matrix dk;
            private final Matrix z;                         // tanh(Wq·h_{t−1} + k_s)
            private final Matrix[] zAt;
            private final Matrix dz;
            private final Matrix[] dzAt;
            private final Matrix q;
            private final Matrix dq;

            Keys(Wiring wiring, Additive network) {
                this.network = network;
                this.product = new InputProduct(network.wm(), network.b(), memories);
                int size = network.wq().rows();
                this.k = wiring.compute().matrix(size, memory.steps(), batch);
                this.dk = wiring.compute().matrix(size, memory.steps(), batch);
                this.z = wiring.compute().matrix(size, memory.steps(), batch);
                this.zAt = z.steps(batch);
                this.dz = wiring.compute().matrix(size, memory.steps(), batch);
                this.dzAt = dz.steps(batch);
                this.q = wiring.compute().matrix(size, batch);
                this.dq = wiring.compute().matrix(size, batch);
            }

            void forward() {
                product.forward(k);
            }

            private void squash(Matrix h) {
                q.fill(0).addProduct(network.wq().packed(), h);
                z.set(k);
                for (int s = 0; s < memory.steps(); s++) {
                    zAt[s].add(q);
                }
                z.setTanh(z);
            }

            void score(Matrix h, Matrix e) {
                squash(h);
                for (int c = 0; c < e.columns(); c++) {
                    e.set(0, c, z.dot(c, network.v().value(), 0));
                }
            }

            void scoreBackward(Matrix h, Matrix de, Matrix dh) {
                squash(h);
                if (network.v().trainable()) {
                    network.v().addToGradient(z, de, batch);      // undoes e = vᵀ·z
                }
                for (int c = 0; c < de.columns(); c++) {
                    dz.setColumn(c, network.v().value(), 0).scaleColumn(c, de.get(0, c));
                }
                dz.setTanhGradient(z, dz);                                          // undoes z = tanh(q + k_s)
                dk.add(dz);
                dq.fill(0);
                for (int s = 0; s < memory.steps(); s++) {
                    dq.add(dzAt[s]);
                }
                if (network.wq().trainable()) {
                    network.wq().addToGradient(dq, h, batch);     // undoes q = Wq·h_{t−1}
                }
                dh.addProduct(network.wq().packedTransposed(), dq);
            }

            void clear() {
                dk.fill(0);
            }

            void backward() {
                product.backward(dk);                                               // undoes k_s = Wm·m_s + b
            }
        }
    }
}
