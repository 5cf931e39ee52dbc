"""Change a person's preferences, and set or end a mark: do not contact. Each change stays on record."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Final, NamedTuple
from uuid import uuid4

from msgspec.structs import replace

from hub.access.actor import Actor
from hub.contact_rules.preferences import CHOOSABLE, refusals
from hub.contact_rules.purposes import PURPOSES
from hub.errors import InvalidPreference
from hub.model import (
    DigestPeriod,
    MarkEntry,
    MarkReason,
    PreferenceEntry,
    Preferences,
    PropertyScope,
    Purpose,
    QuietHours,
    RefusedEvents,
)
from hub.model.ids import uuid8
from hub.model.preferences import PreferencesWhole, change_of
from hub.ports import PreferenceStore

_TRIES: Final = 5
_HISTORY: Final = 50
MOST_STOPPED: Final = 50
"""Types of events in the list of what a mark has stopped."""
_NONE: Final = "none"
_PURPOSES: Final = frozenset(purpose.value for purpose in Purpose)

Change = Callable[[Preferences], Preferences]


async def look_at_preferences(by: Actor, store: PreferenceStore, person: str) -> PreferencesWhole:
    """Return a person's preferences, what cannot be switched off, and each change; audit the look."""
    await by.note("person.preferences", f"person:{person}", person=person)
    return await read_preferences(store, person)


async def read_preferences(store: PreferenceStore, person: str) -> PreferencesWhole:
    history = await store.history(person, limit=_HISTORY)
    return PreferencesWhole(
        person=person,
        preferences=history[0].wishes if history else Preferences(),
        always={
            purpose.value: PURPOSES[purpose].why_es
            for purpose in (Purpose.EMERGENCY, Purpose.LEGAL, *sorted(CHOOSABLE))
            if not PURPOSES[purpose].may_switch_off
        },
        history=list(map(change_of, history)),
    )


async def change_preferences(
    by: Actor, store: PreferenceStore, person: str, change: Change, *, way: str
) -> PreferenceEntry:
    """
    Keep a change of a person's preferences; without a difference nothing is kept.

    `way` is through which door it came. Raises InvalidPreference, with the reason in Spanish.
    """
    await by.note("person.preferences.change", f"person:{person}", person=person, way=way)
    for _ in range(_TRIES):
        before = await store.latest(person)
        wishes = change(before.wishes if before else Preferences())
        if problem := next(refusals(wishes), None):
            raise InvalidPreference(problem)
        if before is not None and wishes == before.wishes:
            return before
        version = before.version + 1 if before else 1
        entry = PreferenceEntry(person=person, version=version, at=by.now, by=by.by, way=way, wishes=wishes)
        if await store.keep(entry):
            return entry
    raise InvalidPreference("Alguien más las está cambiando al mismo tiempo. Intente de nuevo.")


async def set_mark(
    by: Actor,
    store: PreferenceStore,
    person: str,
    reason: MarkReason,
    *,
    until: datetime | None,
    note: str,
) -> MarkEntry:
    """Mark a person; an equal mark in force is returned. Raises InvalidPreference."""
    now = by.now
    if until is not None and until <= now:
        raise InvalidPreference("La fecha de fin ya pasó.")
    await by.note("person.mark", f"person:{person}", person=person, reason=reason)
    for mark in await store.marks(person):
        if mark.ended_at is None and mark.holds(now) and (mark.reason, mark.until) == (reason, until):
            return mark
    entry = MarkEntry(
        id=uuid8(now, "mark", person, uuid4().hex),
        person=person,
        reason=reason,
        since=now,
        until=until,
        by=by.by,
        note=note,
    )
    await store.mark(entry)
    return entry


class Marks(NamedTuple):
    """The marks of a person, newest first, and the events that they have stopped."""

    marks: Sequence[MarkEntry]
    stopped: Sequence[RefusedEvents]


async def look_at_marks(by: Actor, store: PreferenceStore, person: str) -> Marks:
    """Return the marks of a person, and audit the look."""
    await by.note("person.marks", f"person:{person}", person=person)
    return await read_marks(store, person, places=by.places)


async def read_marks(store: PreferenceStore, person: str, *, places: PropertyScope = None) -> Marks:
    stopped = await store.stopped(person, limit=MOST_STOPPED, places=places)
    return Marks(marks=await store.marks(person), stopped=stopped)


async def end_marks(by: Actor, store: PreferenceStore, person: str) -> int:
    """End all marks of a person; return how many. Safe to repeat."""
    await by.note("person.mark.end", f"person:{person}", person=person)
    return await store.end_marks(person, None, at=by.now, by=by.by)


def with_setting(preferences: Preferences, setting: str) -> Preferences:
    """
    Apply one setting of the command line: `service=email,sms`, `quiet=21:00-07:00`.

    An empty value means: as the company does it; `none` switches a purpose off. Raises InvalidPreference.
    """
    name, equals, value = setting.partition("=")
    name, value = name.strip(), value.strip()
    if not equals or (read := _SETTINGS.get(name, _channels if name in _PURPOSES else None)) is None:
        raise InvalidPreference(f"{setting!r}: expected NAME=VALUE; names: {', '.join(NAMES)}")
    return read(preferences, name, value)


def _channels(preferences: Preferences, name: str, value: str) -> Preferences:
    channels = {purpose: chosen for purpose, chosen in preferences.channels.items() if purpose != name}
    if value:
        chosen = () if value == _NONE else tuple(part.strip() for part in value.split(","))
        channels[Purpose(name)] = chosen
    return replace(preferences, channels=channels)


def _quiet(preferences: Preferences, _: str, value: str) -> Preferences:
    if not value or value == _NONE:
        return replace(preferences, quiet_hours=None)
    since, _, until = value.partition("-")
    try:
        hours = QuietHours(since=_wall_time(since), until=_wall_time(until))
    except ValueError:
        raise InvalidPreference(f"quiet={value}: expected hours like 21:00-07:00") from None
    return replace(preferences, quiet_hours=hours)


def _wall_time(text: str) -> str:
    return datetime.strptime(text.strip(), "%H:%M").strftime("%H:%M")  # noqa: DTZ007 - no date


def _language(preferences: Preferences, _: str, value: str) -> Preferences:
    return replace(preferences, language=value or None)


def _large_print(preferences: Preferences, _: str, value: str) -> Preferences:
    if value not in _YES_NO:
        raise InvalidPreference(f"large-print={value}: expected yes, no or nothing")
    return replace(preferences, large_print=_YES_NO[value])


def _digest(preferences: Preferences, _: str, value: str) -> Preferences:
    if value in ("", _NONE):
        return replace(preferences, digest=None)
    if value not in _RHYTHMS:
        raise InvalidPreference(f"digest={value}: expected {', '.join(_RHYTHMS)} or {_NONE}")
    return replace(preferences, digest=DigestPeriod(value))


_RHYTHMS: Final = tuple(every.value for every in DigestPeriod)
_YES_NO: Final = {"yes": True, "no": False, "": None}
_SETTINGS: Final = {
    "quiet": _quiet,
    "language": _language,
    "large-print": _large_print,
    "digest": _digest,
}
NAMES: Final = (*sorted(CHOOSABLE), *_SETTINGS)
"""The settings of the command line."""
