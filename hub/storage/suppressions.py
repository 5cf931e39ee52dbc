"""Suppressed contact points as rows."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import timedelta

from hub.model import InvalidContact
from hub.people.readiness import Suppressed
from hub.storage.database import Runner, load, storable, write

_SQL = load("suppressions")

Lasts = Callable[[str], timedelta | None]
"""Channel → how long a suppression without its own end lasts; None is for ever."""


async def add(run: Runner, gone: Sequence[InvalidContact]) -> None:
    """Suppress invalid contact points, by address and channel of the message that failed."""
    await write(
        run, _SQL["add"], [_row(contact) for contact in sorted(gone, key=lambda contact: contact.message_id)]
    )


def _row(gone: InvalidContact) -> tuple[object, ...]:
    return gone.message_id, gone.at, storable(gone.reason), storable(gone.provider), storable(gone.code)


async def suppressed(run: Runner, lasts: Lasts) -> Suppressed:
    """Return the suppressed (address, channel) pairs."""
    found = set()
    for row in await run.rows(_SQL["every"]):
        lasting = lasts(row["channel"])
        ends = row["expires_at"] or (None if lasting is None else row["since"] + lasting)
        if ends is None or ends > row["at"]:
            found.add((row["address"], row["channel"]))
    return found
