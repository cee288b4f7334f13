package io.quatrain.text;

import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Tokens and their ids 0 … size − 1. Immutable; as plain data it is the list of its tokens and which of them are special.
 * <p>Built from a corpus, the special tokens come first, then the others by falling frequency, equal ones by code point: the same
 * corpus always gives the same ids.
 */
public final class Vocabulary {
    /** A token that is not text. */
    public enum Special {
        /** Fills short sequences up. */
        PADDING,
        /** Stands for whatever is not in the vocabulary. */
        UNKNOWN,
        /** Before the first token of an item. */
        START,
        /** After the last token of an item. */
        END;

        /** {@code padding}, {@code unknown}, {@code start}, {@code end}. */
        public String word() {
            return name().toLowerCase(Locale.ROOT);
        }

        /** The token that stands for it unless another is given: {@code <padding>} and so on. */
        public String defaultToken() {
            return "<" + word() + ">";
        }
    }

    /** What {@link #id(String)} gives for a token that is not there, if there is no unknown token. */
    public static final int NONE = -1;

    private final List<String> tokens;
    private final Map<Special, String> specials;
    private final Map<String, Integer> ids;
    private final int[] singles;                            // id of each one-char token, NONE for the others
    private final int[] specialIds = {NONE, NONE, NONE, NONE};

    private Vocabulary(List<String> tokens, Map<Special, String> specials) {
        this.tokens = List.copyOf(tokens);
        this.specials = Collections.unmodifiableMap(specials.isEmpty() ? new EnumMap<>(Special.class) : new EnumMap<>(specials));
        this.ids = new HashMap<>(tokens.size() * 2);
        int largest = -1;
        for (int id = 0; id < tokens.size(); id++) {
            String token = tokens.get(id);
            if (token.isEmpty()) {
                throw new IllegalArgumentException("vocabulary: token " + id + " is empty");
            }
            Integer before = ids.put(token, id);
            if (before != null) {
                throw new IllegalArgumentException("vocabulary: tokens " + before + " and " + id + " are both \"" + token + "\"");
            }
            if (token.length() == 1) {
                largest = Math.max(largest, token.charAt(0));
            }
        }
        this.singles = new int[largest + 1];
        java.util.Arrays.fill(singles, NONE);
        ids.forEach((token, id) -> {
            if (token.length() == 1) {
                singles[token.charAt(0)] = id;
            }
        });
        this.specials.forEach((special, token) -> {
            Integer id = ids.get(token);
            if (id == null) {
                throw new IllegalArgumentException("vocabulary: the " + special.word() + " token \"" + token + "\" is not among the tokens");
            }
            specialIds[special.ordinal()] = id;
        });
    }

    /** A vocabulary without special tokens. */
    public static Vocabulary of(List<String> tokens) {
        return new Vocabulary(tokens, Map.of());
    }

    /**
     * From its plain data.
     *
     * @throws IllegalArgumentException if a token is empty or there twice, or a special token is not among the tokens
     */
    public static Vocabulary of(List<String> tokens, Map<Special, String> specials) {
        return new Vocabulary(tokens, specials);
    }

    /** Counts tokens, then builds. */
    public static Builder counting() {
        return new Builder();
    }

    public int size() {
        return tokens.size();
    }

    /** All tokens; the index is the id. */
    public List<String> tokens() {
        return tokens;
    }

    /** The special tokens that there are. */
    public Map<Special, String> specials() {
        return specials;
    }

    /** The id of a token; that of the unknown token, or {@link #NONE}, if it is not there. */
    public int id(String token) {
        int id = find(token);
        return id == NONE ? specialIds[Special.UNKNOWN.ordinal()] : id;
    }

    /** The id of a token, or {@link #NONE} if it is not there. */
    public int find(String token) {
        if (token.length() == 1) {
            char c = token.charAt(0);
            return c < singles.length ? singles[c] : NONE;
        }
        Integer id = ids.get(token);
        return id == null ? NONE : id;
    }

    /**
     * The token with an id.
     *
     * @throws IndexOutOfBoundsException if the id is not below the size
     */
    public String token(int id) {
        if (id < 0 || id >= tokens.size()) {
            throw new IndexOutOfBoundsException("token id " + id + ": the vocabulary has " + tokens.size() + " tokens");
        }
        return tokens.get(id);
    }

