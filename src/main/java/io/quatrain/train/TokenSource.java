package io.quatrain.train;

import java.util.Objects;

/** A long text as token ids, read by place: {@code TokenSource.of(corpus.size(), corpus::copy)}. */
public interface TokenSource {
    /** Copies ids from a place of the text. */
    @FunctionalInterface
    interface Copy {
        void copy(long from, int[] target, int offset, int length);
    }

    /** How many tokens. */
    long size();

    /** Copies tokens from … from + length − 1 to {@code target[offset …]}. */
    void copy(long from, int[] target, int offset, int length);

    static TokenSource of(long size, Copy copy) {
        return new TokenSource() {
            @Override
            public long size() {
                return size;
            }

            @Override
            public void copy(long from, int[] target, int offset, int length) {
                copy.copy(from, target, offset, length);
            }
        };
    }

    static TokenSource of(int... ids) {
        return of(ids.length, (from, target, offset, length) -> {
            Objects.checkFromIndexSize(from, (long) length, (long) ids.length);
            System.arraycopy(ids, (int) from, target, offset, length);
        });
    }
}
