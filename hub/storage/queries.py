"""The statements of `sql/*.sql`: each after a header `-- name --`."""

from __future__ import annotations

import re
from collections.abc import Mapping
from importlib.resources import files
from typing import Final

_HEADER: Final = re.compile(r"^-- ([a-z_]+) --$", re.MULTILINE)


def load(name: str) -> Mapping[str, str]:
    """Read `sql/<name>.sql` as name → statement."""
    text = files("hub.storage").joinpath("sql", f"{name}.sql").read_text(encoding="utf-8")
    _, *parts = _HEADER.split(text)
    return dict(zip(parts[::2], (part.strip() for part in parts[1::2]), strict=True))
