package io.quatrain.text;

import java.util.Map;
import java.util.function.Consumer;

/**
 * One token per character: characters as people see them ({@link Graphemes}), or code points.
 * <pre>
 *   characters                     unit = grapheme (the default): "e\u0301" is one token, and so is "\r\n"
 *   characters, unit = code-point  "e\u0301" is two tokens
 * </pre>
 * CR LF becomes LF before it comes here if the normalization {@code line-ends} is on, as it is by default.
 */
public final class CharacterTokenizer implements Tokenizer {
    static final String WORD = "characters";

    /** Characters as people see them. */
    public static final CharacterTokenizer GRAPHEMES = new CharacterTokenizer(true);
    /** Unicode code points. */
    public static final CharacterTokenizer CODE_POINTS = new CharacterTokenizer(false);

    private static final String[] SINGLE = new String[0x10000];     // one string per char, made when first seen

    private final boolean graphemes;

    private CharacterTokenizer(boolean graphemes) {
        this.graphemes = graphemes;
    }

    static CharacterTokenizer of(TokenizerSpec spec) {
        spec.refuseOtherOptions("unit");
        spec.refusePieces();
        return spec.choice("unit", "grapheme", "code-point").equals("grapheme") ? GRAPHEMES : CODE_POINTS;
    }

    @Override public TokenizerSpec spec() {
        return new TokenizerSpec(WORD, graphemes ? Map.of() : Map.of("unit", "code-point"));
    }

    @Override public void tokenize(String text, Consumer<? super String> each) {
        for (int at = 0, end; at < text.length(); at = end) {
            end = graphemes ? Graphemes.end(text, at) : at + Character.charCount(text.codePointAt(at));
            each.accept(end == at + 1 ? single(text.charAt(at)) : text.substring(at, end));
        }
    }

    @Override public Detokenizer detokenizer() {
        return token -> token;
    }

    static String single(char c) {
        String string = SINGLE[c];
        if (string == null) {
            SINGLE[c] = string = String.valueOf(c);
        }
        return string;
    }

    @Override public String toString() {
        return spec().toString();
    }
}
