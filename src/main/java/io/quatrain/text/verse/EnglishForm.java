package io.quatrain.text.verse;

import io.quatrain.text.Vocabulary;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A form of English verse: lines of a length, and rhymes at their ends, judged by spelling: two different words rhyme if they are spelled the
 * same from their last sounded vowel on ({@code light, night}; {@code lake, make}; {@code day, way}). Sound is not known here, so that
 * {@code light} and {@code kite} do not rhyme, and {@code love} and {@code move} do.
 * <pre>
 *   EnglishForm.of("abab", 30, 45)      four lines of 30 to 45 characters, the first rhymes with the third, the second with the fourth
 *   EnglishForm.of("abab", 30, 45).withHeads("WIND")                an acrostic: the lines begin with these letters
 *   EnglishForm.of("abab", 30, 45).withFirstLine("The lamp was lit")
 * </pre>
 *
 * @param lines what each line must be
 */
public record EnglishForm(List<Line> lines) implements VerseForm {
    /**
     * One line.
     *
     * @param shortest fewest characters
     * @param longest  most characters
     * @param rhyme    lines with the same letter rhyme with each other; null: no rhyme
     * @param begins   what the line must begin with, of a single letter either case; empty: anything
     */
    public record Line(int shortest, int longest, @Nullable String rhyme, String begins) {
        /** @throws IllegalArgumentException if the parts of the line contradict each other */
        public Line {
            if (shortest < 1 || longest < shortest || longest > 1000) {
                throw new IllegalArgumentException("verse: a line needs 1 ≤ shortest ≤ longest ≤ 1000, got " + shortest + " and " + longest);
            }
            if (rhyme != null && longest < 12) {
                throw new IllegalArgumentException("verse: a line that rhymes needs room for a word: longest must be at least 12, got " + longest);
            }
            if (begins.chars().anyMatch(c -> c < ' ') || begins.startsWith(" ")) {
                throw new IllegalArgumentException("verse: a line cannot begin with a space or a line end, given \"" + begins.replace("\n", "\\n") + "\"");
            }
            if (begins.length() + (rhyme == null ? 0 : 2) > longest) {
                throw new IllegalArgumentException("verse: a line is given as \"" + begins + "\", " + begins.length() + " characters; the form has at most "
                        + longest + (rhyme == null ? "" : ", two of them to find a rhyme"));
            }
        }

        public Line(int shortest, int longest, @Nullable String rhyme) {
            this(shortest, longest, rhyme, "");
        }

        Line beginning(String text) {
            return new Line(shortest, longest, rhyme, text);
        }

        /** Where a text, the beginning of a line or all of it, leaves what is given; −1: nowhere. */
        int differs(CharSequence text) {
            for (int i = 0; i < Math.min(text.length(), begins.length()); i++) {
                char wanted = begins.charAt(i);
                char came = text.charAt(i);
                if (came != wanted && (begins.length() > 1 || Character.toLowerCase(came) != Character.toLowerCase(wanted))) {
                    return i;
                }
            }
            return -1;
        }
    }

    /** @throws IllegalArgumentException if there is no line */
    public EnglishForm {
        lines = List.copyOf(lines);
        if (lines.isEmpty()) {
            throw new IllegalArgumentException("verse: a form needs at least one line");
        }
    }

    /** One line for each letter of the scheme, all of the same length; {@code -} is a line without rhyme. */
    public static EnglishForm of(String scheme, int shortest, int longest) {
        return new EnglishForm(scheme.chars().mapToObj(c -> new Line(shortest, longest, c == '-' ? null : String.valueOf((char) c))).toList());
    }

    /**
     * An acrostic: the lines begin with these letters, one each, large or small. Spaces count for nothing.
     *
     * @throws IllegalArgumentException if there are not as many letters as lines
     */
    public EnglishForm withHeads(String heads) {
        String letters = heads.replace(" ", "");
        if (letters.length() != lines.size()) {
            throw new IllegalArgumentException("verse: \"" + heads + "\" has " + letters.length() + " letters, the form has " + lines.size() + " lines; give one for each line");
        }
        EnglishForm form = this;
        for (int i = 0; i < lines.size(); i++) {
            form = form.beginning(i, letters.substring(i, i + 1));
        }
        return form;
    }

    /**
     * The first line, or its beginning, is given.
     *
     * @throws IllegalArgumentException if it is too long, or if the line begins with another letter already
     */
    public EnglishForm withFirstLine(String text) {
        return beginning(0, text.strip());
    }

