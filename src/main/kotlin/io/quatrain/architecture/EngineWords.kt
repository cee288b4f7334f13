@file:OptIn(ExperimentalSerializationApi::class, InternalSerializationApi::class)

package io.quatrain.architecture

import io.quatrain.loss.Form
import io.quatrain.loss.Reduction
import io.quatrain.optimize.Convention
import io.quatrain.tensor.Precision
import io.quatrain.text.Normalization
import kotlinx.serialization.ExperimentalSerializationApi
import kotlinx.serialization.InternalSerializationApi
import kotlinx.serialization.KSerializer
import kotlinx.serialization.descriptors.PrimitiveKind
import kotlinx.serialization.descriptors.SerialDescriptor
import kotlinx.serialization.descriptors.SerialKind
import kotlinx.serialization.descriptors.buildSerialDescriptor
import kotlinx.serialization.encoding.Decoder
import kotlinx.serialization.encoding.Encoder

/** Writes the constants of an engine's enum as words: `FULL_WIDTH` as `fullWidth`. */
public open class EngineWordSerializer<E : Enum<E>>(what: String, private val constants: List<E>) : KSerializer<E> {
    override val descriptor: SerialDescriptor = buildSerialDescriptor("io.quatrain.$what", SerialKind.ENUM) {
        constants.forEach { element(word(it), buildSerialDescriptor("io.quatrain.$what.${it.name}", PrimitiveKind.STRING)) }
    }

    override fun serialize(encoder: Encoder, value: E): Unit = encoder.encodeEnum(descriptor, constants.indexOf(value))

    override fun deserialize(decoder: Decoder): E = constants[decoder.decodeEnum(descriptor)]

    private fun word(constant: E) = constant.name.lowercase().replace(Regex("_([a-z])")) { it.groupValues[1].uppercase() }
}

/** `float32`, `float64` */
public object PrecisionSerializer : EngineWordSerializer<Precision>("precision", Precision.values().toList())

/** `mean`, `meanOverCount`, `perExample`, `sum` */
public object ReductionSerializer : EngineWordSerializer<Reduction>("reduction", Reduction.values().toList())

/** `logits`, `probabilities`, `logProbabilities` */
public object FormSerializer : EngineWordSerializer<Form>("form", Form.values().toList())

/** `lineEnds`, `foldCase` and the other steps of a normalization. */
public object NormalizationStepSerializer :
    EngineWordSerializer<Normalization.Step>("normalization", Normalization.Step.values().toList())

/** `pytorch`, `keras`, `onnx` */
public object ConventionSerializer : EngineWordSerializer<Convention>("convention", Convention.values().toList())
