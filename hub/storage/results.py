"""Results and subscriptions in PostgreSQL."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import Final

import msgspec
from asyncpg import Record

from hub.model.results import Result, ResultSubscription
from hub.model.state_machine import LOST
from hub.storage.database import Store, load, read, storable, write

_SQL = load("results")
_LOST: Final = sorted(LOST)


class PostgresSubscriptions(Store):
    """The SubscriptionStore."""

    async def subscriptions(self) -> Sequence[ResultSubscription]:
        return [read(ResultSubscription, row) for row in await self.rows(_SQL["subscriptions"])]

    async def subscribe(self, subscription: ResultSubscription) -> None:
        words = storable(subscription.source), sorted(subscription.kinds), storable(subscription.created_by)
        await self.rows(_SQL["subscribe"], subscription.id, *words)

    async def unsubscribe(self, source: str) -> bool:
        return bool(await self.rows(_SQL["unsubscribe"], storable(source)))


class PostgresResults(PostgresSubscriptions):
    """The ResultStore."""

    async def take_results(self, limit: int, lease: timedelta) -> Sequence[Result]:
        return [_result(row) for row in await self.rows(_SQL["take"], limit, lease, _LOST)]

    async def finish_results(self, results: Sequence[Result]) -> None:
        done = [(result.message_id, result.state, result.at) for result in results]
        await write(self, _SQL["finish"], done)


def _result(row: Record) -> Result:
    return msgspec.convert({name: value for name, value in row.items() if value is not None}, Result)
