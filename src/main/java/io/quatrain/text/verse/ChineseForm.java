package io.quatrain.text.verse;

import io.quatrain.text.Graphemes;
import io.quatrain.text.Vocabulary;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * A form of Chinese verse: lines of so many characters, the marks after them, rhymes, tones, first characters.
 * <pre>
 *   ChineseForm.quatrain(5)                               五言绝句: 4 lines of 5, lines 2 and 4 rhyme
 *   ChineseForm.regulated(8, 7, true, false)              七言律诗 with its tones, first line level-beginning and without rhyme
 *   ChineseForm.quatrain(5).withHeads("春夏秋冬")          藏头诗: the lines begin with these
 *   ChineseForm.quatrain(5).withFirstLine("月在画楼西")
 *   ChineseForm.quatrain(5).withoutRepeats()
 * </pre>
 *
 * @param lines    what each line must be
 * @param repeats  whether a character may come twice in the poem
 * @param entering whether characters that once had the entering tone (入声) are oblique, as regulated verse of the Tang counts them;
 *                 false: as they are spoken today. See {@link ChineseSound}
 */
public record ChineseForm(List<Line> lines, boolean repeats, boolean entering) implements VerseForm {
    /**
     * One line.
     *
     * @param characters how many
     * @param mark       what follows them: a punctuation mark, perhaps a line feed after it
     * @param rhyme      lines with the same letter rhyme with each other, with different characters; null: no rhyme
     * @param tones      one of 平 (level), 仄 (oblique), 中 (either) for each character; null: all are free
     * @param begins     characters that the line must begin with; empty: any
     */
    public record Line(int characters, String mark, @Nullable String rhyme, @Nullable String tones, String begins) {
        /** @throws IllegalArgumentException if the parts of the line contradict each other */
        public Line {
            if (characters < 1 || characters > 100) {
                throw new IllegalArgumentException("verse: characters must be from 1 to 100, got " + characters);
            }
            if (tones != null && (tones.length() != characters || !tones.matches("[平仄中]*"))) {
                throw new IllegalArgumentException("verse: tones must be " + characters + " of 平, 仄, 中, got \"" + tones + "\"");
            }
            if (Graphemes.count(begins) > characters || !Graphemes.of(begins).stream().allMatch(ChineseForm::isCharacter)) {
                throw new IllegalArgumentException("verse: a line of " + characters + " characters cannot begin with \"" + begins + "\"");
            }
            if (Graphemes.of(mark).stream().anyMatch(ChineseForm::isCharacter)) {
                throw new IllegalArgumentException("verse: the mark after a line must be punctuation, got \"" + mark + "\"");
            }
        }

        public Line(int characters, String mark, @Nullable String rhyme) {
            this(characters, mark, rhyme, null, "");
        }

        Line beginning(String text) {
            return new Line(characters, mark, rhyme, tones, text);
        }
    }

    /** Tones as they are spoken today. */
    public ChineseForm(List<Line> lines, boolean repeats) {
        this(lines, repeats, false);
    }

    /** @throws IllegalArgumentException if there is no line */
    public ChineseForm {
        lines = List.copyOf(lines);
        if (lines.isEmpty()) {
            throw new IllegalArgumentException("verse: a form needs at least one line");
        }
    }

    /** Four lines, the second and the fourth rhyme: 绝句. */
    public static ChineseForm quatrain(int characters) {
        return of(4, characters);
    }

    /** Lines of one length with ， and 。 in turn and a line feed after each 。 but the last; the even lines rhyme. */
    public static ChineseForm of(int lines, int characters) {
        List<Line> made = new ArrayList<>();
        for (int i = 0; i < lines; i++) {
            made.add(new Line(characters, i % 2 == 0 ? "，" : i == lines - 1 ? "。" : "。\n", i % 2 == 0 ? null : "a"));
        }
        return new ChineseForm(made, true);
    }

    /**
     * Regulated verse (近体诗) with its tones; 4 lines are 绝句, 8 lines 律诗.
     *
     * @param lines          an even number
     * @param characters     5 or 7
     * @param levelBeginning 平起 (the second character of the poem is level) or 仄起
     * @param firstRhymes    whether the first line rhymes too (首句入韵)
     */
    public static ChineseForm regulated(int lines, int characters, boolean levelBeginning, boolean firstRhymes) {
        if (characters != 5 && characters != 7 || lines < 2 || lines % 2 != 0) {
            throw new IllegalArgumentException("verse: regulated verse has an even number of lines of 5 or 7 characters, got " + lines + " of " + characters);
        }
        // Ends of five characters: 仄仄脚, 平平脚 … named by their last two; the first is free unless it would leave a level tone alone.
        String[] cycle = {"中仄平平仄", "平平仄仄平", "中平平仄仄", "中仄仄平平"};
        if (characters == 7) {
            cycle = new String[] {"中平中仄平平仄", "中仄平平仄仄平", "中仄中平平仄仄", "中平中仄仄平平"};
        }
        int first = (characters == 5) == levelBeginning ? 2 : 0;
        List<Line> made = new ArrayList<>();
        for (int i = 0; i < lines; i++) {
            String tones = cycle[(first + i) % 4];
            if (i == 0 && firstRhymes) {
                tones = cycle[first == 0 ? 3 : 1];          // same beginning, level end
            }
            String rhyme = i % 2 == 1 || i == 0 && firstRhymes ? "a" : null;
            made.add(new Line(characters, i % 2 == 0 ? "，" : i == lines - 1 ? "。" : "。\n", rhyme, tones, ""));
        }
        return new ChineseForm(made, true);
    }

