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
from hub.model.webhooks import Webhook, WebhookEvent
from hub.storage import extensions
from hub.storage.database import Store, load, read, storable

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


class PostgresWebhooks(Store):
    """The events that wait for endpoints. The database's clock decides which are due."""

    async def due(self, limit: int, lease: timedelta) -> Sequence[Webhook]:
        """Claim endpoints for which events wait and whose next try has come; a claim ends by itself."""
        return [read(Webhook, row) for row in await self.rows(_SQL["due"], limit, lease)]

    async def batch(self, webhook_id: UUID, limit: int) -> Sequence[WebhookEvent]:
        """Return the oldest of its events."""
        return [read(WebhookEvent, row) for row in await self.rows(_SQL["batch"], webhook_id, limit)]

    async def sent(self, webhook_id: UUID, event_ids: Sequence[str]) -> None:
        """Delete these: the endpoint has them. It is well, and due at once if more wait."""
        await self.rows(_SQL["sent"], webhook_id, event_ids)

    async def failed(self, webhook_id: UUID, error: str, *, again: timedelta, off: bool) -> None:
        """Count a try that failed. The next is in `again`, or none if the endpoint is turned off."""
        await self.rows(_SQL["failed"], webhook_id, storable(error), again, off)
