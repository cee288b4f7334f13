package io.quatrain.tensor;

import io.quatrain.kernel.Kernel;
import io.quatrain.kernel.Kernels;
import io.quatrain.kernel.Workers;
import java.util.Objects;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.IntConsumer;
import org.jspecify.annotations.Nullable;

/** What a model computes with: a precision, the arithmetic for it, and threads. */
public final class Compute {
    /** Receives one range [from, to) of a split. */
    @FunctionalInterface
    public interface Range {
        void accept(int from, int to);
    }

    /**
     * Receives one range [from, to) of a split, and everything that it works on. A lambda that captures something is a new object
     * at every call; one that is given everything is made once, so that loops allocate nothing.
     */
    @FunctionalInterface
    public interface Operation<A extends @Nullable Object, B extends @Nullable Object, C extends @Nullable Object,
            D extends @Nullable Object> {
        void accept(A a, B b, C c, D d, double number, int from, int to);
    }

    /** What reading and writing one number costs, in multiply-adds of a product. */
    public static final double ELEMENT = 10;

    /** Some 10 µs; waking a thread and moving what it needs takes 5 to 10. */
    static final double WORTH_SPLITTING = 1_100_000;

    /** Some 500 µs: two cores of a shared machine differ by more in that time than smaller ranges cost. */
    static final double WORTH_BALANCING = 50 * WORTH_SPLITTING;

    /** Some 50 µs: worth three ranges a thread; two balance nothing unless one core is twice as fast as another. */
    private static final double WORTH_QUARTERS = 5 * WORTH_SPLITTING;

    private static final int SAME_SET = 4096;
    private static final int CACHE_LINE = 64;

