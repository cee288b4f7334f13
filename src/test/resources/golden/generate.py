#!/usr/bin/env python3
"""generate.py DIRECTORY: writes golden cases of PyTorch's optimizers, schedulers, losses, activations and clipping, one
JSON file each, in the form that ConformanceSpec reads. Needs PyTorch 1.13 or later; float64, fixed seeds."""
import json
import os
import sys
import warnings

import torch
import torch.nn.functional as F

warnings.filterwarnings("ignore")
torch.set_default_dtype(torch.float64)
OUT = os.path.join(sys.argv[1], "torch")
os.makedirs(OUT, exist_ok=True)


def tensor(t):
    t = torch.as_tensor(t).detach()
    data = [int(x) if not t.is_floating_point() else float(x) for x in t.reshape(-1).tolist()]
    return {"shape": list(t.shape), "data": data}


def write(name, kind, tolerance, **fields):
    case = {"schema": "conformance/1", "id": "torch/" + name, "kind": kind, "family": "torch", "features": [kind],
            "dtype": "float64", "source": {"generator": "golden/generate.py", "framework": "torch " + torch.__version__},
            "tolerance": {"atol": tolerance, "rtol": 1e-9}}
    case.update(fields)
    with open(os.path.join(OUT, name + ".json"), "w") as file:
        json.dump(case, file, separators=(",", ":"))
        file.write("\n")


# Optimizers -----------------------------------------------------------------------------------------------------------

STEPS, CHECKPOINT = 12, 6


def corrected_nadam(params, lr=2e-3, betas=(0.9, 0.999), eps=1e-8, weight_decay=0, momentum_decay=4e-3):
    """NAdam whose momentum product takes each factor once; PyTorch 1.13 took it twice."""
    state = {id(p): [torch.zeros_like(p), torch.zeros_like(p), 1.0, 0] for p in params}

    class Nadam:
        def step(self):
            for p in params:
                m, v, product, t = state[id(p)]
                t += 1
                g = p.grad + weight_decay * p.data
                mu = betas[0] * (1 - 0.5 * 0.96 ** (t * momentum_decay))
                after = betas[0] * (1 - 0.5 * 0.96 ** ((t + 1) * momentum_decay))
                product *= mu
                m = betas[0] * m + (1 - betas[0]) * g
                v = betas[1] * v + (1 - betas[1]) * g * g
                root = (v / (1 - betas[1] ** t)).sqrt() + eps
                p.data -= lr * ((1 - mu) / (1 - product) * g + after / (1 - product * after) * m) / root
                state[id(p)] = [m, v, product, t]

        def states(self, p):
            return {"exp_avg": tensor(state[id(p)][0]), "exp_avg_sq": tensor(state[id(p)][1])}

    return Nadam()


def optimizer(name, cls, **options):
    torch.manual_seed(len(name))
    params = {"W": torch.randn(3, 2), "b": torch.randn(3)}
    params0 = {k: tensor(v) for k, v in params.items()}
    target = {k: torch.randn_like(v) for k, v in params.items()}
    made = corrected_nadam(list(params.values()), **options) if cls == "NAdam" \
        else getattr(torch.optim, cls)(list(params.values()), **options)
    steps, expect, checkpoint = [], [], None
    for t in range(1, STEPS + 1):
        for k, v in params.items():
            v.grad = (v - target[k]) * (1 + 0.3 * t) if t not in (4, 5) else torch.zeros_like(v)
        steps.append({"grads": {k: tensor(v.grad) for k, v in params.items()}})
        made.step()
        expect.append({"after_step": t, "params": {k: tensor(v) for k, v in params.items()}})
        if t == CHECKPOINT:
            def state(v):
                if cls == "NAdam":
                    return made.states(v)
                return {k: tensor(x) for k, x in made.state[v].items() if torch.is_tensor(x) and x.shape == v.shape}
            checkpoint = {"after_step": t, "params": expect[-1]["params"], "state": {k: state(v) for k, v in params.items()}}
    write("optimizer_" + name, "optimizer", 1e-10,
          optimizer={"framework": "torch", "name": cls, "hyperparameters": {k: v for k, v in options.items()}},
          params0=params0, steps=steps, expect=expect, checkpoint=checkpoint)


