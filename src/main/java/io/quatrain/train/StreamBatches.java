package io.quatrain.train;

import io.quatrain.loss.Targets;
import io.quatrain.node.GraphPass;
import io.quatrain.node.PassSize;
import java.util.Arrays;
import java.util.Map;
import java.util.Objects;
import java.util.function.IntToDoubleFunction;
import org.jspecify.annotations.Nullable;

/**
 * A text for a language model, by truncated backpropagation through time: it is cut into {@code batch} contiguous
 * streams of equal length, each update takes the next {@code steps} tokens of every stream, the state is carried from
 * update to update and starts from zero with every epoch. The input is x_t, the target x_{t+1}.
 *
 * <p>Nothing is lost: every token but the first is a target exactly once in an epoch. Where a stream has no more tokens, in
 * the last update of an epoch, targets are ignored.
 */
public final class StreamBatches extends AbstractSource {
    private final TokenSource text;
    private final Options options;
    private final PassSize size;
    private final long shortStream;         // transitions of the shorter streams
    private final long longer;              // how many streams have one more
    private final long updates;
    private final int[] tokens;
    private final int[] ids;

    /**
     * @param input           the input's name, or null for the only one
     * @param output          the judged output's name, or null for the only one
     * @param wholeUpdates    leaves out an epoch's last update where it would not be full
     * @param weightOf        the weight of a target token, or null where all weigh 1
     */
    public record Options(@Nullable String input, @Nullable String output, boolean wholeUpdates,
                          @Nullable IntToDoubleFunction weightOf) {
        /** The only input and output, every token, all of weight 1. */
        public Options() {
            this(null, null, false, null);
        }

        public Options withNames(String input, String output) {
            return new Options(input, output, wholeUpdates, weightOf);
        }

        public Options withWholeUpdates() {
            return new Options(input, output, true, weightOf);
        }

        public Options withWeightOf(IntToDoubleFunction weightOf) {
            return new Options(input, output, wholeUpdates, weightOf);
        }
    }

    public StreamBatches(TokenSource text, int batch, int steps) {
        this(text, batch, steps, new Options());
    }

    /** @throws IllegalArgumentException where the text has fewer than two tokens */
    public StreamBatches(TokenSource text, int batch, int steps, Options options) {
        if (text.size() < 2) {
            throw new IllegalArgumentException("a language model needs a text of at least 2 tokens, given " + text.size());
        }
        this.text = text;
        this.options = options;
        this.size = PassSize.of(batch, steps);
        long transitions = text.size() - 1;
        this.shortStream = transitions / batch;
        this.longer = transitions % batch;
        long longest = shortStream + (longer > 0 ? 1 : 0);
        long whole = shortStream / steps;
        this.updates = options.wholeUpdates && whole > 0 ? whole : (longest + steps - 1) / steps;
        this.tokens = new int[steps + 1];
        this.ids = new int[steps * batch];
    }

    @Override
    public long updatesPerEpoch() {
        return updates;
    }

    @Override
    public PassSize size() {
        return size;
    }

    @Override
    public Map<String, Targets> targets(GraphPass pass) {
        String name = output(pass);
        return Map.of(name, Targets.ofClasses(Outputs.columns(pass, name, size.steps(), size.batch())));
    }

    private String output(GraphPass pass) {
        return options.output == null ? Outputs.only(pass) : options.output;
    }

    @Override
    public void fill(GraphPass pass, Map<String, Targets> targets) {
        Targets target = Objects.requireNonNull(targets.get(output(pass)));
        int[] classes = target.classes();
        int batch = size.batch();
        int steps = size.steps();
        long from = current() * steps;
        Arrays.fill(ids, 0);
        for (int b = 0; b < batch; b++) {
            long start = b * shortStream + Math.min(b, longer);
            long length = shortStream + (b < longer ? 1 : 0);
            int there = (int) Math.max(0, Math.min(steps, length - from));
            if (there > 0) {
                text.copy(start + from, tokens, 0, there + 1);
            }
            for (int t = 0; t < steps; t++) {
                int column = t * batch + b;
                if (t < there) {
                    ids[column] = tokens[t];
                    classes[column] = tokens[t + 1];
                    target.weights()[column] = options.weightOf == null ? 1 : options.weightOf.applyAsDouble(tokens[t + 1]);
                } else {
                    classes[column] = Targets.IGNORED;
                }
            }
        }
        (options.input == null ? pass.input() : pass.input(options.input)).setIds(ids);
    }

    @Override
    public boolean carriesState() {
        return true;
    }

    @Override
    public boolean startsAnew(int example) {
        return current() == 0;
    }
}
