"""Functions that behave badly, to be called in a reader process."""

from __future__ import annotations

import os
import re
import time


def size(body: bytes) -> int:
    return len(body)


def process(_: bytes) -> int:
    return os.getpid()


def spin(_: bytes) -> int:
    while True:
        pass


def backtrack(_: bytes) -> int:
    return bool(re.match(r"(a+)+$", "a" * 60 + "b"))  # inside one C call that no thread could interrupt


def wait(_: bytes) -> int:
    time.sleep(600)
    return 0


def grow(_: bytes) -> int:
    return sum(len(chunk) for chunk in [bytes(50_000_000) for _ in range(100)])


def divide(_: bytes) -> int:
    return 1 // 0


def leave(_: bytes) -> int:
    os._exit(3)


def speak(_: bytes) -> int:
    print("noise on the channel", flush=True)
    os.write(1, b"more noise")
    return 7