optimizer("sgd_plain", "SGD", lr=0.1)
optimizer("sgd_momentum", "SGD", lr=0.1, momentum=0.9)
optimizer("sgd_dampening", "SGD", lr=0.1, momentum=0.9, dampening=0.4)
optimizer("sgd_nesterov_decay", "SGD", lr=0.1, momentum=0.8, nesterov=True, weight_decay=0.02)
optimizer("sgd_maximize", "SGD", lr=0.01, momentum=0.5, weight_decay=0.1, maximize=True)
optimizer("adagrad", "Adagrad", lr=0.2)
optimizer("adagrad_options", "Adagrad", lr=0.2, lr_decay=0.1, weight_decay=0.03, initial_accumulator_value=0.2, eps=1e-3)
optimizer("adagrad_maximize", "Adagrad", lr=0.2, maximize=True)
optimizer("rmsprop", "RMSprop", lr=0.02)
optimizer("rmsprop_centered", "RMSprop", lr=0.02, alpha=0.9, eps=1e-3, centered=True)
optimizer("rmsprop_momentum", "RMSprop", lr=0.02, momentum=0.7, weight_decay=0.01)
optimizer("rmsprop_all", "RMSprop", lr=0.02, alpha=0.8, momentum=0.7, centered=True, weight_decay=0.01, eps=1e-2)
optimizer("adadelta", "Adadelta")
optimizer("adadelta_options", "Adadelta", lr=0.5, rho=0.8, eps=1e-3, weight_decay=0.02)
optimizer("adam", "Adam", lr=0.05)
optimizer("adam_decay", "Adam", lr=0.05, betas=[0.8, 0.9], eps=1e-3, weight_decay=0.1)
optimizer("adam_amsgrad", "Adam", lr=0.05, betas=[0.8, 0.7], amsgrad=True)
optimizer("adam_amsgrad_maximize", "Adam", lr=0.05, amsgrad=True, weight_decay=0.1, maximize=True)
optimizer("adamw", "AdamW", lr=0.05)
optimizer("adamw_amsgrad", "AdamW", lr=0.05, weight_decay=0.2, amsgrad=True, maximize=True)
optimizer("adamax", "Adamax", lr=0.05)
optimizer("adamax_options", "Adamax", lr=0.05, betas=[0.7, 0.8], eps=0.1, weight_decay=0.1)
optimizer("nadam", "NAdam", lr=0.05)
optimizer("nadam_options", "NAdam", lr=0.05, betas=[0.8, 0.9], momentum_decay=0.1, weight_decay=0.1)
optimizer("radam", "RAdam", lr=0.05)
optimizer("radam_options", "RAdam", lr=0.05, betas=[0.8, 0.95], eps=1e-3, weight_decay=0.1)
optimizer("asgd", "ASGD", lr=0.05)
optimizer("asgd_options", "ASGD", lr=0.05, lambd=0.1, alpha=0.5, t0=3, weight_decay=0.1)
optimizer("rprop", "Rprop", lr=0.05)
optimizer("rprop_options", "Rprop", lr=0.05, etas=[0.3, 1.5], step_sizes=[0.02, 0.2])


# Schedulers -----------------------------------------------------------------------------------------------------------

def rates(made, holder, count, metrics=None):
    lrs = [holder.param_groups[0]["lr"]]
    for i in range(count):
        holder.step()
        made.step(metrics[i]) if metrics else made.step()
        lrs.append(holder.param_groups[0]["lr"])
    return [{"step": i, "lr": lr} for i, lr in enumerate(lrs)]


def schedule(name, cls, count=24, metrics=None, **options):
    holder = torch.optim.SGD([torch.zeros(1, requires_grad=True)], lr=0.1, momentum=0.9)
    given = {k: v for k, v in options.items()}
    made = getattr(torch.optim.lr_scheduler, cls)(holder, **given)
    fields = {"metrics": metrics} if metrics else {}
    write("schedule_" + name, "lr_schedule", 1e-13,
          schedule={"framework": "torch", "base_lr": 0.1, "name": cls, **options},
          expect=rates(made, holder, count, metrics), **fields)


