package io.quatrain.optimize;

import io.quatrain.node.Parameter;
import io.quatrain.tensor.Matrix;

/**
 * Adam (Kingma and Ba 2015), and AMSGrad (Reddi, Kale and Kumar 2018) on request.
 * <pre>
 *   m = β1·m + (1 − β1)·g        v = β2·v + (1 − β2)·g²        AMSGrad: u = max(u, v), otherwise u = v
 *   PyTorch   w −= rate·m̂ / (√û + ε)        m̂ = m / (1 − β1^t),  û = u / (1 − β2^t)
 *   Keras     w −= rate·√(1 − β2^t) / (1 − β1^t) · m / (√u + ε)
 *   ONNX      Keras's with t − 1 in place of t, uncorrected where that is 0
 * </pre>
 * So Keras's ε (1e-7) is larger by 1 / √(1 − β2^t) than PyTorch's (1e-8), most in the first steps. AdamW (Loshchilov and
 * Hutter 2019) is Adam with {@link WeightDecay#decoupled}: see {@link #withDecoupledDecay}.
 */
public final class Adam extends Optimizer {
    private final double beta1;
    private final double beta2;
    private final double epsilon;
    private final boolean amsgrad;
    private final Convention convention;
    private double stepSize;
    private double vScale = 1;
    private double factor;
    private final Blocks.Sweep withMaximum = (n, w, g, s) -> sweep(n, w, g, s[0], s[1], s[2]);

    /** PyTorch's. */
    public Adam(double beta1, double beta2, double epsilon) {
        this(beta1, beta2, epsilon, false, Convention.PYTORCH);
    }

    public Adam(double beta1, double beta2, double epsilon, boolean amsgrad, Convention convention) {
        super(amsgrad ? new String[] {"m", "v", "u"} : new String[] {"m", "v"});
        this.beta1 = Check.decay("beta1", beta1);
        this.beta2 = Check.decay("beta2", beta2);
        this.epsilon = Check.notNegative("epsilon", epsilon);
        this.amsgrad = amsgrad;
        this.convention = convention;
    }

    /** AdamW: PyTorch decays by 0.01, Keras by 0.004. */
    public static Optimizer withDecoupledDecay(double beta1, double beta2, double epsilon, double decay) {
        return new Adam(beta1, beta2, epsilon).decaying(WeightDecay.decoupled(decay));
    }

    @Override
    protected void begin(long step, double rate) {
        long corrected = convention == Convention.ONNX ? step - 1 : step;
        double correction1 = corrected == 0 ? 1 : 1 - Math.pow(beta1, corrected);
        double correction2 = corrected == 0 ? 1 : Math.sqrt(1 - Math.pow(beta2, corrected));
        boolean epsilonLast = convention == Convention.PYTORCH;
        stepSize = rate * (epsilonLast ? 1 : correction2) / correction1;
        vScale = epsilonLast ? 1 / correction2 : 1;
    }

    @Override
    protected void update(Parameter parameter, Matrix[] slots, double rate, double factor) {
        if (amsgrad) {
            this.factor = factor;
            Blocks.sweep(parameter.value(), parameter.gradientToRead(), slots, withMaximum);
        } else {
            parameter.value().sweep(parameter.gradientToRead(), slots, this, factor, Adam::range);
        }
    }

    private static void range(Matrix w, Matrix g, Matrix[] s, Adam adam, double factor, int from, int to) {
        w.updateAdam(g, s[0], s[1], from, to, factor, adam.stepSize, adam.beta1, adam.beta2, adam.vScale, adam.epsilon);
    }

    private void sweep(int n, double[] w, double[] g, double[] m, double[] v, double[] u) {
        for (int i = 0; i < n; i++) {
            double gradient = factor * g[i];
            m[i] = beta1 * m[i] + (1 - beta1) * gradient;
            v[i] = beta2 * v[i] + (1 - beta2) * gradient * gradient;
            u[i] = Math.max(u[i], v[i]);
            w[i] -= stepSize * m[i] / (Math.sqrt(u[i]) * vScale + epsilon);
        }
    }
}
