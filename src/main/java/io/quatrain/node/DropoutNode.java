package io.quatrain.node;

import io.quatrain.tensor.Bernoulli;
import io.quatrain.tensor.Matrix;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Inverted dropout (Srivastava et al. 2014): in training each value is zero with probability p and divided by 1 − p
 * otherwise; in use nothing happens. With {@code heldOverTime} one mask serves every step of an example (Gal and
 * Ghahramani 2016): Keras's SpatialDropout1D. Without it, it is Keras's and PyTorch's Dropout; their random numbers are others.
 */
public final class DropoutNode implements Node {
    private final double probability;
    private final boolean heldOverTime;

    public DropoutNode(double probability, boolean heldOverTime) {
        this.probability = probability;
        this.heldOverTime = heldOverTime;
    }

    @Override
    public List<Parameter> parameters() {
        return List.of();
    }

    @Override
    public Pass pass(Wiring wiring) {
        Signal output = wiring.signal(wiring.x().features());
        Matrix y = output.value().all();
        Matrix keep = heldOverTime ? wiring.compute().matrix(y.rows(), wiring.x().batch()) : y.another(y.rows());
        @Nullable Matrix dx = wiring.input().gradient();
        Bernoulli chance = Bernoulli.dropout(wiring.noise().at(wiring.place()), probability);
        return new Pass(output) {
            private boolean dropping;

            @Override
            public void forward(boolean training) {
                dropping = training && probability > 0;
                y.set(wiring.x().all());
                if (dropping) {
                    keep.draw(wiring.noise().begin(chance));
                    apply(y);                                       // y = x∘keep
                }
            }

            @Override
            public void backward() {
                Matrix dy = output.wantedGradient();
                if (dropping) {
                    apply(dy);                                      // undoes y = x∘keep
                }
                if (dx != null) {
                    dx.add(dy);
                }
            }

            private void apply(Matrix target) {
                if (heldOverTime) {
                    target.multiplyBySteps(keep);
                } else {
                    target.multiply(keep);
                }
            }
        };
    }
}
