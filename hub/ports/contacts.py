"""Replies, suppressions and opt-outs of contact points, as operators see and change them."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Protocol
from uuid import UUID

from hub.model import Json, PropertyScope
from hub.ports.casework import ReplyFilter
from hub.ports.log import Page


class ContactStore(Protocol):
    """
    Lists are newest first. Addresses are masked; a row's `id` identifies it without its address.

    A reply belongs to the copropiedad of the message that it answers, a suppression to that of the message
    that caused it. With `places`, rows of other copropiedades or of none are left out.
    """

    async def replies(self, asked: ReplyFilter, *, after: str | None, limit: int) -> Page:
        """List replies with what staff has done about them, without their text."""

    async def reply(self, reply_id: UUID, places: PropertyScope = None) -> Mapping[str, Json] | None:
        """Return a reply with its text."""

    async def suppressions(self, *, after: str | None, limit: int, places: PropertyScope = None) -> Page:
        """List the suppressed contact points, and those whose suppression was lifted."""

    async def suppression(
        self, row_id: UUID, *, places: PropertyScope = None, whole: bool = False
    ) -> Mapping[str, Json] | None:
        """Return a suppression, with the person whose message caused it; masked unless `whole`."""

    async def suppress_address(
        self, address: str, channel: str, *, reason: str, until: datetime | None, by: str
    ) -> None:
        """Suppress an address on this channel; `until` None: for the policy's time."""

    async def lift_suppression(self, named: str, *, by: str, places: PropertyScope = None) -> int:
        """Lift suppressions: of an address on all its channels, or of one row by id; return how many."""

    async def opt_outs(self, *, after: str | None, limit: int) -> Page:
        """List the opt-outs, and those that were lifted."""

    async def lift_opt_out(self, named: str, *, by: str) -> int:
        """Lift an opt-out at the person's request, by address or id; return how many purposes."""
