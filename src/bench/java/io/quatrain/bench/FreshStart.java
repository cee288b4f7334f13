package io.quatrain.bench;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * Fresh Javas: how soon they are at speed, whether any stays slow, and how soon {@code generate} writes.
 *
 * <p>Arguments: {@code runs=100}, {@code java=HOME,HOME} (default: this one), {@code bursts=7} of 60 updates of C1 each,
 * {@code threads=1}, {@code model=FILE} to generate from, {@code write=yes}.
 */
public final class FreshStart {
    private static final int UPDATES = 60;
    private static final int TURNS = 6;
    private static final int PATIENCE = 20;
    private static final double SLOW = 0.85;

    private FreshStart() {
    }

    public static void main(String[] arguments) throws Exception {
        Map<String, String> options = Task.parse(arguments);
        int runs = Integer.parseInt(options.getOrDefault("runs", "100"));
        int bursts = Integer.parseInt(options.getOrDefault("bursts", "7"));
        int threads = Integer.parseInt(options.getOrDefault("threads", "1"));
        try (Report report = new Report("fresh", options.getOrDefault("write", "no").equals("yes"))) {
            report.circumstances();
            report.line("| | runs | tokens/s at the end, median (slowest – fastest) | of a process that runs on, in turns with it, median (least) "
                    + "| seconds until at speed, median | stayed slow |\n|---|---:|---:|---:|---:|---:|");
            for (String home : options.getOrDefault("java", System.getProperty("java.home")).split(",")) {
                training(report, home, runs, bursts, threads);
            }
            if (options.containsKey("model")) {
                generation(report, options.get("model"), Math.min(runs, 30));
            }
        }
    }

    /**
     * A processor of a shared machine halves its speed for minutes, and the other need not, so a run is compared with a process that runs on, turn by
     * turn, both on the one processor and then both on the other: it has stayed slow when it has less than {@link #SLOW} of that in half of its turns.
     * One that seems to goes on for {@link #PATIENCE} turns.
     */
    private static void training(Report report, String home, int runs, int bursts, int threads) throws Exception {
        System.setProperty("bench.java", home + "/bin/java");
        Task task = Task.named("C1");
        Path text = Report.FOLDER.resolve("C1.ids");
        Task.write(task.text(), text);
        double[] last = new double[runs];
        double[] beside = new double[runs];
        double[] ready = new double[runs];
        try (Remote standard = standard(task, text, threads, bursts)) {
            for (int run = 0; run < runs; run++) {
                try (Remote java = start(task, text, threads)) {
                    double[] seconds = new double[bursts];
                    double best = Double.MAX_VALUE;
                    for (int i = 0; i < bursts; i++) {
                        seconds[i] = java.train(UPDATES).seconds();
                        best = Math.min(best, seconds[i]);
                    }
                    for (int i = 0; i < bursts && seconds[i] > 1.2 * best; i++) {
                        ready[run] += seconds[i];
                    }
                    double[] ratios = {};
                    for (int turn = 0; turn < TURNS || turn < PATIENCE && beside[run] < SLOW; turn++) {
                        int processor = turn % Machine.PROCESSORS;
                        double taken = java.on(processor).train(UPDATES).seconds();
                        last[run] = Math.max(last[run], task.tokens() * UPDATES / taken);
                        ratios = Arrays.copyOf(ratios, turn + 1);
                        ratios[turn] = standard.on(processor).train(UPDATES).seconds() / taken;
                        beside[run] = Rounds.median(ratios);
                    }
                    System.err.printf(Locale.ROOT, "run %d of %d: %.0f tokens/s, %.2f of the process beside it%n", run + 1, runs,
                            last[run], beside[run]);
                }
            }
            report.line("| C1%s, %s | %d | %.0f (%.0f – %.0f) | %.2f (%.2f) | %.1f | %d |", threads == 1 ? "" : ", " + threads + " threads",
                    standard.description, runs, Rounds.median(last), Rounds.quantile(0, last), Rounds.quantile(1, last),
                    Rounds.median(beside), Rounds.quantile(0, beside), Rounds.median(ready),
                    Arrays.stream(beside).filter(share -> share < SLOW).count());
        }
    }

    private static Remote start(Task task, Path text, int threads) throws Exception {
        return new Remote(Remote.Kind.QUATRAIN, threads, task, text, Map.of());
    }

    /** The fastest of three, so that it is not itself a slow one. */
    private static Remote standard(Task task, Path text, int threads, int bursts) throws Exception {
        List<Remote> started = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            started.add(start(task, text, threads));
        }
        double[] best = new double[started.size()];
        Arrays.fill(best, Double.MAX_VALUE);
        for (int burst = 0; burst < bursts + TURNS; burst++) {
            for (int i = 0; i < best.length; i++) {
                double seconds = started.get(i).train(UPDATES).seconds();
                best[i] = burst < bursts ? best[i] : Math.min(best[i], seconds);
            }
        }
        int fastest = 0;
        for (int i = 1; i < best.length; i++) {
            fastest = best[i] < best[fastest] ? i : fastest;
        }
        for (Remote each : started) {
            if (each != started.get(fastest)) {
                each.close();
            }
        }
        return started.get(fastest);
    }

    private static void generation(Report report, String model, int runs) throws IOException {
        List<Double> times = new ArrayList<>();
        for (int run = 0; run < runs; run++) {
            long begin = System.nanoTime();
            Process process = new ProcessBuilder("./quatrain", "generate", model).redirectError(ProcessBuilder.Redirect.DISCARD).start();
            if (process.getInputStream().read() < 0) {
                throw new IllegalStateException("./quatrain generate " + model + " wrote nothing");
            }
            times.add((System.nanoTime() - begin) * 1e-9);
            process.destroy();
        }
        double[] seconds = times.stream().mapToDouble(Double::doubleValue).toArray();
        report.line("");
        report.line("`generate` writes its first character after %.2f s (median of %d cold starts; %.2f – %.2f).", Rounds.median(seconds), runs,
                Rounds.quantile(0, seconds), Rounds.quantile(1, seconds));
    }
}
