package io.quatrain.bench;

import io.quatrain.kernel.Kernel;
import io.quatrain.kernel.Kernels;
import io.quatrain.kernel.Workers;
import io.quatrain.node.Activation;
import io.quatrain.node.Activations;
import io.quatrain.tensor.Compute;
import io.quatrain.tensor.Matrix;
import io.quatrain.tensor.Precision;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Random;

/**
 * Times the kernels at the shapes of the four benchmark configurations.
 *
 * <p>Arguments: {@code products}, {@code elements} (default: both), {@code seconds=0.4} for each line,
 * {@code only=TEXT}, {@code write=yes} (into the documents). Each line comes from many short runs, with runs of the peak loop between them, so that a
 * neighbour on the machine disturbs both alike.
 */
public final class KernelBench {
    private static final Random RANDOM = new Random(1);
    private static final ThreadMXBean THREADS = ManagementFactory.getThreadMXBean();
    private static final Runnable NO_PEAK = () -> { };
    private static final int PEAK_STEPS = 100_000;

    /** How long a fresh Java takes, at most, to compile what all products share. */
    private static final double COMPILING = 4;
    /** How long every other takes, at most: a tile or a rest of rows that was not needed before compiles all anew. */
    private static final double WARMING = 1.5;

    private static double seconds = 0.4;
    private static boolean compiled;
    private static String only = "";
    private static double bestPeak;
    private static double sink;
    /** Where numbers begin in their arrays, as a matrix has them. */
    private static int first;
    private static Report report = new Report("kernels", false);

    private KernelBench() {
    }

    public static void main(String[] arguments) {
        List<String> parts = new ArrayList<>();
        for (String argument : arguments) {
            if (argument.startsWith("seconds=")) {
                seconds = Double.parseDouble(argument.substring("seconds=".length()));
            } else if (argument.equals("write=yes")) {
                report = new Report("kernels", true);
            } else if (argument.startsWith("only=")) {
                only = argument.substring("only=".length());
            } else {
                parts.add(argument);
            }
        }
        boolean vectors = ModuleLayer.boot().findModule("jdk.incubator.vector").isPresent();
        Kernel<float[]> kernel = Kernels.floats();
        first = kernel.margin();
        report.circumstances();
        report.line("Kernel %s.%n", kernel.name());
        Runnable peak = vectors ? () -> Peak.run(PEAK_STEPS) : NO_PEAK;
        if (vectors) {
            for (int i = 0; i < 2000; i++) {
                peak.run();
            }
        }
        if (parts.isEmpty() || parts.contains("products")) {
            products(kernel, peak, vectors);
        }
        if (parts.isEmpty() || parts.contains("elements")) {
            elements(kernel);
        }
        report.close();
    }

    private static void products(Kernel<float[]> k, Runnable peak, boolean vectors) {
        report.line("| product | rows × inner × columns | GFLOP/s | % of peak |\n|---|---|---:|---:|");
        packed(k, peak, vectors, "C1 Wh·h", 512, 128, 32, false);
        packed(k, peak, vectors, "C1 Whᵀ·dz", 128, 512, 32, true);
        gradient(k, peak, vectors, "C1 dWh", 512, 128, 1600);
        packed(k, peak, vectors, "C1 dense", 65, 128, 1600, false);
        packed(k, peak, vectors, "C1 denseᵀ", 128, 65, 1600, true);
        gradient(k, peak, vectors, "C1 d dense", 65, 128, 1600);
        packed(k, peak, vectors, "C2 Wh·h", 2048, 512, 50, false);
        packed(k, peak, vectors, "C2 Wh·h, half", 2048, 512, 25, false);
        packed(k, peak, vectors, "C2 Whᵀ·dz", 512, 2048, 50, true);
        packed(k, peak, vectors, "C2 Wx·X", 2048, 512, 2500, false);
        packed(k, peak, vectors, "C2 Wxᵀ·dZ", 512, 2048, 2500, true);
        gradient(k, peak, vectors, "C2 dWh", 2048, 512, 2500);
        packed(k, peak, vectors, "C3 Wh·h", 1024, 256, 32, false);
        packed(k, peak, vectors, "C3 Whᵀ·dz", 256, 1024, 32, true);
        packed(k, peak, vectors, "C3 Wx·X", 1024, 128, 1120, false);
        gradient(k, peak, vectors, "C3 dWh", 1024, 256, 1120);
        packed(k, peak, vectors, "C3 dense", 5000, 512, 1120, false);
        packed(k, peak, vectors, "C3 denseᵀ", 512, 5000, 1120, true);
        gradient(k, peak, vectors, "C3 d dense", 5000, 512, 1120);
        packed(k, peak, vectors, "C4 Wh·h", 400, 100, 1, false);
        packed(k, peak, vectors, "C4 Whᵀ·dz", 100, 400, 1, true);
        gradient(k, peak, vectors, "C4 dWh", 400, 100, 25);
        packed(k, peak, vectors, "C1 generate", 512, 128, 1, false);
        packed(k, peak, vectors, "C2 generate", 2048, 512, 1, false);
        for (int columns : new int[] {2, 3, 4, 5, 7, 8, 13, 16}) {
            packed(k, peak, vectors, "narrow", 1024, 256, columns, false);
        }
        pack(k, "C2 pack Wh", 2048, 512, false);
        pack(k, "C2 pack Whᵀ", 512, 2048, true);
        if (vectors) {
            report.line("%npeak %.1f GFLOP/s", bestPeak);
        }
    }

