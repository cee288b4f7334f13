package io.quatrain.text;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.IntConsumer;

/**
 * A text as token ids, encoded once and held compactly: one byte an id if the vocabulary has at most 256 tokens, two up to 65,536,
 * otherwise four. The text itself is read in chunks and never held as a whole. Immutable; ranges share the ids.
 */
public final class EncodedCorpus {
    private static final int BLOCK_BITS = 16;
    private static final int BLOCK = 1 << BLOCK_BITS;

    private final Store ids;
    private final long from;
    private final long to;
    private final String hash;
    private final Map<String, Long> unknown;
    private final int newline;                              // id of the line feed, or NONE

    private EncodedCorpus(Store ids, long from, long to, String hash, Map<String, Long> unknown, int newline) {
        this.ids = ids;
        this.from = from;
        this.to = to;
        this.hash = hash;
        this.unknown = unknown;
        this.newline = newline;
    }

    /**
     * Reads a text and encodes it.
     *
     * @throws CorpusException if it cannot be read, or none of its tokens is in the vocabulary
     */
    public static EncodedCorpus of(Codec codec, Text text) {
        Store store = Store.forVocabulary(codec.vocabulary().size());
        Map<String, Long> unknown = new LinkedHashMap<>();
        Text.Summary summary = text.forEachChunk(chunk -> codec.encode(chunk, store, unknown));
        if (store.size == 0) {
            throw new CorpusException(text.name(), "has no token that is in the vocabulary of " + codec.vocabulary().size() + " tokens");
        }
        return new EncodedCorpus(store, 0, store.size, summary.sha256(), unknown, codec.vocabulary().find("\n"));
    }

    /**
     * Items one after the other, each between the start and the end token where the vocabulary has them.
     *
     * @throws CorpusException if nothing comes of it
     */
    public static EncodedCorpus of(Codec codec, String name, List<String> items) {
        Store store = Store.forVocabulary(codec.vocabulary().size());
        Map<String, Long> unknown = new LinkedHashMap<>();
        MessageDigest digest = Hash.sha256();
        int start = codec.vocabulary().id(Vocabulary.Special.START);
        int end = codec.vocabulary().id(Vocabulary.Special.END);
        for (String item : items) {
            byte[] bytes = item.getBytes(StandardCharsets.UTF_8);
            digest.update(ByteBuffer.allocate(4).putInt(bytes.length).array());
            digest.update(bytes);
            if (start != Vocabulary.NONE) {
                store.accept(start);
            }
            codec.encode(item, store, unknown);
            if (end != Vocabulary.NONE) {
                store.accept(end);
            }
        }
        if (store.size == 0) {
            throw new CorpusException(name, "has no token that is in the vocabulary of " + codec.vocabulary().size() + " tokens");
        }
        return new EncodedCorpus(store, 0, store.size, Hash.hex(digest), unknown, codec.vocabulary().find("\n"));
    }

    /** Reads a text twice: once for its vocabulary, once to encode it. */
    public static Fitted fit(Normalization normalization, Tokenizer tokenizer, Text text, Vocabulary.Builder vocabulary) {
        Codec codec = Codec.fit(normalization, tokenizer, text, vocabulary);
        return new Fitted(codec, of(codec, text));
    }

    /** A codec and the corpus that its vocabulary was made from. */
    public record Fitted(Codec codec, EncodedCorpus corpus) { }

    /** How many tokens. */
    public long size() {
        return to - from;
    }

    /** The id at an index below the size. */
    public int id(long index) {
        Objects.checkIndex(index, size());
        return ids.get(from + index);
    }

    /** Copies ids {@code index … index + length − 1} to {@code target[offset …]}. */
    public void copy(long index, int[] target, int offset, int length) {
        Objects.checkFromIndexSize(index, (long) length, size());
        Objects.checkFromIndexSize(offset, length, target.length);
        ids.copy(from + index, target, offset, length);
    }

    /** Copies ids as {@link #copy(long, int[], int, int)}. */
    public int[] copy(long index, int length) {
        int[] copied = new int[length];
        copy(index, copied, 0, length);
        return copied;
    }

    /** SHA-256 of the bytes of the text that was encoded, in hexadecimal; a range has the hash of the whole. */
    public String hash() {
        return hash;
    }

