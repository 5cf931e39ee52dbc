"""
The second locale: what the filters and the frame of a message say in English.

The filters have the names of the Spanish ones, so that a template is translated without being rewritten.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from functools import lru_cache
from typing import Final

from hub.model import Json
from hub.rendering.filters import NBSP, decimal_of, last_day, local
from hub.rendering.own_links import WORD_EN
from hub.rendering.terms import TermWords

LOCALE: Final = "en"
_DAYS: Final = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_MONTHS: Final = (
    *("", "January", "February", "March", "April", "May", "June"),
    *("July", "August", "September", "October", "November", "December"),
)
_HALVES: Final = ("am", "pm")
_SERVICES: Final = {
    "agua": "water",
    "agua caliente": "hot water",
    "ascensor": "lift",
    "ascensores": "lifts",
    "citófono": "intercom",
    "energía": "power",
    "energía de zonas comunes": "power in the common areas",
    "gas": "gas",
    "internet": "internet",
    "parqueadero": "car park",
    "portón vehicular": "vehicle gate",
}
"""Services that a building may lack, as publishers name them."""

FRAME: Final[Mapping[str, str]] = {
    "lang": "en",
    "managed_by": "Managed by",
    "answer": "You can reply to this email:",
    "answered": "we read it and answer.",
    "internal": "Internal message: it may have personal data. Do not forward it.",
    "phone": "Phone:",
    "own_page": "See this message and its case",
    "unsubscribe": "I no longer want messages like this",
}
"""The words of the layouts, as `hub.rendering.frame_es`."""


def fecha(value: Json) -> str:
    """`Monday 9 March 2026`."""
    return _day(local(value))


def _day(at: datetime) -> str:
    return f"{_DAYS[at.weekday()]} {at.day} {_MONTHS[at.month]} {at.year}"


def hora(value: Json) -> str:
    """`8:05 am`."""
    at = local(value)
    return f"{at.hour % 12 or 12}:{at.minute:02}{NBSP}{_HALVES[at.hour // 12]}"


def fecha_hora(value: Json) -> str:
    """`Monday 9 March 2026 at 8:05 am`."""
    return f"{fecha(value)} at {hora(value)}"


def fecha_corta(value: Json) -> str:
    """`9 Mar 2026, 8:05 am`."""
    at = local(value)
    return f"{at.day} {_MONTHS[at.month][:3]} {at.year}, {hora(value)}"


def plazo(value: Json) -> str:
    """`Tuesday 31 March 2026, end of the day`, else day and hour."""
    last = last_day(value)
    return fecha_hora(value) if last is None else f"{_day(last)}, end of the day"


def plazo_corto(value: Json) -> str:
    """`31 Mar 2026, end of the day`, for an SMS; `9 Mar 2026, 8:05 am`."""
    last = last_day(value)
    if last is None:
        return fecha_corta(value)
    return f"{last.day} {_MONTHS[last.month][:3]} {last.year}, end of the day"


def pesos(value: Json) -> str:
    """`COP 1,250,000`: a reader of English takes `$ 1.250` for a dollar and a quarter."""
    amount = decimal_of(value)
    whole = amount == amount.to_integral_value()
    return f"{'-' if amount < 0 else ''}COP{NBSP}{abs(amount):,.{0 if whole else 2}f}"


def servicio(value: Json) -> str:
    """`agua` → water. A word without an entry stays as the publisher writes it."""
    return _SERVICES.get(str(value), str(value))


def lista(value: Json) -> str:
    """`water, gas and power`."""
    *first, last = [str(item) for item in value] or [""]
    return f"{', '.join(first)} and {last}" if first else last


def unit_names(units: Sequence[str]) -> dict[str, Json]:
    """Return the variables about units, in place of those of `naming`, and what stands before a code."""
    several = "Units" if len(units) > 1 else "Unit"
    return {
        "unit_line": f"{several}: {lista(units)}" if units else "",
        "unit_note": f"Units: {lista(units)}." if len(units) > 1 else "",
        "units_brief": lista(units),
        "genuine_word": "Check:",
        "own_link_word": WORD_EN,
    }


FILTERS: Final[Mapping[str, Callable[[Json], str]]] = {
    one.__name__: lru_cache(maxsize=256)(one)
    for one in (fecha, hora, fecha_hora, fecha_corta, plazo, plazo_corto, pesos, servicio)
} | {"la_hora": hora, "lista": lista}

TERMS: Final = TermWords(
    soon="as soon as possible",
    by="by {}",
    within="within {}",
    units=(("hour", "hours"), ("minute", "minutes"), ("second", "seconds"), ("day", "days")),
    working=("working {}", "working {}"),
    in_full=FILTERS["plazo"],
    short=FILTERS["plazo_corto"],
    instant=FILTERS["fecha_hora"],
)
"""The words of `hub.rendering.terms`."""
