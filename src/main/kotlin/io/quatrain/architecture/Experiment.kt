@file:OptIn(ExperimentalSerializationApi::class)

package io.quatrain.architecture

import io.quatrain.format.JsonReader
import io.quatrain.format.JsonValue
import io.quatrain.format.decode
import java.nio.file.Path
import kotlinx.serialization.DeserializationStrategy
import kotlinx.serialization.EncodeDefault
import kotlinx.serialization.ExperimentalSerializationApi
import kotlinx.serialization.KSerializer
import kotlinx.serialization.SerialName
import kotlinx.serialization.Serializable
import kotlinx.serialization.SerializationStrategy
import kotlinx.serialization.descriptors.SerialDescriptor
import kotlinx.serialization.encoding.Decoder
import kotlinx.serialization.encoding.Encoder

/**
 * Everything about a model and its training: what it learns from, how it is built, how it is trained, how it writes.
 * Immutable; JSON ([fromJson], [toJson]), the Kotlin DSL and scripts ([toKotlin]) are three forms of the same value.
 *
 * Reading JSON never runs code, whoever wrote it. A script is a program: run only those you trust.
 *
 * @property data null where only the architecture is described
 */
@Serializable(with = ExperimentSerializer::class)
public data class Experiment @JvmOverloads constructor(
    val architecture: Architecture,
    val data: DataDescription? = null,
    val training: Training = Training(),
    val generation: Generation = Generation(),
) {
    /** As JSON: two spaces, values that are the default left out, the format's version first. */
    public fun toJson(): String = DescriptionJson.write(serializer(), this)

    /** As a script, or a piece of Kotlin that imports `io.quatrain.dsl.*` and `io.quatrain.architecture.*`. */
    public fun toKotlin(): String = KotlinSource.experiment(this)

    public companion object {
        /** The version of the JSON form that this program reads and writes: the member `"quatrain"`. */
        public const val FORMAT: Int = 1

        /**
         * Reads the JSON form.
         *
         * @param file the name that messages begin with
         * @throws io.quatrain.format.JsonException naming line, column and path, and the nearest word that is known
         */
        @JvmStatic
        @JvmOverloads
        public fun fromJson(text: String, file: String = "experiment"): Experiment =
            DescriptionJson.read(serializer(), JsonReader.read(text, file))

        /** Reads a file in the JSON form; see [fromJson]. */
        @JvmStatic
        public fun readJson(file: Path): Experiment = DescriptionJson.read(serializer(), JsonReader.read(file))
    }
}

/** As JSON: two spaces, values that are the default left out. */
public fun Architecture.toJson(): String = DescriptionJson.write(Architecture.serializer(), this)

/** As a piece of Kotlin: `sequential { … }` or `graph { … }`. */
public fun Architecture.toKotlin(): String = KotlinSource.architecture(this) + "\n"

/** Reads the JSON form of an architecture; see [Experiment.fromJson]. */
@JvmOverloads
public fun architectureFromJson(text: String, file: String = "architecture"): Architecture =
    DescriptionJson.read(Architecture.serializer(), JsonReader.read(text, file))

/** Reads and writes descriptions, layers of one's own included. */
internal object DescriptionJson {
    fun <T> write(serializer: SerializationStrategy<T>, value: T): String = JsonLayout.write(serializer, value)

    fun <T> read(serializer: DeserializationStrategy<T>, value: JsonValue): T = value.decode(serializer, Layers.module)
}

/** An experiment with the version of its form. */
@Serializable
@SerialName("experiment")
private class ExperimentFile(
    @EncodeDefault(EncodeDefault.Mode.ALWAYS) val quatrain: Int = Experiment.FORMAT,
    val data: DataDescription? = null,
    val architecture: Architecture,
    val training: Training = Training(),
    val generation: Generation = Generation(),
) {
    init {
        require(quatrain == Experiment.FORMAT) {
            "quatrain is the version of this form; this program reads ${Experiment.FORMAT}, the file says $quatrain" +
                (if (quatrain > Experiment.FORMAT) ": use a newer Quatrain" else "")
        }
    }
}

/** Writes and reads the version along with the experiment. */
public object ExperimentSerializer : KSerializer<Experiment> {
    override val descriptor: SerialDescriptor = SerialDescriptor("io.quatrain.Experiment", ExperimentFile.serializer().descriptor)

    override fun serialize(encoder: Encoder, value: Experiment): Unit = encoder.encodeSerializableValue(
        ExperimentFile.serializer(),
        ExperimentFile(data = value.data, architecture = value.architecture, training = value.training, generation = value.generation),
    )

    override fun deserialize(decoder: Decoder): Experiment =
        decoder.decodeSerializableValue(ExperimentFile.serializer()).let { Experiment(it.architecture, it.data, it.training, it.generation) }
}
