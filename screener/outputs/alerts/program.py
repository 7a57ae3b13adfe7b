"""``program:PATH``: a program of your own takes the alerts, in any language.

It is started for each message with one JSON object on standard input, the body that a webhook gets:
``{"key", "digest", "test", "alerts": [...]}``, each alert as in ``content.payload``. ``key`` is the same at every try of
the same message. Exit code 0 means taken; 65 (``EX_DATAERR``) refuses this message; any other code is a failure and the
message is tried again, later and later. The last line of standard error is what ``screener alerts list`` shows as the
reason; standard output is ignored. A program that is not done after ``[alerts] timeout`` seconds is ended.
"""

from __future__ import annotations

import os
from pathlib import Path

from screener.errors import AlertError, ConfigError
from screener.format import on_one_line
from screener.outputs.alerts.base import Message, Refused
from screener.outputs.alerts.child import run_once

REFUSES = 65


class Program:
    """One program of the user's."""

    interval = 0.0
    capacity = 100

    def __init__(self, target: str, timeout: float) -> None:
        self._path, self._timeout = Path(target).expanduser(), timeout
        if not self._path.is_file() or not os.access(self._path, os.X_OK):
            raise ConfigError(f"[alerts] urls: program:{target} is no program that can be run; try chmod +x")

    def send(self, message: Message) -> None:
        """Run the program. Raises Refused or AlertError."""
        done = run_once([str(self._path.resolve())], message.body() + b"\n", self._timeout)
        if done.code:
            kind = Refused if done.code == REFUSES else AlertError
            raise kind(f"exit code {done.code}" + (f": {on_one_line(done.said, 200)}" if done.said else ""))

    def close(self) -> None:
        """Nothing runs between two messages."""
