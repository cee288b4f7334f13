package io.quatrain.text;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.PriorityQueue;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;

/**
 * Byte-pair encoding (Gage 1994; Sennrich et al. 2016): pieces of words, learned by joining the most frequent pair of neighbours again and again.
 * <p>The text is first cut into runs of letters, of digits, of ideographs and of other characters, a single space before a run belonging to it;
 * pairs are joined inside a run only, and a run is cut after 64 code points. With the unit {@code character}, pieces are made of code
 * points; with the unit {@code byte}, of the bytes of UTF-8, written in hexadecimal, and nothing is ever unknown.
 * <p>Training is deterministic: of equally frequent pairs, the first by code point is joined.
 */
public final class BytePairTokenizer implements Tokenizer {
    static final String WORD = "byte-pairs";
    private static final int LONGEST_RUN = 64;
    private static final int MOST_RUNS = 1 << 19;
    private static final int CACHED = 1 << 16;
    private static final char SEPARATOR = '\t';             // a tab is a run of its own, so no piece has one

    private final boolean bytes;
    private final List<String> merges;                      // left TAB right
    private final Map<String, Integer> ranks = new HashMap<>();
    private final Map<String, String[]> cache = new ConcurrentHashMap<>();

    private BytePairTokenizer(boolean bytes, List<String> merges) {
        this.bytes = bytes;
        this.merges = List.copyOf(merges);
        for (int rank = 0; rank < merges.size(); rank++) {
            String merge = merges.get(rank);
            int tab = merge.indexOf(SEPARATOR);
            if (tab < 1 || tab == merge.length() - 1 || merge.indexOf(SEPARATOR, tab + 1) >= 0) {
                throw new IllegalArgumentException("tokenizer \"" + WORD + "\": piece " + rank + " is not two pieces with a tab between them");
            }
            if (bytes && !merge.matches("(?:[0-9a-f]{2})+\t(?:[0-9a-f]{2})+")) {
                throw new IllegalArgumentException("tokenizer \"" + WORD + "\": piece " + rank + " is not bytes in hexadecimal");
            }
            if (ranks.put(merge, rank) != null) {
                throw new IllegalArgumentException("tokenizer \"" + WORD + "\": piece " + rank + " was there before");
            }
        }
    }

    static BytePairTokenizer of(TokenizerSpec spec) {
        spec.refuseOtherOptions("unit");
        return new BytePairTokenizer(spec.choice("unit", "character", "byte").equals("byte"), spec.pieces());
    }

    @Override public TokenizerSpec spec() {
        return new TokenizerSpec(WORD, bytes ? Map.of("unit", "byte") : Map.of(), merges);
    }

    @Override public List<String> alwaysKnown() {
        if (!bytes) {
            return List.of();
        }
        Set<String> tokens = new java.util.LinkedHashSet<>(ByteTokenizer.ALL);
        merges.forEach(merge -> tokens.add(merge.replace("\t", "")));
        return List.copyOf(tokens);
    }

    @Override public void tokenize(String text, Consumer<? super String> each) {
        runs(text, run -> {
            String[] pieces = cache.get(run);
            if (pieces == null) {
                pieces = pieces(run);
                if (cache.size() < CACHED) {
                    cache.put(run, pieces);
                }
            }
            for (String piece : pieces) {
                each.accept(piece);
            }
        });
    }

    @Override public Detokenizer detokenizer() {
        return bytes ? new Utf8Detokenizer() : token -> token;
    }

