package io.quatrain.node;

import io.quatrain.tensor.Bernoulli;
import io.quatrain.tensor.Matrix;
import io.quatrain.tensor.PackedMatrix;
import org.jspecify.annotations.Nullable;

/**
 * The part of the gates that waits for the step before: z_t += gh∘norm(Wh·(m∘h_{t−1})), where the norm and the dropout mask
 * m are there on request.
 */
final class RecurrentSide {
    private final RecurrentPass pass;
    private final Wiring wiring;
    private final Parameter wh;
    private final @Nullable Parameter gain;
    private final Bernoulli chance;
    private final boolean heldOverTime;
    private final @Nullable Matrix keep;
    private final @Nullable Matrix dropped;     // m∘h_{t−1} of every step
    private final @Nullable Normalization norm;
    private final @Nullable Matrix du;          // the gradient of Wh·(m∘h_{t−1}), where the norm makes it another than dz
    private PackedMatrix packed;
    private PackedMatrix transposed;
    private boolean dropping;

    RecurrentSide(RecurrentPass pass, Wiring wiring, String name, Parameter wh, @Nullable Parameter gain,
                  CellOptions options) {
        this.pass = pass;
        this.wiring = wiring;
        this.wh = wh;
        this.gain = gain;
        double dropout = options.recurrentDropout();
        this.chance = Bernoulli.dropout(wiring.noise().at(wiring.place() + "." + name), dropout);
        this.heldOverTime = options.heldOverTime();
        this.keep = dropout == 0 ? null
                : heldOverTime ? wiring.compute().matrix(wh.columns(), pass.batch()) : wiring.overSteps(wh.columns());
        this.dropped = dropout == 0 ? null : wiring.overSteps(wh.columns());
        this.norm = gain == null ? null : new Normalization(gain, wiring);
        this.du = gain == null ? null : wiring.overSteps(wh.rows());
        this.packed = wh.packed();
        this.transposed = packed;
    }

    void prepare(boolean training) {
        packed = wh.packed();
        dropping = training && keep != null;
        if (dropping && keep != null) {
            keep.draw(wiring.noise().begin(chance));
        }
    }

    void beforeBackward() {
        transposed = wh.packedTransposed();
    }

    Lane lane(int from, int to) {
        return new Lane(from, to);
    }

    /** dWh += du·(m∘H)ᵀ, dgh += Σ dz∘n, every step at once; {@code h} is what {@link Lane#forward} was given. */
    void finish(Matrix dz, Matrix h) {
        if (norm != null) {
            norm.addGainGradient(dz);
        }
        if (wh.trainable()) {
            wh.addToGradient(du != null ? du : dz, dropping && dropped != null ? dropped : h, pass.batch());
        }
    }

    final class Lane {
        private final Matrix[] keeps;
        private final Matrix[] masked;
        private final Matrix[] products;
        private final Normalization[] norms;
        private final @Nullable Matrix scratch;

        Lane(int from, int to) {
            int steps = pass.steps();
            keeps = keep == null ? new Matrix[0] : pass.blocks(keep, from, to);
            masked = dropped == null ? new Matrix[0] : pass.blocks(dropped, from, to);
            products = du == null ? new Matrix[0] : pass.blocks(du, from, to);
            norms = new Normalization[norm == null ? 0 : steps];
            for (int t = 0; norm != null && t < steps; t++) {
                norms[t] = norm.columns(t * pass.batch() + from, t * pass.batch() + to);
            }
            scratch = keep == null ? null : wiring.compute().matrix(wh.columns(), to - from);
        }

        private Matrix keep(int t) {
            return keeps[heldOverTime ? 0 : t];
        }

        /** z += gh∘norm(Wh·(m∘h)) */
        void forward(int t, Matrix h, Matrix z) {
            Matrix x = h;
            if (dropping) {
                x = masked[t].set(h).multiply(keep(t));                 // m∘h
            }
            if (norm == null) {
                z.addProduct(packed, x);
            } else {
                products[t].setProduct(packed, x);
                norms[t].forwardAdding(products[t], z);
            }
        }

        /** Undoes {@link #forward}: dh += m∘(Whᵀ·du). */
        void backward(int t, Matrix dz, Matrix dh) {
            Matrix d = dz;
            if (norm != null) {
                d = products[t].set(dz);
                norms[t].backward(d);
            }
            if (dropping && scratch != null) {
                dh.add(scratch.setProduct(transposed, d).multiply(keep(t)));
            } else {
                dh.addProduct(transposed, d);
            }
        }

        void clear(int t, int example) {
            if (norm != null) {
                products[t].fillColumn(example, 0);
            }
        }
    }
}
