package io.quatrain.dsl

import io.quatrain.architecture.ActivationFunction
import io.quatrain.architecture.Constant
import io.quatrain.architecture.GlorotNormal
import io.quatrain.architecture.GlorotUniform
import io.quatrain.architecture.HeNormal
import io.quatrain.architecture.HeUniform
import io.quatrain.architecture.Identity
import io.quatrain.architecture.Initialization
import io.quatrain.architecture.LecunNormal
import io.quatrain.architecture.LecunUniform
import io.quatrain.architecture.MergeMode
import io.quatrain.architecture.Normal
import io.quatrain.architecture.Orthogonal
import io.quatrain.architecture.Output
import io.quatrain.architecture.PerGate
import io.quatrain.architecture.RareTokens
import io.quatrain.architecture.TruncatedNormal
import io.quatrain.architecture.Uniform
import io.quatrain.architecture.Zeros
import io.quatrain.loss.Form
import io.quatrain.optimize.Convention
import io.quatrain.tensor.Precision
import io.quatrain.text.Normalization.Step

// The words of JSON, for Kotlin: what a description prints as is what makes it.

/** See [ActivationFunction.IDENTITY]. */
public val identity: ActivationFunction = ActivationFunction.IDENTITY

/** See [ActivationFunction.TANH]. */
public val tanh: ActivationFunction = ActivationFunction.TANH

/** See [ActivationFunction.SIGMOID]. */
public val sigmoid: ActivationFunction = ActivationFunction.SIGMOID

/** See [ActivationFunction.RELU]. */
public val relu: ActivationFunction = ActivationFunction.RELU

/** See [Output.SEQUENCE]. */
public val sequence: Output = Output.SEQUENCE

/** See [Output.LAST]. */
public val last: Output = Output.LAST

/** See [MergeMode.CONCAT]. */
public val concat: MergeMode = MergeMode.CONCAT

/** See [MergeMode.SUM]. */
public val sum: MergeMode = MergeMode.SUM

/** See [MergeMode.MEAN]. */
public val mean: MergeMode = MergeMode.MEAN

/** See [MergeMode.PRODUCT]. */
public val product: MergeMode = MergeMode.PRODUCT

/** See [MergeMode.BOTH]. */
public val both: MergeMode = MergeMode.BOTH

/** See [Zeros]. */
public fun zeros(): Initialization = Zeros

/** See [Constant]. */
public fun constant(value: Double): Initialization = Constant(value)

/** See [Uniform]. */
public fun uniform(low: Double, high: Double): Initialization = Uniform(low, high)

/** See [Normal]. */
public fun normal(mean: Double = 0.0, deviation: Double = 0.01): Initialization = Normal(mean, deviation)

/** See [GlorotUniform]. */
public fun glorotUniform(): Initialization = GlorotUniform

/** See [TruncatedNormal]. */
public fun truncatedNormal(mean: Double = 0.0, deviation: Double = 0.01): Initialization = TruncatedNormal(mean, deviation)

/** See [GlorotNormal]. */
public fun glorotNormal(): Initialization = GlorotNormal

/** See [HeUniform]. */
public fun heUniform(): Initialization = HeUniform

/** See [HeNormal]. */
public fun heNormal(): Initialization = HeNormal

/** See [LecunUniform]. */
public fun lecunUniform(): Initialization = LecunUniform

/** See [LecunNormal]. */
public fun lecunNormal(): Initialization = LecunNormal

/** See [Orthogonal]. */
public fun orthogonal(gain: Double = 1.0): Initialization = Orthogonal(gain)

/** See [Identity]. */
public fun identity(gain: Double = 1.0): Initialization = Identity(gain)

/** See [PerGate]. */
public fun perGate(gates: List<Initialization>): Initialization = PerGate(gates)

/** See [PerGate]. */
public fun perGate(vararg gates: Initialization): Initialization = PerGate(gates.toList())

/** See [Form.LOGITS]. */
public val logits: Form = Form.LOGITS

/** See [Form.PROBABILITIES]. */
public val probabilities: Form = Form.PROBABILITIES

/** See [Form.LOG_PROBABILITIES]. */
public val logProbabilities: Form = Form.LOG_PROBABILITIES

/** See [Precision.FLOAT32]. */
public val float32: Precision = Precision.FLOAT32

/** See [Precision.FLOAT64]. */
public val float64: Precision = Precision.FLOAT64

/** See [RareTokens.UNKNOWN]. */
public val unknown: RareTokens = RareTokens.UNKNOWN

/** See [RareTokens.SKIP]. */
public val skip: RareTokens = RareTokens.SKIP

/** See [RareTokens.DROP]. */
public val drop: RareTokens = RareTokens.DROP

/** See [Step.LINE_ENDS]. */
public val lineEnds: Step = Step.LINE_ENDS

/** See [Step.BYTE_ORDER_MARK]. */
public val byteOrderMark: Step = Step.BYTE_ORDER_MARK

/** See [Step.NFKC]. */
public val nfkc: Step = Step.NFKC

/** See [Step.SIMPLIFIED]. */
public val simplified: Step = Step.SIMPLIFIED

/** See [Step.TRADITIONAL]. */
public val traditional: Step = Step.TRADITIONAL

/** See [Step.FOLD_CASE]. */
public val foldCase: Step = Step.FOLD_CASE

/** See [Step.HALF_WIDTH]. */
public val halfWidth: Step = Step.HALF_WIDTH

/** See [Step.FULL_WIDTH]. */
public val fullWidth: Step = Step.FULL_WIDTH

/** See [Step.NFC]. */
public val nfc: Step = Step.NFC

/** See [Convention.PYTORCH]. */
public val pytorch: Convention = Convention.PYTORCH

/** See [Convention.KERAS]. */
public val keras: Convention = Convention.KERAS

/** See [Convention.ONNX]. */
public val onnx: Convention = Convention.ONNX
