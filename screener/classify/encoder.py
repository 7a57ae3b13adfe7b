"""The encoder in use: the exported graph reads words and gives a score per class and per sign."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from screener.classify.model import Floats
from screener.errors import ModelError

GRAPH, VOCABULARY, NAMES = "encoder.onnx", "tokenizer.json", "encoder.txt"
MOST_PIECES, BATCH = 128, 32
THREADS = 2


class Encoder:
    """Scores of texts by the fine-tuned network in a folder; ``classes`` name its first columns, signs the last four.

    Raises ModelError when a file is damaged.
    """

    def __init__(self, folder: Path) -> None:
        # Both take a while to load, and only the commands that classify need them.
        import onnxruntime
        from tokenizers import Tokenizer

        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = THREADS
        options.add_session_config_entry("session.intra_op.allow_spinning", "0")
        options.log_severity_level = 3
        try:
            self.classes = tuple((folder / NAMES).read_text(encoding="utf-8").split())
            self._tokenizer: Any = Tokenizer.from_file(str(folder / VOCABULARY))
            self._session: Any = onnxruntime.InferenceSession(
                str(folder / GRAPH), options, providers=["CPUExecutionProvider"]
            )
        except Exception as e:  # both libraries raise errors of their own making, some of them bare
            raise ModelError(f"{folder / GRAPH}: cannot be read ({e}): run make train") from e
        self._tokenizer.no_padding()
        self._tokenizer.enable_truncation(MOST_PIECES)

    def read(self, texts: Sequence[str]) -> Floats:
        """Log-odds (texts by classes and signs). Texts of like length are read together."""
        clean = [text.encode("utf-8", "replace").decode("utf-8") for text in texts]
        pieces = [e.ids for e in self._tokenizer.encode_batch(clean)]
        out = np.zeros((len(texts), len(self.classes) + 4), np.float32)
        order = sorted(range(len(texts)), key=lambda i: len(pieces[i]))
        for at in range(0, len(order), BATCH):
            rows = order[at : at + BATCH]
            ids, mask = padded([pieces[i] for i in rows])
            out[rows] = self._session.run(None, {"ids": ids, "mask": mask})[0]
        return out


def present(folder: Path) -> bool:
    """Whether a model folder holds an encoder."""
    return (folder / GRAPH).is_file()


def padded(pieces: Sequence[Sequence[int]]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Word pieces as one array, and which of it are pieces."""
    longest = max(map(len, pieces))
    ids, mask = np.zeros((len(pieces), longest), np.int64), np.zeros((len(pieces), longest), np.int64)
    for row, piece in enumerate(pieces):
        ids[row, : len(piece)], mask[row, : len(piece)] = piece, 1
    return ids, mask
