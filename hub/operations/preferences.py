"""Preferences of a person: read them, and keep a change, by staff or by the person."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from hub.access.actor import Actor
from hub.contact_rules.preferences import CHOOSABLE, refusals
from hub.contact_rules.purposes import PURPOSES
from hub.errors import InvalidPreference
from hub.model import (
    PreferenceEntry,
    Preferences,
    Purpose,
)
from hub.model.preferences import PreferencesWhole, change_of
from hub.storage import PostgresPreferences

_TRIES: Final = 5
_HISTORY: Final = 50

Change = Callable[[Preferences], Preferences]


async def read_preferences(store: PostgresPreferences, person: str) -> PreferencesWhole:
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
    by: Actor, store: PostgresPreferences, person: str, change: Change, *, way: str
) -> PreferenceEntry:
    """
    Keep a change of a person's preferences; without a difference nothing is kept.

    `way` is the door through which it came. Raises InvalidPreference, with the reason in Spanish.
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
