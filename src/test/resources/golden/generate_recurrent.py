#!/usr/bin/env python3
"""generate_recurrent.py DIRECTORY: writes golden cases of recurrent layers, models and training runs, one JSON file each, in
the form that ConformanceSpec reads. torch.nn computes what it can (layers, directions, packed lengths, projections); what it
lacks (peepholes, coupled gates, clipping, masks, merges) is written out step by step and differentiated by autograd, after
that code has reproduced torch.nn. Needs PyTorch 1.13 or later; float64, fixed seeds."""
import json
import os
import sys

import torch
import torch.nn.functional as F
from torch.nn.utils.rnn import pack_padded_sequence, pad_packed_sequence

torch.set_default_dtype(torch.float64)
OUT = os.path.join(sys.argv[1], "torch")
os.makedirs(OUT, exist_ok=True)
GATES = {"lstm": "ifgo", "gru": "rzn", "rnn": "h"}
ACTIVATIONS = {"sigmoid": torch.sigmoid, "tanh": torch.tanh, "relu": F.relu, "softsign": F.softsign, "identity": lambda x: x}


def tensor(t):
    t = torch.as_tensor(t).detach()
    return {"shape": list(t.shape), "data": [x if t.is_floating_point() else int(x) for x in t.reshape(-1).tolist()]}


def tree(value):
    if isinstance(value, torch.Tensor):
        return tensor(value)
    if isinstance(value, dict):
        return {k: tree(v) for k, v in value.items()}
    if isinstance(value, (list, tuple)):
        return [tree(v) for v in value]
    return value


def write(name, kind, features, **fields):
    case = {"schema": "conformance/1", "id": "torch/" + name, "kind": kind, "family": "torch", "features": features,
            "dtype": "float64",
            "source": {"generator": "golden/generate_recurrent.py", "framework": "torch " + torch.__version__},
            "tolerance": {"atol": 1e-10, "rtol": 1e-10}}
    case.update(fields)
    with open(os.path.join(OUT, name + ".json"), "w") as file:
        json.dump(case, file, separators=(",", ":"))
        file.write("\n")


def new_direction(cell, inputs, units, outputs, bias=True, peephole=False, two_biases=True):
    params = {}
    for g in GATES[cell]:
        params["W_" + g] = torch.randn(units, inputs) * 0.5
        params["U_" + g] = torch.randn(units, outputs) * 0.5
        if bias:
            params["b_" + g] = torch.randn(units) * 0.5
            if two_biases:
                params["rb_" + g] = torch.randn(units) * 0.5
        if peephole and g != "g":
            params["p_" + g] = torch.randn(units) * 0.5
    if outputs != units:
        params["P"] = torch.randn(outputs, units) * 0.5
    return params


def function(direction, name, usual):
    given = direction.get("activations", {}).get(name, usual)
    if isinstance(given, dict):
        return lambda x: given["alpha"] * torch.tanh(given["beta"] * x)
    return ACTIVATIONS[given]


def step(cell, options, direction, x, h, c):
    p = direction["params"]
    zero = 0.0

    def pre(g, state=None):
        return x @ p["W_" + g].T + p.get("b_" + g, zero) + (h if state is None else state) @ p["U_" + g].T + p.get("rb_" + g, zero)

    clip = options.get("clip")
    limit = (lambda z: z.clamp(-clip, clip)) if clip else (lambda z: z)
    if cell == "rnn":
        return function(direction, "hidden", "tanh")(limit(pre("h"))), c
    if cell == "gru":
        s, a = function(direction, "gate", "sigmoid"), function(direction, "hidden", "tanh")
        r, z = s(limit(pre("r"))), s(limit(pre("z")))
        if options["reset_after"]:
            n = a(limit(x @ p["W_n"].T + p.get("b_n", zero) + r * (h @ p["U_n"].T + p.get("rb_n", zero))))
        else:
            n = a(limit(pre("n", r * h)))
        return (1 - z) * n + z * h, c
    s, a, b = function(direction, "gate", "sigmoid"), function(direction, "cell", "tanh"), function(direction, "hidden", "tanh")
    i = s(limit(pre("i") + p.get("p_i", zero) * c))
    f = 1 - i if options.get("coupled_input_forget") else s(limit(pre("f") + p.get("p_f", zero) * c))
    c = f * c + i * a(limit(pre("g")))
    h = s(limit(pre("o") + p.get("p_o", zero) * c)) * b(c)
    return (h @ p["P"].T if "P" in p else h), c