schedule("step", "StepLR", step_size=4, gamma=0.5)
schedule("multistep", "MultiStepLR", milestones=[3, 7, 7, 15], gamma=0.3)
schedule("exponential", "ExponentialLR", gamma=0.9)
schedule("constant", "ConstantLR", factor=0.25, total_iters=5)
schedule("linear", "LinearLR", start_factor=0.2, end_factor=0.9, total_iters=7)
schedule("polynomial", "PolynomialLR", total_iters=10, power=2.5)
schedule("cosine", "CosineAnnealingLR", T_max=9, eta_min=0.01)
schedule("restarts", "CosineAnnealingWarmRestarts", T_0=5, eta_min=0.01)
schedule("restarts_longer", "CosineAnnealingWarmRestarts", T_0=3, T_mult=2)
schedule("onecycle", "OneCycleLR", count=20, max_lr=0.5, total_steps=20)
schedule("onecycle_linear", "OneCycleLR", count=19, max_lr=0.5, epochs=4, steps_per_epoch=5, anneal_strategy="linear", pct_start=0.4)
schedule("onecycle_three", "OneCycleLR", count=19, max_lr=0.5, total_steps=20, three_phase=True, div_factor=10.0, final_div_factor=100.0)
schedule("cyclic", "CyclicLR", base_lr=0.1, max_lr=0.5, step_size_up=4)
schedule("cyclic_halved", "CyclicLR", base_lr=0.1, max_lr=0.5, step_size_up=3, step_size_down=5, mode="triangular2")
schedule("cyclic_fading", "CyclicLR", base_lr=0.1, max_lr=0.5, step_size_up=4, mode="exp_range", gamma=0.95)
LOSSES = [3, 2, 1.99, 1.98, 2.1, 2.2, 2.3, 1.5, 1.49999, 1.6, 1.6, 1.6, 1.6, 1.6, 1.6, 1.2, 1.3, 1.3, 1.3, 1.3]
schedule("plateau", "ReduceLROnPlateau", count=20, metrics=LOSSES, patience=1, factor=0.5)
schedule("plateau_cooldown", "ReduceLROnPlateau", count=20, metrics=LOSSES, patience=0, factor=0.3, cooldown=2, min_lr=0.005, threshold=0.05, threshold_mode="abs")
schedule("plateau_max", "ReduceLROnPlateau", count=20, metrics=LOSSES, mode="max", patience=2, factor=0.5, threshold=0.1)

holder = torch.optim.SGD([torch.zeros(1)], lr=0.1)
lr = torch.optim.lr_scheduler
first, second = lr.LinearLR(holder, start_factor=0.1, total_iters=4), lr.ExponentialLR(holder, gamma=0.9)
write("schedule_sequential", "lr_schedule", 1e-13, schedule={
    "framework": "torch", "base_lr": 0.1, "name": "SequentialLR", "milestones": [4], "schedulers": [
        {"name": "LinearLR", "start_factor": 0.1, "total_iters": 4}, {"name": "ExponentialLR", "gamma": 0.9}]},
    expect=rates(lr.SequentialLR(holder, [first, second], [4]), holder, 12))
holder = torch.optim.SGD([torch.zeros(1)], lr=0.1)
first, second = lr.ConstantLR(holder, factor=0.1, total_iters=3), lr.ExponentialLR(holder, gamma=0.9)
write("schedule_chained", "lr_schedule", 1e-13, schedule={
    "framework": "torch", "base_lr": 0.1, "name": "ChainedScheduler", "schedulers": [
        {"name": "ConstantLR", "factor": 0.1, "total_iters": 3}, {"name": "ExponentialLR", "gamma": 0.9}]},
    expect=rates(lr.ChainedScheduler([first, second]), holder, 12))


# Losses ---------------------------------------------------------------------------------------------------------------

def loss(name, cls, source, target, key="prediction", weight=None, weight_key=None, scale=3.0, **options):
    torch.manual_seed(7)
    x = source.clone().requires_grad_(True)
    arguments = dict(options)
    if weight is not None:
        arguments[{"class_weight": "weight", "weight": "weight", "pos_weight": "pos_weight"}[weight_key]] = weight
    value = getattr(torch.nn, cls)(**arguments)(x, target)
    cotangent = torch.ones([]) if value.dim() == 0 else torch.randn(value.shape)
    value.backward(cotangent)
    fields = {weight_key: tensor(weight)} if weight is not None else {}
    write("loss_" + name, "loss", 1e-10, loss={"framework": "torch", "name": cls, "class_axis": 1, **options},
          **{key: tensor(x)}, target=tensor(target), cotangent=tensor(cotangent), **fields,
          expect={"loss": tensor(value), "grad_" + key: tensor(x.grad)})


