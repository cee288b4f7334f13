import io.quatrain.architecture.Layer
import io.quatrain.architecture.Layers
import io.quatrain.architecture.Shape
import io.quatrain.architecture.checkSize
import io.quatrain.architecture.one
import io.quatrain.architecture.oneSequence
import io.quatrain.dsl.LayerScope
import io.quatrain.node.Initializer
import io.quatrain.node.InputProduct
import io.quatrain.node.Node
import io.quatrain.node.Parameter
import io.quatrain.node.Pass
import io.quatrain.node.RecurrentPass
import io.quatrain.node.Weights
import io.quatrain.node.Wiring
import io.quatrain.tensor.Matrix
import kotlinx.serialization.SerialName
import kotlinx.serialization.Serializable

/** A layer of your own: a recurrent network whose state leaks, h_t = (1 − a)·h_{t−1} + a·tanh(Wx·x_t + Wh·h_{t−1} + b). */
@Serializable
@SerialName("leakyRnn")
data class LeakyRnn(val units: Int, val leak: Double = 0.3) : Layer {
    init {
        checkSize("units", units)
        require(leak > 0 && leak <= 1) { "leak must be above 0 and at most 1, got $leak" }
    }

    override fun outputShape(inputs: List<Shape>) = inputs.oneSequence().features(units)
    override fun stateSizes(inputs: List<Shape>) = listOf(units)

    override fun node(inputs: List<Shape>, weights: Weights): Node = LeakyRnnNode(
        weights.matrix("wx", units, inputs.one().size, Initializer.glorotUniform()),
        weights.matrix("wh", units, units, Initializer.orthogonal(1.0)),
        weights.matrix("b", units, 1, Initializer.ZEROS),
        leak,
    )

    companion object {
        /** Say this once; then JSON, scripts and model files know the word, too. */
        fun announce() = Layers.register(serializer())
    }
}

/** Its word: `sequential { leakyRnn(64) }`. */
fun <R> LayerScope<R>.leakyRnn(units: Int, leak: Double = 0.3): R = add(LeakyRnn(units, leak))

/** The layer at work: its weights, and how it runs forward and back. */
class LeakyRnnNode(private val wx: Parameter, private val wh: Parameter, private val b: Parameter, private val a: Double) : Node {
    override fun parameters() = listOf(wx, wh, b)
    override fun pass(wiring: Wiring): Pass = LeakyPass(wiring)

    private inner class LeakyPass(wiring: Wiring) : RecurrentPass(wiring, false, Output.SEQUENCE, listOf(wh.rows())) {
        private val input = InputProduct(wx, b, wiring.input())
        private val z = wiring.overSteps(wh.rows())   // pre-activations, then their gradients
        private val g = wiring.overSteps(wh.rows())   // tanh z
        private var packed = wh.packed()
        private var transposed = packed

        override fun prepare(training: Boolean) {
            input.forward(z)                                                        // Z = Wx·X + b, every step at once
            packed = wh.packed()
        }

        override fun lane(from: Int, to: Int): Lane {
            val z = blocks(z, from, to)
            val g = blocks(g, from, to)
            val dg = wiring().compute().matrix(wh.rows(), to - from)
            return object : Lane {
                override fun forward(t: Int, before: Array<Matrix>, after: Array<Matrix>) {
                    z[t].addProduct(packed, before[0])                              // z_t += Wh·h_{t−1}
                    g[t].setTanh(z[t])
                    after[0].set(before[0]).scale(1 - a).addScaled(a, g[t])         // h_t = (1 − a)·h_{t−1} + a·tanh z_t
                }

                override fun backward(t: Int, before: Array<Matrix>, after: Array<Matrix>, d: Array<Matrix>) {
                    dg.set(d[0]).scale(a)
                    d[0].scale(1 - a)                                               // undoes h_t = (1 − a)·h_{t−1} + …
                    z[t].setTanhGradient(g[t], dg)                                  // undoes tanh z_t
                    d[0].addProduct(transposed, z[t])                               // undoes z_t += Wh·h_{t−1}
                }

                override fun clearStep(t: Int, example: Int) {
                    z[t].fillColumn(example, 0.0)
                }
            }
        }

        override fun beforeBackward() {
            transposed = wh.packedTransposed()
        }

        override fun finish() {
            input.backward(z, wh, before(0))                                        // undoes Z = Wx·X + b, z_t += Wh·h_{t−1}
        }
    }
}
