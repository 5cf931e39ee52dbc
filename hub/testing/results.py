"""Results and subscriptions in memory: a test puts the results there."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from uuid import UUID

from hub.model import Event
from hub.model.extensions import ExtensionChange
from hub.model.results import Result, ResultSubscription
from hub.model.webhooks import Webhook
from hub.testing.faults import Faults


class MemoryResults:
    """`hub.ports.ResultStore`. `faults` applies to `finish_results`."""

    def __init__(self) -> None:
        self.faults = Faults()
        self.waiting: list[Result] = []
        self.webhooks: list[Webhook] = []
        self.queued: list[tuple[UUID, Event]] = []
        self.extensions: list[ExtensionChange] = []
        self.subscriptions: list[ResultSubscription] = []

    async def take_results(
        self,
        limit: int,
        lease: timedelta,  # noqa: ARG002 - the port's signature
    ) -> Sequence[Result]:
        return self.waiting[:limit]

    async def listeners(self) -> Sequence[ResultSubscription]:
        return [*self.subscriptions, *self.webhooks]

    async def finish_results(
        self, results: Sequence[Result], for_webhooks: Sequence[tuple[UUID, Event]]
    ) -> None:
        self.faults.meet("finish_results")
        self.waiting = [result for result in self.waiting if result not in results]
        self.queued += for_webhooks

    async def take_extensions(
        self,
        limit: int,
        lease: timedelta,  # noqa: ARG002 - the port's signature
    ) -> Sequence[ExtensionChange]:
        return self.extensions[:limit]

    async def finish_extensions(
        self, told: Sequence[ExtensionChange], for_webhooks: Sequence[tuple[UUID, Event]]
    ) -> None:
        self.extensions = [change for change in self.extensions if change not in told]
        self.queued += for_webhooks
