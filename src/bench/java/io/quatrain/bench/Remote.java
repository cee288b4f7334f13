package io.quatrain.bench;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** A contender at work in a process of its own. */
final class Remote implements AutoCloseable {
    /** Bursts of Deeplearning4j are multiples of this: it carries state inside one call only. */
    static final int TOGETHER = 4;
    /** Threads of native libraries go on spinning for some milliseconds after their work. */
    private static final long SPINNING_MILLISECONDS = 60;
    /** As the launcher has them. */
    private static final List<String> LAUNCHER = List.of("-XX:ObjectAlignmentInBytes=64");
    private static final List<String> VECTOR = List.of("--add-modules", "jdk.incubator.vector");

    /** Contenders by name. */
    enum Kind {
        QUATRAIN("Quatrain"), PLAIN("Quatrain, plain Java"), DJL("libtorch (DJL)"), PYTORCH("PyTorch"), DL4J("DL4J");

        final String label;

        Kind(String label) {
            this.label = label;
        }
    }

    /** Seconds, and losses or tokens. */
    record Answer(double seconds, double[] values) {
    }

    final Kind kind;
    final int threads;
    final String description;
    private final Process process;
    private final BufferedReader in;
    private final List<String> noise = new ArrayList<>();

    Remote(Kind kind, int threads, Task task, Path text, Map<String, String> more) {
        this.kind = kind;
        this.threads = threads;
        List<String> command = new ArrayList<>(command(kind));
        command.addAll(task.words());
        command.add("threads=" + threads);
        command.add("text=" + text);
        more.forEach((key, value) -> command.add(key + "=" + value));
        ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
        builder.environment().keySet().removeIf(name -> name.startsWith("OPENBLAS_") || name.startsWith("MKL_"));
        builder.environment().put("OMP_NUM_THREADS", Integer.toString(threads));
        builder.environment().put("DJL_OFFLINE", "true");
        builder.environment().put("DJL_CACHE_DIR", text.resolveSibling("djl").toString());
        try {
            process = builder.start();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        in = process.inputReader(StandardCharsets.UTF_8);
        description = answer();
    }

    private static List<String> command(Kind kind) {
        String java = System.getProperty("bench.java", System.getProperty("java.home") + "/bin/java");
        List<String> jvm = List.of(java, "-XX:+UseSerialGC", "-XX:+UseCountedLoopSafepoints", "-XX:LoopStripMiningIter=1000",
                "-Xmx4g", "-cp", System.getProperty("java.class.path"));
        List<String> command = new ArrayList<>(kind == Kind.PYTORCH ? List.of(python(),
                System.getProperty("bench.python.source", "src/bench/python/pytorch_contender.py")) : jvm);
        switch (kind) {
            case QUATRAIN -> {
                command.addAll(LAUNCHER);
                command.addAll(VECTOR);
                command.add("io.quatrain.bench.QuatrainContender");
            }
            case PLAIN -> {
                command.addAll(LAUNCHER);
                command.add("io.quatrain.bench.QuatrainContender");
            }
            case DJL -> command.add("io.quatrain.bench.DjlContender");
            case DL4J -> {
                command.add("-Dorg.bytedeco.javacpp.platform.extension=" + Machine.nd4jExtension());
                command.add("io.quatrain.bench.Dl4jContender");
                command.add("together=" + TOGETHER);
            }
            case PYTORCH -> { }
        }
        return command;
    }

    /** The first Python that has PyTorch. */
    private static String python() {
        String wish = System.getProperty("bench.python");
        for (String each : wish != null ? List.of(wish) : List.of("python3", "/usr/bin/python3")) {
            if (succeeds(each, "-c", "import torch")) {
                return each;
            }
        }
        throw new IllegalStateException("no python3 with PyTorch; on Debian: apt install python3-torch libopenblas0-openmp");
    }

    private static boolean succeeds(String... command) {
        try {
            return new ProcessBuilder(command).redirectOutput(ProcessBuilder.Redirect.DISCARD)
                    .redirectError(ProcessBuilder.Redirect.DISCARD).start().waitFor() == 0;
        } catch (IOException e) {
            return false;
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    String name() {
        return kind.name().toLowerCase(Locale.ROOT) + "/" + threads;
    }

    /**
     * This, kept on a processor from now on where it has one thread: those of a shared machine differ, one half as fast again as another
     * for minutes, and a process stays where it last worked.
     */
    Remote on(int processor) {
        if (threads == 1) {
            Machine.keep(process.pid(), Integer.toString(processor));
        }
        return this;
    }

    Answer train(int updates) {
        return ask("train " + updates);
    }

    /** How many updates take about so many seconds; warms up for as long. */
    int updatesIn(double seconds) {
        double update = Double.MAX_VALUE;
        long end = System.nanoTime() + (long) (1e9 * seconds);
        for (int i = 0; i < 2 || System.nanoTime() < end; i++) {
            update = Math.min(update, train(TOGETHER).seconds() / TOGETHER);
        }
        int updates = (int) Math.max(1, seconds / update);
        return kind == Kind.DL4J ? (updates / TOGETHER + 1) * TOGETHER : updates;
    }

    Answer generate(int tokens) {
        return ask("generate " + tokens);
    }

    private Answer ask(String request) {
        try {
            process.outputWriter().write(request + "\n");
            process.outputWriter().flush();
            double[] numbers = Arrays.stream(answer().split(" ")).mapToDouble(Double::parseDouble).toArray();
            Thread.sleep(SPINNING_MILLISECONDS);
            return new Answer(numbers[0], Arrays.copyOfRange(numbers, 1, numbers.length));
        } catch (IOException e) {
            throw failed();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    private String answer() {
        try {
            for (String line = in.readLine(); line != null; line = in.readLine()) {
                if (line.startsWith("@ ")) {
                    return line.substring(2);
                }
                noise.add(line);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        throw failed();
    }

    private IllegalStateException failed() {
        return new IllegalStateException(name() + " ended; it said:\n" + String.join("\n", noise));
    }

    /** The most memory that the process has had resident, in megabytes. */
    double peakMegabytes() {
        try {
            for (String line : Files.readAllLines(Path.of("/proc/" + process.pid() + "/status"))) {
                if (line.startsWith("VmHWM:")) {
                    return Double.parseDouble(line.replaceAll("\\D", "")) / 1024;
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return Double.NaN;
    }

    @Override
    public void close() {
        process.destroy();
    }
}
