"""The store of the messages that somebody asks about by their code."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol
from uuid import UUID

from hub.model.genuine import GenuineMessage, SoughtMessage


class GenuineStore(Protocol):
    async def find(self, sought: Sequence[SoughtMessage]) -> Sequence[GenuineMessage]:
        """Return the messages that have left, of those that a code may mean: one, but for a rare chance."""

    async def report(self, message_id: UUID, at: datetime) -> datetime:
        """
        Keep that somebody does not recognise the message; return when that was first said.

        A repeat changes nothing.
        """
