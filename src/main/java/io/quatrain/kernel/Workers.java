package io.quatrain.kernel;

import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import java.util.function.IntConsumer;
import org.jspecify.annotations.Nullable;

/**
 * A few threads that share out the chunks of one loop at a time.
 *
 * <p>{@link #run} calls the body once for each chunk and returns when all are done; the caller works too. Chunks are
 * claimed one by one, so a thread that the system has put aside delays its own chunk only. A thread without work spins
 * for some microseconds, then sleeps. A call from inside a chunk, or while another thread's call is under way, runs
 * all its chunks in the calling thread. Nothing is allocated.
 */
public final class Workers implements AutoCloseable {
    private static final int SPINS = 2_000;

    private final int threads;
    private final @Nullable Executor executor;
    private final Runnable work = this::work;
    private final Thread[] own;
    private final AtomicBoolean[] asleep;
    private volatile boolean closed;

    private final AtomicBoolean busy = new AtomicBoolean();
    private final AtomicInteger unclaimed = new AtomicInteger();
    private final AtomicInteger unfinished = new AtomicInteger();
    private final AtomicReference<@Nullable Throwable> failure = new AtomicReference<>();
    private volatile @Nullable Thread waiting;
    // Written by the driver before unclaimed, read by whoever has claimed a chunk: so never while they change.
    private int chunks;
    private IntConsumer body = chunk -> { };

    /** Keeps {@code threads − 1} daemon threads until {@link #close}; the thread that calls {@link #run} is the last. */
    public Workers(int threads) {
        this.threads = positive(threads);
        executor = null;
        own = new Thread[threads - 1];
        asleep = new AtomicBoolean[own.length];
        for (int i = 0; i < own.length; i++) {
            int index = i;
            asleep[i] = new AtomicBoolean();
            own[i] = new Thread(() -> serve(index), "quatrain-" + (i + 1));
            own[i].setDaemon(true);
        }
        for (Thread thread : own) {
            thread.start();
        }
    }

    /** Asks {@code executor} for up to {@code threads − 1} helpers at each run; it stays the caller's to shut down. */
    public Workers(Executor executor, int threads) {
        this.threads = positive(threads);
        this.executor = executor;
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
            unclaimed.set(chunks);
            wake(Math.min(threads, chunks) - 1);
            work();
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
                    executor.execute(work);
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

    private void work() {
        for (int left = unclaimed.get(); left > 0; left = unclaimed.get()) {
            if (unclaimed.compareAndSet(left, left - 1)) {
                int finished = 1;
                try {
                    body.accept(chunks - left);
                } catch (Throwable thrown) {
                    failure.compareAndSet(null, thrown);
                    finished += unclaimed.getAndSet(0);
                }
                if (unfinished.addAndGet(-finished) == 0) {
                    LockSupport.unpark(waiting);
                }
            }
        }
    }

    private void await() {
        for (int spin = 0; unfinished.get() > 0; spin++) {
            if (spin < SPINS) {
                Thread.onSpinWait();
            } else {
                waiting = Thread.currentThread();
                if (unfinished.get() > 0) {
                    LockSupport.park(this);
                }
            }
        }
        waiting = null;
    }

    private void serve(int index) {
        while (!closed) {
            for (int spin = 0; spin < SPINS && unclaimed.get() == 0; spin++) {
                Thread.onSpinWait();
            }
            asleep[index].set(true);
            while (unclaimed.get() == 0 && !closed) {
                LockSupport.park(this);
            }
            asleep[index].set(false);
            work();
        }
    }

    @SuppressWarnings("unchecked")
    private static <T extends Throwable> T same(Throwable thrown) throws T {
        throw (T) thrown;
    }
}
