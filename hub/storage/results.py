"""Results in PostgreSQL, and their subscriptions."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import Final
from uuid import UUID

import msgspec
from asyncpg import Record

from hub.cloudevents import encode
from hub.model import Event
from hub.model.extensions import ExtensionChange
from hub.model.results import Result, ResultSubscription
from hub.model.state_machine import LOST
from hub.model.webhooks import Webhook
from hub.storage import extensions
from hub.storage.database import Store, load, read

_SQL = load("results")
_LOST: Final = sorted(LOST)


class PostgresResults(Store):
    """
    The results that the database has kept in the very statement that changed the message.

    Only of messages that were planned while somebody had subscribed to their source.
    """

    async def take_results(self, limit: int, lease: timedelta) -> Sequence[Result]:
        """Claim the oldest; those that are not finished within the lease are claimed again."""
        return [_result(row) for row in await self.rows(_SQL["take"], limit, lease, _LOST)]

    async def listeners(self) -> Sequence[ResultSubscription]:
        """Return all subscriptions that are on, those of webhooks too."""
        rows = await self.rows(_SQL["listeners"])
        return [read(Webhook if row["url"] else ResultSubscription, row) for row in rows]

    async def finish_results(
        self, results: Sequence[Result], for_webhooks: Sequence[tuple[UUID, Event]]
    ) -> None:
        """Delete these, and put the events into the queues of their webhooks, with one statement."""
        done = zip(*((result.message_id, result.state, result.at) for result in results), strict=True)
        await self.rows(_SQL["finish"], *done, *_columns(for_webhooks))

    async def take_extensions(self, limit: int, lease: timedelta) -> Sequence[ExtensionChange]:
        """Claim the oldest refusals of extensions that are not told yet, as `take_results` does."""
        return await extensions.take(self, limit, lease)

    async def finish_extensions(
        self, told: Sequence[ExtensionChange], for_webhooks: Sequence[tuple[UUID, Event]]
    ) -> None:
        """Mark these as told unless they have changed since, and queue the events, with one statement."""
        await extensions.finish(self, told, _columns(for_webhooks))


def _columns(for_webhooks: Sequence[tuple[UUID, Event]]) -> Sequence[Sequence[object]]:
    queued = [(webhook_id, event.id, encode(event)) for webhook_id, event in for_webhooks]
    return list(zip(*queued, strict=True)) if queued else ((), (), ())


def _result(row: Record) -> Result:
    return msgspec.convert({name: value for name, value in row.items() if value is not None}, Result)
