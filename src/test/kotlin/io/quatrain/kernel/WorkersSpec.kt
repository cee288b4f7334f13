package io.quatrain.kernel

import io.kotest.assertions.nondeterministic.eventually
import io.kotest.assertions.throwables.shouldThrow
import io.kotest.core.spec.style.FunSpec
import io.kotest.matchers.collections.shouldContainExactly
import io.kotest.matchers.comparables.shouldBeGreaterThan
import io.kotest.matchers.comparables.shouldBeLessThanOrEqualTo
import io.kotest.matchers.shouldBe
import io.kotest.matchers.string.shouldContain
import io.kotest.matchers.types.shouldBeSameInstanceAs
import java.io.IOException
import java.util.concurrent.ConcurrentLinkedQueue
import java.util.concurrent.CountDownLatch
import java.util.concurrent.CyclicBarrier
import java.util.concurrent.Executor
import java.util.concurrent.Executors
import java.util.concurrent.RejectedExecutionException
import java.util.concurrent.atomic.AtomicInteger
import java.util.concurrent.atomic.AtomicIntegerArray
import java.util.function.IntConsumer
import kotlin.time.Duration.Companion.seconds

internal class WorkersSpec : FunSpec({
    fun Workers.counts(chunks: Int): List<Int> {
        val counts = AtomicIntegerArray(chunks)
        run(chunks) { counts.incrementAndGet(it) }
        return List(chunks) { counts[it] }
    }

    for (threads in listOf(1, 2, 64)) {
        test("$threads threads run every chunk once, run after run") {
            Workers(threads).use { workers ->
                workers.threads() shouldBe threads
                for (round in 0 until 3000) {
                    val chunks = round % 67
                    workers.counts(chunks) shouldBe List(chunks) { 1 }
                }
            }
        }
    }

    test("chunks run side by side, the caller among the threads") {
        Workers(3).use { workers ->
            val meeting = CyclicBarrier(3)
            val names = ConcurrentLinkedQueue<Thread>()
            workers.run(3) {
                meeting.await()
                names += Thread.currentThread()
            }
            names.toSet().size shouldBe 3
            (Thread.currentThread() in names) shouldBe true
            names.filter { it != Thread.currentThread() }.all { it.isDaemon } shouldBe true
        }
    }

    // One that the system puts aside loses its chunk to another, some runs in ten thousand.
    test("a chunk has the same thread run after run, whether there are as many as threads or more") {
        Workers(3).use { workers ->
            for (chunks in listOf(3, 6, 2)) {
                val together = minOf(chunks, 3)
                val owners = List(20) {
                    val meeting = CyclicBarrier(together)
                    val threads = arrayOfNulls<Thread>(chunks)
                    workers.run(chunks) { chunk ->
                        threads[chunk] = Thread.currentThread()
                        meeting.await()
                    }
                    threads.toList()
                }
                val (usual, times) = owners.groupingBy { it }.eachCount().maxBy { it.value }
                times shouldBeGreaterThan owners.size / 2
                usual.first() shouldBe Thread.currentThread()
                usual.toSet().size shouldBe together
            }
        }
    }

    test("a slow chunk holds up no other: whoever is free claims the next") {
        Workers(2).use { workers ->
            val rest = CountDownLatch(9)
            workers.run(10) { chunk -> if (chunk == 0) rest.await() else rest.countDown() }
            rest.count shouldBe 0
        }
    }

    test("what a chunk offers is done by a thread without work, awake or asleep, and by none while all have work") {
        Workers(2).use { workers ->
            for (late in listOf(false, true)) for (offering in 0..1) {
                val both = CyclicBarrier(2)
                val taken = CountDownLatch(1)
                val threads = arrayOfNulls<Thread>(3)
                val refused = AtomicInteger()
                lateinit var body: IntConsumer
                body = IntConsumer { chunk ->
                    threads[chunk] = Thread.currentThread()
                    if (chunk == 2) return@IntConsumer taken.countDown()
                    if (workers.offer(body, 2, Long.MAX_VALUE)) refused.incrementAndGet()
                    both.await()
                    if (chunk == offering) {
                        if (late) {
                            Thread.sleep(30)
                            while (threads[1 - offering]?.state != Thread.State.WAITING) Thread.sleep(1)
                            if (workers.offer(body, 2, 1000)) refused.incrementAndGet()
                        }
                        while (!workers.offer(body, 2, Long.MAX_VALUE)) Thread.onSpinWait()
                        taken.await()
                    }
                    if (workers.offer({ }, 9, Long.MAX_VALUE)) refused.incrementAndGet()
                }
                workers.run(2, body)
                threads.toSet().size shouldBe 2
                threads[2] shouldBe threads[1 - offering]
                refused.get() shouldBe 0
            }
        }
    }

    test("an offer that nobody takes is done by the one who made it, with an executor that refuses, too") {
        for (executor in listOf(Executor { throw RejectedExecutionException() }, Executor { }, Executor { it.run() })) {
            val counts = AtomicIntegerArray(40)
            val workers = Workers(executor, 4)
            lateinit var body: IntConsumer
            body = IntConsumer { chunk ->
                counts.incrementAndGet(chunk)
                if (chunk < 20) workers.offer(body, 20 + chunk, Long.MAX_VALUE)
            }
            repeat(5) { workers.run(20, body) }
            val done = List(40) { counts[it] }
            done.take(20) shouldBe List(20) { 5 }
            done.drop(20).sum() shouldBe 5
        }
    }

    for (threads in listOf(2, 3, 64)) {
        test("offers are done once each, run after run, with $threads threads") {
            Workers(threads).use { workers ->
                val counts = AtomicIntegerArray(2 * threads)
                val offered = AtomicIntegerArray(threads)
                lateinit var body: IntConsumer
                body = IntConsumer { chunk ->
                    counts.incrementAndGet(chunk)
                    if (chunk < threads) {
                        var turns = 0
                        while (turns < 50 * chunk && !workers.offer(body, threads + chunk, Long.MAX_VALUE)) turns++
                        if (turns < 50 * chunk) offered.incrementAndGet(chunk)
                    }
                }
                val runs = 4000 / threads
                repeat(runs) { workers.run(threads, body) }
                List(2 * threads) { counts[it] } shouldBe List(threads) { runs } + List(threads) { offered[it] }
                List(threads) { offered[it] }.sum() shouldBeGreaterThan 0
            }
        }
    }

    test("what an offered chunk throws comes out of run, and offers after a failure are dropped or done") {
        Workers(2).use { workers ->
            lateinit var body: IntConsumer
            body = IntConsumer { chunk ->
                if (chunk == 2) error("chunk 2")
                if (chunk == 1) while (!workers.offer(body, 2, Long.MAX_VALUE)) Thread.onSpinWait()
            }
            repeat(20) {
                shouldThrow<IllegalStateException> { workers.run(2, body) }.message shouldBe "chunk 2"
                workers.counts(20) shouldBe List(20) { 1 }
            }
        }
    }

    test("sleeping threads wake up") {
        Workers(2).use { workers ->
            repeat(3) {
                Thread.sleep(50)
                val meeting = CyclicBarrier(2)
                workers.run(2) { meeting.await() }
            }
        }
    }

    test("a call from inside a chunk runs in that chunk's thread") {
        Workers(3).use { workers ->
            val strangers = AtomicInteger()
            val inner = AtomicInteger()
            workers.run(5) {
                val owner = Thread.currentThread()
                workers.run(4) {
                    if (Thread.currentThread() != owner) strangers.incrementAndGet()
                    inner.incrementAndGet()
                }
            }
            strangers.get() shouldBe 0
            inner.get() shouldBe 20
        }
    }

    test("a call while another thread's is under way runs in the calling thread") {
        Workers(2).use { workers ->
            val begun = CountDownLatch(1)
            val end = CountDownLatch(1)
            val driver = Thread {
                workers.run(2) {
                    begun.countDown()
                    end.await()
                }
            }.apply { start() }
            begun.await()
            val threads = ConcurrentLinkedQueue<Thread>()
            workers.run(4) { threads += Thread.currentThread() }
            threads.toList() shouldContainExactly List(4) { Thread.currentThread() }
            end.countDown()
            driver.join()
        }
    }

    test("many threads share one pool") {
        Workers(4).use { workers ->
            val sum = AtomicInteger()
            List(6) { Thread { repeat(500) { workers.run(7) { sum.incrementAndGet() } } }.apply { start() } }.forEach { it.join() }
            sum.get() shouldBe 6 * 500 * 7
        }
    }

    for (threads in listOf(1, 2, 64)) {
        test("what a chunk throws comes out of run, with $threads threads, and the pool lives on") {
            Workers(threads).use { workers ->
                for (thrown in listOf(IllegalStateException("chunk 7"), IOException("disk"), StackOverflowError())) {
                    val seen = shouldThrow<Throwable> { workers.run(20) { if (it == 7) throw thrown } }
                    seen shouldBeSameInstanceAs thrown
                    workers.counts(20) shouldBe List(20) { 1 }
                }
            }
        }
    }

    test("after a failure no further chunk is begun") {
        Workers(2).use { workers ->
            val ran = AtomicInteger()
            shouldThrow<IllegalStateException> {
                workers.run(1_000_000) {
                    ran.incrementAndGet()
                    error("at once")
                }
            }
            ran.get() shouldBeLessThanOrEqualTo 2
        }
    }

    test("a user's executor helps, and may refuse") {
        val executor = Executors.newFixedThreadPool(2)
        val workers = Workers(executor, 3)
        val meeting = CyclicBarrier(3)
        workers.run(3) { meeting.await() }
        repeat(200) { workers.counts(31) shouldBe List(31) { 1 } }
        executor.shutdown()
        workers.counts(31) shouldBe List(31) { 1 }
        Workers(Executor { throw RejectedExecutionException() }, 8).counts(31) shouldBe List(31) { 1 }
        Workers(Executor { it.run() }, 8).counts(31) shouldBe List(31) { 1 }
        Workers(Executor { }, 8).counts(31) shouldBe List(31) { 1 }
    }

    test("a closed pool still does the work") {
        val workers = Workers(3)
        workers.close()
        workers.counts(9) shouldBe List(9) { 1 }
        workers.close()
    }

    test("idle threads use no processor time") {
        val before = Thread.getAllStackTraces().keys
        Workers(3).use { workers ->
            workers.run(100, IntConsumer { })
            val own = (Thread.getAllStackTraces().keys - before).filter { it.name.startsWith("quatrain-") }
            own.size shouldBe 2
            eventually(10.seconds) { own.map { it.state } shouldBe List(2) { Thread.State.WAITING } }
        }
    }

    test("the number of threads must be positive") {
        shouldThrow<IllegalArgumentException> { Workers(0) }.message shouldContain "threads must be positive, got 0"
    }
})
