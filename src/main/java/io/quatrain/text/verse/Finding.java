package io.quatrain.text.verse;

/**
 * Where a poem leaves its form.
 *
 * @param line      number of the line, from 1; 0: the poem as a whole
 * @param character number of the character in the line, from 1; 0: the line as a whole
 * @param message   what was needed and what came
 */
public record Finding(int line, int character, String message) {
    @Override public String toString() {
        return (line == 0 ? "" : "line " + line + (character == 0 ? "" : ", character " + character) + ": ") + message;
    }
}
