package io.quatrain.bench;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Measurements in turns, so that what disturbs the machine meets all alike. */
final class Rounds {
    private Rounds() {
    }

    /** What a contender gives in a round whose work for one thread is done on {@code processor}. */
    interface Turn<T> {
        double take(T contender, int processor);
    }

    /**
     * What each gave in every round. At least three rounds, and as many more as begin within {@code seconds}; two processors take
     * turns, too, each the same number of rounds.
     */
    static <T> Map<T, double[]> run(List<T> contenders, double seconds, Turn<T> turn) {
        Map<T, List<Double>> results = new LinkedHashMap<>();
        contenders.forEach(each -> results.put(each, new ArrayList<>()));
        long end = System.nanoTime() + (long) (1e9 * seconds);
        int processors = Math.min(2, Machine.PROCESSORS);
        for (int round = 0; round < 3 || round % processors > 0 || System.nanoTime() < end; round++) {
            int processor = round % processors;
            results.forEach((each, all) -> all.add(turn.take(each, processor)));
        }
        Map<T, double[]> sorted = new LinkedHashMap<>();
        results.forEach((each, all) -> sorted.put(each, all.stream().mapToDouble(Double::doubleValue).sorted().toArray()));
        return sorted;
    }

    static double median(double... values) {
        return quantile(0.5, values);
    }

    static double quantile(double share, double... values) {
        double[] sorted = values.clone();
        Arrays.sort(sorted);
        double place = share * (sorted.length - 1);
        int below = (int) place;
        return sorted[below] + (place - below) * (sorted[Math.min(below + 1, sorted.length - 1)] - sorted[below]);
    }

    /** The slope of a straight line through (log x, log y): the exponent p of y ~ x^p. */
    static double exponent(double[] x, double[] y) {
        double mx = Arrays.stream(x).map(Math::log).average().orElseThrow();
        double my = Arrays.stream(y).map(Math::log).average().orElseThrow();
        double xy = 0;
        double xx = 0;
        for (int i = 0; i < x.length; i++) {
            xy += (Math.log(x[i]) - mx) * (Math.log(y[i]) - my);
            xx += (Math.log(x[i]) - mx) * (Math.log(x[i]) - mx);
        }
        return xy / xx;
    }
}
