"""PyTorch at one task: the counterpart of Contender.java."""
import array
import ctypes
import glob
import math
import os
import sys
import time

import torch
from torch import nn

words = dict(word.split("=", 1) for word in sys.argv[1:])
VOCABULARY, EMBEDDING, UNITS, LAYERS, BATCH, STEPS, UPDATES = (
    int(words[key]) for key in ("vocabulary", "embedding", "units", "layers", "batch", "steps", "updates"))
BIDIRECTIONAL = words["bidirectional"] == "true"
LAST = words.get("loss") == "last"
torch.set_num_threads(int(words["threads"]))
torch.set_num_interop_threads(1)
torch.set_flush_denormal(True)
torch.manual_seed(1)


class LanguageModel(nn.Module):
    def __init__(self):
        super().__init__()
        self.vectors = nn.Embedding(VOCABULARY, EMBEDDING) if EMBEDDING else None
        cell = {"lstm": nn.LSTM, "gru": nn.GRU, "rnn": nn.RNN}[words["cell"]]
        self.recurrent = cell(EMBEDDING or VOCABULARY, UNITS, LAYERS, bidirectional=BIDIRECTIONAL)
        self.dense = nn.Linear(UNITS * (2 if BIDIRECTIONAL else 1), VOCABULARY)
        for name, parameter in self.named_parameters():
            if "bias" in name:
                nn.init.zeros_(parameter)
                if LAST and words["cell"] == "lstm" and "bias_ih" in name:
                    nn.init.ones_(parameter[UNITS:2 * UNITS].data)
                # Two biases are added, and so their sum would learn twice as fast as one.
                parameter.requires_grad_("bias_hh" not in name or words["cell"] == "gru")
            else:
                nn.init.uniform_(parameter, -1 / math.sqrt(UNITS), 1 / math.sqrt(UNITS))

    def forward(self, ids, state):
        x = self.vectors(ids) if self.vectors else torch.nn.functional.one_hot(ids, VOCABULARY).float()
        h, state = self.recurrent(x, state)
        return self.dense(h), state


def blas():
    for path in glob.glob("/proc/self/maps"):
        loaded = sorted({line.split()[-1] for line in open(path) if "blas" in line.split()[-1]})
    for path in loaded:
        library = ctypes.CDLL(path)
        if hasattr(library, "openblas_get_config"):
            library.openblas_get_config.restype = library.openblas_get_corename.restype = ctypes.c_char_p
            return (library.openblas_get_config().decode().strip() + ", core " + library.openblas_get_corename().decode()
                    + f", {library.openblas_get_num_threads()} threads, " + path)
    return "BLAS " + (", ".join(loaded) or "built in")


def known_core(described):
    """OpenBLAS takes a processor that is younger than itself for one without AVX: then it is begun again as the best that it knows."""
    flags = open("/proc/cpuinfo").read().split() if os.path.exists("/proc/cpuinfo") else []
    core = "SkylakeX" if "avx512f" in flags else "Haswell" if "avx2" in flags else None
    if core and described.find("core Prescott") >= 0 and "OPENBLAS_CORETYPE" not in os.environ:
        os.environ["OPENBLAS_CORETYPE"] = core
        os.execv(sys.executable, [sys.executable, *sys.argv])
    return described


library = known_core(blas())
model = LanguageModel()
adam = words["optimizer"] == "adam"
optimizer = (torch.optim.Adam if adam else torch.optim.Adagrad)(
    [each for each in model.parameters() if each.requires_grad], float(words["rate"]))
cost = nn.CrossEntropyLoss()
text = array.array("i")
with open(words["text"], "rb") as file:
    text.frombytes(file.read())
streams = torch.tensor(text[:-1], dtype=torch.long).view(BATCH, -1).t()
targets = torch.tensor(text[1:], dtype=torch.long).view(BATCH, -1).t()
state = None
update = 0


def train():
    global state, update
    begin = update % UPDATES * STEPS
    if begin == 0 or BIDIRECTIONAL:
        state = None
    x = streams[begin:begin + STEPS].contiguous()
    y = targets[begin:begin + STEPS].reshape(-1)
    optimizer.zero_grad(set_to_none=True)
    logits, after = model(x, state)
    loss = cost(logits[-1], y[-BATCH:]) if LAST else cost(logits.view(-1, VOCABULARY), y)
    loss.backward()
    optimizer.step()
    state = tuple(part.detach() for part in after) if isinstance(after, tuple) else after.detach()
    update += 1
    return loss.item()


def generate(length):
    tokens = []
    with torch.inference_mode():
        ids, carried = torch.zeros(1, 1, dtype=torch.long), None
        for _ in range(length):
            logits, carried = model(ids, carried)
            ids = torch.multinomial(torch.softmax(logits[0], 1), 1)
            tokens.append(ids.item())
    return tokens


def answer(*parts):
    print("@", *parts, flush=True)


answer(f"PyTorch {torch.__version__}, {library}, {torch.get_num_threads()} threads, Python {sys.version.split()[0]}")
for line in sys.stdin:
    word, count = line.split()
    start = time.perf_counter()
    if word == "train":
        results = ["%.5f" % loss for loss in [train() for _ in range(int(count))]]
    else:
        results = generate(int(count))
    answer(time.perf_counter() - start, *results)
