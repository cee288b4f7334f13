package io.quatrain.dsl;

import static io.quatrain.architecture.Named.layer;

import io.quatrain.architecture.AdamOptimizer;
import io.quatrain.architecture.ClipByGlobalNorm;
import io.quatrain.architecture.Dense;
import io.quatrain.architecture.Embedding;
import io.quatrain.architecture.Experiment;
import io.quatrain.architecture.Generation;
import io.quatrain.architecture.GraphArchitecture;
import io.quatrain.architecture.Lstm;
import io.quatrain.architecture.Model;
import io.quatrain.architecture.ModelKt;
import io.quatrain.architecture.Sequential;
import io.quatrain.architecture.SizeKt;
import io.quatrain.architecture.TextData;
import io.quatrain.experiment.PairWriter;
import io.quatrain.experiment.TextWriter;
import io.quatrain.experiment.TrainedModel;
import io.quatrain.experiment.WrittenText;
import io.quatrain.generate.Predictor;
import io.quatrain.text.verse.EnglishForm;
import io.quatrain.text.verse.Finding;
import io.quatrain.train.ExampleBatches;
import io.quatrain.train.Examples;
import io.quatrain.train.TokenSeries;
import java.nio.file.Path;
import java.util.Iterator;
import java.util.List;
import java.util.Map;

/** What a Java program writes. */
public final class JavaCaller {
    private JavaCaller() {
    }

    public static Sequential sequential() {
        return new SequentialBuilder()
                .add(new Embedding(5000, 128))
                .add(new Lstm(256, true))
                .add(new Dense(5000))
                .build();
    }

    public static Sequential named() {
        return new SequentialBuilder()
                .input(null, 3)
                .add(layer("lstm", Map.of("units", 4, "output", "last", "recurrentWeights", Map.of("type", "normal", "deviation", 0.1))))
                .add(layer("dropout", Map.of("rate", 0.5)))
                .build();
    }

    public static GraphArchitecture twoInputs() {
        GraphBuilder graph = new GraphBuilder();
        GraphBuilder.Value source = graph.tokens("source", 50);
        GraphBuilder.Value style = graph.features("style", 3, false);
        GraphBuilder.Value encoded = source.add(new Embedding(50, 6)).add(layer("lstm", Map.of("units", 8, "output", "last"))).named("encoded");
        GraphBuilder.Value both = graph.concat(encoded, style);
        graph.output(both.add(new Dense(2)).named("answer"));
        return graph.build();
    }

    public static Experiment experiment() {
        return new ExperimentBuilder()
                .data(new TextData("verse.txt"))
                .architecture(new SequentialBuilder().add(new Embedding(SizeKt.vocab, 8)).add(new Lstm(16)).add(new Dense(SizeKt.vocab)).build())
                .training(training -> {
                    training.setOptimizer(new AdamOptimizer(0.002));
                    training.setClipping(new ClipByGlobalNorm(5));
                    training.setEpochs(3);
                })
                .generation(generation -> generation.setStop(List.of("\n\n")))
                .build();
    }

    /** A model of numbers of one's own: trained, saved, read and asked for the class of one sequence. */
    public static int learned(int[][] sequences, int[] classes, Path file, int[] asked) {
        Model model = ModelKt.compile(new SequentialBuilder()
                .add(new Embedding(4, 8))
                .add(layer("lstm", Map.of("units", 16, "output", "last")))
                .add(new Dense(2))
                .build());
        TrainingBuilder training = new TrainingBuilder();
        training.setOptimizer(new AdamOptimizer(0.01));
        training.setEpochs(20);
        String output = model.getGraph().outputs().get(0);
        Examples examples = Examples.of("input", TokenSeries.of(sequences), output, TokenSeries.ofClasses(classes));
        training.build().trainer(model, new ExampleBatches(examples, new ExampleBatches.Options(32, 1))).run();
        new TrainedModel(model).save(file);
        Model again = TrainedModel.load(file).getModel();
        return new Predictor(again.getGraph()).classify(Map.of("input", TokenSeries.of(new int[][] {asked})), 1).get(0).get(0).id();
    }

    /** The first pieces of a text, while it is written. */
    public static String written(TextWriter writer, Generation generation, int pieces) {
        StringBuilder text = new StringBuilder();
        Iterator<String> writing = writer.write(generation).iterator();
        for (int i = 0; i < pieces && writing.hasNext(); i++) {
            text.append(writing.next());
        }
        return text.toString();
    }

    /** What a model of pairs answers: likeliest, drawn token by token, and many at once. */
    public static List<String> answered(PairWriter writer, String source, Generation generation) {
        StringBuilder drawn = new StringBuilder();
        for (Iterator<String> writing = writer.write(source, generation).iterator(); writing.hasNext(); ) {
            drawn.append(writing.next());
        }
        List<WrittenText> many = writer.writeAll(List.of(source, source), generation);
        double logProbability = many.get(0).getTokens().get(0).getLogProbability();
        return List.of(drawn.toString(), many.get(0).getText(), many.get(1).getText(), logProbability <= 0 ? "" : "a probability above 1");
    }

    /** A text in a form, and whether it keeps it. */
    public static List<Finding> rhymed(TextWriter writer, TrainedModel model, Generation generation) {
        EnglishForm form = EnglishForm.of("--", 5, 20);
        List<WrittenText> written = writer.writeAll(generation, 1, form.constraint(model.getCodec().vocabulary()));
        return form.check(written.get(0).getText());
    }
}
