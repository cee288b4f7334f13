package io.quatrain.bench;

import ai.djl.Device;
import ai.djl.Model;
import ai.djl.engine.Engine;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.ndarray.types.SparseFormat;
import ai.djl.nn.AbstractBlock;
import ai.djl.nn.Block;
import ai.djl.nn.Parameter;
import ai.djl.nn.core.Embedding;
import ai.djl.nn.core.Linear;
import ai.djl.nn.recurrent.GRU;
import ai.djl.nn.recurrent.LSTM;
import ai.djl.nn.recurrent.RNN;
import ai.djl.nn.recurrent.RecurrentBlock;
import ai.djl.pytorch.engine.PtNDArray;
import ai.djl.pytorch.jni.JniUtils;
import ai.djl.training.DefaultTrainingConfig;
import ai.djl.training.GradientCollector;
import ai.djl.training.ParameterStore;
import ai.djl.training.Trainer;
import ai.djl.training.initializer.UniformInitializer;
import ai.djl.training.loss.SoftmaxCrossEntropyLoss;
import ai.djl.training.optimizer.Optimizer;
import ai.djl.training.tracker.Tracker;
import ai.djl.util.PairList;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** libtorch through Deep Java Library. */
final class DjlContender extends Contender {
    private final boolean batchFirst;
    private final Trainer trainer;
    private final NDManager manager;
    private final SoftmaxCrossEntropyLoss loss = new SoftmaxCrossEntropyLoss("loss", 1, -1, true, true);
    private NDManager held;
    private NDList state = new NDList();

    private DjlContender(Map<String, String> words) {
        super(words);
        batchFirst = Boolean.parseBoolean(words.getOrDefault("batchFirst", "false"));
        Model model = Model.newInstance(task.name());
        model.setBlock(new LanguageModel());
        Optimizer optimizer = task.optimizer().equals("adam")
                ? Optimizer.adam().optLearningRateTracker(Tracker.fixed((float) task.rate())).build()
                : new Adagrad((float) task.rate());
        trainer = model.newTrainer(new DefaultTrainingConfig(loss).optOptimizer(optimizer)
                .optDevices(new Device[] {Device.cpu()})
                .optInitializer(new UniformInitializer((float) task.range()), Parameter.Type.WEIGHT));
        manager = trainer.getManager();
        trainer.initialize(shape());
        if (!task.cell().equals("gru")) {
            // libtorch adds two biases, and so learns their sum twice as fast as a cell with one
            model.getBlock().getParameters().forEach(each -> {
                if (each.getKey().contains("h2h") && each.getKey().contains("bias")) {
                    each.getValue().freeze(true);
                }
            });
        }
    }

    public static void main(String[] arguments) throws IOException {
        Map<String, String> words = Task.parse(arguments);
        System.setProperty("ai.djl.pytorch.num_threads", words.get("threads"));
        System.setProperty("ai.djl.pytorch.num_interop_threads", "1");
        new DjlContender(words).serve();
    }

    @Override
    String describe() {
        Engine engine = Engine.getInstance();
        return engine.getEngineName() + " " + engine.getVersion() + " through DJL " + Engine.getDjlVersion() + ", "
                + engine.toString().replaceAll("PyTorch Library:.*", "").replaceAll("\\s+", " ").strip() + ", Java " + System.getProperty("java.version");
    }

    private Shape shape() {
        return batchFirst ? new Shape(task.batch(), task.steps()) : new Shape(task.steps(), task.batch());
    }

    @Override
    double train() {
        int[] x = new int[task.tokens()];
        int[] y = new int[task.tokens()];
        for (int b = 0; b < task.batch(); b++) {
            for (int t = 0; t < task.steps(); t++) {
                int i = batchFirst ? b * task.steps() + t : t * task.batch() + b;
                x[i] = text[place(b, t)];
                y[i] = text[place(b, t) + 1];
            }
        }
        if (startsAnew()) {
            state = new NDList();
        }
        NDManager update = manager.newSubManager();
        double mean;
        try (GradientCollector collector = trainer.newGradientCollector()) {
            NDList inputs = new NDList(update.create(x, shape()));
            inputs.addAll(state);
            inputs.attach(update);
            NDList outputs = trainer.forward(inputs);
            NDArray cost = loss.evaluate(new NDList(update.create(y, new Shape(y.length))), new NDList(outputs.get(0)));
            collector.backward(cost);
            mean = cost.getFloat();
            state = new NDList();
            for (NDArray part : outputs.subNDList(1)) {
                state.add(part.stopGradient());
            }
        }
        trainer.step();
        state.attach(update);
        if (held != null) {
            held.close();
        }
        held = update;
        return mean;
    }

