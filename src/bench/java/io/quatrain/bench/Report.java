package io.quatrain.bench;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

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
        line("%s; Java %s; %s.", Machine.described(), System.getProperty("java.version"), LocalDate.now());
        line("");
    }

    @Override
    public void close() {
        try {
            Files.createDirectories(FOLDER);
            Files.writeString(FOLDER.resolve(name + ".md"), text);
            for (Path document : DOCUMENTS) {
                String whole = write ? read(document) : "";
                Place place = place(whole, name);
                if (place != null) {
                    Files.writeString(document, whole.substring(0, place.from) + text + whole.substring(place.to));
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** What the first document says in a section now. */
    static String written(String name) {
        try {
            String whole = read(DOCUMENTS.get(0));
            Place place = place(whole, name);
            return place == null ? "" : whole.substring(place.from, place.to);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private record Place(int from, int to) {
    }

    private static @Nullable Place place(String whole, String name) {
        String open = "<!-- bench:" + name + " -->\n";
        int from = whole.indexOf(open);
        int to = whole.indexOf("<!-- /bench:" + name + " -->");
        return from < 0 || to < from ? null : new Place(from + open.length(), to);
    }

    private static String read(Path document) throws IOException {
        return Files.exists(document) ? Files.readString(document) : "";
    }
}
