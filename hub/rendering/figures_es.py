"""Shares, hours and figures of surveys as operators read them. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

FEW: Final = "pocas respuestas"
SURVEYS: Final[Mapping[str, str]] = {
    "semestral": "Semestral",
    "post_servicio": "Después de un servicio",
    "asamblea": "Después de una asamblea",
}
"""Kind of a survey → its name."""
_NOTHING: Final = "–"


def percent(share: float | None) -> str:
    """`0.9583` → `95,8 %`; None → a dash."""
    return _NOTHING if share is None else f"{tenths(100 * share)} %"


def hours(amount: float | None, *, any_hour: bool) -> str:
    """`4.5` → `4,5 h hábiles`; None → a dash."""
    unit = "h" if any_hour else "h hábiles"
    return _NOTHING if amount is None else f"{tenths(amount)} {unit}"


def tenths(value: float | None) -> str:
    """`74.25` → `74,2`; None → a dash."""
    return _NOTHING if value is None else f"{value:.1f}".replace(".", ",")


def whole(amount: int, bound: int | None = None) -> str:
    """`12345` → `12.345`; at the bound, where counting stops, `10.000 o más`."""
    return f"{amount:,}".replace(",", ".") + ("" if bound is None or amount < bound else " o más")


def many(number: int, one: str, several: str) -> str:
    """`1 promesa vencida`; `1.204 promesas vencidas`. Whatever is said of the noun stands in both words."""
    return f"{whole(number)} {one if number == 1 else several}"
