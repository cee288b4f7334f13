package io.quatrain.text;

import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Consumer;

/**
 * For texts that somebody has cut into tokens already: a row of them a line, parted by a separator, each perhaps in quotes, as in csv (RFC 4180;
 * a quote inside quotes is doubled).
 * <pre>
 *   "春风","又","绿"      春风  又  绿         separator = ,  quote = "    (the defaults)
 *   the lamp was lit      the  lamp  was  lit  separator = " ", quote = "", joint = " "
 * </pre>
 * A text that holds no separator and no quote at its beginning, such as a prompt that a person types, is cut into the longest tokens that were
 * seen, from left to right; what no token begins with is a token of one character. When tokens are joined, {@code joint} stands between them, so
 * that texts come back as they are read, not as they were cut: the law of {@link Tokenizer} holds for texts that are not cut, with an empty joint.
 */
public final class SeparatedTokenizer implements Tokenizer {
    static final String WORD = "separated";

    private final char separator;
    private final String quote;
    private final String joint;
    private final List<String> pieces;
    private final Set<String> known;
    private final int longest;

    private SeparatedTokenizer(String separator, String quote, String joint, List<String> pieces) {
        if (separator.length() != 1 || "\n\r".contains(separator)) {
            throw new IllegalArgumentException("tokenizer \"" + WORD + "\": separator must be one character and no line end, got \"" + separator + "\"");
        }
        if (quote.length() > 1 || quote.equals(separator) || "\n\r".contains(quote) && !quote.isEmpty()) {
            throw new IllegalArgumentException("tokenizer \"" + WORD + "\": quote must be empty or one character, another than the separator and no line end, got \""
                    + quote + "\"");
        }
        this.separator = separator.charAt(0);
        this.quote = quote;
        this.joint = joint;
        this.pieces = List.copyOf(pieces);
        this.known = new HashSet<>(pieces);
        int most = 1;
        for (String piece : pieces) {
            if (piece.isEmpty()) {
                throw new IllegalArgumentException("tokenizer \"" + WORD + "\": a piece is empty");
            }
            most = Math.max(most, piece.length());
        }
        this.longest = most;
    }

    /** Knows no tokens yet: texts without a separator are cut into characters. */
    public static SeparatedTokenizer of(String separator, String quote, String joint) {
        return new SeparatedTokenizer(separator, quote, joint, List.of());
    }

    /** Knows the tokens of a text. */
    public static SeparatedTokenizer train(Text text, Normalization normalization, String separator, String quote, String joint) {
        SeparatedTokenizer empty = of(separator, quote, joint);
        Set<String> seen = new LinkedHashSet<>();
        text.forEachChunk(chunk -> normalization.apply(chunk).lines().forEach(line -> empty.cut(line, seen::add)));
        return new SeparatedTokenizer(separator, quote, joint, List.copyOf(seen));
    }

    static SeparatedTokenizer of(TokenizerSpec spec) {
        spec.refuseOtherOptions("joint", "quote", "separator");
        Map<String, String> options = spec.options();
        return new SeparatedTokenizer(options.getOrDefault("separator", ","), options.getOrDefault("quote", "\""), options.getOrDefault("joint", ""),
                spec.pieces());
    }

    @Override public TokenizerSpec spec() {
        Map<String, String> options = new TreeMap<>(Map.of("separator", String.valueOf(separator), "quote", quote, "joint", joint));
        options.remove("separator", ",");
        options.remove("quote", "\"");
        options.remove("joint", "");
        return new TokenizerSpec(WORD, options, pieces);
    }

    @Override public void tokenize(String text, Consumer<? super String> each) {
        int from = 0;
        for (int end = text.indexOf('\n'); end >= 0; end = text.indexOf('\n', from)) {
            line(text.substring(from, end), each);
            each.accept("\n");
            from = end + 1;
        }
        line(text.substring(from), each);
    }

    private void line(String line, Consumer<? super String> each) {
        if (line.indexOf(separator) >= 0 || !quote.isEmpty() && line.startsWith(quote)) {
            cut(line, each);
        } else {
            match(line, each);
        }
    }

    /** A row of tokens; empty ones are none. */
    private void cut(String row, Consumer<? super String> each) {
        StringBuilder token = new StringBuilder();
        boolean quoted = false;
        for (int at = 0; at < row.length(); at++) {
            char c = row.charAt(at);
            boolean mark = !quote.isEmpty() && c == quote.charAt(0);
            if (quoted && mark && at + 1 < row.length() && row.charAt(at + 1) == c) {
                token.append(c);
                at++;
            } else if (mark && (quoted || token.isEmpty())) {
                quoted = !quoted;
            } else if (c == separator && !quoted) {
                give(token, each);
            } else {
                token.append(c);
            }
        }
        give(token, each);
    }

    private static void give(StringBuilder token, Consumer<? super String> each) {
        if (!token.isEmpty()) {
            each.accept(token.toString());
            token.setLength(0);
        }
    }

    /** The longest known token at each place. */
    private void match(String text, Consumer<? super String> each) {
        for (int at = 0, end; at < text.length(); at = end) {
            end = Math.min(text.length(), at + longest);
            while (end > at && !known.contains(text.substring(at, end))) {
                end--;
            }
            if (end == at) {
                end = Graphemes.end(text, at);
            }
            each.accept(text.substring(at, end));
        }
    }

    @Override public Detokenizer detokenizer() {
        return new Detokenizer() {
            private boolean begun;

            @Override public String next(String token) {
                boolean between = begun && !token.equals("\n");
                begun = !token.equals("\n");
                return between ? joint + token : token;
            }
        };
    }

    @Override public String toString() {
        return spec().toString();
    }
}
