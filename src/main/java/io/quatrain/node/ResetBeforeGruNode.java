package io.quatrain.node;

import io.quatrain.tensor.Matrix;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Gated recurrent unit that resets the state before the product (Cho et al. 2014), with any activations s, a and the options
 * of {@link CellWeights} and {@link CellOptions}.
 * <pre>
 *   r, z = s(gx∘norm(Wx·x_t) + gh∘norm(Wh·(m∘h_{t−1})) + b)
 *   n    = a(gx∘norm(Wx·x_t) + gn∘norm(Wn·(m'∘r∘h_{t−1})) + b)
 *   h_t  = (1 − z)∘n + z∘h_{t−1}
 * </pre>
 * Gates are stacked by rows as r, z, n: Wx is [3·units × inputs], b [3·units × 1]; Wh [2·units × units] holds r and z, and
 * Wn [units × units] stands alone, because it reads another vector. ONNX does this by default (linear_before_reset = 0),
 * Keras with reset_after = False, PyTorch not at all.
 */
public final class ResetBeforeGruNode implements Node {
    private static final int H = 0;

    private final CellWeights weights;
    private final Parameter wn;
    private final @Nullable Parameter gn;
    private final Activation s;
    private final Activation a;
    private final CellOptions options;
    private final boolean reversed;
    private final RecurrentPass.Output outputs;
    private final int units;

    /** @param gn [units × 1], where the products are normalised */
    public ResetBeforeGruNode(CellWeights weights, Parameter wn, @Nullable Parameter gn, Activation s, Activation a,
                              CellOptions options, boolean reversed, RecurrentPass.Output outputs) {
        this.weights = weights;
        this.wn = wn;
        this.gn = gn;
        this.s = s;
        this.a = a;
        this.options = options;
        this.reversed = reversed;
        this.outputs = outputs;
        this.units = wn.columns();
    }

    @Override
    public List<Parameter> parameters() {
        return weights.and(wn, gn);
    }

    @Override
    public Pass pass(Wiring wiring) {
        return new ResetPass(wiring);
    }

    private final class ResetPass extends RecurrentPass {
        private final InputSide input;
        private final RecurrentSide both;       // the product for r and z
        private final RecurrentSide candidate;  // the product for n
        private final Matrix z;                 // pre-activations, then their gradients
        private final Matrix zBoth;
        private final Matrix zCandidate;
        private final Matrix gates;
        private final Matrix reset;             // r∘h_{t−1}

        ResetPass(Wiring wiring) {
            super(wiring, reversed, outputs, List.of(units));
            input = new InputSide(weights, wiring);
            both = new RecurrentSide(this, wiring, "recurrent", weights.wh(), weights.gh(), options);
            candidate = new RecurrentSide(this, wiring, "candidate", wn, gn, options);
            z = wiring.overSteps(3 * units);
            zBoth = z.rows(0, 2 * units);
            zCandidate = z.rows(2 * units, 3 * units);
            gates = wiring.overSteps(3 * units);
            reset = wiring.overSteps(units);
        }

        @Override
        protected void prepare(boolean training) {
            input.forward(z);
            both.prepare(training);
            candidate.prepare(training);
        }

        @Override
        protected Lane lane(int from, int to) {
            Matrix[] allZ = blocks(z, from, to);
            Matrix[] allGates = blocks(gates, from, to);
            Matrix[] zBoth = Gate.rows(allZ, 0, 2 * units);
            Matrix[] reset = blocks(this.reset, from, to);
            RecurrentSide.Lane product = both.lane(from, to);
            RecurrentSide.Lane candidateProduct = candidate.lane(from, to);
            Gate r = new Gate(Gate.rows(allZ, 0, units), Gate.rows(allGates, 0, units), s, options.clip(), null);
            Gate u = new Gate(Gate.rows(allZ, units, 2 * units), Gate.rows(allGates, units, 2 * units), s,
                    options.clip(), null);
            Gate n = new Gate(Gate.rows(allZ, 2 * units, 3 * units), Gate.rows(allGates, 2 * units, 3 * units), a,
                    options.clip(), null);
            Interpolation interpolation = new Interpolation(wiring().compute(), units, to - from);
            Matrix dReset = wiring().compute().matrix(units, to - from);
            return new Lane() {
                @Override
                public void forward(int t, Matrix[] before, Matrix[] after) {
                    product.forward(t, before[H], zBoth[t]);
                    r.forward(t, before[H]);
                    u.forward(t, before[H]);                            // r, z = s(…)
                    reset[t].set(before[H]).multiply(r.at(t));          // r∘h_{t−1}
                    candidateProduct.forward(t, reset[t], n.z(t));
                    n.forward(t, before[H]);                            // n = a(… + Wn·(r∘h_{t−1}))
                    interpolation.forward(u.at(t), n.at(t), before[H], after[H]);
                }

                @Override
                public void backward(int t, Matrix[] before, Matrix[] after, Matrix[] d) {
                    Matrix dh = d[H];
                    interpolation.backward(u.at(t), n.at(t), before[H], dh);
                    n.backward(t, interpolation.dn, dh);                // undoes n = a(… + Wn·(r∘h_{t−1}))
                    dReset.fill(0);
                    candidateProduct.backward(t, n.z(t), dReset);
                    dh.addMultiplied(dReset, r.at(t));                  // undoes r∘h_{t−1}
                    dReset.multiply(before[H]);
                    u.backward(t, interpolation.du, dh);                // undoes r, z = s(…)
                    r.backward(t, dReset, dh);
                    product.backward(t, zBoth[t], dh);
                }

                @Override
                public void clearStep(int t, int example) {
                    allZ[t].fillColumn(example, 0);
                    product.clear(t, example);
                    candidateProduct.clear(t, example);
                }
            };
        }

        @Override
        protected void beforeBackward() {
            both.beforeBackward();
            candidate.beforeBackward();
        }

        @Override
        protected void finish() {
            both.finish(zBoth, before(H));
            candidate.finish(zCandidate, reset);
            input.backward(z);
        }
    }
}