    /** DJL's own asks libtorch for a sparse matrix that it does not have, and fails. */
    private static final class Adagrad extends Optimizer {
        private final float rate;
        private final Map<String, NDArray> sums = new HashMap<>();

        Adagrad(float rate) {
            super(new OptimizerBuilder<>() {
                @Override
                protected OptimizerBuilder<?> self() {
                    return this;
                }
            });
            this.rate = rate;
        }

        @Override
        public void update(String id, NDArray weight, NDArray gradient) {
            NDArray sum = sums.computeIfAbsent(id, key -> {
                NDArray zeros = weight.zerosLike();
                zeros.attach(weight.getManager());
                return zeros;
            });
            try (NDManager scratch = NDManager.subManagerOf(weight)) {
                gradient.attach(scratch);
                sum.addi(gradient.square());
                NDArray root = sum.sqrt();
                root.attach(scratch);
                weight.subi(gradient.muli(rate).divi(root.addi(1e-10f)));
                JniUtils.zeroGrad((PtNDArray) weight);      // as DJL's Adam does
            }
        }
    }

    /** Token ids and a state, if there is one, to logits [tokens × vocabulary] and the state after them. */
    private final class LanguageModel extends AbstractBlock {
        private final Parameter vectors;
        /** The second reads the text from its end: DJL hands a bidirectional cell's parameters to libtorch in another order. */
        private final List<RecurrentBlock> directions = new ArrayList<>();
        private final Linear dense;

        LanguageModel() {
            vectors = task.embedding() == 0 ? null : addParameter(Parameter.builder().setName("vectors")
                    .setType(Parameter.Type.WEIGHT).optShape(new Shape(task.vocabulary(), task.embedding())).build());
            for (int direction = 0; direction < task.directions(); direction++) {
                directions.add(addChildBlock("recurrent" + direction, switch (task.cell()) {
                    case "lstm" -> sized(LSTM.builder()).build();
                    case "gru" -> sized(GRU.builder()).build();
                    default -> sized(RNN.builder()).setActivation(RNN.Activation.TANH).build();
                }));
            }
            dense = addChildBlock("dense", Linear.builder().setUnits(task.vocabulary()).build());
        }

        private <B extends RecurrentBlock.BaseBuilder<?>> B sized(B cell) {
            cell.setStateSize(task.units()).setNumLayers(task.layers()).optBatchFirst(batchFirst)
                    .optReturnState(true);
            return cell;
        }

        @Override
        protected NDList forwardInternal(ParameterStore store, NDList inputs, boolean training,
                                         PairList<String, Object> options) {
            NDArray ids = inputs.get(0);
            NDArray x = vectors == null ? ids.oneHot(task.vocabulary(), DataType.FLOAT32)
                    : Embedding.embedding(ids, store.getValue(vectors, ids.getDevice(), training), SparseFormat.DENSE).singletonOrThrow();
            NDList given = new NDList(x);
            given.addAll(inputs.subNDList(1));
            NDList h = directions.get(0).forward(store, given, training);
            NDArray cells = h.get(0);
            if (task.bidirectional()) {
                int time = batchFirst ? 1 : 0;
                NDList back = directions.get(1).forward(store, new NDList(x.flip(time)), training);
                cells = cells.concat(back.get(0).flip(time), 2);
            }
            NDArray flat = cells.reshape(-1, (long) task.directions() * task.units());
            NDList outputs = dense.forward(store, new NDList(flat), training);
            outputs.addAll(h.subNDList(1));
            return outputs;
        }

        @Override
        protected void initializeChildBlocks(NDManager manager, DataType type, Shape... shapes) {
            Shape features = shapes[0].add(task.embedding() == 0 ? task.vocabulary() : task.embedding());
            for (RecurrentBlock direction : directions) {
                direction.initialize(manager, type, features);
            }
            dense.initialize(manager, type, new Shape(task.tokens(), (long) task.directions() * task.units()));
        }

        @Override
        public Shape[] getOutputShapes(Shape[] shapes) {
            return new Shape[] {new Shape(task.tokens(), task.vocabulary())};
        }
    }
}
