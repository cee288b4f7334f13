package io.quatrain.bench;

import static io.quatrain.architecture.Named.layer;

import io.quatrain.architecture.AdagradOptimizer;
import io.quatrain.architecture.AdamOptimizer;
import io.quatrain.architecture.ModelKt;
import io.quatrain.architecture.OptimizerDescription;
import io.quatrain.dsl.SequentialBuilder;
import io.quatrain.generate.Generator;
import io.quatrain.kernel.Kernels;
import io.quatrain.loss.SoftmaxCrossEntropy;
import io.quatrain.loss.Targets;
import io.quatrain.node.Graph;
import io.quatrain.node.GraphPass;
import io.quatrain.node.PassSize;
import io.quatrain.optimize.LearningRate;
import io.quatrain.tensor.Compute;
import io.quatrain.tensor.Precision;
import io.quatrain.text.Sampler;
import io.quatrain.text.Sampling;
import io.quatrain.train.BatchSource;
import io.quatrain.train.Objective;
import io.quatrain.train.StreamBatches;
import io.quatrain.train.TokenSource;
import io.quatrain.train.Trainer;
import io.quatrain.train.TrainingListener;
import io.quatrain.train.TrainingOptions;
import java.io.IOException;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;

/** Quatrain as a Java program uses it. */
final class QuatrainContender extends Contender {
    private final Graph graph;
    private final Trainer trainer;
    private double loss;

    private QuatrainContender(Map<String, String> words) {
        super(words);
        Map<String, Object> range = Map.of("type", "uniform", "low", -task.range(), "high", task.range());
        Map<String, Object> recurrent = new HashMap<>(Map.of("units", task.units(), "layers", task.layers(),
                "bidirectional", task.bidirectional(), "inputWeights", range, "recurrentWeights", range));
        boolean last = words.getOrDefault("loss", "all").equals("last");
        if (task.cell().equals("lstm")) {
            recurrent.put("forgetBias", last ? 1 : 0);
        }
        SequentialBuilder layers = new SequentialBuilder();
        layers.add(task.embedding() == 0 ? layer("oneHot", Map.of("vocabulary", task.vocabulary()))
                : layer("embedding", Map.of("vocabulary", task.vocabulary(), "size", task.embedding(), "weights", range)));
        layers.add(layer(task.cell(), recurrent));
        layers.add(layer("dense", Map.of("units", task.vocabulary(), "weights", range)));
        graph = ModelKt.compile(layers.build(), Compute.of(Precision.FLOAT32, threads),
                Long.parseLong(words.getOrDefault("seed", "1"))).getGraph();

        OptimizerDescription optimizer = task.optimizer().equals("adam") ? new AdamOptimizer(task.rate())
                : new AdagradOptimizer(task.rate());
        BatchSource streams = new StreamBatches(TokenSource.of(text), task.batch(), task.steps());
        trainer = new Trainer(graph, Objective.of(new SoftmaxCrossEntropy()), optimizer.optimizer(),
                LearningRate.constant(task.rate()), task.bidirectional() || last ? new Changed(streams, task.bidirectional(), last) : streams,
                new TrainingOptions().withValidation(0, false).withCheckpoints(0, false));
        trainer.listen(new TrainingListener() {
            @Override
            public void updated(Update update) {
                loss = update.meanLoss();
            }
        });
    }

    public static void main(String[] arguments) throws IOException {
        new QuatrainContender(Task.parse(arguments)).serve();
    }

    @Override
    String describe() {
        return "Quatrain, kernel " + Kernels.floats().name() + ", Java " + System.getProperty("java.version");
    }

    @Override
    double train() {
        trainer.run(1);
        return loss;
    }

    @Override
    int[] generate(int length) {
        Sampler sampler = Sampling.DEFAULT.withSeed(1).sampler();
        Generator.Writing writing = new Generator(graph).write(new int[] {0}, sampler, Set.of());
        int[] tokens = new int[length];
        for (int i = 0; i < length; i++) {
            tokens[i] = writing.next().id();
        }
        return tokens;
    }

    /**
     * The same updates.
     *
     * @param anew each from a state of zeros
     * @param last only the last step of each counts
     */
    private record Changed(BatchSource streams, boolean anew, boolean last) implements BatchSource {
        @Override
        public long updatesPerEpoch() {
            return streams.updatesPerEpoch();
        }

        @Override
        public long epoch() {
            return streams.epoch();
        }

        @Override
        public void begin(long epoch) {
            streams.begin(epoch);
        }

        @Override
        public boolean hasNext() {
            return streams.hasNext();
        }

        @Override
        public void next() {
            streams.next();
        }

        @Override
        public PassSize size() {
            return streams.size();
        }

        @Override
        public Map<String, Targets> targets(GraphPass pass) {
            return streams.targets(pass);
        }

        @Override
        public void fill(GraphPass pass, Map<String, Targets> targets) {
            streams.fill(pass, targets);
            if (last) {
                for (Targets each : targets.values()) {
                    Arrays.fill(each.classes(), 0, each.columns() - size().batch(), Targets.IGNORED);
                }
            }
        }

        @Override
        public boolean carriesState() {
            return !anew && streams.carriesState();
        }

        @Override
        public boolean startsAnew(int example) {
            return anew || streams.startsAnew(example);
        }

        @Override
        public long[] position() {
            return streams.position();
        }

        @Override
        public long taken() {
            return streams.taken();
        }

        @Override
        public void position(long[] position) {
            streams.position(position);
        }
    }
}
