"""The encoder in use: the exported graph reads words and gives a score per class and per sign.

Each text is read by itself. The 8-bit products are scaled by the largest number in what is read together, so that a
batch would make an answer depend on its neighbours, and less exact; and nothing is lost to padding. Texts are read in
``THREADS`` threads instead, or as many as OMP_NUM_THREADS allows: one in each of many processes, where Dask sets it.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from screener.classify.model import Floats
from screener.errors import ModelError
from screener.language.letters import whole
from screener.types.words import POLARITIES

GRAPH, VOCABULARY, NAMES = "encoder.onnx", "tokenizer.json", "encoder.txt"
MOST_PIECES = 128
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
        options.intra_op_num_threads = 1
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

        self._threads = ThreadPoolExecutor(threads(), thread_name_prefix="encoder")

    def read(self, texts: Sequence[str]) -> Floats:
        """Log-odds (texts by classes and signs)."""
        pieces = [e.ids for e in self._tokenizer.encode_batch([whole(text) for text in texts])]
        rows = list(self._threads.map(self._one, pieces)) if len(pieces) > 1 else [self._one(p) for p in pieces]
        return np.array(rows, np.float32).reshape(len(texts), len(self.classes) + len(POLARITIES))

    def _one(self, pieces: Sequence[int]) -> Floats:
        ids, mask = padded([pieces])
        scores: Floats = self._session.run(None, {"ids": ids, "mask": mask})[0][0]
        return scores


def threads() -> int:
    """In how many threads texts are read."""
    told = os.environ.get("OMP_NUM_THREADS", "")
    return max(1, min(THREADS, int(told))) if told.isdecimal() else THREADS


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
