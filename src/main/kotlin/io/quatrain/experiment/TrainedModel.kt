package io.quatrain.experiment

import io.quatrain.architecture.Architecture
import io.quatrain.architecture.Experiment
import io.quatrain.architecture.Layers
import io.quatrain.architecture.Model
import io.quatrain.architecture.plan
import io.quatrain.format.FileOperations
import io.quatrain.format.JsonException
import io.quatrain.format.JsonValue
import io.quatrain.format.ModelContainer
import io.quatrain.format.ModelFileException
import io.quatrain.format.ModelFiles
import io.quatrain.format.TensorData
import io.quatrain.format.TensorType
import io.quatrain.format.decode
import io.quatrain.format.quoted
import io.quatrain.format.shapeText
import io.quatrain.node.Weights
import io.quatrain.tensor.Compute
import io.quatrain.tensor.Precision
import io.quatrain.text.Codec
import io.quatrain.text.Normalization
import io.quatrain.text.TokenizerSpec
import io.quatrain.text.Vocabulary
import io.quatrain.train.TrainingState
import kotlinx.serialization.Serializable
import kotlinx.serialization.json.Json
import java.nio.file.Path

/**
 * A model with everything that is needed to use it: weights, the way from text to tokens and back, class names, and where
 * it comes from. One file holds all of it.
 */
public class TrainedModel @JvmOverloads constructor(
    public val model: Model,
    /** From text to tokens and back; null where the model does not read text. */
    public val codec: Codec? = null,
    /** The names of the classes, where the model names classes. */
    public val labels: List<String> = emptyList(),
    /** What it was trained by. */
    public val experiment: Experiment? = null,
    public val provenance: Provenance = Provenance(),
    /** How numbers are scaled, where the model reads a series. */
    public val scale: NumberScale? = null,
) {
    /**
     * Writes the model, and with [training] everything that a bit-identical continuation needs, atomically; as JSON where the
     * name ends with `.json`, else as safetensors.
     */
    @JvmOverloads
    public fun save(file: Path, training: TrainingState? = null, operations: FileOperations = FileOperations.system): Unit =
        ModelFiles.write(file, container(training), operations)

    /** SHA-256 over every parameter's name, shape and bytes: same weights, same digest, whatever the file. */
    public val digest: String get() = container(null).digest

    internal fun container(training: TrainingState?): ModelContainer {
        val metadata = ModelMetadata(
            ModelContainer.FORMAT_VERSION, model.architecture, experiment, codec?.let(::TextMetadata), labels, provenance,
            model.graph.compute().precision().name.lowercase(), scale,
        )
        val tensors = if (training != null) tensors(training) else model.parameters.map { parameter ->
            val array = TrainingState.Array.of(parameter.value())
            tensor(parameter.path(), array)
        }
        return ModelContainer(json().encodeToString(ModelMetadata.serializer(), metadata), tensors)
    }

    public companion object {
        /**
         * Reads a model that [save] wrote.
         *
         * @param threads to compute with
         * @throws ModelFileException in one line, whatever is wrong with the file
         */
        @JvmStatic
        @JvmOverloads
        public fun load(file: Path, threads: Int = 1): TrainedModel = Checkpoint.load(file, threads).model

        private fun json() = Json { serializersModule = Layers.module; classDiscriminator = "type" }

        private fun tensor(name: String, array: TrainingState.Array): TensorData =
            array.floats()?.let { TensorData(name, it, array.rows(), array.columns()) }
                ?: TensorData(name, array.doubles()!!, array.rows(), array.columns())

        /** Weights under their paths; what else a run remembers under names that begin with @. Real numbers keep their bits. */
        private fun tensors(state: TrainingState): List<TensorData> =
            state.arrays().map { (name, array) -> tensor(if (name.startsWith(TrainingState.WEIGHTS)) name.removePrefix(TrainingState.WEIGHTS) else "@$name", array) } +
                state.longs().map { (name, values) -> TensorData("@$LONG$name", values, values.size) } +
                state.doubles().map { (name, values) -> TensorData("@$REAL$name", LongArray(values.size) { values[it].toRawBits() }, values.size) }

        internal const val LONG = "long/"
        internal const val REAL = "real/"
    }
}

/** Where a model comes from. */
@Serializable
public data class Provenance(
    /** The version of Quatrain that wrote it. */
    val quatrain: String = VERSION,
    val seed: Long = 0,
    /** The file or folder that it was trained on, and the SHA-256 of its bytes. */
    val corpus: String = "",
    val corpusSha256: String = "",
    val updates: Long = 0,
    val epochs: Long = 0,
    /** Per target, in nats. */
    val trainingLoss: Double? = null,
    val validationLoss: Double? = null,
)

/** The version of this library. */
public const val VERSION: String = "0.1.0"

@Serializable
internal data class ModelMetadata(
    val formatVersion: Int,
    val architecture: Architecture,
    val experiment: Experiment? = null,
    val text: TextMetadata? = null,
    val labels: List<String> = emptyList(),
    val provenance: Provenance = Provenance(),
    val precision: String = "float32",
    val numbers: NumberScale? = null,
)

