"""Types of events: the names that this version of the hub knows, from the files of its schemas."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Final

_PACKAGE: Final = Path(__file__).parent.parent
_INSTALLED: Final = _PACKAGE / "_schemas"
FOLDER: Final = _INSTALLED if _INSTALLED.is_dir() else _PACKAGE.parent / "schemas"
"""The hub's own schemas: inside an installed package, or next to it in a checkout."""
_ENDING: Final = ".v1.json"
_RESULTS: Final = frozenset(
    f"notification.{state}" for state in ("sent", "delivered", "read", "failed", "cancelled")
)
"""What the hub tells publishers of their messages, and takes in from nobody: they have schemas, too."""


@cache
def names() -> frozenset[str]:
    """
    Return the name of each event that the hub takes in (`pqrs.received`).

    None where a copy of the client has no schemas.
    """
    return frozenset(file.name.removesuffix(_ENDING) for file in FOLDER.glob(f"*{_ENDING}")) - _RESULTS
