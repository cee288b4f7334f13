package io.quatrain.kernel;

import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicIntegerArray;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import java.util.function.IntConsumer;
import org.jspecify.annotations.Nullable;

/**
 * A few threads that share out the chunks of one loop at a time.
 *
 * <p>{@link #run} calls the body once for each chunk and returns when all are done; the caller works too. Every thread
 * has chunks of its own, always the same ones for the same number: what it wrote in one loop it finds in its cache in the
 * next. A thread that is done with its own takes what others have not begun, so one that the system has put aside
 * delays its present chunk only; and a chunk may {@link #offer} a part of itself. A thread without work spins for some tens of
 * microseconds, then sleeps. A call from inside a chunk, or while another thread's call is under way, runs all its chunks in the
 * calling thread. Nothing is allocated.
 */
public final class Workers implements AutoCloseable {
    private static final int SPINS = 4_000;
    /** Between two counters, so that no two lie in one cache line (nor in two that are fetched together). */
    private static final int APART = 32;
    private static final int NOTHING = -1;
    /** A sleeping thread begins some 50 to 100 µs after it is called. */
    private static final long WORTH_WAKING = 500_000;

    private final int threads;
    private final @Nullable Executor executor;
    private final Runnable[] helps;
    private final Thread[] own;
    private final AtomicBoolean[] asleep;
    private volatile boolean closed;

    private final AtomicBoolean busy = new AtomicBoolean();
    /** For each thread, how many of its chunks nobody has begun. */
    private final AtomicIntegerArray unclaimed;
    private final AtomicInteger unfinished = new AtomicInteger();
    /** A chunk that another one has added and nobody has begun. */
    private final AtomicInteger offered = new AtomicInteger(NOTHING);
    /** How many threads spin. */
    private final AtomicInteger spinning = new AtomicInteger();
    private final AtomicReference<@Nullable Throwable> failure = new AtomicReference<>();
    private volatile @Nullable Thread waiting;
    // Written by the driver before unclaimed, read by whoever has claimed a chunk: so never while they change.
    private int chunks;
    private IntConsumer body = chunk -> { };

    /** Keeps {@code threads − 1} daemon threads until {@link #close}; the thread that calls {@link #run} is the last. */
    public Workers(int threads) {
        this.threads = positive(threads);
        unclaimed = new AtomicIntegerArray(threads * APART);
        executor = null;
        helps = new Runnable[0];
        own = new Thread[threads - 1];
        asleep = new AtomicBoolean[own.length];
        for (int i = 0; i < own.length; i++) {
            int thread = i + 1;
            asleep[i] = new AtomicBoolean();
            own[i] = new Thread(() -> serve(thread), "quatrain-" + thread);
            own[i].setDaemon(true);
        }
        for (Thread thread : own) {
            thread.start();
        }
    }

    /** Asks {@code executor} for up to {@code threads − 1} helpers at each run; it stays the caller's to shut down. */
    public Workers(Executor executor, int threads) {
        this.threads = positive(threads);
        unclaimed = new AtomicIntegerArray(threads * APART);
        this.executor = executor;
        helps = new Runnable[threads - 1];
        for (int i = 0; i < helps.length; i++) {
            int thread = i + 1;
            helps[i] = () -> work(thread);
        }
        own = new Thread[0];
        asleep = new AtomicBoolean[0];
    }

    private static int positive(int threads) {
        if (threads < 1) {
            throw new IllegalArgumentException("threads must be positive, got " + threads);
        }
        return threads;
    }

    /** How many threads work on a loop, the caller included. */
    public int threads() {
        return threads;
    }

    /** Whether a call to {@link #run} would do everything in the calling thread. */
    public boolean alone() {
        return threads == 1 || closed || busy.get();
    }

    /**
     * Calls {@code body} with 0, 1, … chunks − 1, in any order and on any of the threads. When a chunk throws, those
     * not yet begun are left out and the exception comes out here.
     */
    public void run(int chunks, IntConsumer body) {
        if (chunks <= 1 || alone() || !busy.compareAndSet(false, true)) {
            for (int chunk = 0; chunk < chunks; chunk++) {
                body.accept(chunk);
            }
            return;
        }
        Throwable thrown;
        try {
            this.body = body;
            this.chunks = chunks;
            unfinished.set(chunks);
            for (int thread = 0; thread < threads; thread++) {
                unclaimed.set(thread * APART, end(thread) - end(thread - 1));
            }
            wake(Math.min(threads, chunks) - 1);
            work(0);
            await();
            thrown = failure.getAndSet(null);
            this.body = chunk -> { };
        } finally {
            busy.set(false);
        }
        if (thrown != null) {
            throw Workers.<RuntimeException>same(thrown);
        }
    }

