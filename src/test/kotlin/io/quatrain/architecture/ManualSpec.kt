@file:OptIn(ExperimentalSerializationApi::class, InternalSerializationApi::class)

package io.quatrain.architecture

import io.kotest.assertions.withClue
import io.kotest.core.spec.style.FunSpec
import io.kotest.matchers.collections.shouldBeEmpty
import io.kotest.matchers.collections.shouldNotBeEmpty
import io.quatrain.loss.Reduction
import io.quatrain.optimize.Convention
import java.nio.file.Files
import java.nio.file.Path
import kotlin.random.Random
import kotlinx.serialization.ExperimentalSerializationApi
import kotlinx.serialization.InternalSerializationApi
import kotlinx.serialization.KSerializer
import kotlinx.serialization.PolymorphicSerializer
import kotlinx.serialization.SerializationStrategy
import kotlinx.serialization.internal.AbstractPolymorphicSerializer

/** 1.0E-5 as 1e-5 */
private fun String.short() = replace(Regex("(\\d)\\.0E(-?\\d+)"), "$1e$2").replace("1000000.0", "1e6")

/** The manual names every word that an experiment can say, with its options and their defaults as they are. */
class ManualSpec : FunSpec({
    val readme = Files.readString(Path.of(System.getProperty("basedir") ?: "").resolve("README.md"))
    val manual = readme.substringAfter("\n## Words").substringBefore("\n## ").replace(Regex("\\s+"), " ")
    val random = RandomDescriptions(Random(1))

    /** `word(needed, option = its default)`; what has another default in another value is named without. */
    fun <T : Any> signature(serializer: SerializationStrategy<T>, value: T, other: T = value): String {
        val descriptor = serializer.descriptor
        val required = (0 until descriptor.elementsCount).filter { !descriptor.isElementOptional(it) }.map { descriptor.getElementName(it) }
        val rest = KotlinSource.properties(serializer, value, defaults = true).zip(KotlinSource.properties(serializer, other, defaults = true))
            .filter { (a, _) -> a.substringBefore(" = ") !in required }.map { (a, b) -> if (a == b) a else a.substringBefore(" = ") }
        return descriptor.serialName + (required + rest).joinToString(", ", "(", ")").short()
    }

    /** Of every member of a family. */
    fun <T : Any> signatures(family: AbstractPolymorphicSerializer<T>, words: List<String>): List<String> = words.map { word ->
        val value = random.drawLeast(family, word)
        val others = generateSequence { random.drawLeast(family, word) }.take(50).toList()
        @Suppress("UNCHECKED_CAST")
        signature(family.findPolymorphicSerializerOrNull(KotlinWriter(Layers.module), value) as SerializationStrategy<T>, value, others.firstOrNull { it != value } ?: value)
    }

    fun <T : Any> family(serializer: KSerializer<T>): List<String> =
        signatures(serializer as AbstractPolymorphicSerializer<T>, DescriptionWords.types(serializer.descriptor).map { it.serialName })

    val families = mapOf(
        "layers" to signatures(
            PolymorphicSerializer(Layer::class), RandomDescriptions.LAYERS.map { it.serialName },
        ),
        "inside layers" to listOf(
            signature(LstmCell.serializer(), LstmCell()), signature(GruCell.serializer(), GruCell()), signature(RnnCell.serializer(), RnnCell()),
            signature(Noise.serializer(), Noise()), signature(Head.serializer(), Head(2)),
        ),
        "initialisers" to family(Initialization.serializer()),
        "losses" to family(LossDescription.serializer()),
        "optimizers" to family(OptimizerDescription.serializer()),
        "schedules" to family(Schedule.serializer()),
        "clipping" to family(ClippingDescription.serializer()),
        "decay" to family(WeightDecayDescription.serializer()),
        "penalties" to listOf(
            signature(WeightPenalty.serializer(), WeightPenalty()), signature(Activity.serializer(), Activity()),
            signature(WeightAverage.serializer(), WeightAverage()),
        ),
        "metrics" to family(MetricDescription.serializer()),
        "displays" to family(LossDisplay.serializer()),
        "data" to family(DataDescription.serializer()),
        "tokenizers" to family(TokenizerDescription.serializer()),
        "vocabulary" to listOf(signature(VocabularyDescription.serializer(), VocabularyDescription())),
        "generation" to KotlinSource.properties(Generation.serializer(), Generation(), defaults = true).map { it.short() },
        "training" to KotlinSource.properties(Training.serializer(), Training(), defaults = true).map { it.short() },
    )
    for ((name, signatures) in families) test("$name stand in the manual with their defaults") {
        signatures.shouldNotBeEmpty()
        val missing = signatures.filter { "`$it`" !in manual }
        withClue(missing.joinToString("\n")) { missing.shouldBeEmpty() }
    }

    val choices = mapOf(
        "activations" to ActivationFunction.WORDS,
        "outputs" to Output.entries.map { describe(Output.serializer(), it) },
        "merges" to MergeMode.entries.map { describe(MergeMode.serializer(), it) },
        "forms" to io.quatrain.loss.Form.values().map { describe(FormSerializer, it) },
        "reductions" to Reduction.values().map { describe(ReductionSerializer, it) },
        "rare tokens" to RareTokens.entries.map { describe(RareTokens.serializer(), it) },
        "conventions" to Convention.values().map { describe(ConventionSerializer, it) },
    )
    for ((name, words) in choices) test("$name stand in the manual") {
        words.shouldNotBeEmpty()
        words.filter { Regex("`$it[`(]") !in manual }.shouldBeEmpty()
    }
})
