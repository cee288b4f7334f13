package io.quatrain.text;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/**
 * Cuts a text into tokens, and joins tokens to a text. Immutable and safe for many threads.
 * <p>The law: {@code detokenize(tokenize(text)).equals(text)} for every text without unpaired surrogates.
 */
public interface Tokenizer {
    /** This tokenizer as plain data; {@code spec().create()} makes an equal one. */
    TokenizerSpec spec();

    /** Gives each token of a text to {@code each}, in order. */
    void tokenize(String text, Consumer<? super String> each);

    /** The tokens of a text. */
    default List<String> tokenize(String text) {
        List<String> tokens = new ArrayList<>();
        tokenize(text, tokens::add);
        return tokens;
    }

    /** Tokens that a vocabulary should hold even if the corpus it is built from has none of them; usually none. */
    default List<String> alwaysKnown() {
        return List.of();
    }

    /** Joins tokens as they come, for streaming. */
    Detokenizer detokenizer();

    /** The text of some tokens. */
    default String detokenize(Iterable<String> tokens) {
        Detokenizer detokenizer = detokenizer();
        StringBuilder text = new StringBuilder();
        for (String token : tokens) {
            text.append(detokenizer.next(token));
        }
        return text.append(detokenizer.end()).toString();
    }
}
