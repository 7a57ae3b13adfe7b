"""Programs that run beside the sender: what they may take in time and memory, and how they are ended.

A channel's library or a user's own program cannot be trusted to come back: it may wait for a server that sends one
byte a second, or read an answer without end. In a process of its own it can be ended, whatever it is doing.
"""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import threading
from collections.abc import Iterator, Sequence
from typing import IO

from msgspec import Struct

from screener import limits
from screener.errors import AlertError


class Finished(Struct, frozen=True, kw_only=True):
    """What became of a program: its exit code, and the last line it wrote to standard error."""

    code: int
    said: str


def run_once(command: Sequence[str], given: bytes, seconds: float) -> Finished:
    """Run a program with bytes on its standard input. Raises AlertError when it cannot start or outlives its time."""
    process = _start(command, subprocess.DEVNULL, subprocess.PIPE)
    assert process.stdin is not None
    assert process.stderr is not None
    kept = bytearray()
    reading = threading.Thread(target=_keep_tail, args=(process.stderr, kept), daemon=True)
    reading.start()
    with _deadline(process, seconds) as over:
        with contextlib.suppress(OSError):  # a program need not read what it is given
            process.stdin.write(given)
            process.stdin.close()
        code = process.wait()
    end(process)
    reading.join(1.0)
    if over.is_set():
        raise AlertError(f"ended after {seconds:g} s without an answer")
    lines = kept.decode("utf-8", "replace").split("\n")
    return Finished(code=code, said=next((line.strip() for line in reversed(lines) if line.strip()), ""))


class Worker:
    """A program that answers one line for each line it is asked, started when needed and ended when it is late."""

    def __init__(self, command: Sequence[str], first: bytes, seconds: float) -> None:
        self._command, self._first, self._seconds = command, first, seconds
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> bytes:
        """Start the program, hand it its first line, and return its answer. Raises AlertError."""
        self.close()
        self._process = _start(self._command, subprocess.PIPE, subprocess.DEVNULL)
        return self._exchange(self._first, self._seconds * 2)

    def ask(self, line: bytes) -> bytes:
        """The answer to a line, without its end. Raises AlertError; the program is started anew by the next."""
        if self._process is None or self._process.poll() is not None:
            self.start()
        return self._exchange(line, self._seconds)

    def _exchange(self, line: bytes, seconds: float) -> bytes:
        process = self._process
        assert process is not None
        assert process.stdin is not None
        assert process.stdout is not None
        answer = b""
        with _deadline(process, seconds) as over, contextlib.suppress(OSError):
            process.stdin.write(line + b"\n")
            process.stdin.flush()
            answer = process.stdout.readline(limits.SENDER_LINE_BYTES)
        if answer.endswith(b"\n"):
            return answer[:-1]
        self.close()
        raise AlertError(f"no answer within {seconds:g} s" if over.is_set() else "the sending process ended")

    def close(self) -> None:
        """End the program."""
        if self._process is not None:
            end(self._process)
            self._process = None


def _start(command: Sequence[str], out: int, err: int) -> subprocess.Popen[bytes]:
    # A session of its own: Ctrl-C reaches the sender, which finishes the message in hand, and not its programs.
    try:
        return subprocess.Popen(  # noqa: S603  what the user configured, and our own module
            command, stdin=subprocess.PIPE, stdout=out, stderr=err, start_new_session=True
        )
    except (OSError, ValueError) as e:
        raise AlertError(f"{command[0]}: cannot be run ({getattr(e, 'strerror', None) or e})") from e


@contextlib.contextmanager
def _deadline(process: subprocess.Popen[bytes], seconds: float) -> Iterator[threading.Event]:
    over = threading.Event()

    def late() -> None:
        over.set()
        _kill(process)

    timer = threading.Timer(seconds, late)
    timer.daemon = True
    timer.start()
    try:
        yield over
    finally:
        timer.cancel()


def _kill(process: subprocess.Popen[bytes]) -> None:
    with contextlib.suppress(OSError):
        if hasattr(os, "killpg"):
            os.killpg(process.pid, signal.SIGKILL)
        else:
            process.kill()


def end(process: subprocess.Popen[bytes]) -> None:
    """End a program and whatever it has started, and give its pipes back."""
    _kill(process)
    process.wait()
    for pipe in (process.stdin, process.stdout):
        if pipe is not None:
            with contextlib.suppress(OSError):
                pipe.close()


def _keep_tail(pipe: IO[bytes], kept: bytearray) -> None:
    with pipe:
        while part := pipe.read1(limits.STDERR_BYTES):  # type: ignore[attr-defined]
            kept += part
            del kept[: -limits.STDERR_BYTES]
