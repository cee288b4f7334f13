package io.quatrain.dsl

import io.quatrain.architecture.ActivationFunction
import io.quatrain.architecture.GruCell
import io.quatrain.architecture.Head
import io.quatrain.architecture.LstmCell
import io.quatrain.architecture.Noise
import io.quatrain.architecture.Output
import io.quatrain.architecture.RnnCell
import io.quatrain.node.Activations

// The words that stand inside layers.

/** See [Output.CARRIED]. */
public val carried: Output = Output.CARRIED

/** See [LstmCell]. */
public fun lstmCell(
    gate: ActivationFunction = ActivationFunction.SIGMOID,
    cell: ActivationFunction = ActivationFunction.TANH,
    hidden: ActivationFunction = ActivationFunction.TANH,
    peephole: Boolean = false,
    coupled: Boolean = false,
    clip: Double? = null,
    projection: Int? = null,
    layerNorm: Boolean = false,
    cellClip: Double? = null,
): LstmCell = LstmCell(gate, cell, hidden, peephole, coupled, clip, projection, layerNorm, cellClip)

/** See [GruCell]. */
public fun gruCell(
    gate: ActivationFunction = ActivationFunction.SIGMOID,
    hidden: ActivationFunction = ActivationFunction.TANH,
    clip: Double? = null,
    layerNorm: Boolean = false,
): GruCell = GruCell(gate, hidden, clip, layerNorm)

/** See [RnnCell]. */
public fun rnnCell(clip: Double? = null, layerNorm: Boolean = false): RnnCell = RnnCell(clip, layerNorm)

/** See [Head]. */
public fun head(units: Int, activation: ActivationFunction = ActivationFunction.SIGMOID, bias: Boolean = true): Head =
    Head(units, activation, bias)

/** See [Noise]. */
public fun noise(
    input: Double = 0.0,
    output: Double = 0.0,
    recurrent: Double = 0.0,
    heldOverTime: Boolean = true,
    zoneout: Double = 0.0,
    cellZoneout: Double = 0.0,
    weights: Double = 0.0,
): Noise = Noise(input, output, recurrent, heldOverTime, zoneout, cellZoneout, weights)

/** See [Activations]. */
public val softsign: ActivationFunction = ActivationFunction("softsign")

/** See [Activations]. */
public val selu: ActivationFunction = ActivationFunction("selu")

/** See [Activations]. */
public val gelu: ActivationFunction = ActivationFunction("gelu")

/** See [Activations]. */
public val geluTanh: ActivationFunction = ActivationFunction("geluTanh")

/** See [Activations]. */
public val silu: ActivationFunction = ActivationFunction("silu")

/** See [Activations]. */
public val swish: ActivationFunction = ActivationFunction("swish")

/** See [Activations]. */
public val mish: ActivationFunction = ActivationFunction("mish")

/** See [Activations]. */
public val logSigmoid: ActivationFunction = ActivationFunction("logSigmoid")

/** See [Activations]. */
public val relu6: ActivationFunction = ActivationFunction("relu6")

/** See [Activations]. */
public val hardSwish: ActivationFunction = ActivationFunction("hardSwish")

/** See [Activations]. */
public val hardSilu: ActivationFunction = ActivationFunction("hardSilu")

/** See [Activations]. */
public val tanhshrink: ActivationFunction = ActivationFunction("tanhshrink")

/** See [Activations]. */
public val exponential: ActivationFunction = ActivationFunction("exponential")

/** See [Activations]. */
public val softmax: ActivationFunction = ActivationFunction("softmax")

/** See [Activations]. */
public val logSoftmax: ActivationFunction = ActivationFunction("logSoftmax")

/** See [Activations]. */
public val linear: ActivationFunction = ActivationFunction("linear")

/** See [Activations]. */
public val leakyRelu: ActivationFunction = ActivationFunction("leakyRelu")

/** See [Activations]. */
public val elu: ActivationFunction = ActivationFunction("elu")

/** See [Activations]. */
public val celu: ActivationFunction = ActivationFunction("celu")

/** See [Activations]. */
public val softplus: ActivationFunction = ActivationFunction("softplus")

/** See [Activations]. */
public val hardSigmoid: ActivationFunction = ActivationFunction("hardSigmoid")

/** See [Activations]. */
public val hardTanh: ActivationFunction = ActivationFunction("hardTanh")

/** See [Activations]. */
public val thresholdedRelu: ActivationFunction = ActivationFunction("thresholdedRelu")

/** See [Activations]. */
public val softshrink: ActivationFunction = ActivationFunction("softshrink")

/** See [Activations]. */
public val hardshrink: ActivationFunction = ActivationFunction("hardshrink")

/** See [Activations]. */
public val scaledTanh: ActivationFunction = ActivationFunction("scaledTanh")

/** See [Activations]. */
public val affine: ActivationFunction = ActivationFunction("affine")

/** See [Activations]. */
public fun leakyRelu(alpha: Double): ActivationFunction = ActivationFunction("leakyRelu", alpha)

/** See [Activations]. */
public fun elu(alpha: Double): ActivationFunction = ActivationFunction("elu", alpha)

/** See [Activations]. */
public fun celu(alpha: Double): ActivationFunction = ActivationFunction("celu", alpha)

/** See [Activations]. */
public fun softplus(alpha: Double): ActivationFunction = ActivationFunction("softplus", alpha)

/** See [Activations]. */
public fun thresholdedRelu(alpha: Double): ActivationFunction = ActivationFunction("thresholdedRelu", alpha)

/** See [Activations]. */
public fun softshrink(alpha: Double): ActivationFunction = ActivationFunction("softshrink", alpha)

/** See [Activations]. */
public fun hardshrink(alpha: Double): ActivationFunction = ActivationFunction("hardshrink", alpha)

/** See [Activations]. */
public fun hardSigmoid(alpha: Double? = null, beta: Double? = null): ActivationFunction =
    ActivationFunction("hardSigmoid", alpha, beta)

/** See [Activations]. */
public fun hardTanh(alpha: Double? = null, beta: Double? = null): ActivationFunction =
    ActivationFunction("hardTanh", alpha, beta)

/** See [Activations]. */
public fun scaledTanh(alpha: Double? = null, beta: Double? = null): ActivationFunction =
    ActivationFunction("scaledTanh", alpha, beta)

/** See [Activations]. */
public fun affine(alpha: Double? = null, beta: Double? = null): ActivationFunction =
    ActivationFunction("affine", alpha, beta)
