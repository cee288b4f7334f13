package io.quatrain.bench;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Map;

/**
 * One framework at one task, in a process of its own. Reads a request a line and answers a line that begins with {@code @}:
 * {@code train N} → seconds and the loss of each update, {@code generate N} → seconds and the tokens.
 */
abstract class Contender {
    final Task task;
    final int threads;
    final int[] text;
    private int update;

    Contender(Map<String, String> words) {
        task = Task.of(words);
        threads = Integer.parseInt(words.get("threads"));
        text = Task.read(Path.of(words.get("text")));
    }

    /** Library, version, and what it computes with. */
    abstract String describe();

    /** One update: forward, loss, backward, step. @return the mean loss a token */
    abstract double train();

    /** Writes from token 0 and a state of zeros, drawing from the model's distribution. */
    int[] generate(int length) {
        throw new UnsupportedOperationException("this contender does not generate");
    }

    /** Whether the next update starts from a state of zeros. */
    final boolean startsAnew() {
        return task.bidirectional() || update % task.updates() == 0;
    }

    /** The place in the text of what stream {@code b} reads at step {@code t} of this update. */
    final int place(int b, int t) {
        return b * task.steps() * task.updates() + update % task.updates() * task.steps() + t;
    }

    /** Draws a token from probabilities. */
    static int draw(float[] probabilities, double uniform) {
        double left = uniform;
        for (int i = 0; i < probabilities.length; i++) {
            left -= probabilities[i];
            if (left < 0) {
                return i;
            }
        }
        return probabilities.length - 1;
    }

    final void serve() throws IOException {
        PrintStream out = new PrintStream(System.out, true, StandardCharsets.UTF_8);
        out.println("@ " + describe());
        BufferedReader in = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        for (String line = in.readLine(); line != null; line = in.readLine()) {
            String[] words = line.split(" ");
            int count = Integer.parseInt(words[1]);
            StringBuilder answer = new StringBuilder();
            long begin = System.nanoTime();
            if (words[0].equals("generate")) {
                int[] tokens = generate(count);
                answer.append((System.nanoTime() - begin) * 1e-9);
                for (int token : tokens) {
                    answer.append(' ').append(token);
                }
            } else {
                double[] losses = new double[count];
                for (int i = 0; i < count; i++) {
                    losses[i] = train();
                    update++;
                }
                answer.append((System.nanoTime() - begin) * 1e-9);
                for (double loss : losses) {
                    answer.append(String.format(Locale.ROOT, " %.5f", loss));
                }
            }
            out.println("@ " + answer);
        }
        System.exit(0);
    }
}
