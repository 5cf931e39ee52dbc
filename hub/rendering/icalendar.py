"""A calendar as RFC 5545 writes it, for programs that read one by its address. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Final

_LONGEST: Final = 75
"""Octets of a line (3.1)."""
_ZONE: Final = (
    *("BEGIN:VTIMEZONE", "TZID:America/Bogota", "BEGIN:STANDARD", "DTSTART:19930404T000000"),
    *("TZOFFSETFROM:-0500", "TZOFFSETTO:-0500", "END:STANDARD", "END:VTIMEZONE"),
)
"""A calendar has at least one component (3.6), also where nothing falls due."""
_ESCAPED: Final = str.maketrans({"\\": r"\\", ";": r"\;", ",": r"\,", "\n": r"\n", "\r": None})


@dataclass(frozen=True, slots=True, kw_only=True)
class CalendarEvent:
    """Something that happens at an instant, or on a whole day."""

    uid: str
    at: datetime | date
    summary: str
    where: str
    url: str


def written_calendar(name: str, events: Iterable[CalendarEvent], *, now: datetime) -> str:
    """Write a calendar: instants in UTC, which every program turns into its own time."""
    return "".join(f"{line}\r\n" for text in _lines(name, events, now) for line in _folded(text))


def _lines(name: str, events: Iterable[CalendarEvent], now: datetime) -> Iterator[str]:
    yield from ("BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//hub//calendar//ES", "METHOD:PUBLISH")
    yield f"X-WR-CALNAME:{_text(name)}"
    yield from _ZONE
    for event in events:
        yield from ("BEGIN:VEVENT", f"UID:{_text(event.uid)}", f"DTSTAMP:{_instant(now)}", *_when(event.at))
        yield f"SUMMARY:{_text(event.summary)}"
        if event.where:
            yield f"LOCATION:{_text(event.where)}"
        yield f"URL:{event.url}"
        # Nobody is busy because something falls due.
        yield from ("TRANSP:TRANSPARENT", "END:VEVENT")
    yield "END:VCALENDAR"


def _when(at: datetime | date) -> Iterator[str]:
    if isinstance(at, datetime):
        yield f"DTSTART:{_instant(at)}"
    else:
        yield f"DTSTART;VALUE=DATE:{at:%Y%m%d}"
        yield f"DTEND;VALUE=DATE:{at + timedelta(days=1):%Y%m%d}"


def _instant(at: datetime) -> str:
    return f"{at.astimezone(UTC):%Y%m%dT%H%M%SZ}"


def _text(words: str) -> str:
    """Escape a text (3.3.11)."""
    return words.translate(_ESCAPED)


def _folded(line: str) -> Iterator[str]:
    """Fold a line into pieces of 75 octets at most, none of which ends within a letter (3.1)."""
    piece, size = "", 0
    for letter in line:
        octets = len(letter.encode())
        if size + octets > _LONGEST:
            yield piece
            piece, size = " ", 1
        piece, size = piece + letter, size + octets
    yield piece
