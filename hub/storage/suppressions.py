"""Suppressed contact points as rows."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import timedelta
from typing import Final

from hub.model import InvalidContact
from hub.model.ids import span
from hub.people.readiness import Suppressed
from hub.storage.database import Runner, load, row_of, write

_SQL = load("suppressions")
_COLUMNS: Final = ("message_id", "at", "reason", "provider", "code", "until")

Lasts = Callable[[str], timedelta | None]
"""Channel → how long a suppression without its own end lasts; None is for ever."""


async def add(run: Runner, gone: Sequence[InvalidContact]) -> None:
    """Suppress invalid contact points, by address and channel of the message that failed."""
    ordered = sorted(gone, key=lambda contact: contact.message_id)
    within = span(contact.message_id for contact in gone)
    await write(run, _SQL["add"], [row_of(contact, _COLUMNS) for contact in ordered], *within)


async def suppressed(run: Runner, lasts: Lasts) -> Suppressed:
    """Return the suppressed (address, channel) pairs."""
    found = set()
    for row in await run.rows(_SQL["every"]):
        lasting = lasts(row["channel"])
        ends = row["expires_at"] or (None if lasting is None else row["since"] + lasting)
        if ends is None or ends > row["at"]:
            found.add((row["address"], row["channel"]))
    return found
