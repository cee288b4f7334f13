package io.quatrain.text;

import org.jspecify.annotations.Nullable;

/**
 * One text of a collection: a poem, a name, a message.
 *
 * @param text   the text itself, never empty
 * @param label  its class: the language of a name, the form of a poem
 * @param title  its title
 * @param author who wrote it
 */
public record Item(String text, @Nullable String label, @Nullable String title, @Nullable String author) {
    public Item(String text) {
        this(text, null, null, null);
    }

    public Item(String text, @Nullable String label) {
        this(text, label, null, null);
    }
}