def run_direction(cell, options, direction, x, valid, h, c):
    batch, steps, _ = x.shape
    emitted = torch.zeros_like(h)
    outputs = [None] * steps
    order = range(steps - 1, -1, -1) if direction["reverse"] else range(steps)
    last = torch.zeros_like(h)
    for t in order:
        there = valid[:, t:t + 1]
        h2, c2 = step(cell, options, direction, x[:, t], h, c)
        h = torch.where(there, h2, h)
        c = torch.where(there, c2, c) if c is not None else None
        last = torch.where(there, h, last)
        emitted = torch.where(there, h, emitted if options["masked_output"] == "carry" else torch.zeros_like(h))
        outputs[t] = emitted
    return torch.stack(outputs, 1), last, h, c


def merged(how, parts):
    if len(parts) == 1:
        return parts[0]
    return {"concat": lambda: torch.cat(parts, -1), "sum": lambda: sum(parts), "ave": lambda: sum(parts) / 2,
            "mul": lambda: parts[0] * parts[1], "none": lambda: list(parts)}[how]()


def run(cell, options, layers, x, valid, h0, c0):
    h_n, c_n = [], []
    for l, layer in enumerate(layers):
        results = [run_direction(cell, options, d, x, valid, h0[l][k], c0[l][k] if c0 else None) for k, d in enumerate(layer)]
        output, last = merged(options["merge"], [r[0] for r in results]), merged(options["merge"], [r[1] for r in results])
        h_n.append([r[2] for r in results])
        c_n.append([r[3] for r in results])
        x = output
    return output, last, h_n, c_n


def each(value, other, action):
    if isinstance(value, (list, tuple)):
        return [each(v, o, action) for v, o in zip(value, other)]
    return action(value, other)


def total(value, cotangent):
    if isinstance(value, (list, tuple)):
        return sum(total(v, k) for v, k in zip(value, cotangent))
    return (value * cotangent).sum()


def like(value):
    return [like(v) for v in value] if isinstance(value, (list, tuple)) else torch.randn_like(value)


def gradients_of(loss, value, wanted):
    leaves = []

    def collect(v):
        if isinstance(v, dict):
            [collect(x) for x in v.values()]
        elif isinstance(v, (list, tuple)):
            [collect(x) for x in v]
        elif isinstance(v, torch.Tensor):
            leaves.append(v)
    collect(value)
    grads = iter(torch.autograd.grad(loss, leaves, allow_unused=True))

    def rebuild(v):
        if isinstance(v, dict):
            return {k: rebuild(x) for k, x in v.items()}
        if isinstance(v, (list, tuple)):
            return [rebuild(x) for x in v]
        g = next(grads)
        return torch.zeros_like(v) if g is None else g
    return rebuild(value)


