"""The process that reads what strangers sent: started by ``apart``, one request after the other until its input ends.

Every request has its own limit of processor time: when it passes, the kernel ends the process, whatever library is at
work in it. Memory is limited for the process as a whole. Nothing it prints reaches the terminal, and Ctrl-C is left to
its parent.
"""

from __future__ import annotations

import importlib
import os
import signal
import sys
from typing import IO

import msgspec

from screener.collectors import frames


def main() -> None:
    """Serve requests from standard input; the first argument is the limit of memory in megabytes."""
    source, sink = os.fdopen(os.dup(0), "rb"), os.fdopen(os.dup(1), "wb")
    quiet = os.open(os.devnull, os.O_RDWR)
    for stream in (0, 1, 2):
        os.dup2(quiet, stream)
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    _limit_memory(int(sys.argv[1]) * 1_000_000)
    import feedparser  # noqa: F401  what the first answer must not pay for

    frames.write(sink, b"")  # ready
    serve(source, sink)


def _limit_memory(size: int) -> None:
    try:
        import resource
    except ImportError:  # not on this platform
        return
    for what, most in ((resource.RLIMIT_AS, size), (resource.RLIMIT_CORE, 0)):
        try:
            resource.setrlimit(what, (most, resource.getrlimit(what)[1]))
        except (ValueError, OSError):  # a smaller hard limit is in force already
            continue


def serve(source: IO[bytes], sink: IO[bytes]) -> None:
    """Answer requests until the input ends, or memory does."""
    while True:
        try:
            frame = frames.read(source)
        except EOFError:
            return
        reply = answer(msgspec.msgpack.decode(frame, type=frames.Request))
        try:
            frames.write(sink, msgspec.msgpack.encode(reply))
        except BrokenPipeError:
            return
        if reply.memory:
            return  # what is left of the memory is not to be trusted


def _alarm(seconds: float) -> None:
    """End the process when it has worked that long; 0 takes it back."""
    if hasattr(signal, "setitimer"):
        signal.setitimer(signal.ITIMER_PROF, seconds)


def answer(request: frames.Request) -> frames.Reply:
    """Call the function of a request. What it raises is the answer: libraries at work here raise anything."""
    try:
        function = getattr(importlib.import_module(request.module), request.name)
        types = frames.signature(function)
        _alarm(request.seconds)
        result = function(*msgspec.msgpack.decode(request.arguments, type=types.arguments))
        return frames.Reply(value=msgspec.msgpack.encode(result))
    except MemoryError:
        return frames.Reply(error="MemoryError", memory=True)
    except Exception as e:  # the border to foreign code; the collector makes a Problem of it
        return frames.Reply(error=f"{type(e).__name__}: {e!s:.300}".encode("utf-8", "replace").decode())
    finally:
        _alarm(0)
