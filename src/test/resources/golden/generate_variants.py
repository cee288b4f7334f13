#!/usr/bin/env python3
"""generate_variants.py DIRECTORY: writes golden cases of what PyTorch does not compute, in the form that ConformanceSpec reads:
ONNX's recurrent operators with every activation, direction, layout, clipping and lengths; calls that must be refused; Keras's
losses and optimizers beyond PyTorch's, and its recurrent layers in its own layout. Everything is written out here from the definitions, step by step. Needs numpy."""
import json
import math
import os
import sys

import numpy as np

random = np.random.default_rng(20)
OUT = sys.argv[1]


def tensor(x):
    x = np.asarray(x)
    whole = x.dtype.kind in "iu"
    return {"shape": list(x.shape), "data": [int(v) if whole else float(v) for v in x.reshape(-1)]}


def write(family, name, kind, **fields):
    case = {"schema": "conformance/1", "id": family + "/" + name, "kind": kind, "family": family, "features": [kind],
            "dtype": "float64", "source": {"generator": "golden/generate_variants.py"},
            "tolerance": {"atol": 1e-10, "rtol": 1e-9}}
    case.update(fields)
    os.makedirs(os.path.join(OUT, family), exist_ok=True)
    with open(os.path.join(OUT, family, name + ".json"), "w") as file:
        json.dump(case, file, separators=(",", ":"))
        file.write("\n")


# ONNX's recurrent operators -------------------------------------------------------------------------------------------

FUNCTIONS = {
    "Sigmoid": (lambda x, a, b: 1 / (1 + np.exp(-x)), 0), "Tanh": (lambda x, a, b: np.tanh(x), 0),
    "Relu": (lambda x, a, b: np.maximum(x, 0), 0), "Softsign": (lambda x, a, b: x / (1 + np.abs(x)), 0),
    "Softplus": (lambda x, a, b: np.log1p(np.exp(x)), 0), "LeakyRelu": (lambda x, a, b: np.where(x >= 0, x, a * x), 1),
    "ThresholdedRelu": (lambda x, a, b: np.where(x > a, x, 0), 1), "Elu": (lambda x, a, b: np.where(x >= 0, x, a * (np.exp(x) - 1)), 1),
    "Affine": (lambda x, a, b: a * x + b, 2), "ScaledTanh": (lambda x, a, b: a * np.tanh(b * x), 2),
    "HardSigmoid": (lambda x, a, b: np.clip(a * x + b, 0, 1), 2),
}
NUMBERS = {"LeakyRelu": (0.3,), "ThresholdedRelu": (0.2,), "Elu": (0.7,), "Affine": (0.6, 0.1), "ScaledTanh": (1.2, 0.8), "HardSigmoid": (0.3, 0.4)}
GATES = {"LSTM": "iofg", "GRU": "zrn", "RNN": "h"}
EACH = {"LSTM": ("gate", "cell", "hidden"), "GRU": ("gate", "hidden"), "RNN": ("hidden",)}
USUAL = {"LSTM": ("Sigmoid", "Tanh", "Tanh"), "GRU": ("Sigmoid", "Tanh"), "RNN": ("Tanh",)}


