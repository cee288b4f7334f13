package io.quatrain.bench;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;

/**
 * Whole training steps, generation, memory and growth of Quatrain, beside those of others. Every contender is a process; one works
 * at a time.
 *
 * <p>Arguments: {@code sections=c1,c2,c3,c4,gru,rnn,generate,memory,growth}, {@code only=quatrain,plain,djl,pytorch,dl4j},
 * {@code threads=1,2}, {@code seconds=240} of rounds in a section, {@code burst=1} seconds a turn, {@code write=yes} into the
 * documents, {@code batchFirst=true} for the other layout in libtorch.
 */
public final class Bench {
    private static final double BAND = 0.1;
    private static final int SEEDS = 4;
    /** Seconds until a process has compiled what it uses, with a processor that its compiler shares. */
    private static final double WARM = 8;
    private static final List<String> TASKS = List.of("C1", "C2", "C3", "C4", "GRU", "RNN");

    private final Map<String, String> options;
    private final double seconds;
    private final double burst;

    private Bench(Map<String, String> options) {
        this.options = options;
        seconds = Double.parseDouble(options.getOrDefault("seconds", "240"));
        burst = Double.parseDouble(options.getOrDefault("burst", "1"));
    }

    public static void main(String[] arguments) {
        Bench bench = new Bench(Task.parse(arguments));
        String sections = bench.options.getOrDefault("sections", "c1,c2,c3,c4,gru,rnn,generate,memory,growth");
        for (String section : sections.split(",")) {
            try {
                switch (section) {
                    case "generate" -> bench.generation();
                    case "memory" -> bench.memory();
                    case "growth" -> bench.growth();
                    default -> bench.training(Task.named(section));
                }
            } catch (IllegalStateException e) {
                System.err.println(section + ": " + e.getMessage());
                System.exit(1);
            }
        }
    }

    private boolean write() {
        return options.getOrDefault("write", "no").equals("yes");
    }

    private Report report(String name) {
        return new Report(name, write());
    }

    // Contenders

    private static Path text(Task task) {
        return Report.FOLDER.resolve(task.name() + ".ids");
    }

    private List<Remote> start(Task task, Set<Remote.Kind> of, int... threads) {
        return start(task, of, Map.of(), threads);
    }

    private List<Remote> start(Task task, Set<Remote.Kind> of, Map<String, String> more, int... threads) {
        Path text = text(task);
        Task.write(task.text(), text);
        Set<Remote.Kind> kinds = EnumSet.copyOf(of);
        if (options.containsKey("only")) {
            kinds.retainAll(Stream.of(options.get("only").split(",")).map(each -> Remote.Kind.valueOf(each.toUpperCase(Locale.ROOT))).toList());
        }
        if (task.cell().equals("gru")) {
            kinds.remove(Remote.Kind.DL4J);         // it has no such layer
        }
        List<Remote> contenders = new ArrayList<>();
        for (Remote.Kind kind : kinds) {
            for (int count : threads) {
                contenders.add(new Remote(kind, count, task, text, options.containsKey("batchFirst") && kind == Remote.Kind.DJL
                        ? Map.of("batchFirst", options.get("batchFirst")) : more));
            }
        }
        return contenders;
    }

    private int[] threads() {
        return Arrays.stream(options.getOrDefault("threads", "1,2").split(",")).mapToInt(Integer::parseInt).toArray();
    }

    private static void describe(Report report, List<Remote> contenders) {
        report.line("");
        contenders.stream().filter(each -> each.threads == contenders.get(0).threads)
                .forEach(each -> report.line("- %s: %s", each.kind.label, each.description));
    }

    // Training

    /**
     * How many updates prove that a contender learns what the others learn; they are its warm-up, too. No more of C4: from its third
     * epoch on a model learns the text by heart, and Deeplearning4j, which carries its state for four updates, cannot follow. No more of C2,
     * either: until then all know the frequencies of single tokens, and when one leaves that plateau depends on the seed.
     */
    private static int proof(Task task) {
        return switch (task.name()) {
            case "C2" -> 20;
            case "C3" -> 32;
            case "C4" -> 400;
            default -> 120;
        };
    }

