package io.quatrain.text;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Comma-separated values as RFC 4180 has them: fields may be quoted, a quoted field may hold separators, line ends and doubled quotes. */
final class Csv {
    private enum State { FIELD_START, PLAIN, QUOTED, QUOTE_IN_QUOTED }

    private final String name;
    private final char separator;
    private final Consumer<List<String>> each;
    private final List<String> row = new ArrayList<>();
    private final StringBuilder field = new StringBuilder();
    private State state = State.FIELD_START;
    private long line = 1;
    private long rowLine = 1;
    private boolean afterReturn;

    private Csv(String name, char separator, Consumer<List<String>> each) {
        this.name = name;
        this.separator = separator;
        this.each = each;
    }

    /** @param columns names of the columns for text, label, title and author; null where none is wanted */
    static void read(Text text, char separator, @Nullable String[] columns, Consumer<? super Item> each) {
        int[] places = new int[columns.length];
        int[] width = {-1};
        Csv[] self = new Csv[1];
        Csv csv = new Csv(text.name(), separator, row -> {
            if (width[0] < 0) {
                width[0] = row.size();
                for (int i = 0; i < columns.length; i++) {
                    places[i] = columns[i] == null ? -1 : row.indexOf(columns[i]);
                    if (columns[i] != null && places[i] < 0) {
                        throw new CorpusException(text.name() + ":1", "needs a column \"" + columns[i] + "\"; its columns are " + String.join(", ", row));
                    }
                }
                return;
            }
            if (row.size() != width[0]) {
                throw self[0].wrong("has " + row.size() + " fields; the header has " + width[0], self[0].rowLine);
            }
            @Nullable String[] values = new @Nullable String[places.length];
            for (int i = 0; i < places.length; i++) {
                values[i] = places[i] < 0 ? null : row.get(places[i]);
            }
            String content = values[0];
            if (content != null && !content.isBlank()) {
                each.accept(new Item(content, values[1], values[2], values[3]));
            }
        });
        self[0] = csv;
        text.forEachChunk(csv::add);
        csv.finish();
    }

    private CorpusException wrong(String what, long at) {
        return new CorpusException(name + ":" + at, what);
    }

    private void add(String chunk) {
        for (int i = 0; i < chunk.length(); i++) {
            char c = chunk.charAt(i);
            boolean lineEnd = c == '\n' || c == '\r';
            if (c == '\n' && afterReturn && state != State.QUOTED) {
                afterReturn = false;
                continue;
            }
            if (lineEnd && !(c == '\n' && afterReturn)) {
                line++;
            }
            afterReturn = c == '\r';
            switch (state) {
                case FIELD_START, PLAIN -> {
                    if (c == '"') {
                        if (state == State.PLAIN) {
                            throw wrong("has a quote inside a field that does not begin with one", line);
                        }
                        state = State.QUOTED;
                    } else if (c == separator) {
                        endField();
                    } else if (lineEnd) {
                        endRow();
                    } else {
                        field.append(c);
                        state = State.PLAIN;
                    }
                }
                case QUOTED -> {
                    if (c == '"') {
                        state = State.QUOTE_IN_QUOTED;
                    } else {
                        field.append(c);
                    }
                }
                case QUOTE_IN_QUOTED -> {
                    if (c == '"') {
                        field.append('"');
                        state = State.QUOTED;
                    } else if (c == separator) {
                        endField();
                    } else if (lineEnd) {
                        endRow();
                    } else {
                        throw wrong("has text after a closing quote; a quote inside a field is written twice", line);
                    }
                }
            }
        }
    }

    private void endField() {
        row.add(field.toString());
        field.setLength(0);
        state = State.FIELD_START;
    }

    private void endRow() {
        boolean blank = row.isEmpty() && field.length() == 0 && state == State.FIELD_START;
        endField();
        if (!blank) {
            each.accept(List.copyOf(row));
        }
        row.clear();
        rowLine = line;
    }

    private void finish() {
        if (state == State.QUOTED) {
            throw wrong("begins a quoted field that never ends", rowLine);
        }
        if (state != State.FIELD_START || !row.isEmpty()) {
            endRow();
        }
    }
}