def onnx(name, op, functions=None, direction="forward", lengths=None, layout=0, clip=None, peephole=False, coupled=False,
         linear_before_reset=0, initial=False, bias=True, said=True, T=4, B=3, I=2, H=3):
    gates, directions = GATES[op], 2 if direction == "bidirectional" else 1
    functions = functions or list(USUAL[op]) * directions
    G = len(gates)
    x = random.normal(size=(T, B, I))
    w, r = random.normal(size=(directions, G * H, I)), random.normal(size=(directions, G * H, H)) * 0.7
    b = random.normal(size=(directions, 2 * G * H)) * 0.5 if bias else None
    p = random.normal(size=(directions, 3 * H)) if peephole else None
    h0 = random.normal(size=(directions, B, H)) * 0.5 if initial else np.zeros((directions, B, H))
    c0 = random.normal(size=(directions, B, H)) * 0.5 if initial else np.zeros((directions, B, H))
    ends = list(lengths) if lengths is not None else [T] * B
    outputs, last, cells, described = [], [], [], []
    for d in range(directions):
        reverse = direction == "reverse" or d == 1
        own = functions[d * len(EACH[op]):(d + 1) * len(EACH[op])]
        calls = {}
        for part, name_ in zip(EACH[op], own):
            numbers = NUMBERS.get(name_, ())
            calls[part] = (lambda z, f=FUNCTIONS[name_][0], n=numbers: f(z, n[0] if n else 0, n[1] if len(n) > 1 else 0))
        limit = (lambda z: np.clip(z, -clip, clip)) if clip else (lambda z: z)
        W = {g: w[d, k * H:(k + 1) * H] for k, g in enumerate(gates)}
        R = {g: r[d, k * H:(k + 1) * H] for k, g in enumerate(gates)}
        Wb = {g: b[d, k * H:(k + 1) * H] if bias else np.zeros(H) for k, g in enumerate(gates)}
        Rb = {g: b[d, (G + k) * H:(G + k + 1) * H] if bias else np.zeros(H) for k, g in enumerate(gates)}
        P = {g: p[d, k * H:(k + 1) * H] if peephole else np.zeros(H) for k, g in enumerate("iof")}
        y, h_end, c_end = np.zeros((T, B, H)), h0[d].copy(), c0[d].copy()
        for e in range(B):
            h, c = h0[d, e], c0[d, e]
            for t in (reversed(range(ends[e])) if reverse else range(ends[e])):
                pre = {g: W[g] @ x[t, e] + Wb[g] + R[g] @ h + Rb[g] for g in gates}
                if op == "LSTM":
                    i = calls["gate"](limit(pre["i"] + P["i"] * c))
                    f = 1 - i if coupled else calls["gate"](limit(pre["f"] + P["f"] * c))
                    c = f * c + i * calls["cell"](limit(pre["g"]))
                    h = calls["gate"](limit(pre["o"] + P["o"] * c)) * calls["hidden"](c)
                elif op == "GRU":
                    z, reset = calls["gate"](limit(pre["z"])), calls["gate"](limit(pre["r"]))
                    if linear_before_reset:
                        n = W["n"] @ x[t, e] + Wb["n"] + reset * (R["n"] @ h + Rb["n"])
                    else:
                        n = W["n"] @ x[t, e] + Wb["n"] + R["n"] @ (reset * h) + Rb["n"]
                    h = (1 - z) * calls["hidden"](limit(n)) + z * h
                else:
                    h = calls["hidden"](limit(pre["h"]))
                y[t, e] = h
            h_end[e], c_end[e] = h, c
        outputs.append(y)
        last.append(h_end)
        cells.append(c_end)
        params = {}
        for g in gates:
            params["W_" + g], params["U_" + g] = tensor(W[g]), tensor(R[g])
            if bias:
                params["b_" + g], params["rb_" + g] = tensor(Wb[g]), tensor(Rb[g])
            if peephole and g in P and not (coupled and g == "f"):
                params["p_" + g] = tensor(P[g])
        activations = {}
        for part, name_ in zip(EACH[op], own):
            numbers = NUMBERS.get(name_)
            activations[part] = name_.lower() if not numbers else dict(zip(("name", "alpha", "beta"), (name_.lower(),) + numbers))
        described.append({"reverse": reverse, "activations": activations, "params": params})
    swap = (lambda a: np.swapaxes(a, 0, 1)) if layout else (lambda a: a)
    inputs = {"X": tensor(swap(x)), "W": tensor(w), "R": tensor(r)}
    if bias:
        inputs["B"] = tensor(b)
    if lengths is not None:
        inputs["sequence_lens"] = tensor(np.array(lengths))
    if initial:
        inputs["initial_h"] = tensor(swap(h0))
        if op == "LSTM":
            inputs["initial_c"] = tensor(swap(c0))
    if peephole:
        inputs["P"] = tensor(p)
    attributes = {"hidden_size": H, "direction": direction}
    if said:
        attributes["activations"] = functions
        alphas, betas = [n[0] for f in functions for n in [NUMBERS.get(f)] if n], [n[1] for f in functions for n in [NUMBERS.get(f)] if n and len(n) > 1]
        if alphas:
            attributes["activation_alpha"] = alphas
        if betas:
            attributes["activation_beta"] = betas
    if layout:
        attributes["layout"] = 1
    if clip:
        attributes["clip"] = clip
    if coupled:
        attributes["input_forget"] = 1
    if op == "GRU":
        attributes["linear_before_reset"] = linear_before_reset
    options = {"masked_output": "zero", "merge": "concat"}
    if op == "GRU":
        options["reset_after"] = bool(linear_before_reset)
    if clip:
        options["clip"] = clip
    if coupled:
        options["coupled_input_forget"] = True
    expect = {"output": tensor(np.swapaxes(np.concatenate(outputs, axis=2), 0, 1)), "h_n": [[tensor(h) for h in last]]}
    if op == "LSTM":
        expect["c_n"] = [[tensor(c) for c in cells]]
    state = None
    if initial:
        state = {"h": [[tensor(h0[d]) for d in range(directions)]]}
        if op == "LSTM":
            state["c"] = [[tensor(c0[d]) for d in range(directions)]]
    write("onnx", name, "rnn", native={"framework": "onnx", "op": op, "attributes": attributes, "inputs": inputs}, canonical={
        "cell": op.lower(), "options": options, "layers": [described], "stateful": False,
        "calls": [{"reset_state_before": False, "input": tensor(np.swapaxes(x, 0, 1)), "lengths": lengths, "mask": None,
                   "initial_state": state, "expect": expect}]})


