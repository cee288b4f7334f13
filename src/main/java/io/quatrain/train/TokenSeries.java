package io.quatrain.train;

import java.util.List;

/** Sequences of token ids, or of classes. */
public non-sealed interface TokenSeries extends Series {
    int id(int example, int step);

    static TokenSeries of(int[][] sequences) {
        return new TokenSeries() {
            @Override
            public int size() {
                return sequences.length;
            }

            @Override
            public int length(int example) {
                return sequences[example].length;
            }

            @Override
            public int id(int example, int step) {
                return sequences[example][step];
            }
        };
    }

    static TokenSeries of(List<int[]> sequences) {
        return of(sequences.toArray(new int[0][]));
    }

    /** One class for each example. */
    static TokenSeries ofClasses(int[] classes) {
        return new TokenSeries() {
            @Override
            public int size() {
                return classes.length;
            }

            @Override
            public int length(int example) {
                return 1;
            }

            @Override
            public int id(int example, int step) {
                return classes[example];
            }
        };
    }

    /** The same without each sequence's first token: what is to be predicted. */
    default TokenSeries withoutFirst() {
        return view(1, 1);
    }

    /** The same without each sequence's last token: what it is predicted from. */
    default TokenSeries withoutLast() {
        return view(0, 1);
    }

    private TokenSeries view(int shift, int fewer) {
        TokenSeries whole = this;
        return new TokenSeries() {
            @Override
            public int size() {
                return whole.size();
            }

            @Override
            public int length(int example) {
                return whole.length(example) - fewer;
            }

            @Override
            public int id(int example, int step) {
                return whole.id(example, step + shift);
            }
        };
    }
}