    private String[] pieces(String run) {
        List<String> pieces = new ArrayList<>(Arrays.asList(units(run, bytes)));
        while (pieces.size() > 1) {
            int best = Integer.MAX_VALUE;
            String merged = "";
            for (int i = 0; i + 1 < pieces.size(); i++) {
                Integer rank = ranks.get(pieces.get(i) + SEPARATOR + pieces.get(i + 1));
                if (rank != null && rank < best) {
                    best = rank;
                    merged = merges.get(rank);
                }
            }
            if (best == Integer.MAX_VALUE) {
                break;
            }
            int tab = merged.indexOf(SEPARATOR);
            String left = merged.substring(0, tab);
            String right = merged.substring(tab + 1);
            List<String> joined = new ArrayList<>(pieces.size());
            for (int i = 0; i < pieces.size(); i++) {
                if (i + 1 < pieces.size() && pieces.get(i).equals(left) && pieces.get(i + 1).equals(right)) {
                    joined.add(left + right);
                    i++;
                } else {
                    joined.add(pieces.get(i));
                }
            }
            pieces = joined;
        }
        return pieces.toArray(String[]::new);
    }

    private static String[] units(String run, boolean bytes) {
        if (bytes) {
            byte[] utf8 = run.getBytes(StandardCharsets.UTF_8);
            String[] units = new String[utf8.length];
            for (int i = 0; i < utf8.length; i++) {
                units[i] = ByteTokenizer.ALL.get(utf8[i] & 0xff);
            }
            return units;
        }
        return run.codePoints().mapToObj(c -> c < 0x10000 ? CharacterTokenizer.single((char) c) : Character.toString(c)).toArray(String[]::new);
    }

    private static void runs(String text, Consumer<String> each) {
        int length = text.length();
        for (int at = 0, end; at < length; at = end) {
            int first = text.codePointAt(at);
            end = at + Character.charCount(first);
            int units = 1;
            int kind = kind(first);
            if (first == ' ' && end < length && kind(text.codePointAt(end)) >= 0) {
                kind = kind(text.codePointAt(end));         // one space, then a run: they belong together
            }
            while (kind >= 0 && units < LONGEST_RUN && end < length && kind(text.codePointAt(end)) == kind) {
                end += Character.charCount(text.codePointAt(end));
                units++;
            }
            each.accept(text.substring(at, end));
        }
    }

    /** What a run is made of; below 0: white space, each of which stands alone. */
    private static int kind(int c) {
        if (UnicodeTable.isSpace(c)) {
            return -1;
        }
        int kind = UnicodeTable.word(c);
        return kind == UnicodeTable.OPENING || kind == UnicodeTable.CLOSING ? UnicodeTable.SYMBOL : kind;
    }

    @Override public String toString() {
        return WORD + (bytes ? " of bytes, " : ", ") + merges.size() + " merges";
    }

    /**
     * Learns pieces from a text, which is read once; what stays in memory is its different runs and their counts, of
     * the first 2^19 different ones.
     *
     * @param byteUnits whether pieces are made of bytes rather than of characters
     * @param count     how many pairs to join; fewer if no pair occurs twice any more
     */
    public static BytePairTokenizer train(Text text, Normalization normalization, boolean byteUnits, int count) {
        if (count < 0) {
            throw new IllegalArgumentException("byte-pair encoding: the number of merges must not be negative, got " + count);
        }
        Map<String, long[]> runs = new HashMap<>();
        text.forEachChunk(chunk -> runs(normalization.apply(chunk), run -> {
            long[] seen = runs.get(run);
            if (seen != null) {
                seen[0]++;
            } else if (runs.size() < MOST_RUNS) {
                runs.put(run, new long[] {1});
            }
        }));
        return new BytePairTokenizer(byteUnits, new Training(runs, byteUnits).merges(count));
    }

    /** Keeps for each pair its count and the runs it occurs in, so that a merge touches only those. */
    private static final class Training {
        private static final class Pair {
            final int left;
            final int right;
            long count;
            int[] runs = new int[2];                        // may name a run twice, or one that has lost the pair
            int runCount;

            Pair(int left, int right) {
                this.left = left;
                this.right = right;
            }

            void add(int run) {
                if (runCount > 0 && runs[runCount - 1] == run) {
                    return;
                }
                if (runCount == runs.length) {
                    runs = Arrays.copyOf(runs, runCount * 2);
                }
                runs[runCount++] = run;
            }
        }

