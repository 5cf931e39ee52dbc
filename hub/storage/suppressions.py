"""Contact points that are gone, as rows."""

from __future__ import annotations

from collections.abc import Sequence

from hub.model import InvalidContact
from hub.storage.database import Runner, storable
from hub.storage.queries import load

_SQL = load("suppressions")


async def add(run: Runner, gone: Sequence[InvalidContact]) -> None:
    """Keep what is gone, by the address and channel of the message that found it out."""
    if gone:
        columns = zip(*map(_row, sorted(gone, key=lambda one: one.message_id)), strict=True)
        await run.rows(_SQL["add"], *columns)


def _row(gone: InvalidContact) -> tuple[object, ...]:
    return gone.message_id, gone.at, storable(gone.reason), storable(gone.provider), storable(gone.code)