    private final Precision precision;
    private final Kernel<Object> kernel;
    private final Workers workers;
    private final AtomicBoolean shared = new AtomicBoolean();
    private final Share share = new Share();
    private final AtomicReference<@Nullable Strips> strips = new AtomicReference<>();

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
        return soonest(precision, 1);
    }

    /** The same on several threads, which share the rows of large weights. */
    public static Compute soonest(Precision precision, int threads) {
        return new Compute(precision, precision == Precision.FLOAT32 ? Kernels.soonest() : Kernels.doubles(), new Workers(threads));
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

    /** The same, where numbers are float32. */
    @SuppressWarnings("unchecked")
    public Kernel<float[]> floatKernel() {
        if (precision != Precision.FLOAT32) {
            throw new IllegalStateException("computes in " + precision + ", not in FLOAT32");
        }
        return (Kernel<float[]>) (Kernel<?>) kernel;
    }

    Kernel<Object> arithmetic() {
        return kernel;
    }

    public int threads() {
        return workers.threads();
    }

    /** Whether everything is done in the calling thread now. */
    boolean alone() {
        return workers.alone();
    }

    /** A place for strips that nobody else uses until it is given back. */
    Strips takeStrips() {
        Strips kept = strips.getAndSet(null);
        return kept == null ? new Strips() : kept;
    }

    void giveBack(Strips used) {
        strips.set(used);
    }

    /** Runs {@code body} for 0 … chunks − 1 on the threads; inline when called from inside another split. */
    public void run(int chunks, IntConsumer body) {
        workers.run(chunks, body);
    }

    /** Whether one of the threads that run {@code body} has nothing left to do. */
    public boolean idle(IntConsumer body) {
        return workers.idle(body);
    }

    /** Another chunk of the run of {@code body} under way, for such a thread; see {@link Workers#offer}. */
    public boolean offer(IntConsumer body, int chunk, long nanoseconds) {
        return workers.offer(body, chunk, nanoseconds);
    }

    /**
     * Splits [0, n) into ranges, one or more a thread, when {@code work} (in multiply-adds) pays for waking the others.
     * {@code grain} is the smallest range worth having; every range but the last starts at a multiple of it.
     */
    public void split(int n, int grain, double work, Range body) {
        split(n, grain, work, body, null, null, null, 0, (range, b, c, d, number, from, to) -> range.accept(from, to));
    }

    /** The same for an operation on a, b, c, d and a number, which captures nothing. */
    public <A extends @Nullable Object, B extends @Nullable Object, C extends @Nullable Object, D extends @Nullable Object>
            void split(int n, int grain, double work, A a, B b, C c, D d, double number, Operation<A, B, C, D> operation) {
        split(n, grain, n, work, a, b, c, d, number, operation);
    }

    /** The same with ranges that lie on one side of {@code border} each, of which both sides have as many. */
    <A extends @Nullable Object, B extends @Nullable Object, C extends @Nullable Object, D extends @Nullable Object>
            void split(int n, int grain, int border, double work, A a, B b, C c, D d, double number, Operation<A, B, C, D> operation) {
        int owners = work < WORTH_SPLITTING || workers.alone() ? 1 : Math.min(threads(), (n + grain - 1) / grain);
        if (owners <= 1 || !shared.compareAndSet(false, true)) {
            operation.accept(a, b, c, d, number, 0, border);
            if (border < n) {
                operation.accept(a, b, c, d, number, border, n);
            }
            return;
        }
        int parts = work < WORTH_QUARTERS ? 2 : work < WORTH_BALANCING ? 3 : 5;
        share.run(owners, parts, n, grain, border, 0, a, b, c, d, number, operation);
    }

    /**
     * The same for the columns of several steps of {@code batch} examples each, cut so that every thread has the same
     * examples in every loop, as in {@link #lanes}: what one wrote, it reads itself. The operation gets one step's columns at a
     * time; a range of all columns where there are too few examples or too little work.
     */
    public <A extends @Nullable Object, B extends @Nullable Object, C extends @Nullable Object, D extends @Nullable Object>
            void splitByExamples(int columns, int batch, int grain, double work, A a, B b, C c, D d, double number,
                                 Operation<A, B, C, D> operation) {
        if (work < WORTH_SPLITTING || workers.alone() || batch < 2 * threads() || !shared.compareAndSet(false, true)) {
            split(columns, grain, work, a, b, c, d, number, operation);
            return;
        }
        share.run(lanes(batch), 1, columns, 1, columns, batch, a, b, c, d, number, operation);
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
        return new Matrix(this, rows, columns, kernel.margin(), true);
    }

    /** The same, alone in its array, so that {@link Matrix#store()} shares its numbers with ojAlgo. */
    public Matrix storable(int rows, int columns) {
        return new Matrix(this, rows, columns, 0, true);
    }

    /**
     * A new matrix of zeros for several steps of {@code batch} examples each: [rows × steps·batch], column t·batch + b is step t of
     * example b. Where threads share a large batch, the columns of the first halves of all steps lie side by side in memory, and those
     * of the second: a core that reads ahead of what it works on must not run into what another core is about to write.
     */
    public Matrix matrix(int rows, int steps, int batch) {
        boolean halved = steps > 1 && threads() > 1 && batch >= ExampleSums.HALVED_BATCH && lanes(batch) % 2 == 0;
        return new Matrix(this, rows, (int) Math.min(Integer.MAX_VALUE, (long) steps * batch), steps > 1 ? batch : 0, halved,
                steps > 1 ? gap(rows) : 0, true);
    }

    /**
     * What is left free behind every column. Products read thirteen columns at a time: where these begin multiples of 4 KB apart, they
     * meet in one set of the first cache, which holds eight or twelve.
     */
    private int gap(int rows) {
        int size = precision == Precision.FLOAT32 ? Float.BYTES : Double.BYTES;
        return rows > 0 && (long) rows * size % SAME_SET == 0 ? CACHE_LINE / size : 0;
    }

    /** A matrix that has a size and no numbers, to plan with. */
    public Matrix sizeOnly(int rows, int columns) {
        return new Matrix(this, rows, columns, 0, false);
    }

    /** The split under way: what its chunks work on. It belongs to the thread that set {@link #shared}. */
    private final class Share implements IntConsumer {
        private int owners;
        private int parts;
        private int n;
        private int grain;
        private int border;
        private int batch;
        private @Nullable Object a;
        private @Nullable Object b;
        private @Nullable Object c;
        private @Nullable Object d;
        private double number;
        private @Nullable Operation<@Nullable Object, @Nullable Object, @Nullable Object, @Nullable Object> operation;

        /**
         * @param owners how many threads have ranges of their own, or how many lanes there are
         * @param parts  into how many chunks an owner's range is cut
         * @param batch  how many columns a step has where chunks are lanes; 0 where they are ranges
         */
        void run(int owners, int parts, int n, int grain, int border, int batch, @Nullable Object a, @Nullable Object b, @Nullable Object c,
                 @Nullable Object d, double number, Operation<?, ?, ?, ?> operation) {
            this.owners = owners;
            this.parts = parts;
            this.n = n;
            this.grain = grain;
            this.border = border;
            this.batch = batch;
            this.a = a;
            this.b = b;
            this.c = c;
            this.d = d;
            this.number = number;
            this.operation = erased(operation);
            try {
                workers.run(owners * parts, this);
            } finally {
                this.a = this.b = this.c = this.d = null;
                this.operation = null;
                shared.set(false);
            }
        }

        @Override
        public void accept(int chunk) {
            if (batch > 0) {
                int from = laneStart(batch, chunk);
                int to = laneStart(batch, chunk + 1);
                for (int step = 0; step < n; step += batch) {
                    accept(step + from, step + to);
                }
                return;
            }
            int owner = chunk / parts;
            int before = owners / 2;
            if (border == n) {
                accept(0, n, owner, owners, chunk % parts);
            } else if (owner < before) {
                accept(0, border, owner, before, chunk % parts);
            } else {
                accept(border, n, owner - before, owners - before, chunk % parts);
            }
        }

        /** One of an owner's parts: a half, a quarter, an eighth … of what is its own, so that a faster thread can take over the last. */
        private void accept(int start, int end, int owner, int owners, int part) {
            int all = (end - start + grain - 1) / grain;
            int first = (int) ((long) all * owner / owners);
            int own = (int) ((long) all * (owner + 1) / owners) - first;
            int from = start + (first + own - (own >> part)) * grain;
            int to = Math.min(end, start + (first + own - (part + 1 == parts ? 0 : own >> part + 1)) * grain);
            if (from < to) {
                accept(from, to);
            }
        }

        private void accept(int from, int to) {
            Objects.requireNonNull(operation).accept(a, b, c, d, number, from, to);
        }
    }

    @SuppressWarnings("unchecked") // an operation is stored together with its operands
    private static Operation<@Nullable Object, @Nullable Object, @Nullable Object, @Nullable Object> erased(
            Operation<?, ?, ?, ?> operation) {
        return (Operation<@Nullable Object, @Nullable Object, @Nullable Object, @Nullable Object>) operation;
    }

    @SuppressWarnings("unchecked") // the arrays that reach a kernel are those that it allocated
    private static Kernel<Object> erased(Kernel<?> kernel) {
        return (Kernel<Object>) kernel;
    }
}
