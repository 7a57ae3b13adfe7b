"""Find plug-ins: every module of a package, and every file of a folder of one's own, that defines ``PLUGIN``."""

from __future__ import annotations

import importlib
import importlib.util
import pkgutil
from collections.abc import Iterator, Sequence
from pathlib import Path
from types import ModuleType
from typing import TypeVar

from screener.errors import ConfigError

P = TypeVar("P")


def discover(package: str, protocol: type[P], folders: Sequence[Path] = ()) -> dict[str, P]:
    """Import the modules of ``package``, then the files of ``folders``; return their ``PLUGIN`` objects by ``name``.

    ``protocol`` is a ``typing.Protocol`` marked runtime-checkable. Raises ConfigError when a plug-in does not fit it or
    two carry the same name.
    """
    found: dict[str, P] = {}
    for module in (*_modules(package), *(_of_file(f) for place in folders for f in sorted(place.glob("*.py")))):
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


def _modules(package: str) -> Iterator[ModuleType]:
    root = importlib.import_module(package)
    for info in sorted(pkgutil.iter_modules(root.__path__), key=lambda i: i.name):
        yield importlib.import_module(f"{package}.{info.name}")


def _of_file(path: Path) -> ModuleType:
    """A user's own module, named by its path in what is said of it. Raises ConfigError for one that does not run."""
    spec = importlib.util.spec_from_file_location(str(path), path)
    if spec is None or spec.loader is None:
        raise ConfigError(f"{path}: cannot be read as Python; check the file")
    module = importlib.util.module_from_spec(spec)
    try:
        spec.loader.exec_module(module)
    except (ImportError, SyntaxError, NameError, AttributeError, TypeError, ValueError, OSError) as e:
        raise ConfigError(
            f"{path}: does not run ({type(e).__name__}: {e}); mend it or take it out of the folder"
        ) from e
    return module