    /** The id of a special token, or {@link #NONE}. */
    public int id(Special special) {
        return specialIds[special.ordinal()];
    }

    /** Whether an id is one of the special tokens. */
    public boolean isSpecial(int id) {
        for (int special : specialIds) {
            if (special == id) {
                return true;
            }
        }
        return false;
    }

    @Override public boolean equals(Object other) {
        return other instanceof Vocabulary that && tokens.equals(that.tokens) && specials.equals(that.specials);
    }

    @Override public int hashCode() {
        return tokens.hashCode();
    }

    @Override public String toString() {
        return "vocabulary of " + size() + " tokens" + (specials.isEmpty() ? "" : ", special " + specials.values());
    }

    /** Counts tokens and makes the vocabulary of the frequent ones. */
    public static final class Builder implements Consumer<String> {
        private static final class Count {
            long value;
        }

        private final Map<String, Count> counts = new HashMap<>();
        private final Map<Special, String> specials = new EnumMap<>(Special.class);
        private final Set<String> kept = new HashSet<>();
        private int size = Integer.MAX_VALUE;
        private long minimumFrequency = 1;
        private @Nullable String lastToken;                 // neighbours are often equal
        private Count lastCount = new Count();

        private Builder() {
        }

        /** Counts one token. */
        @Override public void accept(String token) {
            if (!token.equals(lastToken)) {
                lastToken = token;
                lastCount = counts.computeIfAbsent(token, t -> new Count());
            }
            lastCount.value++;
        }

        /** Keeps at most so many tokens, special ones included. Default: all. */
        public Builder size(int size) {
            if (size < 1) {
                throw new IllegalArgumentException("vocabulary: size must be positive, got " + size);
            }
            this.size = size;
            return this;
        }

        /** Keeps tokens seen at least so often. Default 1. */
        public Builder minimumFrequency(long minimum) {
            if (minimum < 1) {
                throw new IllegalArgumentException("vocabulary: minimumFrequency must be positive, got " + minimum);
            }
            this.minimumFrequency = minimum;
            return this;
        }

        /** Adds special tokens under their default names. Default: none. */
        public Builder with(Special... added) {
            for (Special special : added) {
                specials.put(special, special.defaultToken());
            }
            return this;
        }

        /** Adds a special token under a name of its own. */
        public Builder with(Special special, String token) {
            specials.put(special, token);
            return this;
        }

        /** Keeps these tokens however rare they are. */
        public Builder keep(List<String> tokens) {
            kept.addAll(tokens);
            tokens.forEach(token -> counts.computeIfAbsent(token, t -> new Count()));
            return this;
        }

        /** How often a token was seen. */
        public long frequency(String token) {
            Count count = counts.get(token);
            return count == null ? 0 : count.value;
        }

        public Vocabulary build() {
            Comparator<String> order = Comparator.<String>comparingLong(token -> -frequency(token)).thenComparing(Vocabulary::compareCodePoints);
            List<String> seen = new ArrayList<>();
            counts.forEach((token, count) -> {
                if ((count.value >= minimumFrequency || kept.contains(token)) && !specials.containsValue(token)) {
                    seen.add(token);
                }
            });
            seen.sort(Comparator.<String, Boolean>comparing(token -> !kept.contains(token)).thenComparing(order));
            List<String> chosen = new ArrayList<>(seen.subList(0, Math.max(0, Math.min(seen.size(), size - specials.size()))));
            chosen.sort(order);
            List<String> tokens = new ArrayList<>(specials.values());
            tokens.addAll(chosen);
            return new Vocabulary(tokens, specials);
        }
    }

    /** The order of code points, which is not that of UTF-16 chars: there, surrogates stand before U+E000. */
    static int compareCodePoints(String a, String b) {
        int length = Math.min(a.length(), b.length());
        for (int i = 0; i < length; i++) {
            char x = a.charAt(i);
            char y = b.charAt(i);
            if (x != y) {
                return Character.isSurrogate(x) == Character.isSurrogate(y) ? Character.compare(x, y) : Character.isSurrogate(x) ? 1 : -1;
            }
        }
        return Integer.compare(a.length(), b.length());
    }
}
