package io.quatrain.train;

import io.quatrain.metric.Metric;
import io.quatrain.node.Graph;
import io.quatrain.node.GraphPass;
import io.quatrain.node.Parameter;
import io.quatrain.node.State;
import io.quatrain.optimize.Clipping;
import io.quatrain.optimize.LearningRate;
import io.quatrain.optimize.Optimizer;
import io.quatrain.tensor.Matrix;
import io.quatrain.tensor.Precision;
import io.quatrain.tensor.Sequence;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Trains a graph. One update: fill the pass, forward, loss, backward, clip, step.
 *
 * <p>The law: n updates are k updates, {@link #save()}, {@link #restore} into fresh objects, and n − k updates, bit for bit.
 * A number that is not finite ends the run with a {@link DivergedException} before any weight is changed. {@link #stop()}
 * may be called from any thread; everything else belongs to one.
 *
 * <p>Where the optimizer keeps averages of the parameters, listeners and validation see those, and so does whoever uses the graph
 * after {@link #run}; updates go on from what was learned.
 */
public final class Trainer {
    /** Why {@link #run} came back. */
    public enum End {
        /** As many epochs or updates as the options say. */
        FINISHED,
        /** The validation loss did not improve for as long as the options allow. */
        EARLY,
        /** {@link #stop()} was called. */
        STOPPED,
        /** As many updates as this call was asked for. */
        PAUSED
    }

    private static final double UNKNOWN = Double.POSITIVE_INFINITY;

    private final Graph graph;
    private final Objective objective;
    private final Optimizer optimizer;
    private final LearningRate learningRate;
    private final BatchSource source;
    private final TrainingOptions options;
    private final List<Parameter> parameters;
    private final Workspaces workspaces;
    private final Judgement judgement;
    private final RunningLoss epochLoss;
    private final Averages averages;
    private final List<TrainingListener> listeners = new ArrayList<>();
    private @Nullable BatchSource validation;
    private @Nullable Evaluator evaluator;
    private volatile boolean stopped;

    private long update;
    private long targets;
    private double smoothed;
    private double best = UNKNOWN;
    private long bestUpdate;
    private long sinceBest;
    private long validatedAt;
    private long nanoseconds;

    public Trainer(Graph graph, Objective objective, Optimizer optimizer, LearningRate learningRate, BatchSource source,
                   TrainingOptions options) {
        this.graph = graph;
        this.objective = objective;
        this.optimizer = optimizer;
        this.learningRate = learningRate;
        this.source = source;
        this.options = options;
        this.parameters = graph.parameters();
        this.workspaces = new Workspaces(graph, true);
        this.judgement = new Judgement(graph);
        this.epochLoss = new RunningLoss(graph.outputs().size());
        this.averages = new Averages(optimizer, parameters);
        objective.check(graph);
        this.smoothed = options.smoothedStart();
        source.begin(0);
    }

    /** Validates on a source, as often as the options say. */
    public Trainer validateOn(BatchSource validation) {
        return validateOn(validation, List.of());
    }

    /** The same; the metrics' values come with every {@link Evaluation}. */
    public Trainer validateOn(BatchSource validation, List<? extends Metric> metrics) {
        this.validation = validation;
        this.evaluator = new Evaluator(graph, objective, metrics);
        return this;
    }

    public Trainer listen(TrainingListener listener) {
        listeners.add(listener);
        return this;
    }

    public Graph graph() {
        return graph;
    }

    /** Updates made. */
    public long update() {
        return update;
    }

    /** The epoch under way; counts from 0. */
    public long epoch() {
        return source.epoch();
    }

    /** The best validation loss so far; infinite before the first. */
    public double bestLoss() {
        return best;
    }

    /** The update after which it was reached. */
    public long bestUpdate() {
        return bestUpdate;
    }

    public double smoothedLoss() {
        return smoothed;
    }

    /** Ends the run after the update under way. A validation under way is given up and made again on resuming. */
    public void stop() {
        stopped = true;
    }

    /** Trains until the options' end. */
    public End run() {
        return run(Long.MAX_VALUE);
    }

    /** Trains until the options' end, but for no more than so many updates. */
    public End run(long updates) {
        long until = updates > Long.MAX_VALUE - update ? Long.MAX_VALUE : update + updates;
        while (true) {
            boolean settled = settle();
            if (stopped || !settled) {
                stopped = false;
                averages.use();
                listeners.forEach(listener -> listener.checkpoint(this));
                return End.STOPPED;
            }
            if (options.patience() > 0 && sinceBest >= options.patience()) {
                return finish(End.EARLY);
            }
            if (options.updates() > 0 && update >= options.updates()
                    || options.epochs() > 0 && source.epoch() >= options.epochs()) {
                return finish(End.FINISHED);
            }
            if (update >= until) {
                return End.PAUSED;
            }
            long before = System.nanoTime();
            oneUpdate(before);
            nanoseconds += System.nanoTime() - before;
            long epoch = source.epoch();
            if (settle() && !stopped) {
                notices(source.epoch() != epoch);
            }
        }
    }

    private void notices(boolean epochEnded) {
        if (epochEnded && options.checkpointEpochs() || due(options.checkpointEvery())) {
            averages.use();
            listeners.forEach(listener -> listener.checkpoint(this));
        }
        if (due(options.sampleEvery())) {
            averages.use();
            listeners.forEach(listener -> listener.sample(this));
        }
    }

    private boolean due(long every) {
        return every > 0 && update > 0 && update % every == 0;
    }

    /** What is due after an update and decides how to go on: validation, the end of an epoch. False when stopped in it. */
    private boolean settle() {
        if (due(options.validateEvery()) && !validated()) {
            return false;
        }
        if (!source.hasNext()) {
            if (options.validateEpochs() && !validated()) {
                return false;
            }
            long epoch = source.epoch();
            double loss = epochLoss.mean();
            source.begin(epoch + 1);
            epochLoss.clear();
            listeners.forEach(listener -> listener.epochEnded(epoch, loss));
        }
        return true;
    }

    private End finish(End end) {
        averages.use();
        listeners.forEach(listener -> listener.checkpoint(this));
        if (validation != null && validatedAt != update) {
            Evaluation evaluation = evaluate();
            if (evaluation != null) {
                boolean improved = evaluation.loss() < best - options.improvement();
                tell(evaluation, improved, true);
            }
        }
        return end;
    }

    /** Validates once for this update; false when stopped in it. */
    private boolean validated() {
        if (validation == null || validatedAt == update) {
            return true;
        }
        Evaluation evaluation = evaluate();
        if (evaluation == null) {
            return false;
        }
        boolean improved = evaluation.loss() < best - options.improvement();
        if (improved) {
            best = evaluation.loss();
            bestUpdate = update;
        }
        sinceBest = improved ? 0 : sinceBest + 1;
        validatedAt = update;
        learningRate.observe(evaluation.loss());
        tell(evaluation, improved, false);
        return true;
    }

    private @Nullable Evaluation evaluate() {
        averages.use();
        Evaluation evaluation = Objects.requireNonNull(evaluator)
                .evaluate(Objects.requireNonNull(validation), () -> stopped);
        if (evaluation != null && !Double.isFinite(evaluation.loss())) {
            throw new DivergedException(update, "the validation loss is " + evaluation.loss(), "");
        }
        return evaluation;
    }

    private void tell(Evaluation evaluation, boolean improved, boolean last) {
        TrainingListener.Validation told =
                new TrainingListener.Validation(update, source.epoch(), evaluation, improved, last);
        listeners.forEach(listener -> listener.validated(this, told));
    }

    private void oneUpdate(long start) {
        averages.release();
        long number = update + 1;
        double epochs = source.epoch() + source.taken() / (double) source.updatesPerEpoch();
        double rate = learningRate.at(number, epochs);
        if (!(rate >= 0) || Double.isInfinite(rate)) {
            throw new IllegalArgumentException("update " + number + ": the learning rate must be at least 0 and finite, got " + rate);
        }
        Workspaces.Workspace workspace = workspaces.next(source);
        GraphPass pass = workspace.pass();
        pass.noise().set(options.noiseSeed(), number);
        pass.forward(true);
        pass.clearGradients();
        judgement.judge(pass, workspace.targets(), objective, true);
        if (judgement.counts()) {
            clearGradients();
        }
        double loss = judgement.value() + (judgement.counts() ? objective.penalise(parameters, pass) : 0);
        if (!Double.isFinite(loss)) {
            throw diverged(number, "the loss is " + loss, pass);
        }
        double norm = judgement.counts() ? learn(pass, rate, number) : 0;

        update = number;
        targets += judgement.targets();
        epochLoss.add(judgement);
        if (judgement.counts()) {
            smoothed = Double.isNaN(smoothed) ? loss : options.smoothing() * smoothed + (1 - options.smoothing()) * loss;
        }
        if (!listeners.isEmpty()) {
            double seconds = (nanoseconds + System.nanoTime() - start) * 1e-9;
            TrainingListener.Update told = new TrainingListener.Update(update, loss, judgement.meanLoss(), smoothed,
                    epochLoss.mean(), rate, norm, judgement.targets(), targets, source.epoch(),
                    source.taken() / (double) source.updatesPerEpoch(), seconds);
            for (int i = 0; i < listeners.size(); i++) {
                listeners.get(i).updated(told);
            }
        }
    }

    private void clearGradients() {
        for (int i = 0; i < parameters.size(); i++) {       // a list's iterator is an object
            if (parameters.get(i).trainable()) {
                parameters.get(i).clearGradient();
            }
        }
    }

    /** Backward and one step of the optimizer; returns the norm of the gradient. */
    private double learn(GraphPass pass, double rate, long number) {
        pass.backward();
        double norm = Clipping.globalNorm(parameters);
        if (!Double.isFinite(norm)) {
            throw new DivergedException(number, "the gradient is not finite", parameters.stream()
                    .filter(each -> each.trainable() && !each.gradient().finite())
                    .map(each -> "parameter " + each.path()).findFirst().orElse(""));
        }
        double factor = options.clipping().apply(parameters, norm);
        optimizer.step(parameters, rate, factor);
        return norm;
    }

    private DivergedException diverged(long number, String what, GraphPass pass) {
        for (Parameter parameter : parameters) {
            if (!parameter.value().finite()) {
                return new DivergedException(number, what, "parameter " + parameter.path());
            }
        }
        for (Graph.Input input : graph.inputs()) {
            if (!input.tokens() && !pass.input(input.name()).all().finite()) {
                return new DivergedException(number, what, "input " + input.name(), "mend the data");
            }
        }
        for (Graph.Vertex vertex : graph.vertices()) {
            Sequence value = pass.signal(vertex.name()).value();
            if (value.ids() == null && !value.all().finite()) {
                return new DivergedException(number, what, "layer " + vertex.name());
            }
        }
        return new DivergedException(number, what, "");
    }

    // Checkpoints

    /**
     * A copy of everything that is needed to go on. Where averages are kept, they are the weights, and what was learned stands
     * in their slot.
     *
     * @throws DivergedException where a weight is not finite: such a checkpoint is worth nothing
     */
    public TrainingState save() {
        averages.use();
        Map<String, TrainingState.Array> arrays = new LinkedHashMap<>();
        for (Parameter parameter : parameters) {
            if (!parameter.value().finite()) {
                throw new DivergedException(update, "a weight is not finite", "parameter " + parameter.path());
            }
            arrays.put(TrainingState.WEIGHTS + parameter.path(), TrainingState.Array.of(parameter.value()));
        }
        for (Parameter parameter : parameters) {
            if (parameter.trainable()) {
                Matrix[] slots = optimizer.slots(parameter);
                for (int i = 0; i < slots.length; i++) {
                    arrays.put(slot(i, parameter), TrainingState.Array.of(slots[i]));
                }
            }
        }
        State state = source.carriesState() ? workspaces.carried() : null;
        if (state != null) {
            state.parts().forEach((vertex, parts) -> {
                for (int p = 0; p < parts.size(); p++) {
                    arrays.put(TrainingState.STATE + vertex + "/" + p, part(parts.get(p), state.batch()));
                }
            });
        }
        Map<String, long[]> longs = new LinkedHashMap<>();
        longs.put("update", new long[] {update});
        longs.put("targets", new long[] {targets});
        longs.put("position", source.position());
        longs.put("optimizer", new long[] {optimizer.steps()});
        longs.put("validated", new long[] {validatedAt});
        longs.put("best", new long[] {bestUpdate});
        longs.put("since best", new long[] {sinceBest});
        Map<String, double[]> doubles = new LinkedHashMap<>();
        doubles.put("smoothed", new double[] {smoothed});
        doubles.put("best", new double[] {best});
        doubles.put("epoch", epochLoss.state());
        doubles.put("learning rate", learningRate.state());
        return new TrainingState(arrays, longs, doubles);
    }

    private String slot(int i, Parameter parameter) {
        return TrainingState.SLOT + optimizer.slotNames().get(i) + "/" + parameter.path();
    }

    private TrainingState.Array part(double[] values, int batch) {
        if (graph.compute().precision() == Precision.FLOAT64) {
            return new TrainingState.Array(values.length / batch, batch, null, values);
        }
        float[] floats = new float[values.length];
        for (int i = 0; i < floats.length; i++) {
            floats[i] = (float) values[i];
        }
        return new TrainingState.Array(values.length / batch, batch, floats, null);
    }

    /**
     * Goes on from a saved state. The graph, objective, optimizer, learning rate, source and options must be those of the
     * run that was saved.
     *
     * @throws IllegalArgumentException naming what does not fit; the trainer must not be used then
     */
    public void restore(TrainingState saved) {
        for (Parameter parameter : parameters) {
            String name = TrainingState.WEIGHTS + parameter.path();
            saved.array(name).copyTo(parameter.value(), name);
            parameter.changed();
            if (parameter.trainable()) {
                Matrix[] slots = optimizer.slots(parameter);
                for (int i = 0; i < slots.length; i++) {
                    saved.array(slot(i, parameter)).copyTo(slots[i], slot(i, parameter));
                }
            }
        }
        for (String name : saved.arrays().keySet()) {
            if (name.startsWith(TrainingState.WEIGHTS) && parameters.stream()
                    .noneMatch(each -> name.equals(TrainingState.WEIGHTS + each.path()))) {
                throw new IllegalArgumentException("the checkpoint has \"" + name + "\", the model does not");
            }
        }
        workspaces.carried(state(saved));
        update = saved.update();
        targets = saved.number("targets")[0];
        source.position(saved.number("position"));
        optimizer.steps(saved.number("optimizer")[0]);
        averages.restored();
        validatedAt = saved.number("validated")[0];
        bestUpdate = saved.number("best")[0];
        sinceBest = saved.number("since best")[0];
        smoothed = saved.real("smoothed")[0];
        best = saved.real("best")[0];
        epochLoss.restore(saved.real("epoch"));
        learningRate.restore(saved.real("learning rate"));
    }

    private static @Nullable State state(TrainingState saved) {
        Map<String, List<double[]>> parts = new LinkedHashMap<>();
        int batch = 0;
        for (Map.Entry<String, TrainingState.Array> entry : saved.arrays().entrySet()) {
            if (entry.getKey().startsWith(TrainingState.STATE)) {
                String name = entry.getKey().substring(TrainingState.STATE.length());
                TrainingState.Array array = entry.getValue();
                batch = array.columns();
                double[] values = new double[array.rows() * batch];
                float[] floats = array.floats();
                double[] doubles = array.doubles();
                for (int i = 0; i < values.length; i++) {
                    values[i] = floats != null ? floats[i] : Objects.requireNonNull(doubles)[i];
                }
                parts.computeIfAbsent(name.substring(0, name.lastIndexOf('/')), vertex -> new ArrayList<>()).add(values);
            }
        }
        return parts.isEmpty() ? null : new State(batch, parts);
    }

    @Override
    public String toString() {
        return "trainer after " + update + " updates, position " + Arrays.toString(source.position());
    }
}
