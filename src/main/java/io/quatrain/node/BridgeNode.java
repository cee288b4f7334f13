package io.quatrain.node;

import io.quatrain.tensor.Matrix;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * From the final states of two directions to the state that a decoder of one direction starts from. For every layer, f and b
 * being the forward and the backward direction's part:
 * <pre>
 *   h = tanh(W·[f; b] + v)     (Bahdanau et al. 2015; the cell state of an LSTM without tanh)
 *   h = [f; b]                 without weights
 * </pre>
 * W is [units × 2·f's size], v [units × 1], one of each for every part. It starts from the encoder's state and reads the
 * encoder's output, of which it needs nothing but the size of the batch; its own output, a value without steps, is h of the
 * top layer. Neither PyTorch nor Keras has it.
 */
public final class BridgeNode implements Node {
    private final int size;
    private final int layers;
    private final int parts;
    private final @Nullable List<Parameter> w;
    private final @Nullable List<Parameter> v;

    /**
     * @param size  of every part of the state of one direction
     * @param parts of the state of one layer in one direction; the first is h
     * @param w     one for each layer and part, or null: without weights
     */
    public BridgeNode(int size, int layers, int parts, @Nullable List<Parameter> w, @Nullable List<Parameter> v) {
        this.size = size;
        this.layers = layers;
        this.parts = parts;
        this.w = w;
        this.v = v;
    }

    @Override
    public List<Parameter> parameters() {
        return w == null || v == null ? List.of()
                : IntStream.range(0, w.size()).boxed().flatMap(i -> List.of(w.get(i), v.get(i)).stream()).toList();
    }

    @Override
    public Pass pass(Wiring wiring) {
        int count = layers * parts;
        int batch = wiring.mask().batch();
        int units = w == null ? 2 * size : w.get(0).rows();
        StatePort given = wiring.stateOf(java.util.Collections.nCopies(2 * count, size));
        StatePort made = StatePort.zeros(wiring.compute(), java.util.Collections.nCopies(count, units), batch);
        Signal output = wiring.vector(units);
        List<Signal> both = new ArrayList<>();
        List<@Nullable InputProduct> products = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            both.add(Signal.of(wiring.compute(), 2 * size, output.value().mask(), wiring.differentiable()));
            products.add(w == null || v == null ? null : new InputProduct(w.get(i), v.get(i), both.get(i)));
        }
        return new Pass(output, given, made) {
            private int forwards(int i) {
                return i / parts * 2 * parts + i % parts;
            }

            @Override
            public void forward(boolean training) {
                for (int i = 0; i < count; i++) {
                    Matrix fb = both.get(i).value().all();
                    fb.setRows(0, given.values().get(forwards(i)));
                    fb.setRows(size, given.values().get(forwards(i) + parts));
                    Matrix h = made.values().get(i);
                    InputProduct product = products.get(i);
                    if (product == null) {
                        h.set(fb);
                    } else {
                        product.forward(h);
                        if (i % parts == 0) {
                            h.setTanh(h);
                        }
                    }
                }
                output.value().all().set(made.values().get(count - parts));
            }

            @Override
            public void backward() {
                made.gradients().get(count - parts).add(output.wantedGradient());
                for (int i = 0; i < count; i++) {
                    Matrix dh = made.gradients().get(i);
                    Matrix dfb = both.get(i).wantedGradient().fill(0);
                    InputProduct product = products.get(i);
                    if (product == null) {
                        dfb.set(dh);
                    } else {
                        if (i % parts == 0) {
                            dh.setTanhGradient(made.values().get(i), dh);           // undoes tanh
                        }
                        product.backward(dh);                                       // undoes W·[f; b] + v
                    }
                    given.gradients().get(forwards(i)).addRows(dfb, 0);
                    given.gradients().get(forwards(i) + parts).addRows(dfb, size);
                }
            }
        };
    }
}