    private void training(Task task) {
        List<Remote> contenders = start(task, EnumSet.allOf(Remote.Kind.class), threads());
        try (Report report = report(task.name())) {
            Map<Remote, double[]> losses = new LinkedHashMap<>();
            Map<Remote, Integer> bursts = new LinkedHashMap<>();
            for (Remote each : contenders) {
                losses.put(each, each.train(proof(task)).values());
                bursts.put(each, each.updatesIn(burst));
            }
            checkLosses(task, losses);
            List<Object> turns = new ArrayList<>(contenders);
            turns.add("peak");
            Map<Object, double[]> speeds = Rounds.run(turns, seconds, (turn, processor) -> turn instanceof Remote each
                    ? task.tokens() * bursts.get(each) / each.on(processor).train(bursts.get(each)).seconds() : Machine.peak(processor));
            double peak = Rounds.median(speeds.remove("peak"));
            report.circumstances();
            report.line("%s: vocabulary %d, %s, %s %d × %d%s, batch %d, %d steps, %s. One core's measured float32 peak: %.0f GFLOP/s.",
                    task.name(), task.vocabulary(), task.embedding() == 0 ? "one-hot" : "embedding " + task.embedding(),
                    task.cell().toUpperCase(Locale.ROOT), task.layers(), task.units(), task.bidirectional() ? ", both directions" : "",
                    task.batch(), task.steps(), task.optimizer(), peak);
            report.line("");
            report.line("| | threads | tokens/s, median | quartiles | %% of peak | Quatrain is × | loss, first → last of %d |%n|---|---:|---:|---:|---:|---:|---:|",
                    proof(task));
            speeds.forEach((turn, all) -> {
                Remote each = (Remote) turn;
                report.line("| %s | %d | %.0f | %.0f–%.0f | %.0f | %.2f | %.3f → %.3f |", each.kind.label, each.threads, Rounds.median(all),
                        Rounds.quantile(0.25, all), Rounds.quantile(0.75, all),
                        100 * Rounds.median(all) * task.flops() / task.tokens() * 1e-9 / (peak * each.threads),
                        speed(speeds, Remote.Kind.QUATRAIN, each.threads) / Rounds.median(all), losses.get(each)[0], last(losses.get(each)));
            });
            describe(report, contenders);
            Summary.write(TASKS, task.name(), Summary.row(task.name(), (kind, count) -> speed(speeds, kind, count), peak,
                    task.flops() / task.tokens()), write());
        } finally {
            contenders.forEach(Remote::close);
        }
    }

    /**
     * How far a contender's loss may be from the first one's: a tenth of what that one has learned, or as far as it is from
     * itself with other seeds. Two large layers stay for a while with what they know of single tokens, and when they leave it is chance.
     */
    private double band(Task task, Remote first, double[] reference) {
        double band = BAND * (reference[0] - last(reference));
        for (int seed = 2; seed <= SEEDS && first.kind == Remote.Kind.QUATRAIN; seed++) {
            try (Remote other = new Remote(first.kind, first.threads, task, text(task), Map.of("seed", Integer.toString(seed)))) {
                band = Math.max(band, Math.abs(last(other.train(proof(task)).values()) - last(reference)));
            }
        }
        return band;
    }

    private static double speed(Map<?, double[]> speeds, Remote.Kind kind, int threads) {
        return speeds.entrySet().stream().filter(each -> each.getKey() instanceof Remote r && r.kind == kind && r.threads == threads)
                .mapToDouble(each -> Rounds.median(each.getValue())).findFirst().orElse(Double.NaN);
    }

    private static double last(double[] losses) {
        return Arrays.stream(losses, losses.length * 3 / 4, losses.length).average().orElseThrow();
    }

    private void checkLosses(Task task, Map<Remote, double[]> losses) {
        Remote first = losses.keySet().iterator().next();
        double[] reference = losses.get(first);
        double band = band(task, first, reference);
        StringBuilder unlike = new StringBuilder();
        losses.forEach((each, all) -> {
            boolean alike = Math.abs(all[0] - Math.log(task.vocabulary())) < 0.1 && all[0] - last(all) > 0.3
                    && Math.abs(last(all) - last(reference)) <= band;
            System.out.printf(Locale.ROOT, "%s: loss %.3f → %.3f%s%n", each.name(), all[0], last(all), alike ? "" : ", unlike the first");
            unlike.append(alike ? "" : " " + each.name());
        });
        if (!unlike.isEmpty()) {
            throw new IllegalStateException(String.format(Locale.ROOT, "the loss should begin at ln(vocabulary) = %.3f and fall as the first"
                    + " contender's does, to %.3f ± %.3f;%s learn something else, so speeds cannot be compared", Math.log(task.vocabulary()),
                    last(reference), band, unlike));
        }
    }

    // Generation

    private void generation() {
        try (Report report = report("generate")) {
            report.circumstances();
            report.line("| | threads | tokens/s, median | quartiles | Quatrain is × | share of tokens that belong to the one before |\n"
                    + "|---|---:|---:|---:|---:|---:|");
            List<Remote> first = List.of();
            for (String name : List.of("C1", "C2")) {
                Task task = Task.named(name);
                List<Remote> contenders = new ArrayList<>(start(task, EnumSet.complementOf(EnumSet.of(Remote.Kind.DJL)), 1));
                if (name.equals("C2")) {        // weights of C1 are too few to be shared out
                    contenders.addAll(start(task, EnumSet.of(Remote.Kind.QUATRAIN, Remote.Kind.PYTORCH), 2));
                }
                try {
                    generation(report, task, contenders);
                    first = contenders;
                } finally {
                    contenders.forEach(Remote::close);
                }
            }
            describe(report, first);
        }
    }

