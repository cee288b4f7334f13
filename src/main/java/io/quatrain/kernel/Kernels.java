package io.quatrain.kernel;

import java.util.Locale;

/**
 * The kernels of this machine, chosen once.
 *
 * <p>In float32 the Vector API does the arithmetic when the module {@code jdk.incubator.vector} is present (start Java
 * with {@code --add-modules jdk.incubator.vector}) and plain Java otherwise. The system property
 * {@code quatrain.kernel} = {@code plain} or {@code vector} decides instead, when it is set.
 */
public final class Kernels {
    private static final String PROPERTY = "quatrain.kernel";
    private static final String FLAG = "--add-modules jdk.incubator.vector";

    private static final Kernel<double[]> DOUBLES = new DoubleKernel();
    private static final Kernel<float[]> PLAIN = new PlainKernel();

    private Kernels() {
    }

    /** The kernel for float32. */
    public static Kernel<float[]> floats() {
        return Chosen.FLOATS;
    }

    /**
     * The kernel for float32 that is soonest at work, for one example at a time: plain Java, unless the property decides. A
     * vector is an object until the compiler has seen its method often enough; with a single column that takes a third of a
     * second at the start, which vectors make up for only after thousands of steps.
     */
    public static Kernel<float[]> soonest() {
        return System.getProperty(PROPERTY) == null ? plain() : floats();
    }

    /** The kernel for float64: the definition, for proofs. */
    public static Kernel<double[]> doubles() {
        return DOUBLES;
    }

    /** The float32 kernel that needs no flag. */
    public static Kernel<float[]> plain() {
        return PLAIN;
    }

    /** Whether Java was started with the Vector API and the machine has vectors. */
    public static boolean hasVector() {
        return ModuleLayer.boot().findModule("jdk.incubator.vector").isPresent() && VectorKernel.worthwhile();
    }

    /**
     * The float32 kernel on the Vector API.
     *
     * @throws UnsupportedOperationException when there is none
     */
    public static Kernel<float[]> vector() {
        if (!hasVector()) {
            throw new UnsupportedOperationException("the vector kernel needs the Vector API on a machine with vectors of"
                    + " 128 bits or more; start Java with " + FLAG);
        }
        return Vector.FLOATS;
    }

    private static final class Vector {
        static final Kernel<float[]> FLOATS = new VectorKernel();
    }

    private static final class Chosen {
        static final Kernel<float[]> FLOATS = choose(System.getProperty(PROPERTY));

        private static Kernel<float[]> choose(@org.jspecify.annotations.Nullable String wish) {
            if (wish != null) {
                return switch (wish.toLowerCase(Locale.ROOT)) {
                    case "plain" -> plain();
                    case "vector" -> vector();
                    default -> throw new IllegalArgumentException(
                            "-D" + PROPERTY + ": needs plain or vector, got \"" + wish + "\"");
                };
            }
            if (hasVector()) {
                return vector();
            }
            System.getLogger("io.quatrain.kernel").log(System.Logger.Level.INFO,
                    "float32 arithmetic runs in plain Java; start Java with " + FLAG + " for two to three times the speed");
            return plain();
        }
    }
}