    /**
     * The lines begin with these characters, one each: 藏头诗.
     *
     * @throws IllegalArgumentException if there are not as many characters as lines, or a line begins with another one already
     */
    public ChineseForm withHeads(String heads) {
        List<String> characters = Graphemes.of(heads);
        if (characters.size() != lines.size()) {
            throw new IllegalArgumentException("verse: \"" + heads + "\" has " + characters.size() + " characters, the form has " + lines.size()
                    + " lines; give one for each line");
        }
        List<Line> made = new ArrayList<>();
        for (int i = 0; i < lines.size(); i++) {
            made.add(beginning(i, characters.get(i)));
        }
        return new ChineseForm(made, repeats, entering);
    }

    /** Line i, beginning with a text that may be longer or shorter than the one it begins with. */
    private Line beginning(int i, String text) {
        Line line = lines.get(i);
        if (!text.startsWith(line.begins()) && !line.begins().startsWith(text)) {
            throw new IllegalArgumentException("verse: line " + (i + 1) + " cannot begin both with \"" + line.begins() + "\" and with \"" + text + "\"");
        }
        return line.beginning(text.length() < line.begins().length() ? line.begins() : text);
    }

    /**
     * The first line, or its beginning, is given; or the first lines, parted by punctuation, of which the last may be a beginning.
     *
     * @throws IllegalArgumentException if they are too many or too long, if one before the last is too short, or if a line begins with
     *                                  another character already
     */
    public ChineseForm withFirstLine(String text) {
        List<List<String>> given = new ArrayList<>();
        List<String> marks = new ArrayList<>();
        split(text, given, marks);
        if (given.isEmpty() || given.size() > lines.size()) {
            throw new IllegalArgumentException("verse: \"" + text + "\" has " + given.size() + " lines to begin with; the form has " + lines.size());
        }
        List<Line> made = new ArrayList<>(lines);
        for (int i = 0; i < given.size(); i++) {
            Line line = lines.get(i);
            String begins = String.join("", given.get(i));
            if (given.get(i).size() > line.characters() || i < given.size() - 1 && given.get(i).size() < line.characters()) {
                throw new IllegalArgumentException("verse: line " + (i + 1) + " is given as \"" + begins + "\", " + given.get(i).size()
                        + " characters; the form has " + line.characters());
            }
            made.set(i, beginning(i, begins));
        }
        return new ChineseForm(made, repeats, entering);
    }

    /** No character comes twice. */
    public ChineseForm withoutRepeats() {
        return new ChineseForm(lines, false, entering);
    }

    /** Characters that once had the entering tone are oblique. */
    public ChineseForm withEnteringTone() {
        return new ChineseForm(lines, repeats, true);
    }

    /** The same with every given beginning changed, as a model's normalization does it. */
    public ChineseForm withBeginnings(UnaryOperator<String> change) {
        return new ChineseForm(lines.stream().map(line -> line.beginning(change.apply(line.begins()))).toList(), repeats, entering);
    }

    static boolean isCharacter(String grapheme) {
        return Character.isIdeographic(grapheme.codePointAt(0));
    }

    @Override public List<Finding> check(String poem) {
        List<Finding> findings = new ArrayList<>();
        List<List<String>> found = new ArrayList<>();       // characters of each line
        List<String> marks = new ArrayList<>();
        split(poem, found, marks);
        if (found.size() != lines.size()) {
            findings.add(new Finding(0, 0, "has " + found.size() + " lines; the form has " + lines.size()));
        }
        Map<String, Rhyme> rhymes = new HashMap<>();
        Map<String, Integer> places = new HashMap<>();
        for (int i = 0; i < Math.min(lines.size(), found.size()); i++) {
            checkLine(i, found.get(i), marks.get(i), rhymes, findings);
            for (int k = 0; k < found.get(i).size() && !repeats; k++) {
                String character = found.get(i).get(k);
                Integer before = places.putIfAbsent(character, i + 1);
                if (before != null) {
                    findings.add(new Finding(i + 1, k + 1, character + " was in line " + before + " already; the form allows no repetition"));
                }
            }
        }
        return findings;
    }

    /** The rhyme groups, as bits, that a character can have where a tone is wanted; 0: it cannot stand there. */
    int groups(String character, char tone) {
        return ChineseSound.groups(character, tone, entering);
    }

