package io.quatrain.node;

import io.quatrain.tensor.Matrix;
import io.quatrain.tensor.Randomness;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A learned vector for every token: y_t = column id_t of E, which is [size × vocabulary]. PyTorch and Keras store Eᵀ; in
 * memory the two are the same.
 *
 * <p>A padding token's vector is zero to begin with and learns nothing, as PyTorch's padding_idx; Keras's mask_zero says
 * which steps are there, which here the lengths do. Dropout (Gal and Ghahramani 2016) is of whole vectors: in training a
 * token of the vocabulary is zero with probability p wherever it stands, and divided by 1 − p otherwise.
 */
public final class EmbeddingNode implements Node {
    private final Parameter e;
    private final int padding;
    private final double dropout;

    public EmbeddingNode(Parameter e) {
        this(e, -1, 0);
    }

    /** @param padding the token that learns nothing, or −1 */
    public EmbeddingNode(Parameter e, int padding, double dropout) {
        this.e = e;
        this.padding = padding;
        if (padding >= 0) {
            e.fixColumn(padding);
        }
        this.dropout = dropout;
    }

    @Override
    public List<Parameter> parameters() {
        return List.of(e);
    }

    @Override
    public Pass pass(Wiring wiring) {
        Signal output = wiring.signal(e.rows());
        InputProduct lookup = new InputProduct(e, null, wiring.input());
        Matrix y = output.value().all();
        Randomness random = wiring.noise().at(wiring.place());
        return new Pass(output) {
            private boolean dropping;

            @Override
            public void forward(boolean training) {
                dropping = training && dropout > 0;
                wiring.noise().begin(random);
                lookup.forward(y);                                  // y_t = E·onehot(id_t)
                drop(y);                                            // y_t = keep(id_t)·y_t
            }

            @Override
            public void backward() {
                Matrix dy = output.wantedGradient();
                drop(dy);                                           // undoes y_t = keep(id_t)·y_t
                clearPadding(dy);
                lookup.backward(dy);                                // undoes y_t = E·onehot(id_t)
            }

            private void drop(Matrix target) {
                if (!dropping) {
                    return;
                }
                int[] ids = ids();
                for (int c = 0; c < ids.length; c++) {
                    boolean dropped = (random.at(ids[c]) >>> 11) * 0x1.0p-53 < dropout;
                    target.scaleColumn(c, dropped ? 0 : 1 / (1 - dropout));
                }
            }

            private void clearPadding(Matrix dy) {
                if (padding < 0) {
                    return;
                }
                int[] ids = ids();
                for (int c = 0; c < ids.length; c++) {
                    if (ids[c] == padding) {
                        dy.fillColumn(c, 0);
                    }
                }
            }

            private int[] ids() {
                int[] ids = wiring.x().ids();
                if (ids == null) {
                    throw new IllegalStateException(wiring.place() + ": an embedding reads tokens");
                }
                return ids;
            }
        };
    }
}
