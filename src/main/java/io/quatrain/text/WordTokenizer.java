package io.quatrain.text;

import static io.quatrain.text.UnicodeTable.*;

import java.util.function.Consumer;

/**
 * Words, punctuation and white space. A word is a run of letters, marks and digits, with apostrophes between letters ({@code don't})
 * and points and commas between digits ({@code 1,000.5}); an ideograph or kana is a word of its own; any other character is one too.
 * <p>A single space where writing expects one is not a token: it is put back when tokens are joined. Any other white space is one token per
 * character, and where a space is expected and none stands, there is the token {@code <glue>}. So the text comes back exactly:
 * <pre>
 *   He said: "No, no!"\n     He  said  :  "  No  ,  no  !  "  \n
 *   a+b  (c)                 a  &lt;glue&gt;  +  &lt;glue&gt;  b  ␣  ␣  (  c  )
 * </pre>
 * A space is expected between two tokens of which neither is white space or ideographic, unless the first opens (bracket, opening quote),
 * the second closes (bracket, closing quote, {@code . , ; : ! ? % …}) or one is a dash, slash or apostrophe. A straight {@code "} opens
 * and closes in turn, anew on every line.
 */
public final class WordTokenizer implements Tokenizer {
    static final String WORD = "words";
    /** Says that no space stands where one is expected; no text is ever cut into this token. */
    public static final String GLUE = "<glue>";
    public static final WordTokenizer INSTANCE = new WordTokenizer();

    private WordTokenizer() {
    }

    static WordTokenizer of(TokenizerSpec spec) {
        spec.refuseOtherOptions();
        spec.refusePieces();
        return INSTANCE;
    }

    @Override public TokenizerSpec spec() {
        return new TokenizerSpec(WORD);
    }

    @Override public void tokenize(String text, Consumer<? super String> each) {
        Spacing spacing = new Spacing();
        boolean space = false;                              // a single space, not yet given
        for (int at = 0, end; at < text.length(); at = end) {
            end = tokenEnd(text, at);
            if (end == at + 1 && text.charAt(at) == ' ' && !space) {
                space = true;
                continue;
            }
            String token = end == at + 1 ? CharacterTokenizer.single(text.charAt(at)) : text.substring(at, end);
            boolean expected = spacing.isExpectedBefore(token);
            if (space && !expected) {
                each.accept(" ");
                spacing.follow(" ");
            } else if (!space && expected) {
                each.accept(GLUE);
            }
            space = false;
            each.accept(token);
            spacing.follow(token);
        }
        if (space) {
            each.accept(" ");
        }
    }

    @Override public Detokenizer detokenizer() {
        Spacing spacing = new Spacing();
        return new Detokenizer() {
            private boolean glued;

            @Override public String next(String token) {
                if (token.equals(GLUE)) {
                    glued = true;
                    return "";
                }
                boolean space = spacing.isExpectedBefore(token) && !glued;
                glued = false;
                spacing.follow(token);
                return space ? " " + token : token;
            }
        };
    }

    private static int tokenEnd(String text, int from) {
        int end = Graphemes.end(text, from);
        int kind = word(text.codePointAt(from));
        if (kind != LETTER && kind != DIGIT) {
            return end;
        }
        while (end < text.length()) {
            int c = text.codePointAt(end);
            int next = word(c);
            if (next == LETTER || next == DIGIT) {
                kind = next;
                end = Graphemes.end(text, end);
            } else if (kind == LETTER && (c == '\'' || c == '’') || kind == DIGIT && (c == '.' || c == ',')) {
                int after = Graphemes.end(text, end);
                if (after != end + 1 || after >= text.length() || word(text.codePointAt(after)) != kind) {
                    return end;
                }
                end = Graphemes.end(text, after);
            } else {
                return end;
            }
        }
        return end;
    }

    private enum Kind { NOTHING, SPACE, TIGHT, OPENING, CLOSING, QUOTE, OTHER }

    /** Whether a space is expected between the tokens so far and the next one. */
    private static final class Spacing {
        private Kind before = Kind.NOTHING;
        private boolean open;                               // an odd number of straight quotes on this line

        boolean isExpectedBefore(String token) {
            if (before == Kind.NOTHING || before == Kind.SPACE || before == Kind.TIGHT || before == Kind.OPENING || before == Kind.QUOTE && open) {
                return false;
            }
            Kind kind = kind(token);
            return kind == Kind.OTHER || kind == Kind.OPENING || kind == Kind.QUOTE && !open;
        }

        void follow(String token) {
            before = kind(token);
            if (before == Kind.QUOTE) {
                open = !open;
            } else if (token.indexOf('\n') >= 0) {
                open = false;
            }
        }

        private static Kind kind(String token) {
            int c = token.codePointAt(0);
            if (isSpace(c)) {
                return Kind.SPACE;
            }
            if (c >= 0x3000 && c <= 0x303f || c >= 0xff00 && c <= 0xffef || word(c) == IDEOGRAPH) {
                return Kind.TIGHT;
            }
            return switch (c) {
                case '.', ',', ';', ':', '!', '?', '%', '…' -> Kind.CLOSING;
                case '-', '–', '—', '/', '\'', '’' -> Kind.TIGHT;
                case '"' -> Kind.QUOTE;
                default -> switch (word(c)) {
                    case OPENING -> Kind.OPENING;
                    case CLOSING -> Kind.CLOSING;
                    default -> Kind.OTHER;
                };
            };
        }
    }

    @Override public String toString() {
        return spec().toString();
    }
}