    private void checkLine(int index, List<String> characters, String mark, Map<String, Rhyme> rhymes, List<Finding> findings) {
        Line line = lines.get(index);
        int number = index + 1;
        if (characters.size() != line.characters()) {
            findings.add(new Finding(number, 0, "has " + characters.size() + " characters; the form has " + line.characters()));
        }
        List<String> begins = Graphemes.of(line.begins());
        for (int k = 0; k < Math.min(begins.size(), characters.size()); k++) {
            if (!begins.get(k).equals(characters.get(k))) {
                findings.add(new Finding(number, k + 1, "is " + characters.get(k) + "; the form wants " + begins.get(k)));
            }
        }
        for (int k = 0; k < Math.min(characters.size(), line.characters()) && line.tones() != null; k++) {
            char tone = line.tones().charAt(k);
            if (tone != '中' && groups(characters.get(k), tone) == 0) {
                findings.add(new Finding(number, k + 1, described(characters.get(k)) + " stands where the form wants " + (tone == '平' ? "level (平)" : "oblique (仄)")));
            }
        }
        if (!line.mark().strip().equals(mark)) {
            findings.add(new Finding(number, 0, "ends with \"" + mark + "\"; the form has \"" + line.mark().strip() + "\""));
        }
        if (line.rhyme() != null && !characters.isEmpty()) {
            String last = characters.get(characters.size() - 1);
            char tone = line.tones() == null ? '中' : line.tones().charAt(line.characters() - 1);
            int groups = groups(last, tone) == 0 ? groups(last, '中') : groups(last, tone);
            Rhyme before = rhymes.get(line.rhyme());
            if (before == null) {
                rhymes.put(line.rhyme(), new Rhyme(groups, new HashSet<>(Set.of(last)), number, last));
            } else if (before.characters.contains(last)) {
                findings.add(new Finding(number, characters.size(), last + " rhymes with itself; another character is needed"));
            } else if ((before.groups & groups) == 0) {
                findings.add(new Finding(number, characters.size(), described(last) + " does not rhyme with " + described(before.first) + " in line " + before.line));
            } else {
                before.groups &= groups;
                before.characters.add(last);
            }
        }
    }

    private static final class Rhyme {
        int groups;                                         // bit set of what all so far have in common
        final Set<String> characters;
        final int line;
        final String first;

        Rhyme(int groups, Set<String> characters, int line, String first) {
            this.groups = groups;
            this.characters = characters;
            this.line = line;
            this.first = first;
        }
    }

    private static String described(String character) {
        List<ChineseSound.Reading> readings = ChineseSound.readings(character);
        if (readings.isEmpty()) {
            return character + " (of unknown sound)";
        }
        return character + " (" + String.join(" or ", readings.stream().map(r -> r.pinyin() + ", " + ChineseSound.RHYMES.get(r.rhyme())).toList()) + ")";
    }

    /** Lines end where punctuation, a line feed or a space stands; what is neither character nor mark counts as a mark. */
    private static void split(String poem, List<List<String>> lines, List<String> marks) {
        List<String> line = new ArrayList<>();
        StringBuilder mark = new StringBuilder();
        for (String grapheme : Graphemes.of(poem)) {
            if (isCharacter(grapheme)) {
                if (mark.length() > 0 && !line.isEmpty()) {
                    lines.add(line);
                    marks.add(mark.toString().strip());
                    line = new ArrayList<>();
                }
                mark.setLength(0);
                line.add(grapheme);
            } else {
                mark.append(grapheme);
            }
        }
        if (!line.isEmpty()) {
            lines.add(line);
            marks.add(mark.toString().strip());
        }
    }

    /** Refuses given characters that the form itself does not allow where they stand. */
    void refuseContradictions() {
        Map<String, Integer> places = new HashMap<>();
        for (int i = 0; i < lines.size(); i++) {
            Line line = lines.get(i);
            List<String> begins = Graphemes.of(line.begins());
            for (int k = 0; k < begins.size(); k++) {
                String character = begins.get(k);
                char tone = line.tones() == null ? '中' : line.tones().charAt(k);
                String place = "verse: line " + (i + 1) + ", character " + (k + 1) + " is given as ";
                if (tone != '中' && groups(character, tone) == 0) {
                    throw new IllegalArgumentException(place + described(character) + ", and the form wants " + (tone == '平' ? "level (平)" : "oblique (仄)")
                            + "; give another, or take a form without tones");
                }
                Integer before = places.putIfAbsent(character, i + 1);
                if (before != null && !repeats) {
                    throw new IllegalArgumentException(place + character + ", which is given in line " + before + " already; the form allows no repetition");
                }
            }
        }
    }

    @Override public VerseConstraint constraint(Vocabulary vocabulary, Set<Integer> banned) {
        return new ChineseConstraint(this, vocabulary, banned);
    }
}
