package io.quatrain.train;

import io.quatrain.node.GraphPass;
import io.quatrain.tensor.Sequence;

/** Questions about a pass's outputs. */
final class Outputs {
    private Outputs() {
    }

    /** The name of the only output. */
    static String only(GraphPass pass) {
        if (pass.graph().outputs().size() != 1) {
            throw new IllegalArgumentException("the model has the outputs " + pass.graph().outputs()
                    + "; say which one is trained");
        }
        return pass.graph().outputs().get(0);
    }

    static Sequence value(GraphPass pass, String output) {
        if (!pass.graph().outputs().contains(output)) {
            throw new IllegalArgumentException("no output \"" + output + "\"; there are " + pass.graph().outputs());
        }
        return pass.signal(output).value();
    }

    /** The columns of an output that must have a value for every step. */
    static int columns(GraphPass pass, String output, int steps, int batch) {
        Sequence value = value(pass, output);
        if (value.steps() != steps) {
            throw new IllegalArgumentException("output \"" + output + "\" gives " + value.steps() + " of " + steps
                    + " steps; a target at every step needs a model that returns whole sequences");
        }
        return steps * batch;
    }
}
