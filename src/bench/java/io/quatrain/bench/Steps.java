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

/**
 * Whole training steps of Quatrain and of others. Every contender is a process; one works at a time, in turns: round after
 * round, so that a disturbance of the machine meets all alike.
 *
 * <p>Arguments: {@code sections=c1,c2}, {@code only=quatrain,djl}, {@code threads=1,2}, {@code seconds=400} of rounds a section,
 * {@code burst=1} seconds a turn.
 */
public final class Steps {
    /** How far a contender's loss may be from Quatrain's, as a share of how far Quatrain's fell. */
    private static final double BAND = 0.1;

    private final Map<String, String> options;
    private final Path folder = Path.of(System.getProperty("bench.folder", "target/bench"));

    private Steps(Map<String, String> options) {
        this.options = options;
    }

    public static void main(String[] arguments) {
        Steps steps = new Steps(Task.parse(arguments));
        for (String section : steps.options.getOrDefault("sections", "c1,c2,c3,c4,gru,rnn").split(",")) {
            steps.training(Task.named(section));
        }
    }

    private double number(String key, double otherwise) {
        return options.containsKey(key) ? Double.parseDouble(options.get(key)) : otherwise;
    }

    private Set<Remote.Kind> kinds(Task task) {
        Set<Remote.Kind> kinds = EnumSet.noneOf(Remote.Kind.class);
        String only = options.getOrDefault("only", "quatrain,plain,djl,pytorch,dl4j");
        for (String name : only.split(",")) {
            kinds.add(Remote.Kind.valueOf(name.toUpperCase(Locale.ROOT)));
        }
        if (task.cell().equals("gru")) {
            kinds.remove(Remote.Kind.DL4J);         // it has no such layer
        }
        return kinds;
    }

    /** How many updates prove that a contender learns what the others learn; they are its warm-up, too. */
    private static int proof(Task task) {
        return switch (task.name()) {
            case "C2" -> 24;
            case "C3" -> 32;
            case "C4" -> 2000;
            default -> 120;
        };
    }

    private void training(Task task) {
        Path text = folder.resolve(task.name() + ".ids").toAbsolutePath();
        Task.write(task.text(), text);
        List<Remote> contenders = new ArrayList<>();
        try {
            for (Remote.Kind kind : kinds(task)) {
                for (String threads : options.getOrDefault("threads", "1,2").split(",")) {
                    Remote remote = new Remote(kind, Integer.parseInt(threads), task, text, more(kind));
                    contenders.add(remote);
                    System.out.println(remote.name() + ": " + remote.description);
                }
            }
            measure(task, contenders);
        } finally {
            contenders.forEach(Remote::close);
        }
    }

    private Map<String, String> more(Remote.Kind kind) {
        return kind == Remote.Kind.DJL && options.containsKey("batchFirst")
                ? Map.of("batchFirst", options.get("batchFirst")) : Map.of();
    }

    private void measure(Task task, List<Remote> contenders) {
        Map<Remote, Integer> bursts = new LinkedHashMap<>();
        Map<Remote, double[]> losses = new LinkedHashMap<>();
        for (Remote each : contenders) {
            losses.put(each, each.train(proof(task)).values());
            double update = Math.min(each.train(Remote.TOGETHER).seconds(), each.train(Remote.TOGETHER).seconds()) / Remote.TOGETHER;
            int burst = (int) Math.max(1, number("burst", 1) / update);
            bursts.put(each, each.kind == Remote.Kind.DL4J ? (burst / Remote.TOGETHER + 1) * Remote.TOGETHER : burst);
            System.out.printf(Locale.ROOT, "%s: loss %.3f → %.3f, %.0f tokens/s while warming up%n", each.name(),
                    losses.get(each)[0], last(losses.get(each)), task.tokens() / update);
        }
        checkLosses(task, losses);

        Map<Remote, List<Double>> speeds = new LinkedHashMap<>();
        contenders.forEach(each -> speeds.put(each, new ArrayList<>()));
        long end = System.nanoTime() + (long) (1e9 * number("seconds", 300));
        for (int round = 0; round < 3 || System.nanoTime() < end; round++) {
            for (Remote each : contenders) {
                int burst = bursts.get(each);
                speeds.get(each).add(task.tokens() * burst / each.train(burst).seconds());
            }
        }
        double base = median(speeds.get(contenders.get(0)));
        System.out.printf("%n| %s | tokens/s | quartiles | %s is × |%n|---|---:|---:|---:|%n", task.name(), contenders.get(0).name());
        speeds.forEach((each, all) -> System.out.printf(Locale.ROOT, "| %s | %.0f | %.0f–%.0f | %.2f |%n", each.name(), median(all),
                quantile(all, 0.25), quantile(all, 0.75), base / median(all)));
    }

    private static double last(double[] losses) {
        int from = losses.length * 3 / 4;
        return Arrays.stream(losses, from, losses.length).average().orElseThrow();
    }

    private static void checkLosses(Task task, Map<Remote, double[]> losses) {
        double[] reference = losses.values().iterator().next();
        double fallen = reference[0] - last(reference);
        losses.forEach((each, all) -> {
            if (Math.abs(all[0] - Math.log(task.vocabulary())) > 0.1 || fallen < 0.3
                    || Math.abs(last(all) - last(reference)) > BAND * fallen) {
                throw new IllegalStateException(String.format(Locale.ROOT,
                        "%s, %s: the loss goes from %.3f to %.3f where ln(vocabulary) is %.3f and the first contender's goes from %.3f"
                                + " to %.3f: they do not learn the same, so speeds mean nothing", task.name(), each.name(), all[0],
                        last(all), Math.log(task.vocabulary()), reference[0], last(reference)));
            }
        });
    }

    static double median(List<Double> all) {
        return quantile(all, 0.5);
    }

    static double quantile(List<Double> all, double share) {
        double[] sorted = all.stream().mapToDouble(Double::doubleValue).sorted().toArray();
        double place = share * (sorted.length - 1);
        int below = (int) place;
        return sorted[below] + (place - below) * (sorted[Math.min(below + 1, sorted.length - 1)] - sorted[below]);
    }
}
