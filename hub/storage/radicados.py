"""
Radicados in PostgreSQL: numbers without a gap and without a double, each with the event that it names.

The number, the event's bytes and the files are stored in one transaction, which gives the number back if it
ends otherwise. What a killed process has not published the timers publish.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import timedelta
from typing import Final
from uuid import UUID

from msgspec import structs

from hub.cloudevents import encode
from hub.model import Event
from hub.model.ids import event_key
from hub.model.registrations import Registering, Registration
from hub.storage import given_files
from hub.storage.database import Database, Runner, Store, load, read, storable

_SQL = load("radicados")
PATIENCE: Final = timedelta(seconds=5)
"""Who has registered something publishes it within this time, or never."""
Make = Callable[[str], Event]
"""Makes the event of a number."""


async def register(db: Database, asked: Registering, make: Make) -> Registration:
    """Give a number to what was registered, and store its event; the same form twice is one registration."""
    async with db.transaction() as run:
        series = structs.astuple(asked.series)
        [held] = await run.rows(_SQL["hold"], *series)
        # After the lock: two at once with the same form see one another.
        if found := await run.rows(_SQL["of_form"], asked.form):
            return read(Registration, found[0])
        number = held["last"] + 1
        await run.rows(_SQL["take"], *series, number)
        radicado = asked.series.radicado(number)
        event = make(radicado)
        key = event_key(event)
        stored = key, asked.form, asked.kind, encode(event), storable(asked.by), asked.at
        [row] = await run.rows(_SQL["add"], *series, number, radicado, *stored)
        await given_files.keep(run, key, asked.files, person=asked.person)
        return read(Registration, row)


async def published(run: Runner, registration_id: UUID) -> None:
    """Note that the event is published: its bytes, with what somebody has said, go."""
    await run.rows(_SQL["published"], registration_id)


class PostgresRadicados(Store):
    """What the timers need of registrations."""

    async def unpublished(self, limit: int) -> Sequence[Registration]:
        """Return those whose process has died before it published them, the oldest first."""
        return [read(Registration, row) for row in await self.rows(_SQL["unpublished"], limit, PATIENCE)]

    published = published
