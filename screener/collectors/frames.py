"""What passes between the screener and a process that reads for it: frames, each a length and that many bytes.

A ``Request`` names a function by module and name and carries its arguments; both sides know their types from the
function's own annotations, so that nothing but records, texts, numbers and times can pass, and no pickles.
"""

from __future__ import annotations

import inspect
import struct
from collections.abc import Callable
from functools import cache
from typing import IO, get_type_hints

import msgspec

_LENGTH = struct.Struct(">Q")


class Request(msgspec.Struct, frozen=True, array_like=True):
    """One thing to read; ``seconds`` of processor time are given for it."""

    module: str
    name: str
    seconds: float
    arguments: bytes


class Reply(msgspec.Struct, frozen=True, array_like=True):
    """``value`` is the encoded result; ``error`` says what was raised instead ("OverflowError: ...")."""

    value: bytes = b""
    error: str = ""
    memory: bool = False


class Signature(msgspec.Struct, frozen=True):
    """The types of a function's arguments, in order, and of its result."""

    arguments: object
    result: object


@cache
def signature(function: Callable[..., object]) -> Signature:
    """What a function takes and gives, from its annotations."""
    hints = get_type_hints(function)
    names = inspect.signature(function).parameters
    return Signature(arguments=tuple.__class_getitem__(tuple(hints[n] for n in names)), result=hints["return"])


def write(stream: IO[bytes], frame: bytes) -> None:
    """Send one frame."""
    stream.write(_LENGTH.pack(len(frame)))
    stream.write(frame)
    stream.flush()


def read(stream: IO[bytes]) -> bytes:
    """The next frame. Raises EOFError when the other side is gone."""
    head = stream.read(_LENGTH.size)
    if len(head) < _LENGTH.size:
        raise EOFError
    size: int = _LENGTH.unpack(head)[0]
    frame = stream.read(size)
    if len(frame) < size:
        raise EOFError
    return frame
