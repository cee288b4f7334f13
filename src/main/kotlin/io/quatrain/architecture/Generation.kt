package io.quatrain.architecture

import io.quatrain.text.Sampling
import io.quatrain.text.StopCondition
import kotlinx.serialization.SerialName
import kotlinx.serialization.Serializable

/**
 * How the model writes unless it is told otherwise. The rules are those of [Sampling], applied in its order.
 *
 * @property prompt what the text begins with; empty: the model begins by itself
 * @property length tokens to write at most
 * @property seed null: another text every time
 * @property stop texts at which writing stops; they are not shown
 */
@Serializable
@SerialName("generation")
public data class Generation @JvmOverloads constructor(
    val prompt: String = "",
    val length: Int = 500,
    val temperature: Double = 1.0,
    val topK: Int = 0,
    val topP: Double = 1.0,
    val minP: Double = 0.0,
    val typical: Double = 1.0,
    val repetitionPenalty: Double = 1.0,
    val repetitionWindow: Int = 64,
    val seed: Long? = null,
    val stop: List<String> = emptyList(),
) {
    init {
        checkNotNegative("length", length)
        checkNotNegative("temperature", temperature)
        checkNotNegative("topK", topK)
        require(topP > 0 && topP <= 1) { "topP must be above 0 and at most 1, got $topP" }
        checkShare("minP", minP, one = true)
        require(typical > 0 && typical <= 1) { "typical must be above 0 and at most 1, got $typical" }
        checkPositive("repetitionPenalty", repetitionPenalty)
        checkNotNegative("repetitionWindow", repetitionWindow)
        require(stop.none { it.isEmpty() }) { "stop must not hold an empty text; leave it out" }
    }

    /** The engine's form. @param seed where none is described */
    public fun sampling(seed: Long): Sampling = Sampling.DEFAULT
        .withTemperature(temperature).withTopK(topK).withTopP(topP).withMinP(minP).withTypical(typical)
        .withRepetitionPenalty(repetitionPenalty, repetitionWindow).withSeed(this.seed ?: seed)

    /** The engine's form of [stop]. */
    public fun stopCondition(): StopCondition = StopCondition(stop)
}
