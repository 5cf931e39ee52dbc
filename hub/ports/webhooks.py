"""Webhooks: the events that wait for their endpoints, and the calls."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Protocol


class WebhookCalls(Protocol):
    async def post(self, url: str, body: bytes, headers: Mapping[str, str]) -> None:
        """Post, and wait for the answer. Raises WebhookFailure for anything but a success."""
