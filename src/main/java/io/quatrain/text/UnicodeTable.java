package io.quatrain.text;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;

/**
 * Character properties of Unicode 16.0, from a table of our own: the tables of JDK 17 and JDK 25 differ, and the
 * tokens of a model must not depend on the JDK that it runs on.
 */
final class UnicodeTable {
    // Grapheme_Cluster_Break, with the classes of Indic_Conjunct_Break and Extended_Pictographic that its rules ask for.
    static final int OTHER = 0;
    static final int CR = 1;
    static final int LF = 2;
    static final int CONTROL = 3;
    static final int EXTEND = 4;
    static final int ZWJ = 5;
    static final int REGIONAL = 6;
    static final int PREPEND = 7;
    static final int SPACING_MARK = 8;
    static final int L = 9;
    static final int V = 10;
    static final int T = 11;
    static final int LV = 12;
    static final int LVT = 13;
    static final int PICTOGRAPH = 14;
    static final int CONSONANT = 15;
    static final int LINKER = 16;
    static final int NON_JOINER = 17;
    private static final List<String> GRAPHEME_NAMES = List.of(
            "OTHER", "CR", "LF", "CONTROL", "EXTEND", "ZWJ", "REGIONAL", "PREPEND", "SPACING_MARK", "L", "V", "T", "LV", "LVT",
            "PICTOGRAPH", "CONSONANT", "LINKER", "NON_JOINER");

    // What a word is made of.
    static final int SYMBOL = 0;
    static final int LETTER = 1;
    static final int DIGIT = 2;
    static final int IDEOGRAPH = 3;
    static final int OPENING = 4;
    static final int CLOSING = 5;
    private static final List<String> WORD_NAMES = List.of("OTHER", "LETTER", "DIGIT", "IDEOGRAPH", "OPENING", "CLOSING");

    private static final int WORD_SHIFT = 5;
    private static final byte[] CLASSES = load();

    private UnicodeTable() {
    }

    static int grapheme(int codePoint) {
        return CLASSES[codePoint] & 0x1f;
    }

    static int word(int codePoint) {
        return CLASSES[codePoint] >>> WORD_SHIFT & 0x7;
    }

    /** The Unicode property White_Space. */
    static boolean isSpace(int c) {
        return c <= ' ' ? c == ' ' || c >= '\t' && c <= '\r'
                : c == 0x85 || c == 0xa0 || c == 0x1680 || c >= 0x2000 && c <= 0x200a
                || c == 0x2028 || c == 0x2029 || c == 0x202f || c == 0x205f || c == 0x3000;
    }

    private static byte[] load() {
        byte[] classes = new byte[Character.MAX_CODE_POINT + 1];
        try (InputStream in = UnicodeTable.class.getResourceAsStream("unicode-16.txt")) {
            if (in == null) {
                throw new IllegalStateException("the resource io/quatrain/text/unicode-16.txt is missing from the jar");
            }
            BufferedReader lines = new BufferedReader(new InputStreamReader(in, StandardCharsets.UTF_8));
            List<String> names = GRAPHEME_NAMES;
            int shift = 0;
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                if (line.startsWith("#") || line.equals("[grapheme]")) {
                    continue;
                }
                if (line.equals("[word]")) {
                    names = WORD_NAMES;
                    shift = WORD_SHIFT;
                    continue;
                }
                int space = line.indexOf(' ');
                int dots = line.indexOf("..");
                int first = Integer.parseInt(line, 0, dots < 0 ? space : dots, 16);
                int last = dots < 0 ? first : Integer.parseInt(line, dots + 2, space, 16);
                int value = names.indexOf(line.substring(space + 1)) << shift;
                for (int c = first; c <= last; c++) {
                    classes[c] |= (byte) value;
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        for (int c = 0xac00; c <= 0xd7a3; c++) {            // Hangul syllables: every 28th has no final consonant
            classes[c] |= (byte) ((c - 0xac00) % 28 == 0 ? LV : LVT);
        }
        return classes;
    }
}
