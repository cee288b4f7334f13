package io.quatrain.text.verse;

import io.quatrain.text.Vocabulary;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/** An English form, token by token: one may come if the line can still be ended well after it. */
final class EnglishConstraint extends VerseConstraint {
    private static final int LONGEST_RHYME = 6;             // an ending that later lines have to be able to end with

    private final List<EnglishForm.Line> lines;

    EnglishConstraint(EnglishForm form, Vocabulary vocabulary, Set<Integer> banned) {
        super(vocabulary, banned);
        lines = form.lines();
        if (lines.size() > 1 && !writes("\n")) {
            throw new IllegalArgumentException("verse: the vocabulary has no line feed to end a line with; take a model of a text with lines");
        }
        for (char c = 'a'; c <= 'z' && lines.stream().anyMatch(line -> line.rhyme() != null); c++) {
            if (!writes(String.valueOf(c))) {
                throw new IllegalArgumentException("verse: rhymes are spelled letter by letter, and \"" + c + "\" is not in the vocabulary or is banned; "
                        + "take a form without rhymes (-), or another model");
            }
        }
        if (!writes(" ")) {
            throw new IllegalArgumentException("verse: the vocabulary has no space, or it is banned; take a model of a text with words");
        }
        for (int i = 0; i < lines.size(); i++) {
            String begins = lines.get(i).begins();
            for (char c : begins.toCharArray()) {
                String letter = String.valueOf(c);
                if (!writes(letter) && (begins.length() > 1 || !writes(letter.toLowerCase(Locale.ROOT)) && !writes(letter.toUpperCase(Locale.ROOT)))) {
                    throw missing(i + 1, letter);
                }
            }
        }
        String first = lines.get(0).begins();
        if (first.length() + neededForRhyme(List.of(), first) > lines.get(0).longest()) {
            throw new IllegalArgumentException("verse: line 1 is given as \"" + first + "\" and has no room left for a word to rhyme with; give less of it, or "
                    + "let lines be longer");
        }
    }

    private boolean writes(String token) {
        int id = vocabulary.find(token);
        return id != Vocabulary.NONE && writes(id);
    }

    @Override int shortest() {
        return lines.stream().mapToInt(EnglishForm.Line::shortest).sum() + lines.size() - 1;
    }

    @Override int length(String text) {
        return text.length();
    }

    /** A poem is complete at the line feed after its last line, or where its last line can take nothing more. */
    @Override boolean isComplete(String poem) {
        int ended = (int) poem.chars().filter(c -> c == '\n').count();
        EnglishForm.Line last = lines.get(lines.size() - 1);
        return ended >= lines.size() || ended == lines.size() - 1 && poem.length() - poem.lastIndexOf('\n') - 1 >= last.longest();
    }

    @Override boolean mayEnd(String poem) {
        List<String> ended = new ArrayList<>(List.of(poem.split("\n", -1)));
        String line = ended.remove(ended.size() - 1);
        return isComplete(poem) || ended.size() == lines.size() - 1 && canEnd(ended, line);
    }

    @Override void narrow(String poem, BitSet allowed) {
        List<String> ended = new ArrayList<>(List.of(poem.split("\n", -1)));
        String line = ended.remove(ended.size() - 1);
        for (int id = allowed.nextSetBit(0); id >= 0; id = allowed.nextSetBit(id + 1)) {
            if (!mayFollow(ended, line, vocabulary.token(id))) {
                allowed.clear(id);
            }
        }
    }

    private boolean mayFollow(List<String> ended, String line, String token) {
        int feed = token.indexOf('\n');
        if (feed >= 0) {
            return feed == token.length() - 1 && (feed == 0 || mayFollow(ended, line, token.substring(0, feed)))
                    && canEnd(ended, line + token.substring(0, feed));
        }
        for (int i = 0; i < token.length(); i++) {
            if (token.charAt(i) < ' ') {
                return false;
            }
        }
        String longer = line + token;
        return lines.get(ended.size()).differs(longer) < 0 && longer.length() + needed(ended, longer) <= lines.get(ended.size()).longest();
    }

    private boolean canEnd(List<String> ended, String line) {
        return line.length() >= lines.get(ended.size()).shortest() && needed(ended, line) == 0 && !line.isBlank();
    }

    /** How many more characters it takes, at most, until this line can end; some character always makes it one fewer. */
    private int needed(List<String> ended, String line) {
        String begins = lines.get(ended.size()).begins();
        if (line.length() < begins.length()) {
            return begins.length() - line.length() + needed(ended, line + begins.substring(line.length()));
        }
        boolean space = !line.isEmpty() && Character.isWhitespace(line.charAt(line.length() - 1));
        return Math.max(space ? 1 : 0, neededForRhyme(ended, line));
    }

    private int neededForRhyme(List<String> ended, String line) {
        String letter = lines.get(ended.size()).rhyme();
        if (letter == null) {
            return 0;
        }
        List<String> before = new ArrayList<>();
        for (int i = 0; i < ended.size(); i++) {
            if (letter.equals(lines.get(i).rhyme())) {
                before.add(EnglishForm.lastWord(ended.get(i)));
            }
        }
        String word = EnglishForm.lastWord(line);
        String key = EnglishForm.rhyme(word);
        boolean apostrophe = line.length() > 1 && line.endsWith("'") && EnglishForm.isLetter(line.charAt(line.length() - 2));
        boolean open = apostrophe || !line.isEmpty() && EnglishForm.isLetter(line.charAt(line.length() - 1));     // the last word can grow
        if (before.isEmpty()) {
            return key.isEmpty() ? 1 : key.length() <= LONGEST_RHYME ? 0 : open ? 2 : 1;    // a vowel, perhaps in a new word
        }
        String wanted = EnglishForm.rhyme(before.get(0));
        if (key.equals(wanted) && !before.contains(word)) {
            return 0;
        }
        if (!open) {
            return 1 + wanted.length();                 // a consonant and the ending
        }
        String grown = apostrophe ? word + "'" : word;
        for (int shared = Math.min(grown.length(), wanted.length()); shared >= 0; shared--) {
            String finished = grown + wanted.substring(shared);
            if (grown.endsWith(wanted.substring(0, shared)) && EnglishForm.rhyme(finished).equals(wanted) && !before.contains(finished)) {
                return wanted.length() - shared;
            }
        }
        return 2 + wanted.length();                     // a space, a consonant and the ending
    }
}
