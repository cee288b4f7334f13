package io.quatrain.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;

/** What this machine is. */
final class Machine {
    static final int PROCESSORS = Runtime.getRuntime().availableProcessors();
    private static boolean warm;

    private Machine() {
    }

    /** Processor, how many, and their vectors. */
    static String described() {
        return processor() + ", " + Runtime.getRuntime().availableProcessors() + " processors, " + vectors();
    }

    /** The model's name of the first processor. */
    static String processor() {
        return processorLine("model name");
    }

    /** Of the processor: AVX-512, AVX2, … */
    static List<String> features() {
        return Arrays.asList(processorLine("flags").split(" "));
    }

    /** ND4J's library for this processor; the wrong one dies of an illegal instruction. */
    static String nd4jExtension() {
        return features().contains("avx512f") ? "-avx512" : features().contains("avx2") ? "-avx2" : "";
    }

    static String vectors() {
        return features().contains("avx512f") ? "AVX-512" : features().contains("avx2") ? "AVX2" : "no AVX2";
    }

    /** One core's multiply-adds of float32 just now, in GFLOP/s: the best of about 50 ms; NaN without the Vector API. */
    static double peak() {
        if (ModuleLayer.boot().findModule("jdk.incubator.vector").isEmpty()) {
            return Double.NaN;
        }
        int steps = 100_000;
        double best = Double.MAX_VALUE;
        long end = System.nanoTime() + (warm ? 50_000_000L : 3_000_000_000L);
        warm = true;
        while (System.nanoTime() < end) {
            long begin = System.nanoTime();
            Peak.run(steps);
            best = Math.min(best, (System.nanoTime() - begin) * 1e-9);
        }
        return Peak.flops(steps) / best * 1e-9;
    }

    /** The same, of this processor. */
    static double peak(int processor) {
        long self = ProcessHandle.current().pid();
        keep(self, Integer.toString(processor));
        try {
            return peak();
        } finally {
            keep(self, "0-" + (PROCESSORS - 1));
        }
    }

    /** Keeps a process on these processors from now on; without effect where there is no {@code taskset}. */
    static void keep(long process, String processors) {
        try {
            new ProcessBuilder("taskset", "-a", "-c", "-p", processors, Long.toString(process))
                    .redirectOutput(ProcessBuilder.Redirect.DISCARD).redirectError(ProcessBuilder.Redirect.DISCARD).start().waitFor();
        } catch (IOException e) {
            // no such program: the system places processes as it likes
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    private static String processorLine(String key) {
        try {
            return Files.readAllLines(Path.of("/proc/cpuinfo")).stream().filter(line -> line.startsWith(key)).findFirst()
                    .map(line -> line.substring(line.indexOf(':') + 1).trim()).orElse("unknown");
        } catch (IOException e) {
            return "unknown";
        }
    }
}
