package io.quatrain.node;

import io.quatrain.tensor.Bernoulli;
import io.quatrain.tensor.Matrix;
import java.util.List;
import java.util.function.Function;

/**
 * Weight drop (Wan et al. 2013; of recurrent weights Merity et al. 2018, AWD-LSTM): in training each weight of one matrix is
 * zero with probability p, the same one for every step and example of a run, and divided by 1 − p otherwise. The layer
 * itself does not know: it is made with the weights that remain.
 * Neither PyTorch nor Keras has it; the authors' PyTorch code is the same.
 */
public final class WeightDropNode implements Node {
    private final Parameter w;
    private final Function<Parameter, Node> layer;
    private final double probability;
    private final String noise;
    private final Node plain;

    /** @param layer makes the layer with the given matrix in the place of w */
    public WeightDropNode(Parameter w, Function<Parameter, Node> layer, double probability) {
        this(w, layer, probability, "weights");
    }

    /** @param noise what its random numbers are called: matrices of one layer drop different weights where they differ in it */
    public WeightDropNode(Parameter w, Function<Parameter, Node> layer, double probability, String noise) {
        this.w = w;
        this.layer = layer;
        this.probability = probability;
        this.noise = noise;
        this.plain = layer.apply(w);
    }

    @Override
    public List<Parameter> parameters() {
        return plain.parameters();
    }

    @Override
    public Pass pass(Wiring wiring) {
        Parameter remaining = new Parameter(w.path(), wiring.compute().matrix(w.rows(), w.columns()), w.trainable());
        Matrix keep = wiring.compute().matrix(w.rows(), w.columns());
        Pass pass = layer.apply(remaining).pass(wiring);
        Bernoulli chance = Bernoulli.dropout(wiring.noise().at(wiring.place() + "." + noise), probability);
        return new ChainNode.Composite(pass.output(), List.of(pass)) {
            private boolean dropping;
            private long copied = -1;

            @Override
            public void forward(boolean training) {
                dropping = training && probability > 0;
                if (dropping) {
                    keep.draw(wiring.noise().begin(chance));
                    copied = -1;
                }
                if (copied != w.version()) {
                    remaining.value().set(w.value());
                    if (dropping) {
                        remaining.value().multiply(keep);           // W∘keep
                    } else {
                        copied = w.version();
                    }
                    remaining.changed();
                }
                pass.forward(training);
            }

            @Override
            public void backward() {
                Matrix d = remaining.gradient();
                d.fill(0);
                pass.backward();
                if (dropping) {
                    d.multiply(keep);                               // undoes W∘keep
                }
                if (w.trainable()) {
                    w.gradient().add(d);
                }
            }
        };
    }
}
