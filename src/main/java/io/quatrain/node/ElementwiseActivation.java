package io.quatrain.node;

import io.quatrain.tensor.Matrix;

/**
 * An activation whose every value depends on one number: what an activation of one's own extends. One formula and its
 * derivative, in double precision; blocks, threads and precision are taken care of.
 */
public abstract class ElementwiseActivation implements Activation {
    private static final int BLOCK = 512;
    private static final int GRAIN = 4096;
    private static final ThreadLocal<double[][]> SCRATCH = ThreadLocal.withInitial(() -> new double[3][BLOCK]);

    private final boolean needsInput;

    /** @param needsInput whether {@link #slope} looks at z */
    protected ElementwiseActivation(boolean needsInput) {
        this.needsInput = needsInput;
    }

    /** f(z) */
    protected abstract double value(double z);

    /** f′(z), where y = f(z); z is NaN unless it was asked for. */
    protected abstract double slope(double z, double y);

    @Override
    public final boolean needsInput() {
        return needsInput;
    }

    @Override
    public final void forward(Matrix z, Matrix y) {
        eachBlock(y, (start, n, scratch) -> {
            double[] values = scratch[0];
            z.copyTo(start, n, values);
            for (int i = 0; i < n; i++) {
                values[i] = value(values[i]);
            }
            y.setFrom(start, n, values);
        });
    }

    @Override
    public final void backward(Matrix z, Matrix y, Matrix dy, Matrix dz) {
        eachBlock(y, (start, n, scratch) -> {
            double[] inputs = scratch[0];
            double[] outputs = scratch[1];
            double[] gradients = scratch[2];
            if (needsInput) {
                z.copyTo(start, n, inputs);
            } else {
                java.util.Arrays.fill(inputs, Double.NaN);
            }
            y.copyTo(start, n, outputs);
            dy.copyTo(start, n, gradients);
            for (int i = 0; i < n; i++) {
                gradients[i] *= slope(inputs[i], outputs[i]);
            }
            dz.setFrom(start, n, gradients);
        });
    }

    private interface Block {
        void compute(int start, int n, double[][] scratch);
    }

    private static void eachBlock(Matrix y, Block block) {
        int size = y.rows() * y.columns();
        y.compute().split(size, GRAIN, 20.0 * size, (from, to) -> {
            double[][] scratch = SCRATCH.get();
            for (int start = from; start < to; start += BLOCK) {
                block.compute(start, Math.min(BLOCK, to - start), scratch);
            }
        });
    }
}
