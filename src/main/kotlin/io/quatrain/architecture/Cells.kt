@file:JvmName("Cells")

package io.quatrain.architecture

import io.quatrain.node.CellStep
import io.quatrain.node.Weights
import io.quatrain.tensor.Compute
import io.quatrain.tensor.Precision

/**
 * This layer one step at a time, with new weights ([CellStep.parameters]):
 * ```
 * val cell = Lstm(4).cell(features = 3)
 * var state = cell.start()
 * for (x in inputs) {
 *     val (output, next) = cell.step(x, state)
 *     state = next
 * }
 * ```
 * From Java: `Cells.cell(new Lstm(4), 3)`.
 *
 * @param features numbers in x
 * @param batch examples side by side
 * @throws IllegalArgumentException where the layer cannot read features
 */
@JvmOverloads
public fun Layer.cell(features: Int, batch: Int = 1, compute: Compute = Compute.of(Precision.FLOAT32), seed: Long = 1): CellStep {
    val inputs = listOf(Shape.ofFeatures(features))
    outputShape(inputs)
    return CellStep(node(inputs, Weights(compute, seed)), compute, features, batch)
}

/**
 * A layer of this model one step at a time, with the model's weights.
 *
 * @param layer its name, `1.lstm`
 * @param batch examples side by side
 */
@JvmOverloads
public fun Model.cell(layer: String, batch: Int = 1): CellStep {
    val node = requireNotNull(architecture.toGraph().nodes.firstOrNull { it.name == layer }) {
        "no layer \"$layer\"; there are ${graph.vertices().joinToString { it.name() }}"
    }
    val input = node.inputs.map(::shape).oneOfFeatures()
    return CellStep(graph.vertices().first { it.name() == layer }.node(), graph.compute(), input.size, batch)
}

/** The output, for `val (output, state) = cell.step(x, state)`. */
public operator fun CellStep.Result.component1(): io.quatrain.tensor.Matrix = output()

/** The next state. */
public operator fun CellStep.Result.component2(): List<io.quatrain.tensor.Matrix> = state()
