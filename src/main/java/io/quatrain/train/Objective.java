package io.quatrain.train;

import io.quatrain.loss.Loss;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What training makes small: the losses of a model's outputs, each with a factor, added up. Immutable; the {@code with}
 * methods return changed copies.
 *
 * @param reduction what the sum over an update's columns is divided by
 */
public record Objective(Map<String, Term> terms, Reduction reduction) {
    /** The name under which the only output goes, whatever it is called. */
    private static final String ONLY = "";

    /** How the losses of an update's columns become one number, whose gradient is followed. */
    public enum Reduction {
        /** The mean over all targets, weighted. */
        MEAN,
        /** The sum over an example's steps, the mean over examples: how Zaremba et al. (2014) count. */
        PER_EXAMPLE,
        /** The sum. */
        SUM
    }

    /** The loss of one output. */
    public record Term(Loss loss, double factor) {
        public Term {
            if (!(factor >= 0) || Double.isInfinite(factor)) {
                throw new IllegalArgumentException("a loss's factor must be at least 0 and finite, got " + factor);
            }
        }
    }

    public Objective {
        terms = java.util.Collections.unmodifiableMap(new LinkedHashMap<>(terms));
        if (terms.isEmpty()) {
            throw new IllegalArgumentException("an objective needs a loss");
        }
    }

    /** The mean loss of the only output. */
    public static Objective of(Loss loss) {
        return new Objective(Map.of(ONLY, new Term(loss, 1)), Reduction.MEAN);
    }

    /** The mean loss of a named output; add others by {@link #with}. */
    public static Objective of(String output, Loss loss) {
        return new Objective(Map.of(output, new Term(loss, 1)), Reduction.MEAN);
    }

    public Objective with(String output, Loss loss, double factor) {
        Map<String, Term> all = new LinkedHashMap<>(terms);
        all.put(output, new Term(loss, factor));
        return new Objective(all, reduction);
    }

    public Objective with(Reduction reduction) {
        return new Objective(terms, reduction);
    }

    /** The term of an output; null where it is not judged. */
    @Nullable Term term(String output) {
        Term term = terms.get(output);
        return term == null ? terms.get(ONLY) : term;
    }
}
