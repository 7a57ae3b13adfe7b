"""Find plug-ins: every module of a package that defines ``PLUGIN`` offers one implementation of a protocol."""

from __future__ import annotations

import importlib
import pkgutil
from typing import TypeVar

from screener.errors import ConfigError

P = TypeVar("P")


def discover(package: str, protocol: type[P]) -> dict[str, P]:
    """Import the modules of ``package`` and return their ``PLUGIN`` objects by ``name``.

    ``protocol`` is a ``typing.Protocol`` marked runtime-checkable. Raises ConfigError when a plug-in does not fit it or
    two carry the same name.
    """
    found: dict[str, P] = {}
    root = importlib.import_module(package)
    for info in sorted(pkgutil.iter_modules(root.__path__), key=lambda i: i.name):
        module = importlib.import_module(f"{package}.{info.name}")
        plugin = getattr(module, "PLUGIN", None)
        if plugin is None:
            continue
        if not isinstance(plugin, protocol):
            raise ConfigError(f"{module.__name__}: PLUGIN does not fit {protocol.__name__}: compare its attributes")
        name = str(getattr(plugin, "name", ""))
        if not name or name in found:
            raise ConfigError(f"{module.__name__}: PLUGIN.name {name!r} is empty or already taken: choose another")
        found[name] = plugin
    return found
