"""Results that are not published yet, and their subscriptions, which `hub.desk.webhooks` makes."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import Protocol
from uuid import UUID

from hub.model import Event
from hub.model.extensions import ExtensionChange
from hub.model.results import Result, ResultSubscription


class ResultStore(Protocol):
    """
    The results that the database has kept in the very statement that changed the message.

    Only of messages that were planned while somebody had subscribed to their source.
    """

    async def take_results(self, limit: int, lease: timedelta) -> Sequence[Result]:
        """Claim the oldest; those that are not finished within the lease are claimed again."""

    async def listeners(self) -> Sequence[ResultSubscription]:
        """Return all subscriptions that are on, those of webhooks too."""

    async def finish_results(
        self, results: Sequence[Result], for_webhooks: Sequence[tuple[UUID, Event]]
    ) -> None:
        """Delete these, and put the events into the queues of their webhooks, with one statement."""

    async def take_extensions(self, limit: int, lease: timedelta) -> Sequence[ExtensionChange]:
        """Claim the oldest refusals of extensions that are not told yet, as `take_results` does."""

    async def finish_extensions(
        self, told: Sequence[ExtensionChange], for_webhooks: Sequence[tuple[UUID, Event]]
    ) -> None:
        """Mark these as told unless they have changed since, and queue the events, with one statement."""
