package io.quatrain.node;

import io.quatrain.tensor.Matrix;
import java.util.List;

/**
 * {@link RnnNode} with the options of {@link CellWeights} and {@link CellOptions}.
 * <pre>
 *   h_t = f(clip(gx∘norm(Wx·x_t) + gh∘norm(Wh·(m∘h_{t−1})) + b))
 * </pre>
 * Keras's SimpleRNN has recurrent_dropout, ONNX's RNN the clip, PyTorch's none of it.
 */
public final class RnnVariantNode implements Node {
    private static final int H = 0;

    private final CellWeights weights;
    private final Activation f;
    private final CellOptions options;
    private final boolean reversed;
    private final RecurrentPass.Output outputs;
    private final int units;

    public RnnVariantNode(CellWeights weights, Activation f, CellOptions options, boolean reversed,
                          RecurrentPass.Output outputs) {
        this.weights = weights;
        this.f = f;
        this.options = options;
        this.reversed = reversed;
        this.outputs = outputs;
        this.units = weights.wh().columns();
    }

    @Override
    public List<Parameter> parameters() {
        return weights.and();
    }

    @Override
    public Pass pass(Wiring wiring) {
        return new VariantPass(wiring);
    }

    private final class VariantPass extends RecurrentPass {
        private final InputSide input;
        private final RecurrentSide recurrent;
        private final Matrix z;
        private final Matrix a;

        VariantPass(Wiring wiring) {
            super(wiring, reversed, outputs, List.of(units));
            input = new InputSide(weights, wiring);
            recurrent = new RecurrentSide(this, wiring, "recurrent", weights.wh(), weights.gh(), options);
            z = wiring.overSteps(units);
            a = wiring.overSteps(units);
        }

        @Override
        protected void prepare(boolean training) {
            input.forward(z);
            recurrent.prepare(training);
        }

        @Override
        protected Lane lane(int from, int to) {
            RecurrentSide.Lane product = recurrent.lane(from, to);
            Gate gate = new Gate(blocks(z, from, to), blocks(a, from, to), f, options.clip(), null);
            return new Lane() {
                @Override
                public void forward(int t, Matrix[] before, Matrix[] after) {
                    product.forward(t, before[H], gate.z(t));       // z_t += gh∘norm(Wh·(m∘h_{t−1}))
                    gate.forward(t, before[H]);                     // a_t = f(clip(z_t))
                    after[H].set(gate.at(t));
                }

                @Override
                public void backward(int t, Matrix[] before, Matrix[] after, Matrix[] d) {
                    gate.backward(t, d[H], d[H]);                   // undoes a_t = f(clip(z_t))
                    d[H].fill(0);
                    product.backward(t, gate.z(t), d[H]);           // undoes z_t += gh∘norm(Wh·(m∘h_{t−1}))
                }

                @Override
                public void clearStep(int t, int example) {
                    gate.z(t).fillColumn(example, 0);
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
            recurrent.finish(z, before(H));
            input.backward(z);
        }
    }
}
