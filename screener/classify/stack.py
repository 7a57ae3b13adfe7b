"""How the fast part (wordings, linear model, forms and items) and the encoder are put together, by kind of document.

For each kind and class: log-odds = fast * a + encoded * b + c, fitted on items whose company and, for a part, whose
wire neither part had seen. Formulaic types keep a high ``a``, free language a high ``b``. Where the fast part alone is
sure enough of everything, the encoder is not asked.
"""

from __future__ import annotations

import io
import zipfile
import zlib
from pathlib import Path

import numpy as np
from msgspec import Struct

from screener.classify.model import Floats
from screener.errors import ModelError

FILE = "stack.npz"
KINDS = ("headline", "release", "filing")
REACH = 8.0  # log-odds beyond this say no more
FLOORS = (-1.75, -REACH, -REACH)  # nor do the encoder's below these: in a headline it never outvotes a sure wording
FORMAT = 1


class Stack(Struct, frozen=True, kw_only=True):
    """Weights by kind and class; ``sure`` and ``clear`` are the log-odds between which the fast part is not sure."""

    classes: tuple[str, ...]
    fast: Floats
    encoded: Floats
    bias: Floats
    sure: float
    clear: float

    def join(self, kind: int, fast: Floats, encoded: Floats) -> Floats:
        """Log-odds of documents (rows) or of one, by class."""
        a, b = np.clip(fast, -REACH, REACH), np.clip(encoded, FLOORS[kind], REACH)
        return np.asarray(a * self.fast[kind] + b * self.encoded[kind] + self.bias[kind], np.float32)

    def settled(self, kind: int, fast: Floats) -> bool:
        """Whether the fast part decides alone: of a kind that has no say for the encoder, or sure of every class of a
        headline and of one of them that it is there."""
        if not self.encoded[kind].any():
            return True
        return kind == 0 and bool((fast >= self.sure).any() and ((fast >= self.sure) | (fast <= self.clear)).all())


def kind_of(headline: str, text: str) -> int:
    """Index in ``KINDS`` of a document; a filing whose release has a headline is read as that release."""
    if not headline:
        return 2
    return 1 if len(text) >= LONG else 0


LONG = 600  # characters that a release has and the summary of a headline has not


def save(stack: Stack, folder: Path) -> None:
    """Write the weights beside those of the parts."""
    np.savez_compressed(
        folder / FILE,
        format=np.array(FORMAT),
        classes=np.array(stack.classes),
        fast=stack.fast,
        encoded=stack.encoded,
        bias=stack.bias,
        edges=np.array([stack.sure, stack.clear], np.float32),
    )


def load(folder: Path) -> Stack:
    """Read the weights. Raises ModelError when they are missing, damaged or of another version."""
    path = folder / FILE
    try:
        with np.load(io.BytesIO(path.read_bytes()), allow_pickle=False) as data:
            if int(data["format"]) != FORMAT:
                raise ModelError(f"{path}: is of format {data['format']}, this version reads {FORMAT}: run make train")
            sure, clear = data["edges"].tolist()
            return Stack(
                classes=tuple(map(str, data["classes"])),
                fast=data["fast"],
                encoded=data["encoded"],
                bias=data["bias"],
                sure=sure,
                clear=clear,
            )
    except (OSError, KeyError, ValueError, EOFError, zipfile.BadZipFile, zlib.error) as e:
        raise ModelError(f"{path}: cannot be read ({e}): run make train") from e
