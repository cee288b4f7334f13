package io.quatrain.node;

import io.quatrain.tensor.Matrix;
import java.util.List;

/**
 * Attention by a small network (Bahdanau, Cho and Bengio 2015): e(q, m) = vᵀ·tanh(Wq·q + Wm·m + b). Wq is [units × query
 * features], Wm [units × memory features], b and v [units × 1]. Keras's AdditiveAttention has v only and needs both of one
 * size. y_t = Σ_s softmax_s(e(q_t, m_s))·m_s over the memory's steps that are there. Inputs: the query, the memory. Output:
 * the memory's features at the query's steps. PyTorch has none.
 */
public final class AdditiveAttentionNode implements Node {
    private final Parameter wq;
    private final Parameter wm;
    private final Parameter b;
    private final Parameter v;

    public AdditiveAttentionNode(Parameter wq, Parameter wm, Parameter b, Parameter v) {
        this.wq = wq;
        this.wm = wm;
        this.b = b;
        this.v = v;
    }

    @Override
    public List<Parameter> parameters() {
        return List.of(wq, wm, b, v);
    }

    @Override
    public Pass pass(Wiring wiring) {
        return new AdditivePass(wiring);
    }

    private final class AdditivePass extends Attention {
        private final InputProduct query;
        private final InputProduct memory;
        private final Matrix q;         // Wq·q + b
        private final Matrix m;         // Wm·m
        private final Matrix dq;
        private final Matrix dm;
        private final Matrix squashed;

        AdditivePass(Wiring wiring) {
            super(wiring);
            query = new InputProduct(wq, b, queries());
            memory = new InputProduct(wm, null, memories());
            q = wiring.compute().matrix(wq.rows(), queries().value().steps(), queries().value().batch());
            m = wiring.compute().matrix(wm.rows(), memories().value().steps(), memories().value().batch());
            dq = q.another(q.rows());
            dm = m.another(m.rows());
            squashed = wiring.compute().matrix(v.rows(), 1);
        }

        @Override
        void prepare() {
            query.forward(q);
            memory.forward(m);
            dq.fill(0);
            dm.fill(0);
        }

        private Matrix squash(int qc, int mc) {
            squashed.setColumn(0, q, qc).addColumn(0, m, mc);
            return squashed.setTanh(squashed);
        }

        @Override
        double score(int qc, int mc) {
            return squash(qc, mc).dot(v.value());
        }

        @Override
        void scoreBackward(int qc, int mc, double de) {
            Matrix s = squash(qc, mc);
            if (v.trainable()) {
                v.gradient().addScaled(de, s);
            }
            for (int r = 0; r < s.rows(); r++) {
                double d = de * v.value().get(r, 0) * (1 - s.get(r, 0) * s.get(r, 0));
                dq.set(r, qc, dq.get(r, qc) + d);
                dm.set(r, mc, dm.get(r, mc) + d);
            }
        }

        @Override
        void finish() {
            query.backward(dq);
            memory.backward(dm);
        }
    }
}
