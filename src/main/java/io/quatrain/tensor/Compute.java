package io.quatrain.tensor;

import io.quatrain.kernel.Kernel;
import io.quatrain.kernel.Kernels;
import io.quatrain.kernel.Workers;
import java.util.concurrent.Executor;
import java.util.function.IntConsumer;

/** What a model computes with: a precision, the arithmetic for it, and threads. */
public final class Compute {
    /** Receives one range [from, to) of a split. */
    @FunctionalInterface
    public interface Range {
        void accept(int from, int to);
    }

    /** Receives one range [from, to) of a half of a batch, 0 or 1. */
    @FunctionalInterface
    interface HalfRange {
        void accept(int half, int from, int to);
    }

    /** What reading and writing one number costs, in multiply-adds of a product. */
    public static final double ELEMENT = 10;

    /** Some 10 µs; waking a thread and moving what it needs takes 5 to 10. */
    static final double WORTH_SPLITTING = 1_100_000;

    private final Precision precision;
    private final Kernel<Object> kernel;
    private final Workers workers;

    public Compute(Precision precision, Kernel<?> kernel, Workers workers) {
        this.precision = precision;
        this.kernel = erased(kernel);
        this.workers = workers;
    }

    /** One thread, and the fastest arithmetic this machine has for the precision. */
    public static Compute of(Precision precision) {
        return of(precision, 1);
    }

    /** One thread, and what is soonest at work: for one example at a time, as when a text is written. */
    public static Compute soonest(Precision precision) {
        return new Compute(precision, precision == Precision.FLOAT32 ? Kernels.soonest() : Kernels.doubles(), new Workers(1));
    }

    /** @param threads at least 1; the result does not depend on it */
    public static Compute of(Precision precision, int threads) {
        return new Compute(precision, fastest(precision), new Workers(threads));
    }

    /**
     * The same on threads of your own.
     *
     * @param executor asked for up to {@code threads − 1} helpers of the calling thread; it may refuse, and is never shut down from here
     */
    public static Compute of(Precision precision, Executor executor, int threads) {
        return new Compute(precision, fastest(precision), new Workers(executor, threads));
    }

    private static Kernel<?> fastest(Precision precision) {
        return precision == Precision.FLOAT32 ? Kernels.floats() : Kernels.doubles();
    }

    public Precision precision() {
        return precision;
    }

    public Kernel<?> kernel() {
        return kernel;
    }

    Kernel<Object> arithmetic() {
        return kernel;
    }

    public int threads() {
        return workers.threads();
    }

    /** Runs {@code body} for 0 … chunks − 1 on the threads; inline when called from inside another split. */
    public void run(int chunks, IntConsumer body) {
        workers.run(chunks, body);
    }

    /**
     * Splits [0, n) into ranges, one or more a thread, when {@code work} (in multiply-adds) pays for waking the others.
     * {@code grain} is the smallest range worth having; every range but the last starts at a multiple of it.
     */
    public void split(int n, int grain, double work, Range body) {
        int chunks = work < WORTH_SPLITTING || workers.alone() ? 1 : Math.min(2 * threads(), (n + grain - 1) / grain);
        if (chunks <= 1) {
            body.accept(0, n);
            return;
        }
        int units = (n + grain - 1) / grain;
        run(chunks, chunk -> {
            int from = (int) ((long) units * chunk / chunks) * grain;
            int to = Math.min(n, (int) ((long) units * (chunk + 1) / chunks) * grain);
            if (from < to) {
                body.accept(from, to);
            }
        });
    }

    /**
     * The same for the columns of several steps of {@code batch} examples each, cut so that every thread has the same
     * examples in every loop, as in {@link #lanes}: what one wrote, it reads itself. {@code body} gets one step's columns at a
     * time; a range of all columns where there are too few examples or too little work.
     */
    public void splitByExamples(int columns, int batch, int grain, double work, Range body) {
        if (work < WORTH_SPLITTING || workers.alone() || batch < 2 * threads()) {
            split(columns, grain, work, body);
            return;
        }
        run(lanes(batch), lane -> {
            int from = laneStart(batch, lane);
            int to = laneStart(batch, lane + 1);
            for (int step = 0; step < columns; step += batch) {
                body.accept(step + from, step + to);
            }
        });
    }

    /** Runs {@code body} over [0, n) for both halves of a batch, each half where {@link #lanes} has its examples. */
    void splitHalves(int n, int grain, HalfRange body) {
        int ranges = workers.alone() ? 1 : Math.max(1, Math.min((threads() + 1) / 2, n / grain));
        run(2 * ranges, chunk -> {
            int range = chunk % ranges;
            body.accept(chunk / ranges, (int) ((long) n * range / ranges), (int) ((long) n * (range + 1) / ranges));
        });
    }

    /** How many parts a batch is cut into where every thread keeps its own examples. */
    public int lanes(int batch) {
        return Math.max(1, Math.min(threads(), batch));
    }

    /** The first example of a lane; the lane after the last starts at {@code batch}. */
    public int laneStart(int batch, int lane) {
        return (int) ((long) batch * lane / lanes(batch));
    }

    /** A new [rows × columns] matrix of zeros. */
    public Matrix matrix(int rows, int columns) {
        return new Matrix(this, rows, columns, true);
    }

    /** A matrix that has a size and no numbers, to plan with. */
    public Matrix sizeOnly(int rows, int columns) {
        return new Matrix(this, rows, columns, false);
    }

    @SuppressWarnings("unchecked") // the arrays that reach a kernel are those that it allocated
    private static Kernel<Object> erased(Kernel<?> kernel) {
        return (Kernel<Object>) kernel;
    }
}
