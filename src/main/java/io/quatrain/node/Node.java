package io.quatrain.node;

import java.util.List;

/**
 * A layer: its weights, and how to make a {@link Pass} that computes with them. A node holds no activations, so any
 * number of passes can share one.
 */
public interface Node {
    /** What is learned, each once, in the order of files and summaries. */
    List<Parameter> parameters();

    /** A pass for the sizes of the wiring's inputs. Every buffer it will ever need is made here. */
    Pass pass(Wiring wiring);

    /** This layer, with the same weights, without the softmax that it ends in; itself where it ends in none. */
    default Node logits() {
        return this;
    }
}