torch.manual_seed(1)
Z, ZT = 2 * torch.randn(5, 4), 2 * torch.randn(2, 4, 3)
C, CT = torch.tensor([0, 3, 1, 2, 3]), torch.tensor([[0, 3, -100], [1, 1, 2]])
W = torch.tensor([0.5, 2.0, 1.0, 0.3])
Q = torch.softmax(torch.randn(5, 4), 1)
for reduction in ("mean", "sum", "none"):
    loss("ce_" + reduction, "CrossEntropyLoss", Z, C, "logits", reduction=reduction)
    loss("ce_time_" + reduction, "CrossEntropyLoss", ZT, CT, "logits", W, "class_weight", reduction=reduction, label_smoothing=0.1)
    loss("ce_distribution_" + reduction, "CrossEntropyLoss", Z, Q, "logits", W, "class_weight", reduction=reduction, label_smoothing=0.2)
    loss("nll_" + reduction, "NLLLoss", F.log_softmax(ZT, 1), CT, "prediction", W, "class_weight", reduction=reduction)
    Y, T = torch.randn(3, 4), torch.randn(3, 4)
    P, B = torch.rand(3, 4) * 0.9 + 0.05, torch.rand(3, 4).round()
    loss("mse_" + reduction, "MSELoss", Y, T, reduction=reduction)
    loss("l1_" + reduction, "L1Loss", Y, T, reduction=reduction)
    loss("smooth_l1_" + reduction, "SmoothL1Loss", Y, T, reduction=reduction, beta=0.6)
    loss("huber_" + reduction, "HuberLoss", Y, T, reduction=reduction, delta=0.6)
    loss("bce_" + reduction, "BCELoss", P, B, reduction=reduction)
    loss("bce_weighted_" + reduction, "BCELoss", P, B, weight=torch.rand(3, 4), weight_key="weight", reduction=reduction)
    loss("bce_logits_" + reduction, "BCEWithLogitsLoss", 3 * Y, B, reduction=reduction)
    loss("bce_logits_positive_" + reduction, "BCEWithLogitsLoss", 3 * Y, B, weight=W, weight_key="pos_weight", reduction=reduction)
    loss("kl_" + reduction, "KLDivLoss", F.log_softmax(Y, 1), torch.softmax(T, 1), reduction=reduction)
loss("kl_batchmean", "KLDivLoss", F.log_softmax(Y, 1), torch.softmax(T, 1), reduction="batchmean")
loss("kl_logarithms", "KLDivLoss", F.log_softmax(Y, 1), F.log_softmax(T, 1), reduction="batchmean", log_target=True)
loss("poisson_rates", "PoissonNLLLoss", torch.rand(3, 4), torch.rand(3, 4) * 3, log_input=False, eps=1e-3, reduction="mean")
loss("bce_certain", "BCELoss", torch.tensor([[0.0, 1.0, 1.0, 0.3]]), torch.tensor([[0.0, 1.0, 0.0, 1.0]]), reduction="mean")
loss("ce_large", "CrossEntropyLoss", torch.tensor([[1e4, 0.0, -1e4], [-1e4, 1e4, 1e4]]), torch.tensor([2, 1]), "logits", reduction="mean")
loss("ce_ignore", "CrossEntropyLoss", Z, C, "logits", reduction="mean", ignore_index=3)


# Functions ------------------------------------------------------------------------------------------------------------

POINTS = torch.tensor([-800.0, -50, -20, -6, -3.5, -3, -1, -0.5, -0.1, 0, 0.1, 0.5, 1, 3, 3.5, 6, 20, 50, 800])


def function(name, f, cls, points=POINTS, **options):
    x = points.clone().requires_grad_(True)
    y = f(x)
    y.sum().backward()
    write("function_" + name, "function", 1e-12, function=cls, input=tensor(x), parameters=options,
          expect={"output": tensor(y), "derivative": tensor(x.grad)})


for plain in ("relu", "elu", "selu", "celu", "gelu", "softsign", "silu", "mish", "hardswish", "hardtanh",
              "relu6", "logsigmoid", "softplus", "softshrink", "hardshrink", "tanhshrink", "leaky_relu"):
    function(plain, getattr(F, plain), plain)
