"""What operators see and mend of people's contact points: replies, suppressions, consents taken back."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Protocol
from uuid import UUID

from hub.model import Json, PropertyScope
from hub.ports.log import Page


class ContactStore(Protocol):
    """
    Newest first. Addresses are masked; a row's `id` names it where its address is not at hand.

    A reply belongs where the message does that it answers, a suppression where the one does that found it
    out. Where there are `places`, what belongs to none of them is not there.
    """

    async def replies(
        self, *, kind: str | None, after: str | None, limit: int, places: PropertyScope = None
    ) -> Page:
        """List what people wrote, without the words."""

    async def reply(self, reply_id: UUID, places: PropertyScope = None) -> Mapping[str, Json] | None:
        """Show one with its words."""

    async def suppressions(self, *, after: str | None, limit: int, places: PropertyScope = None) -> Page:
        """List the contact points that nobody is written to at, and those that were lifted."""

    async def suppression(
        self, row_id: UUID, *, places: PropertyScope = None, whole: bool = False
    ) -> Mapping[str, Json] | None:
        """Show one, with the person whose message found it out; masked unless `whole`."""

    async def suppress_address(
        self, address: str, channel: str, *, reason: str, until: datetime | None, by: str
    ) -> None:
        """Write there no more, by this channel; `until` None: as long as the policy says."""

    async def lift_suppression(self, named: str, *, by: str, places: PropertyScope = None) -> int:
        """Write there again: an address on all its channels, or one row by its id; answer how many."""

    async def opt_outs(self, *, after: str | None, limit: int) -> Page:
        """List the consents taken back, and those that were given again."""

    async def lift_opt_out(self, named: str, *, by: str) -> int:
        """Give a consent back that somebody asked us for: by address or id; answer how many purposes."""