@Serializable
internal data class TextMetadata(
    val normalization: List<String>,
    val tokenizer: String,
    val options: Map<String, String> = emptyMap(),
    val pieces: List<String> = emptyList(),
    val vocabulary: List<String>,
    val specials: Map<String, String> = emptyMap(),
) {
    constructor(codec: Codec) : this(
        codec.normalization().words(),
        codec.tokenizer().spec().word(),
        codec.tokenizer().spec().options(),
        codec.tokenizer().spec().pieces(),
        codec.vocabulary().tokens(),
        codec.vocabulary().specials().mapKeys { it.key.word() },
    )

    fun codec(): Codec = Codec(
        Normalization.of(normalization),
        TokenizerSpec(tokenizer, options, pieces).create(),
        Vocabulary.of(
            vocabulary,
            specials.mapKeys { (word, _) ->
                requireNotNull(Vocabulary.Special.values().find { it.word() == word }) { "specials: unknown special token ${quoted(word)}" }
            },
        ),
    )
}

/** What a file of a run holds: the model, and what a run needs to go on, where it is a checkpoint. */
public class Checkpoint(public val model: TrainedModel, public val training: TrainingState?, private val container: ModelContainer?) {
    /** The updates made before this checkpoint; null where this is a model and no checkpoint. */
    public val step: Long? get() = training?.update()

    /** See [TrainedModel.digest]. */
    public val digest: String get() = container?.digest ?: model.digest

    /** Writes the same into another file: as JSON where the name ends with `.json`, else as safetensors. */
    public fun save(file: Path): Unit = ModelFiles.write(file, container ?: model.container(training))

    public companion object {
        /** Reads a file that [TrainedModel.save] wrote; all that is wrong is a [ModelFileException]. */
        @JvmStatic
        @JvmOverloads
        public fun load(file: Path, threads: Int = 1): Checkpoint = load(file) { precision, _ -> Compute.of(precision, threads) }

        /** @param compute what to compute with, given the model's precision and what it was trained by */
        internal fun load(file: Path, compute: (Precision, Experiment?) -> Compute): Checkpoint {
            val container = ModelFiles.read(file)
            try {
                val metadata = container.metadata.decode(ModelMetadata.serializer(), Layers.module)
                val precision = Precision.values().find { it.name.lowercase() == metadata.precision }
                    ?: throw ModelFileException(file, "precision must be float32 or float64, is ${quoted(metadata.precision)}")
                val plan = metadata.architecture.plan()
                fit(file, plan.weights().associate { it.path to listOf(it.rows, it.columns) }, container, precision)
                val model = plan.model(Weights.zeros(compute(precision, metadata.experiment)))
                for (parameter in model.parameters) {
                    val tensor = container[parameter.path()]!!
                    if (tensor.type == TensorType.F32) parameter.value().setFrom(tensor.floats, 0) else parameter.value().setFrom(tensor.doubles)
                    parameter.changed()
                }
                val codec = metadata.text?.codec()
                checkVocabulary(file, model, codec)
                val trained = TrainedModel(model, codec, metadata.labels, metadata.experiment, metadata.provenance, metadata.numbers)
                return Checkpoint(trained, training(container), container)
            } catch (e: JsonException) {
                throw ModelFileException(file, e.message.orEmpty(), e)
            } catch (e: IllegalArgumentException) {
                throw ModelFileException(file, e.message.orEmpty(), e)
            }
        }

        private fun checkVocabulary(file: Path, model: Model, codec: Codec?) {
            val input = model.graph.inputs().firstOrNull { it.tokens() } ?: return
            if (codec != null && codec.vocabulary().size() > input.size()) {
                throw ModelFileException(
                    file, "its vocabulary has ${codec.vocabulary().size()} tokens, its input \"${input.name()}\" only ${input.size()}",
                )
            }
        }

        private fun fit(file: Path, needed: Map<String, List<Int>>, container: ModelContainer, precision: Precision) {
            val type = if (precision == Precision.FLOAT32) TensorType.F32 else TensorType.F64
            for (tensor in container.parametersFor(file, needed)) {
                if (tensor.type != type) throw ModelFileException(file, "weights ${quoted(tensor.name)}: the model computes in $type, the file has ${tensor.type}")
            }
        }

        private fun training(container: ModelContainer): TrainingState? {
            val extras = container.tensors.filter { it.name.startsWith(ModelContainer.COMPANION) }
            if (extras.isEmpty()) return null
            val arrays = LinkedHashMap<String, TrainingState.Array>()
            val longs = LinkedHashMap<String, LongArray>()
            val reals = LinkedHashMap<String, DoubleArray>()
            fun array(tensor: TensorData): TrainingState.Array {
                require(tensor.shape.size == 2) { "tensor ${quoted(tensor.name)}: needs two dimensions, has ${shapeText(tensor.shape)}" }
                return if (tensor.type == TensorType.F32) TrainingState.Array(tensor.shape[0], tensor.shape[1], tensor.floats, null)
                else TrainingState.Array(tensor.shape[0], tensor.shape[1], null, tensor.doubles)
            }
            container.parameters.forEach { arrays[TrainingState.WEIGHTS + it.name] = array(it) }
            for (tensor in extras) {
                val name = tensor.name.drop(1)
                when {
                    name.startsWith(TrainedModel.LONG) -> longs[name.removePrefix(TrainedModel.LONG)] = tensor.longs
                    name.startsWith(TrainedModel.REAL) -> reals[name.removePrefix(TrainedModel.REAL)] =
                        tensor.longs.let { bits -> DoubleArray(bits.size) { Double.fromBits(bits[it]) } }
                    else -> arrays[name] = array(tensor)
                }
            }
            return TrainingState(arrays, longs, reals)
        }
    }
}
