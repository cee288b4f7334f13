package io.quatrain.text;

import static io.quatrain.text.UnicodeTable.*;

import java.util.ArrayList;
import java.util.List;

/**
 * Characters as people see them: the extended grapheme clusters of Unicode Standard Annex 29, version 16.0. A surrogate
 * pair, a letter with its combining marks, a Hangul syllable written in jamo, a flag, a family joined by U+200D and CR LF are
 * one character each. The same on every JDK.
 */
public final class Graphemes {
    private Graphemes() {
    }

    /**
     * The end of the character that begins at {@code from}, which must be a character boundary.
     *
     * @return an index greater than {@code from}, at most the length of the text
     * @throws IndexOutOfBoundsException if {@code from} is not below the length
     */
    public static int end(CharSequence text, int from) {
        int length = text.length();
        int c = Character.codePointAt(text, from);
        int at = from + Character.charCount(c);
        int left = grapheme(c);
        int flags = left == REGIONAL ? 1 : 0;
        boolean pictograph = left == PICTOGRAPH;             // a pictograph, then only Extend, so far
        boolean pictographJoined = false;                   // ... and then ZWJ
        boolean consonant = left == CONSONANT;              // a consonant, then only Extend, ZWJ and linkers, so far
        boolean linked = false;                             // ... at least one linker among them
        while (at < length) {
            c = Character.codePointAt(text, at);
            int right = grapheme(c);
            if (isBreak(left, right, flags, pictographJoined, consonant && linked)) {
                return at;
            }
            pictographJoined = pictograph && right == ZWJ;
            pictograph = right == PICTOGRAPH || pictograph && isExtend(right);
            linked = right != CONSONANT && (linked || consonant && right == LINKER);
            consonant = right == CONSONANT || consonant && (right == EXTEND || right == LINKER || right == ZWJ);
            flags += right == REGIONAL ? 1 : 0;
            left = right;
            at += Character.charCount(c);
        }
        return length;
    }

    /** The characters of a text, in order; joined they are the text. */
    public static List<String> of(String text) {
        List<String> characters = new ArrayList<>(text.length());
        for (int at = 0, end; at < text.length(); at = end) {
            end = end(text, at);
            characters.add(text.substring(at, end));
        }
        return characters;
    }

    /** How many characters a text has. */
    public static int count(CharSequence text) {
        int count = 0;
        for (int at = 0; at < text.length(); at = end(text, at)) {
            count++;
        }
        return count;
    }

    /** Whether a text may always be cut between these two chars, whatever stands around them. */
    static boolean isPlainBoundary(char left, char right) {
        return left == '\n' || !Character.isSurrogate(left) && !Character.isSurrogate(right)
                && grapheme(left) == OTHER && (grapheme(right) == OTHER || grapheme(right) == LF);
    }

    private static boolean isExtend(int type) {
        return type == EXTEND || type == LINKER || type == NON_JOINER;
    }

    /** The rules GB3 to GB13 in their order; the first that applies decides. */
    private static boolean isBreak(int left, int right, int flags, boolean pictographJoined, boolean conjunct) {
        if (left == OTHER && right == OTHER) {
            return true;                                                                    // the usual case of GB999
        }
        if (left == CR && right == LF) {
            return false;                                                                   // GB3
        }
        if (left == CR || left == LF || left == CONTROL || right == CR || right == LF || right == CONTROL) {
            return true;                                                                    // GB4, GB5
        }
        if (left == L && (right == L || right == V || right == LV || right == LVT)
                || (left == LV || left == V) && (right == V || right == T)
                || (left == LVT || left == T) && right == T) {
            return false;                                                                   // GB6, GB7, GB8
        }
        if (isExtend(right) || right == ZWJ || right == SPACING_MARK || left == PREPEND) {
            return false;                                                                   // GB9, GB9a, GB9b
        }
        if (conjunct && right == CONSONANT) {
            return false;                                                                   // GB9c
        }
        if (pictographJoined && right == PICTOGRAPH) {
            return false;                                                                   // GB11
        }
        return !(left == REGIONAL && right == REGIONAL && flags % 2 == 1);                  // GB12, GB13, GB999
    }
}
