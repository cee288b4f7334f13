package io.quatrain.architecture

import io.quatrain.format.quoted
import io.quatrain.loss.Reduction
import io.quatrain.metric.Metric
import io.quatrain.optimize.Clipping
import io.quatrain.optimize.LearningRate
import io.quatrain.optimize.Optimizer
import io.quatrain.tensor.Compute
import io.quatrain.tensor.Precision
import io.quatrain.train.BatchSource
import io.quatrain.train.Objective
import io.quatrain.train.Trainer
import io.quatrain.train.TrainingOptions
import kotlin.math.ln
import kotlinx.serialization.SerialName
import kotlinx.serialization.Serializable

/**
 * How a model is trained. In every "every", 0 means: at the end of each epoch only, or (samples) never.
 *
 * @property reduction how the losses of an update become the number whose gradient is followed
 * @property schedule multiplies the optimizer's learning rate
 * @property clipping null: none
 * @property weightDecay null: none
 * @property penalty a part of the loss that is the weights' own; null: none
 * @property activity parts of the loss that are about what layers give
 * @property maxNorm no row of a weight matrix (the weights into one unit) gets a norm above it; null: no limit
 * @property average null: none, or the optimizer's own ([AveragedSgdOptimizer])
 * @property metrics what is told besides the loss, on data that are set aside
 * @property batch how many streams or items an update reads at once
 * @property steps how many steps of a stream an update reads, and backpropagation through time goes back
 * @property epochs ends after so many; 10 where neither this nor [updates] is given
 * @property updates ends after so many
 * @property wholeUpdates leaves out the last update of an epoch where it would not be full
 * @property seed of the first weights, of the order of items and of dropout
 * @property validateEvery updates between validations
 * @property patience ends after so many validations in a row without improvement; 0: never
 * @property improvement by how much a validation's loss must fall to count as improvement
 * @property checkpointEvery updates between checkpoints
 * @property sampleEvery updates between samples of what the model writes
 * @property display which loss is shown
 * @property tokenWeights how much a token counts as a target in training, by its text; any other counts 1. The special tokens are
 *   `<start>`, `<end>` (also `<s>`, `</s>`) and `<unknown>` (also `<unk>`). Validation counts every token alike. With the
 *   reduction `meanOverCount` a weight scales the token's gradient and nothing else
 * @property threads 0: as many as the machine has. The result does not depend on it
 */
