package io.quatrain.dsl

import io.quatrain.architecture.Activity
import io.quatrain.architecture.Architecture
import io.quatrain.architecture.ClippingDescription
import io.quatrain.architecture.DataDescription
import io.quatrain.architecture.Experiment
import io.quatrain.architecture.Generation
import io.quatrain.architecture.LossDescription
import io.quatrain.architecture.LossDisplay
import io.quatrain.architecture.MetricDescription
import io.quatrain.architecture.OptimizerDescription
import io.quatrain.architecture.Schedule
import io.quatrain.architecture.Training
import io.quatrain.architecture.WeightAverage
import io.quatrain.architecture.WeightDecayDescription
import io.quatrain.architecture.WeightPenalty
import io.quatrain.loss.Reduction
import io.quatrain.tensor.Precision
import java.util.function.Consumer

/**
 * A model and its training:
 * ```
 * experiment {
 *     data = text("verse.txt", tokenizer = characters())
 *     architecture = sequential { embedding(vocab, 32); lstm(256); dense(vocab) }
 *     training { optimizer = adam(0.002); batch = 32 }
 *     generation { temperature = 0.8 }
 * }
 * ```
 */
public inline fun experiment(block: ExperimentBuilder.() -> Unit): Experiment = ExperimentBuilder().apply(block).build()

/** An experiment in the making. */
@QuatrainDsl
public class ExperimentBuilder {
    /** What the model learns from: `text("verse.txt")`, `lines(…)`, `poems(…)` and their kin. */
    public var data: DataDescription? = null

    /** `sequential { … }` or `graph { … }` */
    public var architecture: Architecture? = null

    /** How the model is trained; mostly said as a block. */
    public var training: Training = Training()

    /** How the model writes; mostly said as a block. */
    public var generation: Generation = Generation()

    /** How the model is trained. */
    @JvmSynthetic
    public inline fun training(block: TrainingBuilder.() -> Unit) {
        training = TrainingBuilder(training).apply(block).build()
    }

    /** How the model writes. */
    @JvmSynthetic
    public inline fun generation(block: GenerationBuilder.() -> Unit) {
        generation = GenerationBuilder(generation).apply(block).build()
    }

    /** For Java: `.data(LinesData("verse.txt"))`. */
    public fun data(data: DataDescription): ExperimentBuilder = apply { this.data = data }

    /** For Java: `.architecture(new SequentialBuilder() … .build())`. */
    public fun architecture(architecture: Architecture): ExperimentBuilder = apply { this.architecture = architecture }

    /** For Java: `.training(t -> t.setBatch(16))`. */
    @JvmName("training")
    public fun configureTraining(block: Consumer<TrainingBuilder>): ExperimentBuilder = apply { training { block.accept(this) } }

    /** For Java: `.generation(g -> g.setTemperature(0.8))`. */
    @JvmName("generation")
    public fun configureGeneration(block: Consumer<GenerationBuilder>): ExperimentBuilder = apply { generation { block.accept(this) } }

    public fun build(): Experiment = Experiment(
        requireNotNull(architecture) { "architecture is missing; say architecture = sequential { … }" }, data, training, generation,
    )
}

/** How a model is trained, where no experiment describes its data: `training { optimizer = adam(0.01); epochs = 20 }`. */
public inline fun training(block: TrainingBuilder.() -> Unit): Training = TrainingBuilder().apply(block).build()

/** What [Training] says, in the making. */
@QuatrainDsl
public class TrainingBuilder(start: Training = Training()) {
    /** See [Training.loss]. */
    public var loss: LossDescription = start.loss

    /** See [Training.reduction]. */
    public var reduction: Reduction = start.reduction

    /** See [Training.optimizer]. */
    public var optimizer: OptimizerDescription = start.optimizer

    /** See [Training.schedule]. */
    public var schedule: Schedule = start.schedule

    /** See [Training.clipping]. */
    public var clipping: ClippingDescription? = start.clipping

    /** See [Training.weightDecay]. */
    public var weightDecay: WeightDecayDescription? = start.weightDecay

    /** See [Training.penalty]. */
    public var penalty: WeightPenalty? = start.penalty

    /** See [Training.activity]. */
    public var activity: List<Activity> = start.activity

