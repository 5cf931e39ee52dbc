"""Changes of people's contact points whose former contacts are still to be notified."""

from __future__ import annotations

from collections.abc import Sequence

from hub.people.contact_changes import ContactChange
from hub.storage.database import Runner, load, read, write

_SQL = load("contact_changes")


async def unnotified(run: Runner, limit: int) -> Sequence[ContactChange]:
    rows = await run.rows(_SQL["unnotified"], limit)
    return [read(ContactChange, row, **row["to_notify"]) for row in rows]


async def mark_notified(run: Runner, changes: Sequence[ContactChange]) -> None:
    await write(run, _SQL["mark_notified"], sorted((change.person, change.version) for change in changes))
