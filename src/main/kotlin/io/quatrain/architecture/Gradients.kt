package io.quatrain.architecture

import io.quatrain.tensor.Compute
import io.quatrain.tensor.Precision
import io.quatrain.train.GradientCheck

/**
 * The gradient check of a model, for tests: `Gradients.assertCorrect(model)` in JUnit, `model should haveCorrectGradients()` in
 * kotest (`io.quatrain.kotest`). The model is checked as it is, with its own weights, in double precision whatever its own.
 */
public object Gradients {
    /** Compares every derivative with its slope, on full examples and on examples with steps missing. */
    @JvmStatic
    @JvmOverloads
    public fun check(model: Model, how: GradientCheck = GradientCheck()): List<GradientCheck.Result> {
        val wide = model.inDoublePrecision()
        return listOf(how, how.withGaps()).map { it.check(wide.graph) }
    }

    /** @throws AssertionError naming the worst element of every matrix that has a wrong one */
    @JvmStatic
    @JvmOverloads
    public fun assertCorrect(model: Model, how: GradientCheck = GradientCheck()) {
        check(model, how).forEach { it.assertCorrect() }
    }
}

/** The same architecture with the same weights in double precision, with weights of its own. */
public fun Model.inDoublePrecision(): Model {
    val wide = architecture.compile(Compute.of(Precision.FLOAT64))
    wide.parameters.zip(parameters).forEach { (target, source) ->
        target.value().setFrom(source.value().toDoubles())
        target.changed()
    }
    return wide
}
