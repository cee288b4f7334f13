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
        private final Matrix[] squashed;    // of each example, as threads have examples of their own
        private final Matrix[] dSquashed;
        private final Matrix dv;            // Σ de·tanh(…) of each example

        AdditivePass(Wiring wiring) {
            super(wiring);
            query = new InputProduct(wq, b, queries());
            memory = new InputProduct(wm, null, memories());
            q = wiring.compute().matrix(wq.rows(), queries().value().steps(), queries().value().batch());
            m = wiring.compute().matrix(wm.rows(), memories().value().steps(), memories().value().batch());
            dq = q.another(q.rows());
            dm = m.another(m.rows());
            int batch = memories().value().batch();
            squashed = wiring.compute().matrix(v.rows(), batch).steps(1);
            dSquashed = wiring.compute().matrix(v.rows(), batch).steps(1);
            dv = wiring.compute().matrix(v.rows(), batch);
        }

        @Override
        void prepare() {
            query.forward(q);
            memory.forward(m);
            dq.fill(0);
            dm.fill(0);
            dv.fill(0);
        }

        private Matrix squash(int qc, int mc, int example) {
            Matrix s = squashed[example].setColumn(0, q, qc).addColumn(0, m, mc);
            return s.setTanh(s);
        }

        @Override
        double score(int qc, int mc, int example) {
            return squash(qc, mc, example).dot(v.value());
        }

        @Override
        void scoreBackward(int qc, int mc, int example, double de) {
            Matrix s = squash(qc, mc, example);
            Matrix ds = dSquashed[example].set(v.value()).scale(de);
            dv.addScaledColumn(example, de, s, 0);          // undoes e = vᵀ·s
            ds.setTanhGradient(s, ds);                      // undoes s = tanh(Wq·q + Wm·m + b)
            dq.addColumn(qc, ds, 0);
            dm.addColumn(mc, ds, 0);
        }

        @Override
        void finish() {
            if (v.trainable()) {
                v.gradient().addColumnSums(dv, dv.columns());
            }
            query.backward(dq);
            memory.backward(dm);
        }
    }
}