# PyTorch's own hardsigmoid has a derivative of float32(1/6), and celu a float32 1/alpha: not to be copied.
function("hardsigmoid", lambda x: F.relu6(x + 3) / 6, "hardsigmoid")
function("tanh", torch.tanh, "tanh")
function("sigmoid", torch.sigmoid, "sigmoid")
function("gelu_tanh", lambda x: F.gelu(x, approximate="tanh"), "gelu", approximate="tanh")
function("leaky_relu_steep", lambda x: F.leaky_relu(x, 0.3), "leaky_relu", negative_slope=0.3)
function("elu_alpha", lambda x: F.elu(x, 0.7), "elu", alpha=0.7)
function("celu_alpha", lambda x: F.celu(x, 2.0), "celu", alpha=2.0)
function("softplus_beta", lambda x: F.softplus(x, 2.0), "softplus", beta=2.0)
function("hardtanh_range", lambda x: F.hardtanh(x, -2.0, 0.5), "hardtanh", min_val=-2.0, max_val=0.5)
function("threshold", lambda x: F.threshold(x, 0.2, 0.0), "threshold", threshold=0.2)
for soft in ("softmax", "log_softmax"):
    for dim in (0, 1, -1):
        torch.manual_seed(3)
        x = (3 * torch.randn(2, 3, 4)).requires_grad_(True)
        y = getattr(F, soft)(x, dim)
        cotangent = torch.randn(y.shape)
        y.backward(cotangent)
        write("function_%s_%d" % (soft, dim), "function", 1e-12, function=soft, axis=dim, input=tensor(x),
              cotangent=tensor(cotangent), expect={"output": tensor(y), "vjp": tensor(x.grad)})


# Clipping and layers --------------------------------------------------------------------------------------------------

def clip(name, described, act):
    torch.manual_seed(5)
    params = {"a": torch.randn(3, 2), "b": torch.randn(4) * 3}
    for p in params.values():
        p.grad = p.clone()
    given = {k: tensor(p.grad) for k, p in params.items()}
    norm = act(list(params.values()))
    expect = {"grads": {k: tensor(p.grad) for k, p in params.items()}}
    if norm is not None:
        expect["total_norm"] = float(norm)
    write("clip_" + name, "clip", 1e-12, clip=described, grads=given, expect=expect)


def by_norm(limit, order):
    return lambda params: torch.nn.utils.clip_grad_norm_(params, limit, order)


clip("norm", {"type": "norm", "max_norm": 1.5}, by_norm(1.5, 2.0))
clip("norm_inactive", {"type": "norm", "max_norm": 100.0, "norm_type": 2.0}, by_norm(100.0, 2.0))
clip("norm_1", {"type": "norm", "max_norm": 1.5, "norm_type": 1.0}, by_norm(1.5, 1.0))
clip("norm_3", {"type": "norm", "max_norm": 1.5, "norm_type": 3.0}, by_norm(1.5, 3.0))
clip("norm_inf", {"type": "norm", "max_norm": 1.5, "norm_type": "inf"}, by_norm(1.5, float("inf")))
clip("value", {"type": "value", "clip_value": 0.7}, lambda params: torch.nn.utils.clip_grad_value_(params, 0.7))

torch.manual_seed(9)
x, w, b = torch.randn(2, 3, 4).requires_grad_(True), torch.randn(5, 4).requires_grad_(True), torch.randn(5).requires_grad_(True)
y = F.linear(x, w, b)
cotangent = torch.randn(y.shape)
y.backward(cotangent)
write("linear_3d", "linear", 1e-10, weight=tensor(w), bias=tensor(b), input=tensor(x), cotangent=tensor(cotangent),
      expect={"output": tensor(y), "grad_input": tensor(x.grad), "grad_weight": tensor(w.grad), "grad_bias": tensor(b.grad)})
e, ids = torch.randn(6, 3).requires_grad_(True), torch.tensor([[0, 3, 3, 5], [1, 0, 2, 3]])
y = F.embedding(ids, e, padding_idx=0)
cotangent = torch.randn(y.shape)
y.backward(cotangent)
write("embedding_padding", "embedding", 1e-10, padding_idx=0, weights=tensor(e), indices=tensor(ids),
      cotangent=tensor(cotangent), expect={"output": tensor(y), "grad_weights": tensor(e.grad)})
