package io.quatrain.text;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Consumer;
import kotlinx.serialization.json.JsonArray;
import kotlinx.serialization.json.JsonElement;
import kotlinx.serialization.json.JsonObject;
import kotlinx.serialization.json.JsonPrimitive;
import org.jspecify.annotations.Nullable;

/**
 * How items are laid out in files, as plain data: a word and options.
 * <pre>
 *   text             every file is one item
 *   lines            every line that is not blank is an item
 *   folder           files labelled by where they are: root/Irish.txt holds items of the label Irish, one a line;
 *                    root/Irish/a.txt is one item of the label Irish.    items = lines | files says otherwise
 *   json-lines       a JSON object a line.                               text = "text", label, title, author: names of fields
 *   csv              RFC 4180 with a header.                             text = "text", label, title, author: names of columns; separator = ","
 *   poetry-csv       csv with the columns 题目, 朝代, 作者, 内容
 *   chinese-poetry   the JSON files of that collection: arrays of poems, or poems grouped by form; paragraphs become lines
 *   fortune          items between lines of %, colours removed; the first two lines, if coloured, are title and author
 * </pre>
 *
 * @param word    which layout
 * @param options what differs from its defaults
 */
public record ItemFormat(String word, Map<String, String> options) {
    /** The words of all layouts. */
    public static final List<String> WORDS =
            List.of("text", "lines", "folder", "json-lines", "csv", "poetry-csv", "chinese-poetry", "fortune");
    private static final List<String> FIELDS = List.of("text", "label", "title", "author");
    private static final List<String> CSV = List.of("text", "label", "title", "author", "separator");

    /** @throws IllegalArgumentException if the word or an option is unknown */
    public ItemFormat {
        options = Collections.unmodifiableMap(new TreeMap<>(options));
        if (!WORDS.contains(word)) {
            throw new IllegalArgumentException("unknown item format \"" + word + "\"; known are " + String.join(", ", WORDS));
        }
        List<String> known = word.equals("json-lines") ? FIELDS : word.equals("csv") ? CSV : word.equals("folder") ? List.of("items") : List.of();
        for (String key : options.keySet()) {
            if (!known.contains(key)) {
                throw new IllegalArgumentException("item format \"" + word + "\": unknown option \"" + key + "\"; "
                        + (known.isEmpty() ? "it has none" : "known are " + String.join(", ", known)));
            }
        }
        String separator = options.getOrDefault("separator", ",");
        if (separator.length() != 1 || "\"\n\r".contains(separator)) {
            throw new IllegalArgumentException("item format \"csv\": separator must be one character, no quote and no line end, got \"" + separator + "\"");
        }
        if (!List.of("lines", "files").contains(options.getOrDefault("items", "lines"))) {
            throw new IllegalArgumentException("item format \"folder\": items must be lines or files, got \"" + options.get("items") + "\"");
        }
    }

    public ItemFormat(String word) {
        this(word, Map.of());
    }

    /**
     * All items of a file, a folder or the files that match a pattern ({@link TextFiles#find}), in order.
     *
     * @param encoding null: UTF-8, or UTF-16 with a byte order mark
     * @throws CorpusException if a file cannot be read or is not in this layout, or there is no item; the message names file and line
     */
    public List<Item> read(String pathOrPattern, @Nullable String encoding) {
        List<Item> items = new ArrayList<>();
        for (Path file : TextFiles.find(pathOrPattern)) {
            Text text = Text.file(file, encoding);
            if (word.equals("folder")) {
                labelled(Path.of(pathOrPattern), file, text, items::add);
            } else {
                read(text, items::add);
            }
        }
        if (items.isEmpty()) {
            throw new CorpusException(pathOrPattern, "has no item in the format \"" + word + "\"");
        }
        return items;
    }

