package io.quatrain.bench;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;

/** One row for each task, kept between runs, so that sections can be measured one after the other. */
final class Summary {
    /** The median speed of a contender; NaN where it did not take part. */
    interface Speeds {
        double of(Remote.Kind kind, int threads);
    }

    private static final List<Remote.Kind> OTHERS = List.of(Remote.Kind.DJL, Remote.Kind.PYTORCH, Remote.Kind.DL4J, Remote.Kind.PLAIN);

    private final Path folder;

    Summary(Path folder) {
        this.folder = folder;
    }

    void row(String name, Speeds speeds, double peak, double flopsPerToken) {
        double one = speeds.of(Remote.Kind.QUATRAIN, 1);
        double two = speeds.of(Remote.Kind.QUATRAIN, 2);
        StringBuilder row = new StringBuilder(String.format(Locale.ROOT, "| %s | %s / %s | %s | %s |", name, shown("%,.0f", one), shown("%,.0f", two),
                shown("%.0f %%", 100 * one * flopsPerToken * 1e-9 / peak), shown("%.2f", two / one)));
        for (Remote.Kind other : OTHERS) {
            row.append(' ').append(shown("%.1f", one / speeds.of(other, 1))).append(" / ").append(shown("%.1f", two / speeds.of(other, 2))).append(" |");
        }
        try {
            Files.createDirectories(folder);
            Files.writeString(folder.resolve(name), row);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static String shown(String format, double value) {
        return Double.isFinite(value) ? String.format(Locale.ROOT, format, value) : "–";
    }

    void write(Report report, List<String> names) {
        report.circumstances();
        report.line("| training | tokens/s, 1 / 2 threads | of the peak | 2 threads to 1 | × libtorch (DJL) | × PyTorch | × DL4J | × plain Java |");
        report.line("|---|---:|---:|---:|---:|---:|---:|---:|");
        for (String name : names) {
            try {
                if (Files.exists(folder.resolve(name))) {
                    report.line("%s", Files.readString(folder.resolve(name)));
                }
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }
}