    /** See [Training.maxNorm]. */
    public var maxNorm: Double? = start.maxNorm

    /** See [Training.average]. */
    public var average: WeightAverage? = start.average

    /** See [Training.metrics]. */
    public var metrics: List<MetricDescription> = start.metrics

    /** See [Training.batch]. */
    public var batch: Int = start.batch

    /** See [Training.steps]. */
    public var steps: Int = start.steps

    /** See [Training.epochs]. */
    public var epochs: Int? = start.epochs

    /** See [Training.updates]. */
    public var updates: Int? = start.updates

    /** See [Training.wholeUpdates]. */
    public var wholeUpdates: Boolean = start.wholeUpdates

    /** See [Training.seed]. */
    public var seed: Long = start.seed

    /** See [Training.validateEvery]. */
    public var validateEvery: Int = start.validateEvery

    /** See [Training.patience]. */
    public var patience: Int = start.patience

    /** See [Training.improvement]. */
    public var improvement: Double = start.improvement

    /** See [Training.checkpointEvery]. */
    public var checkpointEvery: Int = start.checkpointEvery

    /** See [Training.sampleEvery]. */
    public var sampleEvery: Int = start.sampleEvery

    /** See [Training.display]. */
    public var display: LossDisplay = start.display

    /** See [Training.threads]. */
    public var threads: Int = start.threads

    /** See [Training.precision]. */
    public var precision: Precision = start.precision

    /** See [Training.tokenWeights]. */
    public var tokenWeights: Map<String, Double> = start.tokenWeights

    // Inside training { } these words are reductions; elsewhere they say how values are merged.

    /** See [Reduction.MEAN]. */
    public val mean: Reduction get() = Reduction.MEAN

    /** See [Reduction.MEAN_OVER_COUNT]. */
    public val meanOverCount: Reduction get() = Reduction.MEAN_OVER_COUNT

    /** See [Reduction.PER_EXAMPLE]. */
    public val perExample: Reduction get() = Reduction.PER_EXAMPLE

    /** See [Reduction.SUM]. */
    public val sum: Reduction get() = Reduction.SUM

    public fun build(): Training = Training(
        loss, reduction, optimizer, schedule, clipping, weightDecay, penalty, activity, maxNorm, average, metrics, batch, steps, epochs, updates,
        wholeUpdates, seed, validateEvery, patience, improvement, checkpointEvery, sampleEvery, display, threads, precision, tokenWeights,
    )
}

/** What [Generation] says, in the making. */
@QuatrainDsl
public class GenerationBuilder(start: Generation = Generation()) {
    /** See [Generation.prompt]. */
    public var prompt: String = start.prompt

    /** See [Generation.length]. */
    public var length: Int = start.length

    /** See [Generation.temperature]. */
    public var temperature: Double = start.temperature

    /** See [Generation.topK]. */
    public var topK: Int = start.topK

    /** See [Generation.topP]. */
    public var topP: Double = start.topP

    /** See [Generation.minP]. */
    public var minP: Double = start.minP

    /** See [Generation.typical]. */
    public var typical: Double = start.typical

    /** See [Generation.repetitionPenalty]. */
    public var repetitionPenalty: Double = start.repetitionPenalty

    /** See [Generation.repetitionWindow]. */
    public var repetitionWindow: Int = start.repetitionWindow

    /** See [Generation.seed]. */
    public var seed: Long? = start.seed

    /** See [Generation.stop]. */
    public var stop: List<String> = start.stop

    /** See [Generation.banned]. */
    public var banned: List<String> = start.banned

    /** See [Generation.forced]. */
    public var forced: String = start.forced

    /** See [Generation.samples]. */
    public var samples: Int = start.samples

    /** See [Generation.beam]. */
    public var beam: Int = start.beam

    /** See [Generation.lengthPower]. */
    public var lengthPower: Double = start.lengthPower

    /** See [Generation.logProbabilities]. */
    public var logProbabilities: Boolean = start.logProbabilities

    public fun build(): Generation = Generation(
        prompt, length, temperature, topK, topP, minP, typical, repetitionPenalty, repetitionWindow, seed, stop,
        banned, forced, samples, beam, lengthPower, logProbabilities,
    )
}
