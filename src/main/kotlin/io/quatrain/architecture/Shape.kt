package io.quatrain.architecture

/** What a value looks like to the layer that reads it. Steps and examples are left open until a pass is made. */
@ConsistentCopyVisibility
public data class Shape private constructor(
    /** The vocabulary of tokens, or the number of features. */
    val size: Int,
    /** Whether the value is token ids rather than numbers. */
    val tokens: Boolean,
    /** Whether the value has steps; false for one value an example. */
    val sequence: Boolean,
) {
    /** The same steps, with [count] features. */
    public fun features(count: Int): Shape = Shape(count, tokens = false, sequence)

    /** The same features, without steps. */
    public fun vector(): Shape = copy(sequence = false)

    /** The same features, step by step. */
    public fun sequence(): Shape = copy(sequence = true)

    override fun toString(): String =
        (if (tokens) "token ids below $size" else "$size features") + (if (sequence) "" else " without steps")

    public companion object {
        /** Token ids 0 … [vocabulary] − 1 at every step. */
        @JvmStatic
        public fun ofTokens(vocabulary: Int): Shape = Shape(vocabulary, tokens = true, sequence = true)

        /** [count] numbers at every step. */
        @JvmStatic
        public fun ofFeatures(count: Int): Shape = Shape(count, tokens = false, sequence = true)
    }
}

/** The one input of a layer that takes one, as numbers. */
public fun List<Shape>.oneOfFeatures(): Shape {
    val input = one()
    require(!input.tokens) { "needs features but is given $input; put an embedding or oneHot before it" }
    return input
}

/** The one input of a layer that takes one, as numbers or tokens (which count as one-hot features). */
public fun List<Shape>.one(): Shape {
    require(size == 1) { "takes one input, given $size" }
    return single()
}

/** The one input of a layer that reads steps: features, or one-hot tokens. */
public fun List<Shape>.oneSequence(): Shape {
    val input = oneOfFeatures()
    require(input.sequence) { "needs steps but is given $input; keep the sequence in the layer before it, or use repeat" }
    return input
}
