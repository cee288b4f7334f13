package io.quatrain.optimize;

import io.quatrain.node.Parameter;
import io.quatrain.tensor.Compute;
import io.quatrain.tensor.Matrix;

/**
 * Adagrad (Duchi, Hazan and Singer 2011).
 * <pre>
 *   s += g²
 *   PyTorch, ONNX   w −= rate_t·g / (√s + ε)        rate_t = rate / (1 + (t − 1)·rateDecay)
 *   Keras           w −= rate·g / √(s + ε)
 * </pre>
 * In the former convention only the columns that a lookup touched are updated: the others would not change.
 * PyTorch starts s at 0 with ε = 1e-10, Keras at 0.1 with ε = 1e-7.
 */
public final class Adagrad extends Optimizer {
    private final double epsilon;
    private final double initialAccumulator;
    private final double rateDecay;
    private final boolean epsilonInside;
    private double slowdown = 1;
    private double rate;
    private double factor;
    private final Blocks.Sweep inside = (n, w, g, s) -> sweep(n, w, g, s[0]);

    /** PyTorch's. */
    public Adagrad(double epsilon, double initialAccumulator) {
        this(epsilon, initialAccumulator, 0, Convention.PYTORCH);
    }

    public Adagrad(double epsilon, double initialAccumulator, double rateDecay, Convention convention) {
        super("s");
        this.epsilon = Check.notNegative("epsilon", epsilon);
        this.initialAccumulator = Check.notNegative("initial accumulator", initialAccumulator);
        this.rateDecay = Check.notNegative("rate decay", rateDecay);
        this.epsilonInside = convention == Convention.KERAS;
    }

    @Override
    protected double initialSlotValue(int slot) {
        return initialAccumulator;
    }

    @Override
    protected void begin(long step, double rate) {
        slowdown = 1 + (step - 1) * rateDecay;
    }

    @Override
    protected void update(Parameter parameter, Matrix[] slots, double rate, double factor) {
        this.rate = rate / slowdown;
        if (epsilonInside) {
            this.factor = factor;
            Blocks.sweep(parameter.value(), parameter.gradientToRead(), slots, inside);
        } else {
            parameter.value().sweep(parameter.gradientToRead(), slots, this, factor, Adagrad::range);
        }
    }

    @Override
    protected boolean updateColumns(Parameter parameter, Matrix[] slots, int[] columns, int n, double rate, double factor) {
        if (epsilonInside) {
            return false;
        }
        this.rate = rate / slowdown;
        parameter.value().compute().split(n, 16, 2 * Compute.ELEMENT * parameter.rows() * n, this, parameter, slots, columns, factor,
                Adagrad::columns);
        return true;
    }

    private static void columns(Adagrad adagrad, Parameter parameter, Matrix[] slots, int[] columns, double factor, int from, int to) {
        int rows = parameter.rows();
        for (int i = from; i < to; i++) {
            range(parameter.value(), parameter.gradientToRead(), slots, adagrad, factor, columns[i] * rows, (columns[i] + 1) * rows);
        }
    }

    private static void range(Matrix w, Matrix g, Matrix[] slots, Adagrad adagrad, double factor, int from, int to) {
        w.updateAdagrad(g, slots[0], from, to, factor, adagrad.rate, adagrad.epsilon);
    }

    private void sweep(int n, double[] w, double[] g, double[] s) {
        for (int i = 0; i < n; i++) {
            double gradient = factor * g[i];
            s[i] += gradient * gradient;
            w[i] -= rate * gradient / Math.sqrt(s[i] + epsilon);
        }
    }
}
