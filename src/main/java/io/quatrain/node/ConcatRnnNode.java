package io.quatrain.node;

import io.quatrain.tensor.Matrix;
import io.quatrain.tensor.PackedMatrix;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The simple recurrent network of introductions: hidden state and output are both linear in the same concatenation of input
 * and hidden state (the tutorial of practical-pytorch that classifies names).
 * <pre>
 *   [y_t; h_t] = W·[x_t; h_{t−1}] + b = Wx·x_t + Wh·h_{t−1} + b
 * </pre>
 * The rows of y stand above those of h: Wx is [(outputs + units) × inputs], Wh [(outputs + units) × units], b
 * [(outputs + units) × 1]. The layer gives y; its state is y (which nothing reads again) and h. There is no activation;
 * a softmax or a loss on logits comes after. The tutorial's i2h and i2o are the lower and the upper rows of [Wx Wh].
 * Neither PyTorch nor Keras has it as a layer.
 */
public final class ConcatRnnNode implements Node {
    private static final int Y = 0;
    private static final int H = 1;

    private final Parameter wx;
    private final Parameter wh;
    private final @Nullable Parameter b;
    private final boolean reversed;
    private final RecurrentPass.Output outputs;
    private final int units;
    private final int given;

    public ConcatRnnNode(Parameter wx, Parameter wh, @Nullable Parameter b, boolean reversed, RecurrentPass.Output outputs) {
        this.wx = wx;
        this.wh = wh;
        this.b = b;
        this.reversed = reversed;
        this.outputs = outputs;
        this.units = wh.columns();
        this.given = wh.rows() - units;
    }

    @Override
    public List<Parameter> parameters() {
        return b == null ? List.of(wx, wh) : List.of(wx, wh, b);
    }

    @Override
    public Pass pass(Wiring wiring) {
        return new ConcatPass(wiring);
    }

    private final class ConcatPass extends RecurrentPass {
        private final InputProduct input;
        private final Matrix z;         // [y; h], then its gradient
        private PackedMatrix whPacked = wh.packed();
        private PackedMatrix whTransposed = whPacked;

        ConcatPass(Wiring wiring) {
            super(wiring, reversed, outputs, List.of(given, units));
            input = new InputProduct(wx, b, wiring.input());
            z = wiring.overSteps(given + units);
        }

        @Override
        protected void prepare(boolean training) {
            input.forward(z);                                       // Z = Wx·X + b, every step at once
            whPacked = wh.packed();
        }

        @Override
        protected Lane lane(int from, int to) {
            Matrix[] z = blocks(this.z, from, to);
            Matrix[] y = Gate.rows(z, 0, given);
            Matrix[] h = Gate.rows(z, given, given + units);
            return new Lane() {
                @Override
                public void forward(int t, Matrix[] before, Matrix[] after) {
                    z[t].addProduct(whPacked, before[H]);           // [y_t; h_t] = z_t + Wh·h_{t−1}
                    after[Y].set(y[t]);
                    after[H].set(h[t]);
                }

                @Override
                public void backward(int t, Matrix[] before, Matrix[] after, Matrix[] d) {
                    y[t].set(d[Y]);
                    h[t].set(d[H]);
                    d[Y].fill(0);                                   // y_{t−1} is not read again
                    d[H].setProduct(whTransposed, z[t]);            // undoes [y_t; h_t] = z_t + Wh·h_{t−1}
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
