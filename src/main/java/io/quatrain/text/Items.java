package io.quatrain.text;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;

/** What can be done with a list of items. */
public final class Items {
    private Items() {
    }

    /** Training and validation items that share no text. */
    public record Split<T>(List<T> training, List<T> validation) { }

    /** Splits items; see {@link #split(List, Function, double, long)}. */
    public static Split<Item> split(List<Item> items, double validation, long seed) {
        return split(items, Item::text, validation, seed);
    }

    /**
     * Draws about a share of the items for validation. Items with the same text fall on the same side, so that nothing that is validated on
     * was trained on. Both parts keep the order of the items; the same seed gives the same parts.
     *
     * @param text       what makes two items the same
     * @param validation the share that validation gets, 0 to below 1; above 0, and with two different texts, it gets at least one
     */
    public static <T> Split<T> split(List<T> items, Function<? super T, String> text, double validation, long seed) {
        if (!(validation >= 0 && validation < 1)) {
            throw new IllegalArgumentException("the validation share must be at least 0 and below 1, got " + validation);
        }
        Map<String, Integer> counts = new LinkedHashMap<>();
        items.forEach(item -> counts.merge(text.apply(item), 1, Integer::sum));
        List<String> texts = new ArrayList<>(counts.keySet());
        Random64 random = new Random64(seed);
        for (int i = texts.size() - 1; i > 0; i--) {
            int j = random.below(i + 1);
            String swapped = texts.get(i);
            texts.set(i, texts.get(j));
            texts.set(j, swapped);
        }
        double wanted = validation * items.size();
        int taken = 0;
        Set<String> held = new HashSet<>();
        for (String one : texts) {
            int count = counts.get(one);
            if (wanted > 0 && held.size() + 1 < texts.size() && (held.isEmpty() || taken + count / 2.0 <= wanted)) {
                held.add(one);
                taken += count;
            }
        }
        List<T> training = new ArrayList<>();
        List<T> validating = new ArrayList<>();
        for (T item : items) {
            (held.contains(text.apply(item)) ? validating : training).add(item);
        }
        return new Split<>(training, validating);
    }
}
