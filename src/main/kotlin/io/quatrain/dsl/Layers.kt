package io.quatrain.dsl

import io.quatrain.architecture.ActivationFunction
import io.quatrain.architecture.ActivationLayer
import io.quatrain.architecture.AdditiveAttention
import io.quatrain.architecture.ConcatRnn
import io.quatrain.architecture.Constant
import io.quatrain.architecture.Dense
import io.quatrain.architecture.DotAttention
import io.quatrain.architecture.Dropout
import io.quatrain.architecture.Embedding
import io.quatrain.architecture.GlorotUniform
import io.quatrain.architecture.Glu
import io.quatrain.architecture.Gru
import io.quatrain.architecture.GruCell
import io.quatrain.architecture.Head
import io.quatrain.architecture.Initialization
import io.quatrain.architecture.LastStep
import io.quatrain.architecture.LayerNorm
import io.quatrain.architecture.Lstm
import io.quatrain.architecture.LstmCell
import io.quatrain.architecture.MaxOverTime
import io.quatrain.architecture.MeanOverTime
import io.quatrain.architecture.MergeLayer
import io.quatrain.architecture.MergeMode
import io.quatrain.architecture.Noise
import io.quatrain.architecture.OneHot
import io.quatrain.architecture.Ordinal
import io.quatrain.architecture.Output
import io.quatrain.architecture.PRelu
import io.quatrain.architecture.Repeat
import io.quatrain.architecture.Reshape
import io.quatrain.architecture.Reverse
import io.quatrain.architecture.Rnn
import io.quatrain.architecture.RnnCell
import io.quatrain.architecture.Slice
import io.quatrain.architecture.Uniform
import io.quatrain.architecture.Zeros

/** See [Embedding]. */
public fun <R> LayerScope<R>.embedding(
    vocabulary: Int,
    size: Int,
    weights: Initialization = Uniform(-0.05, 0.05),
    padding: Int? = null,
    trainable: Boolean = true,
    dropout: Double = 0.0,
): R = add(Embedding(vocabulary, size, weights, padding, trainable, dropout))

/** See [OneHot]. */
public fun <R> LayerScope<R>.oneHot(vocabulary: Int): R = add(OneHot(vocabulary))

/** See [Ordinal]. */
public fun <R> LayerScope<R>.ordinal(vocabulary: Int, scale: Double = 1.0): R = add(Ordinal(vocabulary, scale))

/** See [Dense]. */
public fun <R> LayerScope<R>.dense(
    units: Int,
    activation: ActivationFunction = ActivationFunction.IDENTITY,
    bias: Boolean = true,
    weights: Initialization = GlorotUniform,
    biases: Initialization = Zeros,
    tiedTo: String? = null,
): R = add(Dense(units, activation, bias, weights, biases, tiedTo))

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
    cell: LstmCell = LstmCell(),
    noise: Noise = Noise(),
    residual: Boolean = false,
    learnedState: Boolean = false,
): R = add(
    Lstm(
        units, bidirectional, layers, output, dropout, merge, reversed, bias, forgetBias, inputWeights, recurrentWeights, biases,
        cell, noise, residual, learnedState,
    ),
)

/** See [Gru]. */
public fun <R> LayerScope<R>.gru(
    units: Int,
    bidirectional: Boolean = false,
    layers: Int = 1,
    output: Output = Output.SEQUENCE,
    dropout: Double = 0.0,
    merge: MergeMode = MergeMode.CONCAT,
    reversed: Boolean = false,
    bias: Boolean = true,
    resetAfter: Boolean = true,
    inputWeights: Initialization = GlorotUniform,
    recurrentWeights: Initialization = GlorotUniform,
    biases: Initialization = Zeros,
    cell: GruCell = GruCell(),
    noise: Noise = Noise(),
    residual: Boolean = false,
    learnedState: Boolean = false,
): R = add(
    Gru(
        units, bidirectional, layers, output, dropout, merge, reversed, bias, resetAfter, inputWeights, recurrentWeights, biases,
        cell, noise, residual, learnedState,
    ),
)