for f in FUNCTIONS:
    onnx("rnn_" + f.lower(), "RNN", [f])
    onnx("gru_gate_" + f.lower(), "GRU", [f, "Tanh"])
    onnx("lstm_cell_" + f.lower(), "LSTM", ["Sigmoid", f, "Tanh"], clip=2.0)
onnx("lstm_mixed_both", "LSTM", ["HardSigmoid", "ScaledTanh", "Softsign", "Sigmoid", "Affine", "Elu"], "bidirectional")
onnx("gru_mixed_both", "GRU", ["HardSigmoid", "LeakyRelu", "Sigmoid", "ScaledTanh"], "bidirectional", linear_before_reset=1)
onnx("rnn_mixed_both", "RNN", ["ThresholdedRelu", "Affine"], "bidirectional", lengths=[4, 1, 3])
for op in GATES:
    for direction in ("forward", "reverse", "bidirectional"):
        onnx(f"{op.lower()}_{direction}_layout_lengths", op, direction=direction, lengths=[2, 4, 0], layout=1, initial=True, said=False)
        onnx(f"{op.lower()}_{direction}_plain", op, direction=direction, bias=False, said=False, B=1, I=3, H=2)
    onnx(f"{op.lower()}_clip", op, clip=0.5, initial=True)
onnx("lstm_everything", "LSTM", ["Sigmoid", "Softsign", "ScaledTanh"] * 2, "bidirectional", [1, 4, 3], 1, 0.8, True, False, initial=True)
onnx("lstm_coupled", "LSTM", clip=1.5, coupled=True, lengths=[4, 2, 3])
onnx("lstm_peephole_reverse", "LSTM", direction="reverse", peephole=True, lengths=[3, 2, 4])


def invalid(name, op="LSTM", attributes=None, **inputs):
    G, H, I, T, B = len(GATES[op]), 2, 3, 4, 2
    good = {"X": np.zeros((T, B, I)), "W": np.zeros((1, G * H, I)), "R": np.zeros((1, G * H, H))}
    good.update(inputs)
    write("onnx", "invalid_" + name, "rnn_invalid", native={
        "framework": "onnx", "op": op, "attributes": dict({"hidden_size": H}, **(attributes or {})),
        "inputs": {k: tensor(v) for k, v in good.items() if v is not None}})


