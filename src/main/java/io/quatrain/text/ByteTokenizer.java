package io.quatrain.text;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.function.Consumer;
import java.util.stream.IntStream;

/** One token for each byte of the text in UTF-8, written as two hexadecimal digits: {@code 月} is {@code e6 9c 88}. Nothing is ever unknown. */
public final class ByteTokenizer implements Tokenizer {
    static final String WORD = "bytes";
    public static final ByteTokenizer INSTANCE = new ByteTokenizer();
    static final List<String> ALL = IntStream.range(0, 256).mapToObj(b -> String.format("%02x", b)).toList();

    private ByteTokenizer() {
    }

    static ByteTokenizer of(TokenizerSpec spec) {
        spec.refuseOtherOptions();
        spec.refusePieces();
        return INSTANCE;
    }

    @Override public TokenizerSpec spec() {
        return new TokenizerSpec(WORD);
    }

    @Override public void tokenize(String text, Consumer<? super String> each) {
        for (byte b : text.getBytes(StandardCharsets.UTF_8)) {
            each.accept(ALL.get(b & 0xff));
        }
    }

    @Override public List<String> alwaysKnown() {
        return ALL;
    }

    @Override public Detokenizer detokenizer() {
        return new Utf8Detokenizer();
    }

    @Override public String toString() {
        return spec().toString();
    }
}
