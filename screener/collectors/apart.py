"""Reading in a process of its own: bounded in time and memory, ended when it does not end.

``apart`` calls a function in one of a few reader processes (see ``reader``), which are started when they are first
needed and kept for the next call. A call that passes its processor time (``[limits] parse_seconds``, more for larger
answers), its wall-clock time or its memory takes its process down with it, and so does a call that is cancelled; the
next call starts another. Sound answers of usual size never come here: collectors read them in place (``is_small``).
"""

from __future__ import annotations

import atexit
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Callable
from typing import IO, ParamSpec, TypeVar, cast

import anyio
import msgspec
from anyio.lowlevel import RunVar

from screener import limits
from screener.collectors import frames
from screener.errors import ReaderEnded

P = ParamSpec("P")
T = TypeVar("T")
AT_ONCE = 2  # a reader held up by one answer must not hold up the next
CALLS = 500  # after that many a process is replaced: what libraries leak must not add up over weeks
_START = "import sys; sys.path[:] = {path!r}; from screener.collectors.reader import main; main()"
_turns: RunVar[anyio.CapacityLimiter] = RunVar("readers")


def is_small(body: bytes) -> bool:
    """True when a sound answer can be read in place: in a few milliseconds, a tenth of a second at worst."""
    if len(body) > limits.SMALL_BYTES:
        return False
    return body.count(b"<") + body.count(b"&") <= limits.SMALL_MARKS


async def apart(bounds: limits.Limits, size: int, function: Callable[P, T], *args: P.args, **_: P.kwargs) -> T:
    """What ``function`` gives, called in a reader process; ``size`` is how many bytes it has to read.

    The function stands at the top of a module, and its arguments and result are annotated with types that msgspec
    knows. Raises ReaderEnded when it does not end, needs too much memory, or raises.
    """
    seconds = bounds.parse_seconds * (1 + size / limits.PARSE_BYTES)
    types = frames.signature(function)
    request = msgspec.msgpack.encode(
        frames.Request(function.__module__, function.__name__, seconds, msgspec.msgpack.encode(args))
    )
    reply = await _ask(request, bounds.parse_megabytes, seconds)
    if reply.error:
        raise ReaderEnded("out_of_memory" if reply.memory else "unreadable", _why(reply, bounds))
    value: T = msgspec.msgpack.decode(reply.value, type=types.result)
    return value


def _why(reply: frames.Reply, bounds: limits.Limits) -> str:
    if reply.memory:
        return f"could not be read within {bounds.parse_megabytes:,} MB of memory"
    return f"cannot be read ({reply.error})"


async def _ask(request: bytes, megabytes: int, seconds: float) -> frames.Reply:
    try:
        turns = _turns.get()
    except LookupError:
        turns = anyio.CapacityLimiter(AT_ONCE)
        _turns.set(turns)
    async with turns:
        reader = _readers.take(megabytes)
        try:
            with anyio.move_on_after(limits.READER_START_SECONDS) as start:
                await anyio.to_thread.run_sync(reader.started, abandon_on_cancel=True)
            if start.cancelled_caught:
                raise ReaderEnded("timeout", "was not read: no reader could be started, the machine is too busy")
            with anyio.move_on_after(seconds * limits.PARSE_WALL) as wall:
                # abandoned, because the thread comes back by itself as soon as the process has been ended
                reply = await anyio.to_thread.run_sync(reader.ask, request, abandon_on_cancel=True)
        except EOFError:
            raise ReaderEnded(*reader.reason(seconds)) from None
        finally:
            _readers.give_back(reader)
    if wall.cancelled_caught:
        raise ReaderEnded("timeout", f"was not read within {wall_seconds(seconds):g} s; the reader was ended")
    return reply


def wall_seconds(seconds: float) -> float:
    """How long a reader may take by the clock on the wall for so much work."""
    return round(seconds * limits.PARSE_WALL, 1)


class _Reader:
    """One process, asked by one call at a time."""

    def __init__(self, megabytes: int) -> None:
        self.megabytes, self.calls, self.idle, self._ready = megabytes, 0, False, False
        self._process = subprocess.Popen(  # noqa: S603  our own interpreter and module
            [sys.executable, "-c", _START.format(path=sys.path), str(megabytes)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            start_new_session=True,  # Ctrl-C is for us; the reader ends when its input does
        )
        self._input, self._output = cast(IO[bytes], self._process.stdin), cast(IO[bytes], self._process.stdout)

    @property
    def pid(self) -> int:
        """The process."""
        return self._process.pid

    def started(self) -> None:
        """Wait until it is there: how long that takes says how busy the machine is, and nothing of what is to be read.

        Raises EOFError when it ends instead.
        """
        if not self._ready:
            frames.read(self._output)
            self._ready = self.idle = True

    def ask(self, request: bytes) -> frames.Reply:
        """Send a request and wait for the answer. Raises EOFError when the process ends instead."""
        self.idle = False
        self.calls += 1
        try:
            frames.write(self._input, request)
        except OSError as e:
            raise EOFError from e
        reply = msgspec.msgpack.decode(frames.read(self._output), type=frames.Reply)
        self.idle = not reply.memory
        return reply

    def reason(self, seconds: float) -> tuple[str, str]:
        """The kind of its end and why, for a process that ended."""
        self._process.kill()
        code = self._process.wait()
        if code == -getattr(signal, "SIGPROF", 0):
            return "timeout", f"was not read within {seconds:.2g} s of work; the reader was ended"
        return "unreadable", f"broke the process that read it (exit {code})"

    def end(self) -> None:
        """Kill the process and leave nothing of it behind."""
        self._process.kill()
        self._process.wait()
        for stream in (self._input, self._output):
            try:
                stream.close()
            except OSError:  # what was not sent cannot be sent any more
                continue


class _Readers:
    """The processes that wait for work; shared by all threads and event loops of this process."""

    def __init__(self) -> None:
        self._lock, self._idle, self._owner = threading.Lock(), list[_Reader](), os.getpid()

    @property
    def waiting(self) -> list[_Reader]:
        """Those with nothing to do."""
        with self._lock:
            return list(self._idle)

    def take(self, megabytes: int) -> _Reader:
        with self._lock:
            if self._owner != os.getpid():  # a fork: those processes answer to another
                self._idle, self._owner = [], os.getpid()
            fitting = [r for r in self._idle if r.megabytes == megabytes]
            if fitting:
                self._idle.remove(fitting[-1])
                return fitting[-1]
        return _Reader(megabytes)

    def give_back(self, reader: _Reader) -> None:
        if reader.idle and reader.calls < CALLS:
            with self._lock:
                self._idle.append(reader)
        else:
            reader.end()

    def end_all(self) -> None:
        with self._lock:
            ending, self._idle = self._idle, []
        for reader in ending:
            reader.end()


_readers = _Readers()
atexit.register(_readers.end_all)
