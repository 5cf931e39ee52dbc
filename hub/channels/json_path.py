"""`messages.0.id`: a path into a JSON value; names and list positions, separated by dots. Pure."""

from __future__ import annotations

from decimal import Decimal, InvalidOperation

from hub.channels.http_calls import Answer
from hub.errors import TransientFailure
from hub.model import Json


def at(value: Json, path: str) -> Json:
    """Return the value at the path; None where there is none. A name that contains dots takes precedence."""
    if isinstance(value, dict) and path in value:
        return value[path]
    for step in path.split("."):
        if isinstance(value, dict):
            value = value.get(step)
        elif isinstance(value, list):
            place = int(step) if _is_place(step) else len(value)
            value = value[place] if place < len(value) else None
        else:
            return None
    return value


def word(value: Json) -> str | None:
    """Return a scalar as a rule compares it: `0` and `"0"` are equal; None for all else."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str | int | float):
        return str(value)
    return None


def word_at(value: Json, path: str) -> str | None:
    return word(at(value, path))


def _is_place(step: str) -> bool:
    return step.isascii() and step.isdecimal() and len(step) < 6


def read_amount(answer: Answer, path: str, provider: str) -> Decimal:
    """Read an amount of money; raises `TransientFailure` when there is none at the path."""
    try:
        amount = Decimal(word_at(answer.json, path) or "") if answer.status // 100 == 2 else Decimal("nan")
    except InvalidOperation:
        amount = Decimal("nan")
    if not amount.is_finite():
        raise TransientFailure("provider_answer", provider=provider, code=str(answer.status))
    return amount
