package io.quatrain.node;

import io.quatrain.tensor.Matrix;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * {@link GruNode} with any activations s, a and the options of {@link CellWeights} and {@link CellOptions}; resets after the
 * product.
 * <pre>
 *   q    = gh∘norm(Wh·(m∘h_{t−1})) + bn on the rows of n      z = gx∘norm(Wx·x_t) + b
 *   r, z = s(z_r + q_r), s(z_z + q_z)                         n = a(z_n + r∘q_n)
 *   h_t  = (1 − z)∘n + z∘h_{t−1}
 * </pre>
 * Keras's GRU has the activations and recurrent_dropout, ONNX's the activations and the clip, PyTorch's none.
 */
public final class GruVariantNode implements Node {
    private static final int H = 0;

    private final CellWeights weights;
    private final @Nullable Parameter bn;
    private final Activation s;
    private final Activation a;
    private final CellOptions options;
    private final boolean reversed;
    private final RecurrentPass.Output outputs;
    private final int units;

    /** @param bn of the product inside the reset, [units × 1], or null */
    public GruVariantNode(CellWeights weights, @Nullable Parameter bn, Activation s, Activation a, CellOptions options,
                          boolean reversed, RecurrentPass.Output outputs) {
        this.weights = weights;
        this.bn = bn;
        this.s = s;
        this.a = a;
        this.options = options;
        this.reversed = reversed;
        this.outputs = outputs;
        this.units = weights.wh().columns();
    }

    @Override
    public List<Parameter> parameters() {
        return weights.and(bn);
    }

    @Override
    public Pass pass(Wiring wiring) {
        return new VariantPass(wiring);
    }

    private final class VariantPass extends RecurrentPass {
        private final InputSide input;
        private final RecurrentSide recurrent;
        private final Matrix z;         // gx∘norm(Wx·x) + b, then pre-activations, then their gradients
        private final Matrix q;         // the product with h, then its gradient
        private final Matrix qn;
        private final Matrix gates;

        VariantPass(Wiring wiring) {
            super(wiring, reversed, outputs, List.of(units));
            input = new InputSide(weights, wiring);
            recurrent = new RecurrentSide(this, wiring, "recurrent", weights.wh(), weights.gh(), options);
            z = wiring.overSteps(3 * units);
            q = wiring.overSteps(3 * units);
            qn = q.rows(2 * units, 3 * units);
            gates = wiring.overSteps(3 * units);
        }

        @Override
        protected void prepare(boolean training) {
            input.forward(z);
            q.fill(0);
            if (bn != null) {
                qn.setEachColumn(bn.value());
            }
            recurrent.prepare(training);
        }

        @Override
        protected Lane lane(int from, int to) {
            Matrix[] allZ = blocks(z, from, to);
            Matrix[] allQ = blocks(q, from, to);
            Matrix[] allGates = blocks(gates, from, to);
            Matrix[] zBoth = Gate.rows(allZ, 0, 2 * units);
            Matrix[] qBoth = Gate.rows(allQ, 0, 2 * units);
            Matrix[] qn = Gate.rows(allQ, 2 * units, 3 * units);
            RecurrentSide.Lane product = recurrent.lane(from, to);
            Gate r = new Gate(Gate.rows(allZ, 0, units), Gate.rows(allGates, 0, units), s, options.clip(), null);
            Gate u = new Gate(Gate.rows(allZ, units, 2 * units), Gate.rows(allGates, units, 2 * units), s,
                    options.clip(), null);
            Gate n = new Gate(Gate.rows(allZ, 2 * units, 3 * units), Gate.rows(allGates, 2 * units, 3 * units), a,
                    options.clip(), null);
            Interpolation interpolation = new Interpolation(wiring().compute(), units, to - from);
            Matrix dr = wiring().compute().matrix(units, to - from);
            return new Lane() {
                @Override
                public void forward(int t, Matrix[] before, Matrix[] after) {
                    product.forward(t, before[H], allQ[t]);             // q_t = gh∘norm(Wh·(m∘h_{t−1})) + bn
                    zBoth[t].add(qBoth[t]);
                    r.forward(t, before[H]);                            // r = s(z_r + q_r)
                    u.forward(t, before[H]);                            // z = s(z_z + q_z)
                    n.z(t).addMultiplied(r.at(t), qn[t]);
                    n.forward(t, before[H]);                            // n = a(z_n + r∘q_n)
                    interpolation.forward(u.at(t), n.at(t), before[H], after[H]);
                }

                @Override
                public void backward(int t, Matrix[] before, Matrix[] after, Matrix[] d) {
                    Matrix dh = d[H];
                    interpolation.backward(u.at(t), n.at(t), before[H], dh);
                    n.backward(t, interpolation.dn, dh);                // undoes n = a(z_n + r∘q_n)
                    dr.set(n.z(t)).multiply(qn[t]);
                    qn[t].set(n.z(t)).multiply(r.at(t));
                    u.backward(t, interpolation.du, dh);                // undoes z = s(z_z + q_z)
                    r.backward(t, dr, dh);                              // undoes r = s(z_r + q_r)
                    qBoth[t].set(zBoth[t]);
                    product.backward(t, allQ[t], dh);                   // undoes q_t = gh∘norm(Wh·(m∘h_{t−1})) + bn
                }

                @Override
                public void clearStep(int t, int example) {
                    allZ[t].fillColumn(example, 0);
                    allQ[t].fillColumn(example, 0);
                    product.clear(t, example);
                }
            };
        }

        @Override
        protected void beforeBackward() {
            recurrent.beforeBackward();
        }

        @Override
        protected void finish() {
            if (bn != null && bn.trainable()) {
                bn.gradient().addColumnSums(qn, batch());
            }
            // The gain stands inside q, before bn is added: its gradient is that of q.
            recurrent.finish(q, before(H));
            input.backward(z);
        }
    }
}
