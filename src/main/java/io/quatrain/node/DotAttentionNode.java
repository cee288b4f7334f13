package io.quatrain.node;

import io.quatrain.tensor.Matrix;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Attention by dot product (Luong, Pham and Manning 2015): e(q, m) = scale·qᵀ·m. Query and memory are of one size. Keras's
 * Attention is the same; with scale = 1/√size it is PyTorch's scaled_dot_product_attention, one head of a transformer
 * (Vaswani et al. 2017). How the weights come about and what is done with them: y_t = Σ_s softmax_s(e(q_t, m_s))·m_s over the
 * memory's steps that are there. Inputs: the query, the memory. Output: the memory's features at the query's steps.
 */
public final class DotAttentionNode implements Node {
    private final double scale;

    public DotAttentionNode(double scale) {
        this.scale = scale;
    }

    @Override
    public List<Parameter> parameters() {
        return List.of();
    }

    @Override
    public Pass pass(Wiring wiring) {
        return new Attention(wiring) {
            private final @Nullable Matrix dq = queries().gradient();
            private final @Nullable Matrix dm = memories().gradient();

            @Override
            double score(int q, int m, int example) {
                return scale * values(queries()).dot(q, values(memories()), m);
            }

            @Override
            void scoreBackward(int q, int m, int example, double de) {
                if (dq != null) {
                    dq.addScaledColumn(q, scale * de, values(memories()), m);
                }
                if (dm != null) {
                    dm.addScaledColumn(m, scale * de, values(queries()), q);
                }
            }

            private Matrix values(Signal signal) {
                return signal.value().all();
            }

            @Override
            void prepare() {
            }

            @Override
            void finish() {
            }
        };
    }
}