@Serializable
@SerialName("training")
public data class Training @JvmOverloads constructor(
    val loss: LossDescription = SoftmaxCrossEntropyLoss(),
    @Serializable(ReductionSerializer::class) val reduction: Reduction = Reduction.MEAN,
    val optimizer: OptimizerDescription = AdamOptimizer(),
    val schedule: Schedule = ConstantSchedule,
    val clipping: ClippingDescription? = null,
    val weightDecay: WeightDecayDescription? = null,
    val penalty: WeightPenalty? = null,
    val activity: List<Activity> = emptyList(),
    val maxNorm: Double? = null,
    val average: WeightAverage? = null,
    val metrics: List<MetricDescription> = emptyList(),
    val batch: Int = 32,
    val steps: Int = 64,
    val epochs: Int? = null,
    val updates: Int? = null,
    val wholeUpdates: Boolean = false,
    val seed: Long = 1,
    val validateEvery: Int = 0,
    val patience: Int = 0,
    val improvement: Double = 0.0,
    val checkpointEvery: Int = 0,
    val sampleEvery: Int = 0,
    val display: LossDisplay = MeanLoss,
    val threads: Int = 0,
    @Serializable(PrecisionSerializer::class) val precision: Precision = Precision.FLOAT32,
    val tokenWeights: Map<String, Double> = emptyMap(),
) {
    init {
        tokenWeights.forEach { (token, weight) -> require(weight >= 0 && weight.isFinite()) { "tokenWeights: the weight of ${quoted(token)} must be at least 0 and finite, got $weight" } }
        maxNorm?.let { checkPositive("maxNorm", it) }
        require(average == null || optimizer !is AveragedSgdOptimizer) { "average has no meaning with averagedSgd, which keeps an average of its own" }
        checkSize("batch", batch)
        checkSize("steps", steps)
        epochs?.let { require(it > 0) { "epochs must be positive, got $it" } }
        updates?.let { require(it > 0) { "updates must be positive, got $it" } }
        checkNotNegative("validateEvery", validateEvery)
        checkNotNegative("patience", patience)
        checkNotNegative("improvement", improvement)
        checkNotNegative("checkpointEvery", checkpointEvery)
        checkNotNegative("sampleEvery", sampleEvery)
        require(threads in 0..MOST_THREADS) { "threads must be from 0 (as many as there are) to $MOST_THREADS, got $threads" }
    }

    /** The engine's loss, for a model with one output; [activity] needs to know the [model], and counts in training only. */
    @JvmOverloads
    public fun objective(model: Model? = null): Objective {
        val plain = Objective.of(loss.loss()).with(reduction).let { if (penalty == null) it else it.with(penalty.penalty()) }
        if (model == null) return plain
        return activity.fold(plain) { all, each -> all.with(each.layerOf(model), each.penalty()) }
    }

    /** The engine's metrics, for a [model] with one output. @param charactersPerToken see [MetricContext] */
    @JvmOverloads
    public fun metrics(model: Model, charactersPerToken: Double? = null): List<Metric> =
        metrics.metrics(MetricContext(loss.loss(), model.shape(model.graph.outputs()[0]).size, charactersPerToken))

    /** The engine's learning rate. */
    public fun learningRate(): LearningRate = schedule.learningRate(optimizer.learningRate)

    /** The engine's optimizer; it remembers, so every run makes its own. */
    public fun optimizer(): Optimizer = optimizer.optimizer(weightDecay, maxNorm, average)

    /**
     * Trains a [model] with one output on a source of one's own: `training.trainer(model, batches).run()`. Batches, their order and
     * weights are the source's, so [batch], [steps], [wholeUpdates] and [tokenWeights] play no part; precision and threads are the model's.
     *
     * @param validation what the model is judged by, with [metrics]; null: nothing
     */
    @JvmOverloads
    public fun trainer(model: Model, source: BatchSource, validation: BatchSource? = null): Trainer =
        Trainer(model.graph, objective(model), optimizer(), learningRate(), source, options())
            .also { trainer -> validation?.let { trainer.validateOn(it, metrics(model)) } }

    /** The precision and threads to compute with. */
    public fun compute(): Compute =
        Compute.of(precision, if (threads > 0) threads else Runtime.getRuntime().availableProcessors().coerceAtMost(MOST_THREADS))

    /** The engine's options. @param vocabulary the size of the vocabulary, from which a [SmoothedSum] starts; null: unknown */
    @JvmOverloads
    public fun options(vocabulary: Int? = null): TrainingOptions = TrainingOptions()
        .withEpochs((epochs ?: if (updates == null) DEFAULT_EPOCHS else 0).toLong())
        .withUpdates((updates ?: 0).toLong())
        .withClipping(clipping?.clipping() ?: Clipping.NONE)
        .withValidation(validateEvery.toLong(), validateEvery == 0)
        .withPatience(patience, improvement)
        .withCheckpoints(checkpointEvery.toLong(), checkpointEvery == 0)
        .withSampleEvery(sampleEvery.toLong())
        .withNoiseSeed(seed)
        .let { options ->
            val sum = display as? SmoothedSum ?: return options
            val columns = if (reduction == Reduction.SUM) steps.toDouble() * batch
            else if (reduction == Reduction.PER_EXAMPLE) steps.toDouble() else 1.0
            options.withSmoothing(sum.keep, if (vocabulary == null) Double.NaN else columns * ln(vocabulary.toDouble()))
        }

    public companion object {
        /** Where neither epochs nor updates are given. */
        public const val DEFAULT_EPOCHS: Int = 10
        internal const val MOST_THREADS = 256
    }
}

/** Which loss is shown while a model is trained. */
@Serializable
public sealed interface LossDisplay

/** The mean loss per target since the last line. */
@Serializable
@SerialName("meanLoss")
public data object MeanLoss : LossDisplay

/**
 * The loss as it is reduced, smoothed: s = [keep]·s + (1 − [keep])·loss, starting from the loss of a model that knows
 * nothing: steps·ln(vocabulary) with the reduction sum and a batch of 1. The figure that classic character-model scripts
 * print.
 */
@Serializable
@SerialName("smoothedSum")
public data class SmoothedSum(val keep: Double = 0.999) : LossDisplay {
    init {
        checkShare("keep", keep)
    }
}