    private static float[] random(int length) {
        float[] a = new float[first + length];
        for (int i = 0; i < a.length; i++) {
            a[i] = RANDOM.nextFloat() - 0.5f;
        }
        return a;
    }

    private static void packed(Kernel<float[]> k, Runnable peak, boolean vectors, String name, int rows, int inner,
                               int columns, boolean transposed) {
        if (!name.contains(only)) {
            return;
        }
        float[] w = random(rows * inner);
        int step = columns > 1 && inner % 1024 == 0 ? inner + 16 : inner;    // as values over time lie
        float[] x = random(step * columns);
        float[] y = new float[first + rows * columns];
        Object panels = k.allocatePanels(rows, inner);
        k.pack(w, first, transposed ? inner : rows, transposed, rows, inner, panels, 0, k.panels(rows));
        report(name, rows, inner, columns, peak, vectors,
                () -> k.addPackedProduct(panels, rows, inner, x, first, step, y, first, rows, columns));
    }

    private static void gradient(Kernel<float[]> k, Runnable peak, boolean vectors, String name, int rows, int columns,
                                 int inner) {
        if (!name.contains(only)) {
            return;
        }
        float[] a = random(rows * inner);
        float[] b = random(columns * inner);
        float[] c = new float[first + rows * columns];
        report(name, rows, inner, columns, peak, vectors,
                () -> k.addProductTransposed(a, first, rows, b, first, columns, c, first, rows, rows, columns, inner, inner, inner));
    }

    private static void pack(Kernel<float[]> k, String name, int rows, int inner, boolean transposed) {
        if (!name.contains(only)) {
            return;
        }
        float[] w = random(rows * inner);
        Object panels = k.allocatePanels(rows, inner);
        double time = best(() -> k.pack(w, first, transposed ? inner : rows, transposed, rows, inner, panels, 0, k.panels(rows)),
                NO_PEAK);
        report.line("| %s | %d × %d | %.2f ns an element | |", name, rows, inner,
                time * 1e9 / rows / inner);
    }

    private static void report(String name, int rows, int inner, int columns, Runnable peak, boolean vectors,
                               Runnable body) {
        double speed = 2e-9 * rows * inner * columns / best(body, peak);
        report.line("| %s | %d × %d × %d | %.1f | %s |", name, rows, inner, columns, speed,
                vectors ? String.format(Locale.ROOT, "%.0f", 100 * speed / bestPeak) : "");
    }

    /**
     * The time of one call when nothing disturbs it, from bursts of about a millisecond. It is the thread's own time, so that a call
     * is not charged for the turns of other processes.
     */
    private static double best(Runnable body, Runnable peak) {
        double warm = now() + (compiled ? WARMING : COMPILING);
        compiled = true;
        long calls = 0;
        double start = now();
        while (now() < warm || calls < 20) {
            body.run();
            calls++;
        }
        int burst = (int) Math.max(1, 1e-3 / ((now() - start) / calls));
        List<Double> times = new ArrayList<>();
        List<Double> peaks = new ArrayList<>();
        double end = now() + seconds;
        for (int round = 0; round < 5 || now() < end; round++) {
            double before = now();
            for (int i = 0; i < burst; i++) {
                body.run();
            }
            double between = now();
            peak.run();
            times.add((between - before) / burst);
            peaks.add(now() - between);
        }
        if (peak != NO_PEAK) {
            bestPeak = Math.max(bestPeak, Peaks.flops(PEAK_STEPS) / quick(peaks) * 1e-9);
        }
        return quick(times);
    }

