package io.quatrain.node;

import io.quatrain.kernel.Kernel;
import io.quatrain.tensor.Matrix;
import io.quatrain.tensor.Precision;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * An activation whose every value depends on one number: what an activation of one's own extends. One formula and its
 * derivative, in double precision; blocks, threads and precision are taken care of.
 */
public abstract class ElementwiseActivation implements Activation {
    private static final int BLOCK = 512;
    private static final int GRAIN = 4096;
    private static final double WORK = 20;
    private static final ThreadLocal<double[][]> SCRATCH = ThreadLocal.withInitial(() -> new double[3][BLOCK]);

    private static final ThreadLocal<float[][]> FLOATS = ThreadLocal.withInitial(() -> new float[4][BLOCK]);

    private final boolean needsInput;
    private final @Nullable FloatFormula floats;

    /** @param needsInput whether {@link #slope} looks at z */
    protected ElementwiseActivation(boolean needsInput) {
        this(needsInput, null);
    }

    /** @param floats what takes the place of value and slope where numbers are float32 */
    ElementwiseActivation(boolean needsInput, @Nullable FloatFormula floats) {
        this.needsInput = needsInput;
        this.floats = floats;
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
        int size = y.rows() * y.columns();
        y.compute().split(size, GRAIN, WORK * size, this, z, y, null, 0, ElementwiseActivation::values);
    }

    private static void values(ElementwiseActivation f, Matrix z, Matrix y, @Nullable Object none, double number, int from, int to) {
        FloatFormula formula = f.floats;
        if (formula != null && y.compute().precision() == Precision.FLOAT32) {
            values(formula, z, y, from, to);
            return;
        }
        double[] values = SCRATCH.get()[0];
        for (int start = from; start < to; start += BLOCK) {
            int n = Math.min(BLOCK, to - start);
            z.copyTo(start, n, values);
            for (int i = 0; i < n; i++) {
                values[i] = f.value(values[i]);
            }
            y.setFrom(start, n, values);
        }
    }

    private static void values(FloatFormula formula, Matrix z, Matrix y, int from, int to) {
        float[][] scratch = FLOATS.get();
        Kernel<float[]> kernel = y.compute().floatKernel();
        for (int start = from; start < to; start += BLOCK) {
            int n = Math.min(BLOCK, to - start);
            z.copyTo(start, n, scratch[0]);
            formula.values(kernel, n, scratch[0], scratch[1], scratch[2]);
            y.setFrom(start, n, scratch[1]);
        }
    }

    private static void slopes(ElementwiseActivation f, FloatFormula formula, Matrix z, Matrix y, Matrix d, int from, int to) {
        float[][] scratch = FLOATS.get();
        Kernel<float[]> kernel = y.compute().floatKernel();
        for (int start = from; start < to; start += BLOCK) {
            int n = Math.min(BLOCK, to - start);
            if (f.needsInput) {
                z.copyTo(start, n, scratch[0]);
            }
            y.copyTo(start, n, scratch[1]);
            d.copyTo(start, n, scratch[2]);
            formula.slopes(kernel, n, scratch[0], scratch[1], scratch[2], scratch[3]);
            d.setFrom(start, n, scratch[2]);
        }
    }

    @Override
    public final void backward(Matrix z, Matrix y, Matrix dy, Matrix dz) {
        if (dz != dy) {
            dz.set(dy);
        }
        int size = y.rows() * y.columns();
        y.compute().split(size, GRAIN, WORK * size, this, z, y, dz, 0, ElementwiseActivation::slopes);
    }

    private static void slopes(ElementwiseActivation f, Matrix z, Matrix y, Matrix d, double number, int from, int to) {
        FloatFormula formula = f.floats;
        if (formula != null && y.compute().precision() == Precision.FLOAT32) {
            slopes(f, formula, z, y, d, from, to);
            return;
        }
        double[] inputs = SCRATCH.get()[0];
        double[] outputs = SCRATCH.get()[1];
        double[] gradients = SCRATCH.get()[2];
        for (int start = from; start < to; start += BLOCK) {
            int n = Math.min(BLOCK, to - start);
            if (f.needsInput) {
                z.copyTo(start, n, inputs);
            } else {
                Arrays.fill(inputs, Double.NaN);
            }
            y.copyTo(start, n, outputs);
            d.copyTo(start, n, gradients);
            for (int i = 0; i < n; i++) {
                gradients[i] *= f.slope(inputs[i], outputs[i]);
            }
            d.setFrom(start, n, gradients);
        }
    }
}
