package io.quatrain.text;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Texts at which writing stops. Immutable; {@link #watch} follows one text as it is written, token by token, and gives it on without
 * any part of a stop text, wherever the token boundaries fall.
 *
 * @param texts the stop texts; none: writing never stops here
 */
public record StopCondition(List<String> texts) {
    /** @throws IllegalArgumentException if a stop text is empty */
    public StopCondition {
        texts = List.copyOf(texts);
        if (texts.contains("")) {
            throw new IllegalArgumentException("stop texts: one of them is empty; leave it out");
        }
    }

    public static StopCondition at(String... texts) {
        return new StopCondition(List.of(texts));
    }

    public Watch watch() {
        return new Watch(texts);
    }

    /** Follows one text. */
    public static final class Watch {
        private final List<String> texts;
        private final StringBuilder held = new StringBuilder();
        private @Nullable String found;

        private Watch(List<String> texts) {
            this.texts = texts;
        }

        /**
         * Takes the next piece of text and gives what can be shown: everything but the end that may yet become a stop text. When one
         * is complete, what stood before it is given, the rest is lost and so is all that comes later.
         */
        public String next(String piece) {
            if (found != null) {
                return "";
            }
            held.append(piece);
            int first = held.length();
            for (String text : texts) {
                int at = held.indexOf(text);
                if (at >= 0 && (at < first || at == first && found != null && text.length() > found.length())) {
                    first = at;
                    found = text;
                }
            }
            if (found != null) {
                held.setLength(first);
                return end();
            }
            int shown = held.length() - longestBeginning();
            String text = held.substring(0, shown);
            held.delete(0, shown);
            return text;
        }

        /** The stop text that was found; null: none so far. */
        public @Nullable String found() {
            return found;
        }

        public boolean stopped() {
            return found != null;
        }

        /** No more is written: what was held back. */
        public String end() {
            String text = held.toString();
            held.setLength(0);
            return text;
        }

        /** Length of the longest end of what is held that is a beginning of a stop text. */
        private int longestBeginning() {
            int longest = 0;
            for (String text : texts) {
                for (int length = Math.min(text.length() - 1, held.length()); length > longest; length--) {
                    if (held.indexOf(text.substring(0, length), held.length() - length) >= 0) {
                        longest = length;
                    }
                }
            }
            return longest;
        }
    }
}
