package io.quatrain.text;

import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * A tokenizer as plain data, as it is written into a model file.
 *
 * @param word    which one: {@code characters}, {@code words}, {@code hanlp}, {@code byte-pairs}, {@code bytes} or {@code separated}
 * @param options what differs from the tokenizer's defaults; keys in alphabetical order
 * @param pieces  what was learned from a corpus (the merges of byte-pair encoding, the tokens of separated texts), otherwise empty
 */
public record TokenizerSpec(String word, Map<String, String> options, List<String> pieces) {
    /** The words of all tokenizers. */
    public static final List<String> WORDS = List.of(CharacterTokenizer.WORD, WordTokenizer.WORD, HanLpTokenizer.WORD, BytePairTokenizer.WORD,
            ByteTokenizer.WORD, SeparatedTokenizer.WORD);

    public TokenizerSpec {
        options = Collections.unmodifiableMap(new TreeMap<>(options));
        pieces = List.copyOf(pieces);
    }

    public TokenizerSpec(String word) {
        this(word, Map.of(), List.of());
    }

    public TokenizerSpec(String word, Map<String, String> options) {
        this(word, options, List.of());
    }

    /**
     * The tokenizer that this describes.
     *
     * @throws IllegalArgumentException if the word, an option or a value is unknown
     */
    public Tokenizer create() {
        return switch (word) {
            case CharacterTokenizer.WORD -> CharacterTokenizer.of(this);
            case WordTokenizer.WORD -> WordTokenizer.of(this);
            case HanLpTokenizer.WORD -> HanLpTokenizer.of(this);
            case BytePairTokenizer.WORD -> BytePairTokenizer.of(this);
            case ByteTokenizer.WORD -> ByteTokenizer.of(this);
            case SeparatedTokenizer.WORD -> SeparatedTokenizer.of(this);
            default -> throw new IllegalArgumentException("unknown tokenizer \"" + word + "\"; known are " + String.join(", ", WORDS));
        };
    }

    /** The value of an option, which must be one of {@code known}; the first of them is the default. */
    String choice(String key, String... known) {
        String value = options.getOrDefault(key, known[0]);
        if (!List.of(known).contains(value)) {
            throw new IllegalArgumentException("tokenizer \"" + word + "\": " + key + " must be one of " + String.join(", ", known)
                    + ", got \"" + value + "\"");
        }
        return value;
    }

    void refuseOtherOptions(String... known) {
        for (String key : options.keySet()) {
            if (!List.of(known).contains(key)) {
                throw new IllegalArgumentException("tokenizer \"" + word + "\": unknown option \"" + key + "\"; "
                        + (known.length == 0 ? "it has none" : "known are " + String.join(", ", known)));
            }
        }
    }

    void refusePieces() {
        if (!pieces.isEmpty()) {
            throw new IllegalArgumentException("tokenizer \"" + word + "\" learns no pieces, got " + pieces.size());
        }
    }
}
