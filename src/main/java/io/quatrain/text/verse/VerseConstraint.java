package io.quatrain.text.verse;

import io.quatrain.text.Constraint;
import io.quatrain.text.Vocabulary;
import java.util.BitSet;
import java.util.List;
import java.util.Set;

/** A form as a constraint on the tokens of one vocabulary. */
public abstract class VerseConstraint implements Constraint {
    final Vocabulary vocabulary;
    private final BitSet text = new BitSet();               // every token that is text and not banned

    VerseConstraint(Vocabulary vocabulary, Set<Integer> banned) {
        this.vocabulary = vocabulary;
        for (int id = 0; id < vocabulary.size(); id++) {
            text.set(id, !vocabulary.isSpecial(id) && !banned.contains(id));
        }
    }

    final boolean writes(int id) {
        return text.get(id);
    }

    /** Refuses a form that needs a text of one token. */
    final IllegalArgumentException missing(int line, String needed) {
        return new IllegalArgumentException("verse: line " + line + " needs \"" + needed.replace("\n", "\\n") + "\", which is "
                + (vocabulary.find(needed) == Vocabulary.NONE ? "not in the vocabulary; give another, or take a model that has learned it"
                : "banned; ban less, or take another form"));
    }

    @Override public final void narrow(List<Integer> written, BitSet allowed) {
        int end = vocabulary.id(Vocabulary.Special.END);
        String poem = poem(written);
        boolean complete = isComplete(poem);
        boolean endAllowed = mayEnd(poem) && end != Vocabulary.NONE && allowed.get(end);
        allowed.and(text);
        if (complete) {
            allowed.clear();
        } else {
            narrow(poem, allowed);
        }
        if (endAllowed) {
            allowed.set(end);
        }
    }

    /** Whether the poem has all its lines and nothing may follow. */
    public final boolean isComplete(List<Integer> written) {
        return isComplete(poem(written));
    }

    /** How many tokens it takes at least to complete a poem. */
    public final int fewest(List<Integer> written) {
        int longest = text.stream().map(id -> length(vocabulary.token(id))).max().orElse(1);
        return Math.max(0, (shortest() - length(poem(written)) + longest - 1) / longest);
    }

    /** Of the shortest poem, as {@link #length} counts. */
    abstract int shortest();

    abstract int length(String text);

    private String poem(List<Integer> written) {
        StringBuilder poem = new StringBuilder();
        for (int id : written) {
            if (!vocabulary.isSpecial(id)) {
                poem.append(vocabulary.token(id));
            }
        }
        return poem.toString();
    }

    /** Whether nothing may follow. */
    abstract boolean isComplete(String poem);

    /** Whether the poem may end here; always true when it is complete. */
    boolean mayEnd(String poem) {
        return isComplete(poem);
    }

    /** Clears the tokens, all of them text, that cannot follow an incomplete poem. */
    abstract void narrow(String poem, BitSet allowed);
}
