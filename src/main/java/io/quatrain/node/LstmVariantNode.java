package io.quatrain.node;

import io.quatrain.tensor.Matrix;
import io.quatrain.tensor.PackedMatrix;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Long short-term memory with everything that has been added to it: peepholes (Gers and Schmidhuber 2000), a projection
 * (Sak et al. 2014), a coupled forget gate (Greff et al. 2017), normalisation (Ba et al. 2016), clipping, and any
 * activations s, a, b. The plain one is {@link LstmNode}; {@link CellWeights} and {@link CellOptions} say how z comes about.
 * <pre>
 *   z   = gx∘norm(Wx·x_t) + gh∘norm(Wh·(m∘h_{t−1})) + b
 *   i   = s(z_i + p_i∘c_{t−1})      f = s(z_f + p_f∘c_{t−1}) or 1 − i      g = a(z_g)
 *   c_t = clip(f∘c_{t−1} + i∘g)     o = s(z_o + p_o∘c_t)
 *   h_t = P·(o∘b(gc∘norm(c_t) + bc))
 * </pre>
 * Gates are stacked by rows as i, f, o, g; coupled as i, o, g. Peepholes p [3·units × 1] are stacked i, f, o; coupled
 * [2·units × 1] i, o. P is [projected × units], and Wh then [4·units × projected]. Every pre-activation is clipped after its
 * peephole; the cell state has a clip of its own, as in Sak et al. (TensorFlow 1's cell_clip). ONNX's LSTM has all of this but the
 * norm, P and that second clip; PyTorch's has P (proj_size); Keras's has the activations.
 */
public final class LstmVariantNode implements Node {
    private static final int H = 0;
    private static final int C = 1;

    /**
     * @param gate   s
     * @param cell   a
     * @param hidden b
     * @param clip   c_t is kept within ±clip; infinite for none
     */
    public record Functions(Activation gate, Activation cell, Activation hidden, double clip) {
        public static final Functions USUAL =
                new Functions(Activation.SIGMOID, Activation.TANH, Activation.TANH, Double.POSITIVE_INFINITY);

        boolean clips() {
            return clip < Double.POSITIVE_INFINITY;
        }
    }

    /**
     * Weights that a plain LSTM does not have, each null where it is not wanted.
     *
     * @param p  peepholes
     * @param wp the projection P
     * @param gc gain of the normalised cell state
     * @param bc its bias
     */
    public record Extras(@Nullable Parameter p, @Nullable Parameter wp, @Nullable Parameter gc, @Nullable Parameter bc) {
        public static final Extras NONE = new Extras(null, null, null, null);
    }

    private final CellWeights weights;
    private final Extras extras;
    private final Functions functions;
    private final boolean coupled;
    private final CellOptions options;
    private final boolean reversed;
    private final RecurrentPass.Output outputs;
    private final int units;

    public LstmVariantNode(CellWeights weights, Extras extras, Functions functions, boolean coupled, CellOptions options,
                           boolean reversed, RecurrentPass.Output outputs) {
        this.weights = weights;
        this.extras = extras;
        this.functions = functions;
        this.coupled = coupled;
        this.options = options;
        this.reversed = reversed;
        this.outputs = outputs;
        this.units = weights.wx().rows() / (coupled ? 3 : 4);
    }

    @Override
    public List<Parameter> parameters() {
        return weights.and(extras.p(), extras.wp(), extras.gc(), extras.bc());
    }

    @Override
    public Pass pass(Wiring wiring) {
        return new VariantPass(wiring);
    }

    private final class VariantPass extends RecurrentPass {
        private final int forgetRows = coupled ? 0 : units;
        private final InputSide input;
        private final RecurrentSide recurrent;
        private final Matrix z;             // pre-activations, then their gradients
        private final Matrix zInput;
        private final Matrix zForget;
        private final Matrix zOutput;
        private final Matrix a;             // gates
        private final Matrix c;             // c_t as the cell gave it: zoneout may change it afterwards
        private final Matrix v;             // what b is applied to, then its gradient
        private final Matrix squashed;      // b(v)
        private final Matrix hidden;        // o∘b(v): h_t, unless it is projected
        private final @Nullable Matrix dProjected;
        private final @Nullable Normalization norm;
        private @Nullable PackedMatrix projection;
        private @Nullable PackedMatrix projectionTransposed;

        VariantPass(Wiring wiring) {
            super(wiring, reversed, outputs, List.of(weights.wh().columns(), units));
            input = new InputSide(weights, wiring);
            recurrent = new RecurrentSide(this, wiring, "recurrent", weights.wh(), weights.gh(), options);
            z = wiring.overSteps(weights.wx().rows());
            zInput = z.rows(0, units);
            zForget = z.rows(units, 2 * units);
            zOutput = z.rows(units + forgetRows, 2 * units + forgetRows);
            a = wiring.overSteps(weights.wx().rows());
            c = wiring.overSteps(units);
            v = wiring.overSteps(units);
            squashed = wiring.overSteps(units);
            hidden = wiring.overSteps(units);
            Parameter wp = extras.wp();
            dProjected = wp == null ? null : wiring.overSteps(wp.rows());
            Parameter gc = extras.gc();
            norm = gc == null ? null : new Normalization(gc, wiring);
        }

        @Override
        protected void prepare(boolean training) {
            input.forward(z);
            recurrent.prepare(training);
            Parameter wp = extras.wp();
            projection = wp == null ? null : wp.packed();
        }

        private Gate gate(Matrix[] z, Matrix[] a, int from, Activation f, int peephole) {
            Parameter p = extras.p();
            return new Gate(Gate.rows(z, from, from + units), Gate.rows(a, from, from + units), f, options.clip(),
                    p == null || peephole < 0 ? null : p.value().rows(peephole, peephole + units));
        }

        @Override
        protected Lane lane(int from, int to) {
            Matrix[] allZ = blocks(z, from, to);
            Matrix[] allA = blocks(a, from, to);
            RecurrentSide.Lane product = recurrent.lane(from, to);
            Gate i = gate(allZ, allA, 0, functions.gate(), 0);
            @Nullable Gate f = coupled ? null : gate(allZ, allA, units, functions.gate(), units);
            Gate o = gate(allZ, allA, units + forgetRows, functions.gate(), units + forgetRows);
            Gate g = gate(allZ, allA, 2 * units + forgetRows, functions.cell(), -1);
            CellEnd end = new CellEnd(from, to);
            Matrix da = wiring().compute().matrix(units, to - from);
            Matrix di = wiring().compute().matrix(units, to - from);
            Matrix carried = wiring().compute().matrix(units, to - from);
            return new Lane() {
                @Override
                public void forward(int t, Matrix[] before, Matrix[] after) {
                    product.forward(t, before[H], allZ[t]);             // z_t += gh∘norm(Wh·(m∘h_{t−1}))
                    i.forward(t, before[C]);                            // i = s(z_i + p_i∘c_{t−1})
                    g.forward(t, before[C]);                            // g = a(z_g)
                    after[C].set(before[C]);
                    if (f != null) {
                        f.forward(t, before[C]);                        // f = s(z_f + p_f∘c_{t−1})
                        after[C].multiply(f.at(t));                     // c_t = f∘c_{t−1} + i∘g
                    } else {
                        carried.set(before[C]).multiply(i.at(t));
                        after[C].addScaled(-1, carried);                // c_t = (1 − i)∘c_{t−1} + i∘g
                    }
                    after[C].addMultiplied(i.at(t), g.at(t));
                    if (functions.clips()) {
                        after[C].clamp(functions.clip());               // c_t = clip(c_t)
                    }
                    o.forward(t, after[C]);                             // o = s(z_o + p_o∘c_t)
                    end.forward(t, o.at(t), after[C], after[H]);        // h_t = P·(o∘b(c_t))
                }

                @Override
                public void backward(int t, Matrix[] before, Matrix[] after, Matrix[] d) {
                    Matrix dc = d[C];
                    end.backward(t, o.at(t), d[H], da, dc);             // undoes h_t = P·(o∘b(c_t))
                    o.backward(t, da, dc);                              // undoes o = s(z_o + p_o∘c_t)
                    if (functions.clips()) {
                        dc.clampGradient(end.cells[t], functions.clip());   // undoes c_t = clip(c_t)
                    }
                    di.set(dc).multiply(g.at(t));                       // undoes c_t = f∘c_{t−1} + i∘g
                    da.set(dc).multiply(i.at(t));
                    carried.set(dc);
                    g.backward(t, da, carried);                         // undoes g = a(z_g)
                    if (f != null) {
                        carried.multiply(f.at(t));
                        da.set(dc).multiply(before[C]);
                        f.backward(t, da, carried);                     // undoes f = s(z_f + p_f∘c_{t−1})
                    } else {
                        da.set(dc).multiply(before[C]);
                        di.addScaled(-1, da);
                        da.set(dc).multiply(i.at(t));
                        carried.addScaled(-1, da);                      // undoes (1 − i)∘c_{t−1}
                    }
                    i.backward(t, di, carried);                         // undoes i = s(z_i + p_i∘c_{t−1})
                    dc.set(carried);
                    d[H].fill(0);
                    product.backward(t, allZ[t], d[H]);                 // undoes z_t += gh∘norm(Wh·(m∘h_{t−1}))
                }

                @Override
                public void clearStep(int t, int example) {
                    allZ[t].fillColumn(example, 0);
                    product.clear(t, example);
                    end.clear(t, example);
                }
            };
        }

        @Override
        protected void beforeBackward() {
            recurrent.beforeBackward();
            Parameter wp = extras.wp();
            projectionTransposed = wp == null ? null : wp.packedTransposed();
        }

        @Override
        protected void finish() {
            recurrent.finish(z, before(H));
            Parameter p = extras.p();
            if (p != null && p.trainable()) {
                Matrix dp = p.gradient();
                int inputs = units + forgetRows;
                dp.addMultipliedColumnSums(0, zInput, before(C));
                if (!coupled) {
                    dp.addMultipliedColumnSums(units, zForget, before(C));
                }
                dp.addMultipliedColumnSums(inputs, zOutput, c);
            }
            Parameter wp = extras.wp();
            if (wp != null && dProjected != null && wp.trainable()) {
                wp.addToGradient(dProjected, hidden, batch());
            }
            if (norm != null) {
                norm.addGainGradient(v);
                Parameter bc = extras.bc();
                if (bc != null && bc.trainable()) {
                    bc.gradient().addColumnSums(v, batch());
                }
            }
            input.backward(z);
        }

        /** h_t = P·(o∘b(gc∘norm(c_t) + bc)), and back. */
        private final class CellEnd {
            private final Matrix[] cells;
            private final Matrix[] v;
            private final Matrix[] squashed;
            private final Matrix[] hidden;
            private final Matrix[] dProjected;
            private final Normalization[] norms;
            private final Matrix dHidden;
            private final Matrix dv;

            CellEnd(int from, int to) {
                cells = blocks(VariantPass.this.c, from, to);
                v = blocks(VariantPass.this.v, from, to);
                squashed = blocks(VariantPass.this.squashed, from, to);
                hidden = blocks(VariantPass.this.hidden, from, to);
                dProjected = VariantPass.this.dProjected == null ? new Matrix[0]
                        : blocks(VariantPass.this.dProjected, from, to);
                norms = new Normalization[norm == null ? 0 : steps()];
                for (int t = 0; norm != null && t < steps(); t++) {
                    norms[t] = norm.columns(t * batch() + from, t * batch() + to);
                }
                dHidden = wiring().compute().matrix(units, to - from);
                dv = wiring().compute().matrix(units, to - from);
            }

            void forward(int t, Matrix o, Matrix c, Matrix h) {
                cells[t].set(c);
                v[t].set(c);
                if (norm != null) {
                    norms[t].forward(c, v[t]);
                    Parameter bc = extras.bc();
                    if (bc != null) {
                        v[t].addToEachColumn(bc.value());
                    }
                }
                functions.hidden().forward(v[t], squashed[t]);          // b(v)
                hidden[t].set(squashed[t]).multiply(o);                 // o∘b(v)
                if (projection == null) {
                    h.set(hidden[t]);
                } else {
                    h.setProduct(projection, hidden[t]);                // P·(o∘b(v))
                }
            }

            /** Sets {@code dOutputGate} and adds to dc. */
            void backward(int t, Matrix o, Matrix dh, Matrix dOutputGate, Matrix dc) {
                if (projectionTransposed == null) {
                    dHidden.set(dh);
                } else {
                    dProjected[t].set(dh);
                    dHidden.setProduct(projectionTransposed, dh);       // undoes P·(o∘b(v))
                }
                dOutputGate.set(dHidden).multiply(squashed[t]);         // undoes o∘b(v)
                dv.set(dHidden).multiply(o);
                functions.hidden().backward(v[t], squashed[t], dv, dv); // undoes b(v)
                v[t].set(dv);
                if (norm != null) {
                    norms[t].backward(dv);
                }
                dc.add(dv);
            }

            void clear(int t, int example) {
                v[t].fillColumn(example, 0);
                if (dProjected.length > 0) {
                    dProjected[t].fillColumn(example, 0);
                }
            }
        }
    }
}
