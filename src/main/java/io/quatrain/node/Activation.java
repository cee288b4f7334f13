package io.quatrain.node;

import io.quatrain.tensor.Matrix;
import org.jspecify.annotations.Nullable;

/**
 * A function y = f(z) and its derivative; all but softmax act on every number by itself. The plain ones are here, the
 * others in {@link Activations}.
 */
public interface Activation {
    Activation IDENTITY = new Activation() {
        @Override
        public void forward(Matrix z, Matrix y) {
            if (z != y) {
                y.set(z);
            }
        }

        @Override
        public void backward(Matrix z, Matrix y, Matrix dy, Matrix dz) {
            if (dy != dz) {
                dz.set(dy);
            }
        }
    };

    Activation TANH = new Activation() {
        @Override
        public void forward(Matrix z, Matrix y) {
            y.setTanh(z);
        }

        @Override
        public void backward(Matrix z, Matrix y, Matrix dy, Matrix dz) {
            dz.setTanhGradient(y, dy);
        }
    };

    Activation SIGMOID = new Activation() {
        @Override
        public void forward(Matrix z, Matrix y) {
            y.setSigmoid(z);
        }

        @Override
        public void backward(Matrix z, Matrix y, Matrix dy, Matrix dz) {
            dz.setSigmoidGradient(y, dy);
        }
    };

    Activation RELU = new Activation() {
        @Override
        public void forward(Matrix z, Matrix y) {
            y.setRelu(z);
        }

        @Override
        public void backward(Matrix z, Matrix y, Matrix dy, Matrix dz) {
            dz.setReluGradient(y, dy);
        }
    };

    /** y = f(z); y may be z where {@link #needsInput()} is false. */
    void forward(Matrix z, Matrix y);

    /** dz = dy∘f′; dz may be dy. Where {@link #needsInput()} is false, z is not read. */
    void backward(Matrix z, Matrix y, Matrix dy, Matrix dz);

    /** Whether the derivative needs z: most can be written in terms of y. */
    default boolean needsInput() {
        return false;
    }

    /**
     * An activation by its name, with its numbers or null for their defaults: see {@link Activations#named}.
     *
     * @throws IllegalArgumentException when there is none of that name
     */
    static Activation named(String name, @Nullable Double alpha, @Nullable Double beta) {
        return Activations.named(name, alpha, beta);
    }

    /** What is left without softmax or its logarithm; itself where it is neither. */
    default Activation logits() {
        return this;
    }
}
