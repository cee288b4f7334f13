package io.quatrain.bench;

import io.quatrain.kernel.Kernel;
import io.quatrain.kernel.Kernels;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.util.Arrays;
import java.util.Locale;
import java.util.Random;

/**
 * How a fresh Java comes up to speed: the kernel calls of one LSTM training step of C1, again and again for a number
 * of seconds of processor time (argument 1, default 2).
 *
 * <p>Prints one line: the first call, how long it took until a step was within twice the best, the best, and the median of
 * the last quarter. Start it a hundred times to see whether any run stays slow.
 */
public final class FreshStart {
    private static final int UNITS = 128;
    private static final int BATCH = 32;
    private static final int STEPS = 4;
    private static final int VOCABULARY = 65;

    private static final ThreadMXBean THREADS = ManagementFactory.getThreadMXBean();

    private final Kernel<float[]> k = Kernels.floats();
    private final float[] w = random(4 * UNITS * UNITS);
    private final float[] panels = k.allocate(k.packedLength(4 * UNITS, UNITS));
    private final float[] back = k.allocate(k.packedLength(UNITS, 4 * UNITS));
    private final float[] out = random(VOCABULARY * UNITS);
    private final float[] outPanels = k.allocate(k.packedLength(VOCABULARY, UNITS));
    private final float[] z = random(4 * UNITS * BATCH * STEPS);
    private final float[] h = random(UNITS * BATCH * (STEPS + 1));
    private final float[] c = random(UNITS * BATCH * (STEPS + 1));
    private final float[] tanhC = random(UNITS * BATCH * STEPS);
    private final float[] dh = random(UNITS * BATCH);
    private final float[] dc = random(UNITS * BATCH);
    private final float[] logits = random(VOCABULARY * BATCH * STEPS);
    private final float[] dw = random(w.length);
    private final float[] m = new float[w.length];
    private final float[] v = new float[w.length];
    private double loss;

    private FreshStart() {
    }

    public static void main(String[] arguments) {
        double seconds = arguments.length > 0 ? Double.parseDouble(arguments[0]) : 2;
        FreshStart model = new FreshStart();
        double[] times = new double[1_000_000];
        int count = 0;
        double begin = now();
        while (now() - begin < seconds && count < times.length) {
            double before = now();
            model.step();
            times[count++] = now() - before;
        }
        double best = Double.MAX_VALUE;
        for (int i = 0; i < count; i++) {
            best = Math.min(best, times[i]);
        }
        double until = 0;
        for (int i = 0; i < count && times[i] > 2 * best; i++) {
            until += times[i];
        }
        double[] last = Arrays.copyOfRange(times, count * 3 / 4, count);
        Arrays.sort(last);
        System.out.printf(Locale.ROOT, "%s %s: first %.1f ms, at speed after %.2f s, best %.3f ms, median at the end %.3f ms%n",
                System.getProperty("java.version"), model.k.name(), times[0] * 1e3, until, best * 1e3,
                last[last.length / 2] * 1e3);
    }

    private static double now() {
        return THREADS.getCurrentThreadCpuTime() * 1e-9;
    }

    private static float[] random(int length) {
        Random random = new Random(length);
        float[] a = new float[length];
        for (int i = 0; i < length; i++) {
            a[i] = (random.nextFloat() - 0.5f) * 0.1f;
        }
        return a;
    }

    private void step() {
        int gates = 4 * UNITS;
        int column = UNITS * BATCH;
        k.pack(w, 0, gates, false, gates, UNITS, panels, 0, k.panels(gates));
        k.pack(w, 0, gates, true, UNITS, gates, back, 0, k.panels(UNITS));
        k.pack(out, 0, VOCABULARY, false, VOCABULARY, UNITS, outPanels, 0, k.panels(VOCABULARY));
        for (int t = 0; t < STEPS; t++) {
            k.addPackedProduct(panels, gates, UNITS, h, t * column, UNITS, z, 4 * t * column, gates, BATCH);
            k.lstmForward(UNITS, BATCH, z, 4 * t * column, gates, c, t * column, UNITS, c, (t + 1) * column, UNITS,
                    tanhC, t * column, UNITS, h, (t + 1) * column, UNITS);
        }
        k.addPackedProduct(outPanels, VOCABULARY, UNITS, h, column, UNITS, logits, 0, VOCABULARY, BATCH * STEPS);
        for (int j = 0; j < BATCH * STEPS; j++) {
            loss += k.softmaxCrossEntropy(logits, j * VOCABULARY, VOCABULARY, j % VOCABULARY, 1, 1e-3,
                    logits, j * VOCABULARY);
        }
        for (int t = STEPS - 1; t >= 0; t--) {
            k.lstmBackward(UNITS, BATCH, z, 4 * t * column, gates, c, t * column, UNITS, tanhC, t * column, UNITS,
                    dh, 0, UNITS, dc, 0, UNITS);
            k.fill(dh, 0, column, 0);
            k.addPackedProduct(back, UNITS, gates, z, 4 * t * column, gates, dh, 0, UNITS, BATCH);
        }
        k.fill(dw, 0, dw.length, 0);
        k.addProductTransposed(z, 0, gates, h, 0, UNITS, dw, 0, gates, gates, UNITS, BATCH * STEPS);
        k.adam(w, 0, dw, 0, m, 0, v, 0, w.length, 1, 1e-6, 0.9, 0.999, 1, 1e-8);
        k.fill(z, 0, z.length, 0.01);
    }
}
