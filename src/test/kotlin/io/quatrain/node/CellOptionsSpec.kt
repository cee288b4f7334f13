package io.quatrain.node

import io.kotest.assertions.throwables.shouldThrow
import io.kotest.assertions.withClue
import io.kotest.core.spec.style.FunSpec
import io.kotest.engine.spec.tempdir
import io.kotest.matchers.collections.shouldHaveSize
import io.kotest.matchers.shouldBe
import io.kotest.matchers.string.shouldContain
import io.quatrain.architecture.InputShape
import io.quatrain.architecture.Layer
import io.quatrain.architecture.Sequential
import io.quatrain.architecture.layer
import io.quatrain.architecture.toKotlin
import io.quatrain.script.Scripts
import io.quatrain.train.GradientCheck

/**
 * Every option of the recurrent cells by itself and with every other, said in JSON: each must keep the laws of a layer and be
 * sayable in Kotlin.
 */
class CellOptionsSpec : FunSpec({
    val cells = options.keys

    for (cell in cells) for ((name, given) in options.getValue(cell)) {
        layerContract(made(cell, given), features(3), carriesState = !looksAhead(given), name = "$cell: $name")
    }

    for (cell in cells) test("$cell: any two options together") {
        val all = options.getValue(cell).toList()
        var pairs = 0
        for ((i, one) in all.withIndex()) for (other in all.drop(i + 1)) {
            if (contradict(one.second, other.second)) continue
            withClue("${one.first} and ${other.first}") {
                val both = merged(one.second, other.second)
                val why = refused(both)
                if (why != null) {
                    shouldThrow<IllegalArgumentException> { made(cell, both) }.message shouldContain why
                } else {
                    val contract = ArchitectureContract(Sequential(listOf(made(cell, both)), InputShape(features = 3)), seed = i.toLong() + 1)
                    contract.roundTrip()
                    contract.announcements()
                    contract.gradients(GradientCheck().withBatch(2).withSteps(3).withElements(2).withGaps())
                    contract.padding()
                    pairs++
                }
            }
        }
        println("$cell: ${all.size} options, $pairs pairs")
    }

    test("all options together are words of Kotlin") {
        val before = System.getProperty("quatrain.cache")
        System.setProperty("quatrain.cache", tempdir().path)
        try {
            val layers = cells.map { cell ->
                made(cell, options.getValue(cell).values.reduce { all, one -> if (contradict(all, one) || refused(merged(all, one)) != null) all else merged(all, one) })
            }
            val script = Sequential(layers, InputShape(features = 3)).toKotlin()
            val read = Scripts.value(script, "options.model.kts") as Sequential
            read.layers shouldHaveSize layers.size
            read.layers.zip(layers) { a, b -> a shouldBe b }
        } finally {
            if (before == null) System.clearProperty("quatrain.cache") else System.setProperty("quatrain.cache", before)
        }
    }
})

private typealias Options = Map<String, Any>

private val common: Map<String, Options> = mapOf(
    "no bias" to mapOf("bias" to false),
    "last step" to mapOf("output" to "last"),
    "carried output" to mapOf("output" to "carried"),
    "reversed" to mapOf("reversed" to true),
    "both directions" to mapOf("bidirectional" to true),
    "both directions added" to mapOf("bidirectional" to true, "merge" to "sum"),
    "both directions averaged" to mapOf("bidirectional" to true, "merge" to "mean"),
    "both directions multiplied" to mapOf("bidirectional" to true, "merge" to "product"),
    "two layers, dropout between" to mapOf("layers" to 2, "dropout" to 0.3),
    "residual" to mapOf("layers" to 2, "residual" to true),
    "learned state" to mapOf("learnedState" to true),
    "clipped" to mapOf("cell" to mapOf("clip" to 0.4)),
    "layer norm" to mapOf("cell" to mapOf("layerNorm" to true)),
    "input dropout" to mapOf("noise" to mapOf("input" to 0.3)),
    "output dropout" to mapOf("noise" to mapOf("output" to 0.3)),
    "recurrent dropout" to mapOf("noise" to mapOf("recurrent" to 0.3)),
    "masks drawn at every step" to mapOf("noise" to mapOf("input" to 0.2, "output" to 0.2, "recurrent" to 0.2, "heldOverTime" to false)),
    "zoneout" to mapOf("noise" to mapOf("zoneout" to 0.3)),
    "weight drop" to mapOf("noise" to mapOf("weights" to 0.3)),
)

private val functions = mapOf("gate" to mapOf("type" to "scaledTanh", "alpha" to 0.8, "beta" to 0.7), "hidden" to "softsign")

private val options: Map<String, Map<String, Options>> = mapOf(
    "rnn" to common + mapOf(
        "relu" to mapOf("activation" to "softplus"),
        "head" to mapOf("head" to mapOf("units" to 2)),
    ),
    "lstm" to common + mapOf(
        "functions" to mapOf("cell" to functions + ("cell" to "sigmoid")),
        "peepholes" to mapOf("cell" to mapOf("peephole" to true)),
        "coupled gates" to mapOf("cell" to mapOf("coupled" to true)),
        "projection" to mapOf("cell" to mapOf("projection" to 2)),
        "cell zoneout" to mapOf("noise" to mapOf("cellZoneout" to 0.3)),
        "clipped cell state" to mapOf("cell" to mapOf("cellClip" to 0.25)),
        "forget bias" to mapOf("forgetBias" to 0.5),
    ),
    "gru" to common + mapOf("functions" to mapOf("cell" to functions)),
    "gru, reset before" to common + mapOf("functions" to mapOf("cell" to functions)),
)

private fun made(cell: String, given: Options): Layer =
    layer(cell.substringBefore(','), mapOf("units" to 4) + (if ("before" in cell) mapOf("resetAfter" to false) else emptyMap()) + given)

private fun looksAhead(given: Options) = given["reversed"] == true || given["bidirectional"] == true

/** Where both say something about the same thing, they are alternatives. */
private fun contradict(one: Map<*, *>, other: Map<*, *>): Boolean = one.keys.any { key ->
    val a = one[key]
    val b = other[key]
    a != null && b != null && (if (a is Map<*, *> && b is Map<*, *>) contradict(a, b) else a != b)
}

@Suppress("UNCHECKED_CAST")
private fun merged(one: Options, other: Options): Options = one + other.mapValues { (key, value) ->
    val before = one[key]
    if (before is Map<*, *> && value is Map<*, *>) merged(before as Options, value as Options) else value
}

/** What has no meaning together, and what is said of it. */
private fun refused(both: Options): String? = when {
    both["bidirectional"] == true && both["reversed"] == true -> "reversed has no meaning where both directions are read"
    both["residual"] == true && both["output"] == "last" -> "residual needs the whole sequence"
    else -> null
}