    /** Tokens that were not in the vocabulary (the first 1,000 different ones) and how often each occurred. */
    public Map<String, Long> unknown() {
        return java.util.Collections.unmodifiableMap(unknown);
    }

    /** Bytes that the ids take. */
    public long memory() {
        return ids.memory();
    }

    /** The part from one index to before another; shares the ids. */
    public EncodedCorpus range(long first, long end) {
        Objects.checkFromToIndex(first, end, size());
        return new EncodedCorpus(ids, from + first, from + end, hash, unknown, newline);
    }

    /**
     * Cuts the last share off for validation. The cut is moved forward to the beginning of a line, if one begins within a hundredth
     * of the corpus, so that no line stands on both sides.
     *
     * @param validation the share of the tokens that validation gets, 0 to below 1; 0 gives an empty validation part
     */
    public Split split(double validation) {
        if (!(validation >= 0 && validation < 1)) {
            throw new IllegalArgumentException("the validation share must be at least 0 and below 1, got " + validation);
        }
        long cut = size() - (long) Math.floor(size() * validation);
        if (newline != Vocabulary.NONE && cut < size()) {
            long limit = Math.min(size(), cut + size() / 100);
            for (long i = Math.max(1, cut); i < limit; i++) {
                if (id(i - 1) == newline) {
                    cut = i;
                    break;
                }
            }
        }
        return new Split(range(0, cut), range(cut, size()));
    }

    /** Two parts of a corpus that share no token. */
    public record Split(EncodedCorpus training, EncodedCorpus validation) { }

    @Override public String toString() {
        return "corpus of " + size() + " tokens, sha256 " + hash;
    }

    /** Ids in blocks, so that growing copies nothing. */
    private abstract static class Store implements IntConsumer {
        long size;

        static Store forVocabulary(int size) {
            return size <= 1 << 8 ? new Bytes() : size <= 1 << 16 ? new Shorts() : new Ints();
        }

        abstract int get(long index);

        abstract long memory();

        void copy(long index, int[] target, int offset, int length) {
            for (int i = 0; i < length; i++) {
                target[offset + i] = get(index + i);
            }
        }
    }

    private static final class Bytes extends Store {
        private final List<byte[]> blocks = new ArrayList<>();

        @Override public void accept(int id) {
            int at = (int) (size & BLOCK - 1);
            if (at == 0) {
                blocks.add(new byte[BLOCK]);
            }
            blocks.get((int) (size++ >>> BLOCK_BITS))[at] = (byte) id;
        }

        @Override int get(long index) {
            return blocks.get((int) (index >>> BLOCK_BITS))[(int) (index & BLOCK - 1)] & 0xff;
        }

        @Override long memory() {
            return (long) blocks.size() * BLOCK;
        }
    }

    private static final class Shorts extends Store {
        private final List<short[]> blocks = new ArrayList<>();

        @Override public void accept(int id) {
            int at = (int) (size & BLOCK - 1);
            if (at == 0) {
                blocks.add(new short[BLOCK]);
            }
            blocks.get((int) (size++ >>> BLOCK_BITS))[at] = (short) id;
        }

        @Override int get(long index) {
            return blocks.get((int) (index >>> BLOCK_BITS))[(int) (index & BLOCK - 1)] & 0xffff;
        }

        @Override long memory() {
            return 2L * blocks.size() * BLOCK;
        }
    }

    private static final class Ints extends Store {
        private final List<int[]> blocks = new ArrayList<>();

        @Override public void accept(int id) {
            int at = (int) (size & BLOCK - 1);
            if (at == 0) {
                blocks.add(new int[BLOCK]);
            }
            blocks.get((int) (size++ >>> BLOCK_BITS))[at] = id;
        }

        @Override int get(long index) {
            return blocks.get((int) (index >>> BLOCK_BITS))[(int) (index & BLOCK - 1)];
        }

        @Override long memory() {
            return 4L * blocks.size() * BLOCK;
        }
    }

    @Override public boolean equals(Object other) {
        if (!(other instanceof EncodedCorpus that) || size() != that.size() || !hash.equals(that.hash)) {
            return false;
        }
        for (long i = 0; i < size(); i++) {
            if (id(i) != that.id(i)) {
                return false;
            }
        }
        return true;
    }

    @Override public int hashCode() {
        return Arrays.hashCode(new Object[] {size(), hash});
    }
}