    private void generation(Report report, Task task, List<Remote> contenders) {
        Map<Remote, Double> follow = new LinkedHashMap<>();
        Map<Remote, Integer> lengths = new LinkedHashMap<>();
        int[] successor = task.successors();
        for (Remote each : contenders) {
            each.train(proof(task));
            each.generate(500);
            Remote.Answer answer = each.generate(500);
            int follows = 0;
            for (int i = 1; i < answer.values().length; i++) {
                follows += answer.values()[i] == successor[(int) answer.values()[i - 1]] ? 1 : 0;
            }
            follow.put(each, follows / 499.0);
            lengths.put(each, (int) Math.max(100, burst * 500 / answer.seconds()));
            if (Math.abs(follow.get(each) - follow.get(contenders.get(0))) > 0.15) {
                throw new IllegalStateException(each.name() + " writes another language than " + contenders.get(0).name() + ": " + follow);
            }
        }
        Map<Remote, double[]> speeds = Rounds.run(contenders, seconds / 2,
                (each, processor) -> lengths.get(each) / each.on(processor).generate(lengths.get(each)).seconds());
        speeds.forEach((each, all) -> report.line("| %s, %s | %d | %.0f | %.0f–%.0f | %.2f | %.2f |", task.name(), each.kind.label, each.threads,
                Rounds.median(all), Rounds.quantile(0.25, all), Rounds.quantile(0.75, all),
                speed(speeds, Remote.Kind.QUATRAIN, each.threads) / Rounds.median(all), follow.get(each)));
    }

    // Memory

    private void memory() {
        Task task = Task.named("C2");
        try (Report report = report("memory")) {
            report.circumstances();
            report.line("| C2, training, 1 thread | peak resident memory, MB |\n|---|---:|");
            for (Remote.Kind kind : List.of(Remote.Kind.QUATRAIN, Remote.Kind.DJL, Remote.Kind.PYTORCH)) {
                for (Remote each : start(task, EnumSet.of(kind), 1)) {
                    each.train(8);
                    report.line("| %s | %.0f |", kind.label, each.peakMegabytes());
                    each.close();
                }
            }
        }
    }

    // Growth

    /** @param last whether only the last step of each update has a loss */
    private record Curve(String size, double expected, Task base, boolean last, int... values) {
        String label() {
            return size.equals("updates") ? "text (updates of an epoch)" : last ? size + ", loss at the last of them" : size;
        }
    }

    private void growth() {
        Task small = Task.named("C1");
        List<Curve> curves = List.of(
                new Curve("steps", 1, small, false, 25, 50, 100, 200, 400),
                new Curve("steps", 1, small, true, 50, 100, 200, 400, 800),
                new Curve("batch", 1, small, false, 16, 32, 64, 128, 256),
                new Curve("units", 2, small, false, 128, 256, 512, 1024),
                new Curve("vocabulary", 1, small, false, 1000, 2000, 4000, 8000, 16000),
                new Curve("updates", 0, small, false, 20, 200, 2000, 20000));
        try (Report report = report("growth")) {
            report.circumstances();
            report.line("| what grows | from, to | milliseconds an update | expected exponent | measured |\n|---|---|---|---:|---:|");
            for (Curve curve : curves) {
                List<Remote> points = new ArrayList<>();
                for (int value : curve.values) {
                    points.addAll(start(curve.base.with(curve.size, value), EnumSet.of(Remote.Kind.QUATRAIN),
                            curve.last ? Map.of("loss", "last") : Map.of(), 1));
                }
                Map<Remote, Integer> bursts = new LinkedHashMap<>();
                for (Remote each : points) {
                    each.updatesIn(WARM);       // some rounds only: none may be of a Java that still compiles
                    bursts.put(each, each.updatesIn(burst));
                }
                Map<Remote, double[]> times = Rounds.run(points, seconds / curves.size(),
                        (each, processor) -> each.on(processor).train(bursts.get(each)).seconds() / bursts.get(each));
                double[] medians = times.values().stream().mapToDouble(Rounds::median).toArray();
                points.forEach(Remote::close);
                report.line("| %s | %s | %s | %.0f | %.2f |", curve.label(),
                        Arrays.toString(curve.values).replaceAll("[\\[\\]]", ""),
                        String.join(", ", Arrays.stream(medians).mapToObj(each -> String.format(Locale.ROOT, "%.3g", each * 1e3)).toList()),
                        curve.expected, Rounds.exponent(Arrays.stream(curve.values).asDoubleStream().toArray(), medians));
            }
        }
    }
}
