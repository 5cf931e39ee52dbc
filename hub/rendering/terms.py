"""Terms of the policy in Spanish words, so that no template repeats a number of a clock."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import timedelta
from functools import lru_cache, partial
from typing import Final

from hub.business_time import BusinessDays, Term
from hub.errors import TemplateFailure
from hub.model import Json
from hub.policy.clocks import ClockPolicy

Clocks = Mapping[str, ClockPolicy]

_UNITS: Final = (
    (timedelta(hours=1), "hora", "horas"),
    (timedelta(minutes=1), "minuto", "minutos"),
    (timedelta(seconds=1), "segundo", "segundos"),
)


def functions(clocks: Clocks, data: Mapping[str, Json]) -> dict[str, Callable[[str], str]]:
    """
    Make the functions that templates call, for one event's data.

    `term("first_reply")` is `24 horas hábiles`; if the policy has a table of terms, the data selects one.
    `extension("privacy_query")` is the time by which the term may be extended.
    """
    return {"term": partial(_term, clocks, data), "extension": partial(_extension, clocks, data)}


def _term(clocks: Clocks, data: Mapping[str, Json], name: str) -> str:
    clock = _clock(clocks, name)
    return in_words(clock.target_for(data), any_hour=clock.any_hour)


def _extension(clocks: Clocks, data: Mapping[str, Json], name: str) -> str:
    clock = _clock(clocks, name)
    term = clock.extension_for(data)
    if term is None:
        raise TemplateFailure(f"the policy lets nobody extend {name}")
    return in_words(term, any_hour=clock.any_hour)


def _clock(clocks: Clocks, name: str) -> ClockPolicy:
    if name not in clocks:
        raise TemplateFailure(f"the policy has no clock {name}")
    return clocks[name]


@lru_cache(maxsize=256)
def in_words(term: Term, *, any_hour: bool) -> str:
    """`24 horas hábiles`, `1 día hábil`; `10 minutos` for a clock that runs day and night."""
    number, singular, plural = _counted(term)
    noun, adjective = (singular, "hábil") if number == 1 else (plural, "hábiles")
    return f"{number} {noun}" if any_hour else f"{number} {noun} {adjective}"


def _counted(term: Term) -> tuple[int, str, str]:
    """Count a term in the largest unit that divides it; round a part of a second up."""
    if isinstance(term, BusinessDays):
        return term.count, "día", "días"
    unit, singular, plural = next((row for row in _UNITS if not term % row[0]), _UNITS[-1])
    return -(-term // unit), singular, plural
