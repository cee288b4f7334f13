package io.quatrain.node;

import io.quatrain.tensor.Matrix;

/**
 * Softmax of every column, y = e^z / Σe^z, or its logarithm, y = z − log Σe^z. Right for any finite z.
 * <pre>
 *   softmax       dz = y∘(dy − Σ dy∘y)
 *   logarithm     dz = dy − e^y·Σ dy
 * </pre>
 */
final class SoftmaxActivation implements Activation {
    private final boolean logarithm;

    SoftmaxActivation(boolean logarithm) {
        this.logarithm = logarithm;
    }

    @Override
    public Activation logits() {
        return IDENTITY;
    }

    @Override
    public void forward(Matrix z, Matrix y) {
        if (logarithm) {
            y.setLogSoftmax(z);
        } else {
            y.setSoftmax(z);
        }
    }

    @Override
    public void backward(Matrix z, Matrix y, Matrix dy, Matrix dz) {
        if (logarithm) {
            dz.setLogSoftmaxGradient(y, dy);
        } else {
            dz.setSoftmaxGradient(y, dy);
        }
    }
}
