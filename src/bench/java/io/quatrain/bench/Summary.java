package io.quatrain.bench;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** One row for each task. Rows of tasks that were not measured this time stay as the document has them, where they are of this machine. */
final class Summary {
    /** The median speed of a contender; NaN where it did not take part. */
    interface Speeds {
        double of(Remote.Kind kind, int threads);
    }

    private static final String NAME = "summary";
    private static final List<Remote.Kind> OTHERS = List.of(Remote.Kind.DJL, Remote.Kind.PYTORCH, Remote.Kind.DL4J, Remote.Kind.PLAIN);

    private Summary() {
    }

    static String row(String name, Speeds speeds, double peak, double flopsPerToken) {
        double one = speeds.of(Remote.Kind.QUATRAIN, 1);
        double two = speeds.of(Remote.Kind.QUATRAIN, 2);
        StringBuilder row = new StringBuilder(String.format(Locale.ROOT, "| %s | %s / %s | %s | %s |", name, shown("%,.0f", one), shown("%,.0f", two),
                shown("%.0f %%", 100 * one * flopsPerToken * 1e-9 / peak), shown("%.2f", two / one)));
        for (Remote.Kind other : OTHERS) {
            row.append(' ').append(shown("%.1f", one / speeds.of(other, 1))).append(" / ").append(shown("%.1f", two / speeds.of(other, 2))).append(" |");
        }
        return row.toString();
    }

    private static String shown(String format, double value) {
        return Double.isFinite(value) ? String.format(Locale.ROOT, format, value) : "–";
    }

    /** Puts a task's row in, or in the place of its last one. */
    static void write(List<String> tasks, String task, String row, boolean write) {
        Map<String, String> rows = new LinkedHashMap<>();
        String before = Report.written(NAME);
        String kept = before.startsWith(Machine.described()) ? before : "";
        kept.lines().forEach(line -> tasks.stream().filter(each -> line.startsWith("| " + each + " |"))
                .forEach(each -> rows.put(each, line)));
        rows.put(task, row);
        try (Report report = new Report(NAME, write)) {
            report.circumstances();
            report.line("| training | tokens/s, 1 / 2 threads | of the peak | 2 threads to 1 | × libtorch (DJL) | × PyTorch | × DL4J | × plain Java |");
            report.line("|---|---:|---:|---:|---:|---:|---:|---:|");
            tasks.stream().filter(rows::containsKey).forEach(each -> report.line("%s", rows.get(each)));
        }
    }
}
