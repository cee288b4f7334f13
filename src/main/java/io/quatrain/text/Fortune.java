package io.quatrain.text;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Items between lines that hold only a per cent sign, with terminal colours; the first two lines, if coloured, are title and author. */
final class Fortune {
    private static final Pattern COLOUR = Pattern.compile("\u001b\\[[0-9;]*[A-Za-z]");

    private final Consumer<? super Item> each;
    private final List<String> lines = new ArrayList<>();
    private @Nullable String title;
    private @Nullable String author;

    private Fortune(Consumer<? super Item> each) {
        this.each = each;
    }

    static void read(Text text, Consumer<? super Item> each) {
        Fortune fortune = new Fortune(each);
        Lines.read(text, (line, number) -> fortune.add(line));
        fortune.end();
    }

    private void add(String raw) {
        if (raw.strip().equals("%")) {
            end();
            return;
        }
        String line = COLOUR.matcher(raw).replaceAll("").stripTrailing();
        boolean coloured = raw.startsWith("\u001b");
        if (coloured && lines.isEmpty() && title == null) {
            title = line.replaceAll("^《|》$", "");
        } else if (coloured && lines.isEmpty() && author == null) {
            author = line;
        } else if (!lines.isEmpty() || !line.isBlank()) {
            lines.add(line);
        }
    }

    private void end() {
        String text = String.join("\n", lines).stripTrailing();
        if (!text.isEmpty()) {
            each.accept(new Item(text, null, title, author));
        }
        lines.clear();
        title = null;
        author = null;
    }
}
