package io.quatrain.node;

import io.quatrain.tensor.Compute;
import io.quatrain.tensor.Mask;
import io.quatrain.tensor.Matrix;
import io.quatrain.tensor.Sequence;
import org.jspecify.annotations.Nullable;

/**
 * A value on its way between passes.
 *
 * @param value    what the producer writes
 * @param gradient the gradient of the loss with respect to it, to which consumers add; null where nobody wants it
 */
public record Signal(Sequence value, @Nullable Matrix gradient) {
    /** A new signal of zeros. */
    public static Signal of(Compute compute, int features, Mask mask, boolean withGradient) {
        return over(Sequence.of(compute, features, mask), withGradient);
    }

    /** A signal over an existing sequence. */
    public static Signal over(Sequence value, boolean withGradient) {
        return new Signal(value, withGradient
                ? value.all().another(value.features()) : null);
    }

    /** The gradient, where the pass was made to run backward. */
    public Matrix wantedGradient() {
        if (gradient == null) {
            throw new IllegalStateException("this pass was made for forward runs only; ask for one with PassSize.forTraining()");
        }
        return gradient;
    }
}
