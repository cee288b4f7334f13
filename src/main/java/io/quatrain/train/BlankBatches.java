package io.quatrain.train;

import io.quatrain.loss.Targets;
import io.quatrain.tensor.Randomness;
import java.util.Map;

/**
 * Sequences of which some tokens are blanked out, and those tokens as the targets at their places: for models that read a
 * whole text and fill in what is missing. In every epoch others are blanked, each with the given probability and at least one
 * a sequence; which ones is a function of seed, epoch, example and place, so a resumed run and the second validation see the
 * same. Special tokens (below {@code from}) and blanks that stood in the text are never asked for.
 */
public final class BlankBatches extends DelegatingSource {
    private final Drawn drawn;

    /**
     * @param blank the token that takes the place of others
     * @param from  tokens below it are special
     * @param share of the tokens that are blanked, in (0, 1]
     */
    public BlankBatches(String input, TokenSeries sequences, String output, int blank, int from, double share,
                        ExampleBatches.Options options) {
        this(input, output, new Drawn(sequences, blank, from, share, options.seed()), options);
    }

    private BlankBatches(String input, String output, Drawn drawn, ExampleBatches.Options options) {
        super(new ExampleBatches(new Examples(Map.of(input, drawn.view(true)), Map.of(output, drawn.view(false)), Map.of()),
                options));
        this.drawn = drawn;
    }

    @Override
    public void begin(long epoch) {
        super.begin(epoch);
        drawn.begin(epoch);
    }

    @Override
    public void position(long[] position) {
        super.position(position);
        drawn.begin(epoch());
    }

    /** Which tokens are blanked in an epoch. */
    private static final class Drawn {
        private final TokenSeries whole;
        private final int blank;
        private final int from;
        private final double share;
        private final long seed;
        private boolean[][] blanked;
        private long epoch;

        Drawn(TokenSeries whole, int blank, int from, double share, long seed) {
            if (!(share > 0 && share <= 1)) {
                throw new IllegalArgumentException("the share of blanks must be above 0 and at most 1, got " + share);
            }
            this.whole = whole;
            this.blank = blank;
            this.from = from;
            this.share = share;
            this.seed = seed;
            this.blanked = new boolean[whole.size()][];
        }

        void begin(long epoch) {
            if (epoch != this.epoch) {
                this.epoch = epoch;
                blanked = new boolean[whole.size()][];
            }
        }

        private boolean isBlanked(int example, int step) {
            boolean[] row = blanked[example];
            if (row == null) {
                row = blanked[example] = draw(example);
            }
            return row[step];
        }

        private boolean[] draw(int example) {
            Randomness random = new Randomness(new Randomness(seed, "blanks").at(epoch), example);
            boolean[] row = new boolean[whole.length(example)];
            int least = -1;
            double lowest = 2;
            for (int t = 0; t < row.length; t++) {
                double drawn = random.nextDouble();
                int id = whole.id(example, t);
                if (id >= from && id != blank) {
                    row[t] = drawn < share;
                    if (drawn < lowest) {
                        lowest = drawn;
                        least = t;
                    }
                }
            }
            if (least >= 0) {
                row[least] = true;
            }
            return row;
        }

        TokenSeries view(boolean read) {
            return new TokenSeries() {
                @Override
                public int size() {
                    return whole.size();
                }

                @Override
                public int length(int example) {
                    return whole.length(example);
                }

                @Override
                public int id(int example, int step) {
                    int id = whole.id(example, step);
                    boolean missing = isBlanked(example, step);
                    return read ? missing ? blank : id : missing ? id : Targets.IGNORED;
                }
            };
        }
    }
}
