package io.quatrain.text;

import java.nio.file.Path;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** A text that can be read more than once, in pieces of bounded size: one file, several files in order, or a string. */
public interface Text {
    /** How messages call it: the file, the first file and how many more, or what was given. */
    String name();

    /**
     * Gives the text in chunks, in order. A chunk ends after a line feed; in a line of more than four million chars it ends between
     * two plain characters. Joined, the chunks are the text.
     *
     * @throws CorpusException if the text is missing, empty, not text in the expected encoding, or cannot be read
     */
    Summary forEachChunk(Consumer<String> each);

    /**
     * The whole text as one string.
     *
     * @throws CorpusException as {@link #forEachChunk}, and if it is longer than 2^30 chars
     */
    default String read() {
        StringBuilder text = new StringBuilder();
        forEachChunk(chunk -> {
            if (text.length() + (long) chunk.length() > 1 << 30) {
                throw new CorpusException(name(), "is longer than 2^30 characters; read it in chunks");
            }
            text.append(chunk);
        });
        return text.toString();
    }

    /**
     * What was read.
     *
     * @param bytes  the size of the files, or of the string in UTF-8
     * @param chars  UTF-16 units after decoding
     * @param sha256 of those bytes, in hexadecimal
     */
    record Summary(long bytes, long chars, String sha256) { }

    /** A string; {@code name} is what messages call it. */
    static Text of(String name, String text) {
        return new StringText(name, text);
    }

    /** A file in UTF-8, or in UTF-16 with a byte order mark. */
    static Text file(Path file) {
        return new TextReader(List.of(file), null);
    }

    /**
     * A file in a named encoding.
     *
     * @param encoding such as {@code GB18030}; null: UTF-8, or UTF-16 with a byte order mark
     * @throws IllegalArgumentException if there is no encoding of that name
     */
    static Text file(Path file, @Nullable String encoding) {
        return new TextReader(List.of(file), encoding);
    }

    /** Several files as one text, in that order; a line feed is put after a file that does not end with one. */
    static Text files(List<Path> files, @Nullable String encoding) {
        return new TextReader(files, encoding);
    }
}
