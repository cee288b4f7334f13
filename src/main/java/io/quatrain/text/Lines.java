package io.quatrain.text;

/** Reads a text line by line: LF, CR LF or CR ends a line and is not part of it. */
final class Lines {
    private static final int LONGEST = 1 << 26;

    /** Takes a line and its number, from 1. */
    @FunctionalInterface
    interface Each {
        void accept(String line, long number);
    }

    private final String name;
    private final Each each;
    private final StringBuilder line = new StringBuilder();
    private long number = 1;
    private boolean afterReturn;

    private Lines(String name, Each each) {
        this.name = name;
        this.each = each;
    }

    static void read(Text text, Each each) {
        Lines lines = new Lines(text.name(), each);
        text.forEachChunk(lines::add);
        if (lines.line.length() > 0) {
            lines.end();
        }
    }

    private void add(String chunk) {
        for (int i = 0; i < chunk.length(); i++) {
            char c = chunk.charAt(i);
            if (c == '\n' && afterReturn) {
                afterReturn = false;
                continue;
            }
            afterReturn = c == '\r';
            if (c == '\n' || c == '\r') {
                end();
            } else {
                line.append(c);
                if (line.length() > LONGEST) {
                    throw new CorpusException(name, "line " + number + " has more than " + LONGEST + " characters");
                }
            }
        }
    }

    private void end() {
        each.accept(line.toString(), number++);
        line.setLength(0);
    }
}
