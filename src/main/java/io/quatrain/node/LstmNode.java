package io.quatrain.node;

import io.quatrain.tensor.Matrix;
import io.quatrain.tensor.PackedMatrix;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Long short-term memory (Hochreiter &amp; Schmidhuber 1997; forget gate of Gers et al. 2000).
 * <pre>
 *   i, f, o = σ(Wx·x_t + Wh·h_{t−1} + b)      g   = tanh(Wx·x_t + Wh·h_{t−1} + b)
 *   c_t     = f∘c_{t−1} + i∘g                 h_t = o∘tanh(c_t)
 * </pre>
 * Gates are stacked by rows as i, f, o, g: Wx is [4·units × inputs], Wh [4·units × units], b [4·units × 1]. PyTorch
 * stacks i, f, g, o and has two biases, whose sum is b; Keras stacks i, f, g, o.
 */
public final class LstmNode implements Node {
    private static final int H = 0;
    private static final int C = 1;

    private final Parameter wx;
    private final Parameter wh;
    private final @Nullable Parameter b;
    private final boolean reversed;
    private final RecurrentPass.Output outputs;
    private final int units;

    public LstmNode(Parameter wx, Parameter wh, @Nullable Parameter b, boolean reversed,
                    RecurrentPass.Output outputs) {
        this.wx = wx;
        this.wh = wh;
        this.b = b;
        this.reversed = reversed;
        this.outputs = outputs;
        this.units = wh.columns();
    }

    @Override
    public List<Parameter> parameters() {
        return b == null ? List.of(wx, wh) : List.of(wx, wh, b);
    }

    @Override
    public Pass pass(Wiring wiring) {
        return new LstmPass(wiring);
    }

    private final class LstmPass extends RecurrentPass {
        private final InputProduct input;
        private final Matrix z;         // pre-activations, then gates, then gradients of the pre-activations
        private final Matrix tanhC;
        private PackedMatrix whPacked = wh.packed();
        private PackedMatrix whTransposed = whPacked;

        LstmPass(Wiring wiring) {
            super(wiring, reversed, outputs, List.of(units, units));
            input = new InputProduct(wx, b, wiring.input());
            z = wiring.overSteps(4 * units);
            tanhC = wiring.overSteps(units);
        }

        @Override
        protected void prepare(boolean training) {
            input.forward(z);                                            // Z = Wx·X + b, every step at once
            whPacked = wh.packed();
        }

        @Override
        protected Lane lane(int from, int to) {
            Matrix[] z = blocks(this.z, from, to);
            Matrix[] tanhC = blocks(this.tanhC, from, to);
            return new Lane() {
                @Override
                public void forward(int t, Matrix[] before, Matrix[] after) {
                    z[t].addProduct(whPacked, before[H]);                // z_t += Wh·h_{t−1}
                    z[t].lstmForward(before[C], after[C], tanhC[t], after[H]);
                }

                @Override
                public void backward(int t, Matrix[] before, Matrix[] after, Matrix[] d) {
                    z[t].lstmBackward(before[C], tanhC[t], d[H], d[C]);  // undoes h_t = o∘tanh(c_t), c_t = f∘c_{t−1} + i∘g
                    d[H].setProduct(whTransposed, z[t]);                 // undoes z_t += Wh·h_{t−1}
                }

                @Override
                public void clearStep(int t, int example) {
                    z[t].fillColumn(example, 0);
                }
            };
        }

        @Override
        protected void beforeBackward() {
            whTransposed = wh.packedTransposed();
        }

        @Override
        protected void finish() {
            input.backward(z, wh, before(H));                      // undoes Z = Wx·X + b, z_t += Wh·h_{t−1}, every step at once
        }
    }
}
