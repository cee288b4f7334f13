package io.quatrain.text;

import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/**
 * Chinese words as HanLP's dictionaries cut them: the core dictionary (the default, which suits classical verse), or with
 * {@code dictionary = full} the larger one and the names of people, which suits the news. White space is one token per character; nothing is lost, no surrogate pair and no
 * combining mark is torn apart. Needs {@code com.hankcs:hanlp:portable-1.8.6} on the class path, works offline.
 */
public final class HanLpTokenizer implements Tokenizer {
    static final String WORD = "hanlp";
    /** Words of the core dictionary. */
    public static final HanLpTokenizer CORE = new HanLpTokenizer(false);
    /** Names of people and words of the larger dictionary, too. */
    public static final HanLpTokenizer FULL = new HanLpTokenizer(true);
    private static final int LONGEST_PART = 1 << 10;        // what HanLP's lattice is built for at once

    private final boolean full;

    private HanLpTokenizer(boolean full) {
        this.full = full;
    }

    static HanLpTokenizer of(TokenizerSpec spec) {
        spec.refuseOtherOptions("dictionary");
        spec.refusePieces();
        return spec.choice("dictionary", "core", "full").equals("core") ? CORE : FULL;
    }

    @Override public TokenizerSpec spec() {
        return new TokenizerSpec(WORD, full ? Map.of("dictionary", "full") : Map.of());
    }

    /** @throws IllegalStateException if HanLP is not on the class path; the message says what to add */
    @Override public void tokenize(String text, Consumer<? super String> each) {
        int from = 0;
        for (int at = 0, end; at < text.length(); at = end) {
            end = Graphemes.end(text, at);
            boolean space = UnicodeTable.isSpace(text.codePointAt(at));
            if (space || at - from >= LONGEST_PART) {
                segment(text.substring(from, at), each);
                from = at;
            }
            if (space) {
                each.accept(text.substring(at, end));
                from = end;
            }
        }
        segment(text.substring(from), each);
    }

    private void segment(String part, Consumer<? super String> each) {
        if (part.isEmpty()) {
            return;
        }
        List<String> words = Chinese.words(part, full);
        int boundary = Graphemes.end(part, 0);
        int from = 0;
        int at = 0;
        for (String word : words) {
            at = Math.min(part.length(), at + word.length());
            while (boundary < at) {
                boundary = Graphemes.end(part, boundary);
            }
            if (boundary == at && at > from) {              // a word of HanLP that ends inside a character waits for the next
                each.accept(part.substring(from, at));
                from = at;
            }
        }
        if (from < part.length()) {
            each.accept(part.substring(from));
        }
    }

    @Override public Detokenizer detokenizer() {
        return token -> token;
    }

    @Override public String toString() {
        return spec().toString();
    }
}
