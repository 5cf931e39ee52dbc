"""Webhooks: the events that wait for their endpoints, and the calls."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Protocol
from uuid import UUID

from hub.model.webhooks import Webhook, WebhookEvent


class WebhookQueue(Protocol):
    """The events that wait for endpoints. The database's clock decides which are due."""

    async def due(self, limit: int, lease: timedelta) -> Sequence[Webhook]:
        """Claim endpoints for which events wait and whose next try has come; a claim ends by itself."""

    async def batch(self, webhook_id: UUID, limit: int) -> Sequence[WebhookEvent]:
        """Return the oldest of its events."""

    async def sent(self, webhook_id: UUID, event_ids: Sequence[str]) -> None:
        """Delete these: the endpoint has them. It is well, and due at once if more wait."""

    async def failed(self, webhook_id: UUID, error: str, *, again: timedelta, off: bool) -> None:
        """Count a try that failed. The next is in `again`, or none if the endpoint is turned off."""


class WebhookCalls(Protocol):
    async def post(self, url: str, body: bytes, headers: Mapping[str, str]) -> None:
        """Post, and wait for the answer. Raises WebhookFailure for anything but a success."""
