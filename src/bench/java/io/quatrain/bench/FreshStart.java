package io.quatrain.bench;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

/**
 * Fresh Javas: how soon they are at speed, whether any stays slow, and how soon {@code generate} writes.
 *
 * <p>Arguments: {@code runs=100}, {@code java=HOME,HOME} (default: this one), {@code bursts=12} of 60 updates of C1 each,
 * {@code threads=1}, {@code model=FILE} to generate from, {@code write=yes}.
 */
public final class FreshStart {
    private static final int UPDATES = 60;
    private static final int PATIENCE = 30;
    private static final double SLOW = 2.0 / 3;

    private FreshStart() {
    }

    public static void main(String[] arguments) throws Exception {
        Map<String, String> options = Task.parse(arguments);
        int runs = Integer.parseInt(options.getOrDefault("runs", "100"));
        int bursts = Integer.parseInt(options.getOrDefault("bursts", "12"));
        int threads = Integer.parseInt(options.getOrDefault("threads", "1"));
        try (Report report = new Report("fresh", options.getOrDefault("write", "no").equals("yes"))) {
            report.circumstances();
            report.line("| | runs | tokens/s at the end, median (slowest – fastest) | seconds until at speed, median | stayed slow |\n|---|---:|---:|---:|---:|");
            for (String home : options.getOrDefault("java", System.getProperty("java.home")).split(",")) {
                training(report, home, runs, bursts, threads);
            }
            if (options.containsKey("model")) {
                generation(report, options.get("model"), Math.min(runs, 30));
            }
        }
    }

    /**
     * A run has stayed slow when the best of its last bursts is at less than two thirds of what is usual. One that seems to be goes on for
     * up to {@link #PATIENCE} bursts more, since a busy neighbour slows any run for some seconds.
     */
    private static void training(Report report, String home, int runs, int bursts, int threads) {
        System.setProperty("bench.java", home + "/bin/java");
        Task task = Task.named("C1");
        Path text = Report.FOLDER.resolve("C1.ids");
        Task.write(task.text(), text);
        double[] last = new double[runs];
        double[] ready = new double[runs];
        String description = "";
        for (int run = 0; run < runs; run++) {
            try (Remote java = new Remote(Remote.Kind.QUATRAIN, threads, task, text, Map.of())) {
                description = java.description;
                double[] seconds = new double[bursts];
                double best = Double.MAX_VALUE;
                for (int i = 0; i < bursts; i++) {
                    seconds[i] = java.train(UPDATES).seconds();
                    best = Math.min(best, seconds[i]);
                    last[run] = i < bursts / 2 ? 0 : Math.max(last[run], task.tokens() * UPDATES / seconds[i]);
                }
                for (int i = 0; i < bursts && seconds[i] > 1.2 * best; i++) {
                    ready[run] += seconds[i];
                }
                double usual = Rounds.median(Arrays.copyOf(last, run + 1));
                for (int i = 0; i < PATIENCE && last[run] < usual * SLOW; i++) {
                    last[run] = Math.max(last[run], task.tokens() * UPDATES / java.train(UPDATES).seconds());
                }
            }
        }
        double usual = Rounds.median(last);
        long slow = Arrays.stream(last).filter(speed -> speed < usual * SLOW).count();
        report.line("| C1%s, %s | %d | %.0f (%.0f – %.0f) | %.1f | %d |", threads == 1 ? "" : ", " + threads + " threads", description,
                runs, usual, Rounds.quantile(0, last), Rounds.quantile(1, last), Rounds.median(ready), slow);
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
