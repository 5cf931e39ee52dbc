"""Held events in PostgreSQL: events of other systems that wait for a release."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Collection, Mapping, Sequence
from datetime import datetime
from typing import Final
from uuid import UUID

from msgspec import structs

from hub.model import DeadLetter, Event
from hub.model.communications import WITHDRAWN
from hub.model.ids import DUPLICATE_WITHIN, span
from hub.model.reviews import HeldEvent, HeldState, KnownHeld, NewHeldEvent
from hub.storage import dead_letters
from hub.storage.database import Runner, Store, load, read, row_of, storable, write

_FIELDS: Final = ", ".join(field.name for field in structs.fields(HeldEvent))
_SQL: Final = {name: text.replace("{fields}", _FIELDS) for name, text in load("held_events").items()}
_COLUMNS: Final = [
    field.name for field in structs.fields(NewHeldEvent) if field.name not in {"state", "reason", "headers"}
]


async def known(run: Runner, events: Mapping[UUID, Event]) -> Sequence[KnownHeld]:
    """Return what has come before under the sources and ids of these events."""
    pairs = sorted({(event.source, event.id) for event in events.values()})
    rows = await write(run, _SQL["known"], pairs, *span(events, DUPLICATE_WITHIN))
    return [read(KnownHeld, row) for row in rows]


async def hold(run: Runner, held: Collection[NewHeldEvent]) -> None:
    """Store events with the communications by which they are reviewed; those that are there stay."""
    await write(run, _SQL["hold"], sorted(map(_row, held)))


async def decide(run: Runner, communication: UUID, state: HeldState, reason: str | None) -> None:
    """Store what somebody has decided; the timers publish or refuse it."""
    await run.rows(_SQL["decide"], communication, state, storable(reason))


class PostgresHeldEvents(Store):
    """The held events, for the timers."""

    async def unasked(self, limit: int) -> Sequence[HeldEvent]:
        """Return held events of which nobody is asked now."""
        return [read(HeldEvent, row) for row in await self.rows(_SQL["unasked"], limit)]

    async def name_key(self, plan: UUID, key: UUID) -> None:
        """Let the one part of a plan be this event, so that its progress is counted."""
        await self.rows(_SQL["name_key"], plan, key)

    async def expire(self, before: datetime, now: datetime) -> None:
        """Refuse what came before this instant and nobody has released."""
        await self.rows(_SQL["expire"], before, now)

    async def withdraw(self, now: datetime) -> None:
        """End what its publisher has taken back; nobody is asked for it any more."""
        await self.rows(_SQL["withdraw"], now, WITHDRAWN)

    async def settle_some(
        self, limit: int, settle: Callable[[HeldEvent], Awaitable[DeadLetter | None]], now: datetime
    ) -> int:
        """
        Publish or refuse what was decided, and return how many; other processes pass over these.

        Each is marked after its confirm: what a dead process had published is published once more. A dead
        letter that this makes is kept, and waits for nobody.
        """
        async with self._database.transaction() as run:
            decided = [read(HeldEvent, row) for row in await run.rows(_SQL["decided"], limit)]
            for held in decided:
                letter = await settle(held)
                if letter is not None:
                    await dead_letters.add(run, [letter])
                    await dead_letters.settle(run, letter.id, "discarded")
                await run.rows(_SQL["settled"], held.communication, now)
            return len(decided)


def _row(held: NewHeldEvent) -> tuple[object, ...]:
    return *row_of(held, _COLUMNS), dead_letters.headers_as_json(held.headers)
