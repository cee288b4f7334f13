package io.quatrain.kotest

import io.kotest.matchers.Matcher
import io.kotest.matchers.MatcherResult
import io.quatrain.architecture.Gradients
import io.quatrain.architecture.Model
import io.quatrain.train.GradientCheck

/**
 * Every derivative of a model is its slope, to 1e-6 in double precision, for every parameter, input and initial state:
 * ```
 * sequential { input(features = 3); myLayer(8) }.compile() should haveCorrectGradients()
 * ```
 * Needs kotest's assertions on the class path, which this library does not bring along.
 *
 * @param how seed, sizes and tolerance of the check
 */
public fun haveCorrectGradients(how: GradientCheck = GradientCheck()): Matcher<Model> = object : Matcher<Model> {
    override fun test(value: Model): MatcherResult {
        val results = Gradients.check(value, how)
        return MatcherResult(
            results.all { it.correct() },
            { results.filterNot { it.correct() }.joinToString("\n") },
            { "gradients are right, but should not be: ${results.sumOf { it.checked() }} derivatives" },
        )
    }
}
