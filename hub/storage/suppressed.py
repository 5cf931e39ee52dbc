"""The contact points that nothing is sent to now."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

from hub.people.readiness import Suppressed
from hub.storage.database import Runner
from hub.storage.queries import load

_SQL = load("readiness")

Lasts = Callable[[str], timedelta | None]
"""Channel → how long a suppression lasts that says no end itself; None is for ever."""


async def suppressed(run: Runner, lasts: Lasts) -> Suppressed:
    """Answer the (address, channel) of each."""
    found = set()
    for row in await run.rows(_SQL["suppressions"]):
        lasting = lasts(row["channel"])
        ends = row["expires_at"] or (None if lasting is None else row["since"] + lasting)
        if ends is None or ends > row["at"]:
            found.add((row["address"], row["channel"]))
    return found
