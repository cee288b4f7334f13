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
 * @property banned texts whose tokens are never written
 * @property forced what the text goes on with, whatever the model thinks of it; unlike the prompt it is a part of what is written, so it
 *   counts towards [length] and has log-probabilities
 * @property samples so many texts, each with random numbers of its own
 * @property beam the width of a search for the likeliest texts, which then takes the place of drawing; 0: draw
 * @property lengthPower a search compares log-probability / tokens^lengthPower: 0 prefers short texts, 1 takes the mean (the power α of
 *   Wu et al. 2016, without their constant)
 * @property logProbabilities whether each token is told with its log-probability (natural, before temperature and filters)
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
    val banned: List<String> = emptyList(),
    val forced: String = "",
    val samples: Int = 1,
    val beam: Int = 0,
    val lengthPower: Double = 1.0,
    val logProbabilities: Boolean = false,
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
        require(banned.none { it.isEmpty() }) { "banned must not hold an empty text; leave it out" }
        require(samples in 1..MOST) { "samples must be from 1 to $MOST, got $samples" }
        require(beam == 0 || beam in samples..WIDEST) { "beam must be 0 (draw) or from $samples, the number of samples, to $WIDEST, got $beam" }
        require(lengthPower >= 0 && lengthPower <= 10) { "lengthPower must be from 0 to 10, got $lengthPower" }
    }

    /** The engine's form. @param seed where none is described */
    public fun sampling(seed: Long): Sampling = Sampling.DEFAULT
        .withTemperature(temperature).withTopK(topK).withTopP(topP).withMinP(minP).withTypical(typical)
        .withRepetitionPenalty(repetitionPenalty, repetitionWindow).withSeed(this.seed ?: seed)

    /** The engine's form of [stop]. */
    public fun stopCondition(): StopCondition = StopCondition(stop)

    public companion object {
        private const val MOST = 1_000_000
        private const val WIDEST = 1000
    }
}
