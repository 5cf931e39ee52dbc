"""What a look at something found: one line for the operator, in Spanish."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """`what` and `to_do` never hold a secret or an address of a person."""

    area: str
    state: Literal["ok", "warn", "bad"]
    what: str
    to_do: str = ""


def ok(area: str, what: str) -> Finding:
    return Finding(area=area, state="ok", what=what)


def warn(area: str, what: str, to_do: str) -> Finding:
    return Finding(area=area, state="warn", what=what, to_do=to_do)


def bad(area: str, what: str, to_do: str) -> Finding:
    return Finding(area=area, state="bad", what=what, to_do=to_do)


def counted(number: int, one: str, more: str) -> str:
    """Say how many, as one says it: `1 mensaje`, `2 mensajes`."""
    return f"{number} {one if number == 1 else more}"
