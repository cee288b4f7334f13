package io.quatrain.text;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.IntConsumer;

/**
 * Text to token ids and back: a normalization, a tokenizer and a vocabulary. Immutable.
 * <p>The law: {@code decode(encode(text))} is the normalized text, if every token of it is in the vocabulary. Tokens that are not
 * become the unknown token or, if the vocabulary has none, are left out; {@link #examine} reports them.
 */
public final class Codec {
    private static final int REPORTED = 1000;

    private final Normalization normalization;
    private final Tokenizer tokenizer;
    private final Vocabulary vocabulary;

    public Codec(Normalization normalization, Tokenizer tokenizer, Vocabulary vocabulary) {
        this.normalization = normalization;
        this.tokenizer = tokenizer;
        this.vocabulary = vocabulary;
    }

    /** Reads a text once and makes the vocabulary of its tokens. */
    public static Codec fit(Normalization normalization, Tokenizer tokenizer, Text text, Vocabulary.Builder vocabulary) {
        vocabulary.keep(tokenizer.alwaysKnown());
        text.forEachChunk(chunk -> tokenizer.tokenize(normalization.apply(chunk), vocabulary));
        return new Codec(normalization, tokenizer, vocabulary.build());
    }

    /** Makes the vocabulary of some texts. */
    public static Codec fit(Normalization normalization, Tokenizer tokenizer, List<String> texts, Vocabulary.Builder vocabulary) {
        vocabulary.keep(tokenizer.alwaysKnown());
        texts.forEach(text -> tokenizer.tokenize(normalization.apply(text), vocabulary));
        return new Codec(normalization, tokenizer, vocabulary.build());
    }

    public Normalization normalization() {
        return normalization;
    }

    public Tokenizer tokenizer() {
        return tokenizer;
    }

    public Vocabulary vocabulary() {
        return vocabulary;
    }

    /** The ids of a text; no start or end token is added. */
    public int[] encode(String text) {
        return examine(text).ids();
    }

    /** The ids of a text, and what was not in the vocabulary. */
    public Encoded examine(String text) {
        Ids ids = new Ids(text.length());
        Map<String, Long> unknown = new LinkedHashMap<>();
        encode(text, ids, unknown);
        return new Encoded(ids.toArray(), unknown);
    }

    void encode(String text, IntConsumer ids, Map<String, Long> unknown) {
        tokenizer.tokenize(normalization.apply(text), token -> {
            int id = vocabulary.find(token);
            if (id == Vocabulary.NONE) {
                if (unknown.size() < REPORTED || unknown.containsKey(token)) {
                    unknown.merge(token, 1L, Long::sum);
                }
                id = vocabulary.id(Vocabulary.Special.UNKNOWN);
            }
            if (id != Vocabulary.NONE) {
                ids.accept(id);
            }
        });
    }

    /** The text of some ids. Start, end and padding are nothing, the unknown token is U+FFFD. */
    public String decode(int... ids) {
        Decoder decoder = decoder();
        StringBuilder text = new StringBuilder();
        for (int id : ids) {
            text.append(decoder.next(id));
        }
        return text.append(decoder.end()).toString();
    }

    /** Decodes ids as they come. */
    public Decoder decoder() {
        return new Decoder(vocabulary, tokenizer.detokenizer());
    }

    /**
     * A text as ids.
     *
     * @param unknown the tokens that are not in the vocabulary (the first 1,000 different ones) and how often each occurred
     */
    public record Encoded(int[] ids, Map<String, Long> unknown) {
        @Override public boolean equals(Object other) {
            return other instanceof Encoded that && Arrays.equals(ids, that.ids) && unknown.equals(that.unknown);
        }

        @Override public int hashCode() {
            return Arrays.hashCode(ids);
        }
    }

    /** Turns ids into text as they come; stateful, one for each text. */
    public static final class Decoder {
        private final Vocabulary vocabulary;
        private final Detokenizer detokenizer;

        private Decoder(Vocabulary vocabulary, Detokenizer detokenizer) {
            this.vocabulary = vocabulary;
            this.detokenizer = detokenizer;
        }

        /** The text that this id adds; may be empty. */
        public String next(int id) {
            String token = vocabulary.token(id);
            if (!vocabulary.isSpecial(id)) {
                return detokenizer.next(token);
            }
            return id == vocabulary.id(Vocabulary.Special.UNKNOWN) ? detokenizer.next("\ufffd") : "";
        }

        /** What was still held back. */
        public String end() {
            return detokenizer.end();
        }
    }

    /** Of a list of texts, those all of whose tokens are in the vocabulary, as ids; the others are dropped. */
    public List<int[]> encodeComplete(List<String> texts) {
        return texts.stream().map(this::examine).filter(e -> e.unknown().isEmpty()).map(Encoded::ids).toList();
    }

    private static final class Ids implements IntConsumer {
        private int[] ids;
        private int size;

        Ids(int capacity) {
            ids = new int[Math.max(16, capacity)];
        }

        @Override public void accept(int id) {
            if (size == ids.length) {
                ids = Arrays.copyOf(ids, size + size / 2);
            }
            ids[size++] = id;
        }

        int[] toArray() {
            return Arrays.copyOf(ids, size);
        }
    }
}
