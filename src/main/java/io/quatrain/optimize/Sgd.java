package io.quatrain.optimize;

import io.quatrain.node.Parameter;
import io.quatrain.tensor.Compute;
import io.quatrain.tensor.Matrix;
import org.jspecify.annotations.Nullable;

/**
 * Stochastic gradient descent, with momentum (Polyak 1964) and Nesterov's look-ahead (Sutskever et al. 2013) on request.
 * <pre>
 *   without momentum     w −= rate·g
 *   PyTorch, ONNX        m = μ·m + (1 − dampening)·g        at the first step m = μ·m + g
 *                        w −= rate·m                        Nesterov: w −= rate·(g + μ·m)
 *   Keras                m = μ·m − rate·g
 *                        w += m                             Nesterov: w += μ·m − rate·g
 * </pre>
 * The two agree as long as the learning rate stays what it is; when it changes, Keras's momentum keeps the old one.
 * ONNX's Momentum has dampening = 1 − beta. Without momentum, only the columns that a lookup touched are updated.
 */
public final class Sgd extends Optimizer {
    private final double momentum;
    private final double dampening;
    private final boolean nesterov;
    private final boolean carriesRate;
    private double rate;
    private double factor;
    private double share = 1;
    private final Blocks.Sweep withMomentum = (n, w, g, s) -> sweep(n, w, g, s[0]);

    /** Without momentum. */
    public Sgd() {
        this(0, 0, false, Convention.PYTORCH);
    }

    /**
     * @param momentum  μ, in [0, 1)
     * @param dampening of the gradient on its way into the momentum; not Keras's
     */
    public Sgd(double momentum, double dampening, boolean nesterov, Convention convention) {
        super(momentum == 0 ? new String[0] : new String[] {"momentum"});
        this.momentum = Check.decay("momentum", momentum);
        this.dampening = Check.require(dampening == 0 || convention != Convention.KERAS, "dampening",
                "must be 0 in Keras's convention", dampening);
        this.nesterov = nesterov;
        this.carriesRate = convention == Convention.KERAS;
    }

    @Override
    protected void begin(long step, double rate) {
        share = step == 1 ? 1 : 1 - dampening;
    }

    @Override
    protected void update(Parameter parameter, Matrix[] slots, double rate, double factor) {
        this.rate = rate;
        if (momentum == 0) {
            parameter.value().sweep(parameter.gradientToRead(), this, null, factor, Sgd::range);
        } else {
            this.factor = factor;
            Blocks.sweep(parameter.value(), parameter.gradientToRead(), slots, withMomentum);
        }
    }

    @Override
    protected boolean updateColumns(Parameter parameter, Matrix[] slots, int[] columns, int n, double rate, double factor) {
        if (momentum != 0) {
            return false;
        }
        this.rate = rate;
        parameter.value().compute().split(n, 16, 2 * Compute.ELEMENT * parameter.rows() * n, this, parameter, columns, null, factor,
                Sgd::columns);
        return true;
    }

    private static void range(Matrix w, Matrix g, Sgd sgd, @Nullable Object none, double factor, int from, int to) {
        w.updateSgd(g, from, to, factor, sgd.rate);
    }

    private static void columns(Sgd sgd, Parameter parameter, int[] columns, @Nullable Object none, double factor, int from, int to) {
        int rows = parameter.rows();
        for (int i = from; i < to; i++) {
            range(parameter.value(), parameter.gradientToRead(), sgd, none, factor, columns[i] * rows, (columns[i] + 1) * rows);
        }
    }

    private void sweep(int n, double[] w, double[] g, double[] m) {
        double gradientShare = carriesRate ? -rate * factor : share * factor;
        double ahead = carriesRate ? -rate * factor : factor;
        double step = carriesRate ? 1 : -rate;
        for (int i = 0; i < n; i++) {
            m[i] = momentum * m[i] + gradientShare * g[i];
            w[i] += step * (nesterov ? ahead * g[i] + momentum * m[i] : m[i]);
        }
    }
}