invalid("direction", attributes={"direction": "backward"})
invalid("two_directions_one_weight", attributes={"direction": "bidirectional"})
invalid("hidden_size", attributes={"hidden_size": 3})
invalid("hidden_size_negative", attributes={"hidden_size": -2})
invalid("layout", attributes={"layout": 2})
invalid("too_few_activations", attributes={"activations": ["Sigmoid", "Tanh"]})
invalid("unknown_activation", attributes={"activations": ["Sigmoid", "Tanh", "Cube"]})
invalid("input_rank", X=np.zeros((4, 3)))
invalid("input_size", X=np.zeros((4, 2, 5)))
invalid("no_weights", W=None)
invalid("recurrent_shape", R=np.zeros((1, 8, 3)))
invalid("bias_shape", B=np.zeros((1, 8)))
invalid("peephole_shape", P=np.zeros((1, 4)))
invalid("initial_batch", initial_h=np.zeros((1, 3, 2)))
invalid("initial_rank", initial_h=np.zeros((2, 2)))
invalid("initial_cell_size", initial_c=np.zeros((1, 2, 3)))
invalid("lengths_count", sequence_lens=np.array([1, 2, 3]))
invalid("lengths_too_long", op="GRU", sequence_lens=np.array([1, 5]))
invalid("lengths_negative", op="RNN", sequence_lens=np.array([-1, 2]))


def refused(name, module, state, **arguments):
    write("torch", "invalid_" + name, "rnn_invalid", native={
        "framework": "torch", "module": module, "kwargs": arguments, "state_dict": {k: tensor(v) for k, v in state.items()}})


plain = {"weight_ih_l0": np.zeros((2, 3)), "weight_hh_l0": np.zeros((2, 2))}
refused("nonlinearity", "RNN", plain, input_size=3, hidden_size=2, nonlinearity="sigmoid")
refused("layers", "RNN", plain, input_size=3, hidden_size=2, num_layers=0)
refused("missing_layer", "RNN", plain, input_size=3, hidden_size=2, num_layers=2)
refused("projection_of_gru", "GRU", plain, input_size=3, hidden_size=2, proj_size=1)
refused("projection_too_large", "LSTM", {"weight_ih_l0": np.zeros((8, 3)), "weight_hh_l0": np.zeros((8, 2))}, hidden_size=2, proj_size=2)
refused("rows", "LSTM", {"weight_ih_l0": np.zeros((6, 3)), "weight_hh_l0": np.zeros((6, 2))}, hidden_size=2)
refused("module", "Transformer", plain)

# Keras's losses -------------------------------------------------------------------------------------------------------

EPSILON = 1e-7


def norm(x):
    return x * np.minimum(1 / np.linalg.norm(x, axis=-1, keepdims=True), 1 / EPSILON)


LOSSES = {
    "Poisson": lambda t, y: np.mean(y - t * np.log(y + EPSILON), axis=-1),
    "CosineSimilarity": lambda t, y: -np.sum(norm(t) * norm(y), axis=-1),
    "Hinge": lambda t, y: np.mean(np.maximum(1 - t * y, 0), axis=-1),
    "SquaredHinge": lambda t, y: np.mean(np.maximum(1 - t * y, 0) ** 2, axis=-1),
    "MeanAbsolutePercentageError": lambda t, y: 100 * np.mean(np.abs(t - y) / np.maximum(np.abs(t), EPSILON), axis=-1),
    "MeanSquaredLogarithmicError": lambda t, y: np.mean((np.log1p(np.maximum(y, EPSILON)) - np.log1p(np.maximum(t, EPSILON))) ** 2, axis=-1),
    "LogCosh": lambda t, y: np.mean(np.log(np.cosh(y - t)), axis=-1),
    "KLDivergence": lambda t, y: np.sum(np.clip(t, EPSILON, 1) * np.log(np.clip(t, EPSILON, 1) / np.clip(y, EPSILON, 1)), axis=-1),
}
REDUCTIONS = {
    "sum_over_batch_size": lambda each, w: np.sum(each * w) / each.size, "mean_with_sample_weight": lambda each, w: np.sum(each * w) / np.sum(w),
    "sum": lambda each, w: np.sum(each * w), "none": lambda each, w: each * w,
}
for name, loss in LOSSES.items():
    signs = name.endswith("Hinge")
    t = np.sign(random.normal(size=(2, 3, 4))) if signs else random.uniform(0.1, 2, size=(2, 3, 4))
    y = random.normal(size=(2, 3, 4)) if signs or name == "CosineSimilarity" else random.uniform(0.1, 2, size=(2, 3, 4))
    if name == "KLDivergence":
        t, y = t / t.sum(-1, keepdims=True), y / y.sum(-1, keepdims=True)
    for reduction, reduce in REDUCTIONS.items():
        w = random.uniform(0.5, 2, size=(2, 3))
        write("keras", f"loss_{name}_{reduction}", "loss", loss={"framework": "keras", "name": name, "reduction": reduction},
              y_true=tensor(t), y_pred=tensor(y), sample_weight=tensor(w), expect={"loss": tensor(reduce(loss(t, y), w))})

