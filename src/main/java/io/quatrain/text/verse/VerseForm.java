package io.quatrain.text.verse;

import io.quatrain.text.Vocabulary;
import java.util.List;
import java.util.Set;

/** A form that a poem has or has not. Immutable. */
public interface VerseForm {
    /** Where a text leaves the form, in the order of the text; empty: it keeps it. */
    List<Finding> check(String poem);

    /**
     * Keeps a model inside the form while it writes. Special tokens that were written count for nothing, all others are the poem from its
     * first character on: a given first line is either prompt or is forced by the form. The end token is allowed where the poem may end;
     * when it is complete, nothing else is.
     *
     * @param vocabulary of a character model: the text of tokens is that of all of them joined
     * @param banned     tokens that are never written
     * @throws IllegalArgumentException if the form cannot be written with what is left of this vocabulary; the message names what is missing
     */
    VerseConstraint constraint(Vocabulary vocabulary, Set<Integer> banned);

    /** The same with all tokens of the vocabulary. */
    default VerseConstraint constraint(Vocabulary vocabulary) {
        return constraint(vocabulary, Set.of());
    }
}