    /** Called from a chunk of {@code body}: whether one of the threads that run it has nothing left to do. */
    public boolean idle(IntConsumer body) {
        return this.body == body && unfinished.get() < threads && nothingToDo();
    }

    /**
     * Called from a chunk of {@code body}: adds a chunk, with a number of its own, when a thread of this run has nothing to do.
     * What the chunk reads must have been written before. False, and nothing done, when all have work or there is no such run.
     *
     * @param nanoseconds how long the offering chunk would still take; from half a millisecond on a sleeping thread is woken for it
     */
    public boolean offer(IntConsumer body, int chunk, long nanoseconds) {
        if (!idle(body) || offered.get() != NOTHING || nanoseconds < WORTH_WAKING && spinning.get() == 0) {
            return false;
        }
        unfinished.incrementAndGet();
        if (!offered.compareAndSet(NOTHING, chunk)) {
            unfinished.decrementAndGet();
            return false;
        }
        if (spinning.get() == 0) {
            wakeOne();
        }
        return true;
    }

    /** Ends the threads. A later {@link #run} does everything in the calling thread. */
    @Override
    public void close() {
        closed = true;
        for (Thread thread : own) {
            LockSupport.unpark(thread);
        }
    }

    private void wake(int helpers) {
        if (executor != null) {
            try {
                for (int i = 0; i < helpers; i++) {
                    executor.execute(helps[i]);
                }
            } catch (RejectedExecutionException refused) {
                return; // the caller does the rest
            }
        }
        for (int i = 0; i < helpers && i < own.length; i++) {
            if (asleep[i].get()) {
                LockSupport.unpark(own[i]);
            }
        }
    }

    private void wakeOne() {
        Thread caller = waiting;
        if (caller != null) {
            LockSupport.unpark(caller);
            return;
        }
        if (executor != null) {
            wake(1);
        }
        for (int i = 0; i < own.length; i++) {
            if (asleep[i].get()) {
                LockSupport.unpark(own[i]);
                return;
            }
        }
    }

    /** The end of a thread's own chunks: up to as many as there are threads, chunk i is thread i's. */
    private int end(int thread) {
        return chunks <= threads ? Math.min(thread + 1, chunks) : (int) ((long) chunks * (thread + 1) / threads);
    }

    /** Chunks that nobody has begun, one's own first. */
    private void work(int thread) {
        for (int i = 0; i < threads; i++) {
            int owner = (thread + i) % threads;
            for (int left = unclaimed.get(owner * APART); left > 0; left = unclaimed.get(owner * APART)) {
                if (unclaimed.compareAndSet(owner * APART, left, left - 1)) {
                    take(end(owner) - left);
                }
            }
        }
        int chunk = offered.get();
        if (chunk != NOTHING && offered.compareAndSet(chunk, NOTHING)) {
            take(chunk);
        }
    }

    private void take(int chunk) {
        int finished = 1;
        try {
            body.accept(chunk);
        } catch (Throwable thrown) {
            failure.compareAndSet(null, thrown);
            for (int thread = 0; thread < threads; thread++) {
                finished += unclaimed.getAndSet(thread * APART, 0);
            }
            finished += offered.getAndSet(NOTHING) == NOTHING ? 0 : 1;
        }
        if (unfinished.addAndGet(-finished) == 0) {
            LockSupport.unpark(waiting);
        }
    }

    private boolean nothingToDo() {
        for (int thread = 0; thread < threads; thread++) {
            if (unclaimed.get(thread * APART) > 0) {
                return false;
            }
        }
        return true;
    }

    private void await() {
        while (unfinished.get() > 0) {
            spinning.incrementAndGet();
            for (int spin = 0; spin < SPINS && unfinished.get() > 0 && offered.get() == NOTHING; spin++) {
                Thread.onSpinWait();
            }
            spinning.decrementAndGet();
            waiting = Thread.currentThread();
            while (unfinished.get() > 0 && offered.get() == NOTHING) {
                LockSupport.park(this);
            }
            waiting = null;
            work(0);
        }
    }

    private void serve(int thread) {
        AtomicBoolean sleeping = asleep[thread - 1];
        while (!closed) {
            spinning.incrementAndGet();
            for (int spin = 0; spin < SPINS && unclaimed.get(thread * APART) == 0 && offered.get() == NOTHING; spin++) {
                Thread.onSpinWait();
            }
            spinning.decrementAndGet();
            sleeping.set(true);
            while (nothingToDo() && offered.get() == NOTHING && !closed) {
                LockSupport.park(this);
            }
            sleeping.set(false);
            work(thread);
        }
    }

    @SuppressWarnings("unchecked")
    private static <T extends Throwable> T same(Throwable thrown) throws T {
        throw (T) thrown;
    }
}
