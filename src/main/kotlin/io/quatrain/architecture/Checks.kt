package io.quatrain.architecture

/** A share: from 0 to 1, 1 itself excluded unless [one]. */
internal fun checkShare(name: String, value: Double, one: Boolean = false) {
    require(value >= 0 && (value < 1 || one && value == 1.0)) { "$name must be at least 0 and ${if (one) "at most" else "below"} 1, got $value" }
}

/** More than 0 and not beyond all reason. */
internal fun checkPositive(name: String, value: Double, most: Double = 1e6) {
    require(value > 0) { "$name must be positive, got $value" }
    require(value <= most) { "$name must be at most ${shown(most)}, got $value" }
}

/** 0 or more and not beyond all reason. */
internal fun checkNotNegative(name: String, value: Double, most: Double = 1e6) {
    require(value >= 0) { "$name must not be negative, got $value" }
    require(value <= most) { "$name must be at most ${shown(most)}, got $value" }
}

internal fun checkNotNegative(name: String, value: Int) {
    require(value >= 0) { "$name must not be negative, got $value" }
}

internal fun checkWeights(name: String, values: List<Double>?) {
    values ?: return
    require(values.isNotEmpty()) { "$name must not be empty; leave it out where all weigh the same" }
    values.forEachIndexed { i, value -> require(value >= 0 && value.isFinite()) { "$name[$i] must be a finite number of at least 0, got $value" } }
}

private fun shown(limit: Double) = if (limit == Math.rint(limit) && limit < 1e15) limit.toLong().toString() else limit.toString()
