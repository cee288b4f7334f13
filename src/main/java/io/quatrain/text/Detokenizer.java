package io.quatrain.text;

/** Joins tokens to text one at a time. Stateful: one for each text. */
public interface Detokenizer {
    /** The text that this token adds; may be empty while a character is incomplete, and never changes what was given before. */
    String next(String token);

    /** What was still held back; U+FFFD in place of bytes that never became a character. */
    default String end() {
        return "";
    }
}
