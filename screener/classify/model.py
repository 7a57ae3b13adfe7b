"""The trained part: one linear score per class over n-grams and wording hits, and its calibration."""

from __future__ import annotations

import hashlib
import io
import zipfile
import zlib
from pathlib import Path

import numpy as np
from msgspec import Struct
from numpy.typing import NDArray

from screener.classify.features import Hashes
from screener.errors import ModelError

FORMAT = 1
FILE = "catalysts.npz"
PARTS = (FILE, "encoder.onnx", "tokenizer.json", "encoder.txt", "stack.npz")
Floats = NDArray[np.float32]
EVIDENCE = ("title_pattern", "title_hint", "cancelled", "text_pattern", "subject")


class Weights(Struct, frozen=True, kw_only=True):
    """What training leaves behind.

    ``classes`` are catalyst ids then noise ids; ``hashes`` the sorted n-grams with ``grams`` (n-grams by classes);
    ``dense`` (evidence features by classes), rule-major in the order of ``EVIDENCE``; ``bias`` per class;
    ``slope`` and ``shift`` per class turn a score into a calibrated log-odds.
    """

    classes: tuple[str, ...]
    hashes: Hashes
    grams: Floats
    dense: Floats
    bias: Floats
    slope: Floats
    shift: Floats


def save(weights: Weights, folder: Path) -> Path:
    """Write the weights; the same weights give the same bytes."""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / FILE
    scale = np.maximum(np.abs(weights.grams).max(axis=0), 1e-9) / 127
    np.savez_compressed(
        path,
        format=np.array(FORMAT),
        classes=np.array(weights.classes),
        hashes=weights.hashes,
        grams=np.round(weights.grams / scale).astype(np.int8),
        scale=scale.astype(np.float32),
        dense=weights.dense.astype(np.float16),
        bias=weights.bias,
        slope=weights.slope,
        shift=weights.shift,
    )
    return path


def load(folder: Path) -> Weights:
    """Read the weights. Raises ModelError when they are missing, damaged or of another version."""
    path = folder / FILE
    try:
        with np.load(io.BytesIO(path.read_bytes()), allow_pickle=False) as data:
            if int(data["format"]) != FORMAT:
                raise ModelError(f"{path}: is of format {data['format']}, this version reads {FORMAT}: run make train")
            return Weights(
                classes=tuple(map(str, data["classes"])),
                hashes=data["hashes"],
                grams=data["grams"].astype(np.float32) * data["scale"],
                dense=data["dense"].astype(np.float32),
                bias=data["bias"],
                slope=data["slope"],
                shift=data["shift"],
            )
    except FileNotFoundError as e:
        raise ModelError(f"{path}: is missing: run make train, or start without a model") from e
    except (OSError, KeyError, ValueError, EOFError, zipfile.BadZipFile, zlib.error) as e:
        raise ModelError(f"{path}: cannot be read ({e}): run make train") from e


def digest(folder: Path) -> str:
    """Digest of the files of a model, 12 hex letters; empty when there are none."""
    parts = [folder / name for name in PARTS if (folder / name).is_file()]
    return hashlib.sha256(b"".join(path.read_bytes() for path in parts)).hexdigest()[:12] if parts else ""


def rows(weights: Weights, hashes: Hashes) -> tuple[NDArray[np.intp], NDArray[np.bool_]]:
    """Row of each hash among the weights, and whether it is there at all."""
    if not len(weights.hashes):
        return np.zeros(len(hashes), np.intp), np.zeros(len(hashes), np.bool_)
    at = np.searchsorted(weights.hashes, hashes)
    at[at == len(weights.hashes)] = 0
    return at, weights.hashes[at] == hashes


def gram_score(weights: Weights, hashes: Hashes) -> Floats:
    """Sum of the weights of the distinct n-grams, scaled by the root of their number as in training."""
    distinct = np.unique(hashes)
    at, known = rows(weights, distinct)
    if not known.any():
        return np.zeros(len(weights.classes), np.float32)
    return np.asarray(weights.grams[at[known]].sum(axis=0), np.float32) * gram_scale(len(distinct))


def gram_scale(count: int) -> np.float32:
    """Long items would outvote short ones; their n-grams count less."""
    return np.float32(6.0 / np.sqrt(max(count, 36)))


def sigmoid(x: Floats) -> Floats:
    """The logistic function, safe for large values."""
    return np.asarray(1.0 / (1.0 + np.exp(-np.clip(x, -30, 30))), np.float32)
