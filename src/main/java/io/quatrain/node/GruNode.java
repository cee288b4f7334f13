package io.quatrain.node;

import io.quatrain.tensor.Matrix;
import io.quatrain.tensor.PackedMatrix;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Gated recurrent unit (Cho et al. 2014) that resets after the product, as cuDNN, PyTorch and Keras do.
 * <pre>
 *   r, z = σ(Wx·x_t + Wh·h_{t−1} + b)      n = tanh(Wx·x_t + b + r∘(Wh·h_{t−1} + bn))
 *   h_t  = (1 − z)∘n + z∘h_{t−1}
 * </pre>
 * Gates are stacked by rows as r, z, n: Wx is [3·units × inputs], Wh [3·units × units], b [3·units × 1]; bn [units × 1]
 * stands inside the reset. PyTorch stacks r, z, n and has two biases of all gates, whose sums for r and z are b's; Keras
 * stacks z, r, n. The paper resets before the product: {@link ResetBeforeGruNode}. The paper's z is the complement of
 * this one.
 */
public final class GruNode implements Node {
    private static final int H = 0;

    private final Parameter wx;
    private final Parameter wh;
    private final @Nullable Parameter b;
    private final @Nullable Parameter bn;
    private final boolean reversed;
    private final RecurrentPass.Output outputs;
    private final int units;

    /** @param bn of the product inside the reset; null together with b */
    public GruNode(Parameter wx, Parameter wh, @Nullable Parameter b, @Nullable Parameter bn, boolean reversed,
                   RecurrentPass.Output outputs) {
        this.wx = wx;
        this.wh = wh;
        this.b = b;
        this.bn = bn;
        this.reversed = reversed;
        this.outputs = outputs;
        this.units = wh.columns();
    }

    @Override
    public List<Parameter> parameters() {
        return b == null || bn == null ? List.of(wx, wh) : List.of(wx, wh, b, bn);
    }

    @Override
    public Pass pass(Wiring wiring) {
        return new GruPass(wiring);
    }

    private final class GruPass extends RecurrentPass {
        private final InputProduct input;
        private final Matrix z;         // Wx·x + b, then gates, then its gradient
        private final Matrix q;         // Wh·h + bn, then its gradient
        private final Matrix qn;
        private final Matrix bias;      // [0; 0; bn]
        private final Matrix biasN;
        private PackedMatrix whPacked = wh.packed();
        private PackedMatrix whTransposed = whPacked;

        GruPass(Wiring wiring) {
            super(wiring, reversed, outputs, List.of(units));
            input = new InputProduct(wx, b, wiring.input());
            z = wiring.overSteps(3 * units);
            q = wiring.overSteps(3 * units);
            qn = q.rows(2 * units, 3 * units);
            bias = wiring.compute().matrix(3 * units, 1);
            biasN = bias.rows(2 * units, 3 * units);
        }

        @Override
        protected void prepare(boolean training) {
            input.forward(z);                                   // Z = Wx·X + b, every step at once
            if (bn != null) {
                biasN.set(bn.value());
            }
            whPacked = wh.packed();
        }

        @Override
        protected Lane lane(int from, int to) {
            Matrix[] z = blocks(this.z, from, to);
            Matrix[] q = blocks(this.q, from, to);
            return new Lane() {
                @Override
                public void forward(int t, Matrix[] before, Matrix[] after) {
                    q[t].setProduct(whPacked, before[H], bias);     // q_t = Wh·h_{t−1} + bn
                    z[t].gruForward(q[t], before[H], after[H]);
                }

                @Override
                public void backward(int t, Matrix[] before, Matrix[] after, Matrix[] d) {
                    z[t].gruBackward(q[t], before[H], d[H]);    // undoes h_t = (1 − z)∘n + z∘h_{t−1} and the gates
                    d[H].addProduct(whTransposed, q[t]);        // undoes q_t = Wh·h_{t−1} + bn
                }

                @Override
                public void clearStep(int t, int example) {
                    z[t].fillColumn(example, 0);
                    q[t].fillColumn(example, 0);
                }
            };
        }

        @Override
        protected void beforeBackward() {
            whTransposed = wh.packedTransposed();
        }

        @Override
        protected void finish() {
            if (wh.trainable()) {
                wh.addToGradient(q, before(H), batch()); // undoes q_t = Wh·h_{t−1} + bn, every step at once
            }
            if (bn != null && bn.trainable()) {
                bn.gradient().addColumnSums(qn, batch());
            }
            input.backward(z);                                             // undoes Z = Wx·X + b, every step at once
        }
    }
}