# Keras's optimizers ---------------------------------------------------------------------------------------------------


def lamb(w, g, s, t, lr=0.1, b1=0.9, b2=0.999, eps=1e-7):
    s["m"], s["v"] = b1 * s["m"] + (1 - b1) * g, b2 * s["v"] + (1 - b2) * g * g
    r = s["m"] / (1 - b1 ** t) / (np.sqrt(s["v"] / (1 - b2 ** t)) + eps)
    a, c = np.linalg.norm(w), np.linalg.norm(r)
    return w - lr * (a / c if a > 0 and c > 0 else 1) * r


def ftrl(w, g, s, t, lr=0.1, power=-0.5, l1=0.0, l2=0.0, shrink=0.0, beta=0.0):
    n = s["n"] + g * g
    s["l"] = s["l"] + g + 2 * shrink * w - (n ** -power - s["n"] ** -power) / lr * w
    s["n"] = n
    return (np.clip(s["l"], -l1, l1) - s["l"]) / (n ** -power / lr + 2 * (l2 + beta / (2 * lr)))


def sgd(w, g, s, t, lr=0.1):
    return w - lr * g


def optimizer(case, name, step, start, hyper, steps=8, decay=0.0, ema=None, overwrite=None):
    w = {"W": random.normal(size=(3, 2)), "b": random.normal(size=3)}
    params0 = {k: tensor(v) for k, v in w.items()}
    state = {k: {key: np.full_like(v, value) for key, value in start.items()} for k, v in w.items()}
    average = {k: np.zeros_like(v) for k, v in w.items()}
    lr = hyper.get("learning_rate", 0.1)
    done, expect = [], []
    for t in range(1, steps + 1):
        grads = {k: random.normal(size=v.shape) for k, v in w.items()}
        for k in w:
            w[k] = step(w[k] * (1 - lr * decay), grads[k], state[k], t)
            if ema is not None:
                average[k] = w[k].copy() if t == 1 else ema * average[k] + (1 - ema) * w[k]
                if overwrite and t % overwrite == 0:
                    w[k] = average[k].copy()
        done.append({"grads": {k: tensor(v) for k, v in grads.items()}})
        expect.append({"after_step": t, "params": {k: tensor(v) for k, v in w.items()}})
    write("keras", "optimizer_" + case, "optimizer", optimizer={"framework": "keras", "name": name, "hyperparameters": hyper},
          params0=params0, steps=done, expect=expect)