    /** Line i, beginning with a text that may be longer or shorter than the one it begins with. */
    private EnglishForm beginning(int i, String text) {
        Line line = lines.get(i);
        boolean longer = text.length() >= line.begins().length();
        Line shorter = longer ? line : line.beginning(text);
        Line given = longer ? line.beginning(text) : line;
        if (shorter.differs(given.begins()) >= 0) {
            throw new IllegalArgumentException("verse: line " + (i + 1) + " cannot begin both with \"" + line.begins() + "\" and with \"" + text + "\"");
        }
        List<Line> made = new ArrayList<>(lines);
        made.set(i, given);
        return new EnglishForm(made);
    }

    /** What a word must share with another to rhyme with it: from its last vowel on, a silent e not counted as one; empty: it has no vowel. */
    public static String rhyme(String word) {
        String letters = word.toLowerCase(Locale.ROOT).replaceAll("[^a-z]", "");
        int end = letters.length();
        if (end > 2 && letters.charAt(end - 1) == 'e' && !isVowel(letters, end - 2) && hasVowel(letters, end - 1)) {
            end--;                                          // the e of lake
        }
        int at = end - 1;
        while (at >= 0 && !isVowel(letters, at)) {
            at--;
        }
        while (at > 0 && isVowel(letters, at - 1)) {
            at--;
        }
        return at < 0 ? "" : letters.substring(at);
    }

    private static boolean isVowel(String letters, int at) {
        char c = letters.charAt(at);
        return "aeiou".indexOf(c) >= 0 || c == 'y' && at > 0;
    }

    private static boolean hasVowel(String letters, int end) {
        for (int i = 0; i < end; i++) {
            if (isVowel(letters, i)) {
                return true;
            }
        }
        return false;
    }

    /** The last word of a line, in small letters; empty: there is none. */
    static String lastWord(CharSequence line) {
        int end = line.length();
        while (end > 0 && !isLetter(line.charAt(end - 1))) {
            end--;
        }
        int start = end;
        while (start > 0 && (isLetter(line.charAt(start - 1)) || line.charAt(start - 1) == '\'' && start > 1 && isLetter(line.charAt(start - 2)))) {
            start--;
        }
        return line.subSequence(start, end).toString().toLowerCase(Locale.ROOT);
    }

    static boolean isLetter(char c) {
        return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z';
    }

    @Override public List<Finding> check(String poem) {
        List<Finding> findings = new ArrayList<>();
        List<String> found = poem.stripTrailing().lines().filter(line -> !line.isBlank()).toList();
        if (found.size() != lines.size()) {
            findings.add(new Finding(0, 0, "has " + found.size() + " lines; the form has " + lines.size()));
        }
        Map<String, List<String>> rhymes = new HashMap<>();
        for (int i = 0; i < Math.min(found.size(), lines.size()); i++) {
            Line line = lines.get(i);
            int length = found.get(i).length();
            if (length < line.shortest() || length > line.longest()) {
                findings.add(new Finding(i + 1, 0, "has " + length + " characters; the form has " + line.shortest() + " to " + line.longest()));
            }
            int differs = line.differs(found.get(i));
            if (differs >= 0) {
                findings.add(new Finding(i + 1, differs + 1, "is \"" + found.get(i).charAt(differs) + "\"; the form wants \"" + line.begins().charAt(differs) + "\""));
            }
            if (line.rhyme() != null) {
                String word = lastWord(found.get(i));
                List<String> before = rhymes.computeIfAbsent(line.rhyme(), r -> new ArrayList<>());
                if (rhyme(word).isEmpty()) {
                    findings.add(new Finding(i + 1, 0, "ends with \"" + word + "\", which has no vowel to rhyme on"));
                } else if (before.contains(word)) {
                    findings.add(new Finding(i + 1, 0, "\"" + word + "\" rhymes with itself; another word is needed"));
                } else if (!before.isEmpty() && !rhyme(before.get(0)).equals(rhyme(word))) {
                    findings.add(new Finding(i + 1, 0, "\"" + word + "\" does not rhyme with \"" + before.get(0) + "\""));
                } else {
                    before.add(word);
                }
            }
        }
        return findings;
    }

    @Override public VerseConstraint constraint(Vocabulary vocabulary, Set<Integer> banned) {
        return new EnglishConstraint(this, vocabulary, banned);
    }
}