def layer_case(name, seed, cell, layers=1, directions=1, inputs=3, units=4, proj=None, batch=3, steps=5, lengths=None, mask=None,
               initial=False, bias=True, peephole=False, options=None, activations=None, wants=("output", "h_n"), nn=False,
               calls=1, features=(), reverse=False):
    torch.manual_seed(seed)
    options = {"masked_output": "zero", "merge": "concat", **(options or {})}
    if cell == "gru":
        options.setdefault("reset_after", True)
    outputs = proj or units
    wide = outputs * (directions if options["merge"] == "concat" else 1)
    described = [[{"reverse": bool(d) or reverse, **({"activations": activations} if activations else {}),
                   "params": new_direction(cell, inputs if l == 0 else wide, units, outputs, bias, peephole, nn or not peephole)}
                  for d in range(directions)] for l in range(layers)]
    params = [[{k: v.requires_grad_() for k, v in d["params"].items()} for d in layer] for layer in described]
    described = [[{**d, "params": params[l][k]} for k, d in enumerate(layer)] for l, layer in enumerate(described)]
    with_c = cell == "lstm"
    stateful = calls > 1
    written, state = [], None
    for call in range(calls):
        x = torch.randn(batch, steps, inputs).requires_grad_()
        valid = torch.ones(batch, steps, dtype=torch.bool)
        if lengths is not None:
            valid = torch.arange(steps)[None, :] < torch.tensor(lengths)[:, None]
        if mask is not None:
            valid = torch.tensor(mask, dtype=torch.bool)
        if initial and call == 0:
            h0 = [[torch.randn(batch, outputs).requires_grad_() for _ in range(directions)] for _ in range(layers)]
            c0 = [[torch.randn(batch, units).requires_grad_() for _ in range(directions)] for _ in range(layers)]
        elif state is None:
            h0 = [[torch.zeros(batch, outputs).requires_grad_() for _ in range(directions)] for _ in range(layers)]
            c0 = [[torch.zeros(batch, units).requires_grad_() for _ in range(directions)] for _ in range(layers)]
        else:
            h0 = [[t.detach().requires_grad_() for t in layer] for layer in state[0]]
            c0 = [[t.detach().requires_grad_() for t in layer] for layer in state[1]] if with_c else None
        output, last, h_n, c_n = run(cell, options, described, x, valid, h0, c0 if with_c else None)
        if nn:
            check_against_nn(cell, described, x, lengths, h0, c0, output, h_n, c_n, units, proj, bias, steps)
        values = {"output": output, "last_output": last, "h_n": h_n, **({"c_n": c_n} if with_c else {})}
        values = {k: values[k] for k in wants if k in values}
        cotangent = {k: like(v) for k, v in values.items()}
        loss = sum(total(v, cotangent[k]) for k, v in values.items())
        starts = {"h": h0, **({"c": c0} if with_c else {})}
        grads = gradients_of(loss, {"input": x, "params": params, "initial_state": starts}, None)
        written.append({"reset_state_before": False, "input": x, "lengths": lengths, "mask": None if mask is None else mask,
                        "initial_state": starts if initial and call == 0 else None, "cotangent": cotangent,
                        "expect": {**values, "grads": {"loss": loss.item(), **grads}}})
        state = (h_n, c_n)
    native = {}
    if nn:
        native = {"native": {"framework": "torch", "module": cell.upper(), "kwargs": {
            "input_size": inputs, "hidden_size": units, "num_layers": layers, "bidirectional": directions == 2, "bias": bias,
            "batch_first": True, **({"proj_size": proj} if proj else {}), **({"nonlinearity": "tanh"} if cell == "rnn" else {})},
            "state_dict": tree(state_dict(cell, described))}}
    write(name, "rnn", [cell, "gradients", *features], canonical={
        "cell": cell, "options": options, "layers": tree(described), "stateful": stateful, "detach_between_calls": stateful,
        "calls": [tree_call(c) for c in written]}, **native)


def tree_call(call):
    return {k: (v if k in ("lengths", "mask", "reset_state_before") else tree(v)) for k, v in call.items()}


def state_dict(cell, layers):
    state = {}
    for l, layer in enumerate(layers):
        for d, direction in enumerate(layer):
            p, suffix = direction["params"], "_l%d%s" % (l, "_reverse" if d else "")
            stack = lambda prefix: torch.cat([p[prefix + g] for g in GATES[cell]]).detach()
            state["weight_ih" + suffix], state["weight_hh" + suffix] = stack("W_"), stack("U_")
            if "b_" + GATES[cell][0] in p:
                state["bias_ih" + suffix], state["bias_hh" + suffix] = stack("b_"), stack("rb_")
            if "P" in p:
                state["weight_hr" + suffix] = p["P"].detach()
    return state


def check_against_nn(cell, layers, x, lengths, h0, c0, output, h_n, c_n, units, proj, bias, steps):
    module = getattr(torch.nn, cell.upper())(x.shape[2], units, len(layers), bias=bias, batch_first=True,
                                             bidirectional=len(layers[0]) == 2, **({"proj_size": proj} if proj else {}))
    module.load_state_dict(state_dict(cell, layers))
    h = torch.stack([t for layer in h0 for t in layer])
    start = (h, torch.stack([t for layer in c0 for t in layer])) if cell == "lstm" else h
    given = pack_padded_sequence(x, lengths, True, enforce_sorted=False) if lengths else x
    y, end = module(given, start)
    if lengths:
        y = pad_packed_sequence(y, True, total_length=steps)[0]
    assert torch.allclose(y, output, atol=1e-12), "output"
    ends = end if cell == "lstm" else (end,)
    assert torch.allclose(ends[0], torch.stack([t for layer in h_n for t in layer]), atol=1e-12), "h_n"
    if cell == "lstm":
        assert torch.allclose(ends[1], torch.stack([t for layer in c_n for t in layer]), atol=1e-12), "c_n"


