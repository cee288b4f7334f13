package io.quatrain.bench;

import java.io.IOException;
import java.util.ArrayDeque;
import java.util.Map;
import java.util.Properties;
import java.util.Queue;
import java.util.Random;
import org.deeplearning4j.nn.api.Model;
import org.deeplearning4j.nn.conf.BackpropType;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.WorkspaceMode;
import org.deeplearning4j.nn.conf.distribution.UniformDistribution;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.layers.BaseLayer;
import org.deeplearning4j.nn.conf.layers.EmbeddingSequenceLayer;
import org.deeplearning4j.nn.conf.layers.LSTM;
import org.deeplearning4j.nn.conf.layers.RnnOutputLayer;
import org.deeplearning4j.nn.conf.layers.recurrent.Bidirectional;
import org.deeplearning4j.nn.conf.layers.recurrent.SimpleRnn;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.deeplearning4j.optimize.api.BaseTrainingListener;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.learning.config.AdaGrad;
import org.nd4j.linalg.learning.config.Adam;
import org.nd4j.linalg.lossfunctions.LossFunctions;
import org.nd4j.nativeblas.NativeOpsHolder;

/**
 * Deeplearning4j. It carries the state inside one call of {@code fit} only, so a call is given the sequences of several
 * updates, which truncated backpropagation cuts; each listened-to iteration is an update.
 */
final class Dl4jContender extends Contender {
    private final int together;
    private final MultiLayerNetwork network;
    private final Queue<Double> losses = new ArrayDeque<>();

    private Dl4jContender(Map<String, String> words) {
        super(words);
        Nd4j.setDefaultDataTypes(DataType.FLOAT, DataType.FLOAT);
        together = task.bidirectional() ? 1 : Integer.parseInt(words.getOrDefault("together", "1"));
        var updater = task.optimizer().equals("adam") ? new Adam(task.rate()) : new AdaGrad(task.rate());
        var layers = new NeuralNetConfiguration.Builder().seed(1).updater(updater)
                .weightInit(new UniformDistribution(-task.range(), task.range())).biasInit(0)
                .trainingWorkspaceMode(WorkspaceMode.ENABLED).inferenceWorkspaceMode(WorkspaceMode.ENABLED).list();
        int inputs = task.vocabulary();
        if (task.embedding() > 0) {
            layers.layer(new EmbeddingSequenceLayer.Builder().nIn(inputs).nOut(task.embedding())
                    .inputLength(task.steps()).build());
            inputs = task.embedding();
        }
        for (int layer = 0; layer < task.layers(); layer++) {
            BaseLayer cell = switch (task.cell()) {
                case "lstm" -> new LSTM.Builder().nIn(inputs).nOut(task.units()).activation(Activation.TANH)
                        .forgetGateBiasInit(0).build();
                case "rnn" -> new SimpleRnn.Builder().nIn(inputs).nOut(task.units()).activation(Activation.TANH).build();
                default -> throw new UnsupportedOperationException("DL4J has no layer " + task.cell());
            };
            layers.layer(task.bidirectional() ? new Bidirectional(Bidirectional.Mode.CONCAT, cell) : cell);
            inputs = task.directions() * task.units();
        }
        layers.layer(new RnnOutputLayer.Builder(LossFunctions.LossFunction.MCXENT).activation(Activation.SOFTMAX)
                .nIn(inputs).nOut(task.vocabulary()).build());
        if (task.embedding() > 0) {
            layers.setInputType(InputType.recurrent(task.vocabulary(), task.steps()));
        }
        if (!task.bidirectional()) {
            layers.backpropType(BackpropType.TruncatedBPTT).tBPTTLength(task.steps());
        }
        network = new MultiLayerNetwork(layers.build());
        network.init();
        network.setListeners(new BaseTrainingListener() {
            @Override
            public void iterationDone(Model model, int iteration, int epoch) {
                losses.add(model.score() / task.steps());       // a sum over steps, a mean over the batch
            }
        });
    }

    public static void main(String[] arguments) throws IOException {
        new Dl4jContender(Task.parse(arguments)).serve();
    }

    @Override
    String describe() {
        Properties e = Nd4j.getExecutioner().getEnvironmentInformation();
        return "Deeplearning4j, ND4J " + Nd4j.getBackend().getClass().getSimpleName() + " " + e.getProperty("blas.vendor")
                + ", " + NativeOpsHolder.getInstance().getDeviceNativeOps().buildInfo().replaceAll("\\s+", " ") + ", Java " + System.getProperty("java.version");
    }

    @Override
    double train() {
        if (losses.isEmpty()) {
            fit();
        }
        return losses.remove();
    }

    private void fit() {
        int length = together * task.steps();
        boolean embedded = task.embedding() > 0;
        int batch = task.batch();
        int vocabulary = task.vocabulary();
        // [batch × features × steps] in Fortran order: example, then feature, then step
        float[] x = new float[batch * (embedded ? 1 : vocabulary) * length];
        float[] y = new float[batch * vocabulary * length];
        for (int b = 0; b < batch; b++) {
            for (int t = 0; t < length; t++) {
                int id = text[place(b, t)];
                if (embedded) {
                    x[b + batch * t] = id;
                } else {
                    x[b + batch * (id + vocabulary * t)] = 1;
                }
                y[b + batch * (text[place(b, t) + 1] + vocabulary * t)] = 1;
            }
        }
        INDArray inputs = Nd4j.create(x, new long[] {batch, embedded ? 1 : vocabulary, length}, 'f');
        INDArray labels = Nd4j.create(y, new long[] {batch, vocabulary, length}, 'f');
        network.fit(inputs, labels);
    }

    @Override
    int[] generate(int length) {
        Random random = new Random(1);
        int[] tokens = new int[length];
        int id = 0;
        network.rnnClearPreviousState();
        for (int i = 0; i < length; i++) {
            float[] x = new float[task.vocabulary()];
            x[id] = 1;
            id = draw(network.rnnTimeStep(Nd4j.create(x, new long[] {1, x.length}, 'f')).toFloatVector(), random.nextDouble());
            tokens[i] = id;
        }
        return tokens;
    }
}