    /** The time that a tenth of the rounds kept below: a clock that skips now and then spoils the very shortest. */
    private static double quick(List<Double> times) {
        Collections.sort(times);
        return times.get(times.size() / 10);
    }

    private static double now() {
        return THREADS.getCurrentThreadCpuTime() * 1e-9;
    }

    /** Keeps the class that needs the module out of a run without it. */
    private static final class Peaks {
        static double flops(int steps) {
            return ModuleLayer.boot().findModule("jdk.incubator.vector").isPresent() ? Peak.flops(steps) : 0;
        }
    }

    private static void elements(Kernel<float[]> k) {
        report.line("\n| elementwise | n | ns an element |\n|---|---:|---:|");
        for (int n : new int[] {100, 4096}) {
            float[] a = random(n);
            float[] b = random(n);
            float[] c = random(n);
            float[] d = random(n);
            element("add", n, () -> k.add(a, first, b, first, n));
            element("addMultiplied", n, () -> k.addMultiplied(a, first, b, first, c, first, n));
            element("tanh", n, () -> k.tanh(a, first, b, first, n));
            element("sigmoid", n, () -> k.sigmoid(a, first, b, first, n));
            element("exp", n, () -> k.exp(a, first, b, first, n));
            element("dropout's draws", n, () -> k.bernoulli(7, 0, 0.7, 1.4, b, first, n));
            element("relu", n, () -> k.relu(a, first, b, first, n));
            element("tanhBackward", n, () -> k.tanhBackward(a, first, b, first, c, first, n));
            element("clamp", n, () -> k.clamp(0.25, a, first, n));
            element("sumOfSquares", n, () -> sink += k.sumOfSquares(a, first, n));
            element("softmaxCrossEntropy", n, () -> k.softmaxCrossEntropy(a, first, n, 5, 1, 1, b, first));
            element("adam", n, () -> k.adam(a, first, b, first, c, first, d, first, n, 1, 1e-9, 0.9, 0.999, 1, 1e-8));
        }
        activations(k);
        for (int units : new int[] {100, 128, 512}) {
            float[] z = random(4 * units);
            float[] c = random(units);
            float[] next = random(units);
            float[] tanhC = random(units);
            float[] h = random(units);
            float[] dh = random(units);
            float[] dc = random(units);
            element("lstmForward", units, () -> k.lstmForward(units, 1, z, first, units, c, first, units, next, first, units,
                    tanhC, first, units, h, first, units));
            element("lstmBackward", units, () -> k.lstmBackward(units, 1, z, first, units, c, first, units,
                    tanhC, first, units, dh, first, units, dc, first, units));
        }
    }

    /** Those that are not a kernel's own. */
    private static void activations(Kernel<float[]> k) {
        Compute compute = new Compute(Precision.FLOAT32, k, new Workers(1));
        int n = 4096;
        Matrix z = compute.matrix(n, 1);
        Matrix y = compute.matrix(n, 1);
        Matrix dy = compute.matrix(n, 1).fill(1);
        Matrix dz = compute.matrix(n, 1);
        for (int i = 0; i < n; i++) {
            z.set(i, 0, 2 * RANDOM.nextGaussian());
        }
        for (String name : List.of("gelu", "silu", "elu", "softplus", "mish", "leakyRelu", "softmax", "logSoftmax")) {
            Activation activation = Activations.named(name, null, null);
            element(name, n, () -> activation.forward(z, y));
            element(name + "Backward", n, () -> activation.backward(z, y, dy, dz));
        }
    }

    private static void element(String name, int n, Runnable body) {
        if (name.contains(only)) {
            report.line("| %s | %d | %.3f |", name, n, best(body, NO_PEAK) * 1e9 / n);
        }
    }
}