optimizer("lamb", "Lamb", lamb, {"m": 0.0, "v": 0.0}, {"learning_rate": 0.1})
optimizer("lamb_decay", "Lamb", lamb, {"m": 0.0, "v": 0.0}, {"learning_rate": 0.1, "weight_decay": 0.02}, decay=0.02)
optimizer("ftrl", "Ftrl", ftrl, {"n": 0.1, "l": 0.0}, {"learning_rate": 0.1})
optimizer("ftrl_options", "Ftrl", lambda w, g, s, t: ftrl(w, g, s, t, 0.1, -0.4, 0.05, 0.01, 0.02, 0.3), {"n": 0.2, "l": 0.0}, {
    "learning_rate": 0.1, "learning_rate_power": -0.4, "initial_accumulator_value": 0.2, "l1_regularization_strength": 0.05,
    "l2_regularization_strength": 0.01, "l2_shrinkage_regularization_strength": 0.02, "beta": 0.3})
optimizer("averages_taken_over", "SGD", sgd, {}, {"learning_rate": 0.1, "use_ema": True, "ema_momentum": 0.7, "ema_overwrite_frequency": 3},
          ema=0.7, overwrite=3)


# Keras's recurrent layers ---------------------------------------------------------------------------------------------

KERAS_GATES = {"LSTM": "ifgo", "GRU": "zrn", "SimpleRNN": "h"}
KERAS_FUNCTIONS = {
    "tanh": (np.tanh, "tanh"), "sigmoid": (lambda x: 1 / (1 + np.exp(-x)), "sigmoid"), "relu": (lambda x: np.maximum(x, 0), "relu"),
    None: (lambda x: x, "identity"), "softsign": (lambda x: x / (1 + np.abs(x)), "softsign"),
    "elu": (lambda x: np.where(x > 0, x, np.expm1(x)), {"name": "elu", "alpha": 1.0}),
    "leaky_relu": (lambda x: np.where(x > 0, x, 0.2 * x), {"name": "leakyrelu", "alpha": 0.2}),
    "hard_sigmoid": (lambda x: np.clip(x / 6 + 0.5, 0, 1), {"name": "hardsigmoid", "alpha": 1 / 6, "beta": 0.5}),
}


def keras_direction(cls, config, reverse, x, valid, native):
    """One direction of one layer: its outputs at every step and after the last, its states, and its weights gate by gate."""
    gates, units = KERAS_GATES[cls], config["units"]
    after, biased = config.get("reset_after", True), config.get("use_bias", True)
    two_rows = cls == "GRU" and after
    kernel, recurrent = random.normal(size=(x.shape[2], len(gates) * units)) * 0.6, random.normal(size=(units, len(gates) * units)) * 0.6
    bias = random.normal(size=(2, len(gates) * units) if two_rows else len(gates) * units) * 0.4 if biased else None
    native.update(kernel=tensor(kernel), recurrent_kernel=tensor(recurrent), bias=tensor(bias) if biased else None)
    p = {}
    for k, g in enumerate(gates):
        part = slice(k * units, (k + 1) * units)
        p["W_" + g], p["U_" + g] = kernel[:, part].T, recurrent[:, part].T
        if biased:
            p["b_" + g] = (bias[0] if two_rows else bias)[part]
        if biased and two_rows:
            p["rb_" + g] = bias[1][part]
    f, s = KERAS_FUNCTIONS[config.get("activation", "tanh")], KERAS_FUNCTIONS[config.get("recurrent_activation", "sigmoid")]
    batch, steps = x.shape[:2]
    h, c, emitted, last = (np.zeros((batch, units)) for _ in range(4))
    y = np.zeros((batch, steps, units))
    for t in (reversed(range(steps)) if reverse else range(steps)):
        def of_input(g):
            return x[:, t] @ p["W_" + g].T + p.get("b_" + g, 0)

        def of_state(g, state):
            return state @ p["U_" + g].T + p.get("rb_" + g, 0)

        def pre(g):
            return of_input(g) + of_state(g, h)
        c2 = c
        if cls == "SimpleRNN":
            h2 = f[0](pre("h"))
        elif cls == "GRU":
            z, r = s[0](pre("z")), s[0](pre("r"))
            h2 = z * h + (1 - z) * f[0](of_input("n") + (r * of_state("n", h) if after else of_state("n", r * h)))
        else:
            c2 = s[0](pre("f")) * c + s[0](pre("i")) * f[0](pre("g"))
            h2 = s[0](pre("o")) * f[0](c2)
        there = valid[:, t:t + 1]
        h, c, last = np.where(there, h2, h), np.where(there, c2, c), np.where(there, h2, last)
        emitted = np.where(there, h, np.zeros_like(h) if config.get("zero_output_for_mask") else emitted)
        y[:, t] = emitted
    functions = {"SimpleRNN": {"hidden": f[1]}, "GRU": {"gate": s[1], "hidden": f[1]}, "LSTM": {"gate": s[1], "cell": f[1], "hidden": f[1]}}
    return y, last, h, c, {"reverse": reverse, "activations": functions[cls], "params": {k: tensor(v) for k, v in p.items()}}


