package io.quatrain.train

import io.quatrain.node.Activation
import io.quatrain.node.BidirectionalNode
import io.quatrain.node.DenseNode
import io.quatrain.node.DropoutNode
import io.quatrain.node.EmbeddingNode
import io.quatrain.node.Graph
import io.quatrain.node.Initializer
import io.quatrain.node.LstmNode
import io.quatrain.node.Merge
import io.quatrain.node.Node
import io.quatrain.node.OneHotNode
import io.quatrain.node.RecurrentPass.Output
import io.quatrain.node.Weights
import io.quatrain.tensor.Compute
import io.quatrain.tensor.Precision

/** Graphs wired by hand, for the specs of training and generation. */
internal class SmallGraphs(precision: Precision = Precision.FLOAT64, threads: Int = 1, seed: Long = 7) {
    val compute: Compute = Compute.of(precision, threads)
    private val weights = Weights(compute, seed)
    private val vertices = mutableListOf<Graph.Vertex>()
    private val inputs = mutableListOf<Graph.Input>()

    fun tokens(name: String, vocabulary: Int) = name.also { inputs += Graph.Input(name, vocabulary, true, true) }

    fun features(name: String, size: Int, sequence: Boolean = true) =
        name.also { inputs += Graph.Input(name, size, false, sequence) }

    fun add(name: String, node: Node, vararg from: String, state: String? = null) =
        name.also { vertices += Graph.Vertex(name, node, from.toList(), state) }

    fun graph(vararg outputs: String) = Graph(compute, inputs, vertices, outputs.toList())

    fun embedding(path: String, vocabulary: Int, size: Int) =
        EmbeddingNode(weights.of(path).matrix("e", size, vocabulary, Initializer.normal(0.0, 0.5)))

    fun lstm(path: String, inputs: Int, units: Int, reversed: Boolean = false, output: Output = Output.SEQUENCE): LstmNode {
        val own = weights.of(path)
        return LstmNode(
            own.matrix("wx", 4 * units, inputs, Initializer.uniform(-0.5, 0.5)),
            own.matrix("wh", 4 * units, units, Initializer.uniform(-0.5, 0.5)),
            own.matrix("b", 4 * units, 1, Initializer.uniform(-0.5, 0.5)),
            reversed,
            output,
        )
    }

    fun bidirectional(path: String, inputs: Int, units: Int, output: Output = Output.SEQUENCE, merge: Merge = Merge.CONCAT) =
        BidirectionalNode(
            lstm("$path.forwards", inputs, units, false, output),
            lstm("$path.backwards", inputs, units, true, output),
            merge,
        )

    fun dense(path: String, inputs: Int, units: Int, activation: Activation = Activation.IDENTITY): DenseNode {
        val own = weights.of(path)
        return DenseNode(
            own.matrix("w", units, inputs, Initializer.uniform(-0.5, 0.5)),
            own.matrix("b", units, 1, Initializer.uniform(-0.5, 0.5)),
            activation,
        )
    }

    companion object {
        /** Tokens → one-hot → LSTM → logits: a language model. */
        fun languageModel(
            vocabulary: Int,
            units: Int,
            precision: Precision = Precision.FLOAT32,
            threads: Int = 1,
            dropout: Double = 0.0,
            seed: Long = 7,
        ): Graph = SmallGraphs(precision, threads, seed).run {
            val x = tokens("x", vocabulary)
            val hot = add("0.onehot", OneHotNode(), x)
            val h = add("1.lstm", lstm("1.lstm", vocabulary, units), hot)
            val dropped = if (dropout > 0) add("2.dropout", DropoutNode(dropout, false), h) else h
            add("3.dense", dense("3.dense", units, vocabulary), dropped)
            graph("3.dense")
        }
    }
}
