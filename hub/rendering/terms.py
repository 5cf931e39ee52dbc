"""Terms and their ends in words, so that no template repeats a number or an instant of a clock."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache, partial
from typing import Final

from hub.business_time import BusinessDays, Term, WorkCalendar
from hub.errors import TemplateFailure
from hub.model import Json
from hub.policy.clocks import ClockPolicy
from hub.rendering.filters import fecha_hora, plazo, plazo_corto

Clocks = Mapping[str, ClockPolicy]
Due = Mapping[str, datetime]
"""The name of a running clock → when it ends."""

_plazo = lru_cache(maxsize=256)(plazo)
_plazo_corto = lru_cache(maxsize=256)(plazo_corto)
"""Remembered: a mail says each end in its HTML and in its text, and what comes in one minute ends in one."""


class _All:
    """The running clocks where they are not known: each may run."""

    def __contains__(self, name: object) -> bool:
        return True


_ALL: Final = _All()


@dataclass(frozen=True, slots=True, kw_only=True)
class TermWords:
    """
    The words of a language about terms.

    `by` and `within` have a gap for an end and for a term. `units` are an hour, a minute, a second and a day,
    each alone and as many; `working` says of one and of many that they are the company's, with a gap for it.
    """

    soon: str
    by: str
    within: str
    units: tuple[tuple[str, str], ...]
    working: tuple[str, str]
    in_full: Callable[[Json], str]
    short: Callable[[Json], str]
    instant: Callable[[Json], str]


SPANISH: Final = TermWords(
    soon="lo antes posible",
    by="a más tardar el {}",
    within="en máximo {}",
    units=(("hora", "horas"), ("minuto", "minutos"), ("segundo", "segundos"), ("día", "días")),
    working=("{} hábil", "{} hábiles"),
    in_full=_plazo,
    short=_plazo_corto,
    instant=fecha_hora,
)

_LENGTHS: Final = (timedelta(hours=1), timedelta(minutes=1), timedelta(seconds=1))


NAMING_INSTANTS: Final = re.compile(r"(?:hasta(?:_corto)?|fin)\(")
"""A call in a template that needs the clocks of the case."""
NAMING_PARTY: Final = re.compile(r"person_name\b")
"""A variable in a template that needs the name of the person whose case it is."""


def functions(
    clocks: Clocks,
    data: Mapping[str, Json],
    due: Due | None = None,
    leaves: datetime | None = None,
    words: TermWords = SPANISH,
) -> dict[str, Json]:
    """
    Make the functions of templates about terms, for one event's data and the running clocks of its case.

    `due` is None where the clocks are not known, as in a preview. `leaves` is when the message leaves.

    `term("first_reply")` is `24 horas hábiles`; if the policy has a table of terms, the data selects one.
    `extension("privacy_query")` is the time by which the term may be extended.
    `hasta("first_reply")` is `a más tardar el martes 10 de marzo de 2026 a las 2:53 p. m.`, the instant that
    the clock holds; `hasta_corto` is that for a short text. Where no such clock runs both say the second
    argument, an end in words. Without one they say `lo antes posible`, as of a clock whose end has passed;
    the term, `en máximo 24 horas hábiles`, only where the clocks are not known.
    `fin("first_reply")` is that instant itself; None where no such clock runs, or none is known.
    `"first_reply" in corren` is false where the clock has ended: what it promised is not promised again.
    """
    return {
        "term": partial(_term, clocks, data, words),
        "extension": partial(_extension, clocks, data, words),
        "hasta": partial(_until, clocks, data, due, leaves, words, words.in_full),
        "hasta_corto": partial(_until, clocks, data, due, leaves, words, words.short),
        "fin": (due or {}).get,
        "corren": _ALL if due is None else due,
    }


def opening(
    calendar: WorkCalendar | None, came: datetime, leaves: datetime | None, words: TermWords = SPANISH
) -> Callable[[], str]:
    """
    Make the function `abrimos` for an event that came at one instant and whose text leaves at another.

    It is when somebody reads what came outside the opening hours, `martes 10 de marzo de 2026 a las
    8:00 a. m.`; empty if it came within them, or leaves within them, and without a calendar.
    """

    def abrimos() -> str:
        at = came if leaves is None else max(came, leaves)
        if calendar is None or calendar.next_open(came) <= came:
            return ""
        opens = calendar.next_open(at)
        return words.instant(opens) if opens > at else ""

    return abrimos


def _until(
    clocks: Clocks,
    data: Mapping[str, Json],
    due: Due | None,
    leaves: datetime | None,
    words: TermWords,
    shown: Callable[[Json], str],
    name: str,
    otherwise: str = "",
) -> str:
    end = (due or {}).get(name)
    if end is not None:
        return words.soon if leaves is not None and end <= leaves else words.by.format(shown(end))
    if otherwise:
        return words.by.format(otherwise)
    return words.within.format(_term(clocks, data, words, name)) if due is None else words.soon


def _term(clocks: Clocks, data: Mapping[str, Json], words: TermWords, name: str) -> str:
    clock = _clock(clocks, name)
    return in_words(clock.target_for(data), any_hour=clock.any_hour, words=words)


def _extension(clocks: Clocks, data: Mapping[str, Json], words: TermWords, name: str) -> str:
    clock = _clock(clocks, name)
    term = clock.extension_for(data)
    if term is None:
        raise TemplateFailure(f"the policy lets nobody extend {name}")
    return in_words(term, any_hour=clock.any_hour, words=words)


def _clock(clocks: Clocks, name: str) -> ClockPolicy:
    if name not in clocks:
        raise TemplateFailure(f"the policy has no clock {name}")
    return clocks[name]


@lru_cache(maxsize=256)
def in_words(term: Term, *, any_hour: bool, words: TermWords = SPANISH) -> str:
    """`24 horas hábiles`, `1 día hábil`; `10 minutos` for a clock that runs day and night."""
    number, names = _counted(term, words)
    several = number != 1
    return f"{number} {names[several] if any_hour else words.working[several].format(names[several])}"


def _counted(term: Term, words: TermWords) -> tuple[int, tuple[str, str]]:
    """Count a term in the largest unit that divides it; round a part of a second up."""
    *of_time, day = words.units
    if isinstance(term, BusinessDays):
        return term.count, day
    rows = list(zip(_LENGTHS, of_time, strict=True))
    length, names = next((row for row in rows if not term % row[0]), rows[-1])
    return -(-term // length), names
