package io.quatrain.format.foreign

/**
 * PyTorch's `RNN`, `GRU` and `LSTM` from their arguments and `state_dict`: weight_ih_l0, weight_hh_l0, bias_ih_l0, bias_hh_l0,
 * weight_hr_l0 (the projection), the same with `_reverse`, l1, … Gates stand i, f, g, o and r, z, n.
 */
public object PyTorchRecurrent {
    /** @param module `RNN`, `GRU` or `LSTM` */
    public fun of(module: String, arguments: ForeignOptions, state: Map<String, ForeignTensor>): ForeignRecurrent {
        val word = module.substringAfterLast('.').lowercase()
        val gates = when (word) {
            "lstm" -> listOf("i", "f", "g", "o")
            "gru" -> listOf("r", "z", "n")
            "rnn" -> listOf("h")
            else -> throw UnsupportedForeignException("PyTorch's $module; there are RNN, GRU, LSTM")
        }
        val count = arguments.number("num_layers", 1.0).toInt()
        require(count >= 1) { "PyTorch $module: num_layers must be positive, got $count" }
        val projected = arguments.number("proj_size", 0.0)
        require(projected == 0.0 || word == "lstm") { "PyTorch $module: proj_size is for LSTM only, got $projected" }
        require(projected == 0.0 || "hidden_size" !in arguments || projected < arguments.number("hidden_size")) {
            "PyTorch $module: proj_size must be smaller than hidden_size, got $projected"
        }
        val nonlinearity = arguments.textOrNull("nonlinearity")
        require(nonlinearity == null || nonlinearity == "tanh" || nonlinearity == "relu") {
            "PyTorch $module: nonlinearity must be tanh or relu, got $nonlinearity"
        }
        val directions = if (arguments.flag("bidirectional", false)) 2 else 1
        val hidden = foreignActivationFunction(Framework.PYTORCH, arguments.textOrNull("nonlinearity") ?: "tanh")
        val sigmoid = foreignActivationFunction(Framework.PYTORCH, "sigmoid")
        return ForeignRecurrent(word, List(count) { l ->
            List(directions) { d ->
                val suffix = "_l$l" + if (d == 1) "_reverse" else ""
                fun needed(name: String) = requireNotNull(state[name + suffix]) { "PyTorch $module: $name$suffix is missing" }
                val wx = needed("weight_ih")
                val wh = needed("weight_hh")
                require(wx.shape.size == 2 && wh.shape.size == 2 && wx.shape[0] % gates.size == 0 && wh.shape[0] == wx.shape[0]) {
                    "PyTorch $module: weight_ih$suffix ${wx.shape} and weight_hh$suffix ${wh.shape} must have ${gates.size} times as many rows as units"
                }
                val units = wx.shape[0] / gates.size
                ForeignDirection(d == 1, sigmoid, hidden, hidden, buildMap {
                    gates.forEachIndexed { g, gate ->
                        fun rows(tensor: ForeignTensor) = tensor.part(g * units, (g + 1) * units)
                        put("W_$gate", rows(wx))
                        put("U_$gate", rows(wh))
                        state["bias_ih$suffix"]?.let { put("b_$gate", rows(it)) }
                        state["bias_hh$suffix"]?.let { put("rb_$gate", rows(it)) }
                    }
                    state["weight_hr$suffix"]?.let { put("P", it) }
                })
            }
        })
    }
}
