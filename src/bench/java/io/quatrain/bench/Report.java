package io.quatrain.bench;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import java.util.List;
import java.util.Locale;

/**
 * Markdown of one section: printed line by line, kept in {@code target/bench/NAME.md}, and, where it was asked for by
 * {@code write=yes}, put between {@code <!-- bench:NAME -->} and {@code <!-- /bench:NAME -->} of the documents that have these
 * marks.
 */
final class Report implements AutoCloseable {
    static final Path FOLDER = Path.of(System.getProperty("bench.folder", "target/bench")).toAbsolutePath();
    private static final List<Path> DOCUMENTS = List.of(Path.of("src/bench/README.md"), Path.of("README.md"));

    private final String name;
    private final boolean write;
    private final StringBuilder text = new StringBuilder();

    Report(String name, boolean write) {
        this.name = name;
        this.write = write;
    }

    void line(String format, Object... values) {
        String line = values.length == 0 ? format : String.format(Locale.ROOT, format, values);
        System.out.println(line);
        text.append(line).append('\n');
    }

    /** Machine, Java and date. */
    void circumstances() {
        line("%s, %d processors, %s; Java %s; %s.", Machine.processor(), Runtime.getRuntime().availableProcessors(),
                Machine.vectors(), System.getProperty("java.version"), LocalDate.now());
        line("");
    }

    @Override
    public void close() {
        try {
            Files.createDirectories(FOLDER);
            Files.writeString(FOLDER.resolve(name + ".md"), text);
            for (Path document : DOCUMENTS) {
                String whole = write && Files.exists(document) ? Files.readString(document) : "";
                String open = "<!-- bench:" + name + " -->\n";
                int from = whole.indexOf(open) + open.length();
                int to = whole.indexOf("<!-- /bench:" + name + " -->");
                if (whole.contains(open) && to >= from) {
                    Files.writeString(document, whole.substring(0, from) + text + whole.substring(to));
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