ALL = ("output", "h_n", "c_n")
LAST = ("output", "last_output", "h_n", "c_n")
GAPS = [[1, 0, 1, 1, 0], [0, 0, 1, 0, 1], [1, 1, 1, 1, 1]]
seed = 100
for cell in ("rnn", "lstm", "gru"):
    layer_case(f"recurrent_{cell}", seed, cell, nn=True, wants=ALL)
    layer_case(f"recurrent_{cell}_nobias_initial", seed + 1, cell, nn=True, wants=ALL, bias=False, initial=True, features=["initial_state"])
    layer_case(f"recurrent_{cell}_stacked_bidirectional_lengths", seed + 2, cell, layers=2, directions=2, nn=True, wants=ALL,
               lengths=[5, 2, 4], initial=True, features=["stacked", "bidirectional", "lengths", "initial_state"])
    layer_case(f"recurrent_{cell}_last_reversed", seed + 3, cell, wants=LAST, lengths=[3, 5, 1], reverse=True, features=["lengths"])
    layer_case(f"recurrent_{cell}_mask_carry", seed + 4, cell, wants=LAST, mask=GAPS, options={"masked_output": "carry"}, features=["mask"])
    layer_case(f"recurrent_{cell}_mask_bidirectional", seed + 5, cell, wants=LAST, directions=2, mask=GAPS, options={"masked_output": "carry"},
               features=["mask", "bidirectional"])
    layer_case(f"recurrent_{cell}_stateful", seed + 6, cell, wants=ALL, calls=3, initial=True, features=["stateful", "truncated_bptt"])
    for merge in ("sum", "ave", "mul", "none"):
        layer_case(f"recurrent_{cell}_merge_{merge}", seed + 7, cell, wants=LAST, directions=2, lengths=[5, 3, 2], options={"merge": merge},
                   features=["bidirectional", "lengths"])
    layer_case(f"recurrent_{cell}_clip", seed + 8, cell, wants=ALL, layers=2, options={"clip": 0.5}, features=["clip"])
    seed += 20
for reset_after in (True, False):
    layer_case(f"recurrent_gru_activations_{'after' if reset_after else 'before'}", seed, "gru", activations={
        "gate": "softsign", "hidden": {"name": "scaledtanh", "alpha": 1.5, "beta": 0.5}}, options={"reset_after": reset_after})
layer_case("recurrent_gru_reset_before_stacked", seed + 1, "gru", layers=2, directions=2, lengths=[2, 5, 3], initial=True, wants=LAST,
           options={"reset_after": False}, features=["reset_before"])
layer_case("recurrent_lstm_projection", seed + 2, "lstm", layers=2, directions=2, proj=2, nn=True, wants=ALL, lengths=[4, 5, 1], initial=True,
           features=["proj"])
layer_case("recurrent_lstm_peephole", seed + 3, "lstm", wants=ALL, peephole=True, initial=True, features=["peephole"])
layer_case("recurrent_lstm_peephole_coupled_projection", seed + 4, "lstm", wants=LAST, peephole=True, proj=3, directions=2, mask=GAPS,
           options={"coupled_input_forget": True}, features=["peephole", "coupled", "proj", "mask"])
layer_case("recurrent_lstm_coupled", seed + 5, "lstm", wants=ALL, options={"coupled_input_forget": True}, features=["coupled"])
layer_case("recurrent_lstm_peephole_clip", seed + 6, "lstm", wants=ALL, peephole=True, options={"clip": 0.7}, features=["clip", "peephole"])
layer_case("recurrent_lstm_activations", seed + 7, "lstm", wants=ALL, activations={"gate": "softsign", "cell": "relu", "hidden": "identity"})


# Models and training --------------------------------------------------------------------------------------------------

