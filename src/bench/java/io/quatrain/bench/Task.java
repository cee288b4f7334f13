package io.quatrain.bench;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.IntBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;

/**
 * What every contender is given: a language model, its training, and a text to learn.
 *
 * @param cell          {@code lstm}, {@code gru} or {@code rnn}
 * @param embedding     numbers a token becomes; 0: one-hot
 * @param bidirectional two directions, concatenated. Then no state is carried from update to update
 * @param optimizer     {@code adam} or {@code adagrad}, with its usual settings and {@code rate}
 * @param updates       of one epoch; then the text begins again, from a state of zeros
 */
public record Task(String name, String cell, int vocabulary, int embedding, int units, int layers, boolean bidirectional,
                   int batch, int steps, String optimizer, double rate, int updates) {
    private static final double FOLLOWS = 0.7;
    private static final List<Task> ALL = List.of(
            new Task("C1", "lstm", 65, 0, 128, 1, false, 32, 50, "adam", 0.002, 200),
            new Task("C2", "lstm", 65, 0, 512, 2, false, 50, 50, "adam", 0.002, 200),
            new Task("C3", "lstm", 5000, 128, 256, 1, true, 32, 35, "adam", 0.002, 200),
            new Task("C4", "lstm", 63, 0, 100, 1, false, 1, 25, "adagrad", 0.1, 200),
            new Task("GRU", "gru", 65, 0, 128, 1, false, 32, 50, "adam", 0.002, 200),
            new Task("RNN", "rnn", 65, 0, 128, 1, false, 32, 50, "adam", 0.002, 200));

    static Task named(String name) {
        return ALL.stream().filter(each -> each.name.equalsIgnoreCase(name)).findFirst()
                .orElseThrow(() -> new IllegalArgumentException("no task \"" + name + "\"; there are "
                        + ALL.stream().map(Task::name).toList()));
    }

    /** {@code key=value} words, as a contender reads them. */
    List<String> words() {
        return List.of("name=" + name, "cell=" + cell, "vocabulary=" + vocabulary, "embedding=" + embedding,
                "units=" + units, "layers=" + layers, "bidirectional=" + bidirectional, "batch=" + batch,
                "steps=" + steps, "optimizer=" + optimizer, "rate=" + rate, "updates=" + updates);
    }

    /** The same but for one size. */
    Task with(String size, int value) {
        Map<String, String> words = parse(words().toArray(new String[0]));
        words.put(size, Integer.toString(value));
        words.put("name", name + "-" + size + "-" + value);
        return of(words);
    }

    static Map<String, String> parse(String[] words) {
        Map<String, String> map = new LinkedHashMap<>();
        for (String word : words) {
            int equals = word.indexOf('=');
            if (equals < 0) {
                throw new IllegalArgumentException("needs key=value, got \"" + word + "\"");
            }
            map.put(word.substring(0, equals), word.substring(equals + 1));
        }
        return map;
    }

    static Task of(Map<String, String> w) {
        return new Task(w.get("name"), w.get("cell"), number(w, "vocabulary"), number(w, "embedding"), number(w, "units"),
                number(w, "layers"), Boolean.parseBoolean(w.get("bidirectional")), number(w, "batch"), number(w, "steps"),
                w.get("optimizer"), Double.parseDouble(w.get("rate")), number(w, "updates"));
    }

    private static int number(Map<String, String> words, String key) {
        return Integer.parseInt(words.get(key));
    }

    int tokens() {
        return batch * steps;
    }

    int directions() {
        return bidirectional ? 2 : 1;
    }

    /** Every weight begins uniform in ± this, every bias at 0. */
    double range() {
        return 1 / Math.sqrt(units);
    }

    /**
     * Floating-point operations of the products of one update: 2 for each weight and token forwards, 4 backwards (the
     * gradients of the weight and of what it is multiplied by), 2 where nothing learns below. One-hot and embedded tokens
     * choose columns and cost none. Elementwise functions, loss and optimizer are not counted.
     */
    double flops() {
        int gates = switch (cell) {
            case "lstm" -> 4;
            case "gru" -> 3;
            default -> 1;
        };
        double weights = 0;
        int inputs = embedding;
        for (int layer = 0; layer < layers; layer++) {
            weights += directions() * (double) gates * units * (inputs + units);
            inputs = directions() * units;
        }
        return 6 * (weights + (double) vocabulary * inputs) * tokens();
    }

    /**
     * A text that can be learned: a token is followed, 7 times in 10, by one that belongs to it, and else by any, the earlier
     * ones more often (a token's odds fall with its number, as words' do).
     */
    int[] text() {
        Random random = new Random(vocabulary);
        int[] successor = successors();
        double[] odds = new double[vocabulary];
        double sum = 0;
        for (int i = 0; i < vocabulary; i++) {
            odds[i] = sum += 1.0 / (i + 3);
        }
        int[] text = new int[tokens() * updates + 1];
        for (int i = 1; i < text.length; i++) {
            int found = Arrays.binarySearch(odds, random.nextDouble() * sum);
            text[i] = random.nextDouble() < FOLLOWS ? successor[text[i - 1]] : found < 0 ? -found - 1 : found;
        }
        return text;
    }

    /** Which token belongs to each. */
    int[] successors() {
        return new Random(-vocabulary).ints(vocabulary, 0, vocabulary).toArray();
    }

    static void write(int[] text, Path file) {
        ByteBuffer bytes = ByteBuffer.allocate(4 * text.length).order(ByteOrder.LITTLE_ENDIAN);
        bytes.asIntBuffer().put(text);
        try {
            Files.createDirectories(file.getParent());
            Files.write(file, bytes.array());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static int[] read(Path file) {
        try {
            IntBuffer ints = ByteBuffer.wrap(Files.readAllBytes(file)).order(ByteOrder.LITTLE_ENDIAN).asIntBuffer();
            int[] text = new int[ints.remaining()];
            ints.get(text);
            return text;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
