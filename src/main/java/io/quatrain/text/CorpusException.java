package io.quatrain.text;

import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/** A text that cannot be used. The message is one line and names the file and, where there is one, the byte or line. */
public final class CorpusException extends RuntimeException {
    private final @Nullable String place;

    public CorpusException(String message) {
        this(null, message, null);
    }

    /** @param place the file (or other name of the text) that the message is about */
    public CorpusException(@Nullable String place, String message) {
        this(place, message, null);
    }

    public CorpusException(@Nullable String place, String message, @Nullable Throwable cause) {
        super(oneLine(place == null ? message : place + ": " + message), cause);
        this.place = place;
    }

    static CorpusException in(Path file, String message) {
        return new CorpusException(file.toString(), message);
    }

    /** The file or other name of the text; null when the message is about no single text. */
    public @Nullable String place() {
        return place;
    }

    private static String oneLine(String text) {
        StringBuilder line = new StringBuilder(text.length());
        text.codePoints().forEach(c -> {
            if (Character.isISOControl(c)) {
                line.append(String.format("\\u%04x", c));
            } else {
                line.appendCodePoint(c);
            }
        });
        return line.toString();
    }
}
