package io.quatrain.dsl

import io.quatrain.architecture.AccuracyMetric
import io.quatrain.architecture.Activity
import io.quatrain.architecture.BitsPerCharacterMetric
import io.quatrain.architecture.ConfusionMatrixMetric
import io.quatrain.architecture.F1Metric
import io.quatrain.architecture.MaeMetric
import io.quatrain.architecture.MapeMetric
import io.quatrain.architecture.PerClassMetric
import io.quatrain.architecture.PerplexityMetric
import io.quatrain.architecture.RmseMetric
import io.quatrain.architecture.TopKMetric
import io.quatrain.architecture.WeightAverage

/** See [AccuracyMetric]. */
public fun accuracy(): AccuracyMetric = AccuracyMetric

/** See [TopKMetric]. */
public fun topK(k: Int = 5): TopKMetric = TopKMetric(k)

/** See [F1Metric]. */
public fun f1(): F1Metric = F1Metric

/** See [PerClassMetric]. */
public fun perClass(): PerClassMetric = PerClassMetric

/** See [ConfusionMatrixMetric]. */
public fun confusionMatrix(): ConfusionMatrixMetric = ConfusionMatrixMetric

/** See [PerplexityMetric]. */
public fun perplexity(): PerplexityMetric = PerplexityMetric

/** See [BitsPerCharacterMetric]. */
public fun bitsPerCharacter(): BitsPerCharacterMetric = BitsPerCharacterMetric

/** See [MaeMetric]. */
public fun mae(): MaeMetric = MaeMetric

/** See [RmseMetric]. */
public fun rmse(): RmseMetric = RmseMetric

/** See [MapeMetric]. */
public fun mape(): MapeMetric = MapeMetric

/** See [Activity]. */
public fun activity(size: Double = 0.0, change: Double = 0.0, layer: String? = null): Activity = Activity(size, change, layer)

/** See [WeightAverage]. */
public fun average(momentum: Double = 0.99, overwriteEvery: Int = 0): WeightAverage = WeightAverage(momentum, overwriteEvery)
