"""The result of a check: one line for the operator, in Spanish."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """`what` and `to_do` never contain a secret or a person's address. `examine` knows the `area`."""

    state: Literal["ok", "warn", "bad"]
    what: str
    to_do: str = ""
    area: str = ""


def ok(what: str) -> Finding:
    return Finding(state="ok", what=what)


def warn(what: str, to_do: str) -> Finding:
    return Finding(state="warn", what=what, to_do=to_do)


def bad(what: str, to_do: str) -> Finding:
    return Finding(state="bad", what=what, to_do=to_do)


def counted(number: int, singular: str, plural: str) -> str:
    """Return the number with the noun in the right form: `1 mensaje`, `2 mensajes`."""
    return f"{number} {singular if number == 1 else plural}"
