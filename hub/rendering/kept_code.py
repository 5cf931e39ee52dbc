"""
Compiled templates on disk: each process would compile the same ones again, four milliseconds each.

They lie where Python keeps its own compiled modules, by the digest of what they are made of, and are trusted
as those are: whoever can write there can change the hub. Python's rules hold (`PYTHONDONTWRITEBYTECODE`,
`PYTHONPYCACHEPREFIX`); a folder that cannot be written keeps nothing.
"""

from __future__ import annotations

import marshal
import os
import shutil
import sys
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from hashlib import sha256
from importlib.util import cache_from_source
from pathlib import Path
from types import CodeType
from typing import Final

import jinja2

import hub

NAME: Final = f"templates.{sys.implementation.cache_tag}"
"""Of each folder, before the digest of the modules."""


def code_of(
    made_of: Iterable[bytes], compiled: Callable[[], CodeType], folder: Path | None = None
) -> CodeType:
    """
    Return what `compiled` returns, which depends on nothing but `made_of` and the hub's own modules.

    Kept in `folder`, by default the one of these modules.
    """
    place = (folder or _FOLDER) / f"{_digest(made_of)}.pyc"
    with suppress(OSError, EOFError, ValueError, TypeError):
        code = marshal.loads(place.read_bytes())  # noqa: S302 - as trusted as the hub's compiled modules
        if isinstance(code, CodeType):
            return code
    code = compiled()
    if not sys.dont_write_bytecode:
        with suppress(OSError):
            _keep(place, marshal.dumps(code))
    return code


def _keep(place: Path, code: bytes) -> None:
    """Write the whole file or none, and take away those of a hub whose modules were others."""
    if not place.parent.exists():
        for former in place.parent.parent.glob(f"{NAME}-*"):
            shutil.rmtree(former, ignore_errors=True)
        place.parent.mkdir(parents=True, exist_ok=True)
    new = place.with_name(f"{place.name}.{os.getpid()}")
    new.write_bytes(code)
    new.replace(place)


def folder_of(modules: Path) -> Path:
    """Return where what these modules compile is kept: other ones have another place."""
    stamp = _digest([jinja2.__version__.encode(), *_modules(modules)])
    return Path(cache_from_source(__file__)).with_name(f"{NAME}-{stamp[:16]}")


def _modules(folder: Path | str) -> Iterator[bytes]:
    """Yield name, size and time of each module: filters and constants become part of the compiled code."""
    for entry in sorted(os.scandir(folder), key=lambda entry: entry.name):
        if entry.name.endswith(".py"):
            stat = entry.stat()
            yield f"{entry.path} {stat.st_size} {stat.st_mtime_ns}".encode()
        elif entry.is_dir() and entry.name != "__pycache__":
            yield from _modules(entry.path)


def _digest(parts: Iterable[bytes]) -> str:
    """Return one digest of all: each part has its own, so that no two lists have the same."""
    return sha256(b"".join(sha256(part).digest() for part in parts)).hexdigest()


_FOLDER: Final = folder_of(Path(hub.__file__).parent)
"""Named while the modules are loaded: a process that outlives an upgrade keeps nothing under its name."""
