package io.quatrain.cli

import io.quatrain.tensor.Precision

public fun main() { println(Precision.FLOAT32) }
