package io.quatrain.node;

import io.quatrain.tensor.Matrix;
import io.quatrain.tensor.PackedMatrix;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The simple recurrent network (Elman 1990).
 * <pre>
 *   h_t = f(Wx·x_t + Wh·h_{t−1} + b)
 * </pre>
 * Wx is [units × inputs], Wh [units × units], b [units × 1]; f is any activation. PyTorch has two biases, whose sum is b, and
 * f tanh or relu; Keras calls it SimpleRNN.
 */
public final class RnnNode implements Node {
    private static final int H = 0;

    private final Parameter wx;
    private final Parameter wh;
    private final @Nullable Parameter b;
    private final Activation f;
    private final boolean reversed;
    private final RecurrentPass.Output outputs;
    private final int units;

    public RnnNode(Parameter wx, Parameter wh, @Nullable Parameter b, Activation f, boolean reversed,
                   RecurrentPass.Output outputs) {
        this.wx = wx;
        this.wh = wh;
        this.b = b;
        this.f = f;
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
        return new RnnPass(wiring);
    }

    private final class RnnPass extends RecurrentPass {
        private final InputProduct input;
        private final Matrix z;         // pre-activations, then their gradients
        private PackedMatrix whPacked = wh.packed();
        private PackedMatrix whTransposed = whPacked;

        RnnPass(Wiring wiring) {
            super(wiring, reversed, outputs, List.of(units));
            input = new InputProduct(wx, b, wiring.input());
            z = wiring.overSteps(units);
        }

        @Override
        protected void prepare(boolean training) {
            input.forward(z);                                       // Z = Wx·X + b, every step at once
            whPacked = wh.packed();
        }

        @Override
        protected Lane lane(int from, int to) {
            Matrix[] z = blocks(this.z, from, to);
            return new Lane() {
                @Override
                public void forward(int t, Matrix[] before, Matrix[] after) {
                    z[t].addProduct(whPacked, before[H]);           // z_t += Wh·h_{t−1}
                    f.forward(z[t], after[H]);                      // h_t = f(z_t)
                }

                @Override
                public void backward(int t, Matrix[] before, Matrix[] after, Matrix[] d) {
                    f.backward(z[t], after[H], d[H], d[H]);         // undoes h_t = f(z_t)
                    z[t].set(d[H]);
                    d[H].setProduct(whTransposed, z[t]);            // undoes z_t += Wh·h_{t−1}
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
