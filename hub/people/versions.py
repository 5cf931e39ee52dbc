"""
The limit of a directory entry's next version. Pure.

The greatest version counts, so one that is far ahead sets aside all that its true publisher writes later.
The limit depends on how that publisher counts; the stored version shows it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, date, datetime, timedelta
from typing import Final

from hub.errors import VersionJump
from hub.model import Event, Json, type_of

Entry = tuple[str, str]
"""A kind of directory entry, and its id."""

STEP: Final = 1_000_000
"""
How far a counter may go on at once.

Some publishers count all their changes together, so one entry's next version may be far from its last; a
million changes are years of a property manager's work. Less would refuse honest publishers and gain nothing:
over a counter of single steps even a jump of ten sets ten versions aside.
"""
LONGEST_ID: Final = 255
"""Letters that the id of an event may have."""
ANY_ZONE: Final = timedelta(days=1)
"""How far a timestamp of another zone may be ahead of UTC, generously."""

_OLDEST: Final = datetime(1990, 1, 1, tzinfo=UTC)
"""A number below this day is a counter, whatever it looks like."""
_DATE: Final = "%Y%m%d"
_MOST_DIGITS: Final = 6
"""After a date: the time (081500), or a number of the day's changes (01)."""


def entry_of(event: Event) -> Entry:
    """Return the entry that a `directory.*` event changes."""
    _, noun, _ = event.name.split(".")
    return noun, event.data[f"{noun}_id"]


def entry_event(
    noun: str, data: Mapping[str, Json], *, source: str, at: datetime, verb: str = "upserted"
) -> Event:
    """Make the event with which a source writes an entry, or takes it out (`removed`)."""
    return Event(
        id=f"{noun}:{data[f'{noun}_id']}:{data.get('version')}"[:LONGEST_ID],
        source=source,
        type=type_of(f"directory.{noun}.{verb}"),
        time=at,
        data=data,
    )


def latest_first(now: datetime) -> int:
    """Return the greatest version with which an entry may begin: the present as 20260309081500."""
    return int((now + ANY_ZONE).strftime(f"{_DATE}%H%M%S"))


def latest_after(version: int, now: datetime) -> int:
    """
    Return the greatest version that may follow this one.

    That is the present, if the version reads as a timestamp: seconds or milliseconds since 1970, or a date
    with or without a time. If it reads as several, the latest; if as none, it is a counter.
    """
    return max(_presents(version, now + ANY_ZONE), default=version + STEP)


def require_no_jump(events: Iterable[Event], stored: Mapping[Entry, int], now: datetime) -> None:
    """
    Raise VersionJump if a version of these `directory.*` events jumps.

    `stored` are the versions that are in force; of several events of one entry each follows those before it.
    """
    versions = dict(stored)
    for event in events:
        entry, version = entry_of(event), event.data["version"]
        known = versions.get(entry)
        if known is not None and version > known and version > (latest := latest_after(known, now)):
            raise VersionJump(
                f"data.version: expected at most {latest}, which may follow the version in force; "
                "an administrator writes over it with PUT /api/directory/…?override=true"
            )
        versions[entry] = version if known is None else max(known, version)


def _presents(version: int, now: datetime) -> Iterator[int]:
    """Yield the present in each scale of time in which the version is of the past."""
    for unit in (1, 1000):
        if int(_OLDEST.timestamp()) * unit <= version <= (present := int(now.timestamp() * unit)):
            yield present
    for digits in range(_MOST_DIGITS + 1):
        day, tail = int(now.strftime(_DATE)), 10**digits
        if int(_OLDEST.strftime(_DATE)) <= version // tail <= day and _is_date(version // tail):
            yield day * tail + tail - 1


def _is_date(number: int) -> bool:
    try:
        date.fromisoformat(str(number))
    except ValueError:
        return False
    return True
