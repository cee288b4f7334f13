package io.quatrain.dsl

import io.quatrain.architecture.ActivationFunction
import io.quatrain.architecture.ActivationLayer
import io.quatrain.architecture.Dense
import io.quatrain.architecture.Dropout
import io.quatrain.architecture.Embedding
import io.quatrain.architecture.GlorotUniform
import io.quatrain.architecture.Initialization
import io.quatrain.architecture.LastStep
import io.quatrain.architecture.Lstm
import io.quatrain.architecture.MergeMode
import io.quatrain.architecture.OneHot
import io.quatrain.architecture.Output
import io.quatrain.architecture.Uniform
import io.quatrain.architecture.Zeros

/** See [Embedding]. */
public fun <R> LayerScope<R>.embedding(vocabulary: Int, size: Int, weights: Initialization = Uniform(-0.05, 0.05)): R =
    add(Embedding(vocabulary, size, weights))

/** See [OneHot]. */
public fun <R> LayerScope<R>.oneHot(vocabulary: Int): R = add(OneHot(vocabulary))

/** See [Dense]. */
public fun <R> LayerScope<R>.dense(
    units: Int,
    activation: ActivationFunction = ActivationFunction.IDENTITY,
    bias: Boolean = true,
    weights: Initialization = GlorotUniform,
    biases: Initialization = Zeros,
): R = add(Dense(units, activation, bias, weights, biases))

/** See [Lstm]. */
public fun <R> LayerScope<R>.lstm(
    units: Int,
    bidirectional: Boolean = false,
    layers: Int = 1,
    output: Output = Output.SEQUENCE,
    dropout: Double = 0.0,
    merge: MergeMode = MergeMode.CONCAT,
    reversed: Boolean = false,
    bias: Boolean = true,
    forgetBias: Double = 1.0,
    inputWeights: Initialization = GlorotUniform,
    recurrentWeights: Initialization = GlorotUniform,
    biases: Initialization? = null,
): R = add(Lstm(units, bidirectional, layers, output, dropout, merge, reversed, bias, forgetBias, inputWeights, recurrentWeights, biases))

/** See [Dropout]. */
public fun <R> LayerScope<R>.dropout(rate: Double, heldOverTime: Boolean = false): R = add(Dropout(rate, heldOverTime))

/** See [ActivationLayer]. */
public fun <R> LayerScope<R>.activation(function: ActivationFunction): R = add(ActivationLayer(function))

/** See [LastStep]. */
public fun <R> LayerScope<R>.lastStep(): R = add(LastStep)
