package io.quatrain.node;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The activations of the field. Where a function has a corner, the slope there is PyTorch's. α and β are the numbers that
 * ONNX, Keras and PyTorch let one choose; {@link #named} knows every function by its name, with these defaults:
 * <pre>
 *   identity  x                                   hardSigmoid(0.2, 0.5)    max(0, min(1, αx + β))
 *   tanh, sigmoid, relu                           hardTanh(−1, 1)          max(α, min(β, x))
 *   leakyRelu(0.01)  x, αx below 0                relu6                    max(0, min(6, x))
 *   elu(1)           x, α(e^x − 1) below 0        hardSwish                x·max(0, min(1, x/6 + ½))
 *   selu             1.0507·elu(1.6733)           thresholdedRelu(1)       x above α, else 0
 *   celu(1)          x, α(e^(x/α) − 1) below 0    softshrink(½)            x ∓ α beyond ±α, else 0
 *   gelu             x·Φ(x)                       hardshrink(½)            x beyond ±α, else 0
 *   geluTanh         ½x(1 + tanh(√(2/π)(x + 0.044715x³)))
 *   softplus(1)      log(1 + e^(αx))/α            tanhshrink               x − tanh x
 *   softsign         x / (1 + |x|)                scaledTanh(1, 1)         α·tanh(βx)
 *   silu, swish      x·σ(x)                       affine(1, 0)             αx + β
 *   mish             x·tanh(log(1 + e^x))         exponential              e^x
 *   logSigmoid       log σ(x)                     softmax, logSoftmax      of a column
 * </pre>
 * Differences: PyTorch's and Keras 3's hardSigmoid is hardSigmoid(1/6, 0.5), ONNX's and Keras 2's (0.2, 0.5); Keras's
 * leaky_relu has α = 0.2, PyTorch's and ONNX's 0.01.
 *
 * <p>In float32 most are calculated in float32, with the errors that {@link FloatFormula} names; in float64 all are exact to rounding.
 *
 * <p>Sources: elu Clevert et al. 2016; selu Klambauer et al. 2017; celu Barron 2017; gelu Hendrycks and Gimpel 2016; silu
 * Elfwing et al. 2018; swish Ramachandran et al. 2017; mish Misra 2019; hardSwish Howard et al. 2019.
 */
public final class Activations {
    private static final double SELU_SCALE = 1.0507009873554804934193349852946;
    private static final double SELU_ALPHA = 1.6732632423543772848170429916717;
    private static final double SQRT_2_OVER_PI = Math.sqrt(2 / Math.PI);

    private interface Factory {
        Activation make(@Nullable Double alpha, @Nullable Double beta);
    }

    private static final Map<String, String> WORDS = new LinkedHashMap<>();
    private static final Map<String, Factory> FACTORIES = new LinkedHashMap<>();

    private Activations() {
    }

    private static double or(@Nullable Double given, double usual) {
        return given == null ? usual : given;
    }

    private static void add(String word, Factory factory) {
        WORDS.put(word, word);
        FACTORIES.put(plain(word), factory);
    }

    static {
        add("identity", (a, b) -> Activation.IDENTITY);
        add("linear", (a, b) -> Activation.IDENTITY);
        add("tanh", (a, b) -> Activation.TANH);
        add("sigmoid", (a, b) -> Activation.SIGMOID);
        add("relu", (a, b) -> Activation.RELU);
        add("leakyRelu", (a, b) -> leakyRelu(or(a, 0.01)));
        add("elu", (a, b) -> elu(or(a, 1)));
        add("selu", (a, b) -> selu());
        add("celu", (a, b) -> celu(or(a, 1)));
        add("gelu", (a, b) -> gelu());
        add("geluTanh", (a, b) -> geluTanh());
        add("softplus", (a, b) -> softplus(or(a, 1)));
        add("softsign", (a, b) -> softsign());
        add("silu", (a, b) -> silu());
        add("swish", (a, b) -> silu());
        add("mish", (a, b) -> mish());
        add("logSigmoid", (a, b) -> logSigmoid());
        add("hardSigmoid", (a, b) -> hardSigmoid(or(a, 0.2), or(b, 0.5)));
        add("hardTanh", (a, b) -> hardTanh(or(a, -1), or(b, 1)));
        add("relu6", (a, b) -> hardTanh(0, 6));
        add("hardSwish", (a, b) -> hardSwish());
        add("hardSilu", (a, b) -> hardSwish());
        add("thresholdedRelu", (a, b) -> thresholdedRelu(or(a, 1)));
        add("softshrink", (a, b) -> softshrink(or(a, 0.5)));
        add("hardshrink", (a, b) -> hardshrink(or(a, 0.5)));
        add("tanhshrink", (a, b) -> tanhshrink());
        add("scaledTanh", (a, b) -> scaledTanh(or(a, 1), or(b, 1)));
        add("affine", (a, b) -> affine(or(a, 1), or(b, 0)));
        add("exponential", (a, b) -> exponential());
        add("softmax", (a, b) -> softmax());
        add("logSoftmax", (a, b) -> logSoftmax());
    }

    private static String plain(String name) {
        return name.replace("_", "").replace("-", "").toLowerCase(Locale.ROOT);
    }

    /** Every name that {@link #named} knows. */
    public static List<String> names() {
        return List.copyOf(WORDS.keySet());
    }

    /**
     * An activation by its name; case, "_" and "-" do not matter.
     *
     * @param alpha null for the default
     * @param beta  null for the default
     * @throws IllegalArgumentException when there is none of that name
     */
    public static Activation named(String name, @Nullable Double alpha, @Nullable Double beta) {
        Factory factory = FACTORIES.get(plain(name));
        if (factory == null) {
            throw new IllegalArgumentException("unknown activation \"" + name + "\"; there are "
                    + String.join(", ", WORDS.keySet()));
        }
        return factory.make(alpha, beta);
    }

    private abstract static class OfInput extends ElementwiseActivation {
        OfInput(@Nullable FloatFormula floats) {
            super(true, floats);
        }
    }

    private abstract static class OfOutput extends ElementwiseActivation {
        OfOutput(@Nullable FloatFormula floats) {
            super(false, floats);
        }
    }

    public static Activation leakyRelu(double alpha) {
        return new ElementwiseActivation(alpha < 0, new FloatFormula.LeakyRelu(alpha)) {
            @Override
            protected double value(double z) {
                return z > 0 ? z : alpha * z;
            }

            @Override
            protected double slope(double z, double y) {
                return (alpha < 0 ? z : y) > 0 ? 1 : alpha;
            }
        };
    }

    /** @param alpha 0 or more */
    public static Activation elu(double alpha) {
        return exponentialUnit("elu", alpha, 1, 1);
    }

    public static Activation selu() {
        return exponentialUnit("selu", SELU_ALPHA, 1, SELU_SCALE);
    }

    /** @param alpha above 0 */
    public static Activation celu(double alpha) {
        return exponentialUnit("celu", alpha, 1 / alpha, 1);
    }

    /** scale·x above 0, scale·α(e^(rate·x) − 1) below. */
    private static Activation exponentialUnit(String name, double alpha, double rate, double scale) {
        if (!(alpha >= 0) || !Double.isFinite(rate)) {
            throw new IllegalArgumentException(name + ": alpha must be above 0, got " + alpha);
        }
        return new OfOutput(new FloatFormula.ExponentialUnit(alpha, rate, scale)) {
            @Override
            protected double value(double z) {
                return scale * (z > 0 ? z : alpha * Math.expm1(rate * z));
            }

            @Override
            protected double slope(double z, double y) {
                return y > 0 ? scale : rate * (y + scale * alpha);
            }
        };
    }

    public static Activation gelu() {
        return new OfInput(new FloatFormula.Gelu()) {
            @Override
            protected double value(double z) {
                return z * Normal.distribution(z);
            }

            @Override
            protected double slope(double z, double y) {
                return Normal.distribution(z) + z * Normal.density(z);
            }
        };
    }

    public static Activation geluTanh() {
        return new OfInput(new FloatFormula.GeluTanh()) {
            private double squashed(double z) {
                return Math.tanh(SQRT_2_OVER_PI * (z + 0.044715 * z * z * z));
            }

            @Override
            protected double value(double z) {
                return 0.5 * z * (1 + squashed(z));
            }

            @Override
            protected double slope(double z, double y) {
                double t = squashed(z);
                double inner = SQRT_2_OVER_PI * (1 + 3 * 0.044715 * z * z);
                return 0.5 * (1 + t) + 0.5 * z * (1 - t * t) * inner;
            }
        };
    }

    /** @param sharpness above 0; PyTorch's beta */
    public static Activation softplus(double sharpness) {
        return new OfOutput(new FloatFormula.Softplus(sharpness)) {
            @Override
            protected double value(double z) {
                return softplusOf(sharpness * z) / sharpness;
            }

            @Override
            protected double slope(double z, double y) {
                return -Math.expm1(-sharpness * y);
            }
        };
    }

    public static Activation softsign() {
        return new OfOutput(new FloatFormula.Softsign()) {
            @Override
            protected double value(double z) {
                return z / (1 + Math.abs(z));
            }

            @Override
            protected double slope(double z, double y) {
                double rest = 1 - Math.abs(y);
                return rest * rest;
            }
        };
    }

    public static Activation silu() {
        return new OfInput(new FloatFormula.Silu()) {
            @Override
            protected double value(double z) {
                return z * sigmoidOf(z);
            }

            @Override
            protected double slope(double z, double y) {
                double s = sigmoidOf(z);
                return s * (1 + z * (1 - s));
            }
        };
    }

    public static Activation mish() {
        return new OfInput(new FloatFormula.Mish()) {
            @Override
            protected double value(double z) {
                return z * Math.tanh(softplusOf(z));
            }

            @Override
            protected double slope(double z, double y) {
                double t = Math.tanh(softplusOf(z));
                return t + z * sigmoidOf(z) * (1 - t * t);
            }
        };
    }

    public static Activation logSigmoid() {
        return new OfOutput(new FloatFormula.Softplus(-1)) {
            @Override
            protected double value(double z) {
                return -softplusOf(-z);
            }

            @Override
            protected double slope(double z, double y) {
                return -Math.expm1(y);
            }
        };
    }

    public static Activation hardSigmoid(double alpha, double beta) {
        return new OfOutput(new FloatFormula.Between(alpha, beta, 0, 1)) {
            @Override
            protected double value(double z) {
                return Math.max(0, Math.min(1, alpha * z + beta));
            }

            @Override
            protected double slope(double z, double y) {
                return y > 0 && y < 1 ? alpha : 0;
            }
        };
    }

    public static Activation hardTanh(double least, double most) {
        return new OfOutput(new FloatFormula.Between(1, 0, least, most)) {
            @Override
            protected double value(double z) {
                return Math.max(least, Math.min(most, z));
            }

            @Override
            protected double slope(double z, double y) {
                return y > least && y < most ? 1 : 0;
            }
        };
    }

    public static Activation hardSwish() {
        return new OfInput(new FloatFormula.HardSwish()) {
            @Override
            protected double value(double z) {
                return z * Math.max(0, Math.min(6, z + 3)) / 6;
            }

            @Override
            protected double slope(double z, double y) {
                return z < -3 ? 0 : z < 3 ? z / 3 + 0.5 : 1;
            }
        };
    }

    public static Activation thresholdedRelu(double alpha) {
        return new ElementwiseActivation(alpha < 0, null) {
            @Override
            protected double value(double z) {
                return z > alpha ? z : 0;
            }

            @Override
            protected double slope(double z, double y) {
                return alpha < 0 ? z > alpha ? 1 : 0 : y > 0 ? 1 : 0;
            }
        };
    }

    public static Activation softshrink(double alpha) {
        return new OfOutput(null) {
            @Override
            protected double value(double z) {
                return z > alpha ? z - alpha : z < -alpha ? z + alpha : 0;
            }

            @Override
            protected double slope(double z, double y) {
                return y != 0 ? 1 : 0;
            }
        };
    }

    public static Activation hardshrink(double alpha) {
        return new OfOutput(null) {
            @Override
            protected double value(double z) {
                return Math.abs(z) > alpha ? z : 0;
            }

            @Override
            protected double slope(double z, double y) {
                return y != 0 ? 1 : 0;
            }
        };
    }

    public static Activation tanhshrink() {
        return new OfInput(null) {
            @Override
            protected double value(double z) {
                return z - Math.tanh(z);
            }

            @Override
            protected double slope(double z, double y) {
                double t = Math.tanh(z);
                return t * t;
            }
        };
    }

    public static Activation scaledTanh(double alpha, double beta) {
        return new OfOutput(new FloatFormula.ScaledTanh(alpha, beta)) {
            @Override
            protected double value(double z) {
                return alpha * Math.tanh(beta * z);
            }

            @Override
            protected double slope(double z, double y) {
                return alpha == 0 ? 0 : beta * (alpha - y * y / alpha);
            }
        };
    }

    public static Activation affine(double alpha, double beta) {
        return new OfOutput(null) {
            @Override
            protected double value(double z) {
                return alpha * z + beta;
            }

            @Override
            protected double slope(double z, double y) {
                return alpha;
            }
        };
    }

    public static Activation exponential() {
        return new OfOutput(new FloatFormula.Exponential()) {
            @Override
            protected double value(double z) {
                return Math.exp(z);
            }

            @Override
            protected double slope(double z, double y) {
                return y;
            }
        };
    }

    public static Activation softmax() {
        return new SoftmaxActivation(false);
    }

    public static Activation logSoftmax() {
        return new SoftmaxActivation(true);
    }

    private static double sigmoidOf(double z) {
        return 1 / (1 + Math.exp(-z));
    }

    /** log(1 + e^z) */
    private static double softplusOf(double z) {
        return Math.max(z, 0) + Math.log1p(Math.exp(-Math.abs(z)));
    }
}
