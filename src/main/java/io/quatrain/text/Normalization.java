package io.quatrain.text;

import java.text.Normalizer;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/**
 * What is done to a text before it is cut into tokens: a set of steps, always applied in the order in which {@link Step} lists
 * them. Applying a normalization twice changes nothing more. The words of the steps are its serialised form.
 */
public final class Normalization {
    /** One step, and the word that stands for it. */
    public enum Step {
        /** {@code line-ends}: CR LF and CR become LF. */
        LINE_ENDS,
        /** {@code byte-order-mark}: U+FEFF disappears, wherever it stands. */
        BYTE_ORDER_MARK,
        /** {@code nfkc}: Unicode compatibility composition; ligatures, circled digits and full width forms become plain. */
        NFKC,
        /** {@code simplified}: traditional Chinese becomes simplified; needs HanLP. */
        SIMPLIFIED,
        /** {@code traditional}: simplified Chinese becomes traditional; needs HanLP. */
        TRADITIONAL,
        /** {@code fold-case}: upper and lower case become one (lower case of upper case, character by character, in no locale). */
        FOLD_CASE,
        /** {@code half-width}: ！ to ～ become ! to ~, and the ideographic space a space. Chinese 。 and 、 stay. */
        HALF_WIDTH,
        /** {@code full-width}: ! to ~ become ！ to ～, and a space the ideographic space. */
        FULL_WIDTH,
        /** {@code nfc}: Unicode canonical composition. */
        NFC;

        /** The word that stands for this step in files. */
        public String word() {
            return name().toLowerCase(Locale.ROOT).replace('_', '-');
        }
    }

    /** The text as it is. */
    public static final Normalization NONE = new Normalization(EnumSet.noneOf(Step.class));
    /** What experiments use unless they say otherwise: {@code line-ends}, {@code byte-order-mark}, {@code nfc}. */
    public static final Normalization STANDARD = new Normalization(EnumSet.of(Step.LINE_ENDS, Step.BYTE_ORDER_MARK, Step.NFC));

    private final Set<Step> steps;

    private Normalization(EnumSet<Step> steps) {
        refuseBoth(steps, Step.HALF_WIDTH, Step.FULL_WIDTH);
        refuseBoth(steps, Step.NFKC, Step.FULL_WIDTH);
        refuseBoth(steps, Step.SIMPLIFIED, Step.TRADITIONAL);
        this.steps = Collections.unmodifiableSet(steps);
    }

    public static Normalization of(Step... steps) {
        EnumSet<Step> set = EnumSet.noneOf(Step.class);
        Collections.addAll(set, steps);
        return new Normalization(set);
    }

    /**
     * From the words of its steps, in any order.
     *
     * @throws IllegalArgumentException if a word is unknown or two steps contradict each other
     */
    public static Normalization of(Collection<String> words) {
        EnumSet<Step> set = EnumSet.noneOf(Step.class);
        for (String word : words) {
            set.add(step(word));
        }
        return new Normalization(set);
    }

    /** The words of the steps, in the order in which they are applied. */
    public List<String> words() {
        return steps.stream().map(Step::word).toList();
    }

    public String apply(String text) {
        String result = text;
        for (Step step : steps) {
            result = apply(step, result);
        }
        return steps.contains(Step.NFKC) ? Normalizer.normalize(result, Normalizer.Form.NFC) : result;
    }

    private static String apply(Step step, String text) {
        return switch (step) {
            case LINE_ENDS -> text.indexOf('\r') < 0 ? text : text.replace("\r\n", "\n").replace('\r', '\n');
            case BYTE_ORDER_MARK -> text.indexOf('\ufeff') < 0 ? text : text.replace("\ufeff", "");
            case NFKC -> Normalizer.normalize(text, Normalizer.Form.NFKC);
            case SIMPLIFIED -> Chinese.simplified(text);
            case TRADITIONAL -> Chinese.traditional(text);
            case FOLD_CASE -> foldCase(text);
            case HALF_WIDTH -> shift(text, '\uff01', '\uff5e', '!' - '\uff01', '\u3000', ' ');
            case FULL_WIDTH -> shift(text, '!', '~', '\uff01' - '!', ' ', '\u3000');
            case NFC -> Normalizer.isNormalized(text, Normalizer.Form.NFC) ? text : Normalizer.normalize(text, Normalizer.Form.NFC);
        };
    }

    private static String shift(String text, char first, char last, int by, char space, char otherSpace) {
        char[] chars = text.toCharArray();
        for (int i = 0; i < chars.length; i++) {
            if (chars[i] >= first && chars[i] <= last) {
                chars[i] += (char) by;
            } else if (chars[i] == space) {
                chars[i] = otherSpace;
            }
        }
        return new String(chars);
    }

    private static String foldCase(String text) {
        StringBuilder folded = new StringBuilder(text.length());
        for (int i = 0, c; i < text.length(); i += Character.charCount(c)) {
            c = text.codePointAt(i);
            folded.appendCodePoint(Character.toLowerCase(Character.toUpperCase(c)));
        }
        return folded.toString();
    }

    private static Step step(String word) {
        List<String> known = new ArrayList<>();
        for (Step step : Step.values()) {
            if (step.word().equals(word)) {
                return step;
            }
            known.add(step.word());
        }
        throw new IllegalArgumentException("unknown normalization \"" + word + "\"; known are " + String.join(", ", known));
    }

    private static void refuseBoth(Set<Step> steps, Step one, Step other) {
        if (steps.contains(one) && steps.contains(other)) {
            throw new IllegalArgumentException("normalization cannot be both \"" + one.word() + "\" and \"" + other.word()
                    + "\"; leave one out");
        }
    }

    @Override public boolean equals(Object other) {
        return other instanceof Normalization that && steps.equals(that.steps);
    }

    @Override public int hashCode() {
        return steps.hashCode();
    }

    @Override public String toString() {
        return words().toString();
    }
}