def keras(name, cls, merge="concat", both=False, layers=1, mask=None, **config):
    config = {"units": 3, **config}
    mask = [[1, 0, 1, 1], [0, 1, 1, 0], [1, 1, 1, 1]] if mask else None
    valid = np.array(mask if mask else np.ones((3, 4)), bool)
    x = start = random.normal(size=(3, 4, 2))
    described, weights, h_n, c_n = [], [], [], []
    for l in range(layers):
        results = []
        for d in range(2 if both else 1):
            weights.append({"layer": l, "direction": d})
            results.append(keras_direction(cls, config, d == 1 or config.get("go_backwards", False), x, valid, weights[-1]))
        y, last, h, c, directions = (list(parts) for parts in zip(*results))
        join = {"concat": lambda a: np.concatenate(a, -1), "sum": sum, "ave": lambda a: sum(a) / 2, "mul": lambda a: a[0] * a[1], None: None}[merge]
        x = y[0] if not both else join(y) if join else y
        end = last[0] if not both else join(last) if join else last
        described.append(directions)
        h_n.append([tensor(v) for v in h])
        c_n.append([tensor(v) for v in c])
    tensors = (lambda v: [tensor(each) for each in v]) if isinstance(x, list) else tensor
    native = {"class": "Bidirectional", "config": {"layer": {"class": cls, **config}, "merge_mode": merge}} if both else \
        {"class": "RNN", "config": {"cell": [cls + "Cell"] * layers}} if layers > 1 else {"class": cls, "config": config}
    write("keras", "recurrent_" + name, "rnn", canonical={
        "cell": {"LSTM": "lstm", "GRU": "gru", "SimpleRNN": "rnn"}[cls], "layers": described, "stateful": False,
        "options": {"masked_output": "zero" if config.get("zero_output_for_mask") else "carry", "merge": merge or "none", "reset_after": config.get("reset_after", True)},
        "calls": [{"reset_state_before": False, "input": tensor(start), "lengths": None, "mask": [[bool(v) for v in row] for row in mask] if mask else None,
                   "initial_state": None, "expect": {"output": tensors(x), "last_output": tensors(end), "h_n": h_n, **({"c_n": c_n} if cls == "LSTM" else {})}}],
    }, native={"framework": "keras", **native, "weights": weights})


for cls in KERAS_GATES:
    word = cls.lower()
    keras(word, cls)
    keras(word + "_backwards_masked", cls, go_backwards=True, mask=True, use_bias=False)
    keras(word + "_zero_at_padding", cls, mask=True, zero_output_for_mask=True)
    keras(word + "_cells_on_each_other", cls, layers=2, mask=True)
    for merge in ("concat", "sum", "ave", "mul", None):
        keras(word + "_both_" + (merge or "apart"), cls, both=True, merge=merge, mask=True)
    for activation in (None, "relu", "softsign", "elu", "leaky_relu"):
        keras(word + "_" + (activation or "linear"), cls, activation=activation)
for recurrent_activation in ("hard_sigmoid", "relu"):
    keras("lstm_gates_" + recurrent_activation, "LSTM", recurrent_activation=recurrent_activation)
    keras("gru_gates_" + recurrent_activation, "GRU", recurrent_activation=recurrent_activation, reset_after=False)
keras("gru_reset_before", "GRU", reset_after=False, mask=True)
