package io.quatrain.text;

import java.text.BreakIterator;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** Cuts a text into sentences, by the rules of {@link BreakIterator}; a blank line ends one, too. Line feeds and other white space become single spaces. */
public final class Sentences {
    private Sentences() {
    }

    /** The sentences of a text, in order; none is blank. */
    public static List<String> of(String text) {
        List<String> sentences = new ArrayList<>();
        BreakIterator breaks = BreakIterator.getSentenceInstance(Locale.ROOT);
        for (String paragraph : text.split("\\R\\h*\\R")) {
            String line = paragraph.strip().replaceAll("\\s+", " ");
            breaks.setText(line);
            for (int from = 0, to = breaks.next(); to != BreakIterator.DONE; from = to, to = breaks.next()) {
                String sentence = line.substring(from, to).strip();
                if (!sentence.isEmpty()) {
                    sentences.add(sentence);
                }
            }
        }
        return sentences;
    }
}