    /** Gives each item of one text to {@code each}. The layout {@code folder} needs {@link #read(String, String)}. */
    public void read(Text text, Consumer<? super Item> each) {
        switch (word) {
            case "text" -> whole(text, null, each);
            case "lines" -> Lines.read(text, (line, number) -> addLine(line, null, each));
            case "json-lines" -> jsonLines(text, each);
            case "csv" -> Csv.read(text, options.getOrDefault("separator", ",").charAt(0), columns(options), each);
            case "poetry-csv" -> Csv.read(text, ',', columns(Map.of("text", "内容", "title", "题目", "author", "作者", "label", "朝代")), each);
            case "chinese-poetry" -> poems(JsonText.parse(text.name(), text.read()), null, each);
            case "fortune" -> Fortune.read(text, each);
            default -> throw new IllegalArgumentException("item format \"" + word + "\" reads folders, not a text");
        }
    }

    private void labelled(Path root, Path file, Text text, Consumer<Item> each) {
        if (!Files.isDirectory(root)) {
            throw CorpusException.in(root, "is not a folder; the format \"folder\" needs one");
        }
        Path below = root.relativize(file);
        boolean direct = below.getNameCount() == 1;
        String name = below.getName(0).toString();
        String label = direct && name.indexOf('.') > 0 ? name.substring(0, name.lastIndexOf('.')) : name;
        if (options.getOrDefault("items", direct ? "lines" : "files").equals("lines")) {
            Lines.read(text, (line, number) -> addLine(line, label, each));
        } else {
            whole(text, label, each);
        }
    }

    private static void whole(Text text, @Nullable String label, Consumer<? super Item> each) {
        each.accept(new Item(text.read(), label));
    }

    private static void addLine(String line, @Nullable String label, Consumer<? super Item> each) {
        if (!line.isBlank()) {
            each.accept(new Item(line, label));
        }
    }

    /** Name of the column or field for text, label, title and author; null where none is wanted. */
    private static @Nullable String[] columns(Map<String, String> options) {
        return new @Nullable String[] {options.getOrDefault("text", "text"), options.get("label"), options.get("title"), options.get("author")};
    }

    private void jsonLines(Text text, Consumer<? super Item> each) {
        @Nullable String[] fields = columns(options);
        Lines.read(text, (line, number) -> {
            if (line.isBlank()) {
                return;
            }
            String place = text.name() + ":" + number;
            if (!(JsonText.parse(place, line) instanceof JsonObject object)) {
                throw new CorpusException(place, "is not a JSON object");
            }
            @Nullable String[] values = new @Nullable String[fields.length];
            for (int i = 0; i < fields.length; i++) {
                String field = fields[i];
                if (field != null) {
                    values[i] = JsonText.string(object.get(field));
                    if (values[i] == null) {
                        throw new CorpusException(place, "needs a text in \"" + field + "\"; it has " + String.join(", ", object.keySet()));
                    }
                }
            }
            String content = values[0];
            if (content != null && !content.isBlank()) {
                each.accept(new Item(content, values[1], values[2], values[3]));
            }
        });
    }

    /** A poem is an object with an array of strings in {@code paragraphs} or {@code content}; whatever else there is may hold poems. */
    private static void poems(JsonElement element, @Nullable String label, Consumer<? super Item> each) {
        if (element instanceof JsonArray array) {
            for (JsonElement one : array) {
                poems(one, label, each);
            }
        } else if (element instanceof JsonObject object) {
            JsonElement paragraphs = object.get("paragraphs") != null ? object.get("paragraphs") : object.get("content");
            if (paragraphs instanceof JsonArray array && !array.isEmpty()
                    && array.stream().allMatch(line -> line instanceof JsonPrimitive primitive && primitive.isString())) {
                String text = String.join("\n", array.stream().map(line -> ((JsonPrimitive) line).getContent()).toList());
                if (!text.isBlank()) {
                    each.accept(new Item(text, label, first(object, "title", "subchapter", "chapter", "rhythmic"), first(object, "author")));
                }
            } else {
                String type = first(object, "type");
                for (JsonElement value : object.values()) {
                    poems(value, type == null ? label : type, each);
                }
            }
        }
    }

    private static @Nullable String first(JsonObject object, String... fields) {
        for (String field : fields) {
            String value = JsonText.string(object.get(field));
            if (value != null) {
                return value;
            }
        }
        return null;
    }
}
