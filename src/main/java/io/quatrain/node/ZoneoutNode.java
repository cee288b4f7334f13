package io.quatrain.node;

import io.quatrain.tensor.Bernoulli;
import io.quatrain.tensor.Matrix;
import java.util.List;

/**
 * Zoneout (Krueger et al. 2017) around any recurrent node: in training each value of the state keeps, with a probability of
 * its own part, what it was a step ago; in use the old and the new value are mixed in that proportion.
 * <pre>
 *   s_t = k∘s_{t−1} + (1 − k)∘cell(x_t, s_{t−1}),   k ~ Bernoulli(p) at every step in training, k = p in use
 * </pre>
 * Neither PyTorch nor Keras has it; TensorFlow Addons' is the same.
 */
public final class ZoneoutNode implements Node {
    private final Node cell;
    private final List<Double> probabilities;

    /**
     * @param cell          a node of one recurrent layer in one direction
     * @param probabilities of each part of its state
     */
    public ZoneoutNode(Node cell, List<Double> probabilities) {
        this.cell = cell;
        this.probabilities = List.copyOf(probabilities);
    }

    @Override
    public List<Parameter> parameters() {
        return cell.parameters();
    }

    @Override
    public Pass pass(Wiring wiring) {
        if (!(cell.pass(wiring) instanceof RecurrentPass pass)) {
            throw new IllegalArgumentException(wiring.place() + ": zoneout needs one recurrent layer in one direction");
        }
        pass.wrap(new Zoneout(wiring, pass));
        return pass;
    }

    private final class Zoneout implements RecurrentPass.Around {
        private final Wiring wiring;
        private final RecurrentPass pass;
        private final Matrix[] keep;        // k of every part at every step
        private final Matrix[] raw;         // what the cell gave
        private final Bernoulli[] chances;

        Zoneout(Wiring wiring, RecurrentPass pass) {
            this.wiring = wiring;
            this.pass = pass;
            int parts = pass.initialState().values().size();
            keep = new Matrix[parts];
            raw = new Matrix[parts];
            chances = new Bernoulli[parts];
            for (int p = 0; p < parts; p++) {
                int size = pass.initialState().values().get(p).rows();
                keep[p] = wiring.overSteps(size);
                chances[p] = new Bernoulli(wiring.noise().at(wiring.place() + ".zoneout" + p), probabilities.get(p), 1);
                raw[p] = wiring.overSteps(size);
            }
        }

        @Override
        public void prepare(boolean training) {
            for (int p = 0; p < keep.length; p++) {
                double probability = probabilities.get(p);
                if (!training || probability == 0) {
                    keep[p].fill(probability);
                } else {
                    keep[p].draw(wiring.noise().begin(chances[p]));
                }
            }
        }

        @Override
        public RecurrentPass.Lane lane(RecurrentPass.Lane cell, int from, int to) {
            int parts = keep.length;
            Matrix[][] keep = new Matrix[pass.steps()][parts];
            Matrix[][] raw = new Matrix[pass.steps()][parts];
            Matrix[] kept = new Matrix[parts];
            for (int p = 0; p < parts; p++) {
                Matrix[] keepBlocks = pass.blocks(this.keep[p], from, to);
                Matrix[] rawBlocks = pass.blocks(this.raw[p], from, to);
                for (int t = 0; t < pass.steps(); t++) {
                    keep[t][p] = keepBlocks[t];
                    raw[t][p] = rawBlocks[t];
                }
                kept[p] = wiring.compute().matrix(this.keep[p].rows(), to - from);
            }
            return new RecurrentPass.Lane() {
                @Override
                public void forward(int t, Matrix[] before, Matrix[] after) {
                    cell.forward(t, before, raw[t]);
                    for (int p = 0; p < parts; p++) {           // s_t = s' + k∘(s_{t−1} − s')
                        after[p].set(before[p]).addScaled(-1, raw[t][p]).multiply(keep[t][p]).add(raw[t][p]);
                    }
                }

                @Override
                public void backward(int t, Matrix[] before, Matrix[] after, Matrix[] d) {
                    for (int p = 0; p < parts; p++) {
                        kept[p].set(d[p]).multiply(keep[t][p]);
                        d[p].addScaled(-1, kept[p]);            // undoes (1 − k)∘s'
                    }
                    cell.backward(t, before, raw[t], d);
                    for (int p = 0; p < parts; p++) {
                        d[p].add(kept[p]);                      // undoes k∘s_{t−1}
                    }
                }

                @Override
                public void clearStep(int t, int example) {
                    cell.clearStep(t, example);
                }
            };
        }
    }
}