class Words(torch.nn.Module):
    def __init__(self, cell, vocabulary, size, units, out, layers=1, bidirectional=False, padding=None, last=False, proj=0):
        super().__init__()
        self.cell, self.last = cell, last
        self.embedding = torch.nn.Embedding(vocabulary, size, padding_idx=padding)
        extra = {"proj_size": proj} if proj else {}
        self.rnn = getattr(torch.nn, cell.upper())(size, units, layers, batch_first=True, bidirectional=bidirectional, **extra)
        self.dense = torch.nn.Linear((proj or units) * (2 if bidirectional else 1), out)

    def forward(self, x, lengths=None, state=None):
        e = self.embedding(x)
        y, end = self.rnn(pack_padded_sequence(e, lengths, True, enforce_sorted=False) if lengths else e, state)
        if lengths:
            y = pad_packed_sequence(y, True, total_length=x.shape[1])[0]
        h = end[0] if self.cell == "lstm" else end
        directions = 2 if self.rnn.bidirectional else 1
        return self.dense(torch.cat(list(h[-directions:]), -1) if self.last else y), end

    def tensors(self, of):
        def gates(name, key):
            return dict(zip([key + "_" + g for g in GATES[self.cell]], of(getattr(self.rnn, name)).chunk(len(GATES[self.cell]))))
        layers = []
        for l in range(self.rnn.num_layers):
            layers.append([])
            for d in range(2 if self.rnn.bidirectional else 1):
                s = "_l%d%s" % (l, "_reverse" if d else "")
                params = {**gates("weight_ih" + s, "W"), **gates("weight_hh" + s, "U"), **gates("bias_ih" + s, "b"), **gates("bias_hh" + s, "rb")}
                if self.rnn.proj_size:
                    params["P"] = of(getattr(self.rnn, "weight_hr" + s))
                layers[-1].append({"reverse": bool(d), "params": params})
        return tree({"embedding": of(self.embedding.weight), "rnn": layers,
                     "dense": {"weight": of(self.dense.weight), "bias": of(self.dense.bias)}})

    def described(self):
        r = self.rnn
        return {"embedding": {"vocab": self.embedding.num_embeddings, "dim": self.embedding.embedding_dim, "padding_idx": self.embedding.padding_idx},
                "rnn": {"cell": self.cell, "hidden": r.hidden_size, "layers": r.num_layers, "bidirectional": r.bidirectional,
                        "activation": "tanh", "proj_size": r.proj_size or None, "masked_output": "zero", "merge": "concat"},
                "dense": {"out": self.dense.out_features}, "head": "last_state" if self.last else "per_step"}


def model_case(name, seed, model, lengths=None, ignore=-100, smoothing=0.0, weight=None, reduction="mean", numbers=None, all_ignored=False):
    torch.manual_seed(seed)
    for p in model.parameters():
        p.data.uniform_(-0.5, 0.5)
    if model.embedding.padding_idx is not None:
        model.embedding.weight.data[model.embedding.padding_idx] = 0
    batch, steps, out = 3, 5, model.dense.out_features
    x = torch.randint(0, model.embedding.num_embeddings, (batch, steps))
    target = torch.randint(0, out, (batch,) if model.last else (batch, steps))
    if lengths and not model.last:
        target = torch.where(torch.arange(steps)[None, :] < torch.tensor(lengths)[:, None], target, torch.tensor(ignore))
    logits, _ = model(x, lengths)
    w = torch.tensor(weight) if weight else None
    loss = F.cross_entropy(logits if model.last else logits.transpose(1, 2), target, w, ignore_index=ignore, label_smoothing=smoothing, reduction=reduction)
    described = {"name": "CrossEntropyLoss", "reduction": reduction, "ignore_index": ignore, "label_smoothing": smoothing, "weight": weight}
    if numbers:
        target = torch.rand(logits.shape).round()
        loss, described = getattr(torch.nn, numbers)(reduction=reduction)(logits, target), {"name": numbers, "reduction": reduction}
    if all_ignored:                                          # PyTorch answers NaN: ours is defined
        target, loss = torch.full_like(target, ignore), (logits * 0).sum()
    loss.backward()
    write(name, "model", ["gradients", model.cell], architecture=model.described(), params=model.tensors(lambda p: p.data), loss=described,
          indices=tensor(x), lengths=lengths, target=tensor(target),
          expect={"logits": tensor(logits), "loss": loss.item(), "grads": model.tensors(lambda p: p.grad)})