        private record Candidate(Pair pair, long count) { }

        private final List<String> symbols = new ArrayList<>();
        private final Map<String, Integer> symbolIds = new HashMap<>();
        private final int[][] runs;
        private final long[] counts;
        private final Map<Long, Pair> pairs = new HashMap<>();
        private final PriorityQueue<Candidate> candidates = new PriorityQueue<>(Comparator.<Candidate>comparingLong(c -> -c.count())
                .thenComparing(c -> symbols.get(c.pair().left), Vocabulary::compareCodePoints)
                .thenComparing(c -> symbols.get(c.pair().right), Vocabulary::compareCodePoints));

        Training(Map<String, long[]> counted, boolean bytes) {
            runs = new int[counted.size()][];
            counts = new long[counted.size()];
            int n = 0;
            for (Map.Entry<String, long[]> entry : counted.entrySet()) {
                String[] units = units(entry.getKey(), bytes);
                runs[n] = new int[units.length];
                for (int i = 0; i < units.length; i++) {
                    runs[n][i] = symbol(units[i]);
                }
                counts[n] = entry.getValue()[0];
                n++;
            }
            Set<Pair> touched = new HashSet<>();
            for (int run = 0; run < runs.length; run++) {
                count(run, 1, touched);
            }
            offer(touched);
        }

        List<String> merges(int wanted) {
            Map<String, Integer> merges = new LinkedHashMap<>();
            while (merges.size() < wanted && !candidates.isEmpty()) {
                Candidate best = candidates.poll();
                Pair pair = best.pair();
                if (best.count() != pair.count || pair.count < 2) {
                    continue;                               // counted anew since then
                }
                merges.put(symbols.get(pair.left) + SEPARATOR + symbols.get(pair.right), merges.size());
                join(pair);
            }
            return List.copyOf(merges.keySet());
        }

        private void join(Pair pair) {
            int joined = symbol(symbols.get(pair.left) + symbols.get(pair.right));
            Set<Pair> touched = new HashSet<>();
            int[] places = Arrays.copyOf(pair.runs, pair.runCount);
            for (int run : places) {
                int[] before = runs[run];
                int[] after = replaced(before, pair, joined);
                if (after.length < before.length) {
                    count(run, -1, touched);
                    runs[run] = after;
                    count(run, 1, touched);
                }
            }
            pair.runs = new int[1];
            pair.runCount = 0;
            offer(touched);
        }

        private static int[] replaced(int[] run, Pair pair, int joined) {
            int[] result = new int[run.length];
            int n = 0;
            for (int i = 0; i < run.length; i++) {
                if (i + 1 < run.length && run[i] == pair.left && run[i + 1] == pair.right) {
                    result[n++] = joined;
                    i++;
                } else {
                    result[n++] = run[i];
                }
            }
            return n == run.length ? run : Arrays.copyOf(result, n);
        }

        private void count(int run, int sign, Set<Pair> touched) {
            int[] symbols = runs[run];
            for (int i = 0; i + 1 < symbols.length; i++) {
                int left = symbols[i];
                int right = symbols[i + 1];
                Pair pair = pairs.computeIfAbsent((long) left << 32 | right, key -> new Pair(left, right));
                pair.count += sign * counts[run];
                if (sign > 0) {
                    pair.add(run);
                }
                touched.add(pair);
            }
        }

        private void offer(Set<Pair> touched) {
            for (Pair pair : touched) {
                if (pair.count > 1) {
                    candidates.add(new Candidate(pair, pair.count));
                } else if (pair.count == 0) {
                    pairs.remove((long) pair.left << 32 | pair.right);
                }
            }
        }

        private int symbol(String text) {
            return symbolIds.computeIfAbsent(text, t -> {
                symbols.add(t);
                return symbols.size() - 1;
            });
        }
    }
}