/** See [Rnn]. */
public fun <R> LayerScope<R>.rnn(
    units: Int,
    activation: ActivationFunction = ActivationFunction.TANH,
    bidirectional: Boolean = false,
    layers: Int = 1,
    output: Output = Output.SEQUENCE,
    dropout: Double = 0.0,
    merge: MergeMode = MergeMode.CONCAT,
    reversed: Boolean = false,
    bias: Boolean = true,
    inputWeights: Initialization = GlorotUniform,
    recurrentWeights: Initialization = GlorotUniform,
    biases: Initialization = Zeros,
    head: Head? = null,
    cell: RnnCell = RnnCell(),
    noise: Noise = Noise(),
    residual: Boolean = false,
    learnedState: Boolean = false,
): R = add(
    Rnn(
        units, activation, bidirectional, layers, output, dropout, merge, reversed, bias, inputWeights, recurrentWeights, biases,
        head, cell, noise, residual, learnedState,
    ),
)

/** See [ConcatRnn]. */
public fun <R> LayerScope<R>.concatRnn(
    units: Int,
    outputs: Int,
    output: Output = Output.SEQUENCE,
    reversed: Boolean = false,
    bias: Boolean = true,
    weights: Initialization = GlorotUniform,
    biases: Initialization = Zeros,
): R = add(ConcatRnn(units, outputs, output, reversed, bias, weights, biases))

/** See [Dropout]. */
public fun <R> LayerScope<R>.dropout(rate: Double, heldOverTime: Boolean = false): R = add(Dropout(rate, heldOverTime))

/** See [ActivationLayer]. */
public fun <R> LayerScope<R>.activation(function: ActivationFunction): R = add(ActivationLayer(function))

/** See [Glu]. */
public fun <R> LayerScope<R>.glu(gate: ActivationFunction = ActivationFunction.SIGMOID): R = add(Glu(gate))

/** See [PRelu]. */
public fun <R> LayerScope<R>.pRelu(shared: Boolean = false, slopes: Initialization = Constant(0.25)): R = add(PRelu(shared, slopes))

/** See [LastStep]. */
public fun <R> LayerScope<R>.lastStep(): R = add(LastStep)

/** See [MergeLayer]. */
public fun <R> LayerScope<R>.merge(by: MergeMode = MergeMode.CONCAT): R = add(MergeLayer(by))

/** See [Reverse]. */
public fun <R> LayerScope<R>.reverse(): R = add(Reverse)

/** See [Repeat]. */
public fun <R> LayerScope<R>.repeat(steps: Int): R = add(Repeat(steps))

/** See [MeanOverTime]. */
public fun <R> LayerScope<R>.meanOverTime(): R = add(MeanOverTime)

/** See [MaxOverTime]. */
public fun <R> LayerScope<R>.maxOverTime(): R = add(MaxOverTime)

/** See [Slice]. */
public fun <R> LayerScope<R>.slice(from: Int, to: Int): R = add(Slice(from, to))

/** See [Reshape]. */
public fun <R> LayerScope<R>.reshape(features: Int): R = add(Reshape(features))

/** See [LayerNorm]. */
public fun <R> LayerScope<R>.layerNorm(epsilon: Double = 1e-5, bias: Boolean = true): R = add(LayerNorm(epsilon, bias))

/** Said to two values: `join(decoder, encoder).dotAttention()`. See [DotAttention]. */
public fun <R> LayerScope<R>.dotAttention(scaled: Boolean = false): R = add(DotAttention(scaled))

/** Said to two values: `join(decoder, encoder).additiveAttention(64)`. See [AdditiveAttention]. */
public fun <R> LayerScope<R>.additiveAttention(units: Int, weights: Initialization = GlorotUniform): R =
    add(AdditiveAttention(units, weights))
