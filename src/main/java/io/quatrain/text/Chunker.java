package io.quatrain.text;

import java.util.function.Consumer;

/** Collects decoded text and passes it on in chunks whose ends no tokenizer and no normalization cares about. */
final class Chunker {
    private static final int CHUNK = 1 << 16;
    private static final int LONG_LINE = 1 << 22;
    private static final int LONGEST_LINE = 1 << 24;

    private final Consumer<String> each;
    private final StringBuilder pending = new StringBuilder(2 * CHUNK);
    private int searched;                                   // no line feed before this index
    private boolean endsWithLineFeed;

    Chunker(Consumer<String> each) {
        this.each = each;
    }

    void append(CharSequence text, int from, int to) {
        if (from == to) {
            return;
        }
        pending.append(text, from, to);
        endsWithLineFeed = pending.charAt(pending.length() - 1) == '\n';
        if (pending.length() < CHUNK) {
            return;
        }
        int cut = pending.length();
        while (cut > searched && pending.charAt(cut - 1) != '\n') {
            cut--;
        }
        if (cut > searched) {
            emit(cut);
        } else {
            searched = pending.length();
            if (pending.length() >= LONG_LINE) {
                emit(plainBoundary());
            }
        }
    }

    /** Ends the last line if it has no line feed: another file follows. */
    void endLine() {
        if (!endsWithLineFeed) {
            append("\n", 0, 1);
        }
    }

    void finish() {
        emit(pending.length());
    }

    /** The last place between two plain characters, before white space if there is some; 0 if there is none. */
    private int plainBoundary() {
        int end = pending.length();
        int boundary = 0;
        for (int i = end - 1; i > 0 && i > end - CHUNK; i--) {
            if (Graphemes.isPlainBoundary(pending.charAt(i - 1), pending.charAt(i))) {
                if (UnicodeTable.isSpace(pending.charAt(i))) {
                    return i;
                }
                boundary = Math.max(boundary, i);
            }
        }
        if (boundary == 0 && end >= LONGEST_LINE) {
            throw new CorpusException("a line has more than " + LONGEST_LINE + " characters and no place to cut it; is this a text?");
        }
        return boundary;
    }

    private void emit(int cut) {
        if (cut > 0) {
            String chunk = pending.substring(0, cut);
            pending.delete(0, cut);
            searched = 0;
            each.accept(chunk);
        }
    }
}
