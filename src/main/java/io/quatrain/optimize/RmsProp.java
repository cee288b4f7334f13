package io.quatrain.optimize;

import java.util.ArrayList;
import java.util.List;

/**
 * RMSprop (Hinton 2012, lecture 6e), centred (Graves 2013) and with momentum on request.
 * <pre>
 *   v = ρ·v + (1 − ρ)·g²        centred: a = ρ·a + (1 − ρ)·g, u = v − a²; otherwise u = v
 *   PyTorch   d = g / (√u + ε)        momentum: b = μ·b + d, w −= rate·b;        otherwise w −= rate·d
 *   Keras     d = g / √(u + ε)        momentum: b = μ·b + rate·d, w −= b;        otherwise w −= rate·d
 * </pre>
 * PyTorch's defaults are ρ = 0.99 and ε = 1e-8, Keras's ρ = 0.9 and ε = 1e-7. u is kept from falling below 0 by rounding.
 */
public final class RmsProp extends SweepOptimizer {
    private final double rho;
    private final double epsilon;
    private final double momentum;
    private final boolean centred;
    private final boolean keras;

    /** PyTorch's, plain. */
    public RmsProp(double rho, double epsilon) {
        this(rho, epsilon, 0, false, Convention.PYTORCH);
    }

    public RmsProp(double rho, double epsilon, double momentum, boolean centred, Convention convention) {
        super(slots(momentum, centred));
        this.rho = Check.decay("rho", rho);
        this.epsilon = Check.notNegative("epsilon", epsilon);
        this.momentum = Check.decay("momentum", momentum);
        this.centred = centred;
        this.keras = convention == Convention.KERAS;
    }

    private static String[] slots(double momentum, boolean centred) {
        List<String> names = new ArrayList<>(List.of("v"));
        if (momentum != 0) {
            names.add("momentum");
        }
        if (centred) {
            names.add("mean");
        }
        return names.toArray(String[]::new);
    }

    @Override
    protected void update(int n, double[] w, double[] g, double[][] s, double rate) {
        double[] v = s[0];
        double[] b = s[1];
        double[] a = s[momentum == 0 ? 1 : 2];
        for (int i = 0; i < n; i++) {
            v[i] = rho * v[i] + (1 - rho) * g[i] * g[i];
            double u = v[i];
            if (centred) {
                a[i] = rho * a[i] + (1 - rho) * g[i];
                u = Math.max(0, u - a[i] * a[i]);
            }
            double d = keras ? g[i] / Math.sqrt(u + epsilon) : g[i] / (Math.sqrt(u) + epsilon);
            if (momentum == 0) {
                w[i] -= rate * d;
            } else if (keras) {
                b[i] = momentum * b[i] + rate * d;
                w[i] -= b[i];
            } else {
                b[i] = momentum * b[i] + d;
                w[i] -= rate * b[i];
            }
        }
    }
}