model_case("model_lstm_bidirectional_padded", 500, Words("lstm", 7, 3, 4, 6, layers=2, bidirectional=True, padding=0), lengths=[5, 3, 2], ignore=-1)
model_case("model_gru_last", 501, Words("gru", 7, 3, 4, 4, bidirectional=True, last=True), lengths=[2, 5, 1], smoothing=0.1)
model_case("model_lstm_projection_weighted", 502, Words("lstm", 6, 3, 4, 5, proj=2), weight=[0.5, 1.0, 2.0, 0.25, 1.0], reduction="sum")
model_case("model_gru_numbers", 504, Words("gru", 6, 3, 4, 3), lengths=[5, 2, 3], numbers="MSELoss", reduction="sum")
model_case("model_lstm_yes_or_no", 505, Words("lstm", 6, 3, 4, 2, last=True), numbers="BCEWithLogitsLoss", reduction="sum")
model_case("model_lstm_all_ignored", 506, Words("lstm", 6, 3, 4, 5), ignore=0, all_ignored=True)
model_case("model_rnn_last", 503, Words("rnn", 6, 3, 4, 3, layers=2, last=True))


def training_case(name, seed, model, optimizer, hyperparameters, clip_norm=None, clip_value=None, schedule=None, reset_every=None):
    torch.manual_seed(seed)
    for p in model.parameters():
        p.data.uniform_(-0.5, 0.5)
    k, steps, batch = 4, 12, 2
    tokens = torch.randint(0, model.embedding.num_embeddings, (batch, k * steps + 1))
    start = model.tensors(lambda p: p.data.clone())
    made = getattr(torch.optim, optimizer)(model.parameters(), **hyperparameters)
    scheduler = getattr(torch.optim.lr_scheduler, schedule["name"])(made, **schedule["hyperparameters"]) if schedule else None
    state, per_step, half = None, [], None
    for t in range(steps):
        reset = t == 0 or bool(reset_every and t % reset_every == 0)
        state = None if reset else tuple(s.detach() for s in state) if model.cell == "lstm" else state.detach()
        logits, state = model(tokens[:, t * k:(t + 1) * k], None, state)
        loss = F.cross_entropy(logits.transpose(1, 2), tokens[:, t * k + 1:(t + 1) * k + 1])
        made.zero_grad()
        loss.backward()
        norm = torch.sqrt(sum((p.grad ** 2).sum() for p in model.parameters())).item()
        if clip_norm:
            torch.nn.utils.clip_grad_norm_(model.parameters(), clip_norm)
        if clip_value:
            torch.nn.utils.clip_grad_value_(model.parameters(), clip_value)
        per_step.append({"loss": loss.item(), "lr": made.param_groups[0]["lr"], "grad_norm_before_clip": norm, "state_reset_before": reset})
        made.step()
        if scheduler:
            scheduler.step()
        if t + 1 == steps // 2:
            half = model.tensors(lambda p: p.data.clone())
    write(name, "training", ["gradients", "stateful", "truncated_bptt", model.cell], architecture=model.described(),
          loss={"name": "CrossEntropyLoss", "reduction": "mean", "ignore_index": -100, "label_smoothing": 0.0, "weight": None},
          optimizer={"framework": "torch", "name": optimizer, "hyperparameters": hyperparameters}, clip_grad_norm=clip_norm,
          clip_grad_value=clip_value, lr_schedule=schedule and {"framework": "torch", **schedule}, k=k, steps=steps, tokens=tensor(tokens), params0=start,
          expect={"per_step": per_step, "params_after_half": half, "params_final": model.tensors(lambda p: p.data)},
          tolerance={"loss_rtol": 1e-9, "params_atol": 1e-9, "params_rtol": 1e-9})


training_case("training_lstm_adam", 600, Words("lstm", 5, 3, 4, 5, layers=2), "Adam", {"lr": 0.02}, clip_norm=0.5,
              schedule={"name": "StepLR", "hyperparameters": {"step_size": 4, "gamma": 0.5}})
training_case("training_gru_momentum", 601, Words("gru", 5, 3, 4, 5), "SGD", {"lr": 0.2, "momentum": 0.9}, clip_value=0.05, reset_every=5,
              schedule={"name": "ExponentialLR", "hyperparameters": {"gamma": 0.9}})
training_case("training_lstm_projection_adagrad", 602, Words("lstm", 5, 3, 4, 5, proj=2), "Adagrad", {"lr": 0.1})
