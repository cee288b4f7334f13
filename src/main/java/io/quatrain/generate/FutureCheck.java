package io.quatrain.generate;

import io.quatrain.node.Graph;
import io.quatrain.train.NumberSeries;
import io.quatrain.train.Series;
import io.quatrain.train.TokenSeries;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Whether a model can write: two tokens at once must give what they give one after the other. */
final class FutureCheck {
    private static final double TOLERANCE = 1e-4;

    private FutureCheck() {
    }

    /** @throws IllegalArgumentException where a step depends on later ones */
    static void refuse(StepGraph parts) {
        Map<String, Series> given = new LinkedHashMap<>();
        for (Graph.Input input : parts.whole().inputs()) {
            if (parts.given().contains(input.name())) {
                given.put(input.name(), nothing(input));
            }
        }
        Series two = parts.input().tokens() ? TokenSeries.of(new int[][] {{0, parts.input().size() - 1}})
                : NumberSeries.of(new float[][] {ramp(2 * parts.input().size())}, parts.input().size());
        List<double[]> together = columns(new Session(parts, 1, 0, given), two);
        Session session = new Session(parts, 1, 0, given);
        List<double[]> apart = new ArrayList<>();
        for (int t = 0; t < 2; t++) {
            apart.addAll(columns(session, part(two, t)));
        }
        for (int t = 1; t <= Math.min(together.size(), 2); t++) {
            double[] a = together.get(together.size() - t);
            double[] b = apart.get(2 - t);
            double largest = 0;
            double difference = 0;
            for (int r = 0; r < a.length; r++) {
                largest = Math.max(largest, Math.max(Math.abs(a[r]), Math.abs(b[r])));
                difference = Math.max(difference, Math.abs(a[r] - b[r]));
            }
            if (difference > TOLERANCE * largest) {
                throw new IllegalArgumentException("output \"" + parts.output() + "\" of a step depends on later steps of \""
                        + parts.input().name() + "\" (a bidirectional or reversed layer?), so this model cannot write token by "
                        + "token; use layers that read forwards only, or a window");
            }
        }
    }

    private static Series nothing(Graph.Input input) {
        return input.tokens() ? TokenSeries.of(new int[][] {{0}})
                : NumberSeries.of(new float[][] {new float[input.size()]}, input.size());
    }

    private static float[] ramp(int n) {
        float[] numbers = new float[n];
        for (int i = 0; i < n; i++) {
            numbers[i] = (i + 1f) / n;
        }
        return numbers;
    }

    private static Series part(Series two, int step) {
        if (two instanceof TokenSeries tokens) {
            return TokenSeries.of(new int[][] {{tokens.id(0, step)}});
        }
        NumberSeries numbers = (NumberSeries) two;
        float[] column = new float[numbers.features()];
        for (int r = 0; r < column.length; r++) {
            column[r] = (float) numbers.value(0, step, r);
        }
        return NumberSeries.of(new float[][] {column}, column.length);
    }

    private static List<double[]> columns(Session session, Series series) {
        List<double[]> columns = new ArrayList<>();
        session.read(series, (text, place, logits, column) -> {
            double[] copy = new double[logits.rows()];
            logits.copyColumn(column, copy, 0);
            columns.add(copy);
        });
        return columns;
    }
}
